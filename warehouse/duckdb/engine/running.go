package engine

import (
	"sync"

	"github.com/duckdb/duckdb-go/v2/mapping"
)

// Running is what functions written in Go do at the moment for DuckDB that may
// take long: DuckDB's own interrupt does not reach it.
type Running struct {
	mu   sync.Mutex
	last int
	all  map[mapping.IdxT]map[int]func(why error) // by connection
}

// Running is that of c's instance, for what registers functions.
func (c *Conn) Running() *Running { return c.running }

// Begin notes that something runs for a connection, by DuckDB's number of it,
// until done is called. Until then stop is called, maybe more than once and on
// any goroutine, when the statement is to end.
func (r *Running) Begin(connection uint64, stop func(why error)) (done func()) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.all == nil {
		r.all = map[mapping.IdxT]map[int]func(error){}
	}
	of := mapping.IdxT(connection)
	if r.all[of] == nil {
		r.all[of] = map[int]func(error){}
	}
	r.last++
	n := r.last
	r.all[of][n] = stop
	return func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		if delete(r.all[of], n); len(r.all[of]) == 0 {
			delete(r.all, of)
		}
	}
}

// interrupt stops what runs for a connection, and says whether anything does.
func (r *Running) interrupt(c mapping.Connection, why error) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.all) == 0 {
		return false
	}
	var context mapping.ClientContext
	mapping.ConnectionGetClientContext(c, &context)
	defer mapping.DestroyClientContext(&context)
	all := r.all[mapping.ClientContextGetConnectionId(context)]
	for _, stop := range all {
		stop(why)
	}
	return len(all) > 0
}
