package main

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	sf "github.com/snowflakedb/gosnowflake"
)

// A victim is snowpit serve on a state folder, with a client, to be killed.
type victim struct {
	t     *testing.T
	state string
	*process
	db *sql.DB
}

func serveState(t *testing.T, state string) *victim {
	t.Helper()
	s := &victim{t: t, state: state}
	s.start("--port", "0")
	var err error
	if s.db, err = openServed(s.process, "snowpit", "snowpit"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		s.db.Close()
		if err := s.stop(); err != nil {
			t.Errorf("it does not stop well: %v", err)
		}
	})
	return s
}

func (s *victim) start(flags ...string) {
	s.t.Helper()
	var err error
	if s.process, err = startServe("snowpit", append(flags, "--quiet", "--state-dir", s.state)); err != nil {
		s.t.Fatal(err)
	}
}

// again kills the server, as kill -9 does, and starts it anew on what it has
// left, at the same address: its clients go on.
func (s *victim) again() {
	s.t.Helper()
	s.cmd.Process.Kill()
	s.cmd.Wait()
	s.start("--port", s.url[strings.LastIndexByte(s.url, ':')+1:])
}

func (s *victim) exec(statements ...string) {
	s.t.Helper()
	for _, text := range statements {
		if _, err := s.db.ExecContext(s.t.Context(), text); err != nil {
			s.t.Fatalf("%s: %v", text, err)
		}
	}
}

func (s *victim) one(query string) (text string) {
	s.t.Helper()
	if err := s.db.QueryRowContext(s.t.Context(), query).Scan(&text); err != nil {
		s.t.Fatalf("%s: %v", query, err)
	}
	return text
}

// killed runs a statement that takes long, kills the server meanwhile, and
// reports how the statement ended.
func (s *victim) killed(text string) error {
	s.t.Helper()
	ended := make(chan error, 1)
	ctx, cancel := context.WithTimeout(s.t.Context(), 2*time.Second) // the driver tries again
	defer cancel()
	go func() {
		_, err := s.db.ExecContext(ctx, text)
		ended <- err
	}()
	time.Sleep(400 * time.Millisecond)
	s.again()
	return <-ended
}

// A server that is killed in the middle of something leaves what was
// committed, and nothing of what was not.
func TestServeKilledMidway(t *testing.T) {
	if testing.Short() {
		t.Skip("six servers are killed at work on twenty million rows, two seconds each")
	}
	const many = "(select seq8() as n, 'row ' || seq8() as s from table(generator(rowcount => 20000000)))"
	for name, text := range map[string]string{
		"query":   "select count(*) from " + many + " a join " + many + " b on a.n = b.n + 1",
		"insert":  "insert into t select n, s from " + many,
		"replace": "create or replace table t as select n, s from " + many,
		"update":  "update big set s = s || '!' where n >= 0",
		"copy":    "copy into t from @st/big",
		"unload":  "copy into @st/one from " + many + " overwrite = true single = true",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel() // most of the time the driver waits
			s := serveState(t, filepath.Join(t.TempDir(), "state"))
			s.exec("create table t (n int, s varchar)", "insert into t values (1, 'kept')", "create stage st", "copy into @st/one from (select 'whole') single = true",
				"create table big as select seq8() as n, 'b'::varchar as s from table(generator(rowcount => 1000000))",
				"copy into @st/big from (select n, s from big)")
			before := s.one("select sum(n) || ' ' || max(s) from big")
			if err := s.killed(text); err == nil {
				t.Skipf("it was done before the kill: this machine is fast")
			}
			if got := s.one("select listagg(n || s) from t"); got != "1kept" {
				t.Errorf("the table has %.100s", got)
			}
			if got := s.one("select sum(n) || ' ' || max(s) from big"); got != before {
				t.Errorf("the other table has %s, it had %s", got, before)
			}
			if got := s.one("select count(*) || max($1) from @st/one"); got != "1whole" {
				t.Errorf("the stage has %.100s", got)
			}
			s.exec("insert into t values (2, 'new')", "begin", "delete from t where n = 1", "commit")
		})
	}
}

// raw posts what the driver would, for what it does not let a test do.
func (s *victim) raw(path, token string, body any) (answer struct {
	Data struct {
		Token     string
		StageInfo struct{ PresignedURL string }
	}
}) {
	s.t.Helper()
	text, err := json.Marshal(body)
	if err != nil {
		s.t.Fatal(err)
	}
	req, err := http.NewRequestWithContext(s.t.Context(), "POST", s.url+path, bytes.NewReader(text))
	if err != nil {
		s.t.Fatal(err)
	}
	req.Header.Set("Authorization", `Snowflake Token="`+token+`"`)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		s.t.Fatal(err)
	}
	defer res.Body.Close()
	if err := json.NewDecoder(res.Body).Decode(&answer); err != nil {
		s.t.Fatal(err)
	}
	return answer
}

// upload is the URL that a PUT of x.txt is told.
func (s *victim) upload() string {
	s.t.Helper()
	token := s.raw("/session/v1/login-request?databaseName=DB&schemaName=PUBLIC", "", map[string]any{"data": map[string]any{"LOGIN_NAME": "snowpit", "PASSWORD": "snowpit"}}).Data.Token
	return s.raw("/queries/v1/query-request", token, map[string]any{"sqlText": "put file:///x.txt @st auto_compress=false overwrite=true"}).Data.StageInfo.PresignedURL
}

// An upload in the middle of which the server is killed leaves the object that
// was there before.
func TestServeKilledWhilePutting(t *testing.T) {
	s := serveState(t, filepath.Join(t.TempDir(), "state"))
	s.exec("create stage st", "copy into @st/x.txt from (select 'whole') single = true")
	in, out := io.Pipe()
	sent := make(chan error, 1)
	go func() {
		req, err := http.NewRequestWithContext(t.Context(), "PUT", s.upload(), in)
		if err == nil {
			var res *http.Response
			if res, err = http.DefaultClient.Do(req); err == nil {
				res.Body.Close()
				err = fmt.Errorf("status %d", res.StatusCode)
			}
		}
		sent <- err
	}()
	half := bytes.Repeat([]byte("half "), 1<<18)
	if _, err := out.Write(half); err != nil {
		t.Fatal(err)
	}
	s.again()
	out.Close()
	if err := <-sent; err == nil {
		t.Error("the client was told that all went well")
	}
	if got := s.one("select count(*) || max($1) from @st"); got != "1whole" {
		t.Errorf("the stage has %.100s", got)
	}
}

func codeOf(err error) int {
	var e *sf.SnowflakeError
	if errors.As(err, &e) {
		return e.Number
	}
	return 0
}
