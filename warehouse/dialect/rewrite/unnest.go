package rewrite

import (
	"slices"
	"strconv"

	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
)

// An unnesting is a table function as a subquery of the elements of a list. Laid
// beside the table that it reads, DuckDB would join the two, slowly and backwards:
// the elements are unfolded in that table instead, in their order.
type unnesting struct {
	list      ast.Expr
	element   *ast.Expr // one of the list, as _S
	seq, this *ast.Expr // what is shown of the input; this may be nil
}

// unnested is a subquery of the elements of list, each a struct that columns
// take apart; this is shown as THIS if it is not nil.
func (r *rewriter) unnested(t *ast.TableFunction, columns string, list, this ast.Expr, name string) ast.Node {
	q := templateQuery("SELECT $1 AS SEQ, "+columns+" FROM (SELECT $2 AS _S) AS _EACH", r.inputNumber(t), call("UNNEST", list))
	sel := q.Body.(*ast.Select)
	elements := sel.From[0].(*ast.Derived).Query.Body.(*ast.Select)
	if this != nil {
		sel.Items = append(sel.Items, ast.Item{X: this, Alias: &ast.Ident{Name: "THIS"}})
	}
	u := unnesting{list: list, element: &elements.Items[0].X, seq: &sel.Items[0].X}
	if this != nil {
		u.this = &sel.Items[len(sel.Items)-1].X
	}
	d := lateral(t, q, name).(*ast.Derived)
	r.unnestings[d] = u
	return d
}

// hoist unfolds the lists of a SELECT's table functions in the tables they read.
func (r *rewriter) hoist(s *ast.Select) {
	if len(r.unnestings) == 0 {
		return
	}
	s.From = r.apart(s.From)
	shown := r.inputShown(s)
	for i := 1; i < len(s.From); i++ {
		d, ok := s.From[i].(*ast.Derived)
		if !ok {
			continue
		}
		if u, ok := r.unnestings[d]; ok && !likeStars(s) {
			if table := r.source(s, i, &u.list); table != nil {
				for _, e := range []*ast.Expr{u.seq, u.this} {
					if e != nil {
						r.source(s, i, e)
					}
				}
				r.intoTable(s, table, d, u, shown)
			}
		}
	}
}

// apart takes joins of a table and a table function without a condition apart:
// a comma says the same.
func (r *rewriter) apart(tables []ast.Table) (out []ast.Table) {
	for _, t := range tables {
		j, ok := t.(*ast.Join)
		if !ok || j.Kind != "CROSS" && j.Kind != "INNER" || j.On != nil || j.Using != nil || j.Natural {
			out = append(out, t)
			continue
		}
		d, ok := j.Right.(*ast.Derived)
		if _, unnests := r.unnestings[d]; !ok || !unnests {
			out = append(out, t)
			continue
		}
		out = append(append(out, r.apart([]ast.Table{j.Left})...), d)
	}
	return out
}

// source is the place in FROM of the one named table that the list of the
// table function at i reads, or nil. A list that reads another such function's
// elements reads the table that these are unfolded in.
func (r *rewriter) source(s *ast.Select, i int, list *ast.Expr) *ast.Table {
	found, several := (*ast.Table)(nil), false
	*list = ast.Rewrite(&ast.Parens{X: *list}, func(n ast.Node) ast.Node {
		c, isColumn := n.(*ast.Column)
		if !isColumn {
			return n
		}
		var at *ast.Table
		for j := range s.From[:i] {
			if t := named(&s.From[j], c, i == 1); t != nil {
				at = t
			}
		}
		out := c
		if at != nil {
			if d, ok := (*at).(*ast.Derived); ok && r.unfolded[d].table != nil {
				u := r.unfolded[d]
				at, out = u.table, &ast.Column{Parts: append(slices.Clone(u.element.Parts), c.Parts[len(c.Parts)-1])}
				r.info.Replace(c, out)
			}
		}
		several = several || at == nil || found != nil && found != at
		found = at
		return out
	}).(*ast.Parens).X
	if several {
		return nil
	}
	return found
}

// named is the place of the table that a column's name is of, in t or a table
// joined to it whose rows may be unfolded before the join; any is to take the one
// table that there is for a column without a table's name.
func named(t *ast.Table, c *ast.Column, any bool) *ast.Table {
	if j, ok := (*t).(*ast.Join); ok {
		if at := named(&j.Left, c, false); at != nil && (j.Kind == "INNER" || j.Kind == "CROSS" || j.Kind == "LEFT") {
			return at
		}
		if at := named(&j.Right, c, false); at != nil && (j.Kind == "INNER" || j.Kind == "CROSS" || j.Kind == "RIGHT") {
			return at
		}
		return nil
	}
	name := tableAlias(*t)
	if name == nil || len(c.Parts) == 1 && !any || len(c.Parts) > 1 && c.Parts[len(c.Parts)-2].Name != name.Name {
		return nil
	}
	return t
}

// inputShown reports a SELECT that may show SEQ or THIS.
func (r *rewriter) inputShown(s *ast.Select) bool {
	found := r.sorted[s]
	outside := *s
	outside.From = nil
	ast.Inspect(&outside, func(n ast.Node) bool {
		_, isStar := n.(*ast.Star)
		found = found || isStar
		return !found
	})
	ast.Inspect(s, func(n ast.Node) bool {
		found = found || names(n, "SEQ", "THIS")
		return !found
	})
	return found
}

// names reports a column with one of some names.
func names(n ast.Node, all ...string) bool {
	c, ok := n.(*ast.Column)
	return ok && slices.Contains(all, c.Parts[len(c.Parts)-1].Name)
}

// likeStars reports a * ILIKE, which cannot leave out a column besides.
func likeStars(s *ast.Select) bool {
	for _, it := range s.Items {
		if star, ok := it.X.(*ast.Star); ok && star.Ilike != nil {
			return true
		}
	}
	return false
}

// intoTable unfolds the list of a table function in a table, with what is shown
// of its input, if it is.
func (r *rewriter) intoTable(s *ast.Select, table *ast.Table, f *ast.Derived, u unnesting, shown bool) {
	list, this := u.list, ast.Expr(cast(&ast.Null{}, "JSON"))
	if u.this != nil {
		this = *u.this
		*u.this = cast(&ast.Null{}, "JSON")
	}
	name, id := *tableAlias(*table), ast.Ident{Name: "_U" + strconv.Itoa(len(r.unfolded)), Quoted: true}
	element := &ast.Column{Parts: []ast.Ident{name, id}}
	seq := *u.seq
	*u.seq = number(1)
	if shown {
		list = r.macro("with_input", list, seq, this)
		part := func(field string) *ast.Column { return &ast.Column{Parts: []ast.Ident{name, id, {Name: field}}} }
		*u.seq, element = part("SEQ"), part("E")
		if u.this != nil {
			*u.this = part("THIS")
		}
	}
	inner := &ast.Select{From: []ast.Table{*table}, Items: []ast.Item{{X: &ast.Star{}}, {X: call("UNNEST", list), Alias: &id}}}
	outer := &ast.Derived{Query: &ast.Query{Body: inner}, Alias: &ast.Alias{Name: name}}
	if d, ok := (*table).(*ast.Derived); ok {
		outer.Lateral, d.Lateral = d.Lateral, false
	}
	*table = outer
	*u.element = element
	r.unfolded[f] = unfolding{table, element}
	hide(s, name, id)
}

// An unfolding is where a table function's elements are.
type unfolding struct {
	table   *ast.Table
	element *ast.Column
}
