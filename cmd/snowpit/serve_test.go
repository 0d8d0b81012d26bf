package main

import (
	"bufio"
	"context"
	"crypto/x509"
	"database/sql"
	"encoding/pem"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
	sf "github.com/snowflakedb/gosnowflake"
)

// servedProgram is a program of the scripts: served FLAGS… -- STEP… starts snowpit
// serve, does the steps, stops it with SIGTERM and prints what came of it all.
// A step is a statement, or one of the words below.
func servedProgram() {
	flags, steps, _ := cut(os.Args[1:], "--")
	sf.GetLogger().SetOutput(io.Discard)
	if err := serveAndDo(flags, steps); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func cut(args []string, at string) (before, after []string, ok bool) {
	if i := slices.Index(args, at); i >= 0 {
		return args[:i], args[i+1:], true
	}
	return args, nil, false
}

// certify is the script command "certify CERT KEY": it writes a certificate for
// 127.0.0.1 and its private key.
func certify(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: certify CERT KEY")
	}
	web := httptest.NewTLSServer(nil)
	defer web.Close()
	key, err := x509.MarshalPKCS8PrivateKey(web.TLS.Certificates[0].PrivateKey)
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: web.Certificate().Raw}), 0o600))
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: key}), 0o600))
}

// A process is snowpit serve, running.
type process struct {
	cmd   *exec.Cmd
	url   string
	ready time.Duration
	out   *bufio.Reader
}

func startServe(program string, flags []string) (*process, error) {
	cmd := exec.Command(program, append([]string{"serve", "--port", "0"}, flags...)...)
	cmd.Stderr = os.Stderr
	pipe, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	start := time.Now()
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	p := &process{cmd: cmd, out: bufio.NewReader(pipe)}
	line, err := p.out.ReadString('\n')
	p.ready = time.Since(start)
	p.url = strings.TrimSpace(strings.TrimPrefix(line, "listening on "))
	if err != nil || !strings.HasPrefix(p.url, "http") {
		io.Copy(io.Discard, p.out)
		return nil, fmt.Errorf("it printed %q: %w", line, cmd.Wait())
	}
	return p, nil
}

// stop asks the process to end and waits for it.
func (p *process) stop() error {
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		return err
	}
	io.Copy(io.Discard, p.out)
	return p.cmd.Wait()
}

func serveAndDo(flags, steps []string) error {
	p, err := startServe("snowpit", flags)
	if err != nil {
		return err
	}
	user, password := "snowpit", "snowpit"
	db, err := openServed(p, user, password)
	if err != nil {
		return err
	}
	for _, step := range steps {
		word, rest, _ := strings.Cut(step, " ")
		switch word {
		case "login": // login USER PASSWORD, from here on
			user, password, _ = strings.Cut(rest, " ")
			db.Close()
			db, err = openServed(p, user, password)
		case "reset":
			err = reset(p, user, password)
			db.Close()
			db, _ = openServed(p, user, password)
		case "health":
			err = health(p)
		case "another": // another session
			db.Close()
			db, err = openServed(p, user, password)
		default:
			err = printRows(db, step)
		}
		if err != nil {
			fmt.Println("error:", err)
		}
	}
	db.Close()
	return p.stop()
}

func openServed(p *process, user, password string) (*sql.DB, error) {
	protocol, address, _ := strings.Cut(p.url, "://")
	return sql.Open("snowflake", fmt.Sprintf("%s:%s@%s/DB/PUBLIC?account=a&protocol=%s", user, password, address, protocol))
}

func reset(p *process, user, password string) error {
	req, err := http.NewRequest("POST", p.url+"/reset", nil)
	if err != nil {
		return err
	}
	req.SetBasicAuth(user, password)
	return printBody(http.DefaultClient.Do(req))
}

func health(p *process) error { return printBody(http.Get(p.url + "/health")) }

func printBody(res *http.Response, err error) error {
	if err != nil {
		return err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	fmt.Println(string(body))
	return err
}

func printRows(db *sql.DB, query string) error {
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	rows, err := db.QueryContext(ctx, query)
	if err != nil {
		return err
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		return err
	}
	for rows.Next() {
		values := make([]sql.NullString, len(columns))
		into := make([]any, len(columns))
		for i := range values {
			into[i] = &values[i]
		}
		if err := rows.Scan(into...); err != nil {
			return err
		}
		cells := make([]string, len(values))
		for i, v := range values {
			cells[i] = v.String
		}
		fmt.Println(strings.Join(cells, "|"))
	}
	return rows.Err()
}

// program is snowpit as a binary of its own.
func program(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "snowpit")
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", path, ".").CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	return path
}

// A server is ready at once, and small while nobody asks it for anything. What
// else the machine does meanwhile is no fault of it, hence the best of several.
func TestServeStartsFast(t *testing.T) {
	if testing.Short() {
		t.Skip("it builds the program, which takes many seconds without a cache")
	}
	const bar = 150 * time.Millisecond
	path := program(t)
	best := time.Hour
	for tries := 0; tries < 5 || best > bar && tries < 40; tries++ {
		p, err := startServe(path, []string{"--memory", "--quiet"})
		if err != nil {
			t.Fatal(err)
		}
		best = min(best, p.ready)
		held := resident(t, p.cmd.Process.Pid)
		p.cmd.Process.Kill()
		p.cmd.Wait()
		if held > 80<<20 {
			t.Errorf("idle, it holds %d MB; 80 is the most", held>>20)
		}
	}
	t.Logf("ready in %v", best)
	if best > bar {
		t.Errorf("it took %v to be ready; %v is the most", best, bar)
	}
}

// resident is the memory of a process that is its own, 0 where the system does
// not say: the pages of the program itself are shared, and go where others
// need room.
func resident(t *testing.T, pid int) (bytes int64) {
	if runtime.GOOS != "linux" {
		return 0
	}
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(status)) {
		if n, err := fmt.Sscanf(line, "RssAnon: %d kB", &bytes); n == 1 && err == nil {
			return bytes << 10
		}
	}
	t.Fatal("no RssAnon")
	return 0
}

// What was committed is there after the server was killed, and clients go on
// with the tokens they have.
func TestServeKilled(t *testing.T) {
	state := t.TempDir()
	p, err := startServe("snowpit", []string{"--state-dir", state})
	if err != nil {
		t.Fatal(err)
	}
	address := strings.TrimPrefix(p.url, "http://")
	db, err := openServed(p, "snowpit", "snowpit")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	for _, s := range []string{"create table t (a int)", "insert into t values (1), (2)", "begin", "insert into t values (3)"} {
		if _, err := db.ExecContext(t.Context(), s); err != nil {
			t.Fatal(err)
		}
	}
	p.cmd.Process.Kill()
	p.cmd.Wait()
	again, err := startServe("snowpit", []string{"--state-dir", state, "--port", address[strings.LastIndexByte(address, ':')+1:]})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.ExecContext(t.Context(), "commit"); codeOf(err) != 603 {
		t.Errorf("the commit of what is gone: %v", err)
	}
	var n int
	if err := db.QueryRowContext(t.Context(), "select count(*) from t").Scan(&n); err != nil || n != 2 {
		t.Errorf("%d rows are there, %v; want 2", n, err)
	}
	db.Close() // says goodbye
	if err := again.stop(); err != nil {
		t.Errorf("stop: %v", err)
	}
}
