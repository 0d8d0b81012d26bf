package types

import (
	"fmt"
	"slices"
	"strings"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/token"
)

// A name in quotes is one in its own letters alone, where engines that do not
// heed the case of names would find another.

// spelled is a name as Snowflake writes it, in quotes where it needs them.
func spelled(parts []ast.Ident) string {
	names := make([]string, len(parts))
	for i, p := range parts {
		names[i] = p.Name
		if p.Quoted && !plain(p.Name) {
			names[i] = `"` + strings.ReplaceAll(p.Name, `"`, `""`) + `"`
		}
	}
	return strings.Join(names, ".")
}

// namesake reports two names that differ in case only.
func namesake(a, b string) bool { return len(a) == len(b) && a != b && strings.EqualFold(a, b) }

func has(columns []Column, match func(name string) bool) bool {
	return slices.ContainsFunc(columns, func(c Column) bool { return match(c.Name) })
}

// columnsOf refuses the columns in a list of INSERT that the table has not.
func (c *checker) columnsOf(table *ast.Name, ids []ast.Ident) {
	if len(ids) == 0 || c.cfg.Catalog == nil || table == nil || table.Dynamic != nil {
		return
	}
	name := make([]string, len(table.Parts))
	for i, p := range table.Parts {
		name[i] = p.Name
	}
	if columns, ok := c.cfg.Catalog(name); ok {
		for _, id := range ids {
			c.mustHave(columns, id)
		}
	}
}

// mustHave refuses a column that is none of columns.
func (c *checker) mustHave(columns []Column, id ast.Ident) {
	if c.info.Err == nil && !has(columns, func(name string) bool { return name == id.Name || name == "" }) {
		c.info.Err = notThere(spelled([]ast.Ident{id}), id.Position)
	}
}

// onBothSides refuses a column of USING that one side of the join has not.
func (c *checker) onBothSides(id ast.Ident, sides ...[]relation) {
	for _, side := range sides {
		columns, whole := known(side)
		if whole {
			c.mustHave(columns, id)
		}
	}
}

// known are the columns of some tables; whole is false if there may be others.
func known(tables []relation) (columns []Column, whole bool) {
	whole = true
	for _, r := range tables {
		columns, whole = append(columns, r.columns...), whole && r.whole
	}
	return columns, whole
}

// starNames refuses names behind a * that are none of its columns.
func (c *checker) starNames(s *ast.Star, in *scope) {
	var of []relation
	for _, r := range in.relations {
		if n := len(s.Qualifier); n == 0 || r.name == s.Qualifier[n-1].Name {
			of = append(of, r)
		}
	}
	columns, whole := known(of)
	if !whole || len(of) == 0 {
		return
	}
	for _, id := range s.Exclude {
		c.mustHave(columns, id)
	}
	for _, r := range s.Rename {
		c.mustHave(columns, r.From)
	}
	for _, it := range s.Replace {
		if it.Alias != nil {
			c.mustHave(columns, *it.Alias)
		}
	}
}

// noFold refuses a NATURAL JOIN where a column's name differs from one on the
// other side in case only: DuckDB would join by them, and Snowflake does not.
func (c *checker) noFold(j *ast.Join, left []relation, name string) {
	columns, _ := known(left)
	if has(columns, func(other string) bool { return namesake(other, name) }) {
		c.differInCase(j.Pos(), "a NATURAL JOIN", name)
	}
}

// noNamesake refuses a table that DuckDB would take for a common table
// expression whose name differs in case only.
func (c *checker) noNamesake(t *ast.TableName, in *scope, isTable bool) {
	name := t.Name.Last()
	for s := in; s != nil; s = s.parent {
		for cte := range s.ctes {
			switch {
			case !namesake(cte, name) || c.info.Err != nil:
			case isTable:
				c.differInCase(t.Pos(), "a table beside a common table expression", name)
			default:
				c.info.Err = &warehouse.Error{Code: 2003, State: "42S02", Line: t.Pos().Line, Column: t.Pos().Column, Kind: warehouse.ErrNotExist,
					Message: fmt.Sprintf("SQL compilation error:\nObject '%s' does not exist or not authorized.", spelled(t.Name.Parts))}
			}
		}
	}
}

func (c *checker) differInCase(pos token.Pos, what, name string) {
	if c.info.Err == nil {
		err := warehouse.Unsupported(fmt.Sprintf("%s with names that differ in case only, such as %s", what, spelled([]ast.Ident{{Name: name, Quoted: true}})))
		err.Line, err.Column = pos.Line, pos.Column
		c.info.Err = err
	}
}

// tellApart notes what tells a column that is named alone from others whose
// names differ in case only.
func (c *checker) tellApart(e *ast.Column, in *scope, how lookup) {
	name := e.Parts[0].Name
	if len(e.Parts) != 1 || how != found && how != aliased {
		return
	}
	for s := in; s != nil; s = s.parent {
		if _, merged := s.using[name]; merged {
			return
		}
		owner, own, other := s.namesakes(name)
		switch {
		case other && how == aliased:
			c.info.shadowed[e] = true
		case other && own:
			c.info.owners[e] = owner
		}
		if other || own {
			return
		}
	}
}

// namesakes finds the table with a column, and whether there is one whose name
// differs in case only.
func (s *scope) namesakes(name string) (owner string, own, other bool) {
	for _, r := range s.relations {
		for i := range r.columns {
			if r.columns[i].Name == name {
				owner, own = r.name, true
			} else {
				other = other || namesake(r.columns[i].Name, name)
			}
		}
	}
	return owner, own, other
}
