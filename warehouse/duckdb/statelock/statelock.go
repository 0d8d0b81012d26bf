// Package statelock keeps a state folder to one process.
package statelock

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/gofrs/flock"

	"github.com/snowpit-dev/snowpit/warehouse"
)

// A Lock is a state folder's, taken. It is the operating system's, so it ends
// with the process however that dies; the pid in a file beside it is for the
// message only.
type Lock struct {
	file *flock.Flock
	pid  string
}

// patience is how long a lock may be busy: a process that is just ending,
// or a child that one who was killed had not yet started, holds it for a moment.
const patience = 500 * time.Millisecond

// Take takes a folder's lock, which the caller releases. Where another process
// has it, the error wraps [warehouse.ErrLocked] and names that process.
func Take(dir string) (*Lock, error) {
	l := &Lock{file: flock.New(filepath.Join(dir, "lock")), pid: filepath.Join(dir, "lock.pid")}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	ok, err := l.file.TryLockContext(ctx, 10*time.Millisecond)
	if err != nil && !errors.Is(err, context.DeadlineExceeded) {
		return nil, fmt.Errorf("its lock cannot be taken: %w", err)
	}
	if !ok {
		return nil, fmt.Errorf("%w: %s has the folder open; wait for it to end, end it, or give this one a state folder of its own",
			warehouse.ErrLocked, l.holder())
	}
	if err := os.WriteFile(l.pid, []byte(strconv.Itoa(os.Getpid())+"\n"), 0o666); err != nil {
		return nil, fmt.Errorf("its lock cannot be written: %w", l.undo(err))
	}
	return l, nil
}

func (l *Lock) undo(err error) error {
	l.file.Unlock()
	return err
}

// holder names the process that has the lock.
func (l *Lock) holder() string {
	text, err := os.ReadFile(l.pid)
	if err != nil {
		return "a process"
	}
	return "process " + strings.TrimSpace(string(text))
}

// Release gives the folder back.
func (l *Lock) Release() error {
	os.Remove(l.pid)
	return l.file.Unlock()
}
