package main

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/tools/txtar"
)

// skip skips a test for want of something, unless SNOWPIT_MUST_RUN names it.
func skip(t *testing.T, format string, args ...any) {
	t.Helper()
	if slices.Contains(strings.Fields(os.Getenv("SNOWPIT_MUST_RUN")), t.Name()) {
		t.Fatalf("it must run: "+format, args...)
	}
	t.Skipf(format, args...)
}

// projectDir writes the files of a txtar archive into a new folder.
func projectDir(t testing.TB, files string) string {
	t.Helper()
	dir := t.TempDir()
	for _, f := range txtar.Parse([]byte(files)).Files {
		path := filepath.Join(dir, filepath.FromSlash(f.Name))
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, f.Data, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// snowpit runs the program in this process.
func snowpit(ctx context.Context, args ...string) (code int, stdout, stderr string) {
	var out, errs bytes.Buffer
	code = run(ctx, args, strings.NewReader(""), &out, &errs)
	return code, out.String(), errs.String()
}

// query is the rows of a statement, without the header.
func query(t *testing.T, dir, sql string) [][]string {
	t.Helper()
	code, out, errs := snowpit(t.Context(), "sql", "--project-dir", dir, "--output", "csv", sql)
	if code != 0 {
		t.Fatalf("%s: status %d: %s", sql, code, errs)
	}
	rows, err := csv.NewReader(strings.NewReader(out)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return rows[1:]
}

// start starts the program as a process of its own, the leader of a group.
func start(t *testing.T, args ...string) (*exec.Cmd, *bytes.Buffer) {
	t.Helper()
	cmd := exec.Command("snowpit", args...)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return cmd, &out
}

const flowers = `
-- dbt_project.yml --
name: flowers
vars: {version: 1, slow: false, filler: "''"}
models: {flowers: {+materialized: table}}
-- seeds/flowers.csv --
length,width,kind
5.1,3.5,setosa
4.9,3.0,setosa
4.7,3.2,setosa
7.0,3.2,versicolor
6.4,3.2,versicolor
6.9,3.1,versicolor
-- models/many.sql --
select a.length + b.length * {{ var('version') }} as length, c.width, a.kind, {{ var('version') }} as version, {{ var('filler') }} as filler
from {{ ref('flowers') }} as a cross join {{ ref('flowers') }} as b cross join {{ ref('flowers') }} as c
cross join {{ ref('flowers') }} as d cross join {{ ref('flowers') }} as e
-- models/learn.sql --
{{ config(plugin='logreg', action='train', target='KIND', artifact='@MODELS/flowers.json') }}
select a.length, a.width, a.kind, a.version from {{ ref('many') }} as a
{% if var('slow') %} cross join {{ ref('many') }} as b cross join {{ ref('many') }} as c {% endif %}
-- models/guess.sql --
{{ config(plugin='logreg', action='predict', artifact='@MODELS/flowers.json') }}
select length, width, version from {{ ref('many') }}
`

// TestExitStatus checks what the help of the program promises.
func TestExitStatus(t *testing.T) {
	dir := projectDir(t, flowers)
	for _, c := range []struct {
		want int
		args []string
	}{
		{0, []string{"version"}},
		{0, []string{"build", "--project-dir", dir}},
		{0, []string{"--help"}},
		{1, []string{"build", "--project-dir", dir, "--vars", "{version: missing}"}},
		{1, []string{"sql", "--project-dir", dir, "select * from missing"}},
		{2, []string{"build", "--project-dir", filepath.Join(dir, "missing")}},
		{2, []string{"frobnicate"}},
		{2, []string{"build", "--frobnicate"}},
		{2, []string{"build", "extra"}},
		{2, []string{"show", "--project-dir", dir}},
		{2, []string{"ls", "--project-dir", dir, "--select", "method:x"}},
		{2, []string{"sql", "--project-dir", dir, "--output", "xml", "select 1"}},
		{2, []string{"build", "--project-dir", dir, "--target", "missing"}},
	} {
		if got, _, errs := snowpit(t.Context(), c.args...); got != c.want {
			t.Errorf("snowpit %s: status %d, want %d\n%s", strings.Join(c.args, " "), got, c.want, errs)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if got, _, _ := snowpit(ctx, "build", "--project-dir", dir); got != 130 {
		t.Errorf("interrupted: status %d, want 130", got)
	}
}

// TestInterrupt sends Ctrl-C into a training: it ends soon, the plugin with it,
// and the tables are as they were.
func TestInterrupt(t *testing.T) {
	dir := projectDir(t, flowers)
	if code, _, errs := snowpit(t.Context(), "build", "--project-dir", dir); code != 0 {
		t.Fatal(errs)
	}
	cmd, out := start(t, "run", "--project-dir", dir, "--select", "learn+", "--vars", "{slow: true}")
	child := plugin(t, cmd.Process.Pid)
	time.Sleep(300 * time.Millisecond) // rows are on their way
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	err := cmd.Wait()
	if took := time.Since(began); took > 10*time.Second {
		t.Errorf("it took %v to end", took)
	}
	if code := cmd.ProcessState.ExitCode(); code != 130 {
		t.Errorf("status %d (%v), want 130\n%s", code, err, out)
	}
	if !strings.Contains(out.String(), "snowpit: interrupted") {
		t.Errorf("it does not say that it was interrupted:\n%s", out)
	}
	if !gone(child) {
		t.Errorf("the plugin's process %d is still there", child)
	}
	if got := query(t, dir, "select count(*), min(version), max(version) from learn"); fmt.Sprint(got) != "[[7776 1 1]]" {
		t.Errorf("learn has %v now", got)
	}
}

// plugin waits for a process to have a child and gives its number.
func plugin(t *testing.T, parent int) int {
	t.Helper()
	for range 200 {
		files, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", parent))
		for _, name := range files {
			text, _ := os.ReadFile(name)
			var pid int
			if n, _ := fmt.Sscan(string(text), &pid); n == 1 {
				return pid
			}
		}
		time.Sleep(10 * time.Millisecond)
	}
	skip(t, "this system does not tell the children of a process")
	return 0
}

// gone reports whether a process ends within a few seconds.
func gone(pid int) bool {
	for range 300 {
		if syscall.Kill(pid, 0) != nil {
			return true
		}
		time.Sleep(10 * time.Millisecond)
	}
	return false
}

// TestKill ends builds by kill -9 at random points: each table is wholly the
// old one or the new one, and the artifact is whole.
func TestKill(t *testing.T) {
	rounds := 30
	if testing.Short() {
		rounds = 6
	}
	dir := projectDir(t, flowers)
	if code, _, errs := snowpit(t.Context(), "build", "--project-dir", dir); code != 0 {
		t.Fatal(errs)
	}
	rng := rand.New(rand.NewPCG(1, 2))
	for round := range rounds {
		cmd, _ := start(t, "build", "--project-dir", dir, "--vars", fmt.Sprintf("{version: %d}", round+2))
		time.Sleep(time.Duration(rng.IntN(450)) * time.Millisecond)
		syscall.Kill(cmd.Process.Pid, syscall.SIGKILL)
		cmd.Wait()
		const counts = "select 'many', count(*), count(distinct version) from many union all " +
			"select 'learn', count(*), count(distinct version) from learn union all " +
			"select 'guess', count(*), count(distinct version) from guess order by 1"
		if got := query(t, dir, counts); fmt.Sprint(got) != "[[guess 7776 1] [learn 7776 1] [many 7776 1]]" {
			t.Fatalf("round %d: the tables have rows and versions %v", round, got)
		}
		code, text, errs := snowpit(t.Context(), "stage", "cat", "--project-dir", dir, "@models/flowers.json")
		if code != 0 || !json.Valid([]byte(text)) {
			t.Fatalf("round %d: the artifact is %q: %s", round, text, errs)
		}
	}
	if code, out, _ := snowpit(t.Context(), "build", "--project-dir", dir); code != 0 {
		t.Errorf("afterwards nothing builds:\n%s", out)
	}
}

// TestLock keeps a second process away from a state folder in use.
func TestLock(t *testing.T) {
	dir := projectDir(t, flowers)
	holder := exec.Command("snowpit", "sql", "--project-dir", dir)
	in, err := holder.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := holder.Start(); err != nil {
		t.Fatal(err)
	}
	defer holder.Wait()
	defer in.Close()
	for range 300 { // until it holds the lock
		if _, err := os.Stat(filepath.Join(dir, ".snowpit", "history.jsonl")); err == nil {
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	began := time.Now()
	code, _, errs := snowpit(t.Context(), "build", "--project-dir", dir)
	if code != 1 || !strings.Contains(errs, "another process") || !strings.Contains(errs, ".snowpit") {
		t.Errorf("status %d: %s", code, errs)
	}
	if took := time.Since(began); took > 5*time.Second {
		t.Errorf("it took %v to say so", took)
	}
}
