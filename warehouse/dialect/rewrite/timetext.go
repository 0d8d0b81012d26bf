package rewrite

import (
	"strconv"
	"strings"
	"time"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/types"
)

// textTimes are the macros that read text as a type of dates or times.
var textTimes = map[string]string{"DATE": "date", "TIME": "time", "TIMESTAMP": "naive", "TIMESTAMPTZ": "zoned", Zoned: "offset"}

// timeOfText is text as a DATE, a TIME or a timestamp of DuckDB's, in all forms
// that Snowflake takes, or the one that the session asks for; nil where x is no text, where typ is none of those, and
// where a cast is enough.
func (r *rewriter) timeOfText(x ast.Expr, typ string, try bool) ast.Expr {
	name := textTimes[typ]
	s, isLiteral := x.(*ast.String)
	if model := r.inputModel(typ); model != "" && (isLiteral || r.info.Type(x).Is(warehouse.Varchar)) {
		return r.readTime(x, x, model, typ, try)
	}
	if _, nanos := nanosOf(literalText(s)); nanos != "" && name != "" && typ != "DATE" {
		r.needFine(x)
	}
	switch {
	case name == "", !isLiteral && !r.info.Type(x).Is(warehouse.Varchar), isLiteral && isoTime(typ, s.Value):
		return nil
	case try:
		return r.macro("try_"+name, x)
	}
	return r.macro("text_"+name, x)
}

// literalText is the text of a literal, "" if there is none.
func literalText(s *ast.String) string {
	if s == nil {
		return ""
	}
	return s.Value
}

// timeOfVariant is a semi-structured value as a time: text is read as such, and a
// number counts the seconds since 1970, a moment that a TIMESTAMP_NTZ or DATE has
// as the session's clock shows it.
func (r *rewriter) timeOfVariant(x ast.Expr, typ string) ast.Expr {
	read := plain(x)
	r.info.Set(read, types.Text)
	if as := r.timeOfText(read, typ, false); as != nil {
		read = as
	} else {
		read = cast(read, typ)
	}
	if typ == "TIME" {
		return read
	}
	moment := epoch(unquote(x), types.Type{}, 0, "TIMESTAMPTZ")
	if typ == Zoned {
		moment = r.macro("zoned_of", moment)
	} else {
		moment = cast(moment, typ)
	}
	return template("CASE WHEN __SF.MAIN.is_real($1) THEN $2 ELSE $3 END", x, moment, read)
}

// isoTime reports text that DuckDB reads as Snowflake does. As a constant it
// lets DuckDB pass over what a condition leaves out.
func isoTime(typ, text string) bool {
	layout := map[string]string{"DATE": time.DateOnly, "TIME": time.TimeOnly, "TIMESTAMP": time.DateTime, "TIMESTAMPTZ": time.DateTime}[typ]
	if _, err := time.Parse(time.DateOnly, text); err == nil && typ != "TIME" {
		return true
	}
	_, err := time.Parse(layout, strings.Replace(text, "T", " ", 1))
	return err == nil
}

// storedDigits is how many digits of a second DuckDB's times have.
const storedDigits = 6

// digits cuts a time or timestamp to as many digits of a second as its type has.
func (r *rewriter) digits(e ast.Expr, to, from types.Type) ast.Expr {
	clock := to.Timestamp() || to.Is(warehouse.Time)
	if !clock || to.Precision >= storedDigits || from.Is(warehouse.Date) {
		return e
	}
	if (from.Timestamp() || from.Is(warehouse.Time)) && from.Precision <= to.Precision {
		return e
	}
	return r.macro("whole_ticks", e, power10(storedDigits-to.Precision))
}

// epochOf is TO_TIMESTAMP and the like of a number, with a scale or none.
func (r *rewriter) epochOf(c *ast.Call, args []ast.Expr, typ string) ast.Expr {
	scale, ok := 0, true
	if len(args) == 2 {
		if scale, ok = r.scaleAt(c, args[1]); !ok {
			return c
		}
	}
	return epoch(args[0], r.info.Type(args[0]), scale, typ)
}

// scaleAt is the scale that an argument of c says; one that it cannot be is refused.
func (r *rewriter) scaleAt(c *ast.Call, arg ast.Expr) (scale int, ok bool) {
	digits, _ := signedNumber(arg)
	n, err := strconv.Atoi(digits)
	if err != nil || n < 0 || n > 9 {
		r.refuse(c, "%s of a number with this scale", c.Name.Last())
		return 0, false
	}
	return n, true
}

// epoch is a number of seconds since 1970, or of the fractions that its scale
// says, as a timestamp. A NUMBER with more digits than six is refused.
func epoch(x ast.Expr, t types.Type, scale int, typ string) ast.Expr {
	how, of := "MAKE_TIMESTAMP(CAST(CAST($1 AS DECIMAL(28, 9)) * $2 AS BIGINT))", x
	if t.Is(warehouse.Number) && t.Scale+scale > storedDigits {
		how, of = "MAKE_TIMESTAMP(__SF.MAIN.even_us($1))", nanosSince(x, t, scale)
	} else if scale > storedDigits {
		how = "MAKE_TIMESTAMP(CAST(FLOOR($1 / $2) AS BIGINT))"
	}
	factor := power10(max(6-scale, scale-6))
	switch typ {
	case "TIMESTAMPTZ":
		how = "TIMEZONE('UTC', " + how + ")"
	case Zoned:
		how = "__SF.MAIN.zoned_of(TIMEZONE('UTC', " + how + "))"
	}
	return template(how, of, factor)
}
