package warehousetest

import (
	"context"
	"iter"
	"sync"

	"github.com/apache/arrow-go/v18/arrow/array"

	"github.com/snowpit-dev/snowpit/warehouse"
)

type loadFunc func(ctx context.Context, table string, mode warehouse.LoadMode, columns []warehouse.Column, rows array.RecordReader) (int64, error)

// wrapped is a warehouse with a fault in it. A nil hook is no fault.
type wrapped struct {
	warehouse.Warehouse
	historian warehouse.Historian

	open    func(ctx context.Context, opts warehouse.SessionOptions) (warehouse.Session, error)
	query   func(ctx context.Context, s warehouse.Session, sql string, args []any) (*warehouse.Result, error)
	load    func(ctx context.Context, s warehouse.Session, next loadFunc, table string, mode warehouse.LoadMode, columns []warehouse.Column, rows array.RecordReader) (int64, error)
	tell    func(ctx context.Context, s warehouse.Session, sql string) (warehouse.Description, error)
	show    func(ctx context.Context, s warehouse.Session, sql string) (string, error)
	place   func(database, schema string) (string, string)
	history func(warehouse.HistoryFilter, iter.Seq2[warehouse.Statement, error]) iter.Seq2[warehouse.Statement, error]
	shut    func(next func() error) error // closing a session
	close   func(next func() error) error

	mu   sync.Mutex
	last warehouse.Session // the session opened last
}

func (w *wrapped) Open(ctx context.Context, opts warehouse.SessionOptions) (warehouse.Session, error) {
	open := w.Warehouse.Open
	if w.open != nil {
		open = w.open
	}
	s, err := open(ctx, opts)
	if err != nil {
		return nil, err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.last = s
	return &wrappedSession{Session: s, w: w}, nil
}

func (w *wrapped) History(ctx context.Context, filter warehouse.HistoryFilter) iter.Seq2[warehouse.Statement, error] {
	if w.history != nil {
		return w.history(filter, w.historian.History(ctx, warehouse.HistoryFilter{}))
	}
	return w.historian.History(ctx, filter)
}

func (w *wrapped) Close() error {
	if w.close != nil {
		return w.close(w.Warehouse.Close)
	}
	return w.Warehouse.Close()
}

type wrappedSession struct {
	warehouse.Session
	w *wrapped
}

func (s *wrappedSession) Query(ctx context.Context, sql string, args ...any) (*warehouse.Result, error) {
	if s.w.query != nil {
		return s.w.query(ctx, s.Session, sql, args)
	}
	return s.Session.Query(ctx, sql, args...)
}

func (s *wrappedSession) Load(ctx context.Context, table string, mode warehouse.LoadMode, columns []warehouse.Column, rows array.RecordReader) (int64, error) {
	next := s.Session.(warehouse.Loader).Load
	if s.w.load != nil {
		return s.w.load(ctx, s.Session, next, table, mode, columns, rows)
	}
	return next(ctx, table, mode, columns, rows)
}

func (s *wrappedSession) Describe(ctx context.Context, sql string) (warehouse.Description, error) {
	if s.w.tell != nil {
		return s.w.tell(ctx, s.Session, sql)
	}
	return warehouse.Describe(ctx, s.Session, sql)
}

func (s *wrappedSession) Translate(ctx context.Context, sql string) (string, error) {
	if s.w.show != nil {
		return s.w.show(ctx, s.Session, sql)
	}
	return warehouse.Translate(ctx, s.Session, sql)
}

func (s *wrappedSession) Location() (database, schema string) {
	database, schema = warehouse.Location(s.Session)
	if s.w.place != nil {
		return s.w.place(database, schema)
	}
	return database, schema
}

func (s *wrappedSession) Close() error {
	if s.w.shut != nil {
		return s.w.shut(s.Session.Close)
	}
	return s.Session.Close()
}
