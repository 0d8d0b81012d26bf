package session

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"github.com/snowpit-dev/snowpit/emulator/wire"
	"github.com/snowpit-dev/snowpit/stage"
	"github.com/snowpit-dev/snowpit/warehouse"
)

// ErrClosed is what a statement of a session that has ended gets.
var ErrClosed = errors.New("the session has ended")

// A Claim is what a session's tokens say of it: enough to make it anew when the
// server has forgotten it.
type Claim struct {
	ID        int64  `json:"id"`
	User      string `json:"u"`
	App       string `json:"a"`
	Version   string `json:"v,omitempty"` // of the app
	Database  string `json:"d,omitempty"`
	Schema    string `json:"s,omitempty"`
	Role      string `json:"r,omitempty"`
	Warehouse string `json:"w,omitempty"`
}

// A Session is one login.
type Session struct {
	Claim
	Parameters *Parameters
	Conn       warehouse.Session // for whoever has the turn
	Stages     stage.Volume      // nil without any

	turn chan struct{} // holds one token when nobody runs
	life context.Context
	end  context.CancelFunc
	used atomic.Int64 // when it was last heard of, nanoseconds
	ran  atomic.Int64 // when it last gave its turn back
	lost atomic.Bool  // its transaction was rolled back, and it was not told yet
	free func() error // ends what the session alone has, or nil

	mu     sync.Mutex
	place  Place
	hybrid []hybrid // databases, the newest first
	inTx   bool
	last   string // the id of the newest statement
}

// A Place is where a session's names are looked up.
type Place struct {
	Database, Schema, Role, Warehouse string

	Context []wire.ContextEntry `json:",omitempty"` // what the client is to carry
}

// New is a session on conn, which it closes when it ends; so it does with free,
// if that is not nil.
func New(claim Claim, parameters *Parameters, conn warehouse.Session, stages stage.Volume, free func() error) *Session {
	s := &Session{Claim: claim, Parameters: parameters, Conn: conn, Stages: stages, free: free, turn: make(chan struct{}, 1)}
	s.life, s.end = context.WithCancel(context.Background())
	s.turn <- struct{}{}
	s.place = Place{Role: claim.Role, Warehouse: claim.Warehouse}
	s.Touch()
	s.ran.Store(time.Now().UnixNano())
	s.Moved()
	return s
}

// Touch notes that the client was heard of.
func (s *Session) Touch() { s.used.Store(time.Now().UnixNano()) }

// Idle is how long the client has not been heard of.
func (s *Session) Idle() time.Duration { return time.Duration(time.Now().UnixNano() - s.used.Load()) }

// Turn waits until the session is free to run a statement. The caller calls
// done when it has run. It is an error if ctx or the session ends first.
func (s *Session) Turn(ctx context.Context) (done func(), err error) {
	select {
	case <-s.turn:
		if s.life.Err() != nil {
			s.turn <- struct{}{}
			return nil, ErrClosed
		}
		return s.yield, nil
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	case <-s.life.Done():
		return nil, ErrClosed
	}
}

func (s *Session) yield() {
	s.ran.Store(time.Now().UnixNano())
	s.turn <- struct{}{}
}

// Quiet is how long it has been since a statement ran.
func (s *Session) Quiet() time.Duration { return time.Duration(time.Now().UnixNano() - s.ran.Load()) }

// Lose notes that the session's transaction was rolled back without a word from
// its client.
func (s *Session) Lose() {
	s.SetTransaction(false)
	s.lost.Store(true)
}

// Lost reports whether that has happened. It says so once.
func (s *Session) Lost() bool { return s.lost.Swap(false) }

// Moved reads anew where the warehouse's session stands. The caller has the
// turn.
func (s *Session) Moved() {
	database, schema := warehouse.Location(s.Conn)
	has := warehouse.HasHybridTables(s.Conn)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.place.Database, s.place.Schema = database, schema
	s.carry(database, has)
}

// Use notes a role or a virtual warehouse, which a warehouse need not know.
func (s *Session) Use(role, virtual string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if role != "" {
		s.place.Role = role
	}
	if virtual != "" {
		s.place.Warehouse = virtual
	}
}

// Place is where the session stands.
func (s *Session) Place() Place {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.place
}

// SetTransaction notes whether a transaction is open.
func (s *Session) SetTransaction(open bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.inTx = open
}

// InTransaction reports whether a transaction is open.
func (s *Session) InTransaction() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.inTx
}

// SetLast notes the id of the newest statement.
func (s *Session) SetLast(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.last = id
}

// Last is the id of the newest statement, which LAST_QUERY_ID() gives.
func (s *Session) Last() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.last
}

// Context ends with the session.
func (s *Session) Context() context.Context { return s.life }

// Close ends the session: what runs is cancelled, and what is temporary goes.
// Closing twice is harmless.
func (s *Session) Close() error {
	s.end()
	<-s.turn // whoever runs gives it back when the cancel reaches it
	defer func() { s.turn <- struct{}{} }()
	err := s.Conn.Close()
	if s.free != nil {
		free := s.free
		s.free = nil
		err = errors.Join(err, free())
	}
	return err
}
