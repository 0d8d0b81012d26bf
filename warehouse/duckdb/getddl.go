package duckdb

import (
	"context"
	"strings"

	"github.com/snowpit-dev/snowpit/stage"
	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/parse"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/catalog"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/refusal"
)

// getDDL is GET_DDL('kind', 'name'): the statement that would make an object.
func (s *session) getDDL(ctx context.Context, c *ast.Call) (ast.Expr, error) {
	var texts []string
	full := false
	for i, a := range c.Args {
		switch x := a.Value.(type) {
		case *ast.String:
			texts = append(texts, x.Value)
		case *ast.Bool:
			full = x.Value && i == 2
		}
	}
	if len(texts) != 2 || len(c.Args) > 3 {
		return nil, refusal.Unsupported("GET_DDL of what are no two texts")
	}
	kind := strings.ToUpper(texts[0])
	var ddl string
	var err error
	switch kind {
	case "TABLE", "VIEW", "SEQUENCE":
		name := parse.Name(texts[1])
		if name == nil {
			return nil, refusal.NotExist(texts[1], nil)
		}
		var o *catalog.Object
		if o, err = s.mustFind(ctx, &ast.Name{Parts: name}, kind); err == nil {
			ddl, err = catalog.Definition(ctx, s.conn, o, full)
		}
	case "FUNCTION", "PROCEDURE":
		ddl, err = s.functionDDL(kind, texts[1], full)
	case "FILE_FORMAT":
		ddl, err = s.formatDDL(ctx, texts[1], full)
	case "SCHEMA":
		ddl, err = s.schemaDDL(ctx, texts[1], full)
	case "DATABASE":
		ddl, err = s.databaseDDL(ctx, texts[1])
	default:
		return nil, refusal.Unsupported("GET_DDL of a " + kind)
	}
	return &ast.String{At: c.At, Value: ddl}, err
}

// functionDDL is for GET_DDL('function', 'name(type, …)').
func (s *session) functionDDL(kind, text string, full bool) (string, error) {
	stmt, err := parse.Statement("drop " + kind + " " + text)
	if err != nil {
		return "", err
	}
	drop := stmt.(*ast.Drop)
	f, err := s.functionBySignature(kind, drop.Name, drop.Args)
	if err != nil {
		return "", err
	}
	return f.Definition(full), nil
}

// schemaDDL is a schema's definition with those of all that is in it.
func (s *session) schemaDDL(ctx context.Context, text string, full bool) (string, error) {
	name := parse.Name(text)
	if name == nil {
		return "", refusal.NotUsable(text)
	}
	database, schema, err := s.schemaName(&ast.Name{Parts: name})
	if err != nil {
		return "", err
	}
	if err := s.checkSchema(ctx, database, schema); err != nil {
		return "", err
	}
	return s.definitionsIn(ctx, database, schema, full)
}

// definitionsIn is a schema's definition, and those of all that is in it.
func (s *session) definitionsIn(ctx context.Context, database, schema string, full bool) (string, error) {
	at := warehouse.QuoteIdent(schema)
	if full {
		at = warehouse.QuoteIdent(database) + "." + at
	}
	lines := []string{"create or replace schema " + at + ";"}
	for _, kind := range []string{"SEQUENCE", "TABLE", "VIEW"} {
		objects, err := catalog.In(ctx, s.conn, catalog.Area{Database: database, Schema: schema}, kind)
		if err != nil {
			return "", err
		}
		for _, o := range objects {
			ddl, err := catalog.Definition(ctx, s.conn, o, full)
			if err != nil {
				return "", err
			}
			lines = append(lines, ddl)
		}
	}
	for _, f := range append(s.w.functions.All(), s.w.procedures.All()...) {
		if f.Database == database && f.Schema == schema {
			lines = append(lines, f.Definition(full))
		}
	}
	return strings.Join(lines, "\n\n") + "\n", nil
}

// databaseDDL is a database's definition with those of its schemas, which have
// full names: they are not in one place.
func (s *session) databaseDDL(ctx context.Context, text string) (string, error) {
	name := parse.Name(text)
	if len(name) != 1 || !s.w.hasDatabase(name[0].Name) || catalog.Hidden(name[0].Name) {
		return "", refusal.Missing("Database", text)
	}
	database := name[0].Name
	ddl := "create or replace database " + warehouse.QuoteIdent(database) + ";\n\n"
	schemas, err := catalog.Schemas(ctx, s.conn, database)
	if err != nil {
		return "", err
	}
	for _, sch := range schemas {
		if sch.Name == catalog.ShownInformationSchema {
			continue
		}
		part, err := s.definitionsIn(ctx, database, sch.Name, true)
		if err != nil {
			return "", err
		}
		ddl += part + "\n"
	}
	return strings.TrimSuffix(ddl, "\n"), nil
}

// formatDDL is a file format's definition, with the options that were set.
func (s *session) formatDDL(ctx context.Context, text string, full bool) (string, error) {
	name := parse.Name(text)
	if name == nil {
		return "", refusal.NotExist(text, nil)
	}
	t, err := s.resolveName(&ast.Name{Parts: name})
	if err != nil {
		return "", err
	}
	at := stage.Name{Database: t.Database, Schema: t.Schema, Stage: t.Table}
	f, err := s.findFormat(ctx, at)
	if err == nil && f == nil {
		err = refusal.Missing("File format", at.String())
	}
	if err != nil {
		return "", err
	}
	return "CREATE OR REPLACE FILE FORMAT " + catalog.Written(t, full) + "\n\t" + strings.Join(f.SQL(), "\n\t") + "\n;", nil
}
