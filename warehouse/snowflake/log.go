package snowflake

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/snowpit-dev/snowpit/warehouse"
)

// remembered is how many statements a log holds.
const remembered = 10_000

// A log remembers the statements that this process ran, the newest so many.
type log struct {
	mu   sync.Mutex
	ring []*entry
	next int // where the oldest is, once the ring is full
}

// An entry is a statement on its way into the log.
type entry struct {
	warehouse.Statement
	aside bool // not to be remembered
}

// begin makes a statement's entry. It is the caller's until end.
func (l *log) begin(ctx context.Context, s *session, sql string) *entry {
	tag := warehouse.QueryTag(ctx)
	if tag == "" {
		tag = s.w.config.QueryTag
	}
	return &entry{Statement: warehouse.Statement{
		SessionID: s.id(), Text: s.w.secrets.hide(sql), Kind: kindOfStatement(sql), Tag: tag, Start: time.Now(),
	}}
}

// end notes how a statement went.
func (l *log) end(e *entry, rows int64, err error) {
	if e.aside {
		return
	}
	e.Duration, e.Rows, e.Status = time.Since(e.Start), rows, warehouse.Success
	var refused *warehouse.Error
	switch {
	case err == nil:
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		e.Status, e.Message = warehouse.Canceled, err.Error()
	case errors.As(err, &refused):
		e.Status, e.Code, e.Message = warehouse.Failed, refused.Code, refused.Error()
	default:
		e.Status, e.Message = warehouse.Failed, err.Error()
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.ring) < remembered {
		l.ring = append(l.ring, e)
		return
	}
	l.ring[l.next] = e
	l.next = (l.next + 1) % remembered
}

// newest are the statements remembered, the last to end first.
func (l *log) newest() []warehouse.Statement {
	l.mu.Lock()
	defer l.mu.Unlock()
	out := make([]warehouse.Statement, 0, len(l.ring))
	for i := range l.ring {
		out = append(out, l.ring[(l.next+i)%len(l.ring)].Statement)
	}
	slices.Reverse(out)
	return out
}
