package duckdb

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/parse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/print"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/rewrite"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/types"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/catalog"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/inline"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/refusal"
)

// A settling puts into a tree what only the session knows: the names that
// identifier(…) takes from binds and variables, where temporary tables stand,
// and what its parameters say of names and types.
type settling struct {
	ctx     context.Context
	s       *session
	args    []any
	used    map[int]bool    // arguments that became names
	binds   []*ast.Bind     // the question marks, in order
	own     map[string]bool // names of common table expressions
	named   []*ast.Name     // the permanent tables, views and sequences
	options bool            // the statement is one whose properties may be variables
	lasting bool            // the tree outlives the session's temporary tables
	changed bool
	err     error
}

// A settled is what settling a statement came to.
type settled struct {
	args    []any       // that are left for it
	changed bool        // the tree is not the text's any more
	named   []*ast.Name // the permanent tables, views and sequences that it names
}

// settle changes tree and gives the arguments that are left for it.
func (s *session) settle(ctx context.Context, tree ast.Statement, args []any) (settled, error) {
	s.w.noteCases(tree)
	s.w.noteNarrow(tree)
	s.w.noteNotNull(tree)
	st := &settling{ctx: ctx, s: s, args: args, used: map[int]bool{}, own: map[string]bool{}, changed: plainView(tree), lasting: lasting(tree), options: hasOptions(tree)}
	ast.Inspect(tree, st.look)
	slices.SortFunc(st.binds, func(a, b *ast.Bind) int { return a.Position.Offset - b.Position.Offset })
	if s.parameters["QUOTED_IDENTIFIERS_IGNORE_CASE"] == "true" {
		st.changed = true
		foldQuoted(tree)
	}
	ast.Rewrite(tree, st.node)
	if st.err != nil {
		return settled{}, st.err
	}
	if !defines(tree) {
		expanded, err := s.expand(tree)
		if err != nil {
			return settled{}, err
		}
		pivoted, err := s.pivotValues(ctx, tree)
		if err != nil {
			return settled{}, err
		}
		st.changed = st.changed || expanded || pivoted
	}
	var left []any
	for i, a := range args {
		if !st.used[i] {
			left = append(left, a)
		}
	}
	return settled{left, st.changed, st.named}, nil
}

// plainView makes CREATE RECURSIVE VIEW a view whose query begins with a common
// table expression of its name.
func plainView(tree ast.Statement) bool {
	v, ok := tree.(*ast.CreateView)
	if !ok || !v.Recursive || v.Name == nil || len(v.Name.Parts) == 0 {
		return false
	}
	name := v.Name.Parts[len(v.Name.Parts)-1]
	self := ast.CTE{Name: name, Query: v.Query}
	for _, c := range v.Columns {
		self.Columns = append(self.Columns, c.Name)
	}
	v.Recursive = false
	v.Query = &ast.Query{At: v.Query.At, With: &ast.With{Recursive: true, CTEs: []ast.CTE{self}}, Body: &ast.Select{At: v.Query.At,
		Items: []ast.Item{{X: &ast.Star{}}}, From: []ast.Table{&ast.TableName{Name: &ast.Name{Parts: []ast.Ident{name}}}}}}
	return true
}

// defines says whether a tree is a function's own definition.
func defines(tree ast.Statement) bool {
	_, is := tree.(*ast.CreateFunction)
	return is
}

// hasOptions says whether a statement has properties that are read here, and so no
// expressions that DuckDB computes.
func hasOptions(tree ast.Statement) bool {
	switch tree.(type) {
	case *ast.CopyInto, *ast.CopyUnload, *ast.CopyFiles, *ast.CreateStage, *ast.CreateObject, *ast.Alter:
		return true
	}
	return false
}

// lasting says whether a statement's query is kept to be run later.
func lasting(tree ast.Statement) bool {
	_, view := tree.(*ast.CreateView)
	return view || defines(tree)
}

func (st *settling) look(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.Bind:
		if n.Name == "" {
			st.binds = append(st.binds, n)
		}
	case *ast.Select:
		inline.NameCalls(n, ofSession)
	case *ast.Query:
		if n.With != nil {
			for _, c := range n.With.CTEs {
				st.own[c.Name.Name] = true
			}
		}
	}
	return true
}

func (st *settling) node(n ast.Node) ast.Node {
	switch n := n.(type) {
	case *ast.Name:
		st.name(n)
	case *ast.Identifier:
		n.Arg = st.text(n.Arg)
	case *ast.TableName:
		if usageHistory(n.Name) {
			return st.historyView(n)
		}
		if read, database := st.s.schemaView(n.Name); read != nil && !st.lasting {
			return read(st, n, database)
		}
		st.table(n)
	case *ast.Column:
		if last := len(n.Parts) - 1; last > 0 && n.Parts[last].Name == "NEXTVAL" && !n.Parts[last].Quoted {
			st.named = append(st.named, &ast.Name{At: n.At, Parts: n.Parts[:last]})
		}
	case *ast.Variable:
		if st.options {
			return st.literal(n)
		}
	case *ast.Truncate:
		st.named = append(st.named, n.Name)
	case *ast.CopyInto:
		st.named = append(st.named, n.Into)
	case *ast.Insert:
		into := &ast.TableName{Name: n.Into}
		st.table(into)
		n.Into = into.Name
	case *ast.Call:
		return st.call(n)
	case *ast.TableFunction:
		return st.function(n)
	case *ast.Describe:
		if x, ok := n.Query.(*ast.Call); ok {
			n.Query = st.call(x)
		}
	case *ast.Typed:
		if mapped := st.s.parameters["TIMESTAMP_TYPE_MAPPING"]; mapped != "" && n.Type == "TIMESTAMP" {
			n.Type, st.changed = mapped, true
		}
	case *ast.Type:
		if mapped := st.s.parameters["TIMESTAMP_TYPE_MAPPING"]; mapped != "" && n.Name == "TIMESTAMP" {
			n.Name, st.changed = mapped, true
		}
	}
	return n
}

// ofSession reports whether an expression calls a function that is settled, so
// that its text is another afterwards.
func ofSession(x ast.Expr) (found bool) {
	ast.Inspect(x, func(n ast.Node) bool {
		if c, ok := n.(*ast.Call); ok && len(c.Name.Parts) == 1 {
			found = found || settledCalls[c.Name.Last()]
		}
		return !found
	})
	return found
}

// settledCalls are the functions that call settles.
var settledCalls = map[string]bool{
	"LAST_QUERY_ID": true, "CURRENT_SESSION": true, "CURRENT_TRANSACTION": true, "LAST_TRANSACTION": true, "CURRENT_DATABASE": true,
	"CURRENT_SCHEMA": true, "CURRENT_CLIENT": true, "CURRENT_AVAILABLE_ROLES": true, "CURRENT_SECONDARY_ROLES": true,
	"CURRENT_ACCOUNT_NAME": true, "CURRENT_ORGANIZATION_NAME": true,
	"IS_ROLE_IN_SESSION": true, "IS_DATABASE_ROLE_IN_SESSION": true,
	"SYSTEM$GET_DEFAULT_PYTHON_ARTIFACT_REPOSITORY": true, "GET_DDL": true, "GETVARIABLE": true,
	"SYSTEM$GET_TAG": true,
}

// call settles the functions that tell of the session.
func (st *settling) call(c *ast.Call) ast.Expr {
	if len(c.Name.Parts) != 1 {
		return c
	}
	var value ast.Expr
	var err error
	switch name := c.Name.Last(); name {
	case "TO_TIMESTAMP", "TRY_TO_TIMESTAMP":
		if mapped := st.s.parameters["TIMESTAMP_TYPE_MAPPING"]; mapped != "" {
			c.Name.Parts[0].Name, st.changed = strings.Replace(name, "TIMESTAMP", mapped, 1), true
		}
		return c
	case "LAST_QUERY_ID":
		value = textOrNull(st.s.results.Query(wholeArgument(c, -1)))
	case "CURRENT_SESSION":
		value = &ast.String{Value: st.s.id}
	case "CURRENT_TRANSACTION":
		value = textOrNull(st.s.tx.id)
	case "LAST_TRANSACTION":
		value = textOrNull(st.s.lastTx)
	case "CURRENT_DATABASE", "CURRENT_SCHEMA":
		if st.s.database != "" {
			return c
		}
		value = &ast.Null{}
	case "CURRENT_CLIENT":
		value = &ast.String{Value: st.s.client}
	case "CURRENT_AVAILABLE_ROLES":
		value = &ast.String{Value: `["` + cmp.Or(st.s.role, "SNOWPIT") + `"]`}
	case "CURRENT_SECONDARY_ROLES":
		value = &ast.String{Value: `{"roles":"","value":""}`}
	case "IS_ROLE_IN_SESSION", "IS_DATABASE_ROLE_IN_SESSION":
		value = st.s.roleInSession(c)
	case "CURRENT_ACCOUNT_NAME", "CURRENT_ORGANIZATION_NAME":
		value = &ast.String{Value: "SNOWPIT"}
	case "SYSTEM$GET_DEFAULT_PYTHON_ARTIFACT_REPOSITORY":
		value = &ast.Null{}
	case "GET_DDL":
		value, err = st.s.getDDL(st.ctx, c)
	case "SYSTEM$GET_TAG":
		value, err = st.s.getTag(st.ctx, c)
	case "GETVARIABLE":
		value = st.s.variableNamed(c)
	default:
		return c
	}
	if err != nil && st.err == nil {
		st.err = err
	}
	if err != nil || value == nil {
		return c
	}
	st.changed = true
	return value
}

func textOrNull(text string) ast.Expr {
	if text == "" {
		return &ast.Null{}
	}
	return &ast.String{Value: text}
}

// wholeArgument is a call's one argument where it is a whole number.
func wholeArgument(c *ast.Call, otherwise int) int {
	if len(c.Args) != 1 {
		return otherwise
	}
	sign, x := 1, c.Args[0].Value
	if u, ok := x.(*ast.Unary); ok && u.Op == "-" {
		sign, x = -1, u.X
	}
	if n, ok := x.(*ast.Number); ok {
		if i, err := strconv.Atoi(n.Text); err == nil {
			return sign * i
		}
	}
	return otherwise
}

// function settles the table functions that tell of the session.
func (st *settling) function(t *ast.TableFunction) ast.Table {
	c, ok := t.X.(*ast.Call)
	if !ok {
		return st.tableNamed(t)
	}
	var out ast.Table
	var err error
	switch name := c.Name.Last(); {
	case name == "RESULT_SCAN":
		out, err = st.s.resultScan(st.ctx, t, c)
	case name == "QUERY_HISTORY" || name == "QUERY_HISTORY_BY_SESSION" || name == "QUERY_HISTORY_BY_USER":
		out, err = st.s.queryHistory(st.ctx, t, c)
	case st.s.onlyProcedure(c.Name):
		err = refusal.Unsupported("TABLE(" + name + "(…)), the result of a procedure as a table; CALL it, and read TABLE(RESULT_SCAN(LAST_QUERY_ID()))")
	default:
		return t
	}
	if err != nil {
		if st.err == nil {
			st.err = err
		}
		return t
	}
	st.changed = true
	return out
}

// historyView is the view QUERY_HISTORY of SNOWFLAKE.ACCOUNT_USAGE.
func (st *settling) historyView(t *ast.TableName) ast.Table {
	name, err := st.s.historyTable(st.ctx)
	if err != nil {
		st.err = cmp.Or(st.err, err)
		return t
	}
	st.changed = true
	return &ast.TableName{At: t.At, Name: name, Alias: aliasOr(t.Alias, t.Name.Last())}
}

// tableNamed is TABLE('name'), TABLE($variable) and TABLE(?).
func (st *settling) tableNamed(t *ast.TableFunction) ast.Table {
	arg := t.X
	if id, ok := arg.(*ast.Identifier); ok {
		arg = id.Arg
	}
	text, ok := st.text(arg).(*ast.String)
	if !ok {
		return t
	}
	named := &ast.TableName{At: t.At, Name: &ast.Name{At: t.At, Dynamic: text}, Alias: t.Alias}
	st.name(named.Name)
	st.table(named)
	return named
}

// literal is the value of a session variable.
func (st *settling) literal(v *ast.Variable) ast.Expr {
	value, ok := st.s.variables[v.Name]
	if !ok {
		st.err = cmp.Or(st.err, error(rewrite.Unset(v)))
		return v
	}
	st.changed = true
	return ast.Clone(value)
}

// text is what stands in identifier(…) as a literal.
func (st *settling) text(e ast.Expr) ast.Expr {
	switch e := e.(type) {
	case *ast.Variable:
		if v, ok := st.s.variables[e.Name].(*ast.String); ok {
			st.changed = true
			return v
		}
	case *ast.Bind:
		i := slices.Index(st.binds, e)
		if n, err := strconv.Atoi(e.Name); err == nil {
			i = n - 1
		}
		if i < 0 || i >= len(st.args) {
			return e
		}
		if text, ok := st.args[i].(string); ok {
			st.changed = true
			st.used[i] = e.Name == ""
			return &ast.String{At: e.At, Value: text}
		}
	}
	return e
}

// skippedSchema puts PUBLIC between the dots of database..table.
func (st *settling) skippedSchema(n *ast.Name) {
	if len(n.Parts) == 3 && n.Parts[1].Name == "" && !n.Parts[1].Quoted {
		n.Parts[1].Name, st.changed = catalog.DefaultSchema, true
	}
}

// name settles identifier(…), and refuses what is the warehouse's own.
func (st *settling) name(n *ast.Name) {
	defer st.ownSchema(n)
	if n.Dynamic == nil {
		st.skippedSchema(n)
		return
	}
	text, ok := st.text(n.Dynamic).(*ast.String)
	if !ok {
		return
	}
	parts := parse.Name(text.Value)
	if parts == nil {
		st.err = &warehouse.Error{Code: 1003, State: "42000", Kind: warehouse.ErrSyntax, Line: n.Position.Line, Column: n.Position.Column,
			Message: "SQL compilation error:\n'" + text.Value + "' is not an object's name"}
		return
	}
	n.Dynamic, n.Parts, st.changed = nil, parts, true
}

// ownSchema refuses names in the schema where the warehouse keeps what it knows
// of a database.
func (st *settling) ownSchema(n *ast.Name) {
	for _, p := range n.Parts {
		if p.Name == catalog.InformationSchema && st.err == nil {
			st.err = refusal.Missing("Schema", print.SQL(n))
		}
	}
}

// table puts a session's temporary table in the place of its name, and refuses
// what only the engine has under it.
func (st *settling) table(t *ast.TableName) {
	if len(t.Name.Parts) == 0 || len(t.Name.Parts) == 1 && st.own[t.Name.Parts[0].Name] {
		return
	}
	full, err := st.s.resolveName(t.Name)
	if err != nil {
		return
	}
	if full.Database != catalog.Temp {
		st.named = append(st.named, t.Name)
		return
	}
	if t.Alias == nil {
		t.Alias = &ast.Alias{Name: ast.Ident{Name: t.Name.Last(), Quoted: true}}
	}
	t.Name, st.changed = full.Tree(), true
}

// foldQuoted makes the names in double quotes those without.
func foldQuoted(tree ast.Statement) {
	fold := func(ids []ast.Ident) {
		for i := range ids {
			ids[i].Name = strings.ToUpper(ids[i].Name)
		}
	}
	ast.Rewrite(tree, func(n ast.Node) ast.Node {
		switch n := n.(type) {
		case *ast.Name:
			fold(n.Parts)
		case *ast.Column:
			fold(n.Parts)
		case *ast.Select:
			for i := range n.Items {
				if a := n.Items[i].Alias; a != nil {
					a.Name = strings.ToUpper(a.Name)
				}
			}
		case *ast.CreateTable:
			for i := range n.Columns {
				n.Columns[i].Name.Name = strings.ToUpper(n.Columns[i].Name.Name)
			}
		case *ast.Insert:
			fold(n.Columns)
		}
		return n
	})
}

// translation is the statement on record in DuckDB's dialect.
func (s *session) translation(rec *record, sql string) (*translation, error) {
	if !rec.settled {
		return s.translator(sql, rec.binds)
	}
	out, err := s.toDuckDB(ast.Clone(rec.tree), rec.binds)
	if err != nil {
		return nil, err
	}
	return &translation{original: sql, text: out.Text, columns: out.Columns, made: out.Made}, nil
}

// toDuckDB rewrites a tree for DuckDB, which gets no name of a file.
func (s *session) toDuckDB(tree ast.Statement, binds []types.Type) (rewrite.Translation, error) {
	out, err := rewrite.DuckDB(tree, s.rewriting(binds))
	if err == nil {
		err = s.noFiles(tree)
	}
	return out, err
}
