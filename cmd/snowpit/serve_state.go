package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/snowpit-dev/snowpit/emulator"
	"github.com/snowpit-dev/snowpit/emulator/journal"
	"github.com/snowpit-dev/snowpit/runner/project"
	"github.com/snowpit-dev/snowpit/runner/seed"
	"github.com/snowpit-dev/snowpit/stage/dir"
	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/parse"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb"
)

// A served is what a server works on.
type served struct {
	c        *serveCommand
	dir      string // of the state, "" in memory
	key      []byte
	requests *journal.Journal // nil in memory
	now      emulator.Backend
}

// openBackend opens the warehouse and stages that the flags name.
func (c *serveCommand) openBackend(ctx context.Context) (*served, error) {
	b := &served{c: c}
	if c.stateDir == memory {
		c.memory = true
	}
	if !c.memory && !c.isolated {
		if err := b.findDir(); err != nil {
			return nil, err
		}
	}
	var err error
	if b.now, err = b.open(ctx); err != nil {
		return nil, err
	}
	if c.isolated { // one that shows that the scripts work; sessions get others
		return b, nil
	}
	if b.dir != "" {
		if b.key, err = signingKey(b.dir); err == nil {
			b.requests, err = journal.Open(filepath.Join(b.dir, "requests.jsonl"), journal.Limits{})
		}
		if err != nil {
			return nil, errors.Join(err, b.close())
		}
	}
	return b, nil
}

// findDir is the state folder: --state-dir, the project's, or .snowpit here.
func (b *served) findDir() error {
	b.dir = b.c.stateDir
	if b.dir != "" {
		return nil
	}
	at := b.c.projectDir
	if at == "" {
		found, err := project.Find(".")
		if errors.Is(err, project.ErrNoProject) {
			found = "."
		} else if err != nil {
			return err
		}
		at = found
	}
	b.dir = filepath.Join(at, ".snowpit")
	return nil
}

// open opens one warehouse with its stages and runs what --init names on it.
func (b *served) open(ctx context.Context) (emulator.Backend, error) {
	config := duckdb.Config{Dir: b.dir, MemoryLimit: b.c.memoryLimit}
	var stages *dir.Volume
	var err error
	if b.dir == "" {
		stages, err = dir.Temp()
	} else {
		stages, err = dir.Open(filepath.Join(b.dir, "stages"))
	}
	if err != nil {
		return emulator.Backend{}, err
	}
	config.Stages = stages
	w, err := duckdb.Open(ctx, config)
	if err != nil {
		return emulator.Backend{}, errors.Join(err, stages.Close())
	}
	backend := emulator.Backend{Warehouse: w, Stages: stages, Close: func() error { return errors.Join(w.Close(), stages.Close()) }}
	if b.dir != "" {
		err = stages.Sweep() // the warehouse's lock keeps other processes out
	}
	if err == nil {
		err = b.c.fillBuckets(ctx, stages)
	}
	if err == nil {
		err = b.c.prepare(ctx, w)
	}
	if err != nil {
		return emulator.Backend{}, errors.Join(err, backend.Close())
	}
	return backend, nil
}

// fill puts the backend into a server's config.
func (b *served) fill(config *emulator.Config) {
	config.Backend, config.Key, config.Journal = b.now, b.key, b.requests
	config.Backend.Close = nil // it is closed here
	switch {
	case b.c.isolated:
		config.Isolate = b.open
	case b.dir == "":
		config.Reset = func(ctx context.Context) (emulator.Backend, error) {
			fresh, err := b.open(ctx)
			if err != nil {
				return emulator.Backend{}, err
			}
			old := b.now
			b.now = fresh
			return fresh, old.Close()
		}
	}
}

func (b *served) close() error { return errors.Join(b.requests.Close(), b.now.Close()) }

// prepare runs the scripts and loads the folders of --init, in order.
func (c *serveCommand) prepare(ctx context.Context, w warehouse.Warehouse) error {
	if len(c.inits) == 0 {
		return nil
	}
	s, err := w.Open(ctx, warehouse.SessionOptions{})
	if err != nil {
		return err
	}
	for _, path := range c.inits {
		info, err := os.Stat(path)
		switch {
		case err != nil:
			err = usageError{fmt.Errorf("--init: %w", err)}
		case info.IsDir():
			err = loadFolder(ctx, s, path)
		default:
			err = runFile(ctx, s, path)
		}
		if err != nil {
			return errors.Join(err, s.Close())
		}
	}
	return s.Close()
}

// runFile runs a file's statements until one fails.
func runFile(ctx context.Context, s warehouse.Session, path string) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return fmt.Errorf("--init: %w", err)
	}
	for _, piece := range parse.Split(string(text)) {
		if _, err := warehouse.Exec(ctx, s, piece.Text); err != nil {
			line, column := placeIn(piece, err)
			return fmt.Errorf("--init: %s:%d:%d: %w", path, line, column, err)
		}
	}
	return nil
}

// placeIn is where in a file an error of one of its statements is, or where the
// statement begins; both count from 1.
func placeIn(piece parse.Piece, err error) (line, column int) {
	line, column = piece.Pos.Line, piece.Pos.Column
	var e *warehouse.Error
	switch {
	case !errors.As(err, &e) || e.Line == 0:
	case e.Line == 1:
		column += e.Column
	default:
		line, column = line+e.Line-1, e.Column
	}
	return line, column + 1
}

// loadFolder loads each CSV file of a folder as a table of its name.
func loadFolder(ctx context.Context, s warehouse.Session, path string) error {
	files, err := filepath.Glob(filepath.Join(path, "*.csv"))
	if err != nil {
		return fmt.Errorf("--init: %w", err)
	}
	if len(files) == 0 {
		return usage("--init: there is no CSV file in the folder %s", path)
	}
	loader, ok := s.(warehouse.Loader)
	if !ok {
		return errors.New("--init: this warehouse cannot load files")
	}
	for _, file := range files {
		f, err := seed.Open(file, seed.Options{})
		if err != nil {
			return fmt.Errorf("--init: %w", err)
		}
		table := warehouse.QuoteIdent(strings.ToUpper(strings.TrimSuffix(filepath.Base(file), ".csv")))
		if err := loadSeed(ctx, loader, table, f); err != nil {
			return fmt.Errorf("--init: %s: %w", file, err)
		}
	}
	return nil
}

func loadSeed(ctx context.Context, loader warehouse.Loader, table string, f *seed.File) error {
	rows, err := f.Rows()
	if err != nil {
		return err
	}
	defer rows.Release()
	_, err = loader.Load(ctx, table, warehouse.LoadReplace, f.Columns, rows)
	return err
}
