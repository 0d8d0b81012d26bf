package duckdb

import (
	"context"
	"strings"

	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/parse"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/catalog"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/refusal"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/tag"
)

// textArguments are a call's arguments where they are n literals.
func textArguments(c *ast.Call, n int) ([]string, error) {
	var out []string
	for _, a := range c.Args {
		text, ok := a.Value.(*ast.String)
		if ok {
			out = append(out, text.Value)
		}
	}
	if len(out) != n || len(c.Args) != n {
		return nil, refusal.Unsupported(c.Name.Last() + " of other than literal texts")
	}
	return out, nil
}

// getTag is SYSTEM$GET_TAG: the value of a tag on an object, or null.
func (s *session) getTag(ctx context.Context, c *ast.Call) (ast.Expr, error) {
	args, err := textArguments(c, 3)
	if err != nil {
		return nil, err
	}
	parts := parse.Name(args[0])
	if parts == nil {
		return nil, refusal.Missing("Tag", args[0])
	}
	name, err := s.tagNamed(&ast.Name{Parts: parts})
	if err != nil {
		return nil, err
	}
	_, levels, _, err := s.tagLevels(ctx, args[1], args[2])
	if err != nil {
		return nil, err
	}
	for _, r := range tag.References(levels) {
		if r.Tag == name {
			return &ast.String{Value: r.Value}, nil
		}
	}
	return &ast.Null{}, nil
}

// tagLevels are where the tags of what a text names come from; column is "" where
// it is none.
func (s *session) tagLevels(ctx context.Context, text, domain string) (object catalog.Name, levels []tag.Level, column string, err error) {
	if domain = strings.ToUpper(domain); domain == "COLUMN" {
		t, column, err := s.taggedColumn(ctx, text)
		if err != nil {
			return object, nil, "", err
		}
		return t.object, t.ofColumn(column), column, nil
	}
	t, err := s.taggedObject(ctx, text, domain)
	return t.object, t.levels, "", err
}

// tagReferences is INFORMATION_SCHEMA's table function TAG_REFERENCES.
func (s *session) tagReferences(ctx context.Context, c *ast.Call) (made, error) {
	out := made{columns: tagColumns()}
	args, err := textArguments(c, 2)
	if err != nil {
		return out, err
	}
	object, levels, column, err := s.tagLevels(ctx, args[0], args[1])
	if err != nil {
		return out, err
	}
	switch levels[0].Domain { // where an object stands is no part of its own name
	case "DATABASE":
		object = catalog.NameOf("", "", object.Database)
	case "SCHEMA":
		object = catalog.NameOf(object.Database, "", object.Schema)
	}
	out.rows = tag.Rows(levels, object, column)
	return out, nil
}

// columnTagReferences is TAG_REFERENCES_ALL_COLUMNS.
func (s *session) columnTagReferences(ctx context.Context, c *ast.Call) (made, error) {
	out := made{columns: tagColumns()}
	args, err := textArguments(c, 2)
	if err != nil {
		return out, err
	}
	if !strings.EqualFold(args[1], "TABLE") {
		return out, refusal.Unsupported("TAG_REFERENCES_ALL_COLUMNS of the domain " + args[1])
	}
	t, err := s.taggedObject(ctx, args[0], "TABLE")
	if err != nil {
		return out, err
	}
	names, err := s.columnNames(ctx, t.object)
	for _, name := range names {
		out.rows = append(out.rows, tag.Rows(t.ofColumn(name), t.object, name)...)
	}
	return out, err
}

func tagColumns() (columns []string) {
	for _, name := range tag.Columns {
		columns = append(columns, name+" varchar")
	}
	return columns
}
