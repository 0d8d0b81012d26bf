package duckdb

import (
	"context"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/parse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/types"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/catalog"
)

// Declarations are the types that the columns of tables and views were declared
// with, where DuckDB has one for several of Snowflake's. A session remembers what
// it has read as long as nobody defines anything.
type declarations struct {
	definitions uint64 // how many there had been
	types       map[catalog.Name]map[string]types.Type
}

// declared gives the columns of a table or view those types.
func (s *session) declared(name []string, columns []types.Column) {
	t, err := s.resolveName(nameOf(name))
	if err != nil {
		return
	}
	found := s.declarationsOf(t)
	for i := range columns {
		c := &columns[i]
		t, ok := found[c.Name]
		if !ok || !s.unsure(c.Type) || !(t.JSON() && c.Type.JSON() || t.Is(c.Type.Kind) && t.Scale == c.Type.Scale) {
			continue
		}
		t.Fine = c.Type.Fine
		if c.Type = t; t.Is(warehouse.Varchar) && t.Length == maxText {
			c.Type = types.Text
		}
	}
}

// declarationsOf are those of one table or view.
func (s *session) declarationsOf(t catalog.Name) map[string]types.Type {
	if now := s.w.definitions.Load(); s.declarations.types == nil || s.declarations.definitions != now {
		s.declarations = declarations{definitions: now, types: map[catalog.Name]map[string]types.Type{}}
	}
	if found, ok := s.declarations.types[t]; ok {
		return found
	}
	o, err := s.lookUp(context.Background(), t)
	if err != nil {
		return nil
	}
	found := map[string]types.Type{}
	if o != nil {
		for _, c := range o.Meta.Columns {
			if written, err := parse.Type(c.Type); err == nil {
				found[c.Name] = types.Of(written)
			}
		}
	}
	s.declarations.types[t] = found
	return found
}

// redefines reports a statement that may change what is declared: all but those that
// read, and change rows.
func redefines(stmt ast.Statement) bool {
	switch stmt.(type) {
	case *ast.Query, *ast.Show, *ast.Describe:
		return false
	}
	return !isChange(stmt)
}
