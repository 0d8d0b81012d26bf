package conformance

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/snowpit-dev/snowpit/emulator"
	"github.com/snowpit-dev/snowpit/emulator/emulatortest"
)

var (
	update  = flag.Bool("update", false, "write RESULTS.md and passes.txt")
	only    = flag.String("only", "", "run only tests whose names contain this, and change no file")
	limit   = flag.Duration("limit", 60*time.Second, "the time that one test may take")
	binary  = flag.String("binary", "", "the driver's tests, built already, beside -source")
	workers = flag.Int("workers", 2, "how many tests run at a time")
	source  = flag.String("source", "", "the driver's source, which the tests run in")
)

const (
	module = "github.com/snowflakedb/gosnowflake"
	// wanted is how many tests that need a server are to pass one day; passes.txt
	// says how many must now.
	wanted = 300
)

// A verdict is how one of the driver's tests went.
type verdict struct {
	name     string
	requests int64
	took     time.Duration
	outcome  string // pass, fail, skip, hang
	why      string // its first words when it failed
}

// TestDriversOwnTests is make conformance.
func TestDriversOwnTests(t *testing.T) {
	if os.Getenv("SNOWPIT_CONFORMANCE") == "" {
		t.Skip("it takes minutes: run it with make conformance")
	}
	dir, program := build(t)
	names := list(t, dir, program)
	verdicts := runAll(t, dir, program, names)
	known := elsewhere(t)
	if *only != "" {
		return
	}
	check(t, verdicts, known)
	if *update {
		write(t, "RESULTS.md", table(verdicts, known))
		write(t, "passes.txt", strings.Join(passed(verdicts), "\n")+"\n")
	}
}

// build copies the driver's source and builds its tests.
func build(t *testing.T) (dir, program string) {
	if *binary != "" {
		return *source, *binary
	}
	cached, err := exec.CommandContext(t.Context(), "go", "list", "-m", "-f", "{{.Dir}}", module).Output()
	if err != nil {
		t.Fatalf("where is %s? %v", module, err)
	}
	dir = filepath.Join(t.TempDir(), "gosnowflake")
	if err := copyTree(dir, strings.TrimSpace(string(cached))); err != nil {
		t.Fatal(err)
	}
	program = filepath.Join(filepath.Dir(dir), "driver.test")
	cmd := exec.CommandContext(t.Context(), "go", "test", "-c", "-o", program, ".")
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("build the driver's tests: %v\n%s", err, out)
	}
	return dir, program
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

func list(t *testing.T, dir, program string) []string {
	cmd := exec.CommandContext(t.Context(), program, "-test.list", "^Test")
	cmd.Dir, cmd.Env = dir, append(os.Environ(), "SKIP_SETUP=1")
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("list the driver's tests: %v", err)
	}
	var names []string
	for _, name := range strings.Fields(string(out)) {
		if strings.HasPrefix(name, "Test") && strings.Contains(name, *only) {
			names = append(names, name)
		}
	}
	if len(names) == 0 {
		t.Fatal("the driver has no tests")
	}
	return names
}

// runAll runs the tests, each on an emulator of its own.
func runAll(t *testing.T, dir, program string, names []string) []verdict {
	verdicts := make([]verdict, len(names))
	var next atomic.Int64
	var group sync.WaitGroup
	for range *workers {
		group.Go(func() {
			for i := next.Add(1) - 1; int(i) < len(names); i = next.Add(1) - 1 {
				v := runOne(t, dir, program, names[i])
				t.Logf("%s: %s, %d requests, %v %s", v.name, v.outcome, v.requests, v.took.Round(time.Millisecond), v.why)
				verdicts[i] = v
			}
		})
	}
	group.Wait()
	return verdicts
}

func runOne(t *testing.T, dir, program, name string) verdict {
	v := verdict{name: name}
	var requests atomic.Int64
	ok := t.Run(name, func(t *testing.T) {
		server, err := emulator.New(emulator.Config{Backend: emulatortest.Memory(t),
			Users: []emulator.User{{Name: "testuser", Password: "testpassword"}}})
		if err != nil {
			t.Fatal(err)
		}
		defer server.Close()
		web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			requests.Add(1)
			server.ServeHTTP(w, r)
		}))
		defer web.Close()
		defer web.CloseClientConnections()
		v.outcome, v.why, v.took = execute(t, dir, program, name, strings.TrimPrefix(web.URL, "http://"))
	})
	v.requests = requests.Load()
	if !ok && v.outcome == "" {
		v.outcome = "fail"
	}
	return v
}

// execute runs one of the driver's tests in a process of its own.
func execute(t *testing.T, dir, program, name, address string) (outcome, why string, took time.Duration) {
	ctx, cancel := context.WithTimeout(t.Context(), *limit)
	defer cancel()
	cmd := exec.CommandContext(ctx, program, "-test.run", "^"+name+"$", "-test.v", "-test.timeout", (*limit * 2).String())
	host, port, _ := strings.Cut(address, ":")
	cmd.Dir = dir
	cmd.WaitDelay = time.Second
	home := t.TempDir()
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + home, "TMPDIR=" + home, "SKIP_SETUP=1",
		"SNOWFLAKE_TEST_HOST=" + host, "SNOWFLAKE_TEST_PORT=" + port, "SNOWFLAKE_TEST_PROTOCOL=http",
		"SNOWFLAKE_TEST_USER=testuser", "SNOWFLAKE_TEST_PASSWORD=testpassword", "SNOWFLAKE_TEST_ACCOUNT=testaccount",
		"SNOWFLAKE_TEST_DATABASE=TESTDB", "SNOWFLAKE_TEST_SCHEMA=PUBLIC", "SNOWFLAKE_TEST_WAREHOUSE=TESTWH", "SNOWFLAKE_TEST_ROLE=SYSADMIN"}
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	start := time.Now()
	err := cmd.Run()
	took = time.Since(start)
	switch {
	case ctx.Err() != nil:
		return "hang", reason(out.String()), took
	case err != nil:
		return "fail", reason(out.String()), took
	case strings.Contains(out.String(), "--- SKIP: "+name+" "):
		return "skip", "", took
	}
	return "pass", "", took
}

// reason is the first line of a failed test's output that looks like one.
func reason(out string) string {
	for _, marks := range [][]string{{"_test.go:", "panic:"}, {"level=error"}} {
		for line := range strings.Lines(out) {
			if slices.ContainsFunc(marks, func(m string) bool { return strings.Contains(line, m) }) {
				line = strings.Join(strings.Fields(line), " ")
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

func passed(verdicts []verdict) (names []string) {
	for _, v := range verdicts {
		if v.needsServer() && v.outcome == "pass" {
			names = append(names, v.name)
		}
	}
	slices.Sort(names)
	return names
}

// check holds the results against the names that passed before.
func check(t *testing.T, verdicts []verdict, known map[string]string) {
	data, err := os.ReadFile("passes.txt")
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	before := strings.Fields(string(data))
	now := passed(verdicts)
	for _, name := range before {
		if !slices.Contains(now, name) {
			t.Errorf("%s passed before and does not now", name)
		}
	}
	for _, v := range verdicts {
		if v.outcome == "hang" && v.needsServer() && known[v.name] == "" {
			t.Errorf("%s hung for %v: %s", v.name, v.took, v.why)
		}
	}
	t.Logf("%d of the driver's tests that need a server pass; the aim is %d", len(now), wanted)
}

// table is RESULTS.md.
func table(verdicts []verdict, known map[string]string) string {
	counts := map[string]int{}
	var failed, other strings.Builder
	for _, v := range verdicts {
		switch why := known[v.name]; {
		case why != "":
			counts["elsewhere"]++
			fmt.Fprintf(&other, "| %s | %s |\n", v.name, why)
		case !v.needsServer():
			counts["alone"]++
		case v.outcome == "pass":
			counts["pass"]++
		case v.outcome == "skip":
			counts["skip"]++
		default:
			counts["fail"]++
			fmt.Fprintf(&failed, "| %s | %s | %s |\n", v.name, v.outcome, strings.ReplaceAll(v.why, "|", `\|`))
		}
	}
	return fmt.Sprintf(`# The Go driver's own tests on the emulator

Written by `+"`make conformance`"+` for gosnowflake v1.19.1. A test needs a server if
it sends the emulator a request.

| of %d tests | |
|---|---|
| need a server and pass | %d |
| need a server and fail | %d |
| reach the server and skip themselves | %d |
| need a cloud, an identity provider or the like | %d |
| need no server | %d |

## Failing

| test | outcome | its first words |
|---|---|---|
%s
## For something that no emulator is

| test | reason |
|---|---|
%s`, len(verdicts), counts["pass"], counts["fail"], counts["skip"], counts["elsewhere"], counts["alone"], failed.String(), other.String())
}

func write(t *testing.T, name, text string) {
	if err := os.WriteFile(name, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
}
