package rewrite

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/print"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/types"
)

// Rows of TIMESTAMP_TZs are alike where their moments are: GROUP BY, DISTINCT,
// UNION, INTERSECT and EXCEPT go by these, and show one of the values there.

// groupMoments makes a SELECT group by moments.
func (r *rewriter) groupMoments(s *ast.Select) {
	if s.GroupBy == nil {
		return
	}
	r.allGrouped(s)
	var keys []ast.Expr
	for i, g := range s.GroupBy.Items {
		if set, ok := g.(*ast.Grouping); ok && r.holdsZoned(set) {
			r.refuse(set, "%s of a TIMESTAMP_TZ; cast it to TIMESTAMP_NTZ or TIMESTAMP_LTZ", set.Kind)
		}
		if x := r.groupedItem(s, g); r.isZoned(x) {
			keys = append(keys, x)
			s.GroupBy.Items[i] = r.moment(x)
		}
	}
	slices.SortStableFunc(keys, func(a, b ast.Expr) int { return len(print.SQL(b)) - len(print.SQL(a)) }) // the whole before its parts
	for _, key := range keys {
		for i := range s.Items {
			it := &s.Items[i]
			if c, ok := it.X.(*ast.Column); ok && it.Alias == nil {
				it.Alias = &c.Parts[len(c.Parts)-1]
			}
			it.X = r.anyOf(it.X, key)
		}
		s.Having, s.Qualify = r.anyOf(s.Having, key), r.anyOf(s.Qualify, key)
	}
}

// allGrouped spells GROUP BY ALL out where a TIMESTAMP_TZ is among the columns.
func (r *rewriter) allGrouped(s *ast.Select) {
	if !s.GroupBy.All {
		return
	}
	var plain []ast.Expr
	zoned := false
	for i, it := range s.Items {
		if aggregated(it.X) {
			continue
		}
		zoned = zoned || r.isZoned(it.X)
		plain = append(plain, number(i+1))
	}
	if zoned {
		s.GroupBy.All, s.GroupBy.Items = false, plain
	}
}

// aggregated reports an expression with an aggregate.
func aggregated(e ast.Expr) bool {
	found := false
	ast.Inspect(e, func(n ast.Node) bool {
		c, ok := n.(*ast.Call)
		found = found || ok && c.Over == nil && aggregates[c.Name.Last()]
		_, nested := n.(*ast.Query)
		return !found && !nested
	})
	return found
}

func (r *rewriter) holdsZoned(e ast.Expr) bool {
	found := false
	ast.Inspect(e, func(n ast.Node) bool {
		x, ok := n.(ast.Expr)
		found = found || ok && r.isZoned(x)
		return !found
	})
	return found
}

// groupedItem is what a key of GROUP BY stands for: a place among the items, the
// alias of one, or itself.
func (r *rewriter) groupedItem(s *ast.Select, g ast.Expr) ast.Expr {
	switch g := g.(type) {
	case *ast.Number:
		if n, err := strconv.Atoi(g.Text); err == nil && n > 0 && n <= len(s.Items) {
			return s.Items[n-1].X
		}
	case *ast.Column:
		for _, it := range s.Items {
			if r.info.Aliased(g) && it.Alias != nil && it.Alias.Name == g.Parts[0].Name {
				return it.X
			}
		}
	}
	return g
}

// anyOf is e with any value of its group wherever it has a key of GROUP BY
// outside of its aggregates.
func (r *rewriter) anyOf(e, key ast.Expr) ast.Expr {
	if e == nil {
		return nil
	}
	text := print.SQL(key)
	places := map[ast.Node]bool{}
	ast.Inspect(e, func(n ast.Node) bool {
		x, ok := n.(ast.Expr)
		if c, isCall := n.(*ast.Call); isCall && c.Over == nil && aggregates[c.Name.Last()] {
			return false
		}
		if ok && (sameColumn(x, key) || print.SQL(x) == text) {
			places[n] = true
			return false
		}
		_, nested := n.(*ast.Query)
		return !nested
	})
	if len(places) == 0 {
		return e
	}
	replace := func(n ast.Node) ast.Node {
		if !places[n] {
			return n
		}
		return r.typed(call("ANY_VALUE", n.(ast.Expr)), r.info.Type(key))
	}
	return ast.Rewrite(e, replace).(ast.Expr)
}

// sameColumn reports two names of a column, one with its table's and one without.
func sameColumn(a, b ast.Expr) bool {
	x, ok := a.(*ast.Column)
	y, ok2 := b.(*ast.Column)
	if !ok || !ok2 || len(x.Parts) > 1 && len(y.Parts) > 1 {
		return false
	}
	return x.Parts[len(x.Parts)-1].Name == y.Parts[len(y.Parts)-1].Name
}

// distinctSelect is SELECT DISTINCT with a TIMESTAMP_TZ among its columns.
func (r *rewriter) distinctSelect(s *ast.Select) ast.Node {
	columns, whole := r.info.Distinct(s)
	if columns == nil {
		return s
	}
	if !whole {
		r.refuse(s, "SELECT DISTINCT of a TIMESTAMP_TZ among columns that are not all known")
		return s
	}
	for i, it := range s.Items {
		if it.Alias != nil && len(s.Items) == len(columns) {
			columns[i].Name = it.Alias.Name
		}
	}
	out := r.distinctRows(&ast.Query{Body: s}, columns)
	s.Distinct, out.Top, s.Top = false, s.Top, nil
	r.apartOf[out] = true
	return out
}

// distinctRows are the rows of a query whose columns these are, once each.
func (r *rewriter) distinctRows(q *ast.Query, columns []types.Column) *ast.Select {
	from := &ast.Derived{Query: q, Alias: &ast.Alias{Name: ast.Ident{Name: "_ROWS", Quoted: true}}}
	out := &ast.Select{From: []ast.Table{from}, GroupBy: &ast.GroupBy{}}
	for i, c := range columns {
		name := rowColumn(i)
		from.Alias.Columns = append(from.Alias.Columns, name)
		x := r.typed(&ast.Column{Parts: []ast.Ident{name}}, c.Type)
		item := ast.Item{X: x}
		if c.Name != "" {
			item.Alias = &ast.Ident{Name: r.spelling(c.Name), Quoted: true}
		}
		if r.isZoned(x) {
			item.X = r.typed(call("ANY_VALUE", x), c.Type)
		}
		out.Items = append(out.Items, item)
		out.GroupBy.Items = append(out.GroupBy.Items, r.moment(x))
	}
	return out
}

func rowColumn(i int) ast.Ident { return ast.Ident{Name: fmt.Sprintf("_%d", i+1), Quoted: true} }

// distinctSet is UNION, INTERSECT or EXCEPT with a TIMESTAMP_TZ among the columns.
func (r *rewriter) distinctSet(n *ast.SetOp) ast.Node {
	columns, whole := r.info.Distinct(n)
	if columns == nil {
		return n
	}
	if !whole || n.ByName {
		r.refuse(n, "%s of a TIMESTAMP_TZ among columns that are not all known, or by name", n.Op)
		return n
	}
	if first := firstSelect(n); first != nil && len(first.Items) == len(columns) {
		for i, it := range first.Items {
			if it.Alias != nil {
				columns[i].Name = it.Alias.Name
			}
		}
	}
	if n.Op == "UNION" {
		n.All = true
		return r.distinctRows(&ast.Query{Body: n}, columns)
	}
	out := r.distinctRows(&ast.Query{Body: n.Left}, columns)
	other := &ast.Derived{Query: &ast.Query{Body: n.Right}, Alias: &ast.Alias{Name: ast.Ident{Name: "_OTHERS", Quoted: true}}}
	var same ast.Expr
	for i, c := range columns {
		other.Alias.Columns = append(other.Alias.Columns, rowColumn(i))
		of := func(table string) ast.Expr {
			return r.moment(r.typed(&ast.Column{Parts: []ast.Ident{{Name: table, Quoted: true}, rowColumn(i)}}, c.Type))
		}
		var one ast.Expr = &ast.Is{X: of("_ROWS"), Not: true, What: "DISTINCT FROM", Y: of("_OTHERS")}
		if same != nil {
			one = &ast.Binary{Op: "AND", Left: same, Right: one}
		}
		same = one
	}
	found := &ast.Exists{Query: &ast.Query{Body: &ast.Select{Items: []ast.Item{{X: number(1)}}, From: []ast.Table{other}, Where: same}}}
	out.Where = found
	if n.Op != "INTERSECT" {
		out.Where = &ast.Unary{Op: "NOT", X: found}
	}
	return out
}
