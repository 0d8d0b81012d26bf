package snowflake

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/ipc"
	"github.com/snowflakedb/gosnowflake"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/snowflake/rows"
)

// result is what the driver gives, as a Result whose chunks come one after
// another. The entry ends with it.
func (s *session) result(ctx context.Context, loader gosnowflake.ArrowStreamLoader, entry *entry) (*warehouse.Result, error) {
	columns, err := rows.ColumnsOf(loader)
	if err != nil {
		return nil, err
	}
	batches, err := loader.GetBatches()
	if err != nil {
		return nil, s.refusal(ctx, err, entry)
	}
	cells := loader.JSONData()
	if len(batches) == 0 {
		return s.small(columns, cells, entry)
	}
	f := s.w.fetch(ctx, columns, batches)
	first, err := f.first(cells)
	if err != nil {
		f.stop()
		return nil, s.refusal(ctx, err, entry)
	}
	return s.stream(ctx, columns, f, first, entry)
}

// stream makes a result of chunks that are being fetched, the first of which
// is there and says what forms the columns take.
func (s *session) stream(ctx context.Context, columns []warehouse.Column, f *fetcher, first []arrow.RecordBatch, entry *entry) (*warehouse.Result, error) {
	widths, err := rows.Widths(columns, first)
	if err != nil {
		release(first)
		f.stop()
		return nil, err
	}
	r := &reader{s: s, ctx: ctx, columns: columns, schema: rows.SchemaOf(columns, widths), fetcher: f, queue: first, entry: entry}
	res := warehouse.NewResult(entry.QueryID, entry.Kind, columns, &ending{warehouse.ReaderOf(r.schema, r.next), r.end})
	return res, nil
}

// small makes a result of rows that are all there, as text.
func (s *session) small(columns []warehouse.Column, cells [][]*string, entry *entry) (*warehouse.Result, error) {
	raw, err := rows.FromText(columns, cells)
	if err != nil {
		return nil, err
	}
	defer raw.Release()
	widths, err := rows.Widths(columns, []arrow.RecordBatch{raw})
	if err != nil {
		return nil, err
	}
	batch, err := rows.Converted(columns, rows.SchemaOf(columns, widths), raw)
	if err != nil {
		return nil, err
	}
	res := warehouse.NewResult(entry.QueryID, entry.Kind, columns, once(batch))
	rows := int64(len(cells))
	if n, counts := affected(entry.Kind, columns, cells); counts {
		res.Affected, rows = n, n
	}
	s.w.log.end(entry, rows, nil)
	return res, nil
}

// once reads one batch, which it takes over.
func once(batch arrow.RecordBatch) array.RecordReader {
	left := []arrow.RecordBatch{batch}
	if batch.NumRows() == 0 {
		left = nil
	}
	return warehouse.ReaderOf(batch.Schema(), func() (arrow.RecordBatch, error) {
		if len(left) == 0 {
			return nil, nil
		}
		b := left[0]
		left = nil
		return b, nil
	})
}

// affected is how many rows a statement changed, from the one row that it
// answers with, and whether it is one that changes rows.
func affected(kind string, columns []warehouse.Column, cells [][]*string) (n int64, counts bool) {
	switch kind {
	case "INSERT", "UPDATE", "DELETE", "MERGE", "MULTI_TABLE_INSERT", "COPY":
	default:
		return 0, false
	}
	for _, row := range cells {
		for i, c := range columns {
			name := strings.ToLower(c.Name)
			if i >= len(row) || row[i] == nil || name != "rows_loaded" && !strings.HasPrefix(name, "number of rows ") {
				continue
			}
			if v, err := strconv.ParseInt(*row[i], 10, 64); err == nil {
				n += v
			}
		}
	}
	return n, true
}

// A reader gives a result's batches, chunk after chunk.
type reader struct {
	s       *session
	ctx     context.Context
	columns []warehouse.Column
	schema  *arrow.Schema
	fetcher *fetcher
	queue   []arrow.RecordBatch // of the chunk being read
	entry   *entry
	rows    int64
	err     error
	ended   bool
}

// next is the next batch in its logical form, nil at the end.
func (r *reader) next() (arrow.RecordBatch, error) {
	batch, err := r.advance()
	switch {
	case err != nil:
		r.err = r.s.w.secrets.refusal(r.ctx, err)
		var refused *warehouse.Error
		if errors.As(err, &refused) { // of a conversion
			r.err = err
		}
		return nil, r.err
	case batch != nil:
		r.rows += batch.NumRows()
	}
	return batch, nil
}

func (r *reader) advance() (arrow.RecordBatch, error) {
	for len(r.queue) == 0 {
		chunk, err := r.fetcher.next()
		if err == io.EOF {
			return nil, nil
		} else if err != nil {
			return nil, err
		}
		r.queue = chunk
	}
	raw := r.queue[0]
	r.queue = r.queue[1:]
	defer raw.Release()
	return rows.Converted(r.columns, r.schema, raw)
}

// end lets go of what was not read and notes how the statement went.
func (r *reader) end() {
	if r.ended {
		return
	}
	r.ended = true
	release(r.queue)
	r.queue = nil
	r.fetcher.stop()
	r.s.w.log.end(r.entry, r.rows, r.err)
}

// An ending is a reader that calls end when it is released.
type ending struct {
	array.RecordReader
	end func()
}

func (e *ending) Release() {
	e.RecordReader.Release()
	e.end()
}

func release(batches []arrow.RecordBatch) {
	for _, b := range batches {
		b.Release()
	}
}

// readChunk reads one chunk: an Arrow stream, or rows as JSON.
func readChunk(columns []warehouse.Column, r io.Reader) ([]arrow.RecordBatch, error) {
	buffered := bufio.NewReaderSize(r, 1<<16)
	head, err := buffered.Peek(1)
	if err == io.EOF {
		return nil, nil
	} else if err != nil {
		return nil, fmt.Errorf("read a chunk: %w", err)
	}
	if bytes.Equal(head, []byte("[")) {
		cells, err := rows.JSONRows(buffered)
		if err != nil {
			return nil, err
		}
		batch, err := rows.FromText(columns, cells)
		return []arrow.RecordBatch{batch}, err
	}
	stream, err := ipc.NewReader(buffered)
	if err != nil {
		return nil, fmt.Errorf("read a chunk: %w", err)
	}
	defer stream.Release()
	var batches []arrow.RecordBatch
	for stream.Next() {
		batch := stream.RecordBatch()
		batch.Retain()
		batches = append(batches, batch)
	}
	if err := stream.Err(); err != nil {
		release(batches)
		return nil, fmt.Errorf("read a chunk: %w", err)
	}
	return batches, nil
}
