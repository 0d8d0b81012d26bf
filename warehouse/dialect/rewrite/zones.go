package rewrite

import (
	"fmt"
	"strings"
	"time"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/types"
)

// Zoned is the type of DuckDB's that a TIMESTAMP_TZ has: its moment, and how many
// minutes its clock is ahead of UTC. No function of DuckDB's takes one, so that
// what has no meaning here is refused there.
const Zoned = "STRUCT(utc TIMESTAMP WITH TIME ZONE, ahead SMALLINT)"

var (
	zonedType = types.Type{Kind: warehouse.TimestampTZ, Precision: 9}
	localType = types.Type{Kind: warehouse.TimestampLTZ, Precision: 9}
	naiveType = types.Type{Kind: warehouse.TimestampNTZ, Precision: 9}
)

// isZoned reports a TIMESTAMP_TZ.
func (r *rewriter) isZoned(e ast.Expr) bool { return r.info.Type(e).Is(warehouse.TimestampTZ) }

// typed gives an expression that was made its type.
func (r *rewriter) typed(e ast.Expr, t types.Type) ast.Expr {
	r.info.Set(e, t)
	return e
}

// moment is when a TIMESTAMP_TZ is, which is all that counts where it is
// compared; any other value is itself.
func (r *rewriter) moment(e ast.Expr) ast.Expr {
	if !r.isZoned(e) {
		return e
	}
	t := localType
	t.Fine = r.isFine(e)
	return r.typed(call("STRUCT_EXTRACT", e, text("utc")), t)
}

// clock is what a clock shows at a TIMESTAMP_TZ where that was made; any other
// value is itself.
func (r *rewriter) clock(e ast.Expr) ast.Expr {
	if !r.isZoned(e) {
		return e
	}
	if r.isFine(e) {
		return r.inMicros(e, naiveType, r.clock)
	}
	return r.typed(r.once(e, func(e ast.Expr) ast.Expr { return r.macro("clock_of", e) }), naiveType)
}

// aheadOf is how many minutes a TIMESTAMP_TZ is ahead of UTC.
func aheadOf(e ast.Expr) ast.Expr { return call("STRUCT_EXTRACT", e, text("ahead")) }

// inOffset is f of the clock at a TIMESTAMP_TZ, which keeps its offset.
func (r *rewriter) inOffset(e ast.Expr, f func(clock ast.Expr) ast.Expr) ast.Expr {
	out := r.once(e, func(e ast.Expr) ast.Expr {
		return r.once(f(r.clock(e)), func(clock ast.Expr) ast.Expr { return r.macro("at_offset", clock, aheadOf(e)) })
	})
	return r.typed(out, zonedType)
}

// once is f of e, where f uses it more than once: what is more than a name has
// one of its own, or such calls in calls would grow beyond all bounds.
func (r *rewriter) once(e ast.Expr, f func(ast.Expr) ast.Expr) ast.Expr {
	depth, small := 1, 0
	ast.Inspect(e, func(n ast.Node) bool {
		small++
		if c, ok := n.(*ast.Column); ok && strings.HasPrefix(c.Parts[0].Name, onceName) {
			depth = max(depth, len(c.Parts[0].Name)-len(onceName)+2)
		}
		return true
	})
	if small < 8 {
		return f(e)
	}
	name := ast.Ident{Name: onceName + strings.Repeat("I", depth-1), Quoted: true}
	param := r.typed(&ast.Column{Parts: []ast.Ident{name}}, r.info.Type(e))
	l := &ast.Lambda{Params: []ast.Param{{Name: name}}, Body: f(param)}
	return call("LIST_EXTRACT", call("LIST_TRANSFORM", call("LIST_VALUE", e), l), number(1))
}

// onceName begins the names of such values; those in others have more letters.
const onceName = "_T"

// toZoned is e as a TIMESTAMP_TZ. What has no offset gets that of the session's
// zone at that moment.
func (r *rewriter) toZoned(e ast.Expr, try bool) ast.Expr {
	var out ast.Expr
	switch t := r.info.Type(e); {
	case t.Is(warehouse.TimestampTZ):
		return e
	case t.Kind == types.Null:
		out = &ast.Cast{X: e, Type: &ast.Type{Name: Zoned}}
	case t.Is(warehouse.TimestampLTZ):
		out = r.macro("zoned_of", e)
	case t.Is(warehouse.TimestampNTZ, warehouse.Date):
		out = r.macro("zoned_of", cast(e, "TIMESTAMPTZ"))
	case t.Numeric() && !try:
		out = epoch(e, t, 0, Zoned)
	case r.isJSON(e) && !try:
		out = r.timeOfVariant(e, Zoned)
	default:
		out = r.zonedText(e, try)
	}
	return r.typed(out, zonedType)
}

// zonedText is text as a TIMESTAMP_TZ, and what has no known type by its text.
func (r *rewriter) zonedText(e ast.Expr, try bool) ast.Expr {
	if r.isJSON(e) {
		e = plain(e)
	} else if _, literal := e.(*ast.String); !literal && !r.info.Type(e).Is(warehouse.Varchar) {
		e = cast(e, "VARCHAR")
	}
	literal, _ := e.(*ast.String)
	switch model := r.inputModel(Zoned); {
	case model != "":
		return r.readTime(e, e, model, Zoned, try)
	case literal != nil && constantZoned(literal.Value) != nil:
		t := constantZoned(literal.Value)
		if t.Nanosecond()%1000 != 0 {
			r.needFine(e)
		}
		_, seconds := t.Zone()
		return r.macro("zoned_value", &ast.Number{Text: fmt.Sprint(t.UnixMicro())}, number(seconds/60))
	case try:
		return r.macro("try_offset", e)
	}
	return r.macro("text_offset", e)
}

// constantZoned is a text with an offset as what it says, nil for text in other
// forms.
func constantZoned(text string) *time.Time {
	for _, clock := range []string{"2006-01-02 15:04:05", "2006-01-02T15:04:05", "2006-01-02 15:04", "2006-01-02T15:04"} {
		for _, offset := range []string{"Z07:00", "Z0700", " Z07:00", " Z0700"} {
			if t, err := time.Parse(clock+offset, text); err == nil {
				return &t
			}
		}
	}
	return nil
}

// fromZoned is a TIMESTAMP_TZ as another type, nil if it cannot be one.
func (r *rewriter) fromZoned(e ast.Expr, to types.Type) ast.Expr {
	switch to.Kind {
	case warehouse.TimestampTZ:
		return e
	case warehouse.TimestampLTZ:
		return r.moment(e)
	case warehouse.TimestampNTZ:
		return r.clock(e)
	case warehouse.Date, warehouse.Time:
		return r.typed(cast(r.clock(e), string(to.Kind)), to)
	case warehouse.Varchar:
		return r.typed(r.textOf(e), types.Text)
	case warehouse.Variant:
		return r.typed(r.inJSON(e), types.Variant)
	}
	return nil
}

// castZoned is a cast to TIMESTAMP_TZ or from it, nil for another.
func (r *rewriter) castZoned(c *ast.Cast, to, from types.Type) ast.Expr {
	switch {
	case to.Structured() || from.Structured() || !to.Is(warehouse.TimestampTZ) && !from.Is(warehouse.TimestampTZ):
		return nil
	case to.Is(warehouse.TimestampTZ) && from.Is(warehouse.Boolean, warehouse.Binary, warehouse.Time):
		r.misfit(c, "CAST", from, to)
		return c
	case to.Is(warehouse.TimestampTZ):
		return r.ticks(r.toZoned(c.X, c.Try), to, from)
	case to.Is(warehouse.Varchar) && len(c.Type.Args) == 1:
		return nil
	}
	out := r.fromZoned(c.X, to)
	if out == nil {
		r.misfit(c, "CAST", from, to)
		return c
	}
	return r.digits(out, to, from)
}

// ticks cuts a TIMESTAMP_TZ to as many digits of a second as its type has.
func (r *rewriter) ticks(e ast.Expr, to, from types.Type) ast.Expr {
	if to.Precision >= storedDigits || from.Is(warehouse.Date) || from.Timestamp() && from.Precision <= to.Precision {
		return e
	}
	return r.typed(r.macro("whole_ticks_at", e, power10(storedDigits-to.Precision)), to)
}

// convertTimezone is CONVERT_TIMEZONE(zone, time), with the zone's offset at
// that moment.
func (r *rewriter) convertTimezone(args []ast.Expr) ast.Expr {
	at := r.moment(args[1])
	switch t := r.info.Type(at); {
	case t.Is(warehouse.TimestampLTZ):
	case t.Is(warehouse.TimestampNTZ, warehouse.Date), t.Kind == types.Null:
		at = cast(at, "TIMESTAMPTZ")
	default:
		at = r.moment(r.typed(r.zonedText(at, false), zonedType))
	}
	return r.typed(r.macro("in_zone", args[0], at), zonedType)
}

// fromParts is TIMESTAMP_TZ_FROM_PARTS, whose last argument may be a zone.
func (r *rewriter) fromParts(args []ast.Expr) ast.Expr {
	for len(args) < 7 {
		args = append(args, number(0))
	}
	clock := r.macro("timestamp_from_parts", args[:7]...)
	if len(args) == 7 {
		return r.typed(r.macro("zoned_of", cast(clock, "TIMESTAMPTZ")), zonedType)
	}
	return r.typed(r.macro("in_zone", args[7], call("TIMEZONE", args[7], clock)), zonedType)
}

// clockAndOffset is what a clock beside x shows, and how many seconds it is
// ahead of UTC; nil for what has no time zone.
func (r *rewriter) clockAndOffset(x ast.Expr, t types.Type) (clock, offset ast.Expr) {
	switch t.Kind {
	case warehouse.TimestampTZ:
		return r.clock(x), template("(60 * CAST($1 AS INTEGER))", aheadOf(x))
	case warehouse.TimestampLTZ:
		return x, template("DATE_PART('timezone', $1)", x)
	}
	return x, nil
}

// zonePart is a part of a time that only a time zone has: nil for every other.
func (r *rewriter) zonePart(at ast.Node, part string, x ast.Expr) ast.Expr {
	const hours, minutes = "CAST(($1 - $1 % 3600) / 3600 AS BIGINT)", "CAST($1 % 3600 / 60 AS BIGINT)"
	how := map[string]string{"timezone_hour": hours, "tzh": hours, "timezone_minute": minutes, "tzm": minutes}[part]
	if how == "" {
		return nil
	}
	_, offset := r.clockAndOffset(x, r.info.Type(x))
	if offset == nil {
		r.refuse(at, "the part %s of what has no time zone", part)
		return x
	}
	return template(how, cast(offset, "BIGINT"))
}

// comparable is the type in which values of a type are compared: a TIMESTAMP_TZ
// by its moment.
func comparable(t types.Type) types.Type {
	if t.Is(warehouse.TimestampTZ) {
		t.Kind = warehouse.TimestampLTZ
	}
	return t
}

// ofMoments is a query of one column, of the moments if that is a TIMESTAMP_TZ.
func (r *rewriter) ofMoments(q *ast.Query) *ast.Query {
	for _, row := range rowsOf(q.Body) {
		if len(row) == 1 && r.isZoned(*row[0]) {
			name := ast.Ident{Name: "_UTC", Quoted: true}
			from := &ast.Derived{Query: q, Alias: &ast.Alias{Name: ast.Ident{Name: "_MOMENTS", Quoted: true}, Columns: []ast.Ident{name}}}
			x := call("STRUCT_EXTRACT", &ast.Column{Parts: []ast.Ident{name}}, text("utc"))
			return &ast.Query{At: q.At, Body: &ast.Select{Items: []ast.Item{{X: x}}, From: []ast.Table{from}}}
		}
	}
	return q
}

// zonedSum is a TIMESTAMP_TZ and an interval, nil for every other sum.
func (r *rewriter) zonedSum(e *ast.Binary, left, right types.Type) ast.Expr {
	x, other := &e.Left, right
	if right.Is(warehouse.TimestampTZ) {
		x, other = &e.Right, left
	}
	switch {
	case !r.isZoned(*x):
		return nil
	case !other.Is(types.Interval, types.Duration):
		r.refuse(e, "%s of a TIMESTAMP_TZ and what is no interval; use DATEADD or DATEDIFF", e.Op)
		return e
	}
	return r.inOffset(*x, func(clock ast.Expr) ast.Expr {
		*x = clock
		return &ast.Parens{X: e}
	})
}
