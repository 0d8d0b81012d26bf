package dir_test

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/snowpit-dev/snowpit/stage"
)

// unprivileged makes the test's own thread nobody's, to which modes matter.
func unprivileged(t *testing.T) {
	if os.Geteuid() != 0 {
		return
	}
	runtime.LockOSThread() // and it ends with the test
	if err := unix.Setfsuid(65534); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := unix.Setfsuid(0); err != nil {
			t.Fatal(err)
		}
	})
}

// closed makes folders of MODELSTAGE read-only until the test ends.
func closed(t *testing.T, path string, folders ...string) {
	for _, folder := range folders {
		at := filepath.Join(path, folder)
		if err := os.Chmod(at, 0o555); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { os.Chmod(at, 0o777) })
	}
}

// A folder that cannot be written to says so, keeps what it has and reads it.
func TestReadOnly(t *testing.T) {
	path := t.TempDir()
	v, s := open(t, path)
	put(t, s, "a", "old")
	const at = "F1/PUBLIC/MODELSTAGE/"
	if err := os.RemoveAll(filepath.Join(path, at, "sums")); err != nil {
		t.Fatal(err)
	}
	closed(t, path, "F1/PUBLIC", at, at+"tmp", at+"objects")
	unprivileged(t)
	_, put := s.Put(t.Context(), "a", strings.NewReader("new"), stage.PutOptions{})
	other := stage.Name{Database: "F1", Schema: "PUBLIC", Stage: "OTHER"}
	for _, err := range []error{put, s.Remove(t.Context(), "a"), v.Create(t.Context(), other, ""), v.Drop(t.Context(), models)} {
		if !errors.Is(err, os.ErrPermission) || !strings.Contains(err.Error(), "F1.PUBLIC.") {
			t.Errorf("%v", err)
		}
	}
	if got := read(t, s, "a"); got != "old" {
		t.Errorf("it has %q", got)
	}
	if got := objects(t, s); len(got) != 1 {
		t.Errorf("it lists %q", got)
	}
}

// A note that cannot be taken away would speak of the object before: the put is
// refused.
func TestNoteStays(t *testing.T) {
	path := t.TempDir()
	_, s := open(t, path)
	put(t, s, "a", "old")
	const at = "F1/PUBLIC/MODELSTAGE/"
	for _, folder := range []string{at + "tmp", at + "objects"} { // those are everybody's
		if err := os.Chmod(filepath.Join(path, folder), 0o777); err != nil {
			t.Fatal(err)
		}
	}
	closed(t, path, at+"sums")
	unprivileged(t)
	if _, err := s.Put(t.Context(), "b", strings.NewReader("first"), stage.PutOptions{}); err != nil {
		t.Errorf("put where there is no note: %v", err)
	}
	if _, err := s.Put(t.Context(), "a", strings.NewReader("new"), stage.PutOptions{}); !errors.Is(err, os.ErrPermission) {
		t.Errorf("put: %v", err)
	}
	if got := read(t, s, "a"); got != "old" {
		t.Errorf("it has %q", got)
	}
}
