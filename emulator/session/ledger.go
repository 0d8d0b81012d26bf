package session

import (
	"container/list"
	"context"
	"errors"
	"fmt"
	"sync"
)

// ErrBusy is a statement when as many run as there may.
var ErrBusy = errors.New("too many statements are running")

// A Ledger remembers statements: all that run, and of those that have ended as
// many as fit, the newest. Several goroutines may use it at once.
type Ledger struct {
	running int   // how many may run at once
	count   int   // how many ended ones are kept
	size    int64 // how many bytes they may hold

	mu        sync.Mutex
	byID      map[string]*Statement
	byRequest map[string]*Statement
	ended     *list.List // of *Statement, the oldest first
	live      int
	held      int64
}

// NewLedger is a ledger for so many running statements, and so many ended ones
// that hold so many bytes in all.
func NewLedger(running, count int, size int64) *Ledger {
	return &Ledger{running: running, count: count, size: size,
		byID: map[string]*Statement{}, byRequest: map[string]*Statement{}, ended: list.New()}
}

// Begin puts in a statement that is about to run, unless its request has
// brought one already: then it gives that one, and false. Where that one is
// being cancelled because its client had hung up, Begin waits for what comes of
// it, or for ctx: only what has come to nothing is run again.
func (l *Ledger) Begin(ctx context.Context, st *Statement) (*Statement, bool, error) {
	for {
		got, fresh, err := l.begin(st)
		if err != nil || fresh || !got.HungUp() {
			return got, fresh, err
		}
		select {
		case <-got.Done():
			if !got.undone() {
				return got, false, nil
			}
		case <-ctx.Done():
			return nil, false, context.Cause(ctx)
		}
	}
}

func (l *Ledger) begin(st *Statement) (*Statement, bool, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if old := l.byRequest[st.Request]; st.Request != "" && old != nil && !old.undone() {
		return old, false, nil
	}
	if l.live >= l.running {
		return nil, false, fmt.Errorf("%w: %d, and that is the most", ErrBusy, l.running)
	}
	l.live++
	l.byID[st.ID] = st
	if st.Request != "" {
		l.byRequest[st.Request] = st
	}
	return st, true, nil
}

// Keep puts in a statement that has ended already, such as one of several.
func (l *Ledger) Keep(st *Statement) {
	l.mu.Lock()
	l.byID[st.ID] = st
	l.live++
	l.mu.Unlock()
	l.End(st)
}

// End notes that a statement has ended, and forgets the oldest of those that
// do not fit any more.
func (l *Ledger) End(st *Statement) {
	var forgotten []*Statement
	l.mu.Lock()
	l.live--
	l.ended.PushBack(st)
	o, _ := st.Outcome()
	l.held += o.Size
	for l.ended.Len() > 1 && (l.ended.Len() > l.count || l.held > l.size) {
		old := l.ended.Remove(l.ended.Front()).(*Statement)
		l.forget(old)
		forgotten = append(forgotten, old)
	}
	l.mu.Unlock()
	release(forgotten)
}

// forget takes an ended statement out of the books. l.mu is held.
func (l *Ledger) forget(st *Statement) {
	o, _ := st.Outcome()
	l.held -= o.Size
	delete(l.byID, st.ID)
	if l.byRequest[st.Request] == st {
		delete(l.byRequest, st.Request)
	}
}

func release(list []*Statement) {
	for _, st := range list {
		if o, ok := st.Outcome(); ok && o.Free != nil {
			o.Free()
		}
	}
}

// Find is the statement of a query id, nil if it is not known.
func (l *Ledger) Find(id string) *Statement {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.byID[id]
}

// Running are the statements that have not ended, of the session with an id or,
// for 0, of all.
func (l *Ledger) Running(session int64) (list []*Statement) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, st := range l.byID {
		if _, ended := st.Outcome(); !ended && (session == 0 || st.Session.ID == session) {
			list = append(list, st)
		}
	}
	return list
}

// Clear forgets every statement that has ended.
func (l *Ledger) Clear() {
	l.mu.Lock()
	var forgotten []*Statement
	for e := l.ended.Front(); e != nil; e = e.Next() {
		st := e.Value.(*Statement)
		l.forget(st)
		forgotten = append(forgotten, st)
	}
	l.ended.Init()
	l.mu.Unlock()
	release(forgotten)
}
