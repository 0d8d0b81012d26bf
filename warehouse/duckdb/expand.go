package duckdb

import (
	"fmt"
	"strings"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/parse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/print"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/types"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/catalog"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/refusal"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/routine"
)

// expandingDepth is how deep functions may call functions.
const expandingDepth = 32

// An expanding puts the bodies of users' functions in the place of their calls.
type expanding struct {
	s       *session
	in      catalog.Name // the place where unqualified names are looked up
	info    *types.Info
	tables  map[*ast.Call]bool // calls that stand where a table does
	depth   int
	changed bool
	err     error
}

// expand does so in a whole statement.
func (s *session) expand(tree ast.Statement) (changed bool, err error) {
	if s.w.functions.Empty() && s.functions.Empty() {
		return false, nil
	}
	config := types.Config{Catalog: s.columnsOf, Variables: s.variables}
	if s.running != nil {
		config.Binds = s.running.binds
	}
	e := &expanding{s: s, in: catalog.Name{Database: s.database, Schema: s.schema}, info: types.Check(tree, config)}
	e.nameItems(tree)
	e.tree(tree)
	return e.changed, e.err
}

// nameItems gives the columns that call functions their names while the calls
// are there to be read.
func (e *expanding) nameItems(tree ast.Node) {
	ast.Inspect(tree, func(n ast.Node) bool {
		if sel, ok := n.(*ast.Select); ok {
			nameCalls(sel, e.calls)
		}
		return true
	})
}

// nameCalls gives those columns of a SELECT that will have another text the
// names of the one they have.
func nameCalls(sel *ast.Select, changes func(ast.Expr) bool) {
	for i, it := range sel.Items {
		if it.X != nil && it.Alias == nil && changes(it.X) {
			sel.Items[i].Alias = &ast.Ident{Name: strings.ToUpper(print.Item(&it)), Quoted: true}
		}
	}
}

func (e *expanding) calls(x ast.Expr) (found bool) {
	ast.Inspect(x, func(n ast.Node) bool {
		if c, ok := n.(*ast.Call); ok && e.s.functionNamed(c.Name, e.in) != nil {
			found = true
		}
		return !found
	})
	return found
}

// tree expands what tree holds.
func (e *expanding) tree(tree ast.Node) ast.Node {
	e.tables = map[*ast.Call]bool{}
	ast.Inspect(tree, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.TableFunction:
			if c, ok := n.X.(*ast.Call); ok {
				e.tables[c] = true
			}
		case *ast.CallProcedure: // which calls no function of that name
			e.tables[n.Call] = true
		}
		return true
	})
	return ast.Rewrite(tree, func(n ast.Node) ast.Node {
		if e.err != nil {
			return n
		}
		switch n := n.(type) {
		case *ast.TableFunction:
			return e.tableFunction(n)
		case *ast.Call:
			return e.call(n)
		}
		return n
	})
}

func (e *expanding) fail(err error) {
	if e.err == nil {
		e.err = err
	}
}

// call expands a scalar function.
func (e *expanding) call(c *ast.Call) ast.Expr {
	if c.Foreign != nil {
		return c
	}
	found := e.s.functionNamed(c.Name, e.in)
	if found == nil || e.tables[c] {
		return c
	}
	f, err := e.choose(found, c)
	if err != nil || f.Table != nil { // a table's call is left to tableFunction
		if err != nil {
			e.fail(err)
		}
		return c
	}
	x, err := e.scalar(f, c)
	if err != nil {
		e.fail(err)
		return c
	}
	e.changed = true
	return x
}

func (e *expanding) tableFunction(t *ast.TableFunction) ast.Table {
	c, ok := t.X.(*ast.Call)
	if !ok {
		return t
	}
	found := e.s.functionNamed(c.Name, e.in)
	if found == nil {
		return t
	}
	f, err := e.choose(found, c)
	if err == nil && f.Table == nil {
		err = &warehouse.Error{Code: 2140, State: "42601", Kind: warehouse.ErrNotExist,
			Message: "SQL compilation error:\nUnknown table function " + f.Name + "."}
	}
	if err != nil {
		e.fail(err)
		return t
	}
	out, err := e.table(f, t, c)
	if err != nil {
		e.fail(err)
		return t
	}
	e.changed = true
	return out
}

// choose picks the function whose parameters fit a call best.
func (e *expanding) choose(found []*routine.Routine, c *ast.Call) (*routine.Routine, error) {
	var best *routine.Routine
	score := -1
	for _, f := range found {
		if len(c.Args) > len(f.Params) || len(c.Args) < f.Required() {
			continue
		}
		if n := e.fit(f, c); n > score {
			best, score = f, n
		}
	}
	if best == nil {
		return nil, &warehouse.Error{Code: 1044, State: "42P13", Line: c.Position.Line, Column: c.Position.Column, Message: fmt.Sprintf(
			"SQL compilation error: error line %d at position %d\nInvalid argument types for function '%s': (%d arguments)",
			c.Position.Line, c.Position.Column, c.Name.Last(), len(c.Args))}
	}
	return best, nil
}

// fit says how well a call's arguments fit f's parameters.
func (e *expanding) fit(f *routine.Routine, c *ast.Call) (score int) {
	for i, a := range c.Args {
		if i >= len(f.Params) || a.Value == nil {
			break
		}
		want, _, _ := strings.Cut(f.Params[i].Type, "(")
		switch t := e.typeOf(a.Value); {
		case !t.Known():
		case string(t.Kind) == want:
			score += 10
		case t.Numeric() && want == string(warehouse.Float):
			score += 5
		case want == string(warehouse.Variant):
			score += 2
		case want == string(warehouse.Varchar):
			score++
		}
	}
	return score
}

// typeOf is an argument's type as far as it shows.
func (e *expanding) typeOf(x ast.Expr) types.Type {
	if e.info != nil {
		if t := e.info.Type(x); t.Known() {
			return t
		}
	}
	return e.s.types(&ast.Query{Body: &ast.Select{Items: []ast.Item{{X: x}}}}).Type(x)
}

// types are those of a statement's expressions.
func (s *session) types(tree ast.Statement) *types.Info {
	return types.Check(tree, types.Config{Catalog: s.columnsOf, Variables: s.variables})
}

// arguments are a call's arguments, in the order of f's parameters and of their
// types.
func (e *expanding) arguments(f *routine.Routine, c *ast.Call) (map[string]ast.Expr, error) {
	args := map[string]ast.Expr{}
	for i, p := range f.Params {
		var x ast.Expr
		for j, a := range c.Args {
			if a.Name != nil && a.Name.Name == p.Name || a.Name == nil && i == j {
				x = a.Value
			}
		}
		if x == nil && p.Default != "" {
			var err error
			if x, err = p.DefaultTree(); err != nil {
				return nil, err
			}
		}
		if x == nil {
			return nil, &warehouse.Error{Code: 1044, State: "42P13", Line: c.Position.Line, Column: c.Position.Column,
				Message: fmt.Sprintf("SQL compilation error: error line %d at position %d\nInvalid argument types for function '%s': argument %s is missing",
					c.Position.Line, c.Position.Column, f.Name, p.Name)}
		}
		t, err := parse.Type(p.Type)
		if err != nil {
			return nil, err
		}
		args[p.Name] = &ast.Cast{X: &ast.Parens{X: x}, Type: t}
	}
	return args, nil
}

// inner is the expanding of f's body, where names are those of f's schema.
func (e *expanding) inner(f *routine.Routine) (*expanding, error) {
	if e.depth >= expandingDepth {
		return nil, &warehouse.Error{Code: 2057, State: "42601", Message: "SQL compilation error:\nfunction " + f.Name + " calls itself"}
	}
	return &expanding{s: e.s, in: catalog.Name{Database: f.Database, Schema: f.Schema}, depth: e.depth + 1}, nil
}

// scalar is a call of f as an expression.
func (e *expanding) scalar(f *routine.Routine, c *ast.Call) (ast.Expr, error) {
	args, err := e.arguments(f, c)
	if err != nil {
		return nil, err
	}
	if f.Language != "" {
		return e.foreign(f, c, args)
	}
	inner, err := e.inner(f)
	if err != nil {
		return nil, err
	}
	q, x, err := f.Tree()
	if err != nil {
		return nil, err
	}
	returns, err := parse.Type(f.Returns)
	if err != nil {
		return nil, err
	}
	if q == nil && !holdsQuery(x) {
		x = inner.tree(substitute(x, args)).(ast.Expr)
		return &ast.Cast{At: c.At, X: &ast.Parens{X: x}, Type: returns}, inner.err
	}
	if q == nil {
		q = &ast.Query{Body: &ast.Select{Items: []ast.Item{{X: x}}}}
	}
	inner.qualify(q)
	inner.info = e.s.types(q)
	inner.tree(q)
	return &ast.Cast{At: c.At, X: &ast.Subquery{Query: withArguments(q, f, args)}, Type: returns}, inner.err
}

// table is a call of f as a table.
func (e *expanding) table(f *routine.Routine, t *ast.TableFunction, c *ast.Call) (ast.Table, error) {
	args, err := e.arguments(f, c)
	if err != nil {
		return nil, err
	}
	inner, err := e.inner(f)
	if err != nil {
		return nil, err
	}
	q, _, err := f.Tree()
	if err != nil {
		return nil, err
	}
	if q == nil {
		return nil, refusal.Unsupported("a table function whose body is no query")
	}
	inner.qualify(q)
	inner.info = e.s.types(q)
	inner.tree(q)
	if inner.err != nil {
		return nil, inner.err
	}
	result := &ast.Derived{Lateral: true, Query: q, Alias: &ast.Alias{Name: ast.Ident{Name: "_RESULT", Quoted: true}}}
	outer := &ast.Select{From: []ast.Table{result}}
	if len(args) > 0 {
		outer.From = append([]ast.Table{argumentRow(f, args)}, outer.From...)
	}
	for i, col := range f.Table {
		typ, err := parse.Type(col.Type)
		if err != nil {
			return nil, err
		}
		name := ast.Ident{Name: "_" + stepColumn(i), Quoted: true}
		result.Alias.Columns = append(result.Alias.Columns, name)
		outer.Items = append(outer.Items, ast.Item{X: &ast.Cast{X: &ast.Column{Parts: []ast.Ident{result.Alias.Name, name}}, Type: typ},
			Alias: &ast.Ident{Name: col.Name, Quoted: true}})
	}
	alias := t.Alias
	if alias == nil {
		alias = &ast.Alias{Name: ast.Ident{Name: f.Name, Quoted: true}}
	}
	return &ast.Derived{At: t.At, Lateral: true, Query: &ast.Query{Body: outer}, Alias: alias}, nil
}

// argumentRow is a table of one row with the arguments as its columns.
func argumentRow(f *routine.Routine, args map[string]ast.Expr) ast.Table {
	sel := &ast.Select{}
	for _, p := range f.Params {
		sel.Items = append(sel.Items, ast.Item{X: args[p.Name], Alias: &ast.Ident{Name: p.Name, Quoted: true}})
	}
	return &ast.Derived{Query: &ast.Query{Body: sel}, Alias: &ast.Alias{Name: ast.Ident{Name: "_ARGS", Quoted: true}}}
}

// withArguments is a query of one value in which the arguments are columns of a
// table outside it, so that those of its own tables come first.
func withArguments(q *ast.Query, f *routine.Routine, args map[string]ast.Expr) *ast.Query {
	if len(args) == 0 {
		return q
	}
	return &ast.Query{Body: &ast.Select{Items: []ast.Item{{X: &ast.Subquery{Query: q}, Alias: &ast.Ident{Name: "X"}}}, From: []ast.Table{argumentRow(f, args)}}}
}

func holdsQuery(x ast.Expr) (holds bool) {
	ast.Inspect(x, func(n ast.Node) bool {
		_, query := n.(*ast.Query)
		holds = holds || query
		return !holds
	})
	return holds
}

// substitute puts arguments in the place of parameters.
func substitute(x ast.Expr, args map[string]ast.Expr) ast.Expr {
	return ast.Rewrite(x, func(n ast.Node) ast.Node {
		if c, ok := n.(*ast.Column); ok && len(c.Parts) == 1 {
			if arg, ok := args[c.Parts[0].Name]; ok {
				return ast.Clone(arg)
			}
		}
		return n
	}).(ast.Expr)
}

// qualify completes the names of a body's tables with the function's place.
func (e *expanding) qualify(q *ast.Query) {
	own := map[string]bool{}
	ast.Inspect(q, func(n ast.Node) bool {
		if q, ok := n.(*ast.Query); ok && q.With != nil {
			for _, c := range q.With.CTEs {
				own[c.Name.Name] = true
			}
		}
		return true
	})
	ast.Inspect(q, func(n ast.Node) bool {
		t, ok := n.(*ast.TableName)
		if !ok || t.Name.Dynamic != nil || len(t.Name.Parts) == 1 && own[t.Name.Parts[0].Name] {
			return true
		}
		if t.Alias == nil {
			t.Alias = &ast.Alias{Name: t.Name.Parts[len(t.Name.Parts)-1]}
		}
		place := []ast.Ident{{Name: e.in.Database, Quoted: true}, {Name: e.in.Schema, Quoted: true}}
		if n := len(t.Name.Parts); n < 3 {
			t.Name.Parts = append(place[:3-n:3-n], t.Name.Parts...)
		}
		return true
	})
}
