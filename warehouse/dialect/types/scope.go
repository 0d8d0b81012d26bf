package types

import (
	"slices"

	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
)

// A scope is the names that an expression can use.
type scope struct {
	parent    *scope
	relations []relation
	ctes      map[string]relation
	aliases   map[string]Type   // of the SELECT, behind what its FROM has
	using     map[string]Column // columns that a join made one
	merged    []string          // their names, in the order in which * has them
}

// A relation is one table in FROM.
type relation struct {
	name    string // what its columns may be qualified with; "" if nothing
	columns []Column
	whole   bool // all of its columns are in columns
}

// cte finds a common table expression.
func (s *scope) cte(name string) (relation, bool) {
	for ; s != nil; s = s.parent {
		if r, ok := s.ctes[name]; ok {
			return r, true
		}
	}
	return relation{}, false
}

// A lookup is what came of looking for a column.
type lookup int

const (
	unsure    lookup = iota // a table that is not known may have it
	found                   // one table has it
	aliased                 // no table has it, and the SELECT's own aliases do
	missing                 // no table has it
	ambiguous               // several have it
)

// column looks for a column, from the innermost scope outwards: among the
// tables first, then among the aliases of the SELECT.
func (s *scope) column(parts []ast.Ident) (Column, lookup) {
	name := parts[len(parts)-1].Name
	for ; s != nil; s = s.parent {
		if len(parts) == 1 {
			if col, ok := s.using[name]; ok {
				return col, found
			}
		}
		col, n, doubt := s.own(parts, name)
		switch {
		case doubt:
			return Column{}, unsure
		case n == 1:
			return col, found
		case n > 1:
			return Column{}, ambiguous
		}
		if len(parts) == 1 {
			if t, ok := s.aliases[name]; ok {
				return Column{Name: name, Type: t}, aliased
			}
		}
	}
	return Column{}, missing
}

// own looks into the scope's own tables; doubt says that one which is not
// known may have the column too.
func (s *scope) own(parts []ast.Ident, name string) (col Column, n int, doubt bool) {
	for _, r := range s.relations {
		if len(parts) > 1 && r.name != parts[len(parts)-2].Name {
			continue
		}
		before := n
		for _, c := range r.columns {
			if c.Name == name {
				col = c
				n++
			}
		}
		doubt = doubt || n == before && !r.whole
	}
	return col, n, doubt
}

// position is the column that $n stands for, among those of one table.
func (s *scope) position(p *ast.Position) (Column, bool) {
	if s == nil {
		return Column{}, false
	}
	tables := s.relations
	if n := len(p.Qualifier); n > 0 {
		i := slices.IndexFunc(tables, func(r relation) bool { return r.name == p.Qualifier[n-1].Name })
		if i < 0 {
			return Column{}, false
		}
		tables = tables[i : i+1]
	}
	if len(tables) != 1 {
		return Column{}, false
	}
	r, i := tables[0], number(p.Number)-1
	if !r.whole || i < 0 || i >= len(r.columns) || r.columns[i].Name == "" {
		return Column{}, false
	}
	return r.columns[i], true
}
