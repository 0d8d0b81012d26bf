package inline

import (
	"strconv"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/parse"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/catalog"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/refusal"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/routine"
)

// inner is the expanding of f's body, where names are those of f's schema.
func (e *expanding) inner(f *routine.Routine) (*expanding, error) {
	if e.depth >= expandingDepth {
		return nil, &warehouse.Error{Code: 2057, State: "42601", Message: "SQL compilation error:\nfunction " + f.Name + " calls itself"}
	}
	return &expanding{scope: e.scope, in: catalog.Name{Database: f.Database, Schema: f.Schema}, depth: e.depth + 1}, nil
}

// scalar is a call of f as an expression.
func (e *expanding) scalar(f *routine.Routine, c *ast.Call) (ast.Expr, error) {
	args, err := Arguments(f, c)
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
	inner.info = e.scope.Types(q)
	inner.tree(q)
	return &ast.Cast{At: c.At, X: &ast.Subquery{Query: withArguments(q, f, args)}, Type: returns}, inner.err
}

// table is a call of f as a table.
func (e *expanding) table(f *routine.Routine, t *ast.TableFunction, c *ast.Call) (ast.Table, error) {
	args, err := Arguments(f, c)
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
	inner.info = e.scope.Types(q)
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
		name := ast.Ident{Name: "_C" + strconv.Itoa(i), Quoted: true}
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
