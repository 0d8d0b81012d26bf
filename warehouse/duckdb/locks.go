package duckdb

import (
	"context"
	"strconv"
	"time"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/catalog"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/tablelock"
)

// lockWait is how long a statement waits for a transaction that has locked a
// table where the session's LOCK_TIMEOUT says nothing. Snowflake's 12 hours would look like a hang.
const lockWait = 2 * time.Second

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
	want := tablelock.New(s, s.id, rec.statement.QueryID, s.tx.id)
	if err := s.w.locks.Take(ctx, t, want, s.lockTimeout()); err != nil {
		return nil, err
	}
	if !s.inTx {
		defer s.w.locks.Release(s)
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
