package rewrite

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/types"
)

// asText is e for a place that takes text, where e is semi-structured.
func (r *rewriter) asText(e ast.Expr) ast.Expr {
	if r.isJSON(e) {
		return textFor(e, types.Text)
	}
	return e
}

// variantNumber is a semi-structured value as a number of a type of DuckDB's.
func (r *rewriter) variantNumber(e ast.Expr, t *ast.Type) ast.Expr {
	kind := "FIXED"
	if t.Name == "DOUBLE" {
		kind = "REAL"
	}
	if r.cfg.Wide && t.Name == r.whole() {
		t = duckNumber(types.Whole)
	}
	read := &ast.Cast{X: unquote(e), Type: t, Try: true}
	return call("COALESCE", read, &ast.Cast{X: call("__SF_NO_VARIANT", text(kind), cast(e, "VARCHAR")), Type: t})
}

// textFor is a semi-structured value as text that is to be a t.
func textFor(e ast.Expr, t types.Type) ast.Expr {
	if t.Numeric() {
		return unquote(e)
	}
	return plain(e)
}

// asNumber is e for a place that takes a number: text is read as one.
func (r *rewriter) asNumber(e ast.Expr) ast.Expr {
	switch t := r.info.Type(e); {
	case r.isJSON(e):
		return r.variantNumber(e, &ast.Type{Name: "DOUBLE"})
	case t.Is(warehouse.Varchar):
		return r.numberOf(e, types.Number(types.MaxPrecision, types.Coerced.Scale))
	}
	return e
}

// numberOf is text as a number of a type; a literal that is none is refused.
func (r *rewriter) numberOf(e ast.Expr, t types.Type) ast.Expr {
	if s, ok := e.(*ast.String); ok {
		if _, err := strconv.ParseFloat(s.Value, 64); err != nil {
			r.notNumeric(s)
		}
	}
	return &ast.Cast{X: e, Type: duckNumber(t)}
}

func (r *rewriter) notNumeric(s *ast.String) {
	if r.err == nil {
		r.err = &warehouse.Error{Code: 100038, State: "22018", Line: s.Pos().Line, Column: s.Pos().Column,
			Message: fmt.Sprintf("Numeric value '%s' is not recognized", s.Value)}
	}
}

// duckNumber is the type of DuckDB's that has the values of a NUMBER or FLOAT.
func duckNumber(t types.Type) *ast.Type {
	if t.Is(warehouse.Float) {
		return &ast.Type{Name: "DOUBLE"}
	}
	return &ast.Type{Name: "DECIMAL", Args: []string{strconv.Itoa(t.Precision), strconv.Itoa(t.Scale)}}
}

// matching makes values comparable with one another, and such as stand for one
// another alike: what differs is converted as Snowflake converts it.
func (r *rewriter) matching(sides []*ast.Expr) {
	all := make([]types.Type, len(sides))
	structured := false
	for i, side := range sides {
		all[i] = r.info.Type(*side)
		structured = structured || r.isJSON(*side)
	}
	common := comparable(types.Common(all...))
	common.Fine = common.Fine || r.cfg.Fine && common.MayBeFine() && slices.ContainsFunc(all, func(t types.Type) bool { return t.Is(warehouse.Varchar) })
	switch {
	case slices.ContainsFunc(all, types.Type.Structured):
		if r.compareAs(sides, common); !common.Structured() {
			r.misfit(*sides[0], "=", all...)
		}
	case !common.Known() && structured:
		r.matchingStructured(sides)
	case structured:
		r.compareAs(sides, comparable(scalar(all)))
	case common.Known():
		r.compareAs(sides, common)
	}
	for _, side := range sides {
		*side = r.moment(*side)
	}
}

// scalar is the common type of those that are not semi-structured, none if all
// are.
func scalar(all []types.Type) types.Type {
	out := types.Type{Kind: types.Null}
	for _, t := range all {
		if !t.JSON() {
			out = types.Common(out, t)
		}
	}
	return out
}

// compareAs converts those sides that are not of the kind of t.
func (r *rewriter) compareAs(sides []*ast.Expr, t types.Type) {
	for _, side := range sides {
		*side = r.convert(*side, t)
	}
}

// convert makes e a t, where Snowflake does so without being asked.
func (r *rewriter) convert(e ast.Expr, t types.Type) ast.Expr {
	from := r.info.Type(e)
	switch {
	case from.Structured() || t.Structured():
		return r.coerce(e, from, t)
	case t.Fine && (!from.Fine || from.Kind != t.Kind):
		return r.refine(e, t, false)
	case t.Is(warehouse.TimestampTZ) && from.Kind != types.Null:
		return r.toZoned(e, false)
	case from.Fine && t.Is(warehouse.Varchar):
		return r.typed(r.textOf(e), types.Text)
	case from.Is(warehouse.TimestampTZ):
		if out := r.fromZoned(e, t); out != nil {
			return out
		}
		return e
	case from.Kind == t.Kind, from.Kind == types.Null, !t.Known(), t.Kind == types.Null:
		return e
	case t.JSON() && from.Known() && !r.isJSON(e):
		return toJSON(r.inJSON(e))
	case t.JSON():
		return e
	case r.isJSON(e) && t.Is(warehouse.Varchar):
		return textFor(e, t)
	case r.isJSON(e) && t.Is(warehouse.Float):
		return r.variantNumber(e, duckNumber(t))
	case r.isJSON(e) && t.Is(warehouse.Number):
		return r.variantNumber(e, duckNumber(types.Number(types.MaxPrecision, max(t.Scale, maxScale))))
	case r.isJSON(e):
		return r.convertText(plain(e), types.Type{Kind: t.Kind, Precision: types.MaxPrecision, Scale: max(t.Scale, maxScale)})
	case from.Is(warehouse.Varchar):
		return r.convertText(e, t)
	}
	return e
}

// maxScale is room for the decimals of a number inside semi-structured data.
const maxScale = 12

// convertText makes text a t.
func (r *rewriter) convertText(e ast.Expr, t types.Type) ast.Expr {
	switch t.Kind {
	case warehouse.Number:
		return r.numberOf(e, types.Number(types.MaxPrecision, max(t.Scale, types.Coerced.Scale)))
	case warehouse.Float:
		return r.numberOf(e, t)
	case warehouse.Boolean:
		return r.macro("to_boolean", cast(e, "VARCHAR"))
	case warehouse.Date, warehouse.Time, warehouse.TimestampNTZ, warehouse.TimestampLTZ, warehouse.TimestampTZ:
		typ := duckType(string(t.Kind))
		if read := r.timeOfText(e, typ, false); read != nil {
			return read
		}
		return cast(e, typ)
	}
	return e
}

// matchingStructured compares semi-structured values with such whose type is
// not known, as what these look like.
func (r *rewriter) matchingStructured(sides []*ast.Expr) {
	var kind types.Type
	for _, side := range sides {
		switch e := (*side).(type) {
		case *ast.Number:
			kind = types.Double
		case *ast.Bool:
			kind = types.Boolean
		default:
			if !kind.Known() && !r.isJSON(e) {
				kind = types.Text
			}
		}
	}
	for _, side := range sides {
		if r.isJSON(*side) {
			*side = r.convert(*side, kind)
		}
	}
}

// alike makes values that stand for one another one type, those of the
// branches of a CASE for one.
func (r *rewriter) alike(sides []*ast.Expr) {
	all := make([]types.Type, len(sides))
	for i, side := range sides {
		all[i] = r.info.Type(*side)
	}
	r.compareAs(sides, types.Common(all...))
}

// places are where some expressions stand.
func places(all []ast.Expr) []*ast.Expr {
	out := make([]*ast.Expr, len(all))
	for i := range all {
		out[i] = &all[i]
	}
	return out
}

// textOf is e as text, as Snowflake writes it.
func (r *rewriter) textOf(e ast.Expr) ast.Expr {
	t := r.info.Type(e)
	switch {
	case t.Is(warehouse.Varchar):
		return e
	case t.Is(types.Null):
		return cast(e, "VARCHAR")
	case r.isJSON(e):
		return textFor(e, types.Text)
	case t.Is(warehouse.Date) && r.outputModel(t) == dateModel, t.Is(warehouse.Number, warehouse.Boolean):
		return cast(e, "VARCHAR")
	case t.Is(warehouse.TimestampTZ):
		return cast(r.once(e, func(e ast.Expr) ast.Expr { return r.writeTime(e, e, t, r.outputModel(t)) }), "VARCHAR")
	case t.Fine:
		return r.once(e, func(e ast.Expr) ast.Expr { return r.writeTime(e, e, t, r.outputModel(t)) })
	case t.Is(warehouse.Date, warehouse.Time) || t.Timestamp():
		return r.writeTime(e, e, t, r.outputModel(t))
	case t.Is(warehouse.Binary):
		return r.binaryText(e)
	}
	switch x := e.(type) {
	case *ast.String:
		return e
	case *ast.Binary:
		if x.Op == "||" {
			return e
		}
	case *ast.Call:
		if x.Name.Last() == "text_of" {
			return e
		}
	}
	return r.macro("text_of", e)
}

// divide is a / b. That of two NUMBERs has its exact digits, rounded half away
// from zero.
func (r *rewriter) divide(a, b ast.Expr) ast.Expr {
	ta, tb := r.numberType(a), r.numberType(b)
	a, b = r.asNumber(a), r.asNumber(b)
	t := types.Arithmetic("/", ta, tb)
	switch {
	case t.Is(warehouse.Float):
		return r.macro("div_float", a, b)
	case !t.Is(warehouse.Number):
		return r.macro("div", a, b)
	}
	factor := t.Scale - ta.Scale + tb.Scale
	if factor < 0 || factor > 30 {
		return r.macro("div", a, b)
	}
	whole := r.macro("quotient", unscaled(a, ta), unscaled(b, tb), power10(factor))
	return shiftRight(whole, t.Scale)
}

// shiftRight is a whole number with its point moved to the left by digits.
func shiftRight(whole ast.Expr, digits int) ast.Expr {
	if digits == 0 {
		return whole
	}
	unit := text("0." + strings.Repeat("0", digits-1) + "1")
	return &ast.Parens{X: &ast.Binary{Op: "*", Left: whole, Right: &ast.Cast{X: unit, Type: duckNumber(types.Number(digits+1, digits))}}}
}

// numberType is the type of e as an operand of a division.
func (r *rewriter) numberType(e ast.Expr) types.Type {
	t := r.info.Type(e)
	if t.Is(warehouse.Varchar) {
		return types.Number(types.MaxPrecision, types.Coerced.Scale)
	}
	return t
}

// unscaled is a NUMBER without its point.
func unscaled(e ast.Expr, t types.Type) ast.Expr {
	if t.Scale == 0 {
		return e
	}
	wide := t
	if t.Precision+t.Scale >= inInt64 { // DuckDB does not widen a product by itself
		wide = types.Number(types.MaxPrecision, t.Scale)
	}
	return cast(&ast.Binary{Op: "*", Left: &ast.Cast{X: e, Type: duckNumber(wide)}, Right: power10(t.Scale)}, "HUGEINT")
}

// inInt64 is how many digits DuckDB keeps in 64 bits.
const inInt64 = 18

func power10(n int) *ast.Number { return &ast.Number{Text: "1" + strings.Repeat("0", n)} }

// divideOr0 is DIV0 or DIV0NULL, which give 0 for a division by 0.
func (r *rewriter) divideOr0(name string, args []ast.Expr) ast.Expr {
	zero := "$2 = 0 AND $1 IS NOT NULL"
	if name == "DIV0NULL" {
		zero = "COALESCE($2, 0) = 0 AND $1 IS NOT NULL"
	}
	divisor := call("NULLIF", args[1], &ast.Number{Text: "0"})
	r.info.Replace(args[1], divisor)
	var none ast.Expr = &ast.Number{Text: "0"}
	if t := types.Arithmetic("/", r.numberType(args[0]), r.numberType(args[1])); t.Is(warehouse.Number) {
		none = &ast.Cast{X: none, Type: duckNumber(t)} // DuckDB leaves out a branch that constants rule out, with its type
	}
	return template("CASE WHEN "+zero+" THEN $4 ELSE $3 END", args[0], args[1], r.divide(args[0], divisor), none)
}
