package duckdb

import (
	"context"
	"strings"

	"github.com/snowpit-dev/snowpit/stage"
	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/fileformat"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/catalog"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/refusal"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/stagedfile"
)

// formatOf is the file format that a statement's FILE_FORMAT option means, nil
// if it has none: written out, or by name.
func (s *session) formatOf(ctx context.Context, options []ast.Option) (*fileformat.Format, error) {
	for _, o := range options {
		if o.Key != "FILE_FORMAT" {
			continue
		}
		if o.Nested == nil {
			return s.formatNamed(ctx, o, o.Value)
		}
		return s.formatInline(ctx, o)
	}
	return nil, nil
}

// formatAt is the file format that a statement's options mean, or else that of the
// stage.
func (s *session) formatAt(ctx context.Context, options []ast.Option, at stagedfile.Place) (*fileformat.Format, error) {
	f, err := s.formatOf(ctx, options)
	if err != nil || f != nil {
		return f, err
	}
	return s.stageFormat(ctx, at.Name)
}

// formatInline reads (FORMAT_NAME = name), or (TYPE = … options).
func (s *session) formatInline(ctx context.Context, o ast.Option) (*fileformat.Format, error) {
	typ := "CSV"
	for _, part := range o.Nested {
		switch part.Key {
		case "FORMAT_NAME":
			if len(o.Nested) > 1 {
				return nil, &warehouse.Error{Code: 1008, State: "22023", Line: o.Pos().Line, Column: o.Pos().Column,
					Message: "SQL compilation error:\nFORMAT_NAME and other file format options exclude one another"}
			}
			return s.formatNamed(ctx, part, part.Value)
		case "TYPE":
			typ = fileformat.Word(part.Value)
		}
	}
	f, err := fileformat.New(typ)
	if err != nil {
		return nil, err
	}
	return f, f.Set(o.Nested)
}

// formatNamed is the file format that a name, or a text with one, means.
func (s *session) formatNamed(ctx context.Context, o ast.Option, value ast.Expr) (*fileformat.Format, error) {
	var name stage.Name
	var err error
	switch value := value.(type) {
	case *ast.Column:
		name, err = s.complete(ast.Names(value.Parts))
	case *ast.String:
		var full catalog.Name
		full, err = s.resolve(value.Value)
		name = stage.Name{Database: full.Database, Schema: full.Schema, Stage: full.Table}
	default:
		return nil, refusal.BadOption(o, fileformat.Word(value))
	}
	if err != nil {
		return nil, err
	}
	f, err := s.findFormat(ctx, name)
	if err == nil && f == nil {
		// The type alone, as in FILE_FORMAT = CSV.
		if typ := strings.ToUpper(fileformat.Word(value)); typ == "CSV" || typ == "JSON" || typ == "PARQUET" {
			return fileformat.New(typ)
		}
		return nil, refusal.Missing("File format", name.String())
	}
	return f, err
}
