package duckdb

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/print"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/catalog"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/ducksql"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/infoschema"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/refusal"
)

// renameContainer is RENAME TO of a schema or a database. DuckDB renames neither,
// so that a copy takes its place.
func (s *session) renameContainer(ctx context.Context, rec *record, stmt *ast.Alter, name *ast.Name) (*warehouse.Result, error) {
	if len(stmt.Actions) > 1 {
		return nil, refusal.Unsupported("ALTER " + stmt.Object + " RENAME TO " + print.SQL(name))
	}
	named, rename := s.schemaNamed, s.renameSchema
	if stmt.Object == "DATABASE" {
		named, rename = s.databaseNamed, s.renameDatabase
	}
	from, _, err := named(ctx, stmt.Name)
	if err != nil {
		return nil, err
	}
	to, there, err := named(ctx, name)
	switch {
	case err != nil:
		return nil, err
	case to == from:
		return rec.status("Statement executed successfully."), nil
	case there:
		return nil, refusal.Exists(name.Last(), nil)
	case stmt.Object == "SCHEMA" && to.Database != from.Database:
		return nil, refusal.Unsupported("moving a schema to another database")
	}
	back := catalog.Area{Database: s.database, Schema: s.schema}
	if err := rename(ctx, from, to); err != nil {
		if back.Database != "" {
			err = errors.Join(err, s.use(context.WithoutCancel(ctx), back.Database, back.Schema))
		}
		return nil, err
	}
	if from.Has(catalog.NameOf(back.Database, back.Schema, "")) {
		back.Database = to.Database
		if from.Schema != "" {
			back.Schema = to.Schema
		}
	}
	if back.Database != "" {
		err = s.use(ctx, back.Database, back.Schema)
	}
	return rec.status("Statement executed successfully."), errors.Join(err, s.w.account.Moved(from, to))
}

// renameSchema does so in one transaction. The files of stages have moved just
// before it is committed.
func (s *session) renameSchema(ctx context.Context, from, to catalog.Area) error {
	m, err := catalog.MetaOf(ctx, s.conn, from.Database, "SCHEMA", from.Schema)
	if err != nil {
		return err
	}
	var moved moving
	err = s.wholly(ctx, to, func() error {
		if err := s.within(ctx, "create schema "+to.String()); err != nil {
			return err
		}
		if err := s.cloneSchema(ctx, from, to); err != nil {
			return err
		}
		steps := catalog.Keep(to.Database, "SCHEMA", to.Schema, m)
		for _, table := range []string{infoschema.Loads, infoschema.Stages} {
			steps = append(steps, fmt.Sprintf("update %s set schema_name = %s where schema_name = %s",
				infoschema.Table(from.Database, table), ducksql.Text(to.Schema), ducksql.Text(from.Schema)))
		}
		if err := s.together(ctx, steps...); err != nil {
			return err
		}
		if moved, err = s.moveKept(ctx, from, to); err != nil {
			return err
		}
		gone := append([]string{"drop schema " + from.String() + " cascade"}, catalog.Forget(from.Database, "SCHEMA", from.Schema)...)
		return s.together(ctx, append(gone, dropFunctionsOf(from.Database, from.Schema)...)...)
	})
	if err != nil {
		return errors.Join(err, moved.back(ctx))
	}
	s.w.dropSchemaFunctions(from.Database, from.Schema)
	s.forgetTemporary(from.Database, from.Schema)
	return nil
}

// renameDatabase makes the copy whole before the old database goes: what ends the
// process on the way leaves both.
func (s *session) renameDatabase(ctx context.Context, from, to catalog.Area) error {
	if err := s.within(ctx, "create database "+to.String()); err != nil {
		return err
	}
	moved, err := s.copyDatabase(ctx, from, to)
	if err == nil {
		s.forgetTemporary(from.Database, "")
		if err = s.w.dropDatabase(ctx, from.Database); err == nil {
			return nil
		}
	}
	ctx = context.WithoutCancel(ctx)
	return errors.Join(err, moved.back(ctx), s.within(ctx, "drop database "+to.String()))
}

// copyDatabase fills a database that is there with all of another one, whose
// stages move.
func (s *session) copyDatabase(ctx context.Context, from, to catalog.Area) (moved moving, err error) {
	if err := s.cloneDatabase(ctx, from, to); err != nil {
		return moved, err
	}
	m, err := catalog.MetaOf(ctx, s.conn, from.Database, "DATABASE", from.Database)
	if err != nil {
		return moved, err
	}
	steps := catalog.Keep(to.Database, "DATABASE", to.Database, m)
	schemas, err := catalog.Schemas(ctx, s.conn, from.Database)
	if err != nil {
		return moved, err
	}
	for _, sch := range schemas {
		if sch.Name != catalog.ShownInformationSchema {
			steps = append(steps, catalog.Keep(to.Database, "SCHEMA", sch.Name, sch.Meta)...)
		}
	}
	for _, table := range []string{infoschema.Loads, infoschema.Stages} {
		steps = append(steps, "insert into "+infoschema.Table(to.Database, table)+" by name from "+infoschema.Table(from.Database, table))
	}
	if err := s.together(ctx, steps...); err != nil {
		return moved, err
	}
	return s.moveKept(ctx, from, to)
}

// moveKept gives the copy what is known of the objects and a copy of them does not
// have, and moves the stages. What refers to the old name refers to the new one.
func (s *session) moveKept(ctx context.Context, from, to catalog.Area) (moved moving, err error) {
	steps, err := s.moveMetas(ctx, from, to)
	if err != nil {
		return moved, err
	}
	about, err := s.moveFormats(ctx, from, to)
	if err != nil {
		return moved, err
	}
	if moved, err = s.moveStages(ctx, from, to); err == nil {
		err = s.together(ctx, slices.Concat(steps, about, moved.loads(to.Database))...)
	}
	return moved, err
}

// moveMetas are the statements that write down of the copies what is known of the
// objects, and have the foreign keys of a database's tables mean the new name.
func (s *session) moveMetas(ctx context.Context, from, to catalog.Area) (steps []string, err error) {
	all, err := catalog.In(ctx, s.conn, catalog.Area{}, "TABLE", "VIEW", "SEQUENCE")
	if err != nil {
		return nil, err
	}
	old := map[catalog.Name]catalog.Meta{}
	for _, o := range all {
		if from.Has(o.At) {
			old[o.At.In(to)] = o.Meta
		}
	}
	for _, o := range all {
		if o.At.Database != to.Database {
			continue
		}
		m, copied := old[o.At]
		if copied {
			m.Text = o.Meta.Text
			o.Meta = m
		}
		if o.Meta.MoveReferences(from, to) || copied {
			steps = append(steps, catalog.CommentOn(o.Kind, o.At, o.Meta))
		}
	}
	return steps, nil
}

// moveFormats are the statements that have a database's stages mean the new names
// of their file formats.
func (s *session) moveFormats(ctx context.Context, from, to catalog.Area) (steps []string, err error) {
	table := infoschema.Table(to.Database, infoschema.Stages)
	rows, err := s.conn.Texts(ctx, "select distinct about from "+table)
	if err != nil {
		return nil, err
	}
	for _, r := range rows {
		var a aboutStage
		if err := json.Unmarshal([]byte(r[0]), &a); err != nil {
			return nil, err
		}
		if f := a.FormatName; f == nil || !from.Has(catalog.NameOf(f.Database, f.Schema, "")) {
			continue
		}
		*a.FormatName = movedStage(*a.FormatName, to)
		text, err := json.Marshal(a)
		if err != nil {
			return nil, err
		}
		steps = append(steps, fmt.Sprintf("update %s set about = %s where about = %s", table, ducksql.Text(string(text)), ducksql.Text(r[0])))
	}
	return steps, nil
}
