package duckdb

import (
	"context"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/ducksql"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/refusal"
)

// Snowflake's whole numbers have 38 digits. Here they are computed and kept in
// 64 bits, which is quick and nearly always enough; a statement that needs more
// fails in DuckDB and is run again with 128. A column of a table that it then
// still has no room in is widened for good.

// wideEnough runs a statement, again with wider numbers where it takes them.
func (s *session) wideEnough(ctx context.Context, rec *record, run func() (*warehouse.Result, error)) (*warehouse.Result, error) {
	res, err := run()
	if rec.once || !refusal.Overflows(err) {
		return res, err
	}
	s.wide = true
	defer func() { s.wide = false }()
	s.startAgain(ctx)
	if res, err = run(); !refusal.Overflows(err) {
		return res, err
	}
	s.startAgain(ctx)
	switch widened, failed := s.widen(ctx, rec.tree); {
	case failed != nil:
		return nil, failed
	case !widened:
		return nil, err
	}
	return run()
}

// startAgain leaves behind what a failed run of a statement took.
func (s *session) startAgain(ctx context.Context) {
	s.runAfter()
	s.failed(ctx)
}

// widen makes the 64-bit columns of the tables that a statement changes 128 bits
// wide. It does so outside of transactions alone: what such a one has kept as its
// steps would not know of it.
func (s *session) widen(ctx context.Context, tree ast.Statement) (bool, error) {
	tables := changedTables(tree)
	if s.inTx && len(tables) > 0 {
		return false, refusal.Unsupported("whole numbers over 64 bits in an INT column that had none before this transaction; declare it NUMBER(38, 0), or insert before BEGIN")
	}
	widened := false
	for _, name := range tables {
		o, err := s.mustFind(ctx, name, "TABLE")
		if err != nil {
			return false, err
		}
		columns, err := s.conn.Texts(ctx, `select column_name from duckdb_columns() where lower(database_name) = lower(?) and schema_name = ? and table_name = ?
			and data_type = 'BIGINT'`, o.At.Database, o.At.Schema, o.At.Table)
		if err != nil {
			return false, err
		}
		for _, column := range columns {
			err := s.conn.Exec(ctx, "alter table "+o.At.String()+" alter column "+ducksql.Name(column[0])+" type hugeint")
			if err != nil {
				return false, err
			}
			widened = true
		}
	}
	return widened, nil
}

// changedTables are the tables that a statement puts values into.
func changedTables(tree ast.Statement) []*ast.Name {
	switch stmt := tree.(type) {
	case *ast.Insert:
		return []*ast.Name{stmt.Into}
	case *ast.Update:
		return []*ast.Name{stmt.Table.Name}
	case *ast.Merge:
		return []*ast.Name{stmt.Into.Name}
	case *ast.MultiInsert:
		var all []*ast.Name
		for _, w := range stmt.Whens {
			for _, into := range w.Into {
				all = append(all, into.Table)
			}
		}
		return all
	}
	return nil
}
