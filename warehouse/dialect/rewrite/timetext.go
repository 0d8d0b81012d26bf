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
	switch {
	case name == "", !isLiteral && !r.info.Type(x).Is(warehouse.Varchar), isLiteral && isoTime(typ, s.Value):
		return nil
	case try:
		return r.macro("try_"+name, x)
	}
	return r.macro("text_"+name, x)
}

// timeOfVariant is a semi-structured value as a time: text is read as such, and a
// number counts the seconds since 1970, a moment that a TIMESTAMP_NTZ or DATE has
// as the session's clock shows it.
func (r *rewriter) timeOfVariant(x ast.Expr, typ string) ast.Expr {
	read := unquote(x)
	r.info.Set(read, types.Text)
	if as := r.timeOfText(read, typ, false); as != nil {
		read = as
	} else {
		read = cast(read, typ)
	}
	if typ == "TIME" {
		return read
	}
	moment := epoch(unquote(x), 0, "TIMESTAMPTZ")
	if typ == Zoned {
		moment = r.macro("zoned_of", moment)
	} else {
		moment = cast(moment, typ)
	}
	return template("CASE WHEN __SF.MAIN.is_decimal($1) THEN $2 ELSE $3 END", x, moment, read)
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
	scale := 0
	if len(args) == 2 {
		digits, _ := signedNumber(args[1])
		n, err := strconv.Atoi(digits)
		if err != nil || n < 0 || n > 9 {
			r.refuse(c, "%s of a number with this scale", c.Name.Last())
			return c
		}
		scale = n
	}
	return epoch(args[0], scale, typ)
}

// epoch is a number of seconds since 1970, or of the fractions that its scale
// says, as a timestamp.
func epoch(x ast.Expr, scale int, typ string) ast.Expr {
	how := "MAKE_TIMESTAMP(CAST(CAST($1 AS DECIMAL(28, 9)) * $2 AS BIGINT))"
	if scale > 6 {
		how = "MAKE_TIMESTAMP(CAST(FLOOR($1 / $2) AS BIGINT))"
	}
	factor := "1" + strings.Repeat("0", max(6-scale, scale-6))
	switch typ {
	case "TIMESTAMPTZ":
		how = "TIMEZONE('UTC', " + how + ")"
	case Zoned:
		how = "__SF.MAIN.zoned_of(TIMEZONE('UTC', " + how + "))"
	}
	return template(how, x, &ast.Number{Text: factor})
}
