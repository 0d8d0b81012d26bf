package session

import (
	"errors"
	"fmt"
	"sync"
	"time"
)

// ErrFull is a login when there are as many sessions as there may be.
var ErrFull = errors.New("too many sessions")

// A Store holds the sessions that are open, and the ids of those that were
// logged out, whose tokens are not to make them anew.
type Store struct {
	most int
	keep time.Duration // how long the ids of those gone matter

	mu     sync.Mutex
	byID   map[int64]*Session
	gone   map[int64]time.Time
	closed bool
}

// NewStore is a store for so many sessions, whose tokens last as long as keep.
func NewStore(most int, keep time.Duration) *Store {
	return &Store{most: most, keep: keep, byID: map[int64]*Session{}, gone: map[int64]time.Time{}}
}

// Add puts in a session. A full or closed store closes it and is an error.
func (st *Store) Add(s *Session) error {
	st.mu.Lock()
	var err error
	switch {
	case st.closed:
		err = ErrClosed
	case len(st.byID) >= st.most:
		err = fmt.Errorf("%w: %d are open, and that is the most", ErrFull, st.most)
	case st.byID[s.ID] != nil:
		err = ErrClosed // made anew twice at once; the other one counts
	default:
		st.byID[s.ID] = s
	}
	st.mu.Unlock()
	if err != nil {
		return errors.Join(err, s.Close())
	}
	return nil
}

// Full reports whether there is no room for another session.
func (st *Store) Full() bool {
	st.mu.Lock()
	defer st.mu.Unlock()
	return len(st.byID) >= st.most
}

// Find is the session of an id, nil if there is none.
func (st *Store) Find(id int64) *Session {
	st.mu.Lock()
	defer st.mu.Unlock()
	return st.byID[id]
}

// Gone reports whether the session of an id was logged out.
func (st *Store) Gone(id int64) bool {
	st.mu.Lock()
	defer st.mu.Unlock()
	_, gone := st.gone[id]
	return gone
}

// Forbid has the tokens of a session that is not open worth nothing.
func (st *Store) Forbid(id int64) {
	st.mu.Lock()
	defer st.mu.Unlock()
	st.gone[id] = time.Now()
}

// Remove takes a session out and closes it. Its tokens are worth nothing from
// then on.
func (st *Store) Remove(id int64) error {
	st.mu.Lock()
	s := st.byID[id]
	delete(st.byID, id)
	st.gone[id] = time.Now()
	st.mu.Unlock()
	if s == nil {
		return nil
	}
	return s.Close()
}

// Sweep closes the sessions that were not heard of for longer than idle, whose
// clients can come back with their tokens, and forgets what matters no more.
// It reports the ids of those it closed.
func (st *Store) Sweep(idle time.Duration) (ids []int64) {
	st.mu.Lock()
	var old []*Session
	for id, s := range st.byID {
		if s.Idle() > idle {
			old = append(old, s)
			ids = append(ids, id)
			delete(st.byID, id)
		}
	}
	for id, at := range st.gone {
		if time.Since(at) > st.keep {
			delete(st.gone, id)
		}
	}
	st.mu.Unlock()
	for _, s := range old {
		s.Close()
	}
	return ids
}

// Len is how many sessions are open.
func (st *Store) Len() int {
	st.mu.Lock()
	defer st.mu.Unlock()
	return len(st.byID)
}

// All are the open sessions.
func (st *Store) All() []*Session {
	st.mu.Lock()
	defer st.mu.Unlock()
	all := make([]*Session, 0, len(st.byID))
	for _, s := range st.byID {
		all = append(all, s)
	}
	return all
}

// Clear closes every session; their tokens are worth nothing any more.
func (st *Store) Clear() {
	for _, s := range st.All() {
		st.Remove(s.ID)
	}
}

// Close closes every session and takes no more.
func (st *Store) Close() {
	st.mu.Lock()
	st.closed = true
	st.mu.Unlock()
	st.Clear()
}
