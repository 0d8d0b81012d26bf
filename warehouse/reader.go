package warehouse

import (
	"sync/atomic"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
)

// ReaderOf makes an Arrow reader of next, which gives one batch a call, each
// the reader's to release, and nil at the end or beside an error.
func ReaderOf(schema *arrow.Schema, next func() (arrow.RecordBatch, error)) array.RecordReader {
	r := &funcReader{schema: schema, next: next}
	r.refs.Store(1)
	return r
}

type funcReader struct {
	refs   atomic.Int64
	schema *arrow.Schema
	next   func() (arrow.RecordBatch, error)
	cur    arrow.RecordBatch
	err    error
	ended  bool
}

func (r *funcReader) Schema() *arrow.Schema          { return r.schema }
func (r *funcReader) RecordBatch() arrow.RecordBatch { return r.cur }
func (r *funcReader) Record() arrow.RecordBatch      { return r.cur }
func (r *funcReader) Err() error                     { return r.err }
func (r *funcReader) Retain()                        { r.refs.Add(1) }

func (r *funcReader) Release() {
	if r.refs.Add(-1) == 0 {
		r.ended = true
		r.drop()
	}
}

func (r *funcReader) Next() bool {
	r.drop()
	if r.ended {
		return false
	}
	r.cur, r.err = r.next()
	r.ended = r.cur == nil || r.err != nil
	return !r.ended
}

func (r *funcReader) drop() {
	if r.cur != nil {
		r.cur.Release()
		r.cur = nil
	}
}
