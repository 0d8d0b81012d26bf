//go:build unix

package dir_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/snowpit-dev/snowpit/stage"
	"github.com/snowpit-dev/snowpit/stage/dir"
)

// putTooMuch puts more than the process may write to a file, and prints what
// came of it.
func putTooMuch(path string) {
	signal.Ignore(syscall.SIGXFSZ)
	var limit syscall.Rlimit
	err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &limit)
	limit.Cur = 1 << 20
	if err = errors.Join(err, syscall.Setrlimit(syscall.RLIMIT_FSIZE, &limit)); err == nil {
		var v *dir.Volume
		if v, err = dir.Open(path); err == nil {
			var s stage.Stage
			if s, err = v.Stage(context.Background(), models); err == nil {
				_, err = s.Put(context.Background(), "a", strings.NewReader(sized(4<<20)), stage.PutOptions{})
			}
		}
	}
	fmt.Println(errors.Is(err, syscall.EFBIG), err)
	os.Exit(0)
}

// A disk that takes no more leaves the old object, and nothing half-written.
func TestNoRoom(t *testing.T) {
	path := t.TempDir()
	_, s := open(t, path)
	put(t, s, "a", sized(7))
	out, err := exec.Command(os.Args[0], "put-too-much", path).CombinedOutput()
	if err != nil || !strings.HasPrefix(string(out), "true put @F1.PUBLIC.MODELSTAGE/a: ") {
		t.Errorf("%s, %v", out, err)
	}
	if got := read(t, s, "a"); got != sized(7) {
		t.Errorf("a has %d bytes", len(got))
	}
	if left, err := os.ReadDir(filepath.Join(path, "F1/PUBLIC/MODELSTAGE/tmp")); err != nil || len(left) > 0 {
		t.Errorf("%v is left, %v", left, err)
	}
}
