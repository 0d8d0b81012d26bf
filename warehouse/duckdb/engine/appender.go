package engine

import (
	"context"
	"runtime"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/duckdb/duckdb-go/v2/mapping"
)

// Appender feeds Arrow batches to a table. Finish makes the last rows part of
// it, and Destroy, which must be called, frees it.
type Appender struct {
	conn    *Conn
	writers []*ColumnWriter
	app     mapping.Appender
	types   []mapping.LogicalType
	chunk   mapping.DataChunk
}

// Appender appends to a table whose columns have the writers' types.
func (c *Conn) Appender(database, schema, table string, writers []*ColumnWriter) (*Appender, error) {
	a := newAppender(c, writers)
	return a.opened(mapping.AppenderCreateExt(c.c, database, schema, table, &a.app))
}

// QueryAppender has a statement take the rows, which it reads from a table of
// that name with those columns.
func (c *Conn) QueryAppender(sql, rows string, columns []string, writers []*ColumnWriter) (*Appender, error) {
	a := newAppender(c, writers)
	return a.opened(mapping.AppenderCreateQuery(c.c, sql, a.types, rows, columns, &a.app))
}

func newAppender(c *Conn, writers []*ColumnWriter) *Appender {
	a := &Appender{conn: c, writers: writers}
	for _, w := range writers {
		a.types = append(a.types, logicalType(w.SQL))
	}
	return a
}

func (a *Appender) opened(state mapping.State) (*Appender, error) {
	if state == mapping.StateError {
		err := a.err()
		a.Destroy(err)
		return nil, err
	}
	a.chunk = mapping.CreateDataChunk(a.types)
	return a, nil
}

func (a *Appender) err() error {
	data := mapping.AppenderErrorData(a.app)
	defer mapping.DestroyErrorData(&data)
	return executing(parseError(mapping.ErrorDataMessage(data)))
}

// Append appends a batch, whose columns the writers fit.
func (a *Appender) Append(ctx context.Context, batch arrow.RecordBatch) error {
	stop := a.conn.interruptAt(ctx)
	defer stop()
	size := int(mapping.VectorSize())
	for from := 0; from < int(batch.NumRows()); from += size {
		if err := a.appendChunk(batch, from, min(size, int(batch.NumRows())-from)); err != nil {
			return orCanceled(ctx, err)
		}
	}
	return nil
}

func (a *Appender) appendChunk(batch arrow.RecordBatch, from, n int) error {
	var pin runtime.Pinner
	defer pin.Unpin()
	mapping.DataChunkReset(a.chunk)
	mapping.DataChunkSetSize(a.chunk, mapping.IdxT(n))
	for i, w := range a.writers {
		vec := mapping.DataChunkGetVector(a.chunk, mapping.IdxT(i))
		v := vector{vec: vec, data: mapping.VectorGetData(vec), pin: &pin}
		if err := w.write(v, 0, batch.Column(i), from, n); err != nil {
			return err
		}
	}
	if mapping.AppendDataChunk(a.app, a.chunk) == mapping.StateError {
		return a.err()
	}
	return nil
}

// AppendAll appends the batches that next gives, until it gives nil, makes them
// part of the table and frees the appender. The batches stay next's.
func (a *Appender) AppendAll(ctx context.Context, next func() (arrow.RecordBatch, error)) (n int64, err error) {
	defer func() { a.Destroy(err) }()
	for {
		if ctx.Err() != nil {
			return n, Ended(ctx)
		}
		batch, err := next()
		if err != nil {
			return n, err
		}
		if batch == nil {
			return n, a.Finish(ctx)
		}
		if err := a.Append(ctx, batch); err != nil {
			return n, err
		}
		n += batch.NumRows()
	}
}

// Finish makes the last rows part of the table.
func (a *Appender) Finish(ctx context.Context) error {
	stop := a.conn.interruptAt(ctx)
	defer stop()
	if mapping.AppenderClose(a.app) == mapping.StateError {
		return orCanceled(ctx, a.err())
	}
	return nil
}

// Destroy frees the appender; after an error it forgets the rows it still has.
func (a *Appender) Destroy(err error) {
	if err != nil && a.app.Ptr != nil {
		mapping.AppenderClear(a.app)
	}
	mapping.AppenderDestroy(&a.app)
	mapping.DestroyDataChunk(&a.chunk)
	for i := range a.types {
		mapping.DestroyLogicalType(&a.types[i])
	}
}

// CopyRows appends what cur gives to a temporary table of another connection.
func CopyRows(ctx context.Context, cur *Cursor, to *Conn, table string) (n int64, err error) {
	var app mapping.Appender
	if mapping.AppenderCreateExt(to.c, "temp", "main", table, &app) == mapping.StateError {
		return 0, appenderError(&app)
	}
	stop := cur.conn.interruptAt(ctx)
	defer stop()
	for {
		chunk, rows, err := cur.fetch()
		if err == nil {
			err = ctx.Err() // the interrupt may come after the last rows
		}
		if err != nil || rows == 0 {
			mapping.DestroyDataChunk(&chunk)
			if err == nil && mapping.AppenderClose(app) == mapping.StateError {
				return n, appenderError(&app)
			}
			mapping.AppenderDestroy(&app)
			return n, cur.conn.orStopped(ctx, err)
		}
		state := mapping.AppendDataChunk(app, chunk)
		mapping.DestroyDataChunk(&chunk)
		if state == mapping.StateError {
			return n, appenderError(&app)
		}
		n += int64(rows)
	}
}

// appenderError is what went wrong with an appender, which it frees.
func appenderError(app *mapping.Appender) error {
	data := mapping.AppenderErrorData(*app)
	err := executing(parseError(mapping.ErrorDataMessage(data)))
	mapping.DestroyErrorData(&data)
	if app.Ptr != nil {
		mapping.AppenderClear(*app)
	}
	mapping.AppenderDestroy(app)
	return err
}
