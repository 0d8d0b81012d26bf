package duckdb

import (
	"context"
	"fmt"
	"strconv"
	"sync"
	"time"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/catalog"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/engine"
)

// lockWait is how long a statement waits for a transaction that has locked a
// table where the session's LOCK_TIMEOUT says nothing. Snowflake's 12 hours would look like a hang.
const lockWait = 2 * time.Second

// locks are the tables whose rows a session changes or removes, as UPDATE,
// DELETE, MERGE, TRUNCATE and INSERT OVERWRITE lock them on Snowflake: until the
// transaction ends. DuckDB tells a conflict of two updates, and lets a DELETE
// remove rows that another transaction has changed.
type locks struct {
	mu   sync.Mutex
	held map[catalog.Name]*tableLock
}

type tableLock struct {
	by       *session
	query    string        // the id of the statement that took it
	tx       string        // its transaction, "" for a statement of its own
	released chan struct{} // closed when it is free
}

// take locks a table for a session, which may have it already, and waits for
// whoever else has it.
func (l *locks) take(ctx context.Context, t catalog.Name, want *tableLock, wait time.Duration) error {
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
func (l *locks) try(t catalog.Name, want *tableLock) *tableLock {
	l.mu.Lock()
	defer l.mu.Unlock()
	if other := l.held[t]; other != nil {
		return other
	}
	if l.held == nil {
		l.held = map[catalog.Name]*tableLock{}
	}
	l.held[t] = want
	return nil
}

// release frees all that a session holds.
func (l *locks) release(s *session) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for t, held := range l.held {
		if held.by == s {
			delete(l.held, t)
			close(held.released)
		}
	}
}

// refusal is for whoever has waited long enough.
func (l *tableLock) refusal(t catalog.Name) error {
	return &warehouse.Error{Code: 625, State: "57014", Err: &warehouse.LockedError{Session: l.by.id}, Message: fmt.Sprintf(
		"Statement '%s' has locked table '%s' in transaction %s and this lock has not yet been released.", l.query, t.Table, l.tx)}
}

// locking runs a statement with the lock on the table whose rows it changes, if
// it does. The lock goes with the transaction, or the statement if none is open.
func (s *session) locking(ctx context.Context, rec *record, stmt ast.Statement, run func() (*warehouse.Result, error)) (*warehouse.Result, error) {
	n := lockedBy(stmt)
	if n == nil {
		return run()
	}
	t, err := s.resolveName(n)
	if err != nil || t.Database == catalog.Temp {
		return run()
	}
	want := &tableLock{by: s, query: rec.statement.QueryID, tx: s.tx.id, released: make(chan struct{})}
	if err := s.w.locks.take(ctx, t, want, s.lockTimeout()); err != nil {
		return nil, err
	}
	if !s.inTx {
		defer s.w.locks.release(s)
	}
	return run()
}

// lockTimeout is how long the session waits for a lock.
func (s *session) lockTimeout() time.Duration {
	seconds, err := strconv.Atoi(s.parameters["LOCK_TIMEOUT"])
	if err != nil {
		return lockWait
	}
	return time.Duration(seconds) * time.Second
}

// lockedBy is the table whose rows a statement changes or removes, nil if it
// does neither.
func lockedBy(stmt ast.Statement) *ast.Name {
	switch stmt := stmt.(type) {
	case *ast.Update:
		return stmt.Table.Name
	case *ast.Delete:
		return stmt.From.Name
	case *ast.Merge:
		return stmt.Into.Name
	case *ast.Truncate:
		return stmt.Name
	case *ast.Insert:
		if stmt.Overwrite {
			return stmt.Into
		}
	}
	return nil
}
