package types

import (
	"slices"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
)

// notNull reports an expression that Snowflake tells clients has no nulls. It
// tells so of less than could be known: not of what is computed as a BOOLEAN,
// the word TRUE included.
//
// Source: the suite that Snowpark for Python holds against Snowflake, and
// https://github.com/snowflakedb/snowpark-python/pull/1209.
func (c *checker) notNull(e ast.Expr, in *scope) bool {
	switch e := e.(type) {
	case *ast.Number, *ast.String, *ast.Hex, *ast.Typed:
		return true
	case *ast.Column:
		col, how := in.column(e.Parts)
		return how == found && col.NotNull
	case *ast.Position:
		col, ok := in.position(e)
		return ok && col.NotNull
	case *ast.Parens:
		return c.notNull(e.X, in)
	case *ast.Unary:
		return e.Op != "NOT" && c.notNull(e.X, in)
	case *ast.Binary:
		switch e.Op {
		case "+", "-", "*", "/", "%", "||":
			return c.notNull(e.Left, in) && c.notNull(e.Right, in)
		}
	case *ast.Cast:
		return !e.Try && !Of(e.Type).Is(warehouse.Boolean) && !c.info.types[e.X].JSON() && c.notNull(e.X, in)
	case *ast.Call:
		return c.callNotNull(e, in)
	}
	return false
}

// counting are the functions that always give a number.
var counting = nameSet(`COUNT COUNT_IF ROW_NUMBER RANK DENSE_RANK`)

// converting are those that give a null for a null alone.
var converting = nameSet(`DATE TO_DATE TIME TO_TIME TO_TIMESTAMP TO_TIMESTAMP_NTZ TO_TIMESTAMP_LTZ TO_TIMESTAMP_TZ`)

func (c *checker) callNotNull(e *ast.Call, in *scope) bool {
	name := builtin(e)
	return counting[name] || converting[name] && !slices.ContainsFunc(e.Args, func(a ast.Arg) bool {
		return c.info.types[a.Value].JSON() || !c.notNull(a.Value, in)
	})
}

// isGrouping reports what makes rows without some of the keys.
func isGrouping(e ast.Expr) bool {
	_, ok := e.(*ast.Grouping)
	return ok
}

// nullable are columns of which nothing says that they have no nulls.
func nullable(columns []Column) []Column {
	out := slices.Clone(columns)
	for i := range out {
		out[i].NotNull = false
	}
	return out
}

// outer makes the columns of the side that a join fills up with nulls such: the
// left relations are those from first to left, the right ones the rest; merged
// are the columns that this join makes one.
func (s *scope) outer(kind string, first, left int, merged []string) {
	fill := func(relations []relation) {
		for i := range relations {
			relations[i].columns = nullable(relations[i].columns)
		}
	}
	if kind == "LEFT" || kind == "FULL" || kind == "ASOF" {
		fill(s.relations[left:])
	}
	if kind == "RIGHT" || kind == "FULL" {
		fill(s.relations[first:left])
		for name, col := range s.using {
			col.NotNull = col.NotNull && kind == "RIGHT" && slices.Contains(merged, name)
			s.using[name] = col
		}
	}
}

// mergedColumn is a column of USING: the left's, whose nulls are those of the
// side that has all its rows.
func mergedColumn(kind, name string, relations []relation, left int) Column {
	of := func(side []relation) Column {
		col, _, _ := (&scope{relations: side}).own([]ast.Ident{{Name: name}}, name)
		return col
	}
	out := of(relations[:left])
	switch kind {
	case "RIGHT":
		out.NotNull = of(relations[left:]).NotNull
	case "FULL":
		out.NotNull = false
	}
	out.Name = name
	return out
}
