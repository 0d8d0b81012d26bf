package snowflake

import (
	"context"
	"fmt"

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
