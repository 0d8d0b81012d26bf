package rewrite

import (
	"slices"

	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
)

// mergedFirst writes the columns that USING or NATURAL made one before the *
// that has them: in DuckDB they stay where the left table has them.
func (r *rewriter) mergedFirst(s *ast.Select) {
	left := r.asofColumns(s)
	var items []ast.Item
	for _, it := range s.Items {
		star, ok := it.X.(*ast.Star)
		if !ok || star.Ilike != nil || len(r.info.Merged(star)) == 0 {
			items = append(items, it)
			continue
		}
		for _, name := range r.info.Merged(star) {
			if first, ok := pulled(star, name, left[name]); ok {
				items = append(items, first)
			}
		}
		items = append(items, it)
	}
	s.Items = items
}

// pulled takes a column out of a * and gives it as an item; ok is false if it
// is not among the star's columns.
func pulled(star *ast.Star, name string, table *ast.Ident) (it ast.Item, ok bool) {
	column := ast.Ident{Name: name, Quoted: true}
	it.X = columnOf(table, column)
	named := func(id ast.Ident) bool { return id.Name == name }
	if slices.ContainsFunc(star.Exclude, named) {
		return it, false
	}
	if i := slices.IndexFunc(star.Replace, func(it ast.Item) bool { return it.Alias != nil && named(*it.Alias) }); i >= 0 {
		it = star.Replace[i]
		star.Replace = slices.Delete(star.Replace, i, i+1)
	}
	if i := slices.IndexFunc(star.Rename, func(r ast.Rename) bool { return named(r.From) }); i >= 0 {
		it.Alias = &star.Rename[i].To
		star.Rename = slices.Delete(star.Rename, i, i+1)
	}
	star.Exclude = append(star.Exclude, column)
	return it, true
}

// columnOf is a column by its name, or by its table's and its own.
func columnOf(table *ast.Ident, name ast.Ident) *ast.Column {
	if table == nil {
		return &ast.Column{Parts: []ast.Ident{name}}
	}
	return &ast.Column{Parts: []ast.Ident{*table, name}}
}

// asofColumns are the columns that an ASOF join with USING makes one, which are
// the left table's; a SELECT that names them without a table gets it named.
func (r *rewriter) asofColumns(s *ast.Select) map[string]*ast.Ident {
	left := map[string]*ast.Ident{}
	for _, t := range s.From {
		asofJoins(t, left)
	}
	if len(left) == 0 {
		return nil
	}
	ast.Inspect(s, func(n ast.Node) bool {
		if c, ok := n.(*ast.Column); ok && len(c.Parts) == 1 && left[c.Parts[0].Name] != nil {
			c.Parts = slices.Insert(c.Parts, 0, *left[c.Parts[0].Name])
		}
		_, nested := n.(*ast.Query)
		return !nested
	})
	return left
}

// asofJoins notes the columns in USING of the ASOF joins in t, with the table on
// their left.
func asofJoins(t ast.Table, left map[string]*ast.Ident) {
	switch t := t.(type) {
	case *ast.ParenTable:
		asofJoins(t.Table, left)
	case *ast.Join:
		asofJoins(t.Left, left)
		if alias := tableAlias(t.Left); t.Kind == "ASOF" && alias != nil {
			for _, id := range t.Using {
				left[id.Name] = alias
			}
		}
	}
}
