package rewrite

import (
	"fmt"
	"strings"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/types"
)

// structuredCall translates the functions of maps, and others whose arguments
// are structured; ok is false for those that go as they do with semi-structured
// ones.
func (r *rewriter) structuredCall(name string, c *ast.Call, args []ast.Expr) (_ ast.Expr, ok bool) {
	if strings.HasPrefix(name, "MAP_") {
		return r.mapCall(name, c, args)
	}
	if len(args) == 0 {
		return nil, false
	}
	switch of := r.info.Type(args[0]); name {
	case "ARRAY_CONTAINS", "ARRAY_POSITION":
		if of := r.info.Type(last(args)); len(args) == 2 && of.Structured() {
			args[0] = r.elementOf(args[0], of)
		}
	case "ARRAY_REMOVE":
		if len(args) == 2 && of.Structured() {
			args[1] = r.elementOf(args[1], of)
		}
	case "GET", "GET_IGNORE_CASE":
		if len(args) == 2 && of.Structured() {
			return r.get(name, c, args, of), true
		}
	case "GET_PATH":
		if path, constant := last(args).(*ast.String); of.Structured() && len(args) == 2 && constant {
			return r.structuredPath(c, args[0], of, path.Value), true
		}
	case "OBJECT_DELETE", "OBJECT_INSERT", "OBJECT_PICK":
		if of.Structured() && of.Is(warehouse.Object) {
			r.objectKeys(name, c, args, of)
		}
	case "TO_VARIANT", "TO_ARRAY", "TO_OBJECT":
		if len(args) == 1 && of.Structured() {
			return r.loosen(args[0]), true
		}
	}
	return nil, false
}

// get is GET, whose key may have another case for GET_IGNORE_CASE.
func (r *rewriter) get(name string, c *ast.Call, args []ast.Expr, of types.Type) ast.Expr {
	key, constant := args[1].(*ast.String)
	if name == "GET" || of.Is(warehouse.Array) || !constant && of.Is(warehouse.Object) {
		return r.under(c, args[0], args[1], of)
	}
	if of.Is(warehouse.Map) {
		return r.part(r.macro("get_ignore_case", args[0], args[1]), r.info.Type(c))
	}
	if !r.info.Type(c).Known() {
		r.noKey(c, key.Value)
		return c
	}
	return r.part(r.macro("get_ignore_case", args[0], args[1]), r.info.Type(c))
}

// elementOf is a value as an ARRAY of the type keeps it.
func (r *rewriter) elementOf(x ast.Expr, array types.Type) ast.Expr {
	one := r.structure(r.arrayOf([]ast.Expr{x}), types.ArrayOf(array.Element()), "", types.Type{})
	return template("CASE WHEN $1 IS NOT NULL THEN JSON_EXTRACT($2, '$[0]') END", x, one)
}

// objectKeys holds the keys of OBJECT_DELETE, OBJECT_INSERT and OBJECT_PICK
// against the type of a structured OBJECT.
func (r *rewriter) objectKeys(name string, c *ast.Call, args []ast.Expr, of types.Type) {
	keys := args[1:]
	inserts := name == "OBJECT_INSERT"
	if inserts && len(args) > 2 {
		keys = args[1:2]
	}
	for _, k := range keys {
		key, constant := k.(*ast.String)
		if !constant {
			r.refuse(c, "%s of a structured OBJECT with a key that is no constant", name)
			return
		}
		update := len(args) == 4 && isTrue(args[3])
		_, has := of.Member(key.Value)
		switch {
		case inserts && has && !update:
			r.field(93202, c, "Function %s: expected structured object to not contain field %s but it did.", name, key.Value)
		case !has && (!inserts || update):
			r.field(93201, c, "Function %s: expected structured object to contain field %s but it did not.", name, key.Value)
		}
	}
}

func isTrue(e ast.Expr) bool {
	b, ok := e.(*ast.Bool)
	return ok && b.Value
}

func (r *rewriter) field(code int, c *ast.Call, format string, args ...any) {
	if r.err == nil {
		pos := c.Pos()
		r.err = &warehouse.Error{Code: code, State: "23001", Line: pos.Line, Column: pos.Column, Message: fmt.Sprintf(format, args...)}
	}
}

// mapCall translates the functions of maps.
func (r *rewriter) mapCall(name string, c *ast.Call, args []ast.Expr) (ast.Expr, bool) {
	of := r.info.Type(args0(name, args))
	if !of.Is(warehouse.Map) && !of.Is(types.Null) {
		if !byHand[name] || len(args) == 0 {
			return nil, false
		}
		r.refuse(c, "%s of what is not known to be a MAP", name)
		return c, true
	}
	switch {
	case name == "MAP_KEYS" && len(args) == 1:
		return call("TO_JSON", call("JSON_KEYS", args[0])), true
	case name == "MAP_SIZE" && len(args) == 1:
		return cast(call("LEN", call("JSON_KEYS", args[0])), "BIGINT"), true
	case name == "MAP_CONTAINS_KEY" && len(args) == 2:
		return template("CASE WHEN $2 IS NOT NULL AND $1 IS NOT NULL THEN LIST_CONTAINS(JSON_KEYS($2), CAST($1 AS VARCHAR)) END", args...), true
	case name == "MAP_CAT" && len(args) == 2, name == "MAP_DELETE" && len(args) > 1, name == "MAP_PICK" && len(args) > 1,
		name == "MAP_INSERT" && (len(args) == 3 || len(args) == 4):
		for i := range args {
			args[i] = r.inJSON(args[i])
		}
		list := cast(call("JSON_ARRAY", args...), "VARCHAR")
		return cast(call("__SF_"+name, list), "JSON"), true
	}
	return nil, false
}

// args0 is the argument that is the MAP.
func args0(name string, args []ast.Expr) ast.Expr {
	if name == "MAP_CONTAINS_KEY" && len(args) == 2 {
		return args[1]
	}
	if len(args) == 0 {
		return nil
	}
	return args[0]
}

// restructured is what a function gives that was translated as one of
// semi-structured values, as the structured value that it is.
func (r *rewriter) restructured(name string, c *ast.Call, out ast.Expr) ast.Expr {
	t := r.info.Type(c)
	switch {
	case r.err != nil, len(c.Args) == 0, !r.info.Type(c.Args[0].Value).Structured():
		return out
	case name == "ARRAY_MAX" || name == "ARRAY_MIN":
		return r.part(out, t)
	case t.Structured() && (name == "FILTER" || strings.HasPrefix(name, "ARRAY_") || strings.HasPrefix(name, "OBJECT_") || strings.HasPrefix(name, "MAP_")):
		return r.structure(out, t, "", types.Type{})
	}
	return out
}
