package snowflake

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/parquet"
	"github.com/apache/arrow-go/v18/parquet/compress"
	parquetfile "github.com/apache/arrow-go/v18/parquet/file"
	"github.com/apache/arrow-go/v18/parquet/pqarrow"
	"golang.org/x/sync/errgroup"

	"github.com/snowpit-dev/snowpit/warehouse/snowflake/rows"
)

// A file is a Parquet file being written.
type file struct {
	path  string
	out   *os.File
	rows  *parquetfile.Writer
	group parquetfile.BufferedRowGroupWriter // where the next batch goes; nil before the first one
	held  int64                              // rows in the group
	bytes int64                              // of Arrow, so far
}

// longestGroup is how many rows a row group may have.
const longestGroup = 1 << 20

// create begins the load's next file.
func (l *load) create() (*file, error) {
	l.files++
	fields := make([]arrow.Field, len(l.codecs))
	opts := []parquet.WriterProperty{parquet.WithCompression(compress.Codecs.Snappy), parquet.WithStats(false)}
	for i, c := range l.codecs {
		fields[i] = arrow.Field{Name: l.fileColumn(i), Type: c.Form, Nullable: true}
		if !arrow.IsBaseBinary(c.Form.ID()) { // to look each number up in a dictionary takes longer than to write it
			opts = append(opts, parquet.WithDictionaryFor(fields[i].Name, false))
		}
	}
	props := parquet.NewWriterProperties(opts...)
	schema, err := pqarrow.ToParquet(arrow.NewSchema(fields, nil), props, pqarrow.DefaultWriterProps())
	if err != nil {
		return nil, fmt.Errorf("a file of rows to load: %w", err)
	}
	f := &file{path: filepath.Join(l.dir, fmt.Sprintf("%06d.parquet", l.files))}
	if f.out, err = os.Create(f.path); err != nil {
		return nil, fmt.Errorf("a file of rows to load: %w", err)
	}
	// The writer closes its file; this one does, to know whether that went well.
	f.rows, err = parquetfile.NewParquetWriterWithError(unclosed{f.out}, schema.Root(), parquetfile.WithWriterProps(props))
	if err != nil {
		f.abandon()
		return nil, fmt.Errorf("a file of rows to load: %w", err)
	}
	return f, nil
}

// unclosed keeps a file from being closed by whoever writes to it.
type unclosed struct{ file *os.File }

// Write writes to the file.
func (u unclosed) Write(p []byte) (int, error) { return u.file.Write(p) }

// add writes one batch, several columns at a time.
func (f *file) add(codecs []rows.Codec, batch arrow.RecordBatch) (err error) {
	if f.group == nil || f.held+batch.NumRows() > longestGroup {
		if f.group, err = f.rows.AppendBufferedRowGroupChecked(); err != nil {
			return err
		}
		f.held = 0
	}
	f.held += batch.NumRows()
	sizes := make([]int64, len(codecs))
	var columns errgroup.Group
	columns.SetLimit(runtime.GOMAXPROCS(0))
	for i, c := range codecs {
		columns.Go(func() (err error) {
			sizes[i], err = f.column(i, c, batch.Column(i))
			return err
		})
	}
	err = columns.Wait()
	for _, n := range sizes {
		f.bytes += n
	}
	return err
}

// column writes what a batch has of one column, and gives the bytes of it.
func (f *file) column(i int, c rows.Codec, values arrow.Array) (int64, error) {
	encoded, err := c.Encode(values)
	if err != nil {
		return 0, err
	}
	defer encoded.Release()
	out, err := f.group.Column(i)
	if err != nil {
		return 0, err
	}
	ctx := pqarrow.NewArrowWriteContext(context.Background(), nil) // no two columns may share one
	return size(encoded), pqarrow.WriteArrowToColumn(ctx, out, encoded, levels(encoded), nil, true)
}

// levels are Parquet's definition levels of a column that may have nulls: 1
// where there is a value.
func levels(a arrow.Array) []int16 {
	all := slices.Repeat([]int16{1}, a.Len())
	if a.NullN() > 0 {
		for i := range all {
			if a.IsNull(i) {
				all[i] = 0
			}
		}
	}
	return all
}

// size is about how many bytes an array holds.
func size(a arrow.Array) (n int64) {
	for _, b := range a.Data().Buffers() {
		if b != nil {
			n += int64(b.Len())
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
