package rewrite

import (
	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
)

// outerJoins writes the joins whose conditions in WHERE have (+) as LEFT JOINs.
func (r *rewriter) outerJoins(s ast.Statement) {
	ast.Inspect(s, func(n ast.Node) bool {
		if sel, ok := n.(*ast.Select); ok && sel.Where != nil && hasOuter(sel.Where) {
			r.outerJoin(sel)
		}
		return r.err == nil
	})
}

// hasOuter reports a column with (+), outside the queries in e.
func hasOuter(e ast.Expr) bool { return len(outerTables(e)) > 0 }

// outerTables are the tables of the columns with (+) in e, "" for a column that
// does not say its table.
func outerTables(e ast.Expr) map[string]bool {
	out := map[string]bool{}
	columns(e, func(c *ast.Column) {
		if c.Outer {
			out[qualifier(c)] = true
		}
	})
	return out
}

// columns goes through the columns of e, outside the queries in it.
func columns(e ast.Expr, f func(*ast.Column)) {
	ast.Inspect(e, func(n ast.Node) bool {
		if c, ok := n.(*ast.Column); ok {
			f(c)
		}
		_, isQuery := n.(*ast.Query)
		return !isQuery
	})
}

// qualifier is the table that a column says it is of, "" if none.
func qualifier(c *ast.Column) string {
	if len(c.Parts) < 2 {
		return ""
	}
	return c.Parts[len(c.Parts)-2].Name
}

// outerJoin is outerJoins for one SELECT.
func (r *rewriter) outerJoin(s *ast.Select) {
	conditions, rest := map[string]ast.Expr{}, ast.Expr(nil)
	for _, e := range conjuncts(s.Where) {
		tables := outerTables(e)
		if len(tables) == 0 {
			rest = and(rest, e)
			continue
		}
		for name := range tables {
			if len(tables) > 1 || name == "" {
				r.refuse(e, "outer joins with (+) of columns without their table's name, or of several tables at once; write LEFT JOIN")
				return
			}
			conditions[name] = and(conditions[name], e)
		}
		columns(e, func(c *ast.Column) { c.Outer = false })
	}
	tree := r.outerTree(s, conditions)
	if tree == nil {
		r.refuse(s.Where, "outer joins with (+) of these tables; write LEFT JOIN")
		return
	}
	s.From, s.Where = []ast.Table{tree}, rest
}

// outerTree is FROM as one join: the tables that no condition makes optional,
// then the others, each behind those that its condition reads; nil if there is no
// such order.
func (r *rewriter) outerTree(s *ast.Select, conditions map[string]ast.Expr) (tree ast.Table) {
	optional, joined := map[string]ast.Table{}, map[string]bool{}
	for _, t := range s.From {
		name := tableAlias(t)
		switch {
		case name == nil:
			return nil
		case conditions[name.Name] != nil:
			optional[name.Name] = t
			continue
		case tree == nil:
			tree = t
		default:
			tree = &ast.Join{Kind: "CROSS", Left: tree, Right: t}
		}
		joined[name.Name] = true
	}
	if tree == nil || len(optional) != len(conditions) {
		return nil
	}
	for len(optional) > 0 {
		before := len(optional)
		for _, t := range s.From { // in an order that is always the same
			name := tableAlias(t).Name
			if optional[name] != nil && ready(conditions[name], name, joined) {
				tree = &ast.Join{Kind: "LEFT", Left: tree, Right: t, On: conditions[name]}
				joined[name] = true
				delete(optional, name)
			}
		}
		if len(optional) == before {
			return nil
		}
	}
	return tree
}

// ready reports a condition on a table whose other columns are all of tables
// that are joined.
func ready(condition ast.Expr, name string, joined map[string]bool) bool {
	ok := true
	columns(condition, func(c *ast.Column) {
		q := qualifier(c)
		ok = ok && (q == name || joined[q])
	})
	return ok
}

// conjuncts are what AND joins in e.
func conjuncts(e ast.Expr) []ast.Expr {
	if b, ok := e.(*ast.Binary); ok && b.Op == "AND" {
		return append(conjuncts(b.Left), conjuncts(b.Right)...)
	}
	return []ast.Expr{e}
}

// and joins two conditions, the first of which may be nil.
func and(a, b ast.Expr) ast.Expr {
	if a == nil {
		return b
	}
	return &ast.Binary{Op: "AND", Left: a, Right: b}
}
