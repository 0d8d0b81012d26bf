package rewrite

import (
	"slices"

	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/types"
)

// textOfNulls makes the columns that are NULL and nothing else text, as they are on
// Snowflake; DuckDB has an INTEGER there. Columns are those of q, nil if they are
// not known.
func (r *rewriter) textOfNulls(q *ast.Query, columns []types.Column) {
	isNull := func(c types.Column) bool { return c.Type.Is(types.Null) }
	if s, ok := q.Body.(*ast.Select); ok {
		r.nullItems(s, func(int) bool { return true })
	} else if slices.ContainsFunc(columns, isNull) {
		r.nullsOfSides(q.Body, func(i int) bool { return i < len(columns) && isNull(columns[i]) })
	}
}

// nullsOfSides does so on both sides of a set operation, where neither has
// something else.
func (r *rewriter) nullsOfSides(b ast.Body, isNull func(column int) bool) {
	switch b := b.(type) {
	case *ast.ParenQuery:
		r.nullsOfSides(b.Query.Body, isNull)
	case *ast.SetOp:
		if !b.ByName {
			r.nullsOfSides(b.Left, isNull)
			r.nullsOfSides(b.Right, isNull)
		}
	case *ast.Select:
		if !slices.ContainsFunc(b.Items, r.unknownStar) {
			r.nullItems(b, isNull)
		}
	}
}

// unknownStar reports a * that stands for nobody knows which columns, or for none
// that are NULL.
func (r *rewriter) unknownStar(it ast.Item) bool {
	star, ok := it.X.(*ast.Star)
	if ok {
		_, ok = r.info.Star(star)
		ok = !ok
	}
	return ok
}

// nullItems does so for those items of a SELECT that give such columns.
func (r *rewriter) nullItems(s *ast.Select, isNull func(column int) bool) {
	at := 0 // the column that the item gives first
	for i := range s.Items {
		it := &s.Items[i]
		star, isStar := it.X.(*ast.Star)
		if !isStar {
			if isName(it.X) && r.info.Type(it.X).Is(types.Null) && isNull(at) {
				r.textOfNull(it)
			}
			at++
			continue
		}
		all, _ := r.info.Star(star)
		r.nullsOfStar(star, all, func(i int) bool { return isNull(at + i) })
		at += len(all)
	}
}

// isName reports NULL itself and what is the name of one. Functions have types of
// their own for it.
func isName(e ast.Expr) bool {
	switch e.(type) {
	case *ast.Null, *ast.Column, *ast.Position, *ast.Subquery:
		return true
	}
	return false
}

// textOfNull is one of them, which keeps its name.
func (r *rewriter) textOfNull(it *ast.Item) {
	if col, ok := it.X.(*ast.Column); ok && it.Alias == nil {
		name := col.Parts[len(col.Parts)-1]
		it.Alias = &name
	}
	it.X = r.typed(&ast.Cast{X: it.X, Type: &ast.Type{Name: "VARCHAR"}}, types.Text)
}

// nullsOfStar replaces them among the columns of a * that have a name of their own.
func (r *rewriter) nullsOfStar(s *ast.Star, all []types.Column, isNull func(column int) bool) {
	if len(s.Rename) > 0 || len(s.Replace) > 0 {
		return
	}
	named := map[string]int{}
	for _, c := range all {
		named[c.Name]++
	}
	for i, c := range all {
		if !c.Type.Is(types.Null) || !isNull(i) || named[c.Name] > 1 {
			continue
		}
		id := ast.Ident{Name: c.Name, Quoted: true}
		x := &ast.Column{Parts: append(slices.Clone(s.Qualifier), id)}
		r.info.Set(x, c.Type)
		s.Replace = append(s.Replace, ast.Item{X: r.typed(&ast.Cast{X: x, Type: &ast.Type{Name: "VARCHAR"}}, types.Text), Alias: &id})
	}
}
