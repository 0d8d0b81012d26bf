package main

import (
	"context"
	"net"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// stoppable is a server that gives so much grace, which the test stops.
func stoppable(t *testing.T, grace string) *victim {
	t.Helper()
	s := &victim{t: t, state: filepath.Join(t.TempDir(), "state")}
	s.start("--port", "0", "--grace", grace)
	var err error
	if s.db, err = openServed(s.process, "snowpit", "snowpit"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.db.Close() })
	return s
}

// left starts a server on what the last one left, which is a number that a query
// gives.
func (s *victim) left(query string, want int) {
	s.t.Helper()
	s.start("--port", "0")
	defer s.stop()
	db, err := openServed(s.process, "snowpit", "snowpit")
	if err != nil {
		s.t.Fatal(err)
	}
	defer db.Close()
	var n int
	if err := db.QueryRow(query).Scan(&n); err != nil || n != want {
		s.t.Errorf("%s: %d, %v, want %d", query, n, err, want)
	}
}

// running begins a statement, and gives how it will have ended once it runs.
func (s *victim) running(text string) <-chan error {
	s.t.Helper()
	ended := make(chan error, 1)
	ctx, cancel := context.WithTimeout(s.t.Context(), time.Minute)
	go func() {
		defer cancel()
		_, err := s.db.ExecContext(ctx, text)
		ended <- err
	}()
	time.Sleep(300 * time.Millisecond)
	return ended
}

// A server that is told to stop lets what runs finish, takes nobody new
// meanwhile, and ends well.
func TestServeStopsWhenAllIsDone(t *testing.T) {
	s := stoppable(t, "1m")
	s.exec("create table t (a int)")
	ended := s.running("insert into t select count(*) from table(generator(rowcount => 3000)) a, table(generator(rowcount => 20000)) b where random() <> 7")
	stopped := make(chan error, 1)
	go func() { stopped <- s.stop() }()
	time.Sleep(100 * time.Millisecond)
	if conn, err := net.DialTimeout("tcp", strings.TrimPrefix(s.url, "http://"), time.Second); err == nil {
		conn.Close()
		t.Error("it takes connections while it stops")
	}
	if err := <-ended; err != nil {
		t.Errorf("the statement: %v", err)
	}
	if err := <-stopped; err != nil {
		t.Errorf("the server: %v", err)
	}
	s.left("select sum(a) from t", 60_000_000)
}

// What does not finish in --grace is cancelled, its client is told so, and
// nothing of it is left.
func TestServeStopsWhatTakesLong(t *testing.T) {
	s := stoppable(t, "300ms")
	s.exec("create table t as select 1 as a")
	ended := s.running("insert into t select count(*) from table(generator(rowcount => 100000)) a, table(generator(rowcount => 10000000)) b where random() = 7")
	start := time.Now()
	if err := s.stop(); err != nil {
		t.Errorf("the server: %v", err)
	}
	if took := time.Since(start); took > 10*time.Second {
		t.Errorf("it took %v to stop", took)
	}
	if err := <-ended; err == nil || !strings.Contains(err.Error(), "000604") {
		t.Errorf("the statement: %v", err)
	}
	s.left("select count(*) from t", 1)
}

// A second server on the same folder says who has it, and harms nothing.
func TestServeTwiceOnOneFolder(t *testing.T) {
	s := serveState(t, filepath.Join(t.TempDir(), "state"))
	s.exec("create table t as select 1 as a")
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	code, out, errs := snowpit(ctx, "serve", "--port", "0", "--state-dir", s.state)
	if code != 1 || strings.Contains(out, "listening") || !strings.Contains(errs, s.state) {
		t.Errorf("status %d: %s%s", code, out, errs)
	}
	if got := s.one("select count(*) from t"); got != "1" {
		t.Errorf("the first one gives %s", got)
	}
}
