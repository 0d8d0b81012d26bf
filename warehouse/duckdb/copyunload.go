package duckdb

import (
	"context"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/binds"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/catalog"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/unload"
)

// copyUnload runs COPY INTO a location.
func (s *session) copyUnload(ctx context.Context, rec *record, stmt *ast.CopyUnload, args []any) (*warehouse.Result, error) {
	if err := binds.Inline(stmt, args); err != nil {
		return nil, err
	}
	u, err := s.planUnload(ctx, stmt, rec.statement.QueryID)
	if err != nil {
		return nil, err
	}
	t := &translation{original: rec.statement.Text, text: u.Query}
	rec.translated(t)
	if u.Rows {
		return s.runSQL(ctx, rec, t, nil)
	}
	if err := u.Write(ctx); err != nil {
		return nil, err
	}
	columns, rows, count := u.Result()
	res := rec.table(columns, rows)
	res.Affected = count
	return res, nil
}

// planUnload finds the location and the format, and translates the query.
func (s *session) planUnload(ctx context.Context, stmt *ast.CopyUnload, queryID string) (u *unload.Unload, err error) {
	u = &unload.Unload{Reader: s.reader(), Statement: stmt, QueryID: queryID}
	if u.Options, err = unload.ReadOptions(stmt.Options); err != nil {
		return nil, err
	}
	if u.At, err = s.locate(ctx, stmt.Into); err != nil {
		return nil, err
	}
	if u.Format, err = s.formatAt(ctx, stmt.Options, u.At); err != nil {
		return nil, err
	}
	if err := u.CheckPartition(); err != nil {
		return nil, err
	}
	from := stmt.From
	if from != nil {
		if at, err := s.resolveName(from); err == nil && at.Database == catalog.Temp {
			from = at.Tree()
		}
	}
	query, err := s.rewritten(u.Source(from))
	if err != nil {
		return nil, err
	}
	return u, u.SetQuery(ctx, query)
}
