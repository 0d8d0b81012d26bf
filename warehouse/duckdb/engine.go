package duckdb

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	bindings "github.com/duckdb/duckdb-go-bindings"
	"github.com/duckdb/duckdb-go/v2/mapping"
)

// engine is one DuckDB instance. The driver's database/sql face hands out
// single values; this one, over the driver's own mapping of DuckDB's C API,
// hands out vectors, streams results and tells errors apart by type.
type engine struct {
	db mapping.Database
}

// openEngine starts an instance without a file of its own.
func openEngine(settings [][2]string) (*engine, error) {
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
	var e engine
	var msg string
	if mapping.OpenExt("", &e.db, config, &msg) == mapping.StateError {
		return nil, parseEngineError(msg)
	}
	return &e, nil
}

func (e *engine) close() { mapping.Close(&e.db) }

func (e *engine) connect() (*conn, error) {
	var c conn
	if mapping.Connect(e.db, &c.c) == mapping.StateError {
		return nil, errors.New("DuckDB gave no connection")
	}
	return &c, nil
}

// conn is one connection to the instance, for one goroutine at a time.
type conn struct {
	c mapping.Connection
}

func (c *conn) close() { mapping.Disconnect(&c.c) }

// exec runs SQL of DuckDB's dialect whose rows nobody needs.
func (c *conn) exec(ctx context.Context, sql string) error {
	cur, err := c.run(ctx, sql, nil)
	if err != nil {
		return err
	}
	cur.close()
	return nil
}

// commit ends a transaction, unless ctx has ended. Once begun it is not
// interrupted: its error says that nothing was done.
func (c *conn) commit(ctx context.Context) error {
	if ctx.Err() != nil {
		return ended(ctx)
	}
	return c.exec(context.WithoutCancel(ctx), "commit")
}

// run starts one statement of DuckDB's dialect. The caller closes the cursor.
func (c *conn) run(ctx context.Context, sql string, args []any) (*cursor, error) {
	cur, err := c.prepare(ctx, sql)
	if err != nil {
		return nil, err
	}
	if err := cur.start(ctx, args); err != nil {
		cur.close()
		return nil, err
	}
	return cur, nil
}

func (c *conn) prepare(ctx context.Context, sql string) (*cursor, error) {
	if ctx.Err() != nil {
		return nil, ended(ctx)
	}
	cur := &cursor{conn: c}
	stop := c.interruptAt(ctx)
	state := mapping.Prepare(c.c, sql, &cur.stmt)
	stop()
	if state == mapping.StateError {
		err := parseEngineError(mapping.PrepareError(cur.stmt))
		cur.close()
		return nil, orCanceled(ctx, err)
	}
	return cur, nil
}

// interruptAt interrupts what runs on c when ctx ends, until stop is called.
// DuckDB forgets an interrupt that comes between two steps, hence the repeats.
func (c *conn) interruptAt(ctx context.Context) (stop func()) {
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

// cursor is one statement and the chunks of its result.
type cursor struct {
	conn    *conn
	stmt    mapping.PreparedStatement
	pending mapping.PendingResult
	res     mapping.Result
	started bool
	atEnd   bool
}

// statementType is DuckDB's own idea of what the statement does.
func (cur *cursor) statementType() mapping.StatementType {
	return mapping.PreparedStatementType(cur.stmt)
}

// start binds args and runs the statement up to its first rows.
func (cur *cursor) start(ctx context.Context, args []any) error {
	if err := cur.bind(args); err != nil {
		return err
	}
	stop := cur.conn.interruptAt(ctx)
	defer stop()
	// The streaming form is the only one that does not collect the whole
	// result first; the C API calls it deprecated and offers no other.
	if bindings.PendingPreparedStreaming(cur.stmt, &cur.pending) == mapping.StateError {
		return orCanceled(ctx, parseEngineError(mapping.PendingError(cur.pending)))
	}
	state := mapping.ExecutePending(cur.pending, &cur.res)
	cur.started = true
	if state == mapping.StateError {
		return orCanceled(ctx, executing(parseEngineError(mapping.ResultError(&cur.res))))
	}
	return nil
}

// fetch is the next chunk, which the caller destroys, or one without rows
// at the end.
func (cur *cursor) fetch() (chunk mapping.DataChunk, rows int, err error) {
	if cur.atEnd { // DuckDB takes it ill to be asked again
		return chunk, 0, nil
	}
	chunk = mapping.FetchChunk(cur.res)
	if chunk.Ptr != nil {
		rows = int(mapping.DataChunkGetSize(chunk))
	} else if msg := mapping.ResultError(&cur.res); msg != "" {
		err = executing(parseEngineError(msg))
	}
	cur.atEnd = rows == 0
	return chunk, rows, err
}

func (cur *cursor) close() {
	if cur.started {
		mapping.DestroyResult(&cur.res)
	}
	mapping.DestroyPending(&cur.pending)
	mapping.DestroyPrepare(&cur.stmt)
}

// engineError is what DuckDB says with errors_as_json on.
type engineError struct {
	Type     string      `json:"exception_type"`
	Message  string      `json:"exception_message"`
	Subtype  string      `json:"error_subtype"`
	Object   string      `json:"type"` // of a catalog entry: Table, View, Scalar Function, ...
	Name     string      `json:"name"` // of what is missing or in the way
	Position json.Number `json:"position"`

	parsing   bool // it came while the text was read
	executing bool // it came while the statement ran, not while it was bound
}

func (e *engineError) Error() string {
	if e.Type == "" {
		return e.Message
	}
	return e.Type + " Error: " + e.Message
}

// parseEngineError reads DuckDB's JSON, which may stand behind a prefix such
// as "Parser Error: ". A few errors have none, and no type then.
func parseEngineError(msg string) *engineError {
	var e engineError
	if i := strings.IndexByte(msg, '{'); i >= 0 {
		if json.Unmarshal([]byte(msg[i:]), &e) == nil && e.Type != "" {
			e.parsing = i > 0
			return &e
		}
	}
	return &engineError{Message: msg}
}

func executing(e *engineError) *engineError {
	e.executing = true
	return e
}

// orCanceled is err, or what ended ctx where that is why DuckDB stopped.
func orCanceled(ctx context.Context, err error) error {
	var e *engineError
	if ctx.Err() != nil && errors.As(err, &e) && (e.Type == typeInterrupt || e.Type == "") {
		return ended(ctx)
	}
	return err
}

// ended is why ctx ended, as an error that wraps ctx.Err().
func ended(ctx context.Context) error {
	if cause := context.Cause(ctx); cause != ctx.Err() {
		return fmt.Errorf("%w: %w", ctx.Err(), cause)
	}
	return ctx.Err()
}

// texts reads a result of VARCHAR columns whole, and closes the cursor. Nulls
// are "".
func (cur *cursor) texts() (rows [][]string, err error) {
	defer cur.close()
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
				if valid((*uint64)(mapping.VectorGetValidity(vec)), i) {
					row[c] = string(stringAt(mapping.VectorGetData(vec), i))
				}
			}
			rows = append(rows, row)
		}
		mapping.DestroyDataChunk(&chunk)
	}
}
