package duckdb

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/snowpit-dev/snowpit/stage"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/engine"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/refusal"
)

// spoolDir is the one folder beside the databases' that DuckDB may read: where
// a staged file is while a statement reads it with a reader of DuckDB's. Names
// in it are made up anew each time.
func (w *Warehouse) spoolDir() string { return filepath.Join(w.scratch, "staged") }

// spool copies a staged file to where DuckDB can read it. The caller removes
// the copy.
func (s *session) spool(ctx context.Context, at stage.Stage, name string) (path string, err error) {
	r, _, err := at.Open(ctx, name)
	if err != nil {
		return "", refusal.OfStage(err, name)
	}
	defer r.Close()
	dir, err := filepath.Abs(s.w.spoolDir())
	if err == nil {
		err = os.MkdirAll(dir, 0o700)
	}
	if err != nil {
		return "", fmt.Errorf("reading %s: %w", name, err)
	}
	f, err := os.CreateTemp(dir, "file-*")
	if err != nil {
		return "", fmt.Errorf("reading %s: %w", name, err)
	}
	_, err = io.Copy(f, interrupted{ctx, r})
	if err = errors.Join(err, f.Close()); err != nil {
		return "", errors.Join(fmt.Errorf("reading %s: %w", name, err), os.Remove(f.Name()))
	}
	return f.Name(), nil
}

// interrupted is a reader that ends with a context.
type interrupted struct {
	ctx context.Context
	io.Reader
}

func (r interrupted) Read(p []byte) (int, error) {
	if r.ctx.Err() != nil {
		return 0, engine.Ended(r.ctx)
	}
	return r.Reader.Read(p)
}
