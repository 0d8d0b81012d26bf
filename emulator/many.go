package emulator

import (
	"context"
	"errors"
	"strings"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"github.com/snowpit-dev/snowpit/emulator/bind"
	"github.com/snowpit-dev/snowpit/emulator/session"
	"github.com/snowpit-dev/snowpit/emulator/wire"
	"github.com/snowpit-dev/snowpit/warehouse"
)

// many runs a statement for each row of its lists, all or none, and gives the
// sum of what they changed.
func (s *Server) many(ctx context.Context, st *session.Statement, bound *bind.Bound) session.Outcome {
	conn := st.Session.Conn
	own := !st.Session.InTransaction()
	if own && bound.Rows() >= worthLoading {
		if o, ok := s.load(ctx, st, bound); ok {
			return o
		}
	}
	if own {
		if _, err := warehouse.Exec(ctx, conn, "BEGIN"); err != nil {
			return session.Outcome{Err: err}
		}
	}
	sum, err := s.runAll(ctx, conn, bound)
	if own {
		err = settle(conn, err)
	}
	if err != nil {
		return session.Outcome{Err: err}
	}
	return s.collect(ctx, st, sum.result(st.ID), &wire.QueryRequest{})
}

// worthLoading is how many rows are faster loaded than bound. Not in a
// transaction of the client's, which making a table might end.
const worthLoading = 50

const bindTable = "SNOWPIT_BINDS"

// load runs an INSERT with long lists of values from a temporary table. It is
// false for what is none, or where the warehouse does not load.
func (s *Server) load(ctx context.Context, st *session.Statement, bound *bind.Bound) (session.Outcome, bool) {
	conn := st.Session.Conn
	loader, ok := conn.(warehouse.Loader)
	l := bound.Load(bindTable)
	if !ok || l == nil {
		return session.Outcome{}, false
	}
	defer l.Rows.Release()
	if err := temporary(ctx, conn, bindTable, l.Columns); err != nil {
		return session.Outcome{Err: err}, true
	}
	if _, err := loader.Load(ctx, bindTable, warehouse.LoadAppend, nil, l.Rows); err != nil {
		return session.Outcome{Err: err}, true
	}
	res, err := conn.Query(ctx, l.SQL)
	if err != nil {
		return session.Outcome{Err: err}, true
	}
	o := s.collect(ctx, st, res, &wire.QueryRequest{})
	if _, err := warehouse.Exec(ctx, conn, "DROP TABLE "+bindTable); err != nil && o.Err == nil {
		s.log.Warn("values that were bound are still held", "session", st.Session.ID, "error", err)
	}
	return o, true
}

// temporary makes a table of the session's own.
func temporary(ctx context.Context, conn warehouse.Session, name string, columns []warehouse.Column) error {
	definitions := make([]string, len(columns))
	for i, c := range columns {
		definitions[i] = warehouse.QuoteIdent(c.Name) + " " + c.SQL()
	}
	_, err := warehouse.Exec(ctx, conn, "CREATE OR REPLACE TEMPORARY TABLE "+name+" ("+strings.Join(definitions, ", ")+")")
	return err
}

// settle ends the transaction of statements that went well or did not.
func settle(conn warehouse.Session, err error) error {
	if err == nil {
		_, err = warehouse.Exec(context.Background(), conn, "COMMIT")
		return err
	}
	if _, undo := warehouse.Exec(context.Background(), conn, "ROLLBACK"); undo != nil {
		return errors.Join(err, undo)
	}
	return err
}

// counts sums up the rows that statements changed.
type counts struct {
	kind     string
	columns  []warehouse.Column
	totals   []int64
	affected int64
}

func (s *Server) runAll(ctx context.Context, conn warehouse.Session, bound *bind.Bound) (*counts, error) {
	var sum counts
	for one := range bound.Statements() {
		res, err := conn.Query(ctx, one.SQL, one.Args...)
		if err != nil {
			return nil, err
		}
		err = sum.add(res)
		if closing := res.Close(); err == nil {
			err = closing
		}
		if err != nil {
			return nil, err
		}
	}
	return &sum, nil
}

// add reads the one row of counts that a change gives.
func (c *counts) add(res *warehouse.Result) error {
	if !wire.IsChange(res.Kind) {
		return warehouse.Unsupported("lists of values for a statement of type " + res.Kind)
	}
	if c.columns == nil {
		c.kind, c.columns, c.totals = res.Kind, res.Columns, make([]int64, len(res.Columns))
	}
	c.affected += res.Affected
	for batch, err := range res.Batches() {
		if err != nil {
			return err
		}
		for i := range min(len(c.totals), int(batch.NumCols())) {
			if col, ok := batch.Column(i).(*array.Int64); ok && col.Len() > 0 {
				c.totals[i] += col.Value(0)
			}
		}
	}
	return nil
}

// result is the sum as a change's result.
func (c *counts) result(id string) *warehouse.Result {
	fields := make([]arrow.Field, len(c.columns))
	for i, col := range c.columns {
		fields[i] = arrow.Field{Name: col.Name, Type: arrow.PrimitiveTypes.Int64, Nullable: true}
	}
	schema := arrow.NewSchema(fields, nil)
	b := array.NewRecordBuilder(memory.DefaultAllocator, schema)
	defer b.Release()
	for i, n := range c.totals {
		b.Field(i).(*array.Int64Builder).Append(n)
	}
	batch := b.NewRecordBatch()
	next := func() (arrow.RecordBatch, error) {
		one := batch
		batch = nil
		return one, nil
	}
	res := warehouse.NewResult(id, c.kind, c.columns, warehouse.ReaderOf(schema, next))
	res.Affected = c.affected
	return res
}
