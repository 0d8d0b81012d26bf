package rewrite

import (
	"strings"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
)

// The session's WEEK_START says on which day a week begins, 0 being Monday but
// for DAYOFWEEK, which counts from Sunday then; WEEK_OF_YEAR_POLICY says
// whether a week belongs to the year that has most of it, or to each.

// weekStart is the first day of a week, Monday being 1.
func (r *rewriter) weekStart() int { return max(r.parameterNumber("WEEK_START"), 1) }

// weekPart is a part of a date that hangs on the session's weeks, as SQL of
// DuckDB's with the date for $1; "" if DuckDB's own part is right.
func (r *rewriter) weekPart(part string) string {
	start, policy := r.weekStart(), r.parameterNumber("WEEK_OF_YEAR_POLICY")
	switch part {
	case "DAYOFWEEK":
		if r.parameterNumber("WEEK_START") > 0 {
			return "((ISODOW($1) - $2 + 7) % 7 + 1)"
		}
	case "WEEK", "WEEKOFYEAR":
		switch {
		case policy == 1:
			return "__SF.MAIN.week_of_year($1, $2)"
		case start > 1:
			return "__SF.MAIN.week_of_most($1, $2)"
		}
	case "YEAROFWEEK":
		switch {
		case policy == 1:
			return "YEAR($1)"
		case start > 1:
			return "YEAR(__SF.MAIN.week_begin($1, $2) + 3)"
		}
	}
	return ""
}

// weekParts are the names of those parts in DATE_PART and EXTRACT.
var weekParts = map[string]string{
	"dayofweek": "DAYOFWEEK", "weekday": "DAYOFWEEK", "dow": "DAYOFWEEK", "dw": "DAYOFWEEK",
	"week": "WEEK", "w": "WEEK", "wk": "WEEK", "weekofyear": "WEEK", "woy": "WEEK", "wy": "WEEK", "yearofweek": "YEAROFWEEK",
}

// weekFunction is a part of a date by the session's weeks, nil where DuckDB's
// own will do.
func (r *rewriter) weekFunction(part string, x ast.Expr) ast.Expr {
	how := r.weekPart(part)
	if how == "" {
		return nil
	}
	return template(how, cast(r.point(x), "DATE"), number(r.weekStart()))
}

// truncToWeek is the first day of the week that x is in, of x's own type.
func (r *rewriter) truncToWeek(x ast.Expr) ast.Expr {
	begin := template("__SF.MAIN.week_begin($1, $2)", cast(r.point(x), "DATE"), number(r.weekStart()))
	t := r.info.Type(x)
	switch {
	case t.Is(warehouse.Date):
		return begin
	case t.Is(warehouse.TimestampLTZ):
		return cast(begin, "TIMESTAMPTZ")
	}
	return cast(begin, "TIMESTAMP")
}

// otherWeeks reports a unit that is a week, where weeks do not begin on Monday.
func (r *rewriter) otherWeeks(unit string) bool {
	return strings.EqualFold(unit, "week") && r.weekStart() > 1
}
