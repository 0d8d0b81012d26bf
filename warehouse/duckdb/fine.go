package duckdb

import (
	"context"
	"errors"
	"fmt"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/rewrite"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/types"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/catalog"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/ducksql"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/refusal"
)

// Snowflake's times have nine digits of a second. Here they are computed and kept
// with the six that DuckDB has, which is nearly always enough; a statement that
// finds more is run again with nine, and a column that they go into is made one
// that has room for them.

// fineEnough runs a statement, again with nine digits of a second where it takes
// them.
func (s *session) fineEnough(ctx context.Context, rec *record, run func() (*warehouse.Result, error)) (*warehouse.Result, error) {
	res, err := s.wideEnough(ctx, rec, run)
	if rec.once || !refusal.NeedsFine(err) {
		return res, err
	}
	s.fine = true
	defer func() { s.fine = false }()
	s.startAgain(ctx)
	res, err = s.wideEnough(ctx, rec, run)
	var coarse coarseColumns
	if !errors.As(err, &coarse) {
		return res, err
	}
	s.startAgain(ctx)
	if err := s.refine(ctx, coarse); err != nil {
		return nil, err
	}
	return s.wideEnough(ctx, rec, run)
}

// errFine is the refusal of a value in a statement for six digits.
func errFine() error {
	e := refusal.Unsupported(rewrite.NeedsFine)
	e.Err = rewrite.ErrFine
	return e
}

// coarseColumns are columns that nine digits go into and that have six.
type coarseColumns []coarseColumn

type coarseColumn struct {
	table  *ast.Name
	column string
}

func (c coarseColumns) Error() string { return rewrite.NeedsFine }

// refine makes room in columns. In a transaction it is a step of that.
func (s *session) refine(ctx context.Context, columns coarseColumns) error {
	for _, c := range columns {
		o, err := s.mustFind(ctx, c.table, "TABLE")
		if err != nil {
			return err
		}
		if err := s.refineColumn(ctx, o.At, c.column); err != nil {
			return err
		}
	}
	if s.inTx {
		s.tx.refined = true
		return nil
	}
	return s.w.remakeViews(ctx)
}

// remakeViews makes the views anew that no longer fit what they read.
func (w *Warehouse) remakeViews(ctx context.Context) error {
	for _, database := range w.attached() {
		err := w.migrateViews(ctx, database, func(v legacyView) bool {
			cur, err := w.admin.Prepare(ctx, "from "+catalog.NameOf(database, v.schema, v.name).String())
			if err == nil {
				cur.Close()
			}
			return err != nil
		})
		if err == nil {
			err = w.admin.Exec(ctx, "delete from "+catalog.MetaTable(database)+" where kind = "+ducksql.Text(migrating))
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// refineColumn changes the type of one column, with its default.
func (s *session) refineColumn(ctx context.Context, at catalog.Name, column string) error {
	found, err := s.conn.Texts(ctx, `select data_type, coalesce(column_default, '') from duckdb_columns()
		where lower(database_name) = lower(?) and schema_name = ? and table_name = ? and lower(column_name) = lower(?)`, at.Database, at.Schema, at.Table, column)
	if err != nil || len(found) == 0 {
		return err
	}
	from, def := found[0][0], found[0][1]
	to := rewrite.Fine(from)
	if to == from {
		return nil
	}
	alter := fmt.Sprintf("alter table %s alter column %s ", at, ducksql.Name(column))
	var steps []string
	if def != "" {
		steps = append(steps, alter+"drop default")
	}
	steps = append(steps, alter+"type "+to+" using "+ducksql.FineFrom(ducksql.Name(column), from))
	if def != "" {
		steps = append(steps, alter+"set default "+ducksql.FineFrom("cast("+def+" as "+from+")", from))
	}
	if at.Database != catalog.Temp { // for the next start, if this one ends before the views are done
		table := catalog.MetaTable(at.Database)
		steps = append(steps, fmt.Sprintf("insert into %[1]s select %[2]s, 'VIEWS', '' where not exists (from %[1]s where kind = %[2]s)", table, ducksql.Text(migrating)))
	}
	if s.inTx {
		cur, err := s.conn.Run(ctx, "select 1", nil)
		if err != nil {
			return err
		}
		defer cur.Close()
		if _, err := s.keep(ctx, step{table: at.Table, types: []string{"INTEGER"}, apply: steps}, cur); err != nil {
			return err
		}
		s.tx.writes++
	}
	return s.retry(ctx, func() error { return s.together(ctx, steps...) })
}

// fineTo is what a value takes of its column where a time of nine digits is one of
// them: a cast, or none; ok is false where the rest is as ever.
func (a *assigning) fineTo(x ast.Expr, from types.Type, column types.Column) (cast *ast.Type, ok bool) {
	to := column.Type
	plain := to
	plain.Precision = min(plain.Precision, ducksql.StoredDigits)
	switch {
	case from.Kind == types.Null || !to.Timestamp() && !to.Is(warehouse.Time):
		return nil, false
	case to.Fine && !a.s.fine && !from.Fine:
		a.refuse(errFine())
	case to.Fine && (from.Kind != to.Kind || !from.Fine || from.Precision > to.Precision):
		return typeOf(to), true
	case to.Fine:
	case !a.s.fine && !from.Fine:
		return nil, false
	case from.Fine && !to.MayBeFine(), isText(x):
		return typeOf(plain), true
	case !to.MayBeFine(), !from.Fine && !from.Is(warehouse.Varchar, warehouse.Variant):
		return nil, false
	case !a.s.fine:
		a.refuse(errFine())
	default:
		a.coarse = append(a.coarse, coarseColumn{a.into, column.Name})
	}
	return nil, true
}

// isText reports a literal that has no more digits of a second than six.
func isText(x ast.Expr) bool {
	s, ok := x.(*ast.String)
	return ok && !rewrite.HasNanos(s.Value)
}

// refuse keeps the first error.
func (a *assigning) refuse(err error) {
	if a.err == nil {
		a.err = err
	}
}

// refineAll makes room in all columns of a table that files go into, once one of
// them needs it.
func (s *session) refineAll(ctx context.Context, at catalog.Name, columns []ducksql.Column) error {
	if !s.fine {
		return nil
	}
	for i := range columns {
		c := &columns[i]
		if c.Six || rewrite.Fine(c.Type) == c.Type {
			continue
		}
		if err := s.refineColumn(ctx, at, c.Name); err != nil {
			return err
		}
		c.Type = rewrite.Fine(c.Type)
	}
	if s.inTx {
		s.tx.refined = true
		return nil
	}
	return s.w.remakeViews(ctx)
}
