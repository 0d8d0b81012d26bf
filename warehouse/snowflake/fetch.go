package snowflake

import (
	"context"
	"io"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/snowflakedb/gosnowflake"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/snowflake/rows"
)

// A fetcher downloads a result's chunks, a few ahead of whoever reads them, and
// gives them in order.
type fetcher struct {
	ctx     context.Context
	columns []warehouse.Column
	chunks  chan chan fetched // in order; the receiver takes each one's result
	left    int               // how many the reader has not had
	cancel  context.CancelFunc
	done    chan struct{} // closed when no more downloads begin
}

// fetched is a chunk, or why there is none.
type fetched struct {
	batches []arrow.RecordBatch
	err     error
}

// fetch begins to download chunks.
func (w *Warehouse) fetch(ctx context.Context, columns []warehouse.Column, batches []gosnowflake.ArrowStreamBatch) *fetcher {
	ctx, cancel := context.WithCancel(ctx)
	ahead := w.config.Downloads
	f := &fetcher{ctx: ctx, columns: columns, chunks: make(chan chan fetched, ahead-1), left: len(batches), cancel: cancel, done: make(chan struct{})}
	go f.run(batches)
	return f
}

// run starts one download for each place in the queue.
func (f *fetcher) run(batches []gosnowflake.ArrowStreamBatch) {
	defer close(f.done)
	defer close(f.chunks)
	for i := range batches {
		chunk := make(chan fetched, 1)
		select {
		case f.chunks <- chunk:
		case <-f.ctx.Done():
			return
		}
		go func() {
			got, err := f.download(&batches[i])
			chunk <- fetched{got, err}
		}()
	}
}

func (f *fetcher) download(batch *gosnowflake.ArrowStreamBatch) ([]arrow.RecordBatch, error) {
	r, err := batch.GetStream(f.ctx)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	return readChunk(f.columns, r)
}

// first is the first chunk that has rows, or cells where the rows that came
// with the answer are text. No row at all is no batch.
func (f *fetcher) first(cells [][]*string) ([]arrow.RecordBatch, error) {
	if len(cells) > 0 {
		batch, err := rows.FromText(f.columns, cells)
		return []arrow.RecordBatch{batch}, err
	}
	for {
		batches, err := f.next()
		if err == io.EOF {
			return nil, nil
		} else if err != nil {
			return nil, err
		}
		for _, b := range batches {
			if b.NumRows() > 0 {
				return batches, nil
			}
		}
		release(batches)
	}
}

// next is the next chunk, or io.EOF.
func (f *fetcher) next() ([]arrow.RecordBatch, error) {
	chunk, ok := <-f.chunks
	switch {
	case !ok && f.left > 0:
		return nil, context.Cause(f.ctx)
	case !ok:
		return nil, io.EOF
	}
	f.left--
	got := <-chunk
	return got.batches, got.err
}

// stop ends the downloads and lets go of what nobody read.
func (f *fetcher) stop() {
	f.cancel()
	for chunk := range f.chunks {
		release((<-chunk).batches)
	}
	<-f.done
}
