// Package frames sends a stream of Arrow record batches, or any bytes, in
// messages of bounded size.
package frames

import (
	"bufio"
	"errors"
	"fmt"
	"io"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/ipc"
	"github.com/apache/arrow-go/v18/arrow/memory"
)

// Size is the most bytes one message carries.
const Size = 1 << 20

// A Send hands one piece to the other side. The piece is reused afterwards.
type Send func(piece []byte) error

// Write cuts what it is given into pieces of at most [Size] bytes.
func (send Send) Write(p []byte) (int, error) {
	for n := 0; n < len(p); {
		piece := p[n:min(n+Size, len(p))]
		if err := send(piece); err != nil {
			return n, err
		}
		n += len(piece)
	}
	return len(p), nil
}

// A Writer writes batches as one Arrow IPC stream.
type Writer struct {
	buf *bufio.Writer
	ipc *ipc.Writer
}

// NewWriter starts a stream of batches of one schema.
func NewWriter(send Send, schema *arrow.Schema) *Writer {
	buf := bufio.NewWriterSize(send, Size)
	return &Writer{buf, ipc.NewWriter(buf, ipc.WithSchema(schema))}
}

// batchBytes is about how large a batch goes out at once. Larger ones are
// sliced, so that no reader has to hold more.
const batchBytes = 4 << 20

// Write sends a batch; when it returns, all of it is on its way.
func (w *Writer) Write(batch arrow.RecordBatch) error {
	rows := batch.NumRows()
	step := max(1, min(rows, maxRows))
	if bytes := size(batch); bytes > batchBytes {
		step = max(1, min(step, rows*batchBytes/bytes))
	}
	for at := int64(0); at == 0 || at < rows; at += step {
		part := batch.NewSlice(at, min(at+step, rows))
		err := w.ipc.Write(part)
		part.Release()
		if err != nil {
			return err
		}
	}
	return w.buf.Flush()
}

// size is about how many bytes a batch's own rows take.
func size(batch arrow.RecordBatch) int64 {
	var n int64
	for _, col := range batch.Columns() {
		n += int64(col.Data().SizeInBytes())
	}
	return n
}

// Close ends the stream.
func (w *Writer) Close() error { return errors.Join(w.ipc.Close(), w.buf.Flush()) }

// A Receive gives the next piece from the other side, or io.EOF.
type Receive func() ([]byte, error)

// Reader reads the pieces as one stream.
func (receive Receive) Reader() io.Reader { return &pieces{receive: receive} }

type pieces struct {
	receive Receive
	rest    []byte
}

func (p *pieces) Read(b []byte) (int, error) {
	for len(p.rest) == 0 {
		var err error
		if p.rest, err = p.receive(); err != nil {
			return 0, err
		}
	}
	n := copy(b, p.rest)
	p.rest = p.rest[n:]
	return n, nil
}

// ErrBroken is a stream of rows that is no Arrow IPC stream.
var ErrBroken = errors.New("not a stream of Arrow rows")

// bounded refuses a buffer beyond maxBody, such as a compressed one that
// would unfold to terabytes. The reader takes its panic for a broken stream.
type bounded struct{ memory.GoAllocator }

func (a *bounded) Allocate(size int) []byte {
	a.check(size)
	return a.GoAllocator.Allocate(size)
}

func (a *bounded) Reallocate(size int, b []byte) []byte {
	a.check(size)
	return a.GoAllocator.Reallocate(size, b)
}

func (*bounded) check(size int) {
	if size > maxBody {
		panic(fmt.Sprintf("a buffer of %d bytes, more than %d", size, maxBody))
	}
}

// Batches reads an Arrow IPC stream. The schema is read when it is first asked
// for. A stream that is none, or that is spoilt, is an error wrapping
// [ErrBroken].
func Batches(r io.Reader) array.RecordReader { return &batches{in: r} }

type batches struct {
	in      io.Reader
	started bool
	ipc     *ipc.Reader // nil before the start, after the release, and where there is no schema
	err     error
}

func (b *batches) start() {
	if b.started {
		return
	}
	b.started = true
	b.guard(func() {
		var err error
		if b.ipc, err = ipc.NewReaderFromMessageReader(&messages{in: b.in}, ipc.WithAllocator(&bounded{})); err != nil {
			b.fail(err)
		}
	})
}

// sound says what is wrong with a batch, so that who reads its values does not
// find out by a panic.
func sound(batch arrow.RecordBatch) error {
	if n := batch.NumRows(); n < 0 || n > maxRows {
		return fmt.Errorf("a batch of %d rows, more than %d", n, maxRows)
	}
	for i, col := range batch.Columns() {
		if col.DataType().ID() == arrow.NULL {
			continue // it has no buffers, which arrow-go misses
		}
		if err := array.ValidateFull(col); err != nil {
			return fmt.Errorf("column %s: %w", batch.ColumnName(i), err)
		}
	}
	return nil
}

// guard runs f, and a panic in it is a broken stream.
func (b *batches) guard(f func()) {
	defer func() {
		if p := recover(); p != nil {
			b.err = fmt.Errorf("%w: %v", ErrBroken, p)
		}
	}()
	f()
}

func (b *batches) fail(err error) {
	if err != nil && b.err == nil && !errors.Is(err, io.EOF) {
		b.err = fmt.Errorf("%w: %w", ErrBroken, err)
	}
}

// Schema is the stream's schema, or one without fields where it has none.
func (b *batches) Schema() *arrow.Schema {
	b.start()
	if b.ipc == nil {
		return arrow.NewSchema(nil, nil)
	}
	return b.ipc.Schema()
}

func (b *batches) Next() bool {
	b.start()
	ok := false
	if b.ipc != nil && b.err == nil {
		b.guard(func() {
			if ok = b.ipc.Next(); !ok {
				b.fail(b.ipc.Err())
				return
			}
			b.fail(sound(b.ipc.RecordBatch()))
		})
	}
	return ok && b.err == nil
}

func (b *batches) RecordBatch() arrow.RecordBatch { return b.ipc.RecordBatch() }
func (b *batches) Record() arrow.RecordBatch      { return b.ipc.RecordBatch() }
func (b *batches) Err() error                     { return b.err }
func (b *batches) Retain()                        {}

func (b *batches) Release() {
	if b.ipc != nil {
		b.guard(b.ipc.Release)
		b.ipc = nil
	}
}
