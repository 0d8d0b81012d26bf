package types

import (
	"maps"
	"strings"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/print"
)

// temporal reports dates, times and timestamps.
func (t Type) temporal() bool { return t.Is(warehouse.Date, warehouse.Time) || t.Timestamp() }

// Impossible reports values of a type that no cast makes values of another, as
// the table of "Data Type Conversion" has it.
func Impossible(from, to Type) bool {
	if from.Structured() || to.Structured() {
		return false
	}
	switch from.Kind {
	case warehouse.Varchar:
		return to.Is(warehouse.Object)
	case warehouse.Number, warehouse.Float:
		return to.Is(warehouse.Date, warehouse.Time, warehouse.Object)
	case warehouse.Boolean:
		return to.temporal() || to.Is(warehouse.Float, warehouse.Object)
	case warehouse.Date, warehouse.Time, warehouse.TimestampNTZ, warehouse.TimestampLTZ, warehouse.TimestampTZ:
		return to.Numeric() || to.Is(warehouse.Boolean, warehouse.Binary, warehouse.Object)
	case warehouse.Binary:
		return to.Numeric() || to.temporal() || to.Is(warehouse.Boolean, warehouse.Object)
	case warehouse.Array, warehouse.Object:
		return to.Numeric() || to.temporal() || to.Is(warehouse.Boolean, warehouse.Binary) || from.Is(warehouse.Array) && to.Is(warehouse.Object)
	}
	return false
}

// converters are the functions that a cast to a type stands for.
var converters = map[warehouse.Type]string{
	warehouse.Number: "TO_NUMBER", warehouse.Float: "TO_DOUBLE", warehouse.Boolean: "TO_BOOLEAN", warehouse.Binary: "TO_BINARY",
	warehouse.Date: "TO_DATE", warehouse.Time: "TO_TIME", warehouse.Object: "TO_OBJECT", warehouse.TimestampNTZ: "TO_TIMESTAMP_NTZ",
	warehouse.TimestampLTZ: "TO_TIMESTAMP_LTZ", warehouse.TimestampTZ: "TO_TIMESTAMP_TZ",
}

// castable refuses a cast that no value can make, and TRY_CAST of what is no text.
func (c *checker) castable(e *ast.Cast, from, to Type) {
	switch {
	case c.info.Err != nil || !e.Pos().IsValid():
	case e.Try && from.Known() && !to.Structured() && !from.Is(warehouse.Varchar, Null):
		c.refuse(e, 1065, "22023", "\nFunction TRY_CAST cannot be used with arguments of types %s and %s", from.signature(), to.signature())
	case Impossible(from, to):
		c.invalidType(e, "CAST("+print.SQL(e.X)+" AS "+to.signature()+")", converters[to.Kind])
	}
}

// convertible are the functions that convert as a cast to what they give does.
var convertible = nameSet(`DATE TIME TO_BOOLEAN TO_DATE TO_DECIMAL TO_NUMBER TO_NUMERIC TO_TIME TO_TIMESTAMP TO_TIMESTAMP_LTZ TO_TIMESTAMP_NTZ TO_TIMESTAMP_TZ`)

// convertibleArgument refuses a call of those that no value can make.
func (c *checker) convertibleArgument(e *ast.Call, args []Type, to Type) {
	if name := builtin(e); len(args) > 0 && c.info.Err == nil && e.Pos().IsValid() && convertible[name] && Impossible(args[0], to) {
		c.invalidType(e, print.SQL(e), name)
	}
}

func (c *checker) invalidType(at ast.Expr, shown, converter string) {
	c.refuse(at, 1007, "22023", "\ninvalid type [%s] for parameter '%s'", shown, converter)
}

// apart reports values that stand for one another nowhere: no conversion that
// goes without saying leads from one to the other.
func apart(a, b Type) bool {
	plain := func(t Type) bool { return t.Numeric() || t.Is(warehouse.Boolean) }
	return a.temporal() && plain(b) || plain(a) && b.temporal()
}

// comparable refuses to compare an expression with others that are never like it.
func (c *checker) comparable(e ast.Expr, others ...ast.Expr) {
	expected := c.info.types[e]
	for _, other := range others {
		if other == nil || c.info.Err != nil || !other.Pos().IsValid() {
			continue
		}
		if t := c.info.types[other]; apart(expected, t) {
			c.notConvertible(other, print.SQL(other), t.signature(), expected)
		}
	}
}

func (c *checker) notConvertible(at ast.Node, shown, of string, expected Type) {
	c.refuseAt(at.Pos(), 1038, "22023", "\nCan not convert parameter '%s' of type [%s] into expected type [%s]", shown, of, expected.signature())
}

// together refuses branches of one CASE and arguments of one COALESCE that are
// never alike.
func (c *checker) together(branches []ast.Expr) {
	for i, e := range branches {
		if e != nil && !c.info.types[e].Is(Null) {
			c.comparable(e, branches[i+1:]...)
			return
		}
	}
}

// alike are the functions whose arguments have one type, from the first that counts.
var alike = map[string]int{"COALESCE": 0, "NVL": 0, "IFNULL": 0, "NULLIF": 0, "GREATEST": 0, "LEAST": 0, "EQUAL_NULL": 0, "IFF": 1, "NVL2": 1}

// alikeArguments refuses arguments of those that are never alike.
func (c *checker) alikeArguments(e *ast.Call) {
	first, ok := alike[builtin(e)]
	if !ok || len(e.Args) <= first {
		return
	}
	values := make([]ast.Expr, 0, len(e.Args))
	for _, a := range e.Args[first:] {
		values = append(values, a.Value)
	}
	c.together(values)
}

// branches refuses columns of a set operation that are never alike.
func (c *checker) branches(left, right Type) {
	if apart(left, right) && c.info.Err == nil {
		c.info.Err = &warehouse.Error{Code: 1790, State: "42601", Message: "SQL compilation error:\ninconsistent data type for result columns for set operator input branches, expected " +
			right.signature() + ", got " + left.signature()}
	}
}

// oneColumn refuses a query of several columns where a value is wanted, of the
// type that is expected if one is known.
func (c *checker) oneColumn(q *ast.Query, columns []Column, whole bool, expected Type) {
	if !whole || len(columns) == 1 || c.info.Err != nil || !q.Pos().IsValid() {
		return
	}
	if !expected.Known() && len(columns) > 0 {
		expected = columns[0].Type
	}
	names := make([]string, len(columns))
	for i, col := range columns {
		names[i] = col.Type.signature()
	}
	c.notConvertible(q, print.SQL(q), "ROW("+strings.Join(names, ", ")+")", expected)
}

// holder refuses to look into what holds nothing: only a VARIANT, an ARRAY, an
// OBJECT and a MAP do.
func (c *checker) holder(at, key ast.Expr, of Type) {
	if c.info.Err != nil || !at.Pos().IsValid() || !of.temporal() && !of.Numeric() && !of.Is(warehouse.Varchar, warehouse.Boolean, warehouse.Binary) {
		return
	}
	k := c.info.types[key]
	if s, ok := key.(*ast.String); ok {
		k, _ = constant(s)
	}
	c.refuse(at, 1044, "42P13", "error %s\nInvalid argument types for function 'GET': (%s, %s)", at.Pos(), of.signature(), k.signature())
}

// behindUnit is where the points in time begin among the arguments of the
// functions that a unit of time stands before.
var behindUnit = map[string]int{"DATE_TRUNC": 1, "DATEDIFF": 1, "TIMEDIFF": 1, "TIMESTAMPDIFF": 1, "DATEADD": 2, "TIMEADD": 2, "TIMESTAMPADD": 2}

// pointsInTime refuses what is no point in time as an argument of those.
func (c *checker) pointsInTime(e *ast.Call, args []Type) {
	first, ok := behindUnit[builtin(e)]
	if !ok || len(args) <= first || c.info.Err != nil || !e.Pos().IsValid() {
		return
	}
	wrong, names := false, make([]string, len(args)-1)
	for i, t := range args[1:] {
		names[i] = t.signature()
		if names[i] == "" {
			return
		}
		wrong = wrong || i+1 >= first && (t.Numeric() || t.Is(warehouse.Boolean, warehouse.Binary, warehouse.Array, warehouse.Object))
	}
	if wrong {
		c.refuse(e, 1044, "42P13", "error %s\nInvalid argument types for function '%s': (%s)", e.Pos(), builtin(e), strings.Join(names, ", "))
	}
}

// lookedAt are the functions whose calls are looked at for what cannot be: most
// are not among them.
var lookedAt = func() map[string]bool {
	out := maps.Clone(aggregates)
	maps.Copy(out, convertible)
	for name := range alike {
		out[name] = true
	}
	for name := range behindUnit {
		out[name] = true
	}
	return out
}()
