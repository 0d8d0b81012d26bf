package rewrite

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/types"
)

// Structured values are JSON in the form of package structure. The engine's
// function Structured makes such of others.
const (
	Structured    = "__SF_STRUCTURED"
	StructuredKey = "__SF_STRUCTURED_KEY"
)

// structure is x, which is JSON, as a value of a structured type. change and
// from are those of CAST(… RENAME FIELDS).
func (r *rewriter) structure(x ast.Expr, to types.Type, change string, from types.Type) ast.Expr {
	rest := "\n" + to.String() + "\n" + change + "\n"
	if change != "" {
		rest += from.String()
	}
	var spec ast.Expr = text("UTC" + rest)
	if strings.Contains(rest, "TIMESTAMP_") {
		spec = &ast.Binary{Op: "||", Left: call("CURRENT_SETTING", text("TimeZone")), Right: text(rest)}
	}
	out := cast(call(Structured, spec, cast(x, "VARCHAR")), "JSON")
	r.info.Set(out, to)
	return out
}

// castStructured is a cast to a structured type or from one, nil for another.
func (r *rewriter) castStructured(c *ast.Cast, to, from types.Type) ast.Expr {
	switch {
	case !to.Structured() && !from.Structured():
		return nil
	case c.Try:
		r.refuse(c, "TRY_CAST with structured types, which Snowflake has not either")
	case c.Change != "" && (!to.Is(warehouse.Object) || !from.Structured() || !from.Is(warehouse.Object)):
		r.refuse(c, "CAST with %s of other than a structured OBJECT", c.Change)
	case c.Change == "RENAME FIELDS" && len(to.Fields) != len(from.Fields):
		r.misfit(c, "CAST", from, to)
	case to.Structured() && (r.isJSON(c.X) || !from.Known()) && castable(from, to):
		return r.structure(c.X, to, c.Change, from)
	case from.Kind == types.Null:
		return &ast.Cast{X: c.X, Type: &ast.Type{Name: "JSON"}}
	case !to.Structured() && to.JSON() && castable(from, to):
		return r.loosen(c.X)
	case !to.Structured() && to.Is(warehouse.Varchar):
		return nil
	default:
		r.misfit(c, "CAST", from, to)
	}
	return c
}

// castable reports the casts that there are between structured values, and from
// and to semi-structured ones.
func castable(from, to types.Type) bool {
	if !from.Known() || from.Is(warehouse.Variant) || to.Is(warehouse.Variant) || from.Kind == to.Kind {
		return true
	}
	return from.Is(warehouse.Object, warehouse.Map) && to.Is(warehouse.Object, warehouse.Map)
}

// loosen is a structured value as a semi-structured one, whose keys are sorted.
func (r *rewriter) loosen(x ast.Expr) ast.Expr {
	if t := r.info.Type(x); t.Structured() {
		spec := &ast.Binary{Op: "||", Left: call("CURRENT_SETTING", text("TimeZone")), Right: text("\n" + t.String())}
		return cast(call("__SF_LOOSE", spec, cast(x, "VARCHAR")), "JSON")
	}
	return cast(call("__SF_MADE", cast(x, "VARCHAR")), "JSON")
}

// misfit refuses types that do not go together.
func (r *rewriter) misfit(n ast.Node, function string, all ...types.Type) {
	if r.err != nil {
		return
	}
	names := make([]string, len(all))
	for i, t := range all {
		names[i] = t.String()
	}
	pos := n.Pos()
	r.err = &warehouse.Error{Code: 1065, State: "22023", Line: pos.Line, Column: pos.Column, Message: fmt.Sprintf(
		"SQL compilation error:\nFunction %s cannot be used with arguments of types %s", function, strings.Join(names, " and "))}
}

// coerce makes a structured value one of another structured type, where
// Snowflake does so without being asked.
func (r *rewriter) coerce(e ast.Expr, from, to types.Type) ast.Expr {
	switch {
	case from.Kind == types.Null, to.Kind == types.Null, !from.Known(), !to.Known(), types.Same(from, to):
		return e
	case !types.Coercible(from, to):
		r.misfit(e, "CAST", from, to)
		return e
	}
	return r.structure(e, to, "", from)
}

// ordered is the key by which a structured value is compared, and any other
// value itself.
func (r *rewriter) ordered(e ast.Expr) ast.Expr {
	t := r.info.Type(e)
	if !t.Structured() {
		return r.moment(e)
	}
	return call(StructuredKey, text(t.String()), cast(e, "VARCHAR"))
}

// part is what a structured value holds, found as JSON, as a value of its type.
func (r *rewriter) part(found ast.Expr, t types.Type) ast.Expr {
	switch {
	case !t.Known(), t.Is(warehouse.Variant):
		return found
	case t.JSON():
		return template("CASE WHEN JSON_TYPE($1) <> 'NULL' THEN $1 END", found)
	case t.Is(warehouse.Varchar):
		return unquote(found)
	case t.Is(warehouse.Binary):
		return call("UNHEX", unquote(found))
	case t.Numeric():
		return &ast.Cast{X: unquote(found), Type: duckNumber(t)}
	case t.MayBeFine():
		return r.timePart(r.typed(unquote(found), types.Text), t)
	case t.Is(warehouse.TimestampTZ):
		return r.typed(r.macro("text_offset", unquote(found)), t)
	}
	return cast(unquote(found), duckType(string(t.Kind)))
}

// timePart is a time that a structured value holds, as text.
func (r *rewriter) timePart(text ast.Expr, t types.Type) ast.Expr {
	read := func(e ast.Expr) ast.Expr {
		if t.Is(warehouse.TimestampTZ) {
			return r.macro("text_offset", e)
		}
		return cast(e, duckType(string(t.Kind)))
	}
	if t.Fine {
		return r.fineText(text, t, read)
	}
	return r.typed(read(r.macro("six_only", text, number(8))), t)
}

// under is what x, a structured value, has under a key or at a place; e is the
// expression that asks.
func (r *rewriter) under(e ast.Expr, x, key ast.Expr, of types.Type) ast.Expr {
	var found ast.Expr
	name, constant := key.(*ast.String)
	switch {
	case of.Is(warehouse.Array):
		found = r.index(&ast.Index{X: x, I: key})
		if _, null := found.(*ast.Null); !null {
			found = r.macro("defined", found)
		}
	case of.Is(warehouse.Map):
		found = r.macro("value_at", x, cast(key, "VARCHAR"))
	case !constant:
		r.refuse(e, "a key of a structured OBJECT that is no constant")
		return e
	default:
		if _, has := of.Member(name.Value); !has {
			r.noKey(e, name.Value)
			return e
		}
		found = r.macro("value_at", x, key)
	}
	if _, null := found.(*ast.Null); null {
		return found
	}
	return r.part(found, r.info.Type(e))
}

// noKey refuses a key that a structured OBJECT has not.
func (r *rewriter) noKey(n ast.Node, key string) {
	if r.err == nil {
		pos := n.Pos()
		r.err = &warehouse.Error{Code: 904, State: "42000", Kind: warehouse.ErrNotExist, Line: pos.Line, Column: pos.Column,
			Message: fmt.Sprintf("SQL compilation error: error %s\ninvalid identifier '%s'", pos, key)}
	}
}

// structuredPath is GET_PATH of a structured value, step by step.
func (r *rewriter) structuredPath(c *ast.Call, x ast.Expr, of types.Type, path string) ast.Expr {
	for _, step := range types.Steps(path) {
		var key ast.Expr = text(step)
		if of.Is(warehouse.Array) {
			key = &ast.Number{Text: step}
		}
		at := &ast.Index{At: c.At, X: x, I: key}
		of = of.Under(key)
		r.info.Set(at, of)
		if !of.Structured() && of.Known() && !of.Is(warehouse.Variant) || of.Structured() {
			x = r.under(at, x, key, r.info.Type(x))
		} else {
			x = r.index(at)
		}
		r.info.Set(x, of)
	}
	return x
}

// arrayOf is a semi-structured ARRAY.
func (r *rewriter) arrayOf(items []ast.Expr) ast.Expr {
	for i := range items {
		switch x := items[i].(type) {
		case *ast.String, *ast.Number, *ast.Bool:
			items[i] = r.inJSON(x)
		default:
			items[i] = r.macro("or_gap", r.inJSON(x))
		}
	}
	return call("JSON_ARRAY", items...)
}

// jsonOf are the macros that make semi-structured values which keep their type.
var jsonOf = map[warehouse.Type]string{
	warehouse.Date: "date_json", warehouse.Time: "time_json", warehouse.TimestampNTZ: "naive_json", warehouse.TimestampLTZ: "local_json",
	warehouse.TimestampTZ: "offset_json", warehouse.Float: "float_json", warehouse.Binary: "binary_json",
}

// fineKinds are the letters of those of nine digits; see package variant.
var fineKinds = map[warehouse.Type]string{warehouse.Time: "t", warehouse.TimestampNTZ: "s", warehouse.TimestampLTZ: "l", warehouse.TimestampTZ: "z"}

// inJSON is e as what semi-structured values hold: what JSON has no type for is
// marked, and a number has no zeros behind its point, of whichever NUMBER it is.
func (r *rewriter) inJSON(e ast.Expr) ast.Expr {
	switch t := r.info.Type(e); {
	case t.Is(warehouse.Number) && t.Scale == 0:
		if _, literal := signedNumber(e); !literal {
			return cast(e, "HUGEINT")
		}
	case t.Is(warehouse.Number):
		return r.macro("decimal_json", e)
	case t.Fine:
		return r.typed(r.once(e, func(e ast.Expr) ast.Expr {
			return r.macro("typed_json", text(fineKinds[t.Kind]), r.writeTime(e, e, t, variantModel(t)))
		}), types.Variant)
	case jsonOf[t.Kind] != "":
		return r.typed(r.macro(jsonOf[t.Kind], e), types.Variant)
	}
	return e
}

// structuredOrder makes a query sort structured values as these compare, and
// semi-structured ones where its rows are not those of one SELECT.
func (r *rewriter) structuredOrder(q *ast.Query) {
	first := firstSelect(q.Body)
	if first == nil {
		return
	}
	for i := range q.OrderBy {
		key := &q.OrderBy[i]
		x, t := r.sortKey(q.Body, first, key.X)
		loose := t.JSON() && !t.Structured()
		switch {
		case loose && (x == nil || q.Body == ast.Body(first) && !first.Distinct):
			continue
		case !loose && !t.Structured() && !t.Is(warehouse.TimestampTZ):
			continue
		case x == nil:
			r.refuse(q, "ORDER BY a structured value or a TIMESTAMP_TZ by its place, among columns that are not all known")
			return
		}
		if q.Body != ast.Body(first) || first.Distinct {
			rows := &ast.Derived{Query: &ast.Query{Body: q.Body}, Alias: &ast.Alias{Name: ast.Ident{Name: "_SORTED", Quoted: true}}}
			first = &ast.Select{Items: []ast.Item{{X: &ast.Star{}}}, From: []ast.Table{rows}}
			q.Body = first
		}
		key.X = r.ordered(r.typed(x, t))
		if loose {
			key.X = r.macro("sort_key", x)
		}
	}
}

// sortKey is the expression that a key of ORDER BY stands for, and its type; nil
// for a place whose column has no name.
func (r *rewriter) sortKey(body ast.Body, first *ast.Select, key ast.Expr) (ast.Expr, types.Type) {
	n, place := key.(*ast.Number)
	if !place {
		return key, r.info.Type(key)
	}
	i, err := strconv.Atoi(n.Text)
	rows := rowsOf(body)
	if err != nil || len(rows) == 0 || i < 1 || i > len(rows[0]) {
		return key, types.Type{}
	}
	t := types.Type{Kind: types.Null}
	for _, row := range rows {
		t = types.Common(t, r.info.Type(*row[i-1]))
	}
	switch item := first.Items[i-1]; {
	case item.Alias != nil:
		return &ast.Column{Parts: []ast.Ident{{Name: item.Alias.Name, Quoted: true}}}, t
	default:
		if c, ok := item.X.(*ast.Column); ok {
			return &ast.Column{Parts: []ast.Ident{{Name: c.Parts[len(c.Parts)-1].Name, Quoted: true}}}, t
		}
	}
	return nil, t
}

// firstSelect is the SELECT that names the columns of a body, nil if there is none.
func firstSelect(b ast.Body) *ast.Select {
	switch b := b.(type) {
	case *ast.Select:
		return b
	case *ast.SetOp:
		return firstSelect(b.Left)
	case *ast.ParenQuery:
		return firstSelect(b.Query.Body)
	}
	return nil
}

// orderedKeys makes the keys of a window or an aggregate sort likewise.
func (r *rewriter) orderedKeys(keys []ast.Order) {
	for i := range keys {
		keys[i].X = r.ordered(keys[i].X)
	}
}
