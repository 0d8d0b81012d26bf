package types

import (
	"fmt"
	"slices"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/token"
)

// A Catalog tells the columns of a table or view, named as it was written,
// with one to three parts in the case that Snowflake stores; ok is false for
// one that it does not know.
type Catalog func(name []string) (columns []Column, ok bool)

// A Column is a column of a table, a view or a query.
type Column struct {
	Name string // as Snowflake stores it; "" if only the rows tell
	Type Type

	// NotNull says that Snowflake tells clients of no nulls in it: that of a
	// table is declared so, another may be made of such alone.
	NotNull bool
}

// A Config is what a check needs to know. Its zero value knows nothing.
type Config struct {
	Catalog   Catalog             // nil knows no table
	Variables map[string]ast.Expr // the session's variables, as literals
	Binds     []Type              // of the values bound, in their order; those of others are not known
	Fine      bool                // times that are made of other values have nine digits of a second
}

// An Info is what a check found.
type Info struct {
	// Columns are those of the statement's result, if it is a query and all of
	// them are known by name; else nil.
	Columns []Column

	// Made are the columns that the query of a CREATE TABLE or CREATE VIEW
	// gives its object, if all of them are known by name; else nil.
	Made []Column

	// Err is the first name of a column that none of the tables has, or that
	// several have, as Snowflake refuses it; nil without one.
	Err *warehouse.Error

	types     map[ast.Expr]Type
	positions map[*ast.Position]*ast.Column
	stars     map[*ast.Star][]Column
	merged    map[*ast.Star][]string
	distinct  map[ast.Body]rows
	unlike    map[ast.Table]string
	aliased   map[*ast.Column]bool
	owners    map[*ast.Column]string
	shadowed  map[*ast.Column]bool
}

// Distinct are the columns of a SELECT DISTINCT, or of a set operation that
// leaves out what is there twice, if a TIMESTAMP_TZ is among them; whole is false
// where there may be others.
func (i *Info) Distinct(b ast.Body) (columns []Column, whole bool) {
	return i.distinct[b].columns, i.distinct[b].whole
}

// Unlike says what of a join or a pivot compares values of TIMESTAMP_TZ that are
// named nowhere, "" if nothing does.
func (i *Info) Unlike(t ast.Table) string { return i.unlike[t] }

// Aliased reports a name that no table has and that is an alias of its SELECT.
func (i *Info) Aliased(e *ast.Column) bool { return i.aliased[e] }

// Owner is the table that has a column which is named alone, where another one
// has a column whose name differs in case only; "" where none has.
func (i *Info) Owner(e *ast.Column) string { return i.owners[e] }

// Shadowed reports an alias of its SELECT where a table has a column whose name
// differs in case only.
func (i *Info) Shadowed(e *ast.Column) bool { return i.shadowed[e] }

type rows struct {
	columns []Column
	whole   bool
}

// noteDistinct notes such columns.
func (c *checker) noteDistinct(b ast.Body, columns []Column, whole bool) {
	if slices.ContainsFunc(columns, func(c Column) bool { return c.Type.Is(warehouse.TimestampTZ) }) {
		c.info.distinct[b] = rows{slices.Clone(columns), whole}
	}
}

// Column is the column that $n stands for, nil if that is not known.
func (i *Info) Column(p *ast.Position) *ast.Column { return i.positions[p] }

// Star are the columns that a * stands for, among the arguments of a function or
// in a SELECT where some are NULL alone; ok is false if they are not all known, or
// it is another one.
func (i *Info) Star(s *ast.Star) (columns []Column, ok bool) {
	columns, ok = i.stars[s]
	return columns, ok
}

// Merged are the columns that joins made one, with USING or NATURAL, and that
// stand first among those of a * without a table's name.
func (i *Info) Merged(s *ast.Star) []string { return i.merged[s] }

// Type is the type of an expression of the statement that was checked.
func (i *Info) Type(e ast.Expr) Type { return i.types[e] }

// Replace gives an expression that took the place of another its type.
func (i *Info) Replace(old, by ast.Expr) {
	if t, ok := i.types[old]; ok {
		if _, has := i.types[by]; !has {
			i.types[by] = t
		}
	}
}

// Set says that an expression has a type.
func (i *Info) Set(e ast.Expr, t Type) { i.types[e] = t }

// Check finds the types of s. It takes any tree: what is wrong in it has no
// type.
func Check(s ast.Statement, cfg Config) *Info {
	expressions := 0
	ast.Inspect(s, func(n ast.Node) bool {
		if _, ok := n.(ast.Expr); ok {
			expressions++
		}
		return true
	})
	c := &checker{cfg: cfg, binds: bound(s, cfg.Binds), info: &Info{
		types:     make(map[ast.Expr]Type, 2*expressions), // what takes their place has types too
		positions: map[*ast.Position]*ast.Column{}, stars: map[*ast.Star][]Column{}, merged: map[*ast.Star][]string{},
		distinct: map[ast.Body]rows{}, unlike: map[ast.Table]string{}, aliased: map[*ast.Column]bool{},
		owners: map[*ast.Column]string{}, shadowed: map[*ast.Column]bool{},
	}}
	columns, whole := c.statement(s)
	if whole {
		c.info.Columns = columns
	}
	return c.info
}

// A checker checks one statement.
type checker struct {
	cfg   Config
	info  *Info
	binds map[*ast.Bind]Type
}

// bound are the types of the bind variables of s: the first ? is the first
// value, as is :1.
func bound(s ast.Statement, values []Type) map[*ast.Bind]Type {
	if len(values) == 0 {
		return nil
	}
	var all []*ast.Bind
	ast.Inspect(s, func(n ast.Node) bool {
		if b, ok := n.(*ast.Bind); ok {
			all = append(all, b)
		}
		return true
	})
	slices.SortStableFunc(all, func(a, b *ast.Bind) int { return a.Pos().Offset - b.Pos().Offset })
	out := map[*ast.Bind]Type{}
	for i, b := range all {
		if b.Name != "" {
			i = number(b.Name) - 1
		}
		if i >= 0 && i < len(values) {
			out[b] = values[i]
		}
	}
	return out
}

// statement checks a statement, and gives the columns of its result.
func (c *checker) statement(s ast.Statement) (columns []Column, whole bool) {
	switch s := s.(type) {
	case *ast.Query:
		return c.query(s, nil)
	case *ast.Insert:
		c.query(s.Query, nil)
		c.columnsOf(s.Into, s.Columns)
	case *ast.CreateView:
		columns, whole := c.query(s.Query, nil)
		if len(s.Columns) == 0 {
			c.distinct(columns)
		}
		c.made(columns, whole)
	case *ast.CreateTable:
		c.createTable(s)
	case *ast.Update:
		in := &scope{}
		c.from(in, append([]ast.Table{s.Table}, s.From...)...)
		c.assigned(s.Set, in)
		c.where(s.Where, in)
	case *ast.Delete:
		in := &scope{}
		c.from(in, append([]ast.Table{s.From}, s.Using...)...)
		c.where(s.Where, in)
	case *ast.Merge:
		c.merge(s)
	case *ast.MultiInsert:
		c.multiInsert(s)
	case *ast.CopyInto:
		if s.Query != nil {
			c.query(s.Query, nil)
		}
	case *ast.CopyFiles:
		if s.Query != nil {
			c.query(s.Query, nil)
		}
	case *ast.CopyUnload:
		if s.Query != nil {
			c.query(s.Query, nil)
		}
	}
	return nil, false
}

// where checks the condition of an UPDATE or a DELETE.
func (c *checker) where(e ast.Expr, in *scope) {
	c.expr(e, in)
	c.noAggregates(e)
	c.noWindows(e)
}

// made notes the columns of an object that a query gives.
func (c *checker) made(columns []Column, whole bool) {
	if whole {
		c.info.Made = columns
	}
}

func (c *checker) createTable(s *ast.CreateTable) {
	own := relation{whole: true}
	for _, d := range s.Columns {
		column := Column{Name: d.Name.Name}
		if d.Type != nil {
			column.Type = Of(d.Type)
		}
		own.columns = append(own.columns, column)
	}
	if s.Query != nil {
		columns, whole := c.query(s.Query, nil)
		c.made(columns, whole)
		if len(s.Columns) == 0 {
			own = relation{columns: columns, whole: whole}
			c.distinct(columns)
		}
	}
	for _, key := range s.Constraints {
		for _, id := range key.Columns {
			if own.whole {
				c.mustHave(own.columns, id)
			}
		}
	}
	ast.Inspect(s, func(n ast.Node) bool {
		if e, ok := n.(ast.Expr); ok {
			if _, done := c.info.types[e]; !done {
				c.expr(e, &scope{relations: []relation{own}})
			}
			return false
		}
		_, isQuery := n.(*ast.Query)
		return !isQuery
	})
}

func (c *checker) merge(s *ast.Merge) {
	in := &scope{}
	c.from(in, s.Into, s.Using)
	c.expr(s.On, in)
	for _, w := range s.Whens {
		c.expr(w.Cond, in)
		c.assigned(w.Set, in)
		for _, v := range w.Values {
			c.expr(v, in)
		}
	}
}

func (c *checker) multiInsert(s *ast.MultiInsert) {
	columns, whole := c.query(s.Query, nil)
	in := &scope{relations: []relation{{columns: columns, whole: whole}}}
	for _, w := range s.Whens {
		c.expr(w.Cond, in)
		for _, into := range w.Into {
			for _, v := range into.Values {
				c.expr(v, in)
			}
		}
	}
}

// assigned checks SET of an UPDATE or a MERGE, whose target is the first table
// in scope.
func (c *checker) assigned(set []ast.Assign, in *scope) {
	target := scope{relations: in.relations[:min(1, len(in.relations))]}
	for _, a := range set {
		name := a.Column[len(a.Column)-1:]
		if pos := a.Pos(); pos.IsValid() && c.info.Err == nil {
			if _, how := target.column(name); how == missing {
				c.info.Err = notThere(spelled(name), pos)
			}
		}
		c.expr(a.Value, in)
	}
}

// notThere refuses a column by its name.
func notThere(name string, pos token.Pos) *warehouse.Error {
	return &warehouse.Error{Code: 904, State: "42000", Line: pos.Line, Column: pos.Column, Kind: warehouse.ErrNotExist,
		Message: fmt.Sprintf("SQL compilation error: error %s\ninvalid identifier '%s'", pos, name)}
}

// distinct refuses a table or view with two columns of one name.
func (c *checker) distinct(columns []Column) {
	seen := map[string]bool{}
	for _, col := range columns {
		if col.Name != "" && seen[col.Name] && c.info.Err == nil {
			c.info.Err = &warehouse.Error{Code: 2025, State: "42S21", Message: fmt.Sprintf("SQL compilation error:\nduplicate column name '%s'", col.Name)}
		}
		seen[col.Name] = true
	}
}
