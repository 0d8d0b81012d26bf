package duckdb

import (
	"context"
	"strings"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/catalog"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/listing"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/refusal"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/show"
)

// describe is DESCRIBE.
func (s *session) describe(ctx context.Context, rec *record, stmt *ast.Describe) (*warehouse.Result, error) {
	switch {
	case stmt.Object == "RESULT":
		return s.describeResult(ctx, rec, stmt)
	case stmt.Name == nil:
	case stmt.Object == "FILE FORMAT":
		return s.describeFormat(ctx, rec, stmt)
	case stmt.Object == "STAGE":
		return s.describeStage(ctx, rec, &ast.Location{Name: stmt.Name.Parts})
	case stmt.Object == "TABLE", stmt.Object == "VIEW", stmt.Object == "":
		return s.describeColumns(ctx, rec, stmt)
	case stmt.Object == "FUNCTION", stmt.Object == "PROCEDURE":
		return s.describeFunction(rec, stmt)
	case stmt.Object == "SEQUENCE":
		return s.describeSequence(ctx, rec, stmt)
	case stmt.Object == "SCHEMA", stmt.Object == "DATABASE":
		return s.describeContainer(ctx, rec, stmt)
	case stmt.Object == "WAREHOUSE", stmt.Object == "USER":
		columns, rows, err := s.viewer().Describe(stmt.Object, stmt.Name.Last())
		if err != nil {
			return nil, err
		}
		return rec.table(columns, rows), nil
	}
	return nil, refusal.Unsupported("DESCRIBE " + stmt.Object)
}

// describeSequence is DESCRIBE SEQUENCE.
func (s *session) describeSequence(ctx context.Context, rec *record, stmt *ast.Describe) (*warehouse.Result, error) {
	o, err := s.mustFind(ctx, stmt.Name, "SEQUENCE")
	if err != nil {
		return nil, err
	}
	all, err := catalog.In(ctx, s.conn, catalog.Area{Database: o.At.Database, Schema: o.At.Schema}, "SEQUENCE")
	for _, q := range all {
		if q.At == o.At {
			return rec.table(show.Sequence(q)), nil
		}
	}
	return nil, err
}

// describeContainer is DESCRIBE of a schema or a database: what is in it.
func (s *session) describeContainer(ctx context.Context, rec *record, stmt *ast.Describe) (*warehouse.Result, error) {
	columns := listing.Columns("created_on@ name kind")
	if stmt.Object == "DATABASE" {
		name := stmt.Name.Last()
		if !s.w.hasDatabase(name) {
			return nil, refusal.NotUsable(name)
		}
		schemas, err := catalog.Schemas(ctx, s.conn, name)
		var rows [][]any
		for _, sch := range schemas {
			rows = append(rows, []any{sch.Meta.Created, sch.Name, "SCHEMA"})
		}
		return rec.table(columns, rows), err
	}
	database, schema, err := s.schemaName(stmt.Name)
	if err != nil {
		return nil, err
	}
	if err := s.checkSchema(ctx, database, schema); err != nil {
		return nil, err
	}
	objects, err := catalog.In(ctx, s.conn, catalog.Area{Database: database, Schema: schema}, "TABLE", "VIEW", "SEQUENCE")
	var rows [][]any
	for _, o := range objects {
		rows = append(rows, []any{o.Meta.Created, o.At.Permanent().Table, o.Kind})
	}
	return rec.table(columns, rows), err
}

// describeColumns is DESCRIBE TABLE and DESCRIBE VIEW.
func (s *session) describeColumns(ctx context.Context, rec *record, stmt *ast.Describe) (*warehouse.Result, error) {
	kinds := []string{"TABLE", "VIEW"}
	if stmt.Object == "VIEW" {
		kinds = kinds[1:]
	}
	for _, o := range stmt.Options {
		switch word, _ := optionText(o); {
		case o.Key == "TYPE" && strings.EqualFold(word, "COLUMNS"):
		case o.Key == "TYPE" && strings.EqualFold(word, "STAGE"):
			return s.describeStage(ctx, rec, &ast.Location{Kind: ast.TableStage, Name: stmt.Name.Parts})
		default:
			return nil, refusal.BadOption(o, word)
		}
	}
	o, err := s.findShown(ctx, stmt.Name, kinds...)
	if err != nil {
		return nil, err
	}
	columns, err := catalog.Columns(ctx, s.conn, []*catalog.Object{o})
	if err != nil {
		return nil, err
	}
	var rows [][]any
	for _, c := range columns {
		value := c.Default
		if c.Identity != "" {
			value = c.Identity
		}
		rows = append(rows, []any{c.Name, c.Type, "COLUMN", listing.YesNo(c.Nullable), listing.OrNull(value), listing.YesNo(o.Meta.IsKey("PRIMARY KEY", c.Name)),
			listing.YesNo(o.Meta.IsKey("UNIQUE", c.Name)), nil, nil, listing.OrNull(c.Comment), nil, nil})
	}
	return rec.table(describedAs(), rows), nil
}

// describedAs are the columns of a description of columns.
func describedAs() []warehouse.Column {
	return listing.Texts("name", "type", "kind", "null?", "default", "primary key", "unique key", "check", "expression", "comment",
		"policy name", "privacy domain")
}
