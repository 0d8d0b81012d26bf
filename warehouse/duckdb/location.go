package duckdb

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"

	"github.com/snowpit-dev/snowpit/stage"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/catalog"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/refusal"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/stagedfile"
)

// locate finds the stage that a location names. The user's stage and those of
// tables are made when they are first named.
func (s *session) locate(ctx context.Context, loc *ast.Location) (stagedfile.Place, error) {
	volume, err := s.volume()
	if err != nil {
		return stagedfile.Place{}, err
	}
	name, err := s.stageOf(ctx, loc)
	if err != nil {
		return stagedfile.Place{}, err
	}
	st, err := volume.Stage(ctx, name)
	if errors.Is(err, stage.ErrNotExist) && name.Implied() {
		if err = volume.Create(ctx, name, ""); err == nil || errors.Is(err, stage.ErrExist) {
			st, err = volume.Stage(ctx, name)
		}
	}
	if errors.Is(err, stage.ErrNotExist) {
		return stagedfile.Place{}, refusal.NoStage(name)
	}
	if err != nil {
		return stagedfile.Place{}, refusal.OfStage(err, name.String())
	}
	return stagedfile.Place{Stage: st, Name: name}, nil
}

// stageOf is the full name of the stage that a location names.
func (s *session) stageOf(ctx context.Context, loc *ast.Location) (stage.Name, error) {
	switch loc.Kind {
	case ast.UserStage:
		return stage.UserStage(), nil
	case ast.NamedStage:
		return s.complete(ast.Names(loc.Name))
	case ast.TableStage:
		name, err := s.complete(ast.Names(loc.Name))
		if err != nil {
			return name, err
		}
		found, err := s.tableColumns(ctx, &catalog.Name{Database: name.Database, Schema: name.Schema, Table: name.Stage})
		if err == nil && len(found) == 0 {
			err = refusal.NotExist(fmt.Sprintf("%s.%s.%s", name.Database, name.Schema, name.Stage), nil)
		}
		return stage.TableStage(name.Database, name.Schema, name.Stage), err
	}
	return stage.Name{}, refusal.Unsupported("external locations; name a stage, such as @MODELSTAGE/path")
}

// spoolDir is the one folder beside the databases' that DuckDB may read: where
// a staged file is while a statement reads it with a reader of DuckDB's. Names
// in it are made up anew each time.
func (w *Warehouse) spoolDir() string { return filepath.Join(w.scratch, "staged") }

// reader reads staged files on the session's connection.
func (s *session) reader() *stagedfile.Reader {
	return &stagedfile.Reader{Conn: s.conn, Spool: s.w.spoolDir(), Log: s.w.log}
}
