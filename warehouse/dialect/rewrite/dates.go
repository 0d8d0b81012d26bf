package rewrite

import (
	"fmt"
	"strings"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/types"
)

// dateUnit is the unit of time that word means in DATEADD, DATEDIFF and
// DATE_TRUNC, "" if none or one that DuckDB lacks.
func dateUnit(word string) string {
	switch strings.ToLower(word) {
	case "year", "y", "yy", "yyy", "yyyy", "yr", "years", "yrs":
		return "year"
	case "quarter", "q", "qtr", "qtrs", "quarters":
		return "quarter"
	case "month", "mm", "mon", "mons", "months":
		return "month"
	case "week", "w", "wk", "weekofyear", "woy", "wy", "weeks":
		return "week"
	case "day", "d", "dd", "days", "dayofmonth":
		return "day"
	case "hour", "h", "hh", "hr", "hours", "hrs":
		return "hour"
	case "minute", "m", "mi", "min", "minutes", "mins":
		return "minute"
	case "second", "s", "sec", "seconds", "secs":
		return "second"
	case "millisecond", "ms", "msec", "milliseconds":
		return "millisecond"
	case "microsecond", "us", "usec", "microseconds":
		return "microsecond"
	}
	return ""
}

// datePart is the part of a date that word means in DATE_PART and EXTRACT, as
// DuckDB calls it.
func datePart(word string) string {
	switch strings.ToLower(word) {
	case "dayofweek", "weekday", "dow", "dw":
		return "dow"
	case "dayofweekiso", "weekday_iso", "dow_iso", "dw_iso", "dayofweek_iso":
		return "isodow"
	case "dayofyear", "yearday", "doy", "dy":
		return "doy"
	case "weekiso", "week_iso", "weekofyeariso", "weekofyear_iso":
		return "week"
	case "yearofweek", "yearofweekiso":
		return "isoyear"
	case "epoch_second", "epoch", "epoch_seconds":
		return "epoch"
	case "epoch_millisecond", "epoch_milliseconds", "millisecond", "microsecond":
		return ""
	}
	return dateUnit(word)
}

// word is a bare word or a text, as units of time are written; "" for
// anything else.
func word(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.String:
		return e.Value
	case *ast.Column:
		if len(e.Parts) == 1 {
			return e.Parts[0].Name
		}
	}
	return ""
}

// unit is dateUnit of an argument.
func (r *rewriter) unit(c *ast.Call, arg ast.Expr) string {
	unit := dateUnit(word(arg))
	if w := word(arg); unit == "" && !types.Nanoseconds(w) && r.err == nil {
		r.err = &warehouse.Error{Code: 2151, State: "22023", Line: c.Pos().Line, Column: c.Pos().Column,
			Message: fmt.Sprintf("SQL compilation error:\n['%s'] is not a valid date/time component for function %s.", strings.ToUpper(w), c.Name.Last())}
	}
	if unit == "" {
		r.refuse(c, "the unit of time %s in %s", strings.ToUpper(word(arg)), c.Name.Last())
	}
	return unit
}

// point is a point in time: text counts as a TIMESTAMP.
func (r *rewriter) point(e ast.Expr) ast.Expr {
	if r.isJSON(e) {
		return cast(plain(e), "TIMESTAMP")
	}
	if r.info.Type(e).Is(warehouse.Varchar) {
		if e := r.timeOfText(e, "TIMESTAMP", false); e != nil {
			return e
		}
		return cast(e, "TIMESTAMP")
	}
	return e
}

// steps are what DATEADD adds $1 times, by unit.
var steps = map[string]string{
	"year": "TO_MONTHS(12 * CAST($1 AS INTEGER))", "quarter": "TO_MONTHS(3 * CAST($1 AS INTEGER))", "month": "TO_MONTHS(CAST($1 AS INTEGER))",
	"week": "TO_DAYS(7 * CAST($1 AS INTEGER))", "day": "TO_DAYS(CAST($1 AS INTEGER))",
	"hour": "TO_HOURS(CAST($1 AS BIGINT))", "minute": "TO_MINUTES(CAST($1 AS BIGINT))", "second": "TO_SECONDS(CAST($1 AS BIGINT))",
	"millisecond": "TO_MICROSECONDS(1000 * CAST($1 AS BIGINT))", "microsecond": "TO_MICROSECONDS(CAST($1 AS BIGINT))",
}

// dateAdd is DATEADD(unit, number, date).
func (r *rewriter) dateAdd(c *ast.Call, args []ast.Expr) ast.Expr {
	unit := r.unit(c, args[0])
	if unit == "" {
		return c
	}
	number, point := r.asNumber(args[1]), r.point(args[2])
	step := template(steps[unit], number)
	switch t := r.info.Type(c); {
	case t.Is(warehouse.Date):
		return cast(&ast.Parens{X: template("$1 + $2", point, step)}, "DATE")
	case t.Known() || !dayOrLonger[unit]:
		return &ast.Parens{X: template("$1 + $2", point, step)}
	case unit == "week" || unit == "day":
		return r.macro("add_days_to", template(map[string]string{"week": "7 * CAST($1 AS INTEGER)", "day": "$1"}[unit], number), point)
	}
	months := map[string]string{"year": "12 * CAST($1 AS INTEGER)", "quarter": "3 * CAST($1 AS INTEGER)", "month": "$1"}[unit]
	return r.macro("add_months_to", template(months, number), point)
}

// dayOrLonger are the units that leave a DATE one.
var dayOrLonger = words("year quarter month week day")

// dateDiff is DATEDIFF(unit, from, to), which counts boundaries on both sides.
func (r *rewriter) dateDiff(c *ast.Call, args []ast.Expr) ast.Expr {
	unit := r.unit(c, args[0])
	if r.isZoned(args[1]) || r.isZoned(args[2]) {
		return r.zonedDiff(unit, args[1], args[2])
	}
	if unit == "week" {
		return r.macro("weeks_between", r.point(args[1]), r.point(args[2]), number(r.weekStart()))
	}
	return call("DATE_DIFF", text(unit), r.point(args[1]), r.point(args[2]))
}

// dateTrunc is DATE_TRUNC(unit, date).
func (r *rewriter) dateTrunc(c *ast.Call, unit, date ast.Expr) ast.Expr {
	if r.otherWeeks(dateUnit(word(unit))) {
		return r.truncToWeek(date)
	}
	switch t := r.info.Type(date); {
	case t.Is(warehouse.Date):
		return cast(call("DATE_TRUNC", text(r.unit(c, unit)), date), "DATE")
	case t.Timestamp(), t.Is(warehouse.Varchar):
		return call("DATE_TRUNC", text(r.unit(c, unit)), r.point(date))
	}
	return r.macro("trunc_to", text(r.unit(c, unit)), r.point(date))
}

// lastDay is LAST_DAY(date, unit).
func (r *rewriter) lastDay(c *ast.Call, args []ast.Expr) ast.Expr {
	unit := r.unit(c, args[1])
	switch unit {
	case "year", "quarter", "month", "week":
	default:
		r.refuse(c, "LAST_DAY of a %s", unit)
	}
	if r.otherWeeks(unit) {
		return template("(__SF.MAIN.week_begin($1, $2) + 6)", cast(r.point(args[0]), "DATE"), number(r.weekStart()))
	}
	return r.macro("last_day_of", r.point(args[0]), text(unit))
}

// datesStay makes e a DATE where the call c, of which it is made, is one.
func (r *rewriter) datesStay(c *ast.Call, e ast.Expr) ast.Expr {
	if r.info.Type(c).Is(warehouse.Date) && r.err == nil {
		return cast(e, "DATE")
	}
	return e
}

// timeSlice is TIME_SLICE(date, length, unit [, 'START' or 'END']).
func (r *rewriter) timeSlice(c *ast.Call, args []ast.Expr) ast.Expr {
	unit, months := r.unit(c, args[2]), map[string]string{"year": "12", "quarter": "3", "month": "1"}
	begin := func() ast.Expr {
		if n := months[unit]; n != "" {
			return r.macro("month_slice", args[0], template("CAST($1 AS INTEGER) * $2", args[1], &ast.Number{Text: n}))
		}
		return r.macro("slice", args[0], template(map[string]string{
			"week": "TO_DAYS(7 * CAST($1 AS INTEGER))", "day": "TO_DAYS(CAST($1 AS INTEGER))", "hour": "TO_HOURS($1)",
			"minute": "TO_MINUTES($1)", "second": "TO_SECONDS($1)",
		}[unit], args[1]), number(r.weekStart()))
	}
	switch {
	case months[unit] == "" && unit != "week" && unit != "day" && unit != "hour" && unit != "minute" && unit != "second":
		r.refuse(c, "TIME_SLICE by %s", unit)
		return c
	case len(args) == 3 || strings.EqualFold(word(args[3]), "start"):
		return begin()
	case strings.EqualFold(word(args[3]), "end"):
		return r.dateAdd(c, []ast.Expr{text(unit), args[1], begin()})
	}
	r.refuse(c, "TIME_SLICE with other than START or END")
	return c
}

// fineParts are the parts of a date below a second, and since 1970.
var fineParts = map[string]string{
	"epoch_millisecond": "EPOCH_MS($1)", "epoch_milliseconds": "EPOCH_MS($1)", "epoch_microsecond": "EPOCH_US($1)", "epoch_microseconds": "EPOCH_US($1)",
	"epoch_nanosecond": "(1000 * CAST(EPOCH_US($1) AS HUGEINT))", "epoch_nanoseconds": "(1000 * CAST(EPOCH_US($1) AS HUGEINT))",
	"nanosecond": "(1000 * (DATE_PART('microsecond', $1) % 1000000))",
}

// datePart is DATE_PART(part, date) or EXTRACT(part FROM date).
func (r *rewriter) datePart(at ast.Node, part, x ast.Expr) ast.Expr {
	lower := strings.ToLower(word(part))
	if e := r.zonePart(at, lower, r.coarse(x)); e != nil {
		return e
	}
	if strings.HasPrefix(lower, "epoch") {
		x = r.moment(x)
	}
	x = r.clock(x)
	if e := r.nanoPart(lower, x); e != nil {
		return e
	}
	x = r.coarse(x)
	if types.Nanoseconds(lower) {
		lower = "nanosecond"
	}
	if how := fineParts[lower]; how != "" {
		return template(how, r.point(x))
	}
	if e := r.weekFunction(weekParts[lower], x); e != nil {
		return e
	}
	name := datePart(word(part))
	if name == "" {
		r.refuse(at, "the part %s of a date", strings.ToUpper(word(part)))
	}
	return template("CAST(FLOOR(DATE_PART($1, $2)) AS BIGINT)", text(name), r.point(x))
}

// toTime is TO_DATE, TO_TIMESTAMP and the like, with a format or none.
func (r *rewriter) toTime(c *ast.Call, args []ast.Expr, typ string, try bool) ast.Expr {
	x := r.asText(args[0])
	if t := r.info.Type(args[0]); (t.Is(warehouse.Number) || t.Is(warehouse.Float)) && (typ == Zoned || strings.HasPrefix(typ, "TIMESTAMP")) {
		return r.epochOf(c, args, typ)
	}
	if len(args) == 1 && !try && r.isJSON(args[0]) {
		return r.timeOfVariant(args[0], typ)
	}
	if len(args) == 1 {
		if _, isNumber := x.(*ast.Number); isNumber {
			r.refuse(c, "%s of a number", c.Name.Last())
		}
		if typ == Zoned {
			return r.toZoned(args[0], try)
		}
		if e := r.timeOfText(x, typ, try); e != nil {
			return e
		}
		return &ast.Cast{X: r.timeOfDay(x, typ), Type: &ast.Type{Name: typ}, Try: try}
	}
	model, isText := args[1].(*ast.String)
	if r.info.Type(args[0]).Is(warehouse.Number, warehouse.Float) || isText && r.modelOfNumbers(args[0], model) {
		return r.numberText(c, x, args[1])
	}
	if !isText {
		r.refuse(c, "%s with a format that is no text", c.Name.Last())
		return c
	}
	if strings.EqualFold(model.Value, "AUTO") {
		return r.toTime(c, args[:1], typ, try)
	}
	return r.readTime(c, x, model.Value, typ, try)
}

// timeOfDay is x, that is to be a type of DuckDB's: of a TIMESTAMP_LTZ a TIME takes
// what the session's clock shows.
func (r *rewriter) timeOfDay(x ast.Expr, typ string) ast.Expr {
	if typ == "TIME" && r.info.Type(x).Is(warehouse.TimestampLTZ) {
		return cast(x, "TIMESTAMP")
	}
	return x
}

// binaryFormats are the formats of bytes as text.
var binaryFormats = map[string]string{"HEX": "HEX($1)", "BASE64": "TO_BASE64($1)", "UTF-8": "DECODE($1)", "UTF8": "DECODE($1)"}

// toText is TO_CHAR, with a format or none.
func (r *rewriter) toText(c *ast.Call, args []ast.Expr) ast.Expr {
	x := r.asText(args[0])
	if len(args) == 1 {
		return r.textOf(x)
	}
	model, isText := args[1].(*ast.String)
	if r.info.Type(args[0]).Is(warehouse.Number, warehouse.Float) || isText && r.modelOfNumbers(args[0], model) {
		return r.numberText(c, x, args[1])
	}
	if !isText {
		r.refuse(c, "%s with a format that is no text", c.Name.Last())
		return c
	}
	if how := binaryFormats[strings.ToUpper(model.Value)]; how != "" && r.info.Type(args[0]).Is(warehouse.Binary) {
		return template(how, args[0])
	}
	return r.writeTime(c, r.point(x), r.clockType(args[0]), model.Value)
}

// clockType is the type of e as a point in time, which text counts as.
func (r *rewriter) clockType(e ast.Expr) types.Type {
	if t := r.info.Type(e); t.Is(warehouse.Date, warehouse.Time) || t.Timestamp() {
		return t
	}
	return types.Type{Kind: warehouse.TimestampNTZ}
}
