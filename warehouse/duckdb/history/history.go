package history

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/engine"
)

const (
	fileName = "history.jsonl"
	oldName  = "history.1.jsonl"
	// fileSize is where the file moves aside, in place of the one before it.
	fileSize = 64 << 20
	// ringSize is how many statements a warehouse in memory remembers.
	ringSize = 10_000
)

// A History remembers statements: in a file of JSON lines, or in a ring in
// memory. Several goroutines may use it at once.
type History struct {
	dir string // "" in memory

	mu   sync.Mutex
	file *os.File
	size int64
	ring []warehouse.Statement
	next int // where the ring's oldest is
}

// Open opens the history of a state folder, made if it is not there, or one in
// memory for "". The caller closes it.
func Open(dir string) (*History, error) {
	h := &History{dir: dir}
	if dir == "" {
		return h, nil
	}
	return h, h.openFile()
}

func (h *History) openFile() error {
	f, err := os.OpenFile(filepath.Join(h.dir, fileName), os.O_CREATE|os.O_RDWR|os.O_APPEND, 0o666)
	if err != nil {
		return fmt.Errorf("the query history cannot be written: %w", err)
	}
	info, err := f.Stat()
	if err != nil {
		f.Close()
		return fmt.Errorf("the query history cannot be written: %w", err)
	}
	h.file, h.size = f, info.Size()
	return h.endLine()
}

// endLine gives the line that a crash tore off its end, so that the next one
// stands alone.
func (h *History) endLine() error {
	if h.size == 0 {
		return nil
	}
	last := make([]byte, 1)
	if _, err := h.file.ReadAt(last, h.size-1); err != nil || last[0] == '\n' {
		return err
	}
	n, err := h.file.Write([]byte("\n"))
	h.size += int64(n)
	return err
}

// Add appends one statement, in one write. A closed history refuses it.
func (h *History) Add(st warehouse.Statement) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.dir == "" {
		h.keep(st)
		return nil
	}
	line, err := json.Marshal(st)
	if err != nil {
		return err
	}
	if h.file == nil {
		return os.ErrClosed
	}
	n, err := h.file.Write(append(line, '\n'))
	if h.size += int64(n); h.size >= fileSize && err == nil {
		err = h.rotate()
	}
	return err
}

func (h *History) keep(st warehouse.Statement) {
	if len(h.ring) < ringSize {
		h.ring = append(h.ring, st)
		return
	}
	h.ring[h.next] = st
	h.next = (h.next + 1) % ringSize
}

func (h *History) rotate() error {
	h.file.Close()
	h.file = nil
	if err := os.Rename(filepath.Join(h.dir, fileName), filepath.Join(h.dir, oldName)); err != nil {
		return err
	}
	return h.openFile()
}

// Close closes the file. What is in it can still be read; closing twice is
// harmless.
func (h *History) Close() error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.file == nil {
		return nil
	}
	f := h.file
	h.file = nil
	return f.Close()
}

// Read yields what filter lets through, the newest first, until an error or the
// end of ctx.
func (h *History) Read(ctx context.Context, filter warehouse.HistoryFilter) iter.Seq2[warehouse.Statement, error] {
	return func(yield func(warehouse.Statement, error) bool) {
		n := 0
		for st, err := range h.newest() {
			if ctx.Err() != nil {
				err = engine.Ended(ctx)
			}
			if err != nil {
				yield(warehouse.Statement{}, err)
				return
			}
			if !filter.Since.IsZero() && st.Start.Before(filter.Since) || !strings.Contains(st.Tag, filter.Tag) {
				continue
			}
			if n++; !yield(st, nil) || n == filter.Limit {
				return
			}
		}
	}
}

// newest yields every statement, the newest first.
func (h *History) newest() iter.Seq2[warehouse.Statement, error] {
	return func(yield func(warehouse.Statement, error) bool) {
		h.mu.Lock()
		ring := append(h.ring[h.next:len(h.ring):len(h.ring)], h.ring[:h.next]...)
		h.mu.Unlock()
		for i := len(ring) - 1; i >= 0; i-- {
			if !yield(ring[i], nil) {
				return
			}
		}
		if h.dir == "" {
			return
		}
		for _, name := range []string{fileName, oldName} {
			for st, err := range backwards(filepath.Join(h.dir, name)) {
				if !yield(st, err) || err != nil {
					return
				}
			}
		}
	}
}
