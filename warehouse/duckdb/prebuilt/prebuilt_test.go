package prebuilt_test

import (
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/snowpit-dev/snowpit/warehouse/duckdb/engine"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/prebuilt"
)

// answer attaches a database of one macro in an instance of its own, and calls it.
func answer(t *testing.T, folder, body string) string {
	t.Helper()
	e, err := engine.Open(nil)
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	c, err := e.Connect()
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if err := prebuilt.Attach(t.Context(), c, folder, "KEPT", []string{"create macro KEPT.main.answer(a integer) as " + body}); err != nil {
		t.Fatal(err)
	}
	cur, err := c.Run(t.Context(), "select cast(KEPT.main.answer(1) as varchar)", nil)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := cur.Texts()
	if err != nil || len(rows) != 1 {
		t.Fatalf("%v, %v", rows, err)
	}
	return rows[0][0]
}

// only is the one file of a folder.
func only(t *testing.T, folder string) string {
	t.Helper()
	files, err := os.ReadDir(folder)
	if err != nil || len(files) != 1 {
		t.Fatalf("the folder has %v, %v; want one file", files, err)
	}
	return filepath.Join(folder, files[0].Name())
}

func TestKept(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "not", "[there*'")
	if got := answer(t, folder, "a + 41"); got != "42" {
		t.Errorf("made: %s", got)
	}
	before, err := os.Stat(only(t, folder))
	if err != nil {
		t.Fatal(err)
	}
	if got := answer(t, folder, "a + 41"); got != "42" {
		t.Errorf("read: %s", got)
	}
	after, err := os.Stat(only(t, folder))
	if err != nil || !os.SameFile(before, after) || !before.ModTime().Equal(after.ModTime()) {
		t.Errorf("the file was made again: %v", err)
	}
	if got := answer(t, t.TempDir(), "a + 41"); got != "42" {
		t.Errorf("in another folder: %s", got)
	}
}

// Each version has a file of its own.
func TestOtherStatements(t *testing.T) {
	folder := t.TempDir()
	for body, want := range map[string]string{"a + 1": "2", "a + 2": "3", "a + 3": "4"} {
		if got := answer(t, folder, body); got != want {
			t.Errorf("%s: %s, want %s", body, got, want)
		}
	}
}

func TestDamaged(t *testing.T) {
	for name, damage := range map[string]func(path string, data []byte) error{
		"empty":     func(path string, data []byte) error { return os.Truncate(path, 0) },
		"cut short": func(path string, data []byte) error { return os.Truncate(path, int64(len(data)/2)) },
		"one bit": func(path string, data []byte) error {
			data[len(data)/3] ^= 4
			return os.WriteFile(path, data, 0o666)
		},
		"a folder": func(path string, data []byte) error {
			if err := os.Remove(path); err != nil {
				return err
			}
			return os.Mkdir(path, 0o777)
		},
	} {
		t.Run(name, func(t *testing.T) {
			folder := t.TempDir()
			answer(t, folder, "a + 6")
			path := only(t, folder)
			data, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if err := damage(path, data); err != nil {
				t.Fatal(err)
			}
			if got := answer(t, folder, "a + 6"); got != "7" {
				t.Errorf("%s, want 7", got)
			}
			only(t, folder)
		})
	}
}

// Several at once make and read one folder's file.
func TestTogether(t *testing.T) {
	folder := t.TempDir()
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			if got := answer(t, folder, "a + 9"); got != "10" {
				t.Errorf("%s, want 10", got)
			}
		})
	}
	group.Wait()
	if got := answer(t, folder, "a + 9"); got != "10" {
		t.Errorf("afterwards: %s, want 10", got)
	}
}

// What a killed process and another version have left stays for as long as
// somebody may be at it, and no longer.
func TestLeft(t *testing.T) {
	folder := t.TempDir()
	draft, other := filepath.Join(folder, "draft-1"), filepath.Join(folder, "0123456789abcdef-0.duckdb")
	if err := os.Mkdir(draft, 0o777); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{filepath.Join(draft, "draft.duckdb.wal"), other} {
		if err := os.WriteFile(path, []byte("half"), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	answer(t, folder, "a + 7")
	for _, path := range []string{draft, other} {
		if _, err := os.Stat(path); err != nil {
			t.Error(err)
		}
		long := time.Now().AddDate(0, -2, 0)
		if err := os.Chtimes(path, long, long); err != nil {
			t.Fatal(err)
		}
	}
	if got := answer(t, folder, "a + 7"); got != "8" {
		t.Errorf("%s, want 8", got)
	}
	only(t, folder)
}

// A folder that cannot be is no reason not to work.
func TestNoFolder(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o666); err != nil {
		t.Fatal(err)
	}
	if got := answer(t, file, "a + 8"); got != "9" {
		t.Errorf("%s, want 9", got)
	}
}
