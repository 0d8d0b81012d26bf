package duckdb

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/parse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/print"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/rewrite"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/types"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/catalog"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/ducksql"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/inline"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/listing"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/refusal"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/routine"
)

func (w *Warehouse) dropFunctions(database string) { w.dropSchemaFunctions(database, "") }

func (w *Warehouse) dropSchemaFunctions(database, schema string) {
	w.functions.RemoveIn(database, schema)
	w.procedures.RemoveIn(database, schema)
}

// reloadFunctions takes a schema's functions to be those that its database has.
func (w *Warehouse) reloadFunctions(ctx context.Context, of catalog.Area) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.dropSchemaFunctions(of.Database, of.Schema)
	return w.loadFunctions(ctx, of.Database)
}

// dropFunctionsOf are the statements that forget a schema's functions.
func dropFunctionsOf(database, schema string) []string {
	return []string{fmt.Sprintf("delete from %s where kind in ('FUNCTION', 'PROCEDURE') and starts_with(name, %s)", catalog.MetaTable(database), ducksql.Text(schema+"."))}
}

// loadFunctions reads the functions that a database has. The caller has admin.
func (w *Warehouse) loadFunctions(ctx context.Context, database string) error {
	rows, err := w.admin.Texts(ctx, "select meta from "+catalog.MetaTable(database)+" where kind in ('FUNCTION', 'PROCEDURE')")
	if err != nil {
		return err
	}
	for _, r := range rows {
		var f routine.Routine
		if err := json.Unmarshal([]byte(r[0]), &f); err != nil {
			return fmt.Errorf("a function of database %s: %w", database, err)
		}
		w.routines(f.Procedure).Put(&f)
	}
	return nil
}

// routines are the functions, or the procedures.
func (w *Warehouse) routines(procedures bool) *routine.Set {
	if procedures {
		return &w.procedures
	}
	return &w.functions
}

// routines are the temporary ones.
func (s *session) routines(procedures bool) *routine.Set {
	if procedures {
		return &s.procedures
	}
	return &s.functions
}

// createFunction is CREATE FUNCTION, and CREATE PROCEDURE.
func (s *session) createFunction(ctx context.Context, rec *record, stmt *ast.CreateFunction, sql string) (*warehouse.Result, error) {
	switch {
	case stmt.Aggregate || stmt.Language != "SQL" && stmt.Language != routine.JavaScript:
		return nil, refusal.Unsupported(map[bool]string{true: "stored procedures", false: "functions"}[stmt.Procedure] + " in " + stmt.Language)
	case stmt.Body == nil || stmt.OrAlter:
		return nil, refusal.Unsupported("CREATE FUNCTION without a body, and CREATE OR ALTER FUNCTION")
	}
	at, err := s.newTarget(stmt.Name)
	if err != nil {
		return nil, err
	}
	if err := s.checkSchema(ctx, at.Database, at.Schema); err != nil {
		return nil, err
	}
	f := functionOf(stmt, at, sql)
	switch {
	case f.Language != "":
		err = f.CheckTypes()
	case f.Procedure:
		_, err = script(f)
	}
	if err != nil {
		return nil, err
	}
	for _, other := range s.w.routines(f.Procedure).Named(at) {
		if other.Signature() != f.Signature() {
			continue
		}
		switch {
		case stmt.IfNotExists:
			return rec.status(f.Name + " already exists, statement succeeded."), nil
		case !stmt.Replace:
			return nil, refusal.Exists(f.Name, nil)
		}
	}
	if !f.Procedure {
		if err := s.tryFunction(ctx, f); err != nil {
			return nil, err
		}
	}
	if !f.Temporary {
		if err := s.together(ctx, catalog.Keep(f.Database, f.Kind(), f.KeptAs(), f)...); err != nil {
			return nil, err
		}
		s.w.routines(f.Procedure).Put(f)
	} else {
		s.routines(f.Procedure).Put(f)
	}
	return rec.status(fmt.Sprintf("Function %s successfully created.", f.Name)), nil
}

func functionOf(stmt *ast.CreateFunction, at catalog.Name, sql string) *routine.Routine {
	f := &routine.Routine{Database: at.Database, Schema: at.Schema, Name: at.Table, Body: stmt.Body.Value, Text: strings.TrimSpace(sql),
		Comment: commentOption(stmt.Options), Secure: stmt.Secure, Properties: stmt.Properties, Created: time.Now(),
		Memoizable: slices.Contains(stmt.Properties, "MEMOIZABLE"), Temporary: stmt.Temporary}
	if f.Procedure = stmt.Procedure; stmt.Language != "SQL" {
		f.Language = stmt.Language
	}
	for _, p := range stmt.Params {
		param := routine.Parameter{Name: p.Name.Name, Type: catalog.TypeText(p.Type)}
		if p.Default != nil {
			param.Default = print.SQL(p.Default)
		}
		f.Params = append(f.Params, param)
	}
	if !stmt.IsTable {
		f.Returns = resultText(stmt.Returns)
		return f
	}
	f.Table = []catalog.ColumnMeta{}
	for _, c := range stmt.ReturnsTable {
		f.Table = append(f.Table, catalog.ColumnMeta{Name: c.Name.Name, Type: resultText(c.Type)})
	}
	return f
}

// resultText is the type of a function's result. A CHAR there has no length: the
// documentation's own example returns two letters in one.
func resultText(t *ast.Type) string {
	if len(t.Args) == 0 && types.LengthOf(t) != "" {
		t = &ast.Type{Name: "VARCHAR"}
	}
	return catalog.TypeText(t)
}

// tryFunction compiles a call of f with nulls, so that a body that cannot work
// is refused where it is made.
func (s *session) tryFunction(ctx context.Context, f *routine.Routine) error {
	call := &ast.Call{Name: &ast.Name{Parts: []ast.Ident{{Name: f.Name}}}}
	for _, p := range f.Params {
		t, err := parse.Type(p.Type)
		if err != nil {
			return err
		}
		call.Args = append(call.Args, ast.Arg{Value: &ast.Cast{X: &ast.Null{}, Type: t}})
	}
	query, err := inline.Query(calling{s}, f, call)
	if err != nil {
		return err
	}
	text, err := s.rewritten(query)
	if err != nil {
		return err
	}
	cur, err := s.conn.Prepare(ctx, text)
	if err != nil {
		return err
	}
	cur.Close()
	return nil
}

// builtin are the names that are Snowflake's own functions.
var builtin = sync.OnceValue(func() map[string]bool {
	names := map[string]bool{}
	for _, f := range rewrite.Functions() {
		names[f.Name] = true
	}
	return names
})

// functionNamed finds the functions that a name can mean: temporary ones of
// the session, then those of the schema.
func (s *session) functionNamed(n *ast.Name, in catalog.Name) []*routine.Routine {
	if s.w.functions.Empty() && s.functions.Empty() {
		return nil
	}
	return s.routineNamed(false, n, in)
}

func (s *session) routineNamed(procedures bool, n *ast.Name, in catalog.Name) []*routine.Routine {
	if len(n.Parts) == 0 || len(n.Parts) > 3 {
		return nil
	}
	own, all := s.routines(procedures), s.w.routines(procedures)
	at := catalog.NameOf(in.Database, in.Schema, n.Last())
	if len(n.Parts) == 1 && builtin()[at.Table] && !procedures {
		return nil
	}
	if len(n.Parts) > 1 {
		at.Schema = n.Parts[len(n.Parts)-2].Name
	}
	if len(n.Parts) > 2 {
		at.Database = n.Parts[0].Name
	}
	found := append(own.Named(at), all.Named(at)...)
	if found == nil && len(n.Parts) == 1 && at.Schema != catalog.DefaultSchema {
		at.Schema = catalog.DefaultSchema // which the search path ends with
		found = append(own.Named(at), all.Named(at)...)
	}
	return found
}

// functionBySignature finds the one function, or procedure, of that name and those
// types.
func (s *session) functionBySignature(kind string, n *ast.Name, args []*ast.Type) (*routine.Routine, error) {
	types := make([]string, len(args))
	for i, a := range args {
		types[i] = catalog.TypeText(a)
	}
	at, err := s.newTarget(n)
	if err != nil {
		return nil, err
	}
	want := routine.Signature(at.Table, types)
	procedures := kind == "PROCEDURE"
	for _, f := range append(s.routines(procedures).Named(at), s.w.routines(procedures).Named(at)...) {
		if f.Signature() == want {
			return f, nil
		}
	}
	return nil, &warehouse.Error{Code: 2003, State: "02000", Kind: warehouse.ErrNotExist,
		Message: fmt.Sprintf("SQL compilation error:\n%s '%s' does not exist or not authorized.", titled(kind), want)}
}

// dropFunction is DROP FUNCTION, and DROP PROCEDURE.
func (s *session) dropFunction(ctx context.Context, rec *record, stmt *ast.Drop) (*warehouse.Result, error) {
	f, err := s.functionBySignature(stmt.Object, stmt.Name, stmt.Args)
	if err != nil {
		if stmt.IfExists {
			return rec.status("Drop statement executed successfully (" + stmt.Name.Last() + " already dropped)."), nil
		}
		return nil, err
	}
	if f.Temporary {
		s.routines(f.Procedure).Remove(f)
	} else {
		if err := s.together(ctx, catalog.Forget(f.Database, f.Kind(), f.KeptAs())...); err != nil {
			return nil, err
		}
		s.w.routines(f.Procedure).Remove(f)
	}
	return rec.status(stmt.Name.Last() + " successfully dropped."), nil
}

// describeFunction is DESCRIBE FUNCTION, and DESCRIBE PROCEDURE.
func (s *session) describeFunction(rec *record, stmt *ast.Describe) (*warehouse.Result, error) {
	f, err := s.functionBySignature(stmt.Object, stmt.Name, stmt.Args)
	if err != nil {
		return nil, err
	}
	return rec.table(listing.Texts("property", "value"), f.Describe()), nil
}
