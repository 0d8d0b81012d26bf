package emulator_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/snowpit-dev/snowpit/emulator"
	"github.com/snowpit-dev/snowpit/emulator/emulatortest"
)

// A hundred sessions at once, reading, writing, in transactions and with tables
// of their own: each gets its answers, nothing committed is lost, nothing else
// appears.
func TestManySessions(t *testing.T) {
	db := open(t, emulator.Config{})
	db.SetMaxIdleConns(0) // a connection that is closed is no other's: its session has a table "own"
	exec(t, db, "create table log (who int, n int)")
	sessions := 100
	if testing.Short() {
		sessions = 20
	}
	var group sync.WaitGroup
	for who := range sessions {
		group.Go(func() {
			if err := oneOfMany(t.Context(), db, who); err != nil {
				t.Errorf("session %d: %v", who, err)
			}
		})
	}
	group.Wait()
	got := table(t, db, "select count(*), count(distinct who), sum(n) from log")
	if want := fmt.Sprintf("[[%d %d %d]]", 2*sessions, sessions, 3*sessions); fmt.Sprint(got) != want {
		t.Errorf("got %v, want %s", got, want)
	}
}

func oneOfMany(ctx context.Context, db *sql.DB, who int) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	conn, err := db.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	for _, s := range []string{
		"create temporary table own (a int)", fmt.Sprintf("insert into own values (%d)", who),
		"begin", fmt.Sprintf("insert into log values (%d, 1)", who), fmt.Sprintf("insert into log values (%d, 2)", who), "commit",
		"begin", fmt.Sprintf("insert into log values (%d, 100)", who), "rollback",
	} {
		if _, err := conn.ExecContext(ctx, s); err != nil {
			return fmt.Errorf("%s: %w", s, err)
		}
	}
	var mine int
	if err := conn.QueryRowContext(ctx, "select sum(a) from own").Scan(&mine); err != nil || mine != who {
		return fmt.Errorf("its own table has %d, %w", mine, err)
	}
	return nil
}

// A client that reads slowly, or not at all, holds up nobody else.
func TestSlowClient(t *testing.T) {
	c := login(t, emulator.Config{}, "JavaScript")
	r := c.run("select seq4(), repeat('x', 100) from table(generator(rowcount => 300000))")
	var dead []net.Conn
	for _, chunk := range r.Data.Chunks {
		conn, err := net.Dial("tcp", strings.TrimPrefix(c.url, "http://"))
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(conn, "GET %s HTTP/1.1\r\nHost: x\r\n\r\n", strings.TrimPrefix(chunk.URL, c.url)) // and never reads
		dead = append(dead, conn)
	}
	start := time.Now()
	for i := range 20 {
		if got := c.run(fmt.Sprint("select ", i)).rows(); got != fmt.Sprintf("[%d]", i) {
			t.Errorf("got %s", got)
		}
	}
	if took := time.Since(start); took > 5*time.Second {
		t.Errorf("20 statements took %v", took)
	}
	for _, conn := range dead {
		conn.Close()
	}
}

// A PUT that breaks off leaves what was there before.
func TestPutBreaksOff(t *testing.T) {
	c := login(t, emulator.Config{}, "Go")
	c.run("create stage st")
	put := func() string {
		return c.run("put file:///x/a.txt @st auto_compress=false overwrite=true").Data.StageInfo.PresignedURL
	}
	send(t, "PUT", put(), "whole")
	broken := errors.New("cut")
	req, err := http.NewRequestWithContext(t.Context(), "PUT", put(), io.MultiReader(strings.NewReader("a part"), readerOf(func([]byte) (int, error) { return 0, broken })))
	if err != nil {
		t.Fatal(err)
	}
	if res, err := http.DefaultClient.Do(req); err == nil {
		res.Body.Close()
	}
	if _, text := send(t, "GET", c.run("get @st file:///tmp").Data.PresignedURLs[0], ""); text != "whole" {
		t.Errorf("the stage has %q", text)
	}
}

type readerOf func([]byte) (int, error)

func (f readerOf) Read(p []byte) (int, error) { return f(p) }

// Where there is no room for a result, the statement is refused, and the
// session goes on.
func TestNoRoomForResults(t *testing.T) {
	c := login(t, emulator.Config{TempDir: t.TempDir() + "/gone", Limits: emulator.Limits{Memory: 1}}, "JavaScript")
	if r := c.query("select seq4(), repeat('x', 100) from table(generator(rowcount => 300000))", nil); r.Success || r.Code != "000603" {
		t.Errorf("%.300s", r.raw)
	}
	if got := c.run("select 1").rows(); got != "[1]" {
		t.Errorf("got %s", got)
	}
}

// The server's end ends what runs, and clients hear of it at once.
func TestCloseWhileRunning(t *testing.T) {
	s, err := emulator.New(emulator.Config{Backend: emulatortest.Memory(t), Times: emulator.Times{Patience: 50 * time.Millisecond}})
	if err != nil {
		t.Fatal(err)
	}
	c := serveBy(t, s)
	if r := c.query(slow, nil); r.Code != "333333" {
		t.Fatalf("%s", r.raw)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	start := time.Now()
	if err := s.Shutdown(ctx); err != nil {
		t.Fatal(err)
	}
	if took := time.Since(start); took > 5*time.Second {
		t.Errorf("it took %v to end", took)
	}
	if r := c.query("select 1", nil); r.Success {
		t.Errorf("after the end: %s", r.raw)
	}
}

// Thousands of statements leave memory and speed as they were. SNOWPIT_SOAK
// says how many; 100,000 is the claim.
func TestSoak(t *testing.T) {
	n := 4000
	if text := os.Getenv("SNOWPIT_SOAK"); text != "" {
		n, _ = strconv.Atoi(text)
	} else if testing.Short() {
		t.Skip("4,000 statements; under the race detector that is a minute")
	}
	db := open(t, emulator.Config{Limits: emulator.Limits{Results: 200}})
	db.SetMaxOpenConns(2)
	exec(t, db, "create table t (a int)")
	warm := n / 10
	took := make([]time.Duration, 0, n)
	var before uint64
	for i := range n {
		start := time.Now()
		switch {
		case i%10 == 9:
			exec(t, db, fmt.Sprintf("insert into t values (%d)", i))
		case i%100 == 50:
			one[int](t, db, "select count(*) from t where a > ?", i)
		default:
			one[int](t, db, fmt.Sprint("select ", i))
		}
		took = append(took, time.Since(start))
		if i == warm {
			before = heap()
		}
	}
	early, late := median(took[warm:2*warm]), median(took[n-warm:])
	after := heap()
	t.Logf("%d statements: median %v, then %v; heap %d KB, then %d KB", n, early, late, before>>10, after>>10)
	if after > before+before/10+4<<20 {
		t.Errorf("memory grew from %d to %d KB", before>>10, after>>10)
	}
	if late > early*3/2+200*time.Microsecond {
		t.Errorf("a statement took %v, and takes %v", early, late)
	}
}

func heap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

func median(list []time.Duration) time.Duration {
	sorted := slices.Clone(list)
	slices.Sort(sorted)
	return sorted[len(sorted)/2]
}

// Whatever comes in, the answer is JSON and the server goes on.
func FuzzBodies(f *testing.F) {
	backend := fuzzBackend(f)
	s, err := emulator.New(emulator.Config{Backend: backend, Limits: emulator.Limits{Sessions: 100000, Body: 1 << 20}})
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() { s.Close() })
	token := tokenOf(f, s)
	for _, seed := range [][2]string{
		{"/queries/v1/query-request?requestId=1", `{"sqlText":"select ?","bindings":{"1":{"type":"FIXED","value":["1"]}},"parameters":{"MULTI_STATEMENT_COUNT":0}}`},
		{"/queries/v1/query-request", `{"sqlText":"put file:///a @~/b","describeOnly":true}`},
		{"/session/v1/login-request?databaseName=a", `{"data":{"LOGIN_NAME":"x","SESSION_PARAMETERS":{"A":1}}}`},
		{"/session/token-request", `{}`}, {"/queries/v1/abort-request", `{"requestId":"1"}`},
		{"/api/v2/statements", `{"statement":"select 1","bindings":{}}`}, {"/queries/../../etc/passwd/result", ""},
	} {
		f.Add(seed[0], seed[1])
	}
	f.Fuzz(func(t *testing.T, path, body string) { fuzzOnce(t, s, token, path, body) })
}

// FuzzHeaders sends any method to any path with any header: the answer is none
// of a server that failed, and comes at once.
func FuzzHeaders(f *testing.F) {
	s, err := emulator.New(emulator.Config{Backend: fuzzBackend(f), Limits: emulator.Limits{Body: 1 << 20}})
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() { s.Close() })
	object := objectOf(f, s, tokenOf(f, s))
	for _, seed := range [][4]string{
		{"GET", object, "Range", "bytes=1-2"}, {"HEAD", object, "Range", "bytes=-9223372036854775808"}, {"DELETE", object, "If-Match", "*"},
		{"POST", "/queries/v1/query-request", "Authorization", `Snowflake Token="e30.e30"`}, {"GET", "/chunk/e30.e30", "Origin", "null"},
		{"POST", "/api/v2/statements", "Authorization", "Bearer e30.e30.e30"}, {"PUT", "/stage/..%2f..%2fetc", "Content-Encoding", "gzip"},
		{"POST", "/reset", "Authorization", "Basic c25vd3BpdDp4"}, {"POST", "/session/v1/login-request", "Content-Length", "-1"},
	} {
		f.Add(seed[0], seed[1], seed[2], seed[3])
	}
	f.Fuzz(func(t *testing.T, method, path, name, value string) { fuzzHeader(t, s, method, path, name, value) })
}
