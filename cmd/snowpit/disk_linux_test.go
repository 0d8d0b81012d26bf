package main

import (
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// smallDisk is a folder on a disk of its own, until the test ends.
func smallDisk(t *testing.T, options string) string {
	t.Helper()
	small := t.TempDir()
	if err := syscall.Mount("tmpfs", small, "tmpfs", 0, options); err != nil {
		skip(t, "mounting a small disk: %v", err)
	}
	t.Cleanup(func() { syscall.Unmount(small, syscall.MNT_DETACH) })
	return small
}

// A disk that is full is told as one; what was there stays, and a smaller build
// goes through.
func TestFullDisk(t *testing.T) {
	dir := projectDir(t, flowers)
	state := filepath.Join(smallDisk(t, "size=6m"), "state")
	noise := strings.TrimSuffix(strings.Repeat("md5(random()::varchar) || ", 40), " || ")
	big := fmt.Sprintf("{version: 2, filler: %q}", noise)
	code, out, errs := snowpit(t.Context(), "build", "--project-dir", dir, "--state-dir", state)
	if code != 0 {
		t.Fatal(out, errs)
	}
	code, out, errs = snowpit(t.Context(), "run", "--select", "many", "--project-dir", dir, "--state-dir", state, "--vars", big)
	if code != 1 || !strings.Contains(out, "No space left on device") {
		t.Fatalf("status %d: %s%s", code, out, errs)
	}
	code, out, errs = snowpit(t.Context(), "sql", "--project-dir", dir, "--state-dir", state, "--output", "csv", "select count(*), max(version) from many")
	if code != 0 || !strings.Contains(out, "7776,1") {
		t.Errorf("afterwards many has %s%s", out, errs)
	}
	if code, out, errs = snowpit(t.Context(), "build", "--project-dir", dir, "--state-dir", state); code != 0 {
		t.Errorf("afterwards nothing builds: %s%s", out, errs)
	}
}

// Where the disk is full, statements are refused in the form that clients know,
// what was there stays, and less goes through.
func TestServeFullDisk(t *testing.T) {
	state := smallDisk(t, "size=12m")
	s := serveState(t, filepath.Join(state, "state"))
	s.exec("create table t (s varchar)", "insert into t values ('kept')", "create stage st", "copy into @st/x.txt from (select 'whole') single = true")
	noise := strings.TrimSuffix(strings.Repeat("md5(random()::varchar) || ", 40), " || ")
	for _, text := range []string{
		"insert into t select " + noise + " from table(generator(rowcount => 20000))",
		"create or replace table t as select " + noise + " as s from table(generator(rowcount => 20000))",
		"copy into @st/x.txt from (select " + noise + " from table(generator(rowcount => 20000))) single = true overwrite = true max_file_size = 1000000000",
	} {
		start := time.Now()
		_, err := s.db.ExecContext(t.Context(), text)
		if codeOf(err) == 0 || !strings.Contains(err.Error(), "No space left on device") && !strings.Contains(err.Error(), "no space left on device") {
			t.Errorf("%.60s: %v", text, err)
		}
		if took := time.Since(start); took > 30*time.Second {
			t.Errorf("%.60s: it took %v", text, took)
		}
	}
	req, err := http.NewRequestWithContext(t.Context(), "PUT", s.upload(), io.LimitReader(zeros{}, 64<<20))
	if err != nil {
		t.Fatal(err)
	}
	if res, err := http.DefaultClient.Do(req); err == nil {
		res.Body.Close()
		if res.StatusCode < 400 {
			t.Errorf("an upload that has no room: status %d", res.StatusCode)
		}
	}
	if got := s.one("select listagg(s) from t"); got != "kept" {
		t.Errorf("the table has %.100s", got)
	}
	if got := s.one("select count(*) || max($1) from @st"); got != "1whole" {
		t.Errorf("the stage has %.100s", got)
	}
	s.exec("insert into t values ('more')")
	s.again()
	if got := s.one("select count(*) from t"); got != "2" {
		t.Errorf("after a kill the table has %s rows", got)
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}
