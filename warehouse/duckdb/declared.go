package duckdb

import (
	"context"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/parse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/types"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/catalog"
)

// Declarations are the types that the columns of tables and views were declared
// with, where DuckDB has one for several of Snowflake's. A session remembers what
// it has read of one until somebody defines it anew.
type declarations map[catalog.Name]declaration

type declaration struct {
	at    stamp
	types map[string]types.Type
}

// A stamp is how many definitions there had been: of objects by their name, and of
// whatever may have changed any.
type stamp struct{ own, any uint64 }

// definitions count what all sessions define.
type definitions struct {
	any atomic.Uint64
	own sync.Map // *atomic.Uint64 by key
}

// key is a table's or a view's name whatever its letters, and wherever a temporary one
// of that name stands.
func key(t catalog.Name) catalog.Name {
	t = t.Permanent()
	return catalog.NameOf(strings.ToUpper(t.Database), strings.ToUpper(t.Schema), strings.ToUpper(t.Table))
}

func (d *definitions) count(t catalog.Name) *atomic.Uint64 {
	n, ok := d.own.Load(key(t))
	if !ok {
		n, _ = d.own.LoadOrStore(key(t), new(atomic.Uint64))
	}
	return n.(*atomic.Uint64)
}

func (d *definitions) stamp(t catalog.Name) stamp {
	return stamp{own: d.count(t).Load(), any: d.any.Load()}
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
	now := s.w.definitions.stamp(t)
	if found, ok := s.declarations[t]; ok && found.at == now {
		return found.types
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
	if s.declarations == nil {
		s.declarations = declarations{}
	}
	s.declarations[t] = declaration{at: now, types: found}
	return found
}

// defined counts a statement that may have changed what is declared: of one table or
// view, or of any. Those that read, and change rows, have not.
func (s *session) defined(stmt ast.Statement) {
	var name *ast.Name
	switch stmt := stmt.(type) {
	case *ast.Query, *ast.Show, *ast.Describe, *ast.Use, *ast.Set, *ast.Unset, *ast.AlterSession, *ast.Begin, *ast.Commit, *ast.Rollback, *ast.Grant, *ast.Comment:
		return
	case *ast.CreateTable:
		name = stmt.Name
	case *ast.CreateView:
		name = stmt.Name
	case *ast.Alter:
		if !renames(stmt) {
			name = stmt.Name
		}
	case *ast.Drop:
		if stmt.Object == "TABLE" || stmt.Object == "VIEW" {
			name = stmt.Name
		}
	default:
		if isChange(stmt) {
			return
		}
	}
	if name != nil && name.Dynamic == nil {
		if t, err := s.resolveName(name); err == nil {
			s.w.definitions.count(t).Add(1)
			return
		}
	}
	s.w.definitions.any.Add(1)
}

// renames reports what gives an object the name of another, or is of no table.
func renames(stmt *ast.Alter) bool {
	for _, a := range stmt.Actions {
		switch a.(type) {
		case *ast.RenameTo, *ast.SwapWith:
			return true
		}
	}
	return stmt.Object != "TABLE" && stmt.Object != "VIEW"
}
