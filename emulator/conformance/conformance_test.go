package conformance

import (
	"bytes"
	"cmp"
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/snowpit-dev/snowpit/emulator"
)

var (
	update  = flag.Bool("update", false, "write RESULTS.md and passes.txt")
	only    = flag.String("only", "", "run only tests whose names contain this, and change no file")
	listed  = flag.Bool("listed", false, "run only the tests of passes.txt, which must pass, at the second try if not the first, and change no file")
	limit   = flag.Duration("limit", 3*time.Minute, "the time that one test may take")
	binary  = flag.String("binary", "", "the driver's tests, built already, beside -source")
	workers = flag.Int("workers", 2, "how many tests run at a time")
	source  = flag.String("source", "", "the driver's source, which the tests run in")
)

const (
	module = "github.com/snowflakedb/gosnowflake"
	// wanted is how many tests that need a server must pass; passes.txt says which.
	wanted = 300
	// patience is how long a test may take to send its first request.
	patience = 40 * time.Second
)

// A verdict is how one of the driver's tests went.
type verdict struct {
	name     string
	requests int64
	took     time.Duration
	outcome  string // pass, fail, skip, hang
	why      string // its first words when it failed
	text     string // all that it wrote
}

// TestDriversOwnTests is make conformance.
func TestDriversOwnTests(t *testing.T) {
	if os.Getenv("SNOWPIT_CONFORMANCE") == "" {
		t.Skip("it takes minutes: run it with make conformance")
	}
	s := build(t)
	names := s.list(t)
	verdicts := s.runAll(t, names)
	if *only != "" {
		return
	}
	known := elsewhere(t)
	check(t, verdicts, known)
	if *update && !*listed {
		write(t, "RESULTS.md", table(verdicts, known))
		write(t, "passes.txt", strings.Join(passed(verdicts, known, passes(t)), "\n")+"\n")
	}
}

// A suite is the driver's tests, built, and where they run.
type suite struct {
	dir     string // the driver's source
	program string
	home    string         // has a folder for each test
	nobody  bool           // run them as a user without rights
	key     *rsa.PublicKey // of the user whose private key is in home
	tokens  *authorizer
}

// build copies the driver's source and builds its tests.
func build(t *testing.T) *suite {
	home, err := os.MkdirTemp("", "conformance")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(home) })
	s := &suite{dir: *source, program: *binary, home: home, tokens: newAuthorizer(t)}
	s.keys(t)
	if *binary != "" {
		return s
	}
	cached, err := exec.CommandContext(t.Context(), "go", "list", "-m", "-f", "{{.Dir}}", module).Output()
	if err != nil {
		t.Fatalf("where is %s? %v", module, err)
	}
	s.dir, s.program = filepath.Join(home, "gosnowflake"), filepath.Join(home, "driver.test")
	if err := copyTree(s.dir, strings.TrimSpace(string(cached))); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), "go", "test", "-c", "-o", s.program, ".")
	cmd.Dir = s.dir
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("build the driver's tests: %v\n%s", err, out)
	}
	if s.nobody, err = giveAway(home); err != nil {
		t.Fatal(err)
	}
	return s
}

// keys writes the private keys that key-pair logins are tried with, a good one
// and a wrong one.
func (s *suite) keys(t *testing.T) {
	for _, name := range []string{"wrong.pem", "good.pem"} {
		key, err := rsa.GenerateKey(rand.Reader, 2048)
		if err != nil {
			t.Fatal(err)
		}
		block := pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)})
		if err := os.WriteFile(filepath.Join(s.home, name), block, 0o644); err != nil {
			t.Fatal(err)
		}
		s.key = &key.PublicKey
	}
}

// copyTree copies a folder, whose files may be read-only, to where they are not.
func copyTree(to, from string) error {
	return filepath.WalkDir(from, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		if d.IsDir() {
			return os.MkdirAll(filepath.Join(to, rel), 0o777)
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		return os.WriteFile(filepath.Join(to, rel), data, 0o777)
	})
}

// list is the tests to run. Those that wait go first, so that nobody waits for
// them at the end.
func (s *suite) list(t *testing.T) (names []string) {
	cmd := exec.CommandContext(t.Context(), s.program, "-test.list", "^Test")
	cmd.Dir, cmd.Env = s.dir, append(os.Environ(), "SKIP_SETUP=1")
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("list the driver's tests: %v", err)
	}
	before := passes(t)
	for _, name := range strings.Fields(string(out)) {
		if strings.HasPrefix(name, "Test") && strings.Contains(name, *only) && (!*listed || slices.Contains(before, name)) {
			names = append(names, name)
		}
	}
	if len(names) == 0 || *listed && len(names) < len(before) {
		t.Fatalf("the driver has %d tests, and passes.txt names %d", len(names), len(before))
	}
	slices.SortStableFunc(names, func(a, b string) int { return cmp.Compare(waits[b], waits[a]) })
	return names
}

// waits are the tests that take long however fast the server is, in seconds.
var waits = map[string]int{"TestPutGetLargeFile": 90, "TestCrlE2E": 20, "TestPingpongQuery": 60, "TestLongRunningAsyncQuery": 50, "TestLongRunningAsyncQueryFetchResultByID": 50,
	"TestMultipleAsyncQueries": 30, "TestClientSessionKeepAliveParameter": 30, "TestTransactionContext": 10, "TestAsyncMode": 10}

// runAll runs the tests, each on an emulator of its own.
func (s *suite) runAll(t *testing.T, names []string) []verdict {
	verdicts := make([]verdict, len(names))
	var next atomic.Int64
	var group sync.WaitGroup
	for range *workers {
		group.Go(func() {
			for i := next.Add(1) - 1; int(i) < len(names); i = next.Add(1) - 1 {
				v := s.runOne(t, names[i])
				if v.outcome != "pass" && v.outcome != "skip" && (*listed || v.needsServer()) { // some of the tests race with themselves
					v = s.runOne(t, names[i])
				}
				t.Logf("%s: %s, %d requests, %v %s", v.name, v.outcome, v.requests, v.took.Round(time.Millisecond), v.why)
				verdicts[i] = v
			}
		})
	}
	group.Wait()
	return verdicts
}

func (s *suite) runOne(t *testing.T, name string) verdict {
	v := verdict{name: name}
	var requests atomic.Int64
	ok := t.Run(name, func(t *testing.T) {
		config, storage := s.config(t, name), s.newStorage(t, name)
		config.Storage = storage.address()
		vouched := s.vouching(t, name, &config)
		server, err := emulator.New(config)
		if err != nil {
			t.Fatal(err)
		}
		defer server.Close()
		counted := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			requests.Add(1)
			beyond(server, far[name]).ServeHTTP(w, r)
		})
		web := storage.account(counted)
		defer web.Close()
		defer web.CloseClientConnections()
		stored, done := storage.serve(t, counted)
		defer done()
		tokens := s.tokens.serve()
		defer tokens.Close()
		environment := slices.Concat(s.environment(web.Listener.Addr().String()), s.authentication(name, tokens.URL), stored, vouched(web.URL))
		if slices.Contains(bucketed, name) {
			environment = append(environment, owner...)
		}
		if name == factored {
			environment = append(environment, authenticator(t)...)
		}
		s.execute(t, &v, environment, &requests)
	})
	v.requests = requests.Load()
	if !ok && v.outcome == "" {
		v.outcome = "fail"
	}
	return v
}

// execute runs one of the driver's tests in a process of its own.
func (s *suite) execute(t *testing.T, v *verdict, environment []string, requests *atomic.Int64) {
	ctx, cancel := context.WithTimeout(t.Context(), max(*limit, 4*time.Duration(waits[v.name])*time.Second))
	defer cancel()
	// Some need no server and wait for what other tests would have begun.
	idle := time.AfterFunc(patience, func() {
		if requests.Load() == 0 {
			cancel()
		}
	})
	defer idle.Stop()
	cmd := exec.CommandContext(ctx, s.program, "-test.run", "^"+v.name+"$", "-test.v", "-test.timeout", (*limit * 2).String())
	home := filepath.Join(s.home, v.name)
	if err := os.Mkdir(home, 0o777); err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(home)
	if s.nobody {
		asNobody(cmd)
		if _, err := giveAway(home); err != nil {
			t.Fatal(err)
		}
	}
	cmd.Dir = s.dir
	cmd.WaitDelay = time.Second
	cmd.Env = append(environment, "HOME="+home, "TMPDIR="+home)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	start := time.Now()
	err := cmd.Run()
	v.took, v.text = time.Since(start), out.String()
	switch {
	case ctx.Err() != nil:
		v.outcome, v.why = "hang", reason(v.text)
	case err != nil:
		v.outcome, v.why = "fail", reason(v.text)
	case strings.Contains(v.text, "--- SKIP: "+v.name+" "):
		v.outcome = "skip"
	default:
		v.outcome = "pass"
	}
}

// Who the driver's tests log in as.
const (
	user     = "testuser"
	password = "testpassword"
	database = "TESTDB"
)

// environment is what the driver's tests are told.
func (s *suite) environment(address string) []string {
	host, port, _ := strings.Cut(address, ":")
	return []string{"PATH=" + os.Getenv("PATH"), "SKIP_SETUP=1",
		"SNOWFLAKE_TEST_HOST=" + host, "SNOWFLAKE_TEST_PORT=" + port, "SNOWFLAKE_TEST_PROTOCOL=http",
		"SNOWFLAKE_TEST_USER=" + user, "SNOWFLAKE_TEST_PASSWORD=" + password, "SNOWFLAKE_TEST_ACCOUNT=testaccount",
		"SNOWFLAKE_TEST_DATABASE=" + database, "SNOWFLAKE_TEST_SCHEMA=PUBLIC", "SNOWFLAKE_TEST_WAREHOUSE=TESTWH", "SNOWFLAKE_TEST_ROLE=SYSADMIN"}
}

// stamped is the time that some of the driver's tests write.
var stamped = regexp.MustCompile(`\[20\d\d-[^]]*\]`)

// reason is the first line of a failed test's output that looks like one.
func reason(out string) string {
	for _, marks := range [][]string{{"_test.go:", "panic:"}, {"level=error"}} {
		for line := range strings.Lines(out) {
			if slices.ContainsFunc(marks, func(m string) bool { return strings.Contains(line, m) }) {
				line = strings.Join(strings.Fields(stamped.ReplaceAllString(line, "")), " ")
				return strings.ToValidUTF8(line[:min(len(line), 300)], "")
			}
		}
	}
	return ""
}

// elsewhere are the tests that want what no emulator is, with the reason.
func elsewhere(t *testing.T) map[string]string {
	data, err := os.ReadFile("elsewhere.txt")
	if err != nil {
		t.Fatal(err)
	}
	known := map[string]string{}
	for line := range strings.Lines(string(data)) {
		if name, why, ok := strings.Cut(strings.TrimSpace(line), ": "); ok && !strings.HasPrefix(name, "#") {
			known[name] = why
		}
	}
	return known
}

func (v verdict) needsServer() bool { return v.requests > 0 }

// passed are the tests that must go on passing: not those of elsewhere.txt, which
// may pass by chance. One of before has sent the emulator requests then, if not now:
// some give up before they have.
func passed(verdicts []verdict, known map[string]string, before []string) (names []string) {
	for _, v := range verdicts {
		if (v.needsServer() || slices.Contains(before, v.name)) && v.outcome == "pass" && known[v.name] == "" {
			names = append(names, v.name)
		}
	}
	slices.Sort(names)
	return names
}

// passes are the tests that passed before.
func passes(t *testing.T) []string {
	data, err := os.ReadFile("passes.txt")
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	return strings.Fields(string(data))
}

// check holds the results against the names that passed before.
func check(t *testing.T, verdicts []verdict, known map[string]string) {
	before := passes(t)
	now := passed(verdicts, known, before)
	for _, name := range before {
		if !slices.Contains(now, name) {
			i := slices.IndexFunc(verdicts, func(v verdict) bool { return v.name == name })
			t.Errorf("%s passed before and does not now:\n%s", name, tail(verdicts[i].text))
		}
	}
	for _, v := range verdicts {
		if v.outcome == "hang" && v.needsServer() && known[v.name] == "" {
			t.Errorf("%s hung for %v: %s", v.name, v.took, v.why)
		}
	}
	t.Logf("%d of the driver's tests that need a server pass", len(now))
	if len(now) < wanted {
		t.Errorf("these are fewer than %d", wanted)
	}
}

// tail is the end of a test's output.
func tail(out string) string { return out[max(0, len(out)-4000):] }

// kind is the row of the table that a test is counted in.
func (v verdict) kind(known map[string]string) string {
	switch {
	case known[v.name] != "":
		return "elsewhere"
	case v.needsServer():
		return v.outcome
	case v.outcome == "pass":
		return "alone"
	case v.outcome == "skip":
		return "skips alone"
	case strings.Contains(v.text, "/__admin/mappings"):
		return "wiremock"
	}
	return "fails alone"
}

// table is RESULTS.md.
func table(verdicts []verdict, known map[string]string) string {
	counts := map[string]int{}
	lists := map[string]*strings.Builder{}
	for _, v := range verdicts {
		kind := v.kind(known)
		counts[kind]++
		if lists[kind] == nil {
			lists[kind] = &strings.Builder{}
		}
		switch why := strings.ReplaceAll(v.why, "|", `\|`); kind {
		case "fail", "hang":
			fmt.Fprintf(lists[kind], "| %s | %s | %s |\n", v.name, v.outcome, why)
		case "elsewhere":
			fmt.Fprintf(lists[kind], "| %s | %s |\n", v.name, known[v.name])
		default:
			fmt.Fprintf(lists[kind], "%s ", v.name)
		}
	}
	text := func(kind string) string {
		if lists[kind] == nil {
			return ""
		}
		return strings.TrimSuffix(lists[kind].String(), " ")
	}
	return fmt.Sprintf(results, len(verdicts), counts["pass"], counts["fail"]+counts["hang"], counts["skip"], counts["elsewhere"],
		counts["wiremock"], counts["skips alone"], counts["fails alone"], counts["alone"],
		text("fail")+text("hang"), text("elsewhere"), text("skip"), text("wiremock"), text("skips alone"), text("fails alone"))
}

const results = `# The Go driver's own tests on the emulator

Written by make conformance for gosnowflake v1.19.1, each test in a process of
its own. A test needs a server if it sends the emulator a request; WireMock and
identity providers are servers too, but of answers that somebody wrote beforehand.
One that sends it requests and fails is run a second time.

| of %d tests | |
|---|---|
| need a server and pass | %d |
| need a server and fail | %d |
| reach the server and skip themselves | %d |
| need a cloud, an identity provider or the like | %d |
| need WireMock's scripted answers and never come here | %d |
| skip themselves at once: identity providers, browsers, clouds, hand-run | %d |
| fail alone without a request: the internet, a read-only disk, other tests before them | %d |
| need no server and pass | %d |

## Failing

| test | outcome | its first words |
|---|---|---|
%s
## For something that no emulator is

| test | reason |
|---|---|
%s
## Reach the server and skip themselves

%s

## Need WireMock

%s

## Skip themselves at once

%s

## Fail alone without a request

%s
`

func write(t *testing.T, name, text string) {
	if err := os.WriteFile(name, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
}
