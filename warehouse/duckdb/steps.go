package duckdb

import (
	"context"
	"errors"
	"strconv"
	"strings"

	"github.com/snowpit-dev/snowpit/warehouse/duckdb/catalog"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/ducksql"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/engine"
)

// A step is one change made in a transaction, with the rows it takes.
type step struct {
	table string   // what it changed, for errors
	rows  string   // the table of its rows, on the keeper
	types []string // of these rows
	apply []string // statements that make the change from the rows in stepRows
	byRow bool     // whether the rows name others by their place
}

// stepRows is the temporary table that a step's rows stand in while it is taken.
const (
	stepName = "snowpit_step"
	stepRows = "temp.main." + stepName
)

// stepColumn is what the column number i of a step's rows is called.
func stepColumn(i int) string { return "C" + strconv.Itoa(i) }

// keep copies the rows that cur gives to where a rollback leaves them, and
// says how many they are. The step becomes the transaction's last.
func (s *session) keep(ctx context.Context, st step, cur *engine.Cursor) (n int64, err error) {
	if s.keeper == nil {
		if s.keeper, err = s.w.engine.Connect(); err != nil {
			return 0, err
		}
	}
	st.rows = ducksql.FreshName("step_")
	if err := s.keeper.Exec(ctx, "create temporary table "+st.rows+rowDefinition(st.types)); err != nil {
		return 0, err
	}
	if n, err = engine.CopyRows(ctx, cur, s.keeper, st.rows); err != nil {
		return n, errors.Join(err, s.keeper.Exec(context.WithoutCancel(ctx), "drop table "+st.rows))
	}
	s.tx.steps = append(s.tx.steps, st)
	return n, nil
}

// forget drops the transaction's last step, whose change was not made.
func (s *session) forget(ctx context.Context) error {
	last := len(s.tx.steps) - 1
	st := s.tx.steps[last]
	s.tx.steps = s.tx.steps[:last]
	return s.keeper.Exec(context.WithoutCancel(ctx), "drop table "+st.rows)
}

// A rowChange is a change in two parts: the rows it takes, and what is done
// with them. Rows of a table are named by their rowid.
type rowChange struct {
	rec   *record
	table catalog.Name
	query string                      // gives the rows, in columns C0, C1, ...
	args  []any                       // the query's
	apply []string                    // makes the change from the rows in stepRows
	check func(context.Context) error // looks at the rows first; nil for no look
}

// run makes the change: all of it or nothing.
func (s *session) run(ctx context.Context, c rowChange) (err error) {
	if s.inTx {
		return s.inside(ctx, c)
	}
	return s.retry(ctx, func() (err error) {
		if err := s.conn.Exec(ctx, "begin transaction"); err != nil {
			return err
		}
		if err = s.apply(ctx, c); err == nil {
			err = s.conn.Commit(ctx)
		}
		if err != nil {
			return errors.Join(err, ignoreNoTransaction(s.conn.Exec(context.WithoutCancel(ctx), "rollback")))
		}
		return nil
	})
}

// apply finds the change's rows and makes it.
func (s *session) apply(ctx context.Context, c rowChange) error {
	if err := s.find(ctx, c); err != nil {
		return err
	}
	for _, sql := range append(c.apply, "drop table "+stepRows) {
		if err := s.conn.Exec(ctx, sql); err != nil {
			return err
		}
	}
	return nil
}

// find fills stepRows with the change's rows.
func (s *session) find(ctx context.Context, c rowChange) error {
	text := "create or replace temporary table " + stepName + " as " + c.query
	c.rec.translated(&translation{original: c.rec.statement.Text, text: text})
	cur, err := s.conn.Run(ctx, text, c.args)
	if err != nil {
		return err
	}
	cur.Close()
	if c.check != nil {
		return c.check(ctx)
	}
	return nil
}

// inside is apply in the transaction that is open, which keeps the rows.
func (s *session) inside(ctx context.Context, c rowChange) error {
	if err := s.claim(c.table); err != nil {
		return err
	}
	if err := s.find(ctx, c); err != nil {
		return err
	}
	types, err := s.columnTypes(ctx, stepRows)
	if err != nil {
		return err
	}
	cur, err := s.conn.Run(ctx, "select * from "+stepRows, nil)
	if err != nil {
		return err
	}
	_, err = s.keep(ctx, step{table: c.table.Table, types: types, apply: c.apply, byRow: true}, cur)
	cur.Close()
	if err != nil {
		return err
	}
	for _, sql := range append(c.apply, "drop table "+stepRows) {
		if err := s.conn.Exec(ctx, sql); err != nil {
			return errors.Join(err, s.forget(ctx))
		}
	}
	return nil
}

// columnTypes are the DuckDB types of a table's columns.
func (s *session) columnTypes(ctx context.Context, table string) (types []string, err error) {
	return s.column(ctx, "select column_type from (describe "+table+")")
}

// take makes a step's change.
func (s *session) take(ctx context.Context, st step) error {
	if err := s.conn.Exec(ctx, "create or replace temporary table "+stepName+rowDefinition(st.types)); err != nil {
		return err
	}
	cur, err := s.keeper.Run(ctx, "select * from "+st.rows, nil)
	if err != nil {
		return err
	}
	defer cur.Close()
	if _, err := engine.CopyRows(ctx, cur, s.conn, stepName); err != nil {
		return err
	}
	for _, sql := range append(st.apply, "drop table "+stepRows) {
		if err := s.conn.Exec(ctx, sql); err != nil {
			return err
		}
	}
	return nil
}

// dropSteps frees the rows of the transaction's steps.
func (s *session) dropSteps(ctx context.Context) {
	for _, st := range s.tx.steps {
		if err := s.keeper.Exec(ctx, "drop table "+st.rows); err != nil {
			s.w.log.Warn("a transaction's rows are left in memory", "error", err)
		}
	}
}

// rowDefinition is a table's columns, C0, C1 and so on, in parentheses.
func rowDefinition(types []string) string {
	columns := make([]string, len(types))
	for i, t := range types {
		columns[i] = stepColumn(i) + " " + t
	}
	return "(" + strings.Join(columns, ", ") + ")"
}
