package duckdb

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/google/uuid"

	"github.com/snowpit-dev/snowpit/stage"
	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/fileformat"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/types"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/catalog"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/ducksql"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/engine"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/resultcache"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/routine"
)

var errClosed = errors.New("the session or its warehouse is closed")

func errOpenResult() error {
	return &warehouse.Error{Code: 2, State: "0A000",
		Message: "the session's previous result is still open; close it before the next statement"}
}

// session is one connection with the place it stands in.
type session struct {
	w    *Warehouse
	id   string
	stop context.CancelFunc // ends what runs
	life context.Context    // ends with the session

	mu        sync.Mutex // held by whoever uses conn
	conn      *engine.Conn
	database  string
	schema    string
	role      string // what it was told to have: nothing depends on it
	compute   string // likewise, the virtual warehouse
	user      string // likewise, who has logged in
	client    string // likewise, the program that has
	wide      bool   // whole numbers are computed in 128 bits
	fine      bool   // times are made with nine digits of a second
	loose     bool   // tables have the columns that DuckDB gives them
	inTx      bool
	composing bool        // the transaction is that of one statement, which several definitions make up
	tx        transaction // while inTx
	running   *record     // the statement that is being run up to its first rows, or nil
	open      *rowReader  // the result that is still being read, or nil
	closed    bool

	shown         atomic.Pointer[openTransaction] // nil while none is open; read by others
	lastTx        string                          // the id of the last transaction
	keeper        *engine.Conn                    // has the rows of the transaction's steps; nil until one does
	variableTimes map[string]time.Time            // when they were set
	results       resultcache.Cache
	declarations  declarations

	temps map[catalog.Name]bool // the temporary tables and views, by their full names

	functions  routine.Set // temporary ones
	procedures routine.Set // likewise
	calls      int         // how deep procedures call procedures
	owned      bool        // the one that runs has its owner\'s rights

	parameters map[string]string                                          // those that were set
	variables  map[string]ast.Expr                                        // by name, as literals
	translator func(sql string, binds []types.Type) (*translation, error) // into DuckDB's dialect

	tempStages  []stage.Name // dropped with the session
	tempAbout   map[stage.Name]*aboutStage
	tempFormats map[stage.Name]*fileformat.Format
	tempLoads   map[string][]tempLoad // by temporary table
	loads       []pastLoad            // the session's own, the last at the end
	after       []func()              // frees what the statement took, once its rows are read
}

var (
	_ warehouse.Session = (*session)(nil)
	_ warehouse.Loader  = (*session)(nil)
)

// newSession is a session on a connection of its own, which start brings to its
// place.
func (w *Warehouse) newSession(ctx context.Context, id string, start func(*session) error) (*session, error) {
	c, err := w.engine.Connect()
	if err != nil {
		return nil, err
	}
	s := &session{w: w, id: cmp.Or(id, newID()), conn: c}
	s.translator = s.translate
	s.life, s.stop = context.WithCancel(context.Background())
	// What DuckDB computes ahead of the reader; the default of 1 MB starves a
	// reader of batches.
	err = c.Exec(ctx, "set session streaming_buffer_size = '16MB'")
	if err == nil {
		err = start(s)
	}
	if err != nil {
		c.Close()
		return nil, err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closed {
		c.Close()
		return nil, errClosed
	}
	w.sessions[s] = struct{}{}
	return s, nil
}

// start makes a fresh connection's place and brings it there.
func (s *session) start(ctx context.Context, database, schema string) error {
	if err := s.w.ensureDatabase(ctx, database); err != nil {
		return err
	}
	if err := s.createSchema(ctx, database, schema); err != nil {
		return err
	}
	return s.use(ctx, database, schema)
}

// startAt brings a fresh connection to a place as far as that is there.
func (s *session) startAt(ctx context.Context, database, schema string) error {
	if !s.w.hasDatabase(database) || catalog.Hidden(database) {
		return s.conn.Exec(ctx, "use memory.main")
	}
	err := s.goTo(ctx, database, schema)
	if errors.Is(err, warehouse.ErrNotExist) {
		s.database = database
		return s.conn.Exec(ctx, "use "+ducksql.Name(database)+".main")
	}
	return err
}

// goTo is use of a schema that may not be there.
func (s *session) goTo(ctx context.Context, database, schema string) error {
	if schema != catalog.ShownInformationSchema || !s.w.hasDatabase(database) {
		if err := s.checkSchema(ctx, database, schema); err != nil {
			return err
		}
	}
	return s.use(ctx, database, schema)
}

func newID() string { return uuid.Must(uuid.NewV7()).String() }

func (s *session) createSchema(ctx context.Context, database, schema string) error {
	if schema == catalog.ShownInformationSchema { // every database has one
		return nil
	}
	if err := takenSchema(schema); err != nil {
		return err
	}
	return s.retry(ctx, func() error {
		return s.conn.Exec(ctx, "create schema if not exists "+ducksql.Name(database)+"."+ducksql.Name(schema))
	})
}

// use makes database.schema the place where unqualified names are looked up.
func (s *session) use(ctx context.Context, database, schema string) error {
	kept := schema
	if schema == catalog.ShownInformationSchema {
		kept = catalog.InformationSchema
	}
	if err := s.conn.Exec(ctx, "use "+ducksql.Name(database)+"."+ducksql.Name(kept)); err != nil {
		return err
	}
	s.database, s.schema = database, schema
	return nil
}

// retry runs one autocommitted change again while it loses against another
// session's, which DuckDB tells at once where Snowflake would wait.
func (s *session) retry(ctx context.Context, change func() error) error {
	pause := time.Millisecond
	for {
		err := change()
		var e *engine.Error
		if s.inTx || !errors.As(err, &e) || e.Type != engine.TypeTransaction || pause > 2*time.Second {
			return err
		}
		select {
		case <-time.After(pause):
			pause *= 2
		case <-ctx.Done():
			return engine.Ended(ctx)
		}
	}
}

// Query runs one statement.
func (s *session) Query(ctx context.Context, sql string, args ...any) (*warehouse.Result, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil, errClosed
	}
	return s.query(ctx, sql, args)
}

// query runs one statement, which may be one of a procedure that runs, or a
// chain of them.
func (s *session) query(ctx context.Context, sql string, args []any) (*warehouse.Result, error) {
	if c := chainOf(sql); c != nil {
		return s.chain(ctx, c, args)
	}
	return s.one(ctx, s.record(ctx, sql), sql, args)
}

// one runs the statement of a record.
func (s *session) one(ctx context.Context, rec *record, sql string, args []any) (*warehouse.Result, error) {
	ctx, stop := s.bounded(ctx)
	ctx, stop = s.timed(ctx, stop)
	rec.binds = engine.TypesOf(args)
	outer := s.running
	s.running = rec
	defer func() { s.running = outer }()
	defer s.results.Note(rec.statement.QueryID)
	res, err := s.fineEnough(ctx, rec, func() (*warehouse.Result, error) {
		return s.roomy(ctx, rec, func() (*warehouse.Result, error) {
			if err := s.override(ctx); err != nil {
				return nil, err
			}
			return s.dispatch(ctx, rec, sql, args)
		})
	})
	if err != nil {
		s.runAfter()
		s.failed(ctx)
		err = s.refused(ctx, rec, err)
		stop()
		return nil, err
	}
	if r, ok := res.Reader().(*rowReader); ok {
		r.ended = func(err error) {
			if err != nil {
				s.failed(ctx)
			}
			rec.finish(ctx, r.rows, err)
			stop()
		}
		s.open = r
		return res, nil
	}
	s.runAfter()
	if tables := s.altering(rec.tree); isChange(rec.tree) {
		s.changed(tables...)
	} else {
		s.w.altered.note(tables...)
	}
	rec.finish(ctx, max(rec.statement.Rows, res.Affected), nil)
	stop()
	return res, nil
}

// runAfter frees what the statement took.
func (s *session) runAfter() {
	for _, f := range s.after {
		f()
	}
	s.after = nil
}

// bounded is ctx, ending when the session does.
func (s *session) bounded(ctx context.Context) (context.Context, func()) {
	ctx, cancel := context.WithCancelCause(ctx)
	detach := context.AfterFunc(s.life, func() { cancel(errClosed) })
	return ctx, func() { detach(); cancel(nil) }
}

// refused is err as the caller gets it, put on record.
func (s *session) refused(ctx context.Context, rec *record, err error) error {
	err = s.explained(ctx, rec, err)
	rec.finish(ctx, 0, err)
	return err
}

// explained is err as the caller gets it.
func (s *session) explained(ctx context.Context, rec *record, err error) error {
	err = s.missingPlace(ctx, rec, rec.translation.refusal(err))
	var e *warehouse.Error
	if cause := context.Cause(ctx); ctx.Err() != nil && errors.As(cause, &e) {
		again := *e // that the time is up
		err = &again
	}
	if errors.As(err, &e) {
		e.QueryID = rec.statement.QueryID
		if rec.statement.Kind == "DROP" && e.Kind == warehouse.ErrExist {
			// The name is there, but it is not what the statement says.
			e.Code, e.State, e.Kind = 2203, "02000", nil
		}
	}
	return err
}

// runSQL runs a translated statement on DuckDB.
func (s *session) runSQL(ctx context.Context, rec *record, t *translation, args []any) (*warehouse.Result, error) {
	var cur *engine.Cursor
	err := s.retry(ctx, func() (err error) {
		if cur, err = s.conn.Prepare(ctx, t.text); err != nil {
			return err
		}
		if err = s.startAllowed(ctx, cur, args); err != nil {
			cur.Close()
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return s.result(ctx, rec, cur)
}

// Close ends the session.
func (s *session) Close() error {
	s.stop()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil
	}
	s.closed = true
	if s.open != nil {
		s.open.finish(errClosed)
	}
	s.conn.Close()
	s.w.saveAlterations(context.Background())
	s.w.locks.Release(s)
	s.shown.Store(nil)
	s.results.Close()
	if s.keeper != nil {
		s.keeper.Close()
	}
	for _, name := range s.tempStages {
		// It may be gone already, or have been replaced by none.
		if err := s.w.config.Stages.Drop(context.Background(), name); err != nil && !errors.Is(err, stage.ErrNotExist) {
			s.w.log.Warn("a temporary stage is left", "stage", name.String(), "error", err)
		}
	}
	s.w.mu.Lock()
	delete(s.w.sessions, s)
	s.w.mu.Unlock()
	return nil
}

// stageName completes a stage's name with the session's place.
func (s *session) stageName() stage.Name {
	return stage.Name{Database: s.database, Schema: s.schema}
}

func (s *session) String() string {
	return fmt.Sprintf("session %s in %s.%s", s.id, s.database, s.schema)
}

// resolve completes a table's name, written as in SQL, with the session's place.
func (s *session) resolve(table string) (catalog.Name, error) {
	loc, err := stage.ParseLocation("@"+table, s.stageName())
	if err != nil || loc.Path != "" {
		return catalog.Name{}, &warehouse.Error{Code: 1003, State: "42000", Kind: warehouse.ErrSyntax, Err: err,
			Message: fmt.Sprintf("SQL compilation error:\n'%s' is not a table's name", table)}
	}
	full := catalog.NameOf(loc.Database, loc.Schema, loc.Stage)
	if full.Database == "" || full.Schema == "" {
		return full, errNoDatabase()
	}
	if s.temps[full] {
		full = full.Temporary()
	}
	return full, nil
}

// newTarget is where a statement makes what it names, which no temporary table
// is in the way of.
func (s *session) newTarget(n *ast.Name) (catalog.Name, error) {
	full, err := s.resolveName(n)
	return full.Permanent(), err
}
