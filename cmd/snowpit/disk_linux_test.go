package main

import (
	"fmt"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// A disk that is full is told as one; what was there stays, and a smaller build
// goes through.
func TestFullDisk(t *testing.T) {
	dir, small := projectDir(t, flowers), t.TempDir()
	if err := syscall.Mount("tmpfs", small, "tmpfs", 0, "size=6m"); err != nil {
		skip(t, "mounting a small disk: %v", err)
	}
	t.Cleanup(func() { syscall.Unmount(small, 0) })
	state := filepath.Join(small, "state")
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
