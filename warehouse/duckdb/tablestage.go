package duckdb

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/snowpit-dev/snowpit/stage"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/catalog"
)

// tellTableStage is what CREATE TABLE says of the table's own stage, as it is
// kept; nil for nothing.
func (s *session) tellTableStage(ctx context.Context, options []ast.Option) (json.RawMessage, error) {
	var a aboutStage
	for _, o := range options {
		var told []ast.Option
		switch o.Key {
		case "STAGE_FILE_FORMAT":
			o.Key = "FILE_FORMAT"
			told = []ast.Option{o}
		case "STAGE_LOCATION":
			told = o.Nested
		case "STAGE_COPY_OPTIONS":
			o.Key = "COPY_OPTIONS"
			told = []ast.Option{o}
		}
		if err := s.tellStage(ctx, &a, told); err != nil {
			return nil, err
		}
	}
	if a == (aboutStage{}) {
		return nil, nil
	}
	return json.Marshal(a)
}

// findTableStage is what CREATE TABLE has said of a table's own stage.
func (s *session) findTableStage(ctx context.Context, name stage.Name) (a aboutStage, err error) {
	table, _ := strings.CutPrefix(name.Stage, "%")
	o, err := s.lookUp(ctx, catalog.NameOf(name.Database, name.Schema, table))
	if err != nil || o == nil || o.Meta.Stage == nil {
		return a, err
	}
	if err := json.Unmarshal(o.Meta.Stage, &a); err != nil {
		return a, fmt.Errorf("stage of the table %s: %w", table, err)
	}
	return a, nil
}
