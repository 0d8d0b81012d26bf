package duckdb

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"strconv"
	"strings"
	"time"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/catalog"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/refusal"
)

// A transaction is what a session has changed since BEGIN.
//
// On Snowflake a statement that fails leaves the transaction as it was before
// that statement. DuckDB gives the whole transaction up where a statement fails
// while it runs. So every change made in a transaction is kept as a step, by
// the very rows that it wrote, and a transaction that DuckDB has given up is
// made anew from its steps before the session's next statement. Nothing is
// computed a second time.
//
// Two things cannot be made anew, and lose the transaction with an error that
// says so: changes and removals of rows where another session has committed in
// the meantime, because the rows may no longer be where they were; and changes
// that were not kept as steps, those of COPY INTO and of loaded rows.
type transaction struct {
	id     string // the milliseconds of its start, which is Snowflake's id
	name   string
	start  time.Time
	commit uint64 // how many commits the warehouse had seen when it began
	calls  int    // how deep procedures called procedures then

	database string // the one that it changes, "" while it changes none
	steps    []step
	writes   int // statements that changed something
	altered  []catalog.Name
	refined  bool                  // columns have more digits of a second now
	lost     bool                  // DuckDB has given it up
	defined  bool                  // it has made or dropped temporary objects, see keepsTransaction
	temps    map[catalog.Name]bool // those of the session before it did
}

// open is what SHOW TRANSACTIONS tells of a transaction.
type openTransaction struct {
	id, name string
	start    time.Time
}

// runTransaction runs BEGIN, COMMIT and ROLLBACK, which on Snowflake do
// nothing where they come at the wrong time.
func (s *session) runTransaction(ctx context.Context, rec *record, stmt ast.Statement) (*warehouse.Result, error) {
	err := s.ofOwnScope(stmt)
	if err != nil {
		return nil, err
	}
	switch stmt := stmt.(type) {
	case *ast.Begin:
		name := newID()
		if stmt.Name != nil {
			name = stmt.Name.Name
		}
		err = s.begin(ctx, name)
	case *ast.Commit:
		err = s.commit(ctx)
	default:
		err = s.rollback(ctx)
	}
	if err != nil {
		return nil, err
	}
	return rec.status("Statement executed successfully."), nil
}

// ofOwnScope refuses a procedure what concerns a transaction that was begun outside
// of it. On Snowflake one that it begins itself is apart from that one.
func (s *session) ofOwnScope(stmt ast.Statement) error {
	if !s.inTx || s.tx.calls == s.calls {
		return nil
	}
	if _, begins := stmt.(*ast.Begin); begins {
		return refusal.Unsupported("a transaction of a procedure that was called in another transaction")
	}
	return &warehouse.Error{Code: 90236, State: "42601", Message: "Modifying a transaction that has started at a different scope is not allowed."}
}

func (s *session) begin(ctx context.Context, name string) error {
	if s.inTx {
		return nil
	}
	if err := s.conn.Exec(ctx, "begin transaction"); err != nil {
		return err
	}
	now := time.Now()
	s.inTx = true
	s.tx = transaction{id: strconv.FormatInt(now.UnixMilli(), 10), name: name, start: now, commit: s.w.commits.Load(), calls: s.calls}
	s.lastTx = s.tx.id
	s.shown.Store(&openTransaction{s.tx.id, name, now})
	return nil
}

// commit ends the transaction that is open, if one is.
func (s *session) commit(ctx context.Context) error {
	if !s.inTx {
		return nil
	}
	if err := s.restore(ctx); err != nil {
		return err
	}
	wrote, altered, refined := s.tx.writes > 0, s.tx.altered, s.tx.refined
	err := s.conn.Commit(ctx)
	if err != nil {
		// What did not commit must not stay open.
		err = errors.Join(err, ignoreNoTransaction(s.conn.Exec(context.WithoutCancel(ctx), "rollback")))
	}
	s.endTransaction(ctx)
	if err == nil && wrote {
		s.w.commits.Add(1)
		s.w.altered.note(altered...)
	}
	if err == nil && refined {
		return s.w.remakeViews(ctx)
	}
	return err
}

func (s *session) rollback(ctx context.Context) error {
	if !s.inTx {
		return nil
	}
	err := ignoreNoTransaction(s.conn.Exec(context.WithoutCancel(ctx), "rollback"))
	if s.tx.defined {
		s.temps = s.tx.temps
	}
	s.endTransaction(ctx)
	return err
}

// endTransaction forgets the transaction.
func (s *session) endTransaction(ctx context.Context) {
	s.inTx = false
	s.shown.Store(nil)
	s.dropSteps(context.WithoutCancel(ctx))
	s.tx = transaction{}
	s.w.locks.Release(s)
}

// takePart puts a statement in its place among transactions: a definition ends
// the one that is open, and with AUTOCOMMIT off a change begins one.
func (s *session) takePart(ctx context.Context, stmt ast.Statement) error {
	switch stmt.(type) {
	case *ast.Rollback:
		return nil
	case *ast.CreateTable, *ast.CreateView, *ast.CreateSequence, *ast.CreateObject, *ast.CreateFunction, *ast.CreateStage,
		*ast.Alter, *ast.Drop, *ast.Comment, *ast.Grant:
		switch {
		case s.composing:
			return nil
		case s.inTx && s.keepsTransaction(stmt):
			return s.restore(ctx)
		}
		if err := s.ofOwnScope(stmt); err != nil {
			return err
		}
		return s.commit(ctx)
	}
	if isChange(stmt) && !s.inTx && s.parameter("AUTOCOMMIT") == "false" {
		return s.begin(ctx, newID())
	}
	return s.restore(ctx)
}

// keepParameter asks for a definition that leaves the transaction open: Snowpark
// sets it for the temporary objects that it makes for itself.
const keepParameter = "SNOWPARK_SKIP_TXN_COMMIT_IN_DDL"

// keepsTransaction reports a definition of a temporary object that is asked to
// leave the transaction open, and notes those of the session before it.
func (s *session) keepsTransaction(stmt ast.Statement) bool {
	if on, _ := strconv.ParseBool(s.parameters[keepParameter]); !on {
		return false
	}
	switch stmt := stmt.(type) {
	case *ast.CreateStage:
		return stmt.Temporary
	case *ast.CreateObject:
		return stmt.Temporary
	case *ast.CreateTable:
		if !stmt.Temporary {
			return false
		}
	case *ast.Drop:
		if stmt.Object != "TABLE" || !s.isTemporary(stmt.Name) {
			return false
		}
	default:
		return false
	}
	if !s.tx.defined {
		s.tx.defined, s.tx.temps = true, maps.Clone(s.temps)
	}
	return true
}

// isTemporary reports the name of a temporary table or view of the session's.
func (s *session) isTemporary(name *ast.Name) bool {
	at, err := s.resolveName(name)
	return err == nil && at.Database == catalog.Temp
}

// isChange says whether a statement changes rows.
func isChange(stmt ast.Statement) bool {
	switch stmt.(type) {
	case *ast.Insert, *ast.MultiInsert, *ast.Update, *ast.Delete, *ast.Merge, *ast.Truncate, *ast.CopyInto:
		return true
	}
	return false
}

// claim keeps a transaction to one database, which is all that DuckDB commits at
// once.
func (s *session) claim(t catalog.Name) error {
	if !s.inTx || t.Database == catalog.Temp || t.Database == "" {
		return nil
	}
	if s.tx.database != "" && !strings.EqualFold(s.tx.database, t.Database) {
		return refusal.Unsupported(fmt.Sprintf("a transaction that changes two databases, %s and %s; commit between them", s.tx.database, t.Database))
	}
	s.tx.database = t.Database
	return nil
}

// changed counts a statement that changed rows of some tables.
func (s *session) changed(tables ...catalog.Name) {
	if s.inTx {
		s.tx.writes++
		s.tx.altered = append(s.tx.altered, tables...)
	} else {
		s.w.commits.Add(1)
		s.w.altered.note(tables...)
	}
}

// failed looks whether DuckDB has given the transaction up.
func (s *session) failed(ctx context.Context) {
	if s.inTx && s.conn.Exec(context.WithoutCancel(ctx), "select 1") != nil {
		s.tx.lost = true
	}
}

// restore makes a transaction anew that DuckDB has given up.
func (s *session) restore(ctx context.Context) error {
	if !s.inTx || !s.tx.lost {
		return nil
	}
	if err := ignoreNoTransaction(s.conn.Exec(context.WithoutCancel(ctx), "rollback")); err != nil {
		return err
	}
	err := s.restorable()
	if err == nil {
		err = s.replay(ctx)
	}
	if err != nil {
		s.endTransaction(ctx)
		return err
	}
	s.tx.lost = false
	return nil
}

// restorable refuses a transaction that cannot be made anew.
func (s *session) restorable() error {
	if s.tx.defined {
		return lostTransaction("it has made temporary tables, which are not made a second time")
	}
	if s.tx.writes > len(s.tx.steps) {
		return lostTransaction("it has loaded rows, which are not kept a second time")
	}
	moved := s.w.commits.Load() != s.tx.commit
	for _, step := range s.tx.steps {
		if step.byRow && moved {
			return lostTransaction("it has changed rows of " + step.table + " and another session has committed since it began")
		}
	}
	return nil
}

func lostTransaction(why string) error {
	return &warehouse.Error{Code: 2019, State: "25000", Kind: warehouse.ErrUnsupported, Message: fmt.Sprintf(
		"Unsupported by Snowpit: the transaction cannot go on after its failed statement and is rolled back: %s", why)}
}

// replay begins the transaction again and takes its steps again.
func (s *session) replay(ctx context.Context) error {
	if err := s.conn.Exec(ctx, "begin transaction"); err != nil {
		return err
	}
	for _, step := range s.tx.steps {
		if err := s.take(ctx, step); err != nil {
			_ = ignoreNoTransaction(s.conn.Exec(context.WithoutCancel(ctx), "rollback"))
			return fmt.Errorf("making the transaction anew: %w", err)
		}
	}
	return nil
}
