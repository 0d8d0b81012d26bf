package stagedfile

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
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/ducksql"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/engine"
)

// A Raw puts the records of staged files into a temporary table as they are:
// F is the number of the file, R that of the row, and C1, C2, … the fields.
type Raw struct {
	Reader *Reader
	How    *Reading
	At     Place
	Files  []*File
	Width  int                                                  // how many fields are kept
	Single bool                                                 // stop at the first fault
	Keep   int                                                  // how many faults of a file are kept
	Fields func(f *File, rec *datafile.Record) []datafile.Field // those kept, in order; nil for as they come

	Table   string // its name, once Load has begun
	file    int    // the one being read
	records Records
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

// Load makes the table and fills it, noting the faults in the files. Whoever calls
// drops it, even after an error.
func (r *Raw) Load(ctx context.Context) error {
	fields := []arrow.Field{{Name: "F", Type: arrow.PrimitiveTypes.Int64}, {Name: "R", Type: arrow.PrimitiveTypes.Int64}}
	define := []string{"F bigint", "R bigint"}
	for i := range r.Width {
		name := fmt.Sprintf("C%d", i+1)
		fields = append(fields, arrow.Field{Name: name, Type: arrow.BinaryTypes.String, Nullable: true})
		define = append(define, name+" varchar")
	}
	r.Table = ducksql.FreshName("snowpit_raw_")
	if err := r.Reader.Conn.Exec(ctx, "create temporary table "+r.Table+" ("+strings.Join(define, ", ")+")"); err != nil {
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
	writers := make([]*engine.ColumnWriter, len(fields))
	for i, f := range fields {
		var err error
		if writers[i], err = engine.NewColumnWriter(warehouse.Column{Name: f.Name}, f.Type); err != nil {
			return err
		}
	}
	a, err := r.Reader.Conn.Appender("temp", "main", r.Table, writers)
	if err != nil {
		return err
	}
	_, err = a.AppendAll(ctx, func() (arrow.RecordBatch, error) {
		if !rows.Next() {
			return nil, rows.Err()
		}
		return rows.RecordBatch(), nil
	})
	return err
}

func (r *Raw) close() {
	if r.closer != nil {
		r.closer.Close()
		r.closer, r.records = nil, nil
	}
}

// ahead reads batches while others go into the table. Until stop has returned,
// the files are the reader's.
func (r *Raw) ahead(ctx context.Context) (next func() (arrow.RecordBatch, error), stop func()) {
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
func (r *Raw) batch(ctx context.Context) (arrow.RecordBatch, error) {
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
func (r *Raw) next(ctx context.Context) (int, error) {
	for !r.stopped && r.file < len(r.Files) {
		f := r.Files[r.file]
		if r.records == nil {
			var err error
			if r.records, r.closer, err = r.How.Open(ctx, r.At, f.Name); err != nil {
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
			if err = r.unreadable(f, BadCompression(f.Shown, err)); err != nil {
				return 0, err
			}
			continue
		}
		f.Parsed++
		if rec.Fault != nil {
			f.Bad++
			if len(f.Errors) < r.Keep {
				f.Errors = append(f.Errors, RowErrorOf(rec, *rec.Fault, r.records.Rejected()))
			}
			r.stopped = r.Single
			continue
		}
		r.rows.Field(0).(*array.Int64Builder).Append(int64(r.file + 1))
		r.rows.Field(1).(*array.Int64Builder).Append(rec.Number)
		fields := rec.Fields
		if r.Fields != nil {
			fields = r.Fields(f, rec)
		}
		for i := range r.Width {
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

// unreadable goes on with the next file behind one that breaks off.
func (r *Raw) unreadable(f *File, err error) error {
	if err := f.BreakOff(err, r.Single); err != nil {
		return err
	}
	r.close()
	r.file++
	return nil
}
