// Package tablelock keeps two sessions from changing the rows of a table at once.
package tablelock

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/catalog"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/engine"
)

// Locks are the tables whose rows a session changes or removes, as UPDATE,
// DELETE, MERGE, TRUNCATE and INSERT OVERWRITE lock them on Snowflake: until the
// transaction ends. DuckDB tells a conflict of two updates, and lets a DELETE
// remove rows that another transaction has changed. The zero value has none; several
// goroutines may use it at once.
type Locks struct {
	mu   sync.Mutex
	held map[catalog.Name]*Lock
}

// A Lock is one table's.
type Lock struct {
	by       any           // whose it is
	session  string        // the id of that one
	query    string        // the id of the statement that took it
	tx       string        // its transaction, "" for a statement of its own
	released chan struct{} // closed when it is free
}

// New is a lock that is not taken yet: whose it is, with the ids of that
// session, of the statement that takes it and of its transaction, "" for none.
func New(by any, session, query, tx string) *Lock {
	return &Lock{by: by, session: session, query: query, tx: tx, released: make(chan struct{})}
}

// Take locks a table for a session, which may have it already, and waits so long
// for a transaction that has it, and for a statement of its own until that ends.
// After that it is a [*warehouse.LockedError].
func (l *Locks) Take(ctx context.Context, t catalog.Name, want *Lock, wait time.Duration) error {
	timer := time.NewTimer(wait)
	defer timer.Stop()
	for {
		other := l.try(t, want)
		if other == nil || other.by == want.by {
			return nil
		}
		late := timer.C
		if other.tx == "" {
			late = nil // its statement ends by itself
		}
		select {
		case <-other.released:
		case <-late:
			return other.refusal(t)
		case <-ctx.Done():
			return engine.Ended(ctx)
		}
	}
}

// try locks a table unless it is locked, and is the lock that it has then.
func (l *Locks) try(t catalog.Name, want *Lock) *Lock {
	l.mu.Lock()
	defer l.mu.Unlock()
	if other := l.held[t]; other != nil {
		return other
	}
	if l.held == nil {
		l.held = map[catalog.Name]*Lock{}
	}
	l.held[t] = want
	return nil
}

// Release frees all that a session holds.
func (l *Locks) Release(by any) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for t, held := range l.held {
		if held.by == by {
			delete(l.held, t)
			close(held.released)
		}
	}
}

// refusal is for whoever has waited long enough.
func (l *Lock) refusal(t catalog.Name) error {
	return &warehouse.Error{Code: 625, State: "57014", Err: &warehouse.LockedError{Session: l.session}, Message: fmt.Sprintf(
		"Statement '%s' has locked table '%s' in transaction %s and this lock has not yet been released.", l.query, t.Table, l.tx)}
}
