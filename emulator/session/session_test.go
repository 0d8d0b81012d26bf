package session_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/snowpit-dev/snowpit/emulator/session"
	"github.com/snowpit-dev/snowpit/warehouse"
)

// A conn is a warehouse's session that notes when it is closed.
type conn struct{ closed int }

func (c *conn) Query(context.Context, string, ...any) (*warehouse.Result, error) {
	return nil, errors.New("it runs nothing")
}

func (c *conn) Close() error { c.closed++; return nil }

func open(id int64) (*session.Session, *conn) {
	c := &conn{}
	return session.New(session.Claim{ID: id, User: "ANN", App: "Go"}, session.NewParameters("Go"), c, nil, nil), c
}

// A session runs one statement at a time, and whoever waits stops waiting when
// it may not any more.
func TestTurns(t *testing.T) {
	s, c := open(1)
	done, err := s.Turn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	if _, err := s.Turn(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("a second turn: %v", err)
	}
	waiting := make(chan error)
	go func() { _, err := s.Turn(context.Background()); waiting <- err }()
	closed := make(chan error)
	go func() { closed <- s.Close() }()
	if err := <-waiting; !errors.Is(err, session.ErrClosed) {
		t.Errorf("a turn of a session that ends: %v", err)
	}
	if c.closed != 0 {
		t.Error("it was closed under a statement that runs")
	}
	done()
	if err := <-closed; err != nil || c.closed != 1 {
		t.Errorf("closed %d times, %v", c.closed, err)
	}
	if _, err := s.Turn(t.Context()); !errors.Is(err, session.ErrClosed) {
		t.Errorf("a turn afterwards: %v", err)
	}
}

func TestStore(t *testing.T) {
	st := session.NewStore(2, time.Hour)
	one, c1 := open(1)
	two, _ := open(2)
	three, c3 := open(3)
	if err := errors.Join(st.Add(one), st.Add(two)); err != nil {
		t.Fatal(err)
	}
	if err := st.Add(three); !errors.Is(err, session.ErrFull) || c3.closed != 1 {
		t.Errorf("a third one: %v", err)
	}
	if err := st.Remove(1); err != nil || st.Find(1) != nil || !st.Gone(1) || c1.closed != 1 {
		t.Errorf("after the logout: %v", err)
	}
	time.Sleep(2 * time.Millisecond)
	if ids := st.Sweep(time.Millisecond); fmt.Sprint(ids) != "[2]" || st.Gone(2) {
		t.Errorf("swept %v; its client can come back: %v", ids, !st.Gone(2))
	}
	st.Close()
	four, c4 := open(4)
	if err := st.Add(four); !errors.Is(err, session.ErrClosed) || c4.closed != 1 {
		t.Errorf("after the end: %v", err)
	}
}

func ended(id, request string, s *session.Session, size int64, freed *[]string) *session.Statement {
	st := session.NewStatement(id, request, s, "select 1", false)
	st.Finish(session.Outcome{Size: size, Free: func() { *freed = append(*freed, id) }})
	return st
}

// The ledger forgets the oldest of those that have ended, and lets go of what
// they hold; never one that runs.
func TestLedgerForgets(t *testing.T) {
	s, _ := open(1)
	l := session.NewLedger(2, 3, 100)
	running := session.NewStatement("running", "", s, "select 1", false)
	if _, fresh, err := l.Begin(t.Context(), running); !fresh || err != nil {
		t.Fatal(err)
	}
	var freed []string
	for i := range 4 {
		l.Keep(ended(fmt.Sprint("s", i), "", s, 10, &freed))
	}
	if fmt.Sprint(freed) != "[s0]" || l.Find("s0") != nil || l.Find("s3") == nil || l.Find("running") == nil {
		t.Errorf("by count, it let go of %v", freed)
	}
	l.Keep(ended("large", "", s, 95, &freed))
	if fmt.Sprint(freed) != "[s0 s1 s2 s3]" || l.Find("large") == nil {
		t.Errorf("by size, it let go of %v", freed)
	}
	if list := l.Running(1); len(list) != 1 || list[0] != running {
		t.Errorf("%d run", len(list))
	}
	if len(l.Running(2)) != 0 || len(l.Running(0)) != 1 {
		t.Error("they are told apart by session")
	}
	l.Clear()
	if len(freed) != 5 || l.Find("running") == nil {
		t.Errorf("cleared, it let go of %v", freed)
	}
}

func TestLedgerJoins(t *testing.T) {
	s, _ := open(1)
	l := session.NewLedger(2, 10, 100)
	first := session.NewStatement("a", "key", s, "select 1", false)
	l.Begin(t.Context(), first)
	if got, fresh, err := l.Begin(t.Context(), session.NewStatement("b", "key", s, "select 1", false)); got != first || fresh || err != nil {
		t.Errorf("the same request gave %v, %v, %v", got, fresh, err)
	}
	if _, fresh, _ := l.Begin(t.Context(), session.NewStatement("c", "other", s, "select 1", false)); !fresh {
		t.Error("another request did not run")
	}
	if _, _, err := l.Begin(t.Context(), session.NewStatement("d", "", s, "select 1", false)); !errors.Is(err, session.ErrBusy) {
		t.Errorf("a third one at once: %v", err)
	}
	first.Cancel(session.ErrHungUp)
	first.Finish(session.Outcome{Err: context.Canceled})
	l.End(first)
	if got, fresh, _ := l.Begin(t.Context(), session.NewStatement("e", "key", s, "select 1", false)); got == first || !fresh {
		t.Error("a request whose client had hung up did not run again")
	}
}

// A statement whose client had hung up, but that was done before the cancel
// reached it, is not run again: it would be done twice.
func TestLedgerKeepsWhatWasDone(t *testing.T) {
	s, _ := open(1)
	l := session.NewLedger(4, 10, 100)
	first := session.NewStatement("a", "key", s, "commit", false)
	l.Begin(t.Context(), first)
	first.Cancel(session.ErrHungUp)
	short, cancel := context.WithTimeout(t.Context(), time.Millisecond)
	defer cancel()
	if got, fresh, err := l.Begin(short, session.NewStatement("b", "key", s, "commit", false)); err == nil {
		t.Errorf("before it is known what came of the first, %v, %v", got, fresh)
	}
	go func() {
		time.Sleep(time.Millisecond)
		first.Finish(session.Outcome{Rows: 1})
		l.End(first)
	}()
	if got, fresh, err := l.Begin(t.Context(), session.NewStatement("c", "key", s, "commit", false)); got != first || fresh || err != nil {
		t.Errorf("the request that came again has %v, %v, %v", got, fresh, err)
	}
}

func TestWait(t *testing.T) {
	s, _ := open(1)
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	st := session.NewStatement("a", "", s, "select 1", false)
	if st.Wait(t.Context(), time.Millisecond) {
		t.Error("it ended by itself")
	}
	if st.Context().Err() != nil {
		t.Error("a client that only has to ask again had it cancelled")
	}
	if st.Wait(gone, time.Hour) || !st.HungUp() {
		t.Error("it goes on though its client is gone")
	}
	async := session.NewStatement("b", "", s, "select 1", true)
	if async.Wait(gone, time.Hour); async.HungUp() {
		t.Error("one that nobody need wait for was cancelled")
	}
	async.Finish(session.Outcome{Rows: 7})
	if o, ok := async.Outcome(); !async.Wait(t.Context(), 0) && (!ok || o.Rows != 7) {
		t.Error("its outcome is lost")
	}
}

func TestParameters(t *testing.T) {
	p := session.NewParameters("PythonConnector")
	for _, c := range []struct {
		name string
		set  any
		want any
	}{
		{"client_prefetch_threads", "8", int64(8)}, {"AUTOCOMMIT", "False", false}, {"TIMEZONE", "UTC", "UTC"},
		{"CLIENT_PREFETCH_THREADS", 2e6, int64(2000000)}, {"UNHEARD_OF", 1.5, "1.5"}, {"ALSO_UNHEARD_OF", true, true},
	} {
		if err := p.Set(c.name, c.set); err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
		found := false
		for _, one := range p.List() {
			found = found || one.Value == c.want
		}
		if !found {
			t.Errorf("%s = %v is not in the list", c.name, c.set)
		}
	}
	if p.Set("CLIENT_PREFETCH_THREADS", "many") == nil {
		t.Error("a number that is none was taken")
	}
	p.Unset("timezone")
	if p.Text("TIMEZONE") != "UTC" || p.Int("CLIENT_STAGE_ARRAY_BINDING_THRESHOLD") != 0 {
		t.Error("the defaults are not those")
	}
}
