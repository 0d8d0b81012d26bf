package engine

import (
	"context"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/duckdb/duckdb-go/v2/mapping"
)

// batchRows is how many rows a batch of a result has, but for the last.
const batchRows = 32 * 2048

// batchBytes is where a batch of long texts ends before it has so many rows.
const batchBytes = 64 << 20

// Batches reads a result's rows as Arrow record batches. One goroutine at a
// time may use it; the cursor stays the caller's to close.
type Batches struct {
	cur     *Cursor
	Schema  *arrow.Schema
	columns []columnReader
	first   arrow.RecordBatch // that was read ahead, or nil
	began   bool
}

// Batches reads the cursor's rows as columns of these names and kinds, one for
// each that it has.
func (cur *Cursor) Batches(columns []ResultColumn) *Batches {
	b := &Batches{cur: cur, columns: make([]columnReader, len(columns))}
	fields := make([]arrow.Field, len(columns))
	for i, c := range columns {
		fields[i] = arrow.Field{Name: c.Name, Type: c.Kind.arrow, Nullable: true}
		b.columns[i].kind = c.Kind
	}
	b.Schema = arrow.NewSchema(fields, nil)
	return b
}

// Next gives the next batch, or nil at the end.
func (b *Batches) Next(ctx context.Context) (arrow.RecordBatch, error) {
	if first := b.first; first != nil {
		b.first = nil
		return first, nil
	}
	defer func() { b.began = true }()
	return b.next(ctx)
}

// next fills one batch.
func (b *Batches) next(ctx context.Context) (arrow.RecordBatch, error) {
	if ctx.Err() != nil {
		return nil, Ended(ctx)
	}
	stop := b.cur.conn.interruptAt(ctx)
	defer stop()
	total := 0
	for total < batchRows && b.bytes() < batchBytes {
		chunk, rows, err := b.cur.fetch()
		if err != nil {
			return nil, b.cur.conn.orStopped(ctx, err)
		}
		if rows == 0 {
			mapping.DestroyDataChunk(&chunk)
			break
		}
		for i := range b.columns {
			vec := mapping.DataChunkGetVector(chunk, mapping.IdxT(i))
			if err := b.columns[i].append(vec, rows, total); err != nil {
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
	if err := b.farther(); err != nil {
		return nil, err
	}
	arrays := make([]arrow.Array, len(b.columns))
	for i := range b.columns {
		arrays[i] = b.columns[i].finish(total)
	}
	return array.NewRecordBatch(b.Schema, arrays, int64(total)), nil
}

// bytes is the size of the batch's values so far.
func (b *Batches) bytes() (n int) {
	for i := range b.columns {
		n += len(b.columns[i].values)
	}
	return n
}
