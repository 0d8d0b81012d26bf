package rewrite

import (
	"slices"
	"strings"

	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
)

// caseMark ends the name of a column that DuckDB, which does not heed the case
// of names, would take for another of the statement. More of them tell more
// such columns apart.
const caseMark = "\x01"

// Spelled is the name of a column as the statement has it, of the name that
// DuckDB gives.
func Spelled(name string) string {
	name, _, _ = strings.Cut(name, caseMark)
	return name
}

// tellCases gives columns of a statement whose names differ in case only, "a"
// and "A", names that differ for DuckDB too. Those of tables stay.
func (r *rewriter) tellCases(s ast.Statement) {
	small := false
	columnNames(s, func(id *ast.Ident) { small = small || id.Name != strings.ToUpper(id.Name) })
	if !small {
		return
	}
	byFold := map[string][]string{}
	note := func(name string) {
		fold := strings.ToLower(name)
		if !slices.Contains(byFold[fold], name) {
			byFold[fold] = append(byFold[fold], name)
		}
	}
	columnNames(s, func(id *ast.Ident) { note(id.Name) })
	fixed, known := r.fixedNames(s)
	if !known {
		return
	}
	for name := range fixed {
		note(name)
	}
	for fold, names := range byFold {
		if len(names) == 1 {
			delete(byFold, fold)
		}
	}
	if len(byFold) == 0 {
		return
	}
	r.respelled = map[string]string{}
	for _, names := range byFold {
		r.respell(names, fixed)
	}
	columnNames(s, func(id *ast.Ident) { id.Name = r.spelling(id.Name) })
}

// respell marks all of names but those that are fixed, or if none is, the one in
// upper case.
func (r *rewriter) respell(names []string, fixed map[string]bool) {
	upper := strings.ToUpper(names[0])
	stays := func(name string) bool { return fixed[name] }
	if !slices.ContainsFunc(names, stays) {
		stays = func(name string) bool { return name == upper }
	}
	for i, name := range names {
		if !stays(name) {
			r.respelled[name] = name + strings.Repeat(caseMark, i+1)
		}
	}
}

// spelling is the name that a column has for DuckDB.
func (r *rewriter) spelling(name string) string {
	if other, ok := r.respelled[name]; ok {
		return other
	}
	return name
}

// fixedNames are the names that columns keep: those of tables, and those that a
// new table or view gets. ok is false where they cannot be told.
func (r *rewriter) fixedNames(s ast.Statement) (fixed map[string]bool, ok bool) {
	fixed, ok = map[string]bool{}, r.cfg.Catalog != nil
	ctes := map[string]bool{}
	fix := func(id *ast.Ident) { fixed[id.Name] = true }
	switch s := s.(type) {
	case *ast.CreateTable:
		outputNames(s.Query, fix)
	case *ast.CreateView:
		outputNames(s.Query, fix)
	}
	ast.Inspect(s, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.Query:
			if n.With != nil {
				for _, c := range n.With.CTEs {
					ctes[c.Name.Name] = true
				}
			}
		case *ast.TableName:
			if len(n.Name.Parts) == 1 && ctes[n.Name.Last()] || !ok {
				break
			}
			columns, known := r.cfg.Catalog(parts(n.Name))
			ok = known
			for _, c := range columns {
				fixed[c.Name] = true
			}
		case *ast.Pivot, *ast.Unpivot, *ast.TableFunction, *ast.StageTable, *ast.Lambda:
			ok = false
		}
		return ok
	})
	return fixed, ok
}

// parts are the parts of a name.
func parts(n *ast.Name) []string {
	out := make([]string, len(n.Parts))
	for i, p := range n.Parts {
		out[i] = p.Name
	}
	return out
}

// outputNames calls f for the names that a query gives its columns.
func outputNames(q *ast.Query, f func(*ast.Ident)) {
	if q == nil {
		return
	}
	body := q.Body
	for {
		switch b := body.(type) {
		case *ast.SetOp:
			body = b.Left
		case *ast.ParenQuery:
			body = b.Query.Body
		case *ast.Select:
			itemNames(b.Items, f)
			return
		default:
			return
		}
	}
}

// itemNames calls f for the names of items, those of plain columns included.
func itemNames(items []ast.Item, f func(*ast.Ident)) {
	for _, it := range items {
		if c, ok := it.X.(*ast.Column); ok && it.Alias == nil {
			f(&c.Parts[len(c.Parts)-1])
		} else if it.Alias != nil {
			f(it.Alias)
		}
	}
}

// columnNames calls f once for each place in s that names a column of a query
// or of a table in FROM.
func columnNames(s ast.Statement, f func(*ast.Ident)) {
	ast.Inspect(s, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.Column:
			f(&n.Parts[len(n.Parts)-1])
		case *ast.Select:
			for _, it := range n.Items {
				if it.Alias != nil {
					f(it.Alias)
				}
			}
		case *ast.Star:
			starNames(n, f)
		case *ast.Query:
			if n.With != nil {
				for _, c := range n.With.CTEs {
					each(c.Columns, f)
				}
			}
		case *ast.Join:
			each(n.Using, f)
		case *ast.TableName:
			aliasNames(n.Alias, f)
		case *ast.Derived:
			aliasNames(n.Alias, f)
		case *ast.ValuesTable:
			aliasNames(n.Alias, f)
		case *ast.ParenTable:
			aliasNames(n.Alias, f)
		}
		return true
	})
}

func starNames(s *ast.Star, f func(*ast.Ident)) {
	each(s.Exclude, f)
	for i := range s.Rename {
		f(&s.Rename[i].From)
		f(&s.Rename[i].To)
	}
	for _, it := range s.Replace {
		if it.Alias != nil {
			f(it.Alias)
		}
	}
}

func aliasNames(a *ast.Alias, f func(*ast.Ident)) {
	if a != nil {
		each(a.Columns, f)
	}
}

func each(ids []ast.Ident, f func(*ast.Ident)) {
	for i := range ids {
		f(&ids[i])
	}
}
