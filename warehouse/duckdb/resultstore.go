package duckdb

import (
	"github.com/apache/arrow-go/v18/arrow"

	"github.com/snowpit-dev/snowpit/warehouse"
)

const (
	keptBytes   = 32 << 20 // what the results that a session keeps may have together
	keptOne     = 16 << 20 // and a single one
	keptQueries = 10_000   // how many query ids it remembers
)

// A keptResult is one statement's result, for RESULT_SCAN.
type keptResult struct {
	id      string
	columns []warehouse.Column
	schema  *arrow.Schema
	batches []arrow.RecordBatch
	bytes   int
	tooBig  bool
}

// resultKeep is a session's results, the oldest first. The zero value is
// empty. Rows stay where they are, so that keeping them costs their memory and
// no time; what is too much is let go, the oldest first.
type resultKeep struct {
	results []keptResult
	bytes   int
	queries []string // the ids of the session's statements
}

// add keeps a result. The batches stay the caller's.
func (k *resultKeep) add(id string, columns []warehouse.Column, schema *arrow.Schema, batches []arrow.RecordBatch) {
	r := keptResult{id: id, columns: columns, schema: schema}
	for _, b := range batches {
		r.add(b)
	}
	k.put(r)
}

// put keeps a result that has its batches.
func (k *resultKeep) put(r keptResult) {
	k.results = append(k.results, r)
	k.bytes += r.bytes
	for len(k.results) > 0 && k.bytes > keptBytes || len(k.results) > 1000 {
		k.bytes -= k.results[0].bytes
		k.results[0].release()
		k.results = k.results[1:]
	}
}

// find is the result of a statement, nil if it is not kept.
func (k *resultKeep) find(id string) *keptResult {
	for i := len(k.results) - 1; i >= 0; i-- {
		if k.results[i].id == id {
			return &k.results[i]
		}
	}
	return nil
}

// note remembers a statement's id.
func (k *resultKeep) note(id string) {
	if len(k.queries) < keptQueries {
		k.queries = append(k.queries, id)
		return
	}
	copy(k.queries[1:], k.queries[2:]) // the first stays the first
	k.queries[len(k.queries)-1] = id
}

// query is the n-th statement's id: from 1 for the session's first, from -1
// for its last.
func (k *resultKeep) query(n int) string {
	if n < 0 {
		n += len(k.queries) + 1
	}
	if n < 1 || n > len(k.queries) {
		return ""
	}
	return k.queries[n-1]
}

// close lets go of everything.
func (k *resultKeep) close() {
	for i := range k.results {
		k.results[i].release()
	}
	k.results = nil
}

// add keeps one batch more, unless the result is too large already.
func (r *keptResult) add(b arrow.RecordBatch) {
	if r.tooBig {
		return
	}
	for _, c := range b.Columns() {
		r.bytes += int(c.Data().SizeInBytes())
	}
	if r.bytes > keptOne {
		r.release()
		r.tooBig, r.bytes = true, 0
		return
	}
	b.Retain()
	r.batches = append(r.batches, b)
}

func (r *keptResult) release() {
	for _, b := range r.batches {
		b.Release()
	}
	r.batches = nil
}
