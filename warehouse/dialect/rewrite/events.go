package rewrite

import (
	"fmt"

	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
)

// changeEvents makes CONDITIONAL_CHANGE_EVENT a sum over the rows that differ
// from the one before; to and from a null is no change. As a window cannot look
// into another, the row before is found in a query of its own, in the place of
// the table.
func (r *rewriter) changeEvents(s *ast.Select) {
	var calls []*ast.Call
	ast.Inspect(s, func(n ast.Node) bool {
		if c, ok := n.(*ast.Call); ok && known(c) == "CONDITIONAL_CHANGE_EVENT" {
			calls = append(calls, c)
		}
		q, nested := n.(*ast.Query)
		return !nested || q == nil
	})
	if len(calls) == 0 {
		return
	}
	var name *ast.Ident
	if len(s.From) == 1 {
		name = tableAlias(s.From[0])
	}
	for _, c := range calls {
		if len(c.Args) != 1 || c.Over == nil || name == nil || s.GroupBy != nil {
			r.refuse(c, "CONDITIONAL_CHANGE_EVENT but over one table that has a name; put the rest into a subquery")
			return
		}
	}
	inner := &ast.Select{From: s.From, Where: s.Where, Items: []ast.Item{{X: &ast.Star{}}}}
	for i, c := range calls {
		before, row := ast.Ident{Name: fmt.Sprintf("_BEFORE%d", i), Quoted: true}, ast.Ident{Name: fmt.Sprintf("_ROW%d", i), Quoted: true}
		lagged, numbered := r.copied(c), r.copied(c)
		lag, number := call("LAG", lagged.Args[0].Value), call("ROW_NUMBER")
		lag.Over, number.Over = lagged.Over, numbered.Over
		lag.Over.Frame, number.Over.Frame = nil, nil
		inner.Items = append(inner.Items, ast.Item{X: lag, Alias: &before}, ast.Item{X: number, Alias: &row})
		hide(s, *name, before, row)
		*c = ast.Call{At: c.At, Name: call("SUM").Name, Over: c.Over, Args: []ast.Arg{{Value: template(
			"CASE WHEN $1 > 1 AND ($2) <> ($3) THEN 1 ELSE 0 END", &ast.Column{Parts: []ast.Ident{row}}, c.Args[0].Value, &ast.Column{Parts: []ast.Ident{before}})}}}
		c.Over.Frame = upToHere()
	}
	s.From, s.Where = []ast.Table{&ast.Derived{Query: &ast.Query{Body: inner}, Alias: &ast.Alias{Name: *name}}}, nil
}

// copied is a copy of c whose expressions have the types of those in c.
func (r *rewriter) copied(c *ast.Call) *ast.Call {
	out := ast.Clone(c)
	var all []ast.Expr
	ast.Inspect(c, func(n ast.Node) bool {
		if e, ok := n.(ast.Expr); ok {
			all = append(all, e)
		}
		return true
	})
	ast.Inspect(out, func(n ast.Node) bool {
		if e, ok := n.(ast.Expr); ok {
			r.info.Replace(all[0], e)
			all = all[1:]
		}
		return true
	})
	return out
}

// upToHere is the frame of all rows up to the current one.
func upToHere() *ast.Frame {
	return &ast.Frame{Unit: "ROWS", Start: ast.Bound{Kind: "UNBOUNDED PRECEDING"}, End: &ast.Bound{Kind: "CURRENT ROW"}}
}

// topK is APPROX_TOP_K: the most frequent values with how often they come, the
// most frequent first. The numbers are exact.
func (r *rewriter) topK(c *ast.Call, args []ast.Expr) ast.Expr {
	k := ast.Expr(&ast.Number{Text: "1"})
	if len(args) > 1 {
		k = args[1]
	}
	return r.macro("top_k", call("HISTOGRAM", args[0]), k)
}
