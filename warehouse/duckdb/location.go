package duckdb

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/snowpit-dev/snowpit/stage"
	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/catalog"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/refusal"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/stagedfile"
)

// locate finds where the files are that a location means: on a stage of
// Snowflake's own, or in the bucket of an external one.
func (s *session) locate(ctx context.Context, loc *ast.Location) (stagedfile.Place, error) {
	volume, err := s.volume()
	if err != nil {
		return stagedfile.Place{}, err
	}
	if loc.Kind == ast.ExternalURL {
		return external(ctx, volume, stage.Name{}, loc.Path)
	}
	at, err := s.named(ctx, loc)
	if err != nil {
		return at, err
	}
	about, err := s.findStage(ctx, at.Name)
	if err != nil || about.URL == "" {
		return at, err
	}
	return external(ctx, volume, at.Name, strings.TrimSuffix(about.URL, "/")+"/"+loc.Path)
}

// named finds the stage that a location names, wherever its files are. The user's
// stage and those of tables are made when they are first named.
func (s *session) named(ctx context.Context, loc *ast.Location) (stagedfile.Place, error) {
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
	return stagedfile.Place{Stage: st, Name: name, Prefix: loc.Path}, nil
}

// external finds the bucket of an external location. One of a stage's has the
// stage's name, under which it is noted what was loaded.
func external(ctx context.Context, volume stage.Volume, name stage.Name, text string) (stagedfile.Place, error) {
	u, ok := stage.ParseURL(text)
	if !ok {
		return stagedfile.Place{}, badURL(text)
	}
	if name == (stage.Name{}) {
		name = u.Name()
	}
	st, err := volume.Stage(ctx, u.Name())
	if errors.Is(err, stage.ErrNotExist) {
		return stagedfile.Place{}, &warehouse.Error{Code: 91003, State: "22000", Kind: warehouse.ErrNotExist, Err: err, Message: fmt.Sprintf(
			"Failure using stage area. Cause: [The specified bucket does not exist (Status Code: 404; Error Code: NoSuchBucket)]: "+
				"%s is not here; snowpit serve --bucket %s=FOLDER makes it of a folder", u.Root(), strings.TrimSuffix(u.Root(), "/"))}
	} else if err != nil {
		return stagedfile.Place{}, refusal.OfStage(err, u.Root())
	}
	return stagedfile.Place{Stage: st, Name: name, Prefix: u.Path, Bucket: u.Root()}, nil
}

func badURL(text string) error {
	return &warehouse.Error{Code: 1011, State: "42601", Message: fmt.Sprintf("SQL compilation error:\ninvalid URL prefix found in: '%s'", text)}
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
	return stage.Name{}, badURL(loc.Path)
}

// spoolDir is the one folder beside the databases' that DuckDB may read: where
// a staged file is while a statement reads it with a reader of DuckDB's. Names
// in it are made up anew each time.
func (w *Warehouse) spoolDir() string { return filepath.Join(w.scratch, "staged") }

// reader reads staged files on the session's connection.
func (s *session) reader() *stagedfile.Reader {
	return &stagedfile.Reader{Conn: s.conn, Spool: s.w.spoolDir(), Log: s.w.log}
}
