package duckdb

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"

	"github.com/snowpit-dev/snowpit/stage"
	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/account"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/catalog"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/engine"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/history"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/routine"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/statelock"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/tablelock"
)

// DefaultDatabase is where a session starts whose options name none.
const DefaultDatabase = "SNOWPIT"

// Config says what to open. The zero value is an empty warehouse in memory,
// without stages and without access to local files.
type Config struct {
	Dir         string       // the state folder, created if missing; "" for memory
	Stages      stage.Volume // what stage statements work on; nil refuses them
	LocalFiles  bool         // whether PUT and GET may use any file of this process's user
	Threads     int          // DuckDB's worker threads; 0 for one a core
	MemoryLimit string       // such as "4GB"; "" for DuckDB's own, 80 % of the memory
	Logger      *slog.Logger // nil for none
}

// A Warehouse is an open local warehouse. It is a [warehouse.Warehouse] and a
// [warehouse.Historian]; several goroutines may use it at once.
type Warehouse struct {
	config      Config
	log         *slog.Logger
	engine      *engine.Engine
	lock        *statelock.Lock // nil in memory
	scratch     string          // where DuckDB may spill
	history     *history.History
	commits     atomic.Uint64 // of changes, by all sessions
	definitions definitions   // by all sessions; see declared.go
	narrow      atomic.Bool   // some column has a narrow type; see assign.go
	filled      atomic.Bool   // some column is NOT NULL; see columntypes.go
	cased       atomic.Bool   // some object's name is not in upper case; see tablenames.go

	locks      tablelock.Locks
	functions  routine.Set // that users made
	procedures routine.Set // likewise
	account    *account.Account
	altered    *alterations
	hybrid     sync.Map // whether a database has hybrid tables, by its name, as far as anybody has asked

	mu        sync.Mutex
	admin     *engine.Conn      // for attaching; guarded by mu
	databases map[string]string // attached, by their names in upper case
	sessions  map[*session]struct{}
	closed    bool
}

var (
	_ warehouse.Warehouse = (*Warehouse)(nil)
	_ warehouse.Historian = (*Warehouse)(nil)
)

// Open opens the local warehouse that config describes, creating it if it is
// not there. The caller closes it. A state folder that another process has
// open is an error wrapping [warehouse.ErrLocked].
func Open(ctx context.Context, config Config) (*Warehouse, error) {
	w := &Warehouse{
		config:    config,
		log:       config.Logger,
		databases: map[string]string{},
		sessions:  map[*session]struct{}{},
		altered:   newAlterations(),
	}
	if w.log == nil {
		w.log = slog.New(slog.DiscardHandler)
	}
	err := w.open(ctx)
	if err == nil && config.Dir != "" {
		err = w.migrate(ctx)
	}
	if err != nil {
		where := "in memory"
		if config.Dir != "" {
			where = config.Dir
		}
		return nil, fmt.Errorf("opening the local warehouse %s: %w", where, errors.Join(err, w.release()))
	}
	return w, nil
}

func (w *Warehouse) open(ctx context.Context) (err error) {
	if err := w.openDir(); err != nil {
		return err
	}
	if w.history, err = history.Open(w.config.Dir); err != nil {
		return err
	}
	if w.account, err = account.Open(w.config.Dir); err != nil {
		return err
	}
	if w.engine, err = engine.Open(w.settings()); err != nil {
		return err
	}
	if w.admin, err = w.engine.Connect(); err != nil {
		return err
	}
	return w.prepareEngine(ctx)
}

// openDir makes the state folder and takes its lock.
func (w *Warehouse) openDir() (err error) {
	if w.config.Dir == "" {
		w.scratch, err = os.MkdirTemp("", "snowpit-")
		return err
	}
	if err := os.MkdirAll(w.databaseDir(), 0o777); err != nil {
		return fmt.Errorf("the folder for its state cannot be made: %w", err)
	}
	if w.lock, err = statelock.Take(w.config.Dir); err != nil {
		return err
	}
	w.scratch = filepath.Join(w.config.Dir, "tmp")
	return nil
}

// Open starts a session. Its database and schema are created if they are not
// there, unless opts wants existing ones; Role and Warehouse are what CURRENT_ROLE and CURRENT_WAREHOUSE say, and
// mean nothing else here.
func (w *Warehouse) Open(ctx context.Context, opts warehouse.SessionOptions) (warehouse.Session, error) {
	database, schema := warehouse.FoldIdent(opts.Database), warehouse.FoldIdent(opts.Schema)
	if database == "" && !opts.Existing {
		database = DefaultDatabase
	}
	if schema == "" {
		schema = catalog.DefaultSchema
	}
	s, err := w.newSession(ctx, opts.ID, func(s *session) error {
		if opts.Existing {
			return s.startAt(ctx, database, schema)
		}
		return s.start(ctx, database, schema)
	})
	if err != nil {
		return nil, fmt.Errorf("session in %s.%s: %w", database, schema, err)
	}
	s.role, s.compute = warehouse.FoldIdent(opts.Role), warehouse.FoldIdent(opts.Warehouse)
	s.user, s.client = cmp.Or(opts.User, "SNOWPIT"), cmp.Or(opts.Client, "Snowpit")
	return s, nil
}

// History yields the statements of every session, the newest first, with those
// of earlier processes on the same state folder.
func (w *Warehouse) History(ctx context.Context, filter warehouse.HistoryFilter) iter.Seq2[warehouse.Statement, error] {
	return w.history.Read(ctx, filter)
}

// Close ends every session, canceling what still runs, and releases the state
// folder. Closing twice is harmless.
func (w *Warehouse) Close() error {
	w.mu.Lock()
	if w.closed {
		w.mu.Unlock()
		return nil
	}
	w.closed = true
	var open []*session
	for s := range w.sessions {
		open = append(open, s)
	}
	w.mu.Unlock()
	for _, s := range open {
		s.Close()
	}
	return w.release()
}

// release frees whatever open got hold of.
func (w *Warehouse) release() error {
	if w.admin != nil {
		w.admin.Close()
	}
	if w.engine != nil {
		w.engine.Close()
	}
	var errs []error
	if w.history != nil {
		errs = append(errs, w.history.Close())
	}
	if w.scratch != "" {
		errs = append(errs, os.RemoveAll(w.scratch))
	}
	if w.lock != nil {
		errs = append(errs, w.lock.Release())
	}
	return errors.Join(errs...)
}
