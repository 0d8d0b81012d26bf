package rewrite

import (
	"strings"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
)

// A zoned is a TIMESTAMP_TZ of CONVERT_TIMEZONE: DuckDB keeps the moment of one
// and not its offset, so that what asks for the time of day there has to be told
// where it is made.
type zoned struct {
	zone, clock ast.Expr // the time zone, and what a clock shows there
	call        *ast.Call
}

// convertTimezone is CONVERT_TIMEZONE(zone, time).
func (r *rewriter) convertTimezone(c *ast.Call, args []ast.Expr) ast.Expr {
	moment := args[1]
	if e := r.timeOfText(r.asText(moment), "TIMESTAMPTZ", false); e != nil {
		moment = e
	}
	moment = cast(moment, "TIMESTAMPTZ")
	out := &ast.Parens{X: moment}
	r.zoned[out] = zoned{args[0], call("TIMEZONE", args[0], moment), c}
	if zone, ok := args[0].(*ast.String); !ok || !strings.EqualFold(zone.Value, r.timezone()) {
		r.offsets[c] = true
	}
	return out
}

// literalZone notes what a clock shows at a TIMESTAMP_TZ that is written out,
// made by an expression of the text x.
func (r *rewriter) literalZone(at, x, made ast.Expr) ast.Expr {
	if s, ok := x.(*ast.String); ok && r.info.Type(at).Is(warehouse.TimestampTZ) {
		r.zoned[made] = zoned{clock: r.macro("text_naive", &ast.String{Value: s.Value})}
	}
	return made
}

// timezone is the session's.
func (r *rewriter) timezone() string {
	if zone := r.cfg.Parameters["TIMEZONE"]; zone != "" {
		return zone
	}
	return "UTC"
}

// clock is what a clock shows at e, where that is known; its offset is needed no
// more then.
func (r *rewriter) clock(e ast.Expr) (ast.Expr, bool) {
	z, ok := r.zoned[e]
	if !ok {
		return e, false
	}
	delete(r.offsets, z.call)
	return z.clock, true
}

// inZone is f of the time of day at e, still in e's zone; nil if e has none.
func (r *rewriter) inZone(e ast.Expr, f func(clock ast.Expr) ast.Expr) ast.Expr {
	z, ok := r.zoned[e]
	if !ok || z.zone == nil {
		return nil
	}
	z.clock = f(z.clock)
	out := &ast.Parens{X: call("TIMEZONE", z.zone, z.clock)}
	r.zoned[out] = z
	return out
}

// moments notes values that are compared, for which their moments are enough.
func (r *rewriter) moments(all ...ast.Expr) {
	for _, e := range all {
		if z, ok := r.zoned[e]; ok {
			delete(r.offsets, z.call)
		}
	}
}

// offsetsKept refuses a time whose offset would have to be kept.
func (r *rewriter) offsetsKept() {
	for c := range r.offsets {
		r.refuse(c, "CONVERT_TIMEZONE with 2 arguments where the offset is kept; make it a DATE, TIMESTAMP_NTZ or text at once")
		return
	}
}

// clockParts are the functions that tell a part of a time, which is that of the
// clock.
var clockParts = words(`YEAR QUARTER MONTH DAY DAYOFMONTH DAYOFYEAR DAYOFWEEK DAYOFWEEKISO DAYOFWEEK_ISO WEEK WEEKOFYEAR WEEKISO YEAROFWEEK
	YEAROFWEEKISO HOUR MINUTE SECOND DAYNAME MONTHNAME DATE_PART LAST_DAY NEXT_DAY PREVIOUS_DAY TO_DATE DATE TO_TIME TIME TO_TIMESTAMP
	TO_TIMESTAMP_NTZ TRY_TO_DATE`)

// ofClock gives those functions the clock's time.
func (r *rewriter) ofClock(name string, args []ast.Expr) {
	if len(r.zoned) == 0 || !clockParts[name] {
		return
	}
	for i, a := range args {
		args[i], _ = r.clock(a)
	}
}

// clockType reports the types of DuckDB's that have no zone.
func clockType(name string) bool { return name == "TIMESTAMP" || name == "DATE" || name == "TIME" }

// clockAndOffset is what a clock beside x shows, and how many seconds it is
// ahead of UTC; nil for what has no time zone.
func (r *rewriter) clockAndOffset(x ast.Expr, zonedType bool) (clock, offset ast.Expr) {
	if !zonedType {
		return x, nil
	}
	if clock, ok := r.clock(x); ok {
		return clock, template("(CAST(EPOCH($1) AS BIGINT) - CAST(EPOCH($2) AS BIGINT))", clock, x)
	}
	return x, template("DATE_PART('timezone', $1)", x)
}

// fromParts is TIMESTAMP_TZ_FROM_PARTS, whose last argument may be a zone.
func (r *rewriter) fromParts(c *ast.Call, args []ast.Expr) ast.Expr {
	for len(args) < 7 {
		args = append(args, number(0))
	}
	clock := r.macro("timestamp_from_parts", args[:7]...)
	if len(args) == 7 {
		return cast(clock, "TIMESTAMPTZ")
	}
	out := &ast.Parens{X: call("TIMEZONE", args[7], clock)}
	r.zoned[out] = zoned{args[7], clock, c}
	if zone, ok := args[7].(*ast.String); !ok || !strings.EqualFold(zone.Value, r.timezone()) {
		r.offsets[c] = true
	}
	r.info.Set(out, r.info.Type(c))
	return out
}
