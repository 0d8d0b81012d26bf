package duckdb

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/parse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/print"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/catalog"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/ducksql"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/infoschema"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/refusal"
)

// cloneContainer is CREATE SCHEMA or DATABASE … CLONE: the container, and in it
// copies of the tables, sequences, file formats, functions and views. Internal
// stages are left out, as on Snowflake. Where one copy fails, nothing is left.
func (s *session) cloneContainer(ctx context.Context, rec *record, stmt *ast.CreateObject) (*warehouse.Result, error) {
	of, make, all := s.schemaNamed, s.createSchemaNamed, s.cloneSchema
	if stmt.Object == "DATABASE" {
		of, make, all = s.databaseNamed, s.createDatabase, s.cloneDatabase
	}
	from, there, err := of(ctx, stmt.Clone)
	if err != nil {
		return nil, err
	}
	if !there {
		return nil, refusal.Missing(titled(stmt.Object), warehouse.FoldIdent(print.SQL(stmt.Clone)))
	}
	to, there, err := of(ctx, stmt.Name)
	if err != nil {
		return nil, err
	}
	if from == to {
		return nil, refusal.Exists(stmt.Name.Last(), nil)
	}
	defer s.w.hybrid.Delete(to.Database)
	anew := *stmt
	anew.Clone = nil
	if there && stmt.IfNotExists {
		return make(ctx, rec, &anew)
	}
	if stmt.Object == "DATABASE" && there && stmt.Replace { // one that cannot be copied must not cost the old one
		if err := s.rehearse(ctx, from); err != nil {
			return nil, err
		}
	}
	var res *warehouse.Result
	fill := func() (err error) {
		if res, err = make(ctx, rec, &anew); err == nil {
			err = all(ctx, from, to)
		}
		return err
	}
	if stmt.Object == "SCHEMA" {
		return res, s.wholly(ctx, to, fill)
	}
	if err = fill(); err != nil && res != nil {
		err = errors.Join(err, s.within(ctx, "drop database "+to.String()))
	}
	return res, err
}

// wholly runs the definitions that a schema is made of, all or none.
func (s *session) wholly(ctx context.Context, to catalog.Area, define func() error) error {
	at := catalog.Area{Database: s.database, Schema: s.schema}
	if err := s.begin(ctx, newID()); err != nil {
		return err
	}
	s.composing = true
	err := define()
	s.composing = false
	if err == nil {
		if err = s.commit(ctx); err == nil {
			s.w.commits.Add(1)
			return nil
		}
	}
	ctx = context.WithoutCancel(ctx)
	err = errors.Join(err, s.rollback(ctx))
	err = errors.Join(err, s.w.reloadFunctions(ctx, catalog.Area{Database: to.Database}))
	if at.Database != "" {
		err = errors.Join(err, s.use(ctx, at.Database, at.Schema))
	}
	return err
}

// rehearse makes a clone of a database under a name that nobody has, and drops
// it.
func (s *session) rehearse(ctx context.Context, from catalog.Area) error {
	at, draft := catalog.Area{Database: s.database, Schema: s.schema}, catalog.Area{Database: "__CLONE_" + newID()}
	err := s.within(ctx, "create database "+draft.String()+" clone "+from.String())
	if err == nil {
		err = s.within(ctx, "drop database "+draft.String())
	}
	if at.Database != "" {
		err = errors.Join(err, s.use(ctx, at.Database, at.Schema))
	}
	return err
}

// schemaNamed is the schema that a name means, and whether it is there.
func (s *session) schemaNamed(ctx context.Context, n *ast.Name) (catalog.Area, bool, error) {
	database, schema, err := s.schemaName(n)
	if err != nil {
		return catalog.Area{}, false, err
	}
	err = s.checkSchema(ctx, database, schema)
	if errors.Is(err, warehouse.ErrNotExist) {
		return catalog.Area{Database: database, Schema: schema}, false, nil
	}
	return catalog.Area{Database: database, Schema: schema}, err == nil, err
}

// databaseNamed is the same of a database.
func (s *session) databaseNamed(_ context.Context, n *ast.Name) (catalog.Area, bool, error) {
	name := n.Last()
	return catalog.Area{Database: name}, len(n.Parts) == 1 && !catalog.Hidden(name) && s.w.hasDatabase(name), nil
}

func (s *session) cloneDatabase(ctx context.Context, from, to catalog.Area) error {
	schemas, err := catalog.Schemas(ctx, s.conn, from.Database)
	if err != nil {
		return err
	}
	for _, sch := range schemas {
		schema := sch.Name
		if schema == catalog.ShownInformationSchema {
			continue
		}
		into := catalog.Area{Database: to.Database, Schema: schema}
		if err := s.within(ctx, "create schema if not exists "+into.String()); err != nil {
			return err
		}
		if err := s.use(ctx, to.Database, schema); err != nil {
			return err
		}
		if err := s.cloneSchema(ctx, catalog.Area{Database: from.Database, Schema: schema}, into); err != nil {
			return err
		}
	}
	return s.use(ctx, to.Database, catalog.DefaultSchema)
}

// cloneSchema fills a schema that is there, and the session's own, so that names
// in views that are not qualified mean what is in it.
func (s *session) cloneSchema(ctx context.Context, from, to catalog.Area) error {
	formats, err := s.cloningFormats(ctx, from, to)
	if err != nil {
		return err
	}
	for _, f := range formats {
		if err := s.execute(ctx, f); err != nil {
			return err
		}
	}
	objects, err := catalog.In(ctx, s.conn, from, "TABLE", "VIEW", "SEQUENCE")
	if err != nil {
		return err
	}
	var first, last []string
	for _, o := range objects {
		name := ducksql.Name(o.At.Table)
		switch {
		case o.At.Database == catalog.Temp:
		case o.Kind == "TABLE":
			first = append(first, "create "+map[bool]string{true: "transient "}[o.Meta.Transient]+"table "+to.String()+"."+name+" clone "+from.String()+"."+name)
		case o.Kind == "SEQUENCE":
			first = append(first, fmt.Sprintf("create sequence %s.%s start = %d increment = %d", to.String(), name, o.Next, o.Step))
		default:
			last = append(last, renamedText(o.Meta.Text, from, to, o.At.Table))
		}
	}
	for _, f := range append(s.w.functions.All(), s.w.procedures.All()...) {
		if f.Database == from.Database && f.Schema == from.Schema {
			last = append(last, renamedText(f.Text, from, to, f.Name))
		}
	}
	for _, sql := range first {
		if err := s.within(ctx, sql); err != nil {
			return err
		}
	}
	return s.inAnyOrder(ctx, last)
}

// cloningFormats are the statements of DuckDB's that copy the file formats.
func (s *session) cloningFormats(ctx context.Context, from, to catalog.Area) ([]string, error) {
	found, err := s.conn.Texts(ctx, "select column_name from (describe "+infoschema.Table(from.Database, infoschema.Formats)+")")
	if err != nil {
		return nil, err
	}
	columns := make([]string, len(found))
	for i, r := range found {
		if columns[i] = ducksql.Name(r[0]); r[0] == "schema_name" {
			columns[i] = ducksql.Text(to.Schema)
		}
	}
	return []string{fmt.Sprintf("insert into %s select %s from %s where schema_name = %s", infoschema.Table(to.Database, infoschema.Formats),
		strings.Join(columns, ", "), infoschema.Table(from.Database, infoschema.Formats), ducksql.Text(from.Schema))}, nil
}

// inAnyOrder makes objects that may need one another.
func (s *session) inAnyOrder(ctx context.Context, statements []string) error {
	for len(statements) > 0 {
		var left []string
		var failed error
		for _, sql := range statements {
			if err := s.within(ctx, sql); err != nil {
				left, failed = append(left, sql), err
			}
		}
		if len(left) == len(statements) {
			return failed
		}
		statements = left
	}
	return nil
}

// renamedText is the definition of a view or a function of a schema under another
// name. Its tags stay those of the schema.
func renamedText(text string, from, to catalog.Area, name string) string {
	tree, err := parse.Statement(text)
	if err != nil {
		return text
	}
	full := &ast.Name{}
	for _, part := range []string{to.Database, to.Schema, name} {
		full.Parts = append(full.Parts, ast.Ident{Name: part, Quoted: true})
	}
	switch stmt := tree.(type) {
	case *ast.CreateView:
		stmt.Name, stmt.Replace, stmt.IfNotExists = full, false, false
		for _, t := range stmt.Tags {
			place := catalog.NameOf(from.Database, from.Schema, "").Tree().Parts
			t.Name.Parts = append(place[:max(0, 3-len(t.Name.Parts))], t.Name.Parts...)
		}
	case *ast.CreateFunction:
		stmt.Name, stmt.Replace, stmt.IfNotExists = full, false, false
	}
	return print.SQL(tree)
}

// within runs a statement that another one is made of; the history has that one
// alone.
func (s *session) within(ctx context.Context, sql string) error {
	rec := &record{s: s, statement: warehouse.Statement{QueryID: newID(), Text: sql}}
	res, err := s.dispatch(ctx, rec, sql, nil)
	if err != nil {
		return rec.translation.refusal(err)
	}
	return res.Close()
}
