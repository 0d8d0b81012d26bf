package duckdb

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/print"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/catalog"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/ducksql"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/refusal"
)

// create runs CREATE of a schema or a database, which move the session to what
// they make, and of what the account keeps.
func (s *session) create(ctx context.Context, rec *record, stmt *ast.CreateObject) (*warehouse.Result, error) {
	switch {
	case stmt.Object == "FILE FORMAT":
		return s.createFormat(ctx, rec, stmt)
	case stmt.OrAlter || stmt.Like != nil:
		return nil, refusal.Unsupported("CREATE " + stmt.Object + " with OR ALTER or LIKE")
	case stmt.Clone != nil && (stmt.Object == "SCHEMA" || stmt.Object == "DATABASE"):
		return s.cloneContainer(ctx, rec, stmt)
	case stmt.Clone != nil:
		return nil, refusal.Unsupported("CREATE " + stmt.Object + " with CLONE")
	case stmt.Object == "SCHEMA":
		return s.createSchemaNamed(ctx, rec, stmt)
	case stmt.Object == "DATABASE":
		return s.createDatabase(ctx, rec, stmt)
	case stmt.Object == "ROLE" || stmt.Object == "DATABASE ROLE" || stmt.Object == "USER" || stmt.Object == "WAREHOUSE" || stmt.Object == "TAG":
		return s.createOfAccount(rec, stmt)
	}
	return nil, refusal.Unsupported("CREATE " + stmt.Object)
}

func containerMetaOf(stmt *ast.CreateObject) catalog.Meta {
	return catalog.Meta{Version: 1, Created: time.Now(), Comment: commentOption(stmt.Options), Retention: retentionOption(stmt.Options), Transient: stmt.Transient, Tags: tagsOf(stmt.Tags)}
}

// schemaName is the database and schema that a name of one or two parts means.
func (s *session) schemaName(n *ast.Name) (database, schema string, err error) {
	name := parts(n)
	switch len(name) {
	case 1:
		if s.database == "" {
			return "", "", errNoDatabase()
		}
		return s.database, name[0], nil
	case 2:
		return name[0], name[1], nil
	}
	return "", "", &warehouse.Error{Code: 1003, State: "42000", Kind: warehouse.ErrSyntax,
		Message: "SQL compilation error:\n'" + print.SQL(n) + "' is not a schema's name"}
}

func errNoDatabase() error {
	return &warehouse.Error{Code: 90105, State: "22000", Message: "Cannot perform operation. This session does not have a current database. " +
		"Call 'USE DATABASE', or use a qualified name."}
}

func (s *session) createSchemaNamed(ctx context.Context, rec *record, stmt *ast.CreateObject) (*warehouse.Result, error) {
	database, schema, err := s.schemaName(stmt.Name)
	if err != nil {
		return nil, err
	}
	if !s.w.hasDatabase(database) {
		return nil, refusal.Missing("Database", database)
	}
	err = s.checkSchema(ctx, database, schema)
	there := err == nil
	if err != nil && !errors.Is(err, warehouse.ErrNotExist) {
		return nil, err
	}
	switch {
	case there && stmt.IfNotExists:
		return rec.status(schema + " already exists, statement succeeded."), nil
	case there && !stmt.Replace:
		return nil, refusal.Exists(schema, nil)
	}
	if err := s.freeSchema(ctx, database, schema); err != nil {
		return nil, err
	}
	full := ducksql.Name(database) + "." + ducksql.Name(schema)
	var before []string
	if there {
		before = append(before, "drop schema "+full+" cascade")
		before = append(before, dropFunctionsOf(database, schema)...)
	}
	t := &translation{original: rec.statement.Text, text: "create schema " + map[bool]string{true: "if not exists "}[stmt.IfNotExists] + full}
	if err := s.define(ctx, rec, t, nil, before, catalog.Keep(database, "SCHEMA", schema, containerMetaOf(stmt))); err != nil {
		return nil, err
	}
	if there {
		s.w.dropSchemaFunctions(database, schema)
	}
	s.forgetTemporary(database, schema)
	return rec.status(fmt.Sprintf("Schema %s successfully created.", schema)), s.use(ctx, database, schema)
}

// freeSchema refuses to make a schema that DuckDB has for itself or finds
// under a name that differs in case only.
func (s *session) freeSchema(ctx context.Context, database, schema string) error {
	if err := takenSchema(schema); err != nil {
		return err
	}
	found, err := s.conn.Texts(ctx, `select schema_name from duckdb_schemas()
		where database_name = ? and lower(schema_name) = lower(?) and schema_name <> ?`, database, schema, schema)
	if err == nil && len(found) > 0 {
		err = besideNamesake(found[0][0], warehouse.QuoteIdent(schema))
	}
	return err
}

func (s *session) createDatabase(ctx context.Context, rec *record, stmt *ast.CreateObject) (*warehouse.Result, error) {
	name := stmt.Name.Last()
	if len(stmt.Name.Parts) != 1 || catalog.Hidden(name) {
		return nil, refusal.Unsupported("CREATE DATABASE " + print.SQL(stmt.Name))
	}
	if s.w.hasDatabase(name) {
		switch {
		case stmt.IfNotExists:
			return rec.status(name + " already exists, statement succeeded."), nil
		case !stmt.Replace:
			return nil, refusal.Exists(name, nil)
		}
		if err := s.dropDatabase(ctx, name); err != nil {
			return nil, err
		}
	}
	if err := s.w.ensureDatabase(ctx, name); err != nil {
		return nil, err
	}
	if err := s.use(ctx, name, catalog.DefaultSchema); err != nil {
		return nil, err
	}
	if err := s.together(ctx, catalog.Keep(name, "DATABASE", name, containerMetaOf(stmt))...); err != nil {
		return nil, err
	}
	return rec.status(fmt.Sprintf("Database %s successfully created.", name)), nil
}

// leave takes the session out of a database that is about to go.
func (s *session) leave(ctx context.Context, name string) error {
	s.forgetTemporary(name, "")
	if s.database != name {
		return nil
	}
	if err := s.conn.Exec(ctx, "use memory.main"); err != nil {
		return err
	}
	s.database, s.schema = "", ""
	return nil
}

// forgetTemporary drops the session's temporary objects of a schema, or of all
// of a database's if schema is "".
func (s *session) forgetTemporary(database, schema string) {
	for t := range s.temps {
		if t.Database == database && (schema == "" || t.Schema == schema) {
			delete(s.temps, t)
		}
	}
}

// dropDatabase drops a database with its stages, and what was granted in it.
func (s *session) dropDatabase(ctx context.Context, name string) error {
	if err := s.leave(ctx, name); err != nil {
		return err
	}
	if err := s.w.dropDatabase(ctx, name); err != nil {
		return err
	}
	area := catalog.Area{Database: name}
	s.dropStagesIn(ctx, area)
	return s.w.account.ForgetIn(area)
}

// dropDatabase detaches a database and removes its file.
func (w *Warehouse) dropDatabase(ctx context.Context, name string) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if err := w.admin.Exec(ctx, "detach "+ducksql.Name(name)); err != nil {
		return err
	}
	delete(w.databases, strings.ToUpper(name))
	w.dropFunctions(name)
	if w.config.Dir == "" {
		return nil
	}
	path := filepath.Join(w.databaseDir(), url.PathEscape(name)+databaseSuffix)
	for _, p := range []string{path, path + ".wal"} {
		if err := os.Remove(p); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("the file of database %s cannot be removed: %w", name, err)
		}
	}
	return nil
}

// dropContainer is DROP of a schema or a database.
func (s *session) dropContainer(ctx context.Context, rec *record, stmt *ast.Drop) (*warehouse.Result, error) {
	name := stmt.Name.Last()
	done := func() (*warehouse.Result, error) { return rec.status(name + " successfully dropped."), nil }
	missing := func(kind string) (*warehouse.Result, error) {
		if stmt.IfExists {
			return rec.status("Drop statement executed successfully (" + name + " already dropped)."), nil
		}
		return nil, refusal.Missing(kind, name)
	}
	if stmt.Object == "DATABASE" {
		if !s.w.hasDatabase(name) || len(stmt.Name.Parts) != 1 || catalog.Hidden(name) {
			return missing("Database")
		}
		if err := s.dropDatabase(ctx, name); err != nil {
			return nil, err
		}
		return done()
	}
	database, schema, err := s.schemaName(stmt.Name)
	if err != nil {
		return nil, err
	}
	if err := s.checkSchema(ctx, database, schema); err != nil || catalog.Hidden(schema) {
		if errors.Is(err, warehouse.ErrNotExist) || err == nil {
			return missing("Schema")
		}
		return nil, err
	}
	behaviour := " cascade" // Snowflake's default
	if stmt.Behavior == "RESTRICT" {
		behaviour = " restrict"
	}
	t := &translation{original: rec.statement.Text, text: "drop schema " + ducksql.Name(database) + "." + ducksql.Name(schema) + behaviour}
	after := append(catalog.Forget(database, "SCHEMA", schema), dropFunctionsOf(database, schema)...)
	if err := s.define(ctx, rec, t, nil, nil, after); err != nil {
		return nil, err
	}
	s.w.dropSchemaFunctions(database, schema)
	s.forgetTemporary(database, schema)
	if err := s.w.account.ForgetIn(catalog.Area{Database: database, Schema: schema}); err != nil {
		return nil, err
	}
	return done()
}

// alterContainer is ALTER of a schema or a database.
func (s *session) alterContainer(ctx context.Context, rec *record, stmt *ast.Alter) (*warehouse.Result, error) {
	database, name := stmt.Name.Last(), stmt.Name.Last()
	if stmt.Object == "SCHEMA" {
		var err error
		if database, name, err = s.schemaName(stmt.Name); err != nil {
			return nil, err
		}
		if err := s.checkSchema(ctx, database, name); err != nil {
			if stmt.IfExists && errors.Is(err, warehouse.ErrNotExist) {
				return rec.status("Statement executed successfully."), nil
			}
			return nil, err
		}
	} else if !s.w.hasDatabase(database) {
		if stmt.IfExists {
			return rec.status("Statement executed successfully."), nil
		}
		return nil, refusal.Missing("Database", database)
	}
	m, err := catalog.MetaOf(ctx, s.conn, database, stmt.Object, name)
	if err != nil {
		return nil, err
	}
	a := &alteration{s: s, o: &catalog.Object{Kind: stmt.Object}, meta: m}
	for _, action := range stmt.Actions {
		switch act := action.(type) {
		case *ast.SetOptions:
			err = a.set(act)
		case *ast.UnsetOptions:
			a.unset(act)
		case *ast.RenameTo:
			return s.renameContainer(ctx, rec, stmt, act.Name)
		default:
			err = refusal.Unsupported("ALTER " + stmt.Object + " of this form")
		}
		if err != nil {
			return nil, err
		}
	}
	a.meta.Version = 1
	if err := s.together(ctx, catalog.Keep(database, stmt.Object, name, a.meta)...); err != nil {
		return nil, err
	}
	return rec.status("Statement executed successfully."), nil
}

// comment is COMMENT ON.
func (s *session) comment(ctx context.Context, rec *record, stmt *ast.Comment) (*warehouse.Result, error) {
	set := &ast.SetOptions{Options: []ast.Option{{Key: "COMMENT", Value: stmt.Text}}}
	name, object := stmt.Name, stmt.Object
	actions := []ast.Action{set}
	if object == "COLUMN" {
		n := len(name.Parts)
		if n < 2 {
			return nil, refusal.Unsupported("COMMENT ON COLUMN without its table")
		}
		actions = []ast.Action{&ast.AlterColumns{Changes: []ast.ColumnChange{{Column: name.Parts[n-1], Change: "COMMENT", Comment: stmt.Text}}}}
		name = &ast.Name{At: name.At, Parts: name.Parts[:n-1]}
		object = "TABLE"
		if o, err := s.mustFind(ctx, name, "TABLE", "VIEW"); err == nil {
			object = o.Kind
		}
	}
	return s.alter(ctx, rec, &ast.Alter{At: stmt.At, Object: object, IfExists: stmt.IfExists, Name: name, Args: stmt.Args, HasArgs: stmt.HasArgs,
		Actions: actions})
}
