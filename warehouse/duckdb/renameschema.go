package duckdb

import (
	"context"
	"fmt"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/print"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/catalog"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/ducksql"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/infoschema"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/refusal"
)

// renameSchema is ALTER SCHEMA … RENAME TO. DuckDB renames no schema, so that a
// copy takes its place, in one transaction.
func (s *session) renameSchema(ctx context.Context, from catalog.Area, name *ast.Name) error {
	to, there, err := s.schemaNamed(ctx, name)
	switch {
	case err != nil:
		return err
	case to == from:
		return nil
	case there:
		return refusal.Exists(name.Last(), nil)
	case to.Database != from.Database:
		return refusal.Unsupported("moving a schema to another database")
	}
	if err := s.noStages(ctx, from); err != nil {
		return err
	}
	current := s.database == from.Database && s.schema == from.Schema
	back := catalog.Area{Database: s.database, Schema: s.schema}
	m, err := catalog.MetaOf(ctx, s.conn, from.Database, "SCHEMA", from.Schema)
	if err != nil {
		return err
	}
	err = s.wholly(ctx, to, func() error {
		if err := s.within(ctx, "create schema "+to.String()); err != nil {
			return err
		}
		if err := s.cloneSchema(ctx, from, to); err != nil {
			return err
		}
		loads := fmt.Sprintf("update %s set schema_name = %s where schema_name = %s",
			infoschema.Table(from.Database, infoschema.Loads), ducksql.Text(to.Schema), ducksql.Text(from.Schema))
		if err := s.together(ctx, append(catalog.Keep(to.Database, "SCHEMA", to.Schema, m), loads)...); err != nil {
			return err
		}
		return s.within(ctx, "drop schema "+from.String())
	})
	if err != nil || current || back.Database == "" {
		return err
	}
	return s.use(ctx, back.Database, back.Schema)
}

// noStages refuses a schema with stages, whose files no transaction moves.
func (s *session) noStages(ctx context.Context, in catalog.Area) error {
	if s.w.config.Stages == nil {
		return nil
	}
	for info, err := range s.w.config.Stages.Stages(ctx) {
		if err != nil {
			return refusal.OfStage(err, "")
		}
		if info.Database == in.Database && info.Schema == in.Schema {
			return refusal.Unsupported("a new name for a schema with stages, such as " + info.Stage)
		}
	}
	return nil
}

// renameContainer is RENAME TO of a schema; databases keep their names.
func (s *session) renameContainer(ctx context.Context, rec *record, stmt *ast.Alter, to *ast.Name) (*warehouse.Result, error) {
	if stmt.Object == "DATABASE" || len(stmt.Actions) > 1 {
		return nil, refusal.Unsupported("ALTER " + stmt.Object + " RENAME TO " + print.SQL(to))
	}
	from, _, err := s.schemaNamed(ctx, stmt.Name)
	if err != nil {
		return nil, err
	}
	if err := s.renameSchema(ctx, from, to); err != nil {
		return nil, err
	}
	return rec.status("Statement executed successfully."), nil
}
