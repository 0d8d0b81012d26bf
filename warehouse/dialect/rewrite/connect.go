package rewrite

import (
	"fmt"
	"strings"

	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/print"
)

// hierarchies makes the SELECTs with CONNECT BY such over a recursive common
// table expression, before anything else is looked at:
//
//	select name, level from t start with a connect by b = prior c
//
// is one over (with recursive tree as (select t.*, 1 as level from t where a
// union all select t.*, tree.level + 1 from tree join t on t.b = tree.c) select
// * from tree) as t.
func (r *rewriter) hierarchies(s ast.Statement) {
	connected := false
	ast.Inspect(s, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.Query:
			if sel, ok := n.Body.(*ast.Select); ok && sel.Connect != nil {
				r.hierarchy(sel, n.OrderBy)
			}
		case *ast.Select:
			connected = connected || n.Connect != nil
		}
		return true
	})
	if !connected {
		return
	}
	ast.Inspect(s, func(n ast.Node) bool {
		if sel, ok := n.(*ast.Select); ok && sel.Connect != nil { // below a UNION
			r.hierarchy(sel, nil)
		}
		return true
	})
}

// The names inside a hierarchy's query, which no table of a user's has.
const (
	treeName  = "_TREE"
	levelName = "_LEVEL"
)

// A hierarchy is one SELECT with CONNECT BY on its way.
type hierarchy struct {
	r      *rewriter
	of     string     // the name that the table's columns are qualified with
	hidden []ast.Item // columns besides the table's, as the roots have them
	step   []ast.Expr // the same as those below have them
	stars  []*ast.Star
}

func (r *rewriter) hierarchy(sel *ast.Select, order []ast.Order) {
	if len(sel.From) != 1 {
		r.refuse(sel.Connect, "CONNECT BY over several tables")
		return
	}
	table, alias := sel.From[0], aliasOf(sel.From[0])
	if alias == nil {
		r.refuse(sel.Connect, "CONNECT BY over such a table")
		return
	}
	h := &hierarchy{r: r, of: alias.Name.Name}
	h.hide(levelName, &ast.Cast{X: &ast.Number{Text: "1"}, Type: &ast.Type{Name: "INT"}}, &ast.Binary{Op: "+", Left: treeColumn(levelName), Right: &ast.Number{Text: "1"}})
	for i := range sel.Items {
		h.item(&sel.Items[i])
	}
	for _, x := range []*ast.Expr{&sel.Where, &sel.Having, &sel.Qualify} {
		h.outside(x)
	}
	if sel.GroupBy != nil {
		for i := range sel.GroupBy.Items {
			h.outside(&sel.GroupBy.Items[i])
		}
	}
	for i := range order {
		if x, ok := order[i].X.(*ast.Column); !ok || !selected(sel, x) {
			h.outside(&order[i].X)
		}
	}
	for _, star := range h.stars {
		for _, it := range h.hidden {
			star.Exclude = append(star.Exclude, *it.Alias)
		}
	}
	sel.From = []ast.Table{&ast.Derived{At: sel.Connect.At, Query: h.tree(table, sel.Connect), Alias: alias}}
	sel.Connect = nil
}

// aliasOf is what a table's columns are qualified with, nil for a join and the
// like. A table without an alias gets one.
func aliasOf(t ast.Table) *ast.Alias {
	named := func(a **ast.Alias, name string) *ast.Alias {
		if *a == nil {
			*a = &ast.Alias{Name: ast.Ident{Name: name, Quoted: true}}
		}
		return &ast.Alias{Name: (*a).Name}
	}
	switch t := t.(type) {
	case *ast.TableName:
		return named(&t.Alias, t.Name.Last())
	case *ast.Derived:
		if !t.Lateral {
			return named(&t.Alias, "_TABLE")
		}
	case *ast.ValuesTable:
		return named(&t.Alias, "_TABLE")
	}
	return nil
}

// selected reports whether ORDER BY means a column of the result by x.
func selected(sel *ast.Select, x *ast.Column) bool {
	for _, it := range sel.Items {
		if len(x.Parts) == 1 && it.Alias != nil && it.Alias.Name == x.Parts[0].Name {
			return true
		}
	}
	return false
}

// hide adds a column: its value for a root, and for what is below another row.
func (h *hierarchy) hide(name string, root, below ast.Expr) {
	h.hidden = append(h.hidden, ast.Item{X: root, Alias: &ast.Ident{Name: name, Quoted: true}})
	h.step = append(h.step, below)
}

func treeColumn(name string) *ast.Column {
	return &ast.Column{Parts: []ast.Ident{{Name: treeName, Quoted: true}, {Name: name, Quoted: true}}}
}

// item is one of the SELECT list, under the name it has as it is written.
func (h *hierarchy) item(it *ast.Item) {
	if star, ok := it.X.(*ast.Star); ok {
		if star.Ilike != nil {
			h.r.refuse(star, "* ILIKE with CONNECT BY")
		}
		h.stars = append(h.stars, star)
		return
	}
	before := print.Item(it)
	_, plain := it.X.(*ast.Column)
	h.outside(&it.X)
	if it.Alias == nil && (!plain || strings.EqualFold(before, "LEVEL")) {
		it.Alias = &ast.Ident{Name: strings.ToUpper(before), Quoted: true}
	}
}

// outside puts columns of the tree in the place of what only CONNECT BY has.
func (h *hierarchy) outside(x *ast.Expr) {
	if *x == nil {
		return
	}
	*x = ast.Rewrite(*x, func(n ast.Node) ast.Node {
		switch n := n.(type) {
		case *ast.Column:
			if isLevel(n) {
				return &ast.Column{At: n.At, Parts: []ast.Ident{{Name: levelName, Quoted: true}}}
			}
		case *ast.Unary:
			if n.Op == "CONNECT_BY_ROOT" {
				return h.root(n)
			}
		case *ast.Call:
			if n.Name.Last() == "SYS_CONNECT_BY_PATH" && len(n.Args) == 2 {
				return h.path(n)
			}
		}
		return n
	}).(ast.Expr)
}

func isLevel(c *ast.Column) bool {
	return len(c.Parts) == 1 && c.Parts[0].Name == "LEVEL" && !c.Parts[0].Quoted
}

// root is CONNECT_BY_ROOT: what the first row of the branch has.
func (h *hierarchy) root(u *ast.Unary) ast.Expr {
	name := fmt.Sprintf("_ROOT%d", len(h.hidden))
	h.hide(name, h.own(u.X), treeColumn(name))
	return &ast.Column{At: u.At, Parts: []ast.Ident{{Name: name, Quoted: true}}}
}

// path is SYS_CONNECT_BY_PATH: the values from the root down, each behind the
// text between them.
func (h *hierarchy) path(c *ast.Call) ast.Expr {
	name := fmt.Sprintf("_PATH%d", len(h.hidden))
	value := func() ast.Expr {
		text := &ast.Cast{X: &ast.Parens{X: h.own(c.Args[0].Value)}, Type: &ast.Type{Name: "VARCHAR"}}
		return &ast.Binary{Op: "||", Left: ast.Clone(c.Args[1].Value), Right: text}
	}
	h.hide(name, value(), &ast.Binary{Op: "||", Left: treeColumn(name), Right: &ast.Parens{X: value()}})
	return &ast.Column{At: c.At, Parts: []ast.Ident{{Name: name, Quoted: true}}}
}

// own is an expression of the table's columns, qualified as such: the tree has
// columns of the same names.
func (h *hierarchy) own(x ast.Expr) ast.Expr {
	return ast.Rewrite(ast.Clone(x), func(n ast.Node) ast.Node {
		if c, ok := n.(*ast.Column); ok && len(c.Parts) == 1 {
			if isLevel(c) {
				h.r.refuse(c, "LEVEL inside CONNECT_BY_ROOT and SYS_CONNECT_BY_PATH")
			}
			c.Parts = []ast.Ident{{Name: h.of, Quoted: true}, c.Parts[0]}
		}
		return n
	}).(ast.Expr)
}

// condition is one of CONNECT BY: PRIOR x is the tree's, other columns are the
// table's.
func (h *hierarchy) condition(x ast.Expr) ast.Expr {
	prior := map[*ast.Column]bool{}
	ast.Inspect(x, func(n ast.Node) bool {
		if u, ok := n.(*ast.Unary); ok && u.Op == "PRIOR" {
			ast.Inspect(u.X, func(n ast.Node) bool {
				if c, ok := n.(*ast.Column); ok {
					prior[c] = true
				}
				return true
			})
		}
		return true
	})
	return ast.Rewrite(x, func(n ast.Node) ast.Node {
		switch n := n.(type) {
		case *ast.Unary:
			if n.Op == "PRIOR" {
				return n.X
			}
		case *ast.Column:
			switch {
			case prior[n]:
				n.Parts = []ast.Ident{{Name: treeName, Quoted: true}, n.Parts[len(n.Parts)-1]}
			case isLevel(n):
				return &ast.Parens{X: ast.Clone(h.step[0])}
			case len(n.Parts) == 1:
				n.Parts = []ast.Ident{{Name: h.of, Quoted: true}, n.Parts[0]}
			}
		}
		return n
	}).(ast.Expr)
}

// tree is the recursive query.
func (h *hierarchy) tree(table ast.Table, connect *ast.Connect) *ast.Query {
	all := &ast.Star{Qualifier: []ast.Ident{{Name: h.of, Quoted: true}}}
	roots := &ast.Select{Items: append([]ast.Item{{X: all}}, h.hidden...), From: []ast.Table{table}, Where: connect.Start}
	below := &ast.Select{Items: []ast.Item{{X: ast.Clone(all)}}}
	for _, x := range h.step {
		below.Items = append(below.Items, ast.Item{X: x})
	}
	var on ast.Expr
	for _, x := range connect.By {
		cond := ast.Expr(&ast.Parens{X: h.condition(x)})
		if on != nil {
			cond = &ast.Binary{Op: "AND", Left: on, Right: cond}
		}
		on = cond
	}
	name := ast.Ident{Name: treeName, Quoted: true}
	tree := &ast.TableName{Name: &ast.Name{Parts: []ast.Ident{name}}}
	below.From = []ast.Table{&ast.Join{Kind: "INNER", Left: tree, Right: ast.Clone(table), On: on}}
	recursive := &ast.Query{Body: &ast.SetOp{Op: "UNION", All: true, Left: roots, Right: below}}
	return &ast.Query{
		With: &ast.With{Recursive: true, CTEs: []ast.CTE{{Name: name, Query: recursive}}},
		Body: &ast.Select{Items: []ast.Item{{X: &ast.Star{}}}, From: []ast.Table{ast.Clone(tree)}},
	}
}

// recursion marks the WITHs whose tables read themselves: Snowflake needs no
// RECURSIVE for it.
func recursion(s ast.Statement) {
	ast.Inspect(s, func(n ast.Node) bool {
		q, ok := n.(*ast.Query)
		if !ok || q.With == nil || q.With.Recursive {
			return true
		}
		for _, cte := range q.With.CTEs {
			if union, ok := cte.Query.Body.(*ast.SetOp); ok && reads(union.Right, cte.Name.Name) && !reads(union.Left, cte.Name.Name) {
				q.With.Recursive = true
			}
		}
		return true
	})
}

// reads reports whether a query's body reads a table of that name.
func reads(b ast.Body, name string) (found bool) {
	ast.Inspect(b, func(n ast.Node) bool {
		if t, ok := n.(*ast.TableName); ok && len(t.Name.Parts) == 1 && t.Name.Parts[0].Name == name {
			found = true
		}
		return !found
	})
	return found
}
