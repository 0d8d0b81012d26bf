package rewrite

import (
	"strconv"
	"strings"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/types"
)

// jsonFunctions are DuckDB's that give JSON.
var jsonFunctions = map[string]bool{
	"JSON_EXTRACT": true, "TO_JSON": true, "JSON_ARRAY": true, "JSON_OBJECT": true, "JSON_MERGE_PATCH": true,
	"JSON_GROUP_OBJECT": true,
}

// jsonMacros are the macros that give JSON.
var jsonMacros = words(`gap array_of or_gap defined date_json time_json naive_json local_json offset_json float_json binary_json typed_json arrays_zip array_union array_distinct array_except array_flatten array_insert array_intersection array_max array_min array_range array_remove_at array_slice
	array_sort arrays_to_object decimal_json get_ignore_case get_path number_json full_or_null object_delete object_insert object_of object_pick parse_ip parse_json parse_json_of sorted try_parse_ip try_parse_json try_parse_json_of parse_url to_array to_array_any to_object`)

// producesJSON reports whether e, translated, is semi-structured by itself.
func producesJSON(e ast.Expr) bool {
	switch e := e.(type) {
	case *ast.Parens:
		return producesJSON(e.X)
	case *ast.Call:
		if len(e.Name.Parts) == 3 && e.Name.Parts[0].Name == Macros {
			return jsonMacros[e.Name.Parts[2].Name]
		}
		return jsonFunctions[known(e)]
	case *ast.Cast:
		return e.Type.Name == "JSON"
	case *ast.Case:
		return len(e.Whens) == 1 && e.Else == nil && producesJSON(e.Whens[0].Then)
	}
	return false
}

// toJSON is e as a semi-structured value.
func toJSON(e ast.Expr) ast.Expr {
	if c, ok := e.(*ast.Call); ok && len(c.Name.Parts) == 3 && producesJSON(c) {
		return e
	}
	return call("TO_JSON", e)
}

// isJSON reports whether e is semi-structured, by its type where that is known.
func (r *rewriter) isJSON(e ast.Expr) bool {
	if t := r.info.Type(e); t.Known() {
		return t.JSON()
	}
	return producesJSON(e)
}

// isLoose reports whether e is semi-structured, and not structured.
func (r *rewriter) isLoose(e ast.Expr) bool { return r.isJSON(e) && !r.info.Type(e).Structured() }

// orderVariants makes semi-structured values sort as what they hold: numbers by
// their size, and not as text.
func (r *rewriter) orderVariants(keys []ast.Order) {
	for i := range keys {
		if keys[i].X != nil && r.isLoose(keys[i].X) {
			keys[i].X = r.macro("sort_key", keys[i].X)
		}
	}
}

// orderPositions names the semi-structured columns that ORDER BY has by their
// numbers.
func (r *rewriter) orderPositions(keys []ast.Order, s *ast.Select) {
	for i := range keys {
		n, isNumber := keys[i].X.(*ast.Number)
		if !isNumber {
			continue
		}
		at, err := strconv.Atoi(n.Text)
		if err != nil || at < 1 || at > len(s.Items) || !r.isLoose(s.Items[at-1].X) || s.Items[at-1].Alias == nil {
			continue
		}
		column := &ast.Column{Parts: []ast.Ident{*s.Items[at-1].Alias}}
		r.info.Set(column, types.Variant)
		keys[i].X = column
	}
}

// inOrder makes values comparable by what they hold if all of them are
// semi-structured.
func (r *rewriter) inOrder(sides ...*ast.Expr) {
	for _, side := range sides {
		if !r.isLoose(*side) {
			return
		}
	}
	for _, side := range sides {
		*side = r.macro("sort_key", *side)
	}
}

// extreme is MIN or MAX of semi-structured values, which stays one.
func (r *rewriter) extreme(name string, c *ast.Call) ast.Expr {
	best := call(name, r.macro("variant_key", c.Args[0].Value))
	best.Over = c.Over
	return call("STRUCT_EXTRACT", best, text("x"))
}

// plain is a semi-structured value as text, a string without its quotes.
func plain(e ast.Expr) ast.Expr {
	for p, ok := e.(*ast.Parens); ok; p, ok = e.(*ast.Parens) {
		e = p.X
	}
	e = orGap(e)
	of, path := e, ast.Expr(text("$"))
	if c, ok := e.(*ast.Call); ok && known(c) == "JSON_EXTRACT" {
		of, path = c.Args[0].Value, c.Args[1].Value
	}
	if _, ok := of.(*ast.Column); ok {
		return template("__SF.MAIN.text_at($1, $2)", of, path)
	}
	return template("__SF.MAIN.text_in($1)", e)
}

// unquote is plain for a place that passes over blanks, as DuckDB does where it
// reads numbers, and for structured values, in which nothing is typed.
func unquote(e ast.Expr) ast.Expr {
	if p, ok := e.(*ast.Parens); ok {
		return unquote(p.X)
	}
	e = orGap(e)
	if c, ok := e.(*ast.Call); ok && known(c) == "JSON_EXTRACT" {
		return &ast.Call{At: c.At, Name: call("JSON_EXTRACT_STRING").Name, Args: c.Args}
	}
	return call("JSON_EXTRACT_STRING", e, text("$"))
}

// defined is an element of an array, null where the array has a gap.
func (r *rewriter) defined(e ast.Expr) ast.Expr { return r.macro("defined", e) }

// orGap is what defined has made of an element, as it was.
func orGap(e ast.Expr) ast.Expr {
	if c, ok := e.(*ast.Call); ok && len(c.Name.Parts) == 3 && c.Name.Last() == "defined" {
		return c.Args[0].Value
	}
	return e
}

// step is x:key. Steps in a row become one path.
func (r *rewriter) step(at ast.Node, x ast.Expr, key string) ast.Expr {
	if strings.ContainsAny(key, `"\`) {
		r.refuse(at, "a path with a quote in it")
	}
	return extend(x, `."`+key+`"`)
}

// extend adds a step of DuckDB's to a path, or begins one.
func extend(x ast.Expr, step string) ast.Expr {
	x = orGap(x)
	if c, ok := x.(*ast.Call); ok && known(c) == "JSON_EXTRACT" {
		if path, ok := c.Args[1].Value.(*ast.String); ok && strings.HasPrefix(path.Value, "$") {
			return &ast.Call{At: c.At, Name: c.Name, Args: []ast.Arg{c.Args[0], {Value: text(path.Value + step)}}}
		}
	}
	return call("JSON_EXTRACT", x, text("$"+step))
}

// index is x[i], or x['key'].
func (r *rewriter) index(e *ast.Index) ast.Expr {
	switch i := e.I.(type) {
	case *ast.Number:
		return r.defined(extend(e.X, "["+i.Text+"]"))
	case *ast.String:
		return r.step(e, e.X, i.Value)
	case *ast.Unary:
		return &ast.Null{At: e.At} // Snowflake counts from the front alone
	}
	if t := r.info.Type(e.I); t.Known() && !t.Is(warehouse.Number, warehouse.Float) {
		return call("JSON_EXTRACT", e.X, e.I)
	}
	return template("CASE WHEN $2 >= 0 THEN __SF.MAIN.defined(JSON_EXTRACT($1, $2)) END", e.X, r.wholeNumber(e.I))
}

// getPath is GET_PATH(x, 'a.b[0]').
func (r *rewriter) getPath(at ast.Node, x ast.Expr, path string) ast.Expr {
	for path != "" {
		switch {
		case path[0] == '[':
			i := strings.IndexByte(path, ']')
			if i < 0 || strings.Trim(path[1:i], "0123456789") != "" {
				r.refuse(at, "the path %q", path)
				return x
			}
			x, path = r.defined(extend(x, path[:i+1])), path[i+1:]
		default:
			path = strings.TrimPrefix(path, ".")
			i := strings.IndexAny(path, ".[")
			if i < 0 {
				i = len(path)
			}
			if i == 0 {
				r.refuse(at, "the path %q", path)
				return x
			}
			x, path = r.step(at, x, path[:i]), path[i:]
		}
	}
	return x
}
