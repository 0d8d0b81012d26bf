package duckdb

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/snowpit-dev/snowpit/stage"
	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/catalog"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/listing"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/refusal"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/stagedfile"
)

// volume is where the stages are.
func (s *session) volume() (stage.Volume, error) {
	if s.w.config.Stages == nil {
		return nil, refusal.Unsupported("stages: it was opened without any")
	}
	return s.w.config.Stages, nil
}

// complete makes a stage's name full with the session's place.
func (s *session) complete(parts []string) (stage.Name, error) {
	full := s.stageName()
	switch n := len(parts); {
	case n == 0 || n > 3:
		return full, refusal.Unsupported(fmt.Sprintf("a stage's name of %d parts", n))
	case n == 3:
		full.Database = parts[0]
		fallthrough
	case n == 2:
		full.Schema = parts[n-2]
	}
	full.Stage = parts[len(parts)-1]
	if full.Schema == "" { // db..stage
		full.Schema = catalog.DefaultSchema
	}
	return full, nil
}

// filesAt are the files at a location of a statement.
func (s *session) filesAt(ctx context.Context, loc *ast.Location, pattern *ast.String) (at stagedfile.Place, found []stage.Object, err error) {
	if at, err = s.locate(ctx, loc); err != nil {
		return at, nil, err
	}
	found, err = stagedfile.Files(ctx, at, at.Prefix, pattern)
	return at, found, err
}

// listStage runs LIST.
func (s *session) listStage(ctx context.Context, rec *record, stmt *ast.List) (*warehouse.Result, error) {
	at, found, err := s.filesAt(ctx, stmt.Location, stmt.Pattern)
	if err != nil {
		return nil, err
	}
	var rows [][]any
	for _, o := range found {
		rows = append(rows, []any{at.Listed(o.Name), o.Size, cmp.Or(o.Tag, o.MD5), o.Modified.UTC().Format(http.TimeFormat)})
	}
	return rec.table(listing.Columns("name size# md5 last_modified"), rows), nil
}

// removeFiles runs REMOVE.
func (s *session) removeFiles(ctx context.Context, rec *record, stmt *ast.Remove) (*warehouse.Result, error) {
	at, found, err := s.filesAt(ctx, stmt.Location, stmt.Pattern)
	if err != nil {
		return nil, err
	}
	var rows [][]any
	for _, o := range found {
		if err := at.Remove(ctx, o.Name); err != nil && !errors.Is(err, stage.ErrNotExist) {
			return nil, refusal.OfStage(err, o.Name)
		}
		rows = append(rows, []any{at.Listed(o.Name), "removed"})
	}
	return rec.table(listing.Texts("name", "result"), rows), nil
}
