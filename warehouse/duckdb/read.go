package duckdb

import (
	"context"
	"sync/atomic"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/duckdb/duckdb-go/v2/mapping"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/types"
)

// batchRows is how many rows a batch of a result has, but for the last.
const batchRows = 32 * 2048

// batchBytes is where a batch of long texts ends before it has so many rows.
const batchBytes = 64 << 20

// rowReader streams a cursor's rows as Arrow record batches.
type rowReader struct {
	ctx     context.Context
	s       *session
	cur     *cursor
	schema  *arrow.Schema
	columns []columnReader
	refs    atomic.Int64

	batch arrow.RecordBatch
	err   error
	rows  int64
	done  bool
	t     *translation
	ended func(error) // called once, when the rows end

	kept  keptResult // for RESULT_SCAN
	limit int64      // ROWS_PER_RESULTSET, 0 for all
}

var _ array.RecordReader = (*rowReader)(nil)

// newRowReader describes the cursor's columns and takes the cursor over.
func newRowReader(ctx context.Context, s *session, cur *cursor, rec *record) (*rowReader, []warehouse.Column, error) {
	r := &rowReader{ctx: ctx, s: s, cur: cur, t: rec.translation}
	r.refs.Store(1)
	n := int(mapping.ColumnCount(&cur.res))
	fields := make([]arrow.Field, n)
	columns := make([]warehouse.Column, n)
	r.columns = make([]columnReader, n)
	names := make([]string, n)
	for i := range n {
		names[i] = mapping.ColumnName(&cur.res, mapping.IdxT(i))
	}
	nameColumns(rec.tree, names)
	var known []types.Column
	if rec.translation != nil && len(rec.translation.columns) == n {
		known = rec.translation.columns
	}
	for i, name := range names {
		lt := mapping.ColumnLogicalType(&cur.res, mapping.IdxT(i))
		kind, err := kindOfColumn(lt)
		mapping.DestroyLogicalType(&lt)
		if err != nil {
			return nil, nil, err
		}
		if known != nil {
			kind = kind.as(known[i].Type)
			if known[i].Name != "" {
				name = known[i].Name
			}
		}
		columns[i] = kind.column
		columns[i].Name, columns[i].Nullable = name, true
		fields[i] = arrow.Field{Name: name, Type: kind.arrow, Nullable: true}
		r.columns[i].kind = kind
	}
	r.limit = s.limit("ROWS_PER_RESULTSET")
	r.kept.id, r.kept.columns = rec.statement.QueryID, columns
	r.schema = arrow.NewSchema(fields, nil)
	return r, columns, nil
}

func (r *rowReader) Schema() *arrow.Schema          { return r.schema }
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
	r.drop()
	if r.done {
		return false
	}
	if r.limit > 0 && r.rows >= r.limit {
		r.finish(nil)
		return false
	}
	batch, err := r.read()
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

// read fills one batch, or gives nil at the end.
func (r *rowReader) read() (arrow.RecordBatch, error) {
	if r.ctx.Err() != nil {
		return nil, ended(r.ctx)
	}
	stop := r.s.conn.interruptAt(r.ctx)
	defer stop()
	total := 0
	for total < batchRows && r.bytes() < batchBytes {
		chunk, rows, err := r.cur.fetch()
		if err != nil {
			return nil, orCanceled(r.ctx, err)
		}
		if rows == 0 {
			mapping.DestroyDataChunk(&chunk)
			break
		}
		for i := range r.columns {
			vec := mapping.DataChunkGetVector(chunk, mapping.IdxT(i))
			if err := r.columns[i].append(vec, rows, total); err != nil {
				mapping.DestroyDataChunk(&chunk)
				return nil, err
			}
		}
		mapping.DestroyDataChunk(&chunk)
		total += rows
	}
	if total == 0 {
		return nil, nil
	}
	arrays := make([]arrow.Array, len(r.columns))
	for i := range r.columns {
		arrays[i] = r.columns[i].finish(total)
	}
	return array.NewRecordBatch(r.schema, arrays, int64(total)), nil
}

// bytes is the size of the batch's values so far.
func (r *rowReader) bytes() (n int) {
	for i := range r.columns {
		n += len(r.columns[i].values)
	}
	return n
}

// finish ends the statement. r.s.mu is held.
func (r *rowReader) finish(err error) {
	if r.done {
		return
	}
	r.done = true
	r.keepAll(err == nil && (r.cur.atEnd || r.limit > 0 && r.rows >= r.limit))
	r.drop()
	r.err = refusal(err, r.t)
	r.cur.close()
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
