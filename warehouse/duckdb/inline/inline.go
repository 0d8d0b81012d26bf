package inline

import (
	"strings"

	"github.com/snowpit-dev/snowpit/warehouse/dialect/print"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/types"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/catalog"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/routine"
)

// expandingDepth is how deep functions may call functions.
const expandingDepth = 32

// An expanding puts the bodies of users' functions in the place of their calls.
type expanding struct {
	scope   Scope
	in      catalog.Name // the place where unqualified names are looked up
	info    *types.Info
	tables  map[*ast.Call]bool // calls that stand where a table does
	depth   int
	changed bool
	err     error
}

// Statement puts the functions' bodies into a whole statement, whose unqualified
// names are looked up in a schema, and reports whether it calls any.
func Statement(scope Scope, in catalog.Name, tree ast.Statement, info *types.Info) (changed bool, err error) {
	e := &expanding{scope: scope, in: in, info: info}
	e.nameItems(tree)
	e.tree(tree)
	return e.changed, e.err
}

// Query is a query of one call of a function.
func Query(scope Scope, f *routine.Routine, c *ast.Call) (*ast.Query, error) {
	e := &expanding{scope: scope}
	body := &ast.Select{Items: []ast.Item{{X: &ast.Star{}}}}
	if f.Table != nil {
		t, err := e.table(f, &ast.TableFunction{X: c}, c)
		body.From = []ast.Table{t}
		return &ast.Query{Body: body}, err
	}
	x, err := e.scalar(f, c)
	body.Items[0] = ast.Item{X: x, Alias: &ast.Ident{Name: "X"}}
	return &ast.Query{Body: body}, err
}

// nameItems gives the columns that call functions their names while the calls
// are there to be read.
func (e *expanding) nameItems(tree ast.Node) {
	ast.Inspect(tree, func(n ast.Node) bool {
		if sel, ok := n.(*ast.Select); ok {
			NameCalls(sel, e.calls)
		}
		return true
	})
}

// NameCalls gives those columns of a SELECT that will have another text the
// names of the one they have.
func NameCalls(sel *ast.Select, changes func(ast.Expr) bool) {
	for i, it := range sel.Items {
		if it.X != nil && it.Alias == nil && changes(it.X) {
			sel.Items[i].Alias = &ast.Ident{Name: strings.ToUpper(print.Item(&it)), Quoted: true}
		}
	}
}

func (e *expanding) calls(x ast.Expr) (found bool) {
	ast.Inspect(x, func(n ast.Node) bool {
		if c, ok := n.(*ast.Call); ok && e.scope.Functions(c.Name, e.in) != nil {
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
	found := e.scope.Functions(c.Name, e.in)
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
	found := e.scope.Functions(c.Name, e.in)
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
