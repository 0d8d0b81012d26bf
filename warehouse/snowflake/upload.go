package snowflake

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/parquet"
	"github.com/apache/arrow-go/v18/parquet/compress"
	"github.com/apache/arrow-go/v18/parquet/pqarrow"
	"github.com/snowpit-dev/snowpit/warehouse/snowflake/rows"
	"golang.org/x/sync/errgroup"
)

// upload writes the rows to files and puts each as soon as it is full, while
// the next one is written.
func (l *load) upload(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	puts, ctx := errgroup.WithContext(ctx)
	puts.SetLimit(1)
	err := l.write(ctx, func(file string) {
		puts.Go(func() error { return l.put(ctx, file) })
	})
	if err != nil {
		cancel()
	}
	if last := puts.Wait(); err == nil {
		err = last
	}
	return err
}

// write splits the rows into files, and hands each over when it is full.
func (l *load) write(ctx context.Context, full func(string)) error {
	var f *file
	defer func() {
		if f != nil {
			f.abandon()
		}
	}()
	for l.rows.Next() {
		if err := ctx.Err(); err != nil {
			return context.Cause(ctx)
		}
		batch := l.rows.RecordBatch()
		if batch.NumRows() == 0 {
			continue
		}
		if f == nil {
			var err error
			if f, err = l.create(); err != nil {
				return err
			}
		}
		if err := f.add(l.codecs, batch); err != nil {
			return fmt.Errorf("write rows for %s: %w", l.table, err)
		}
		l.count += batch.NumRows()
		if f.bytes >= l.w.config.FileSize {
			if err := f.close(); err != nil {
				return err
			}
			full(f.path)
			f = nil
		}
	}
	if err := l.rows.Err(); err != nil {
		return err
	}
	if f == nil {
		return context.Cause(ctx)
	}
	last := f
	f = nil
	if err := last.close(); err != nil {
		return err
	}
	full(last.path)
	return nil
}

// A file is a Parquet file being written.
type file struct {
	path   string
	schema *arrow.Schema
	out    *os.File
	rows   *pqarrow.FileWriter
	bytes  int64 // of Arrow, so far
}

// create begins the load's next file.
func (l *load) create() (*file, error) {
	l.files++
	fields := make([]arrow.Field, len(l.codecs))
	for i, c := range l.codecs {
		fields[i] = arrow.Field{Name: l.fileColumn(i), Type: c.Form, Nullable: true}
	}
	f := &file{path: filepath.Join(l.dir, fmt.Sprintf("%06d.parquet", l.files)), schema: arrow.NewSchema(fields, nil)}
	var err error
	if f.out, err = os.Create(f.path); err != nil {
		return nil, fmt.Errorf("a file of rows to load: %w", err)
	}
	opts := []parquet.WriterProperty{parquet.WithCompression(compress.Codecs.Snappy), parquet.WithMaxRowGroupLength(1 << 20)}
	for _, field := range fields { // to look each number up in a dictionary takes longer than to write it
		if !arrow.IsBaseBinary(field.Type.ID()) {
			opts = append(opts, parquet.WithDictionaryFor(field.Name, false))
		}
	}
	props := parquet.NewWriterProperties(opts...)
	// The writer closes its file; this one does, to know whether that went well.
	if f.rows, err = pqarrow.NewFileWriter(f.schema, unclosed{f.out}, props, pqarrow.DefaultWriterProps()); err != nil {
		f.abandon()
		return nil, fmt.Errorf("a file of rows to load: %w", err)
	}
	return f, nil
}

// unclosed keeps a file from being closed by whoever writes to it.
type unclosed struct{ file *os.File }

// Write writes to the file.
func (u unclosed) Write(p []byte) (int, error) { return u.file.Write(p) }

// add writes one batch.
func (f *file) add(codecs []rows.Codec, batch arrow.RecordBatch) error {
	arrays := make([]arrow.Array, len(codecs))
	defer func() {
		for _, a := range arrays {
			if a != nil {
				a.Release()
			}
		}
	}()
	for i, c := range codecs {
		a, err := c.Encode(batch.Column(i))
		if err != nil {
			return err
		}
		arrays[i] = a
	}
	encoded := array.NewRecordBatch(f.schema, arrays, batch.NumRows())
	defer encoded.Release()
	f.bytes += size(encoded)
	return f.rows.WriteBuffered(encoded)
}

// size is about how many bytes a batch holds.
func size(batch arrow.RecordBatch) (n int64) {
	for _, col := range batch.Columns() {
		for _, b := range col.Data().Buffers() {
			if b != nil {
				n += int64(b.Len())
			}
		}
	}
	return n
}

func (f *file) close() error {
	err := errors.Join(f.rows.Close(), f.out.Close())
	if err != nil {
		return fmt.Errorf("a file of rows to load: %w", err)
	}
	return nil
}

// abandon lets go of a file that nobody needs.
func (f *file) abandon() {
	if f.rows != nil {
		f.rows.Close() // what it says is of no interest: the file goes
	}
	f.out.Close()
}
