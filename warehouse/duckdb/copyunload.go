package duckdb

import (
	"context"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
)

// copyUnload runs COPY INTO a location.
func (s *session) copyUnload(ctx context.Context, rec *record, stmt *ast.CopyUnload, args []any) (*warehouse.Result, error) {
	if err := inlineBinds(stmt, args); err != nil {
		return nil, err
	}
	u, err := s.planUnload(ctx, stmt, rec.statement.QueryID)
	if err != nil {
		return nil, err
	}
	t := &translation{original: rec.statement.Text, text: u.query}
	rec.translated(t)
	if u.rows {
		return s.runSQL(ctx, rec, t, nil)
	}
	if err := u.write(ctx); err != nil {
		return nil, err
	}
	columns, rows, count := u.result()
	res := rec.table(columns, rows)
	res.Affected = count
	return res, nil
}

// planUnload finds the location and the format, and translates the query.
func (s *session) planUnload(ctx context.Context, stmt *ast.CopyUnload, queryID string) (u *unloading, err error) {
	u = &unloading{reader: s.reader(), stmt: stmt, queryID: queryID}
	if u.unloadOptions, err = readUnloadOptions(stmt.Options); err != nil {
		return nil, err
	}
	if u.at, err = s.locate(ctx, stmt.Into); err != nil {
		return nil, err
	}
	if u.format, err = s.formatAt(ctx, stmt.Options, u.at); err != nil {
		return nil, err
	}
	if err := u.checkPartition(); err != nil {
		return nil, err
	}
	from := stmt.From
	if from != nil {
		if at, err := s.resolveName(from); err == nil && at.database == tempDatabase {
			from = at.name()
		}
	}
	query, err := s.rewritten(u.source(from))
	if err != nil {
		return nil, err
	}
	return u, u.setQuery(ctx, query)
}
