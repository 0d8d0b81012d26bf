package duckdb

import (
	"context"
	"strings"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/catalog"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/ducksql"
)

// overwrite is INSERT OVERWRITE: the rows are found before the old ones go.
func (s *session) overwrite(ctx context.Context, rec *record, stmt *ast.Insert, args []any) (*warehouse.Result, error) {
	into, err := s.resolveName(stmt.Into)
	if err != nil {
		return nil, err
	}
	columns := ""
	if len(stmt.Columns) > 0 {
		names := make([]string, len(stmt.Columns))
		for i, c := range stmt.Columns {
			names[i] = ducksql.Name(c.Name)
		}
		columns = " (" + strings.Join(names, ", ") + ")"
	}
	query, err := s.rewritten(stmt.Query)
	if err != nil {
		return nil, err
	}
	var n, before int64
	err = s.run(ctx, rowChange{rec: rec, table: into, query: "from (" + query + ")", args: args,
		apply: []string{"delete from " + into.String(), "insert into " + into.String() + columns + " from " + stepRows},
		check: func(ctx context.Context) (err error) {
			if n, err = s.number(ctx, "select count(*) from "+stepRows); err == nil {
				before, err = s.number(ctx, "select count(*) from "+into.String())
			}
			return err
		}})
	if err != nil {
		return nil, err
	}
	res := rec.counted(n, "number of rows inserted")
	res.Replaced = before
	return res, nil
}

// truncate is TRUNCATE TABLE, which is a change of rows like DELETE.
func (s *session) truncate(ctx context.Context, rec *record, stmt *ast.Truncate) (*warehouse.Result, error) {
	t, err := s.resolveName(stmt.Name)
	if err != nil {
		return nil, err
	}
	if stmt.IfExists {
		if o, err := s.lookUp(ctx, t); err != nil || o == nil {
			return rec.status("Statement executed successfully."), err
		}
	}
	n, err := s.empty(ctx, rec, t)
	if err != nil {
		return nil, err
	}
	res := rec.status("Statement executed successfully.")
	res.Affected = n
	return res, nil
}

// empty takes every row out of a table, and says how many there were.
func (s *session) empty(ctx context.Context, rec *record, t catalog.Name) (n int64, err error) {
	if !s.inTx {
		cur, err := s.conn.Run(ctx, "truncate "+t.String(), nil)
		if err != nil {
			return 0, err
		}
		defer cur.Close()
		return cur.Count()
	}
	err = s.run(ctx, rowChange{rec: rec, table: t, query: "select rowid as C0 from " + t.String(),
		apply: []string{"delete from " + t.String() + " where rowid in (select C0 from " + stepRows + ")"},
		check: func(ctx context.Context) (err error) {
			n, err = s.number(ctx, "select count(*) from "+stepRows)
			return err
		}})
	return n, err
}
