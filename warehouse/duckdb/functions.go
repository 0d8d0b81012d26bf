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
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/infoschema"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/listing"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/refusal"
)

// A function is one that a user made. The body of one in SQL goes into the
// statements that call it, with the arguments in the place of its parameters; one
// in JavaScript is run for each row.
type function struct {
	Database   string               `json:"database"`
	Schema     string               `json:"schema"`
	Name       string               `json:"name"`
	Params     []parameter          `json:"params,omitempty"`
	Returns    string               `json:"returns,omitempty"` // a scalar's type
	Table      []catalog.ColumnMeta `json:"table,omitempty"`   // a table's columns
	Procedure  bool                 `json:"procedure,omitempty"`
	Language   string               `json:"language,omitempty"` // "" for SQL
	Body       string               `json:"body"`
	Text       string               `json:"text"` // the definition as it was sent
	Comment    string               `json:"comment,omitempty"`
	Secure     bool                 `json:"secure,omitempty"`
	Memoizable bool                 `json:"memoizable,omitempty"`
	Properties []string             `json:"properties,omitempty"`
	Created    time.Time            `json:"created"`

	temporary bool
}

// A parameter is one of a function's.
type parameter struct {
	Name    string `json:"name"`
	Type    string `json:"type"`
	Default string `json:"default,omitempty"` // in Snowflake's SQL; "" without one
}

// signature is what tells a function from others of its name.
func (f *function) signature() string {
	types := make([]string, len(f.Params))
	for i, p := range f.Params {
		types[i] = p.Type
	}
	return signatureOf(f.Name, types)
}

// signatureOf leaves out what does not tell functions apart: how long a type is.
func signatureOf(name string, types []string) string {
	short := make([]string, len(types))
	for i, t := range types {
		short[i], _, _ = strings.Cut(t, "(")
	}
	return name + "(" + strings.Join(short, ", ") + ")"
}

// arguments is the signature as SHOW FUNCTIONS has it.
func (f *function) arguments() string {
	returns, _, _ := strings.Cut(f.Returns, "(")
	if f.Table != nil {
		columns := make([]string, len(f.Table))
		for i, c := range f.Table {
			short, _, _ := strings.Cut(c.Type, "(")
			columns[i] = c.Name + " " + short
		}
		returns = "TABLE (" + strings.Join(columns, ", ") + ")"
	}
	return f.signature() + " RETURN " + returns
}

// required is how many arguments have no default.
func (f *function) required() int {
	n := 0
	for _, p := range f.Params {
		if p.Default == "" {
			n++
		}
	}
	return n
}

// functions are those of all databases.
type functions struct {
	mu  sync.RWMutex
	all map[catalog.Name][]*function // by database, schema and name
}

func (fs *functions) named(t catalog.Name) []*function {
	fs.mu.RLock()
	defer fs.mu.RUnlock()
	return slices.Clone(fs.all[t])
}

// list is all of them, in the order of their names.
func (fs *functions) list() (all []*function) {
	fs.mu.RLock()
	defer fs.mu.RUnlock()
	for _, some := range fs.all {
		all = append(all, some...)
	}
	slices.SortFunc(all, func(a, b *function) int {
		return strings.Compare(a.Database+"\x00"+a.Schema+"\x00"+a.signature(), b.Database+"\x00"+b.Schema+"\x00"+b.signature())
	})
	return all
}

// put adds a function in the place of one with its signature.
func (fs *functions) put(f *function) {
	fs.remove(f)
	fs.mu.Lock()
	defer fs.mu.Unlock()
	if fs.all == nil {
		fs.all = map[catalog.Name][]*function{}
	}
	at := catalog.NameOf(f.Database, f.Schema, f.Name)
	fs.all[at] = append(fs.all[at], f)
}

// remove takes out the function with f's signature.
func (fs *functions) remove(f *function) {
	fs.mu.Lock()
	defer fs.mu.Unlock()
	at := catalog.NameOf(f.Database, f.Schema, f.Name)
	kept := slices.DeleteFunc(slices.Clone(fs.all[at]), func(g *function) bool { return g.signature() == f.signature() })
	if len(kept) == 0 {
		delete(fs.all, at)
		return
	}
	fs.all[at] = kept
}

// removeIn takes out the functions of a schema, or of all of a database's.
func (fs *functions) removeIn(database, schema string) {
	fs.mu.Lock()
	defer fs.mu.Unlock()
	for t := range fs.all {
		if t.Database == database && (schema == "" || t.Schema == schema) {
			delete(fs.all, t)
		}
	}
}

func (w *Warehouse) dropFunctions(database string) { w.dropSchemaFunctions(database, "") }

func (w *Warehouse) dropSchemaFunctions(database, schema string) {
	w.functions.removeIn(database, schema)
	w.procedures.removeIn(database, schema)
}

// reloadFunctions takes a schema's functions to be those that its database has.
func (w *Warehouse) reloadFunctions(ctx context.Context, of area) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.dropSchemaFunctions(of.database, of.schema)
	return w.loadFunctions(ctx, of.database)
}

// dropFunctionsOf are the statements that forget a schema's functions.
func dropFunctionsOf(database, schema string) []string {
	return []string{fmt.Sprintf("delete from %s where kind in ('FUNCTION', 'PROCEDURE') and starts_with(name, %s)", infoschema.MetaTable(database), ducksql.Text(schema+"."))}
}

// loadFunctions reads the functions that a database has. The caller has admin.
func (w *Warehouse) loadFunctions(ctx context.Context, database string) error {
	rows, err := w.admin.Texts(ctx, "select meta from "+infoschema.MetaTable(database)+" where kind in ('FUNCTION', 'PROCEDURE')")
	if err != nil {
		return err
	}
	for _, r := range rows {
		var f function
		if err := json.Unmarshal([]byte(r[0]), &f); err != nil {
			return fmt.Errorf("a function of database %s: %w", database, err)
		}
		w.routines(f.Procedure).put(&f)
	}
	return nil
}

// routines are the functions, or the procedures.
func (w *Warehouse) routines(procedures bool) *functions {
	if procedures {
		return &w.procedures
	}
	return &w.functions
}

// routines are the temporary ones.
func (s *session) routines(procedures bool) *functions {
	if procedures {
		return &s.procedures
	}
	return &s.functions
}

// kind is what a statement calls it.
func (f *function) kind() string {
	if f.Procedure {
		return "PROCEDURE"
	}
	return "FUNCTION"
}

// createFunction is CREATE FUNCTION, and CREATE PROCEDURE.
func (s *session) createFunction(ctx context.Context, rec *record, stmt *ast.CreateFunction, sql string) (*warehouse.Result, error) {
	switch {
	case stmt.Procedure && stmt.Language != javaScript:
		return nil, refusal.Unsupported("stored procedures in " + stmt.Language)
	case stmt.Aggregate || stmt.Language != "SQL" && stmt.Language != javaScript:
		return nil, refusal.Unsupported("functions in " + stmt.Language)
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
	if f.Language != "" {
		if err := checkForeign(f); err != nil {
			return nil, err
		}
	}
	for _, other := range s.w.routines(f.Procedure).named(at) {
		if other.signature() != f.signature() {
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
	if !f.temporary {
		if err := s.together(ctx, keepMeta(f.Database, f.kind(), f.Schema+"."+f.signature(), f)...); err != nil {
			return nil, err
		}
		s.w.routines(f.Procedure).put(f)
	} else {
		s.routines(f.Procedure).put(f)
	}
	return rec.status(fmt.Sprintf("Function %s successfully created.", f.Name)), nil
}

func functionOf(stmt *ast.CreateFunction, at catalog.Name, sql string) *function {
	f := &function{Database: at.Database, Schema: at.Schema, Name: at.Table, Body: stmt.Body.Value, Text: strings.TrimSpace(sql),
		Comment: commentOption(stmt.Options), Secure: stmt.Secure, Properties: stmt.Properties, Created: time.Now(),
		Memoizable: slices.Contains(stmt.Properties, "MEMOIZABLE"), temporary: stmt.Temporary}
	if f.Procedure = stmt.Procedure; stmt.Language != "SQL" {
		f.Language = stmt.Language
	}
	for _, p := range stmt.Params {
		param := parameter{Name: p.Name.Name, Type: catalog.TypeText(p.Type)}
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
func (s *session) tryFunction(ctx context.Context, f *function) error {
	call := &ast.Call{Name: &ast.Name{Parts: []ast.Ident{{Name: f.Name}}}}
	for _, p := range f.Params {
		t, err := parse.Type(p.Type)
		if err != nil {
			return err
		}
		call.Args = append(call.Args, ast.Arg{Value: &ast.Cast{X: &ast.Null{}, Type: t}})
	}
	e := &expanding{s: s}
	body := &ast.Select{Items: []ast.Item{{X: &ast.Star{}}}}
	if f.Table == nil {
		x, err := e.scalar(f, call)
		if err != nil {
			return err
		}
		body.Items[0] = ast.Item{X: x, Alias: &ast.Ident{Name: "X"}}
	} else {
		t, err := e.table(f, &ast.TableFunction{X: call}, call)
		if err != nil {
			return err
		}
		body.From = []ast.Table{t}
	}
	text, err := s.rewritten(&ast.Query{Body: body})
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
func (s *session) functionNamed(n *ast.Name, in catalog.Name) []*function {
	if s.w.functions.empty() && s.functions.empty() {
		return nil
	}
	return s.routineNamed(false, n, in)
}

func (s *session) routineNamed(procedures bool, n *ast.Name, in catalog.Name) []*function {
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
	found := append(own.named(at), all.named(at)...)
	if found == nil && len(n.Parts) == 1 && at.Schema != catalog.DefaultSchema {
		at.Schema = catalog.DefaultSchema // which the search path ends with
		found = append(own.named(at), all.named(at)...)
	}
	return found
}

func (fs *functions) empty() bool {
	fs.mu.RLock()
	defer fs.mu.RUnlock()
	return len(fs.all) == 0
}

// functionBySignature finds the one function, or procedure, of that name and those
// types.
func (s *session) functionBySignature(kind string, n *ast.Name, args []*ast.Type) (*function, error) {
	types := make([]string, len(args))
	for i, a := range args {
		types[i] = catalog.TypeText(a)
	}
	at, err := s.newTarget(n)
	if err != nil {
		return nil, err
	}
	want := signatureOf(at.Table, types)
	procedures := kind == "PROCEDURE"
	for _, f := range append(s.routines(procedures).named(at), s.w.routines(procedures).named(at)...) {
		if f.signature() == want {
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
	if f.temporary {
		s.routines(f.Procedure).remove(f)
	} else {
		if err := s.together(ctx, dropMeta(f.Database, f.kind(), f.Schema+"."+f.signature())...); err != nil {
			return nil, err
		}
		s.w.routines(f.Procedure).remove(f)
	}
	return rec.status(stmt.Name.Last() + " successfully dropped."), nil
}

// describeFunction is DESCRIBE FUNCTION, and DESCRIBE PROCEDURE.
func (s *session) describeFunction(rec *record, stmt *ast.Describe) (*warehouse.Result, error) {
	f, err := s.functionBySignature(stmt.Object, stmt.Name, stmt.Args)
	if err != nil {
		return nil, err
	}
	params := make([]string, len(f.Params))
	for i, p := range f.Params {
		short, _, _ := strings.Cut(p.Type, "(")
		params[i] = p.Name + " " + short
	}
	returns := f.Returns
	if f.Table != nil {
		columns := make([]string, len(f.Table))
		for i, c := range f.Table {
			columns[i] = c.Name + " " + c.Type
		}
		returns = "TABLE (" + strings.Join(columns, ", ") + ")"
	}
	rows := [][]any{{"signature", "(" + strings.Join(params, ", ") + ")"}, {"returns", returns}, {"language", f.language()}}
	if f.Language != "" {
		rows = append(rows, []any{"null handling", f.nullHandling()}, []any{"volatility", f.volatility()})
	}
	if f.Procedure {
		rows = append(rows, []any{"execute as", f.executeAs()})
	}
	return rec.table(listing.Texts("property", "value"), append(rows, []any{"body", f.Body})), nil
}
