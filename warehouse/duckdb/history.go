package duckdb

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/redact"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/types"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/engine"
)

const (
	historyFile = "history.jsonl"
	historyOld  = "history.1.jsonl"
	// historySize is where the file moves aside, in place of the one before it.
	historySize = 64 << 20
	// historyRing is how many statements a warehouse in memory remembers.
	historyRing = 10_000
)

// record is a statement on its way into the history.
type record struct {
	s           *session
	statement   warehouse.Statement
	tree        ast.Statement // nil until it is read
	binds       []types.Type  // of the values bound
	settled     bool          // whether the tree says more than the text
	translation *translation  // nil unless DuckDB gets one
	filled      int64         // rows of the table that a query made
}

// record begins a statement's entry.
func (s *session) record(ctx context.Context, sql string) *record {
	tag := warehouse.QueryTag(ctx)
	if tag == "" {
		tag = s.parameter("QUERY_TAG")
	}
	id := warehouse.QueryID(ctx)
	if id == "" {
		id = newID()
	}
	return &record{s: s, statement: warehouse.Statement{
		QueryID:   id,
		SessionID: s.id,
		Text:      sql,
		Tag:       tag,
		Database:  s.database,
		Schema:    s.schema,
		Start:     time.Now(),
	}}
}

// translated notes what runs for the statement.
func (rec *record) translated(t *translation) {
	rec.translation = t
	if t.text != t.original {
		rec.statement.Translated = t.text
	}
}

// finish puts the statement into the history.
func (rec *record) finish(ctx context.Context, rows int64, err error) {
	st := &rec.statement
	st.Duration = time.Since(st.Start)
	st.Rows, st.Status = rows, warehouse.Success
	var refused *warehouse.Error
	switch {
	case err == nil:
	case ctx.Err() != nil && errors.Is(err, ctx.Err()):
		st.Status, st.Message = warehouse.Canceled, err.Error()
	case errors.As(err, &refused):
		st.Status, st.Code, st.Message = warehouse.Failed, refused.Code, redact.SQL(refused.Error())
	default:
		st.Status, st.Message = warehouse.Failed, redact.SQL(err.Error())
	}
	st.Text, st.Translated = redact.SQL(st.Text), redact.SQL(st.Translated)
	if err := rec.s.w.history.add(*st); err != nil {
		rec.s.w.log.Warn("a statement is missing from the query history", "query_id", st.QueryID, "error", err)
	}
}

// history remembers statements: in a file of JSON lines, or in a ring in memory.
type history struct {
	dir string // "" in memory

	mu   sync.Mutex
	file *os.File
	size int64
	ring []warehouse.Statement
	next int // where the ring's oldest is
}

func openHistory(dir string) (*history, error) {
	h := &history{dir: dir}
	if dir == "" {
		return h, nil
	}
	return h, h.openFile()
}

func (h *history) openFile() error {
	f, err := os.OpenFile(filepath.Join(h.dir, historyFile), os.O_CREATE|os.O_RDWR|os.O_APPEND, 0o666)
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
func (h *history) endLine() error {
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

// add appends one statement, in one write.
func (h *history) add(st warehouse.Statement) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.dir == "" {
		h.remember(st)
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
	if h.size += int64(n); h.size >= historySize && err == nil {
		err = h.rotate()
	}
	return err
}

func (h *history) remember(st warehouse.Statement) {
	if len(h.ring) < historyRing {
		h.ring = append(h.ring, st)
		return
	}
	h.ring[h.next] = st
	h.next = (h.next + 1) % historyRing
}

func (h *history) rotate() error {
	h.file.Close()
	h.file = nil
	if err := os.Rename(filepath.Join(h.dir, historyFile), filepath.Join(h.dir, historyOld)); err != nil {
		return err
	}
	return h.openFile()
}

func (h *history) close() error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.file == nil {
		return nil
	}
	f := h.file
	h.file = nil
	return f.Close()
}

// read yields what filter lets through, the newest first.
func (h *history) read(ctx context.Context, filter warehouse.HistoryFilter) iter.Seq2[warehouse.Statement, error] {
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
func (h *history) newest() iter.Seq2[warehouse.Statement, error] {
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
		for _, name := range []string{historyFile, historyOld} {
			for st, err := range backwards(filepath.Join(h.dir, name)) {
				if !yield(st, err) || err != nil {
					return
				}
			}
		}
	}
}
