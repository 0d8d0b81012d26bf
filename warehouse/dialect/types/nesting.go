package types

import (
	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/print"
)

// notNested refuses an aggregate in an aggregate, and a window function in
// either kind.
func (c *checker) notNested(e *ast.Call) {
	isAggregate := e.Over == nil && aggregates[builtin(e)]
	if c.info.Err != nil || !e.Pos().IsValid() || e.Over == nil && !isAggregate {
		return
	}
	inner := func(inner *ast.Call) {
		switch {
		case inner.Over != nil && isAggregate:
			c.refuse(inner, 2000, "42000", "\nWindow function [%s] appears outside of SELECT, QUALIFY, and ORDER BY clauses.", print.SQL(inner))
		case inner.Over != nil:
			c.refuse(inner, 2000, "42000", "\nWindow function [%s] may not be nested inside another window function.", print.SQL(inner))
		case isAggregate && aggregates[builtin(inner)]:
			c.refuse(inner, 2000, "42000", "\nAggregate functions cannot be nested: [%s] nested in [%s]", print.SQL(inner), print.SQL(e))
		}
	}
	for _, a := range e.Args {
		c.eachCall(a.Value, inner)
	}
	if e.Over != nil {
		c.eachCall(e.Over, inner)
	}
}

// noWindows refuses window functions where rows are not there yet to be looked
// over: in WHERE, GROUP BY, HAVING and ON.
func (c *checker) noWindows(clauses ...ast.Expr) {
	for _, e := range clauses {
		c.eachCall(e, func(call *ast.Call) {
			if call.Over != nil {
				c.refuse(call, 2000, "42000", "\nWindow function [%s] appears outside of SELECT, QUALIFY, and ORDER BY clauses.", print.SQL(call))
			}
		})
	}
}

// orderOfDistinct refuses an order of different rows by what is not in them.
func (c *checker) orderOfDistinct(b ast.Body, columns []Column, key ast.Expr) {
	s, ok := b.(*ast.Select)
	if !ok || !s.Distinct || c.info.Err != nil {
		return
	}
	selected := map[string]bool{}
	for _, col := range columns {
		selected[col.Name] = true
	}
	for _, it := range s.Items {
		switch x := it.X.(type) {
		case *ast.Star:
			return
		case *ast.Column:
			selected[x.Parts[len(x.Parts)-1].Name] = true
		default:
			if print.SQL(x) == print.SQL(key) {
				return
			}
		}
	}
	ast.Inspect(key, func(n ast.Node) bool {
		col, isColumn := n.(*ast.Column)
		if isColumn && !selected[col.Parts[len(col.Parts)-1].Name] && col.Pos().IsValid() && c.info.Err == nil {
			c.refuse(col, 2000, "42000", "\n[%s] is not a valid order by expression", print.SQL(key))
		}
		_, isQuery := n.(*ast.Query)
		return !isQuery
	})
}

// eachCall gives the calls in a node, outside the queries in it, to f until
// something is refused.
func (c *checker) eachCall(n ast.Node, f func(*ast.Call)) {
	if n == nil {
		return
	}
	ast.Inspect(n, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.Query:
			return false
		case *ast.Call:
			if c.info.Err == nil && n.Pos().IsValid() {
				f(n)
			}
		}
		return c.info.Err == nil
	})
}
