package duckdb

import (
	"cmp"
	"context"
	"errors"
	"strings"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/parse"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/catalog"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/refusal"
)

// dispatch reads a statement and runs it where it belongs.
func (s *session) dispatch(ctx context.Context, rec *record, sql string, args []any) (*warehouse.Result, error) {
	if s.open != nil {
		return nil, errOpenResult()
	}
	stmt, err := rec.read(sql)
	if err != nil {
		return nil, err
	}
	return s.dispatchTree(ctx, rec, stmt, sql, args)
}

// dispatchTree runs a statement where it belongs.
func (s *session) dispatchTree(ctx context.Context, rec *record, stmt ast.Statement, sql string, args []any) (*warehouse.Result, error) {
	rec.statement.Kind = ast.Kind(stmt)
	rec.tree = stmt
	switch stmt := stmt.(type) {
	case *ast.Block:
		return s.runBlock(ctx, rec, stmt, args)
	case *ast.WithProcedure:
		return s.callAnonymous(ctx, rec, stmt, args)
	}
	st, err := s.settle(ctx, stmt, args)
	if err != nil {
		return nil, err
	}
	args, rec.settled = st.args, st.changed || rec.given != nil || rec.changed
	if err := s.takePart(ctx, stmt); err != nil {
		return nil, err
	}
	if err := cmp.Or(incompatible(stmt), s.known(ctx, st.named), s.nameTags(stmt)); err != nil {
		return nil, err
	}
	assigned, err := s.assign(stmt, args)
	if err != nil {
		return nil, err
	}
	rec.settled = rec.settled || assigned
	if err := s.wait(ctx, stmt); err != nil {
		return nil, err
	}
	switch stmt := stmt.(type) {
	case *ast.CallProcedure:
		return s.callSystem(ctx, rec, stmt, args)
	case *ast.CreateStage:
		return s.createStage(ctx, rec, stmt)
	case *ast.List:
		return s.listStage(ctx, rec, stmt)
	case *ast.Remove:
		return s.removeFiles(ctx, rec, stmt)
	case *ast.Put:
		return s.put(ctx, rec, stmt)
	case *ast.Get:
		return s.get(ctx, rec, stmt)
	case *ast.Show:
		return s.show(ctx, rec, stmt)
	case *ast.Use:
		return s.runUse(ctx, rec, stmt)
	case *ast.Begin, *ast.Commit, *ast.Rollback:
		return s.runTransaction(ctx, rec, stmt)
	case *ast.AlterSession:
		return s.alterSession(ctx, rec, stmt)
	case *ast.Set:
		return s.set(ctx, rec, stmt)
	case *ast.Unset:
		return s.unset(rec, stmt), nil
	case *ast.ExecuteImmediate:
		return s.executeImmediate(ctx, rec, stmt)
	case *ast.Describe:
		return s.describe(ctx, rec, stmt)
	case *ast.Explain:
		return s.explain(ctx, rec, stmt)
	}
	if readsStages(stmt) {
		return s.onStages(ctx, rec, stmt, args)
	}
	return s.locking(ctx, rec, stmt, func() (*warehouse.Result, error) {
		return s.fated(ctx, stmt, func() (*warehouse.Result, error) { return s.change(ctx, rec, stmt, sql, args) })
	})
}

// incompatible refuses OR REPLACE with IF NOT EXISTS.
func incompatible(stmt ast.Statement) error {
	var c ast.Create
	switch stmt := stmt.(type) {
	case *ast.CreateTable:
		c = stmt.Create
	case *ast.CreateView:
		c = stmt.Create
	case *ast.CreateSequence:
		c = stmt.Create
	case *ast.CreateStage:
		c = stmt.Create
	case *ast.CreateFunction:
		c = stmt.Create
	case *ast.CreateObject:
		c = stmt.Create
	}
	if !c.Replace || !c.IfNotExists {
		return nil
	}
	return &warehouse.Error{Code: 1004, State: "0A000", Message: "SQL compilation error:\noptions IF NOT EXISTS and OR REPLACE are incompatible."}
}

// change runs what makes, changes and removes objects and rows.
func (s *session) change(ctx context.Context, rec *record, stmt ast.Statement, sql string, args []any) (*warehouse.Result, error) {
	switch stmt := stmt.(type) {
	case *ast.CreateTable:
		if stmt.Template != nil {
			return s.createFromTemplate(ctx, rec, stmt)
		}
		return s.createTable(ctx, rec, stmt, sql, args)
	case *ast.Insert:
		return s.insert(ctx, rec, stmt, sql, args)
	case *ast.MultiInsert:
		return s.insertMany(ctx, rec, stmt, args)
	case *ast.Update:
		if s.inTx || len(stmt.From) > 0 {
			return s.update(ctx, rec, stmt, args)
		}
	case *ast.Merge:
		return s.merge(ctx, rec, stmt, args)
	case *ast.Delete:
		if s.inTx {
			return s.remove(ctx, rec, stmt, args)
		}
	case *ast.Truncate:
		return s.truncate(ctx, rec, stmt)
	case *ast.CreateView:
		return s.createView(ctx, rec, stmt, sql, args)
	case *ast.CreateSequence:
		return s.createSequence(ctx, rec, stmt, sql)
	case *ast.CreateFunction:
		return s.createFunction(ctx, rec, stmt, sql)
	case *ast.Alter:
		return s.alter(ctx, rec, stmt)
	case *ast.Comment:
		return s.comment(ctx, rec, stmt)
	case *ast.Grant:
		return s.grant(ctx, rec, stmt)
	case *ast.CreateObject:
		return s.create(ctx, rec, stmt)
	case *ast.Drop:
		return s.drop(ctx, rec, stmt)
	case *ast.CopyInto:
		return s.copyInto(ctx, rec, stmt, args)
	case *ast.CopyFiles:
		return s.copyFiles(ctx, rec, stmt, args)
	case *ast.CopyUnload:
		return s.copyUnload(ctx, rec, stmt, args)
	}
	return s.handOn(ctx, rec, sql, args)
}

// handOn runs a statement on DuckDB if it is of a kind that DuckDB knows, and
// refuses it by name if not.
func (s *session) handOn(ctx context.Context, rec *record, sql string, args []any) (*warehouse.Result, error) {
	switch kind := rec.statement.Kind; kind {
	case "SELECT", "INSERT", "UPDATE", "DELETE", "MERGE", "TRUNCATE_TABLE", "CREATE_TABLE", "CREATE_TABLE_AS_SELECT",
		"CREATE_VIEW", "CREATE_SEQUENCE", "ALTER", "ALTER_TABLE", "COMMENT":
		return s.translated(ctx, rec, sql, args)
	default:
		if _, unread := rec.tree.(*ast.Other); unread {
			if _, err := parse.Statement(sql); err != nil {
				return nil, err
			}
		}
		return nil, refusal.Unsupported(strings.ReplaceAll(kind, "_", " ") + " statements")
	}
}

// translated runs a statement on DuckDB.
func (s *session) translated(ctx context.Context, rec *record, sql string, args []any) (*warehouse.Result, error) {
	t, err := s.translation(rec, sql)
	if err != nil {
		return nil, err
	}
	rec.translated(t)
	return s.runSQL(ctx, rec, t, args)
}

// parts are a name's parts; none if the name is made at run time.
func parts(n *ast.Name) []string {
	if n == nil {
		return nil
	}
	return ast.Names(n.Parts)
}

// drop runs DROP.
func (s *session) drop(ctx context.Context, rec *record, stmt *ast.Drop) (*warehouse.Result, error) {
	switch stmt.Object {
	case "STAGE":
		return s.dropStage(ctx, rec, parts(stmt.Name), stmt.IfExists)
	case "SCHEMA", "DATABASE":
		return s.dropContainer(ctx, rec, stmt)
	case "FUNCTION", "PROCEDURE":
		return s.dropFunction(ctx, rec, stmt)
	case "ROLE", "DATABASE ROLE", "USER", "WAREHOUSE", "TAG":
		return s.dropOfAccount(rec, stmt)
	case "FILE FORMAT":
		return s.dropFormat(ctx, rec, stmt)
	case "TABLE", "VIEW", "SEQUENCE":
		return s.dropObject(ctx, rec, stmt)
	}
	return nil, refusal.Unsupported("DROP " + stmt.Object)
}

// dropObject is DROP of a table, view or sequence.
func (s *session) dropObject(ctx context.Context, rec *record, stmt *ast.Drop) (*warehouse.Result, error) {
	o, err := s.mustFind(ctx, stmt.Name, stmt.Object)
	if stmt.IfExists && errors.Is(err, warehouse.ErrNotExist) {
		return rec.status("Drop statement executed successfully (" + stmt.Name.Last() + " already dropped)."), nil
	}
	if err != nil {
		return nil, err
	}
	t := &translation{original: rec.statement.Text, text: "drop " + o.Kind + " " + o.At.String()}
	if err := s.define(ctx, rec, t, nil, nil, nil); err != nil {
		return nil, err
	}
	delete(s.temps, o.At.Permanent())
	if err := s.w.account.Forget(catalog.Written(o.At.Permanent(), true)); err != nil {
		return nil, err
	}
	return rec.status(stmt.Name.Last() + " successfully dropped."), nil
}

// runUse runs USE. A role or warehouse is what CURRENT_ROLE or CURRENT_WAREHOUSE
// says from then on, and means nothing else here.
func (s *session) runUse(ctx context.Context, rec *record, stmt *ast.Use) (*warehouse.Result, error) {
	name := parts(stmt.Name)
	database, schema := s.database, catalog.DefaultSchema
	switch object := stmt.Object; {
	case object == "ROLE" && len(name) == 1:
		s.role = name[0]
		return rec.status("Statement executed successfully."), nil
	case object == "WAREHOUSE" && len(name) == 1:
		s.compute = name[0]
		return rec.status("Statement executed successfully."), nil
	case object == "ROLE" || object == "WAREHOUSE" || object == "SECONDARY ROLES":
		return rec.status("Statement executed successfully."), nil
	case object == "SCHEMA" && len(name) == 1:
		schema = name[0]
	case (object == "SCHEMA" || object == "") && len(name) == 2:
		database, schema = name[0], name[1]
	case (object == "DATABASE" || object == "") && len(name) == 1:
		database = name[0]
	default:
		return nil, refusal.Unsupported("USE " + object + " with such a name")
	}
	if stmt.Object == "DATABASE" && !s.w.hasDatabase(database) {
		return nil, refusal.NotUsable(database)
	}
	if err := s.goTo(ctx, database, schema); err != nil {
		return nil, err
	}
	return rec.status("Statement executed successfully."), nil
}

// checkSchema refuses a schema that is not there.
func (s *session) checkSchema(ctx context.Context, database, schema string) error {
	found, err := s.conn.Texts(ctx, `select schema_name from duckdb_schemas()
		where database_name = ? and schema_name = ?`, database, schema)
	if err == nil && len(found) == 0 {
		return refusal.NotUsable(database + "." + schema)
	}
	return err
}
