package duckdb_test

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	arrowmem "github.com/apache/arrow-go/v18/arrow/memory"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb"
)

// helperEnv makes the test binary a process of its own, for the tests that
// kill one or need a second.
const helperEnv = "SNOWPIT_DUCKDB_HELPER"

func TestMain(m *testing.M) {
	switch mode, dir, _ := strings.Cut(os.Getenv(helperEnv), ":"); mode {
	case "":
		os.Exit(m.Run())
	case "hold":
		hold(dir)
	case "replace":
		replaceForever(dir)
	}
}

// helper starts this binary in a mode and waits for its first line.
func helper(t *testing.T, mode, dir string) *exec.Cmd {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), helperEnv+"="+mode+":"+dir)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cmd.Process.Kill(); cmd.Wait() })
	if _, err := bufio.NewReader(out).ReadString('\n'); err != nil {
		t.Fatalf("the helper %s said nothing: %v", mode, err)
	}
	return cmd
}

func must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "helper:", err)
		os.Exit(1)
	}
}

// hold keeps a state folder open until it is killed.
func hold(dir string) {
	w, err := duckdb.Open(context.Background(), duckdb.Config{Dir: dir})
	must(err)
	fmt.Println("open")
	time.Sleep(time.Hour)
	runtime.KeepAlive(w) // or its lock would go with the garbage
}

// TestLocked opens a folder that another process has, and again when that is dead.
func TestLocked(t *testing.T) {
	dir := t.TempDir()
	cmd := helper(t, "hold", dir)
	_, err := duckdb.Open(t.Context(), duckdb.Config{Dir: dir})
	if !errors.Is(err, warehouse.ErrLocked) {
		t.Fatalf("error %v, want ErrLocked", err)
	}
	for _, part := range []string{dir, strconv.Itoa(cmd.Process.Pid)} {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("error %q does not name %s", err, part)
		}
	}
	cmd.Process.Kill()
	cmd.Wait()
	open(t, duckdb.Config{Dir: dir})
}

// TestReopen finds everything again, databases with odd names included.
func TestReopen(t *testing.T) {
	dir := t.TempDir()
	w := open(t, duckdb.Config{Dir: dir})
	for _, name := range []string{"PLAIN", "with space", "a/b.c%20", "ÄÖ"} {
		s, err := w.Open(t.Context(), warehouse.SessionOptions{Database: warehouse.QuoteIdent(name), Schema: "S"})
		if err != nil {
			t.Fatal(err)
		}
		run(t, s, "create table t as select 1 as a", "create temporary table gone as select 1 as a")
	}
	if err := errors.Join(w.Close(), w.Close()); err != nil {
		t.Fatal(err)
	}
	w = open(t, duckdb.Config{Dir: dir})
	s := session(t, w)
	want(t, s, `select a.a + b.a + c.a + d.a from plain.s.t a, "with space".s.t b, "a/b.c%20".s.t c, "ÄÖ".s.t d`, "4")
	if _, err := rows(t.Context(), s, "select * from plain.s.gone"); !errors.Is(err, warehouse.ErrNotExist) {
		t.Errorf("error %v, want ErrNotExist", err)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "..", "*.duckdb")); len(left) > 0 {
		t.Errorf("files outside the folder: %v", left)
	}
}

// TestBadFolder opens folders that cannot hold a state.
func TestBadFolder(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	broken := filepath.Join(dir, "broken")
	if err := os.MkdirAll(filepath.Join(broken, "databases"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(broken, "databases", "X.duckdb"), []byte("this is no database file, whatever its name"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct{ dir, says string }{
		"a file":          {filepath.Join(file, "state"), "folder"},
		"a bad database":  {broken, "database X"},
		"a special place": {"/proc/snowpit", "folder"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := duckdb.Open(t.Context(), duckdb.Config{Dir: c.dir})
			if err == nil || !strings.Contains(err.Error(), c.dir) || !strings.Contains(err.Error(), c.says) {
				t.Errorf("error %v, want one that names %s and says %q", err, c.dir, c.says)
			}
		})
	}
}

// TestHalfMadeDatabase opens a folder in which a process died while it made a
// database, and makes that database.
func TestHalfMadeDatabase(t *testing.T) {
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "databases"), 0o700); err != nil {
		t.Fatal(err)
	}
	half := filepath.Join(dir, "databases", "T.duckdb.new")
	if err := os.WriteFile(half, []byte("half a header"), 0o600); err != nil {
		t.Fatal(err)
	}
	s := session(t, open(t, duckdb.Config{Dir: dir}))
	run(t, s, "create table t as select 1 as a")
	want(t, s, "select a from t", "1")
	if _, err := os.Stat(half); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the half is left: %v", err)
	}
}

// versionRows is how many rows each table has that replaceForever makes.
const versionRows = 30_000

// replaceForever replaces two tables with ever new versions, whose rows all
// carry the version, until it is killed.
func replaceForever(dir string) {
	ctx := context.Background()
	w, err := duckdb.Open(ctx, duckdb.Config{Dir: dir})
	must(err)
	s, err := w.Open(ctx, warehouse.SessionOptions{Database: "T"})
	must(err)
	_, err = warehouse.Exec(ctx, s, "create table if not exists LOADED (A bigint)")
	must(err)
	fmt.Println("running")
	for version := int64(1); ; version++ {
		columns := []warehouse.Column{{Name: "A", Type: warehouse.Number, Precision: 38}}
		_, err = s.(warehouse.Loader).Load(ctx, "LOADED", warehouse.LoadReplace, columns, constant(version, versionRows))
		must(err)
		_, err = warehouse.Exec(ctx, s, fmt.Sprintf("create or replace table SELECTED as select %d as A from LOADED", version))
		must(err)
	}
}

// constant is n rows of one number.
func constant(value int64, n int) array.RecordReader {
	left := n
	return warehouse.ReaderOf(ints, func() (arrow.RecordBatch, error) {
		b := array.NewInt64Builder(arrowmem.DefaultAllocator)
		defer b.Release()
		size := min(left, 10_000)
		if left -= size; size == 0 {
			return nil, nil
		}
		for range size {
			b.Append(value)
		}
		return array.NewRecordBatch(ints, []arrow.Array{b.NewArray()}, int64(size)), nil
	})
}

// TestKill kills a process in the middle of replacing tables, many times: each
// table is then wholly of one version, and never an older one than before.
func TestKill(t *testing.T) {
	if testing.Short() {
		t.Skip("kills processes for some seconds")
	}
	dir := t.TempDir()
	last := map[string]int64{}
	for range 12 {
		cmd := helper(t, "replace", dir)
		time.Sleep(time.Duration(rand.IntN(300)) * time.Millisecond)
		if err := cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		cmd.Wait()
		w, err := duckdb.Open(t.Context(), duckdb.Config{Dir: dir})
		if err != nil {
			t.Fatal(err)
		}
		s := session(t, w)
		for _, table := range []string{"LOADED", "SELECTED"} {
			got, err := rows(t.Context(), s, "select count(*), count(distinct A), max(A) from "+table)
			if errors.Is(err, warehouse.ErrNotExist) && last[table] == 0 {
				continue
			}
			var n, versions, version int64
			fmt.Sscanf(strings.ReplaceAll(got, "|", " "), "%d %d %d", &n, &versions, &version)
			if err != nil || n != 0 && (n != versionRows || versions != 1) || n == 0 && last[table] > 0 {
				t.Errorf("%s: %d rows of %d versions, error %v", table, n, versions, err)
			}
			last[table] = version
		}
		if err := w.Close(); err != nil {
			t.Error(err)
		}
	}
	if last["LOADED"] == 0 || last["SELECTED"] == 0 {
		t.Error("no version was ever finished; the test shows nothing")
	}
}

// A database that has what this version gives it is not written to when it is
// opened, so that opening a folder takes as long as reading it.
func TestOpeningWritesNothing(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "databases", "DB.duckdb")
	read := func() []byte {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		return data
	}
	open := func() {
		w, err := duckdb.Open(t.Context(), duckdb.Config{Dir: dir})
		if err != nil {
			t.Fatal(err)
		}
		defer w.Close()
		s, err := w.Open(t.Context(), warehouse.SessionOptions{Database: "DB"})
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		if _, err := warehouse.Exec(t.Context(), s, "select count(*) from information_schema.tables"); err != nil {
			t.Error(err)
		}
	}
	open()
	before := read()
	open()
	if !bytes.Equal(before, read()) {
		t.Error("the file of the database is another after it was opened and closed")
	}
}
