package types

import (
	"fmt"
	"slices"
	"strings"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/token"
)

// structuredRules are the results of functions of structured values by those of
// their arguments, the first of which is structured.
//
// Source: Snowflake's documentation, "Structured data types", and the pages of
// the MAP_ functions.
var structuredRules = func() map[string]func(c *ast.Call, args []Type) Type {
	rules := map[string]func(c *ast.Call, args []Type) Type{
		"ARRAY_CAT": both, "ARRAY_INTERSECTION": both,
		"ARRAY_FLATTEN": element, "ARRAY_MAX": element, "ARRAY_MIN": element,
		"GET": under, "GET_IGNORE_CASE": underAnyCase, "GET_PATH": underPath,
		"OBJECT_KEYS": func(*ast.Call, []Type) Type { return ArrayOf(Text) }, "MAP_KEYS": func(_ *ast.Call, args []Type) Type { return ArrayOf(args[0].Key()) },
		"OBJECT_DELETE": without, "OBJECT_INSERT": with, "OBJECT_PICK": picked,
		"TO_ARRAY": func(*ast.Call, []Type) Type { return Array }, "TO_OBJECT": func(*ast.Call, []Type) Type { return Object },
	}
	for name := range strings.FieldsSeq(`ARRAY_APPEND ARRAY_COMPACT ARRAY_DISTINCT ARRAY_EXCEPT ARRAY_INSERT ARRAY_PREPEND ARRAY_REMOVE ARRAY_REMOVE_AT
		ARRAY_REVERSE ARRAY_SLICE ARRAY_SORT FILTER MAP_CAT MAP_DELETE MAP_INSERT MAP_PICK`) {
		rules[name] = func(_ *ast.Call, args []Type) Type { return args[0] }
	}
	return rules
}()

// structuredResult is the type of a call's result, t unless its first argument
// is structured and has a say.
func structuredResult(c *ast.Call, args []Type, t Type) Type {
	rule := structuredRules[builtin(c)]
	if rule == nil || len(args) == 0 || !args[0].Structured() {
		return t
	}
	return rule(c, args)
}

func both(_ *ast.Call, args []Type) Type { return Common(args...) }

func element(_ *ast.Call, args []Type) Type { return args[0].Element() }

func under(c *ast.Call, args []Type) Type {
	if len(args) != 2 {
		return Type{}
	}
	return args[0].Under(c.Args[1].Value)
}

func underAnyCase(c *ast.Call, args []Type) Type {
	name, ok := constantText(c, 1)
	if !args[0].Is(warehouse.Object) || !ok {
		return under(c, args)
	}
	for _, exact := range []bool{true, false} {
		for _, f := range args[0].Fields {
			if f.Name == name || !exact && strings.EqualFold(f.Name, name) {
				return OfColumn(f)
			}
		}
	}
	return Type{}
}

func underPath(c *ast.Call, args []Type) Type {
	t := args[0]
	path, _ := constantText(c, 1)
	for _, step := range Steps(path) {
		t = t.Under(&ast.String{Value: step})
	}
	return t
}

// constantText is an argument that is a text written out.
func constantText(c *ast.Call, i int) (string, bool) {
	if i >= len(c.Args) {
		return "", false
	}
	s, ok := c.Args[i].Value.(*ast.String)
	if !ok {
		return "", false
	}
	return s.Value, true
}

// without is OBJECT_DELETE's, the type without the keys.
func without(c *ast.Call, args []Type) Type {
	out := Type{Kind: warehouse.Object, Fields: slices.Clone(args[0].Fields)}
	for i := range c.Args[1:] {
		name, ok := constantText(c, i+1)
		if !ok {
			return Type{}
		}
		out.Fields = slices.DeleteFunc(out.Fields, func(f warehouse.Column) bool { return f.Name == name })
	}
	return out
}

// picked is OBJECT_PICK's, the keys in the order in which they are named.
func picked(c *ast.Call, args []Type) Type {
	out := Type{Kind: warehouse.Object, Fields: []warehouse.Column{}}
	for i := range c.Args[1:] {
		name, ok := constantText(c, i+1)
		at := slices.IndexFunc(args[0].Fields, func(f warehouse.Column) bool { return f.Name == name })
		if !ok || at < 0 {
			return Type{}
		}
		out.Fields = append(out.Fields, args[0].Fields[at])
	}
	return out
}

// with is OBJECT_INSERT's: the type with one key more, or, where a value is
// replaced, itself.
func with(c *ast.Call, args []Type) Type {
	name, ok := constantText(c, 1)
	if _, has := args[0].Member(name); !ok || len(args) < 3 || has {
		return args[0]
	}
	added := args[2].Column(name)
	switch c.Args[2].Value.(type) {
	case *ast.String, *ast.Number, *ast.Bool, *ast.Cast:
		added.Nullable = false
	}
	return Type{Kind: warehouse.Object, Fields: append(slices.Clone(args[0].Fields), added)}
}

// semiStructuredOnly are the functions that take no structured values, and of
// their arguments those from which on.
var semiStructuredOnly = map[string]int{
	"TYPEOF": 0, "IS_ARRAY": 0, "IS_OBJECT": 0, "AS_ARRAY": 0, "AS_OBJECT": 0, "PARSE_JSON": 0,
	"ARRAY_CONSTRUCT": 0, "ARRAY_CONSTRUCT_COMPACT": 0, "ARRAY_AGG": 0, "ARRAYAGG": 0, "OBJECT_CONSTRUCT": 0, "OBJECT_CONSTRUCT_KEEP_NULL": 0,
	"OBJECT_AGG": 0, "OBJECTAGG": 0, "MIN": 0, "MAX": 0, "GREATEST": 0, "LEAST": 0,
}

// mapsFirst are the functions whose first argument is a MAP, and which of their
// others is a key of it.
var mapsFirst = map[string]int{"MAP_KEYS": 0, "MAP_SIZE": 0, "MAP_CAT": 0, "MAP_DELETE": 1, "MAP_INSERT": 1, "MAP_PICK": 1}

// structuredArguments refuses structured values where none may stand, and others
// where one must.
func (c *checker) structuredArguments(e *ast.Call, args []Type) {
	if c.info.Err != nil || !e.Pos().IsValid() {
		return
	}
	name := builtin(e)
	if from, only := semiStructuredOnly[name]; only && slices.ContainsFunc(args[min(from, len(args)):], Type.Structured) {
		c.wrongTypes(e, name, args)
	}
	key, ofMap := mapsFirst[name]
	switch {
	case name == "MAP_CONTAINS_KEY" && len(args) == 2:
		ofMap, key, args = true, 1, []Type{args[1], args[0]}
		if !fits(args, key) {
			c.notTogether(e, name, []Type{args[1], args[0]})
		}
	case ofMap && len(args) > 0 && !fits(args, key):
		c.notTogether(e, name, args)
	case (name == "ARRAY_CAT" || name == "ARRAY_EXCEPT" || name == "ARRAY_INTERSECTION" || name == "ARRAYS_OVERLAP") && len(args) == 2 &&
		args[0].Known() && args[1].Known() && args[0].Kind != Null && args[1].Kind != Null &&
		(args[0].Structured() || args[1].Structured()) && !Coercible(args[1], args[0]):
		c.notTogether(e, name, args)
	}
}

// fits reports whether the first argument may be a MAP, and another its key.
func fits(args []Type, key int) bool {
	if args[0].Known() && !args[0].Is(warehouse.Map, Null) {
		return false
	}
	if key == 0 || key >= len(args) || !args[0].Is(warehouse.Map) {
		return true
	}
	k := args[key]
	return !k.Known() || k.Is(Null, warehouse.Array) || k.Kind == args[0].Key().Kind
}

// structuredConstant refuses structured values in [ ] and { }.
func (c *checker) structuredConstant(e ast.Expr, name string, items ...ast.Expr) {
	for _, x := range items {
		if t := c.info.types[x]; t.Structured() && c.info.Err == nil && e.Pos().IsValid() {
			c.wrongTypes(e, name, []Type{t})
		}
	}
}

func (c *checker) wrongTypes(e ast.Expr, name string, args []Type) {
	c.refuse(e, 1044, "42P13", "error %s\nInvalid argument types for function '%s': (%s)", e.Pos(), name, typeNames(args, ", "))
}

func (c *checker) notTogether(e ast.Expr, name string, args []Type) {
	c.refuse(e, 1065, "22023", "\nFunction %s cannot be used with arguments of types %s", name, typeNames(args, " and "))
}

func (c *checker) refuse(e ast.Expr, code int, state, format string, args ...any) {
	c.refuseAt(e.Pos(), code, state, format, args...)
}

func (c *checker) refuseAt(pos token.Pos, code int, state, format string, args ...any) {
	c.info.Err = &warehouse.Error{Code: code, State: state, Line: pos.Line, Column: pos.Column,
		Message: strings.Replace("SQL compilation error: "+fmt.Sprintf(format, args...), ": \n", ":\n", 1)}
}

func typeNames(all []Type, between string) string {
	names := make([]string, len(all))
	for i, t := range all {
		names[i] = t.String()
	}
	return strings.Join(names, between)
}
