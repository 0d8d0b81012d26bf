package session

import (
	"context"
	"errors"
	"sync"
	"time"
)

// ErrCanceled is why a statement was cancelled on a client's word.
var ErrCanceled = errors.New("cancelled by the client")

// ErrHungUp is why a statement was cancelled whose client is gone.
var ErrHungUp = errors.New("the client hung up")

// An Outcome is how a statement ended. Kind is as QUERY_HISTORY has it; Value
// is what it gave, of the server's own making, and Size about the bytes it
// holds. Free lets go of it, and may be nil.
type Outcome struct {
	Kind  string
	Value any
	Size  int64
	Rows  int64
	Err   error
	Place Place // where the session stood afterwards
	Free  func()
}

// A Statement is one that runs or has run.
type Statement struct {
	ID      string
	Request string // the key of the request that brought it; "" for none
	// RequestID is the id that a client cancels by. Several statements may have
	// come under one.
	RequestID string
	Session   *Session
	SQL       string
	Async     bool
	NullText  bool // its result's nulls are to be the text "null"
	Started   time.Time

	ctx    context.Context
	cancel context.CancelCauseFunc
	done   chan struct{}

	mu       sync.Mutex
	ended    time.Time
	outcome  Outcome
	watchers int
	left     time.Time // when the last watcher left
}

// NewStatement is a statement of s that is about to run. Its context ends with
// the session or when it is cancelled.
func NewStatement(id, request string, s *Session, sql string, async bool) *Statement {
	st := &Statement{ID: id, Request: request, Session: s, SQL: sql, Async: async, Started: time.Now(), done: make(chan struct{})}
	st.ctx, st.cancel = context.WithCancelCause(s.Context())
	return st
}

// Context is what the statement runs under.
func (st *Statement) Context() context.Context { return st.ctx }

// Cancel ends the statement if it runs, for the reason given.
func (st *Statement) Cancel(why error) { st.cancel(why) }

// Finish ends the statement with what came of it.
func (st *Statement) Finish(o Outcome) {
	st.mu.Lock()
	st.outcome, st.ended = o, time.Now()
	st.mu.Unlock()
	close(st.done)
	st.cancel(nil)
}

// Done is closed when the statement has ended.
func (st *Statement) Done() <-chan struct{} { return st.done }

// Outcome is how the statement ended, and whether it did.
func (st *Statement) Outcome() (Outcome, bool) {
	select {
	case <-st.done:
	default:
		return Outcome{}, false
	}
	st.mu.Lock()
	defer st.mu.Unlock()
	return st.outcome, true
}

// Ended is when the statement ended; the zero time while it runs.
func (st *Statement) Ended() time.Time {
	st.mu.Lock()
	defer st.mu.Unlock()
	return st.ended
}

// Wait waits for the statement to end, for at most patience, and reports
// whether it did. When ctx ends first and nobody else waits, the statement is
// cancelled, unless it is one that nobody need wait for.
func (st *Statement) Wait(ctx context.Context, patience time.Duration) bool {
	st.watch(1)
	defer st.watch(-1)
	timer := time.NewTimer(patience)
	defer timer.Stop()
	select {
	case <-st.done:
		return true
	case <-timer.C:
	case <-ctx.Done():
		if !st.Async && st.watch(0) == 1 {
			st.cancel(ErrHungUp)
		}
	}
	return false
}

func (st *Statement) watch(n int) int {
	st.mu.Lock()
	defer st.mu.Unlock()
	st.watchers += n
	if n < 0 {
		st.left = time.Now()
	}
	return st.watchers
}

// Idle is how long nobody has waited for the statement; 0 while somebody does.
func (st *Statement) Idle() time.Duration {
	st.mu.Lock()
	defer st.mu.Unlock()
	if st.watchers > 0 {
		return 0
	}
	return time.Since(st.left)
}

// HungUp reports whether the statement was cancelled because its client was
// gone.
func (st *Statement) HungUp() bool { return errors.Is(context.Cause(st.ctx), ErrHungUp) }

// undone reports whether that ended the statement before it had done anything,
// so that a request that comes again may run it again.
func (st *Statement) undone() bool {
	o, ended := st.Outcome()
	return ended && o.Err != nil && st.HungUp()
}

// Canceled reports whether the statement was cancelled, by whomever.
func (st *Statement) Canceled() bool {
	cause := context.Cause(st.ctx)
	return errors.Is(cause, ErrHungUp) || errors.Is(cause, ErrCanceled)
}
