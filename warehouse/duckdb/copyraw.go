package duckdb

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/datafile"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/engine"
)

// rawRows puts the records of staged files into a temporary table as they are:
// F is the number of the file, R that of the row, and C1, C2, … the fields.
type rawRows struct {
	s      *session
	how    *reading
	at     place
	files  []*stagedFile
	width  int                                                        // how many fields are kept
	single bool                                                       // stop at the first fault
	keep   int                                                        // how many faults of a file are kept
	fields func(f *stagedFile, rec *datafile.Record) []datafile.Field // those kept, in order; nil for as they come

	table   string
	file    int // the one being read
	records recordReader
	closer  io.Closer
	stopped bool
	rows    *array.RecordBuilder
}

// rawBatch is how many rows go into the table at once, and rawBytes where a
// batch of long ones ends earlier.
const (
	rawBatch = 16 * 2048
	rawBytes = 32 << 20
)

// load fills the table. Whoever calls drops it.
func (r *rawRows) load(ctx context.Context) error {
	fields := []arrow.Field{{Name: "F", Type: arrow.PrimitiveTypes.Int64}, {Name: "R", Type: arrow.PrimitiveTypes.Int64}}
	define := []string{"F bigint", "R bigint"}
	for i := range r.width {
		name := fmt.Sprintf("C%d", i+1)
		fields = append(fields, arrow.Field{Name: name, Type: arrow.BinaryTypes.String, Nullable: true})
		define = append(define, name+" varchar")
	}
	r.table = "snowpit_raw_" + strings.ReplaceAll(newID(), "-", "")
	if err := r.s.conn.Exec(ctx, "create temporary table "+r.table+" ("+strings.Join(define, ", ")+")"); err != nil {
		return err
	}
	schema := arrow.NewSchema(fields, nil)
	r.rows = array.NewRecordBuilder(memory.DefaultAllocator, schema)
	defer r.rows.Release()
	defer r.close()
	next, stop := r.ahead(ctx)
	defer stop()
	rows := warehouse.ReaderOf(schema, next)
	defer rows.Release()
	l := &load{s: r.s, mode: warehouse.LoadAppend, target: target{"temp", "main", r.table}, rows: rows}
	if err := l.plan(ctx, nil); err != nil {
		return err
	}
	_, err := l.run(ctx, l.target)
	return err
}

func (r *rawRows) close() {
	if r.closer != nil {
		r.closer.Close()
		r.closer, r.records = nil, nil
	}
}

// ahead reads batches while others go into the table. Until stop has returned,
// the files are the reader's.
func (r *rawRows) ahead(ctx context.Context) (next func() (arrow.RecordBatch, error), stop func()) {
	type result struct {
		batch arrow.RecordBatch
		err   error
	}
	ctx, cancel := context.WithCancel(ctx)
	ready := make(chan result, 1)
	go func() {
		defer close(ready)
		for {
			batch, err := r.batch(ctx)
			if batch == nil && err == nil {
				return
			}
			select {
			case ready <- result{batch, err}:
			case <-ctx.Done():
				if batch != nil {
					batch.Release()
				}
				return
			}
			if err != nil {
				return
			}
		}
	}()
	next = func() (arrow.RecordBatch, error) {
		got, more := <-ready
		if !more && ctx.Err() != nil {
			return nil, engine.Ended(ctx)
		}
		return got.batch, got.err
	}
	return next, func() {
		cancel()
		for left := range ready {
			if left.batch != nil {
				left.batch.Release()
			}
		}
	}
}

// batch reads the next rows, nil behind the last.
func (r *rawRows) batch(ctx context.Context) (arrow.RecordBatch, error) {
	n, size := 0, 0
	for n < rawBatch && size < rawBytes {
		if n%1024 == 0 && ctx.Err() != nil {
			return nil, engine.Ended(ctx)
		}
		rec, err := r.next(ctx)
		if err != nil {
			return nil, err
		}
		if rec == 0 {
			break
		}
		n++
		size += rec
	}
	if n == 0 {
		return nil, nil
	}
	return r.rows.NewRecordBatch(), nil
}

// next adds the next row that can be read and gives its size, 0 at the end.
func (r *rawRows) next(ctx context.Context) (int, error) {
	for !r.stopped && r.file < len(r.files) {
		f := r.files[r.file]
		if r.records == nil {
			var err error
			if r.records, r.closer, err = r.how.open(ctx, r.at, f.Name); err != nil {
				if err = r.unreadable(f, err); err != nil {
					return 0, err
				}
				continue
			}
		}
		rec, err := r.records.Next()
		switch {
		case errors.Is(err, io.EOF):
			r.close()
			r.file++
			continue
		case err != nil:
			if err = r.unreadable(f, badCompression(f.shown, err)); err != nil {
				return 0, err
			}
			continue
		}
		f.parsed++
		if rec.Fault != nil {
			f.bad++
			if len(f.errors) < r.keep {
				f.errors = append(f.errors, rowErrorOf(rec, *rec.Fault, r.records.Rejected()))
			}
			r.stopped = r.single
			continue
		}
		r.rows.Field(0).(*array.Int64Builder).Append(int64(r.file + 1))
		r.rows.Field(1).(*array.Int64Builder).Append(rec.Number)
		fields := rec.Fields
		if r.fields != nil {
			fields = r.fields(f, rec)
		}
		for i := range r.width {
			cell := r.rows.Field(i + 2).(*array.StringBuilder)
			if i < len(fields) && fields[i].Value != nil {
				cell.BinaryBuilder.Append(fields[i].Value)
			} else {
				cell.AppendNull()
			}
		}
		return len(rec.Raw) + 1, nil
	}
	return 0, nil
}

// unreadable notes that a file breaks off, and refuses what is no fault of the
// file's content.
func (r *rawRows) unreadable(f *stagedFile, err error) error {
	var refused *warehouse.Error
	if !errors.As(err, &refused) || refused.Code != badFile {
		return err
	}
	if r.single {
		return err
	}
	f.whole = err
	f.parsed++
	f.bad++
	e := rowError{row: f.parsed, line: 1, rowLine: 1, character: 1}
	e.Code, e.State, e.Message, e.Column = refused.Code, refused.State, refused.Message, 1
	f.errors = append(f.errors, e)
	r.close()
	r.file++
	return nil
}
