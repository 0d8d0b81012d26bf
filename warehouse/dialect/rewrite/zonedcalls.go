package rewrite

import (
	"slices"
	"strings"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/types"
)

// What reads a time's clock and calendar, and what passes on one of its arguments:
// to them a TIMESTAMP_TZ and a time of nine digits are alike.
const (
	calendarFunctions = `YEAR QUARTER MONTH DAY DAYOFMONTH DAYOFYEAR DAYOFWEEK DAYOFWEEKISO DAYOFWEEK_ISO WEEK WEEKOFYEAR WEEKISO YEAROFWEEK
	YEAROFWEEKISO HOUR MINUTE SECOND DAYNAME MONTHNAME LAST_DAY NEXT_DAY PREVIOUS_DAY TO_DATE DATE TRY_TO_DATE MONTHS_BETWEEN`

	passingFunctions = `ANY_VALUE MIN MAX FIRST_VALUE LAST_VALUE NTH_VALUE LAG LEAD COALESCE NVL IFNULL NVL2 IFF DECODE EQUAL_NULL NULLIF
	GREATEST LEAST GREATEST_IGNORE_NULLS LEAST_IGNORE_NULLS MIN_BY MAX_BY`
)

// What the functions that take a TIMESTAMP_TZ want of it; those that are in none
// of these refuse it.
var (
	// its clock: "all operations are performed with the time zone offset specific
	// to each record"
	clockFunctions = words(calendarFunctions + ` TO_TIME TIME TO_TIMESTAMP
	TO_TIMESTAMP_NTZ TIMESTAMP_FROM_PARTS TIMESTAMP_NTZ_FROM_PARTS`)

	// its clock, and its offset back
	offsetFunctions = words(`DATEADD TIMEADD TIMESTAMPADD DATE_TRUNC TRUNC TIME_SLICE ADD_MONTHS`)

	// its moment, by which it is compared
	momentFunctions = words(`COUNT APPROX_COUNT_DISTINCT APPROXIMATE_COUNT_DISTINCT HLL HASH HASH_AGG TO_TIMESTAMP_LTZ CONDITIONAL_CHANGE_EVENT`)

	// what a VARIANT holds of it
	variantFunctions = words(`ARRAY_AGG ARRAYAGG ARRAY_CONSTRUCT ARRAY_CONSTRUCT_COMPACT OBJECT_CONSTRUCT OBJECT_CONSTRUCT_KEEP_NULL OBJECT_AGG OBJECTAGG
	TO_VARIANT TO_JSON ARRAY_CONTAINS ARRAY_POSITION ARRAY_APPEND ARRAY_PREPEND ARRAY_INSERT ARRAY_REMOVE OBJECT_INSERT TO_ARRAY`)

	// all of it: they pass it on, or know what to do
	wholeFunctions = words(passingFunctions + ` LISTAGG STRING_AGG CONCAT CONCAT_WS TO_CHAR TO_VARCHAR
	DATE_PART DATEDIFF TIMEDIFF TIMESTAMPDIFF CONVERT_TIMEZONE TO_TIMESTAMP_TZ TRY_TO_TIMESTAMP_TZ SYSTEM$TYPEOF`)
)

// zonedCall translates a call with a TIMESTAMP_TZ among its arguments, or makes
// these what the function takes; it is not ok where the rest is as ever.
func (r *rewriter) zonedCall(name string, c *ast.Call, args []ast.Expr) (_ ast.Expr, ok bool) {
	for _, o := range c.WithinGroup {
		if r.isZoned(o.X) && strings.HasPrefix(name, "PERCENTILE_") {
			r.refuse(c, "%s of a TIMESTAMP_TZ", name)
		}
	}
	i := slices.IndexFunc(args, r.isZoned)
	if i < 0 {
		return nil, false
	}
	each := func(f func(ast.Expr) ast.Expr) {
		for i := range args {
			if r.isZoned(args[i]) {
				args[i] = f(args[i])
				c.Args[i].Value = args[i]
			}
		}
	}
	switch {
	case clockFunctions[name]:
		each(r.clock)
	case offsetFunctions[name]:
		return r.offsetCall(name, c, args, i)
	case momentFunctions[name]:
		each(r.moment)
	case variantFunctions[name] && !c.Distinct:
		each(func(e ast.Expr) ast.Expr { return r.typed(r.inJSON(e), types.Variant) })
	case wholeFunctions[name] && !(c.Distinct && (name == "LISTAGG" || name == "STRING_AGG")):
		return r.wholeCall(name, c, args)
	default:
		r.refuse(c, "%s of a TIMESTAMP_TZ; cast it to TIMESTAMP_NTZ or TIMESTAMP_LTZ", name)
		return c, true
	}
	return nil, false
}

// offsetCall is a function of the clock at argument i, with its offset.
func (r *rewriter) offsetCall(name string, c *ast.Call, args []ast.Expr, i int) (ast.Expr, bool) {
	taken := true
	out := r.inOffset(args[i], func(clock ast.Expr) ast.Expr {
		args[i] = clock
		r.info.Set(c, naiveType)
		e, ok := r.timeFunction(name, c, args)
		taken = ok
		return e
	})
	r.info.Set(c, zonedType)
	if !taken {
		r.refuse(c, "the function %s with %d arguments", name, len(args))
	}
	return out, true
}

// wholeCall sees to the functions that compare what they pass on.
func (r *rewriter) wholeCall(name string, c *ast.Call, args []ast.Expr) (ast.Expr, bool) {
	switch {
	case name == "NULLIF" && len(args) == 2:
		a, b := args[0], args[1]
		r.matching([]*ast.Expr{&a, &b})
		return r.typed(template("CASE WHEN $1 = $2 THEN NULL ELSE $3 END", a, b, args[0]), r.info.Type(args[0])), true
	case (name == "MIN_BY" || name == "MAX_BY") && len(args) == 2:
		c.Args[1].Value = r.moment(args[1])
	case name == "MIN_BY" || name == "MAX_BY":
		r.refuse(c, "%s of several TIMESTAMP_TZ", name)
	case (name == "LAG" || name == "LEAD") && len(args) == 3:
		c.Args[2].Value = r.convert(args[2], r.info.Type(args[0]))
	case name == "CONCAT" || name == "CONCAT_WS":
		for i := range args {
			if r.isZoned(args[i]) {
				args[i] = r.typed(r.textOf(args[i]), types.Text)
			}
		}
	}
	return nil, false
}

// zonedDiff is DATEDIFF with a TIMESTAMP_TZ: days and longer units are those of
// each side's own clock, shorter ones those between the moments.
func (r *rewriter) zonedDiff(unit string, from, to ast.Expr) ast.Expr {
	clock := func(e ast.Expr) ast.Expr {
		if r.info.Type(e).Is(warehouse.TimestampLTZ) {
			return cast(e, "TIMESTAMP")
		}
		return r.point(r.clock(e))
	}
	switch {
	case unit == "week":
		return r.macro("weeks_between", clock(from), clock(to), number(r.weekStart()))
	case dayOrLonger[unit]:
		return call("DATE_DIFF", text(unit), clock(from), clock(to))
	}
	ahead := aheadOf(from)
	if !r.isZoned(from) {
		ahead = aheadOf(to)
	}
	at := func(e ast.Expr) ast.Expr {
		return r.macro("clock_at", cast(r.point(r.moment(e)), "TIMESTAMPTZ"), ahead)
	}
	return call("DATE_DIFF", text(unit), at(from), at(to))
}
