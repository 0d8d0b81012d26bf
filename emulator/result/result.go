package result

import (
	"context"
	"fmt"
	"io"
	"os"
	"sync"
	"sync/atomic"

	"github.com/apache/arrow-go/v18/arrow"

	"github.com/snowpit-dev/snowpit/emulator/wire"
	"github.com/snowpit-dev/snowpit/warehouse"
)

// inlineBytes is about how much of a result goes into the answer itself.
const inlineBytes = 256 << 10

// A Spool keeps results. Several goroutines may use it at once.
type Spool struct {
	dir    string
	memory int64 // bytes of chunks in memory, at most
	most   int64 // bytes of one result, at most
	used   atomic.Int64
}

// NewSpool is a spool that holds so many bytes of chunks in memory, 256 MB if
// 0, and of one result so many in all, 16 GB if 0. Files are made in dir, the
// system's folder for such if "".
func NewSpool(dir string, memory, most int64) *Spool {
	if memory == 0 {
		memory = 256 << 20
	}
	if most == 0 {
		most = 16 << 30
	}
	return &Spool{dir: dir, memory: memory, most: most}
}

// A Result is a statement's result, encoded. Once collected it does not change;
// several goroutines may read it at once.
type Result struct {
	Columns  []warehouse.Column
	Kind     string
	Format   string // wire.FormatJSON or wire.FormatArrow
	Total    int64  // rows in all
	Affected int64
	Replaced int64
	Inline   []byte // the first rows: of JSON without the outer brackets, of Arrow a stream, or empty
	Chunks   []*Chunk

	form wire.Form
	*kept
}

// kept is what the copies of a result share.
type kept struct {
	spool *Spool
	size  int64
	mu    sync.Mutex
	file  *os.File
	refs  int
}

// A Chunk is one part of a result.
type Chunk struct {
	Rows int64
	Size int

	result *Result
	data   []byte // nil if it is in the file
	offset int64
}

// Collect reads res to its end, in the format and the form given, and closes it.
// The caller releases what it gets.
func (s *Spool) Collect(ctx context.Context, res *warehouse.Result, format string, form wire.Form) (*Result, error) {
	r := &Result{Columns: form.Columns(res.Columns), form: form, Kind: res.Kind, Format: format, Affected: res.Affected, Replaced: res.Replaced, kept: &kept{spool: s, refs: 1}}
	err := r.read(ctx, res)
	if closing := res.Close(); err == nil {
		err = closing
	}
	if err != nil {
		r.Release()
		return nil, err
	}
	return r, nil
}

func (r *Result) read(ctx context.Context, res *warehouse.Result) error {
	encode, err := r.encoder(res)
	if err != nil {
		return err
	}
	for batch, err := range res.Batches() {
		if err != nil {
			return err
		}
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if err := r.form.Check(r.Columns, batch); err != nil {
			return err
		}
		if err := r.add(batch, encode); err != nil {
			return err
		}
	}
	return nil
}

// encoder is how one batch becomes bytes of its own.
func (r *Result) encoder(res *warehouse.Result) (func(arrow.RecordBatch) ([]byte, error), error) {
	if r.Format == wire.FormatArrow {
		e, err := wire.NewArrowEncoder(res.Columns, res.Schema(), r.form)
		if err != nil {
			return nil, err
		}
		return e.Encode, nil
	}
	e := wire.NewJSONEncoder(res.Columns, r.form)
	return func(batch arrow.RecordBatch) ([]byte, error) { return e.Append(nil, batch) }, nil
}

// add puts a batch into the result: the first rows of the first one inline.
func (r *Result) add(batch arrow.RecordBatch, encode func(arrow.RecordBatch) ([]byte, error)) error {
	n := batch.NumRows()
	if n == 0 {
		return nil
	}
	first := int64(0)
	if r.Total == 0 {
		first = inlineRows(batch)
		head := batch.NewSlice(0, first)
		defer head.Release()
		data, err := encode(head)
		if err != nil {
			return err
		}
		r.Inline = data
	}
	r.Total += n
	if first == n {
		return nil
	}
	rest := batch
	if first > 0 {
		rest = batch.NewSlice(first, n)
		defer rest.Release()
	}
	data, err := encode(rest)
	if err != nil {
		return err
	}
	return r.keep(&Chunk{Rows: rest.NumRows(), Size: len(data), result: r, data: data})
}

// inlineRows is how many of a batch's rows make up about inlineBytes.
func inlineRows(batch arrow.RecordBatch) int64 {
	size := int64(1)
	for _, col := range batch.Columns() {
		for _, b := range col.Data().Buffers() {
			if b != nil {
				size += int64(b.Len())
			}
		}
	}
	if size <= 2*inlineBytes {
		return batch.NumRows()
	}
	return max(1, batch.NumRows()*inlineBytes/size)
}

// keep holds a chunk in memory if there is room, and in the file if not.
func (r *Result) keep(c *Chunk) error {
	r.size += int64(c.Size)
	if r.size > r.spool.most {
		return &warehouse.Error{Code: 391908, State: "54000",
			Message: fmt.Sprintf("the result has over %d bytes, more than this server keeps of one; ask for fewer rows", r.spool.most)}
	}
	if r.spool.used.Add(int64(c.Size)) <= r.spool.memory {
		r.Chunks = append(r.Chunks, c)
		return nil
	}
	r.spool.used.Add(-int64(c.Size))
	if err := r.spill(c); err != nil {
		return fmt.Errorf("keep a result on disk: %w", err)
	}
	r.Chunks = append(r.Chunks, c)
	return nil
}

func (r *Result) spill(c *Chunk) error {
	if r.file == nil {
		f, err := os.CreateTemp(r.spool.dir, "snowpit-result-")
		if err != nil {
			return err
		}
		r.file = f
	}
	end, err := r.file.Seek(0, io.SeekEnd)
	if err != nil {
		return err
	}
	if _, err := r.file.Write(c.data); err != nil {
		return err
	}
	c.offset, c.data = end, nil
	return nil
}

// WriteTo writes the chunk's bytes. It is an error wrapping [os.ErrClosed] once
// the result is released.
func (c *Chunk) WriteTo(w io.Writer) (int64, error) {
	c.result.mu.Lock()
	data, file, freed := c.data, c.result.file, c.result.refs == 0
	c.result.mu.Unlock()
	switch {
	case freed:
		return 0, fmt.Errorf("a chunk of a result that is gone: %w", os.ErrClosed)
	case data != nil:
		n, err := w.Write(data)
		return int64(n), err
	}
	return io.Copy(w, io.NewSectionReader(file, c.offset, int64(c.Size)))
}

// Held is how many bytes the result takes in memory.
func (r *Result) Held() int64 {
	n := int64(len(r.Inline)) + int64(len(r.Columns))*128 + 512
	for _, c := range r.Chunks {
		n += int64(len(c.data)) + 64
	}
	return n
}

// As is a copy of the result that is that of another kind of statement. It
// shares what it holds with r: see [Result.Retain].
func (r *Result) As(kind string) *Result {
	same := *r
	same.Kind, same.Affected, same.Replaced = kind, 0, 0
	return &same
}

// Retain keeps the result for one more, who releases it too. It is false if it
// has been let go of already.
func (r *Result) Retain() bool {
	if r.kept == nil { // it holds nothing
		return true
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.refs == 0 {
		return false
	}
	r.refs++
	return true
}

// Release lets go of the result's chunks once all who keep it have. Those who
// read one in memory go on.
func (r *Result) Release() {
	if r.kept == nil {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.refs--; r.refs != 0 {
		return
	}
	for _, c := range r.Chunks {
		r.spool.used.Add(-int64(len(c.data)))
		c.data = nil
	}
	if r.file != nil {
		r.file.Close()
		os.Remove(r.file.Name())
	}
}
