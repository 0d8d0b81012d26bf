package engine

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"time"

	bindings "github.com/duckdb/duckdb-go-bindings"
	"github.com/duckdb/duckdb-go/v2/mapping"
)

// Engine is one DuckDB instance. Its connections may be used at once.
type Engine struct {
	db      mapping.Database
	running Running
}

// Open starts an instance without a file of its own.
func Open(settings [][2]string) (*Engine, error) {
	var config mapping.Config
	if mapping.CreateConfig(&config) == mapping.StateError {
		return nil, errors.New("DuckDB has no configuration")
	}
	defer mapping.DestroyConfig(&config)
	for _, s := range settings {
		if mapping.SetConfig(config, s[0], s[1]) == mapping.StateError {
			return nil, fmt.Errorf("DuckDB setting %s does not take %q", s[0], s[1])
		}
	}
	var e Engine
	var msg string
	if mapping.OpenExt("", &e.db, config, &msg) == mapping.StateError {
		return nil, parseError(msg)
	}
	return &e, nil
}

// Close ends the instance. Its connections are closed before.
func (e *Engine) Close() { mapping.Close(&e.db) }

// Connect opens a connection, which the caller closes.
func (e *Engine) Connect() (*Conn, error) {
	c := &Conn{running: &e.running}
	if mapping.Connect(e.db, &c.c) == mapping.StateError {
		return nil, errors.New("DuckDB gave no connection")
	}
	return c, nil
}

// Conn is one connection to the instance, for one goroutine at a time.
type Conn struct {
	c       mapping.Connection
	running *Running
	stopped atomic.Bool // something of ours was interrupted, and its error is to come
}

// Raw is the driver's own handle, for what registers functions by it.
func (c *Conn) Raw() mapping.Connection { return c.c }

// Close ends the connection, and the temporary tables that it has.
func (c *Conn) Close() { mapping.Disconnect(&c.c) }

// Exec runs SQL of DuckDB's dialect whose rows nobody needs.
func (c *Conn) Exec(ctx context.Context, sql string) error {
	cur, err := c.Run(ctx, sql, nil)
	if err != nil {
		return err
	}
	cur.Close()
	return nil
}

// Commit ends a transaction, unless ctx has ended. Once begun it is not
// interrupted: its error says that nothing was done.
func (c *Conn) Commit(ctx context.Context) error {
	if ctx.Err() != nil {
		return Ended(ctx)
	}
	return c.Exec(context.WithoutCancel(ctx), "commit")
}

// Run starts one statement of DuckDB's dialect. The caller closes the cursor.
func (c *Conn) Run(ctx context.Context, sql string, args []any) (*Cursor, error) {
	cur, err := c.Prepare(ctx, sql)
	if err != nil {
		return nil, err
	}
	if err := cur.Start(ctx, args); err != nil {
		cur.Close()
		return nil, err
	}
	return cur, nil
}

// Texts runs a query whose columns are VARCHARs and reads it whole; a null is "".
func (c *Conn) Texts(ctx context.Context, sql string, args ...any) ([][]string, error) {
	cur, err := c.Run(ctx, sql, args)
	if err != nil {
		return nil, err
	}
	return cur.Texts()
}

// Prepare binds a statement to the catalog without running it. The caller closes
// the cursor.
func (c *Conn) Prepare(ctx context.Context, sql string) (*Cursor, error) {
	if ctx.Err() != nil {
		return nil, Ended(ctx)
	}
	cur := &Cursor{conn: c}
	stop := c.interruptAt(ctx)
	state := mapping.Prepare(c.c, sql, &cur.stmt)
	stop()
	if state == mapping.StateError {
		err := parseError(mapping.PrepareError(cur.stmt))
		cur.Close()
		return nil, orCanceled(ctx, err)
	}
	return cur, nil
}

// interruptAt interrupts what runs on c when ctx ends, until stop is called.
// DuckDB forgets an interrupt that comes between two steps, hence the repeats.
func (c *Conn) interruptAt(ctx context.Context) (stop func()) {
	if ctx.Done() == nil {
		return func() {}
	}
	quit, gone := make(chan struct{}), make(chan struct{})
	cancel := context.AfterFunc(ctx, func() {
		defer close(gone)
		tick := time.NewTicker(2 * time.Millisecond)
		defer tick.Stop()
		for {
			mapping.Interrupt(c.c)
			if c.running.interrupt(c.c, context.Cause(ctx)) {
				c.stopped.Store(true)
			}
			select {
			case <-quit:
				return
			case <-tick.C:
			}
		}
	})
	return func() {
		if !cancel() {
			close(quit)
			<-gone
		}
	}
}

// Cursor is one statement and the chunks of its result.
type Cursor struct {
	conn    *Conn
	stmt    mapping.PreparedStatement
	pending mapping.PendingResult
	res     mapping.Result
	started bool
	AtEnd   bool
}

// statementType is DuckDB's own idea of what the statement does.
func (cur *Cursor) statementType() mapping.StatementType {
	return mapping.PreparedStatementType(cur.stmt)
}

// Start binds args and runs the statement up to its first rows.
func (cur *Cursor) Start(ctx context.Context, args []any) error {
	if err := cur.bind(args); err != nil {
		return err
	}
	stop := cur.conn.interruptAt(ctx)
	defer stop()
	// The streaming form is the only one that does not collect the whole
	// result first; the C API calls it deprecated and offers no other.
	if bindings.PendingPreparedStreaming(cur.stmt, &cur.pending) == mapping.StateError {
		return orCanceled(ctx, parseError(mapping.PendingError(cur.pending)))
	}
	state := mapping.ExecutePending(cur.pending, &cur.res)
	cur.started = true
	if state == mapping.StateError {
		return cur.conn.orStopped(ctx, executing(parseError(mapping.ResultError(&cur.res))))
	}
	return nil
}

// fetch is the next chunk, which the caller destroys, or one without rows
// at the end.
func (cur *Cursor) fetch() (chunk mapping.DataChunk, rows int, err error) {
	if cur.AtEnd { // DuckDB takes it ill to be asked again
		return chunk, 0, nil
	}
	chunk = mapping.FetchChunk(cur.res)
	if chunk.Ptr != nil {
		rows = int(mapping.DataChunkGetSize(chunk))
	} else if msg := mapping.ResultError(&cur.res); msg != "" {
		err = executing(parseError(msg))
	}
	cur.AtEnd = rows == 0
	return chunk, rows, err
}

// Close ends the statement and frees its result.
func (cur *Cursor) Close() {
	if cur.started {
		mapping.DestroyResult(&cur.res)
	}
	mapping.DestroyPending(&cur.pending)
	mapping.DestroyPrepare(&cur.stmt)
}

// Error is what DuckDB says with errors_as_json on.
type Error struct {
	Type     string      `json:"exception_type"`
	Message  string      `json:"exception_message"`
	Subtype  string      `json:"error_subtype"`
	Object   string      `json:"type"` // of a catalog entry: Table, View, Scalar Function, ...
	Name     string      `json:"name"` // of what is missing or in the way
	Position json.Number `json:"position"`

	Parsing   bool // it came while the text was read
	Executing bool // it came while the statement ran, not while it was bound
}

func (e *Error) Error() string {
	if e.Type == "" {
		return e.Message
	}
	return e.Type + " Error: " + e.Message
}

// parseError reads DuckDB's JSON, which may stand behind a prefix such
// as "Parser Error: ". A few errors have none, and no type then.
func parseError(msg string) *Error {
	var e Error
	if i := strings.IndexByte(msg, '{'); i >= 0 {
		if json.Unmarshal([]byte(msg[i:]), &e) == nil && e.Type != "" {
			e.Parsing = i > 0
			return &e
		}
	}
	return &Error{Message: msg}
}

func executing(e *Error) *Error {
	e.Executing = true
	return e
}

// orCanceled is err, or what ended ctx where that is why DuckDB stopped.
func orCanceled(ctx context.Context, err error) error {
	var e *Error
	if ctx.Err() != nil && errors.As(err, &e) && (e.Type == TypeInterrupt || e.Type == "") {
		return Ended(ctx)
	}
	return err
}

// orStopped is orCanceled of what may have been an interrupted function of ours.
func (c *Conn) orStopped(ctx context.Context, err error) error {
	if err != nil && ctx.Err() != nil && c.stopped.Swap(false) {
		return Ended(ctx)
	}
	return orCanceled(ctx, err)
}

// Ended is why ctx ended, as an error that wraps ctx.Err().
func Ended(ctx context.Context) error {
	if cause := context.Cause(ctx); cause != ctx.Err() {
		return fmt.Errorf("%w: %w", ctx.Err(), cause)
	}
	return ctx.Err()
}

// Texts reads a result of VARCHAR columns whole, and closes the cursor. Nulls
// are "".
func (cur *Cursor) Texts() (rows [][]string, err error) {
	defer cur.Close()
	columns := int(mapping.ColumnCount(&cur.res))
	for {
		chunk, n, err := cur.fetch()
		if err != nil || n == 0 {
			mapping.DestroyDataChunk(&chunk)
			return rows, err
		}
		for i := range n {
			row := make([]string, columns)
			for c := range row {
				vec := mapping.DataChunkGetVector(chunk, mapping.IdxT(c))
				if Valid((*uint64)(mapping.VectorGetValidity(vec)), i) {
					row[c] = string(StringAt(mapping.VectorGetData(vec), i))
				}
			}
			rows = append(rows, row)
		}
		mapping.DestroyDataChunk(&chunk)
	}
}
