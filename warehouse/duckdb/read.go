package duckdb

import (
	"context"
	"errors"
	"sync/atomic"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/types"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/engine"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/resultcache"
)

// rowReader streams a cursor's rows as Arrow record batches.
type rowReader struct {
	ctx     context.Context
	s       *session
	cur     *engine.Cursor
	batches *engine.Batches
	refs    atomic.Int64

	batch arrow.RecordBatch
	err   error
	rows  int64
	done  bool
	t     *translation
	ended func(error) // called once, when the rows end

	kept    resultcache.Result // for RESULT_SCAN
	passing bool               // which never finds it
	limit   int64              // ROWS_PER_RESULTSET, 0 for all
}

var _ array.RecordReader = (*rowReader)(nil)

// newRowReader describes the cursor's columns and takes the cursor over.
func newRowReader(ctx context.Context, s *session, cur *engine.Cursor, rec *record) (*rowReader, []warehouse.Column, error) {
	r := &rowReader{ctx: ctx, s: s, cur: cur, t: rec.translation}
	r.refs.Store(1)
	found := cur.Columns()
	n := len(found)
	columns, names := make([]warehouse.Column, n), make([]string, n)
	for i := range found {
		names[i] = found[i].Name
	}
	nameColumns(rec.tree, names)
	var known []types.Column
	if rec.translation != nil && len(rec.translation.columns) == n {
		known = rec.translation.columns
	}
	for i := range found {
		c := &found[i]
		if c.Err != nil {
			return nil, nil, c.Err
		}
		c.Name = names[i]
		if known != nil {
			c.Kind = c.Kind.As(known[i].Type)
			if known[i].Name != "" {
				c.Name = known[i].Name
			}
		}
		columns[i] = c.Kind.Column
		columns[i].Name, columns[i].Nullable = c.Name, known == nil || !known[i].NotNull
	}
	r.limit = s.limit("ROWS_PER_RESULTSET")
	r.kept.ID, r.kept.Columns = rec.statement.QueryID, columns
	r.batches = cur.Batches(found)
	return r, columns, r.batches.Begin(ctx)
}

func (r *rowReader) Schema() *arrow.Schema          { return r.batches.Schema }
func (r *rowReader) RecordBatch() arrow.RecordBatch { return r.batch }
func (r *rowReader) Record() arrow.RecordBatch      { return r.batch }
func (r *rowReader) Err() error                     { return r.err }
func (r *rowReader) Retain()                        { r.refs.Add(1) }

// Release ends the statement when nobody holds the reader any more.
func (r *rowReader) Release() {
	if r.refs.Add(-1) != 0 {
		return
	}
	r.s.mu.Lock()
	defer r.s.mu.Unlock()
	r.finish(nil)
}

// Next reads the next batch.
func (r *rowReader) Next() bool {
	r.s.mu.Lock()
	defer r.s.mu.Unlock()
	return r.next()
}

// next is Next for who holds r.s.mu.
func (r *rowReader) next() bool {
	r.drop()
	if r.done {
		return false
	}
	if r.limit > 0 && r.rows >= r.limit {
		r.finish(nil)
		return false
	}
	batch, err := r.batches.Next(r.ctx)
	if err != nil || batch == nil {
		r.finish(err)
		return false
	}
	if left := r.limit - r.rows; r.limit > 0 && batch.NumRows() > left {
		whole := batch
		batch = whole.NewSlice(0, left)
		whole.Release()
	}
	r.batch = batch
	r.keep(batch)
	r.rows += batch.NumRows()
	return true
}

// finish ends the statement. r.s.mu is held.
func (r *rowReader) finish(err error) {
	if r.done {
		return
	}
	r.done = true
	r.keepAll(err == nil && (r.cur.AtEnd || r.limit > 0 && r.rows >= r.limit))
	r.drop()
	r.err = r.t.refusal(err)
	if e := (*warehouse.Error)(nil); errors.As(r.err, &e) {
		e.QueryID = r.kept.ID
	}
	r.cur.Close()
	if r.s.open == r {
		r.s.open = nil
		r.s.runAfter()
	}
	if r.ended != nil {
		r.ended(r.err)
	}
}

func (r *rowReader) drop() {
	if r.batch != nil {
		r.batch.Release()
		r.batch = nil
	}
}
