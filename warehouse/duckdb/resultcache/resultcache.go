// Package resultcache keeps the results that a session has read to their end, for
// RESULT_SCAN, and the ids of its statements.
package resultcache

import (
	"github.com/apache/arrow-go/v18/arrow"

	"github.com/snowpit-dev/snowpit/warehouse"
)

// How much is kept.
const (
	MaxBytes   = 32 << 20 // what the results that a session keeps may have together
	MaxOne     = 16 << 20 // and a single one
	maxQueries = 10_000   // how many query ids it remembers
)

// A Result is one statement's result, for RESULT_SCAN.
type Result struct {
	ID      string
	Columns []warehouse.Column
	Schema  *arrow.Schema
	Batches []arrow.RecordBatch
	bytes   int
	TooBig  bool
}

// A Cache is a session's results, the oldest first. The zero value is empty. Rows
// stay where they are, so that keeping them costs their memory and no time; what
// is too much is let go, the oldest first. One goroutine at a time uses it.
type Cache struct {
	results []Result
	bytes   int
	queries []string // the ids of the session's statements
}

// Add keeps a result. The batches stay the caller's.
func (k *Cache) Add(id string, columns []warehouse.Column, schema *arrow.Schema, batches []arrow.RecordBatch) {
	r := Result{ID: id, Columns: columns, Schema: schema}
	for _, b := range batches {
		r.Add(b)
	}
	k.Put(r)
}

// Put keeps a result that has its batches, which become the cache's.
func (k *Cache) Put(r Result) {
	k.results = append(k.results, r)
	k.bytes += r.bytes
	for len(k.results) > 0 && k.bytes > MaxBytes || len(k.results) > 1000 {
		k.bytes -= k.results[0].bytes
		k.results[0].Release()
		k.results = k.results[1:]
	}
}

// Find is the result of a statement, nil if it is not kept.
func (k *Cache) Find(id string) *Result {
	for i := len(k.results) - 1; i >= 0; i-- {
		if k.results[i].ID == id {
			return &k.results[i]
		}
	}
	return nil
}

// Note remembers a statement's id.
func (k *Cache) Note(id string) {
	if len(k.queries) < maxQueries {
		k.queries = append(k.queries, id)
		return
	}
	copy(k.queries[1:], k.queries[2:]) // the first stays the first
	k.queries[len(k.queries)-1] = id
}

// Query is the n-th statement's id: from 1 for the session's first, from -1
// for its last.
func (k *Cache) Query(n int) string {
	if n < 0 {
		n += len(k.queries) + 1
	}
	if n < 1 || n > len(k.queries) {
		return ""
	}
	return k.queries[n-1]
}

// Close lets go of everything.
func (k *Cache) Close() {
	for i := range k.results {
		k.results[i].Release()
	}
	k.results = nil
}

// Add keeps one batch more, unless the result is too large already.
func (r *Result) Add(b arrow.RecordBatch) {
	if r.TooBig {
		return
	}
	for _, c := range b.Columns() {
		r.bytes += int(c.Data().SizeInBytes())
	}
	if r.bytes > MaxOne {
		r.Release()
		r.TooBig, r.bytes = true, 0
		return
	}
	b.Retain()
	r.Batches = append(r.Batches, b)
}

// Release lets go of the batches.
func (r *Result) Release() {
	for _, b := range r.Batches {
		b.Release()
	}
	r.Batches = nil
}
