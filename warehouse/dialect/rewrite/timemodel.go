package rewrite

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/types"
)

// A piece is a part of a format model for dates and times: text that DuckDB's
// STRFTIME writes, or what it cannot.
type piece struct {
	format string // for STRFTIME
	digits int    // of a second, -1 for none
	offset string // one of the elements for the offset from UTC, in upper case
}

// pieces reads a format model; ok is false for one that has an unknown element.
func pieces(model string) (out []piece, ok bool) {
	var b strings.Builder
	flush := func() {
		if b.Len() > 0 {
			out = append(out, piece{format: b.String(), digits: -1})
			b.Reset()
		}
	}
	for model != "" {
		if model[0] == '"' {
			end := strings.IndexByte(model[1:], '"')
			if end < 0 {
				return nil, false
			}
			b.WriteString(strings.ReplaceAll(model[1:1+end], "%", "%%"))
			model = model[end+2:]
			continue
		}
		upper := strings.ToUpper(model[:min(len(model), 7)])
		if special, n := specialElement(upper); n > 0 {
			if special.digits == 0 && strings.HasSuffix(b.String(), ".") {
				return nil, false // whether the point stays is not documented
			}
			flush()
			out, model = append(out, special), model[n:]
			continue
		}
		code, n := modelElement(upper)
		switch c := model[0]; {
		case n > 0:
			b.WriteString(code)
			model = model[n:]
		case c == '%':
			b.WriteString("%%")
			model = model[1:]
		case c < 'A', c > 'Z' && c < 'a', c > 'z':
			b.WriteByte(c)
			model = model[1:]
		default:
			word := letters(model)
			if unknownElement(strings.ToUpper(word)) {
				return nil, false
			}
			n := max(1, plainLetters(model, len(word)))
			b.WriteString(word[:n])
			model = model[n:]
		}
	}
	flush()
	return out, true
}

// letters are those at the front of a model.
func letters(model string) string {
	end := strings.IndexFunc(model, func(r rune) bool { return (r < 'A' || r > 'Z') && (r < 'a' || r > 'z') })
	if end < 0 {
		return model
	}
	return model[:end]
}

// plainLetters is how many of the letters at the front of a model come before its
// first element.
func plainLetters(model string, letters int) int {
	for i := range letters {
		upper := strings.ToUpper(model[i:min(len(model), i+7)])
		if _, n := modelElement(upper); n > 0 {
			return i
		}
		if _, n := specialElement(upper); n > 0 {
			return i
		}
	}
	return letters
}

// unknownElement reports words that look like elements of a model and are none
// of Snowflake's, or none that can be said here.
func unknownElement(word string) bool {
	for _, like := range []string{"HH", "YYY", "DAY", "MONTH", "SSSS", "Q", "WW", "IW", "J", "CC", "BC", "AD", "RM"} {
		if strings.HasPrefix(word, like) {
			return true
		}
	}
	return false
}

// modelElement is the element at the front of a format model, in upper case,
// and its length.
func modelElement(s string) (code string, n int) {
	for _, e := range [][2]string{
		{"YYYY", "%Y"}, {"UUUU", "%Y"}, {"YY", "%y"}, {"MMMM", "%B"}, {"MON", "%b"}, {"MM", "%m"}, {"DD", "%d"}, {"DY", "%a"},
		{"HH24", "%H"}, {"HH12", "%I"}, {"AM", "%p"}, {"PM", "%p"}, {"MI", "%M"}, {"SS", "%S"},
	} {
		if strings.HasPrefix(s, e[0]) {
			return e[1], len(e[0])
		}
	}
	return "", 0
}

// specialElement is the element at the front that STRFTIME has no equal for.
func specialElement(s string) (p piece, n int) {
	for _, offset := range []string{"TZH:TZM", "TZHTZM", "TZH", "TZM"} {
		if strings.HasPrefix(s, offset) {
			return piece{offset: offset, digits: -1}, len(offset)
		}
	}
	switch {
	case !strings.HasPrefix(s, "FF"):
		return piece{}, 0
	case len(s) > 2 && s[2] >= '0' && s[2] <= '9':
		return piece{digits: int(s[2] - '0')}, 3
	}
	return piece{digits: 9}, 2
}

// write is a piece of x as text; offset is x's from UTC in seconds, nil if it
// has none, and ns the nanoseconds over its microseconds, likewise.
func (p piece) write(x, offset, ns ast.Expr) ast.Expr {
	switch {
	case p.offset == "TZHTZM": // Z in UTC, as the Go driver's own suite has it of Snowflake
		return template("CASE WHEN $1 = 0 THEN 'Z' ELSE __SF.MAIN.offset_hours($1) || __SF.MAIN.offset_minutes($1) END", offset)
	case p.offset == "TZH:TZM":
		return template("(__SF.MAIN.offset_hours($1) || ':' || __SF.MAIN.offset_minutes($1))", offset)
	case p.offset == "TZH":
		return template("__SF.MAIN.offset_hours($1)", offset)
	case p.offset == "TZM":
		return template("__SF.MAIN.offset_minutes($1)", offset)
	case p.digits == 3:
		return call("STRFTIME", x, text("%g"))
	case p.digits > storedDigits && ns != nil:
		return template("LEFT(__SF.MAIN.fine_digits($1, $2), $3)", x, ns, number(p.digits))
	case p.digits >= 0:
		return template("LEFT(STRFTIME($1, '%n'), $2)", x, &ast.Number{Text: strconv.Itoa(p.digits)})
	}
	return call("STRFTIME", x, text(p.format))
}

// writeTime is x, a date or time of type t, as text by a format model.
func (r *rewriter) writeTime(at ast.Node, x ast.Expr, t types.Type, model string) ast.Expr {
	all, ok := pieces(model)
	if !ok || len(all) == 0 || len(all) == 1 && all[0].format != "" && !strings.Contains(all[0].format, "%") {
		r.refuse(at, "the format '%s'", model)
		return x
	}
	var ns ast.Expr
	if t.Fine {
		x, ns, t.Fine = r.coarse(x), r.nanos(x), false
	}
	x, offset := r.clockAndOffset(x, t)
	if t.Is(warehouse.Time) {
		x = template("(CAST('1970-01-01' AS DATE) + $1)", x)
	}
	all = mergeMilliseconds(all)
	var out ast.Expr
	for _, p := range all {
		if p.digits == 0 {
			continue
		}
		if p.offset != "" && offset == nil {
			r.refuse(at, "the format '%s' of what has no time zone", model)
			return x
		}
		one := p.write(x, offset, ns)
		if out != nil {
			one = &ast.Binary{Op: "||", Left: out, Right: one}
		}
		out = one
	}
	if _, joined := out.(*ast.Binary); joined {
		out = &ast.Parens{X: out}
	}
	return out
}

// mergeMilliseconds puts three digits of a second, which STRFTIME knows, into
// the text before them.
func mergeMilliseconds(all []piece) []piece {
	var out []piece
	for _, p := range all {
		if p.digits == 3 {
			p = piece{format: "%g", digits: -1}
		}
		if n := len(out) - 1; p.format != "" && n >= 0 && out[n].format != "" {
			out[n].format += p.format
			continue
		}
		out = append(out, p)
	}
	return out
}

// variantModel is how a time of nine digits stands in a VARIANT.
func variantModel(t types.Type) string {
	switch t.Kind {
	case warehouse.Time:
		return "HH24:MI:SS.FF9"
	case warehouse.TimestampNTZ:
		return "YYYY-MM-DD HH24:MI:SS.FF9"
	}
	return "YYYY-MM-DD HH24:MI:SS.FF9 TZHTZM"
}

// dateModel is how a DATE is written by default, as DuckDB does.
const dateModel = "YYYY-MM-DD"

// outputModel is the format model by which the session writes a type.
func (r *rewriter) outputModel(t types.Type) string {
	name, def := string(t.Kind)+"_OUTPUT_FORMAT", ""
	switch t.Kind {
	case warehouse.Date:
		def = dateModel
	case warehouse.Time:
		def = "HH24:MI:SS"
	case warehouse.TimestampNTZ:
		def = "YYYY-MM-DD HH24:MI:SS.FF3"
	default:
		def = "YYYY-MM-DD HH24:MI:SS.FF3 TZHTZM"
	}
	value, isSet := r.cfg.Parameters[name]
	if t.Timestamp() && (isSet || t.Kind != warehouse.TimestampNTZ) && value == "" {
		value = r.cfg.Parameters["TIMESTAMP_OUTPUT_FORMAT"]
	}
	if value == "" || strings.EqualFold(value, "AUTO") {
		return def
	}
	return value
}

// inputModel is the format model by which the session reads a type of DuckDB's,
// "" for all the forms that there are.
func (r *rewriter) inputModel(typ string) string {
	name := map[string]string{"DATE": "DATE", "TIME": "TIME", "TIMESTAMP": "TIMESTAMP", "TIMESTAMPTZ": "TIMESTAMP", Zoned: "TIMESTAMP"}[typ]
	if value := r.cfg.Parameters[name+"_INPUT_FORMAT"]; name != "" && !strings.EqualFold(value, "AUTO") {
		return value
	}
	return ""
}

// Strptime is a format model of Snowflake's, YYYY-MM-DD for one, as DuckDB's
// STRPTIME takes it. It is not ok where DuckDB has no equal, nor where AM or PM
// stands beside HH24.
func Strptime(model string) (format string, ok bool) {
	all, ok := pieces(model)
	var b strings.Builder
	for i, p := range all {
		switch {
		case p.digits >= 0:
			b.WriteString("%n")
		case p.offset != "":
			ok = ok && i == len(all)-1 && p.offset != "TZM"
			b.WriteString("%z")
		default:
			b.WriteString(p.format)
		}
	}
	format = b.String()
	return format, ok && !(strings.Contains(format, "%H") && strings.Contains(format, "%p"))
}

// Strptimes are the formats that a format of [Strptime] stands for: a month's
// name is a short one or a whole one, and digits of a second there may be none.
func Strptimes(format string) []string {
	all := []string{format}
	for _, other := range [][2]string{{"%b", "%B"}, {".%n", ""}} {
		for _, f := range all {
			if without := strings.ReplaceAll(f, other[0], other[1]); without != f {
				all = append(all, without)
			}
		}
	}
	return all
}

// TwoDigits reports a format of [Strptime] with two digits of a year, of which
// DuckDB takes 69 for 1969.
func TwoDigits(format string) bool { return strings.Contains(format, "%y") }

// Morning is what a text needs before it to be read by a format of [Strptime], and
// the format with it: an HH12 without AM or PM is one of the morning, where DuckDB
// takes 12 for noon.
func Morning(format string) (before, full string) {
	if strings.Contains(format, "%I") && !strings.Contains(format, "%p") {
		return "AM ", "%p " + format
	}
	return "", format
}

// Strftime is an expression of DuckDB's that writes x, another one, by a format
// model. It is not ok where DuckDB has no equal.
func Strftime(x, model string) (sql string, ok bool) {
	all, ok := pieces(model)
	var parts []string
	for _, p := range mergeMilliseconds(all) {
		switch {
		case p.digits >= 0:
			parts = append(parts, fmt.Sprintf("left(strftime(%s, '%%n'), %d)", x, p.digits))
		case p.offset != "":
			ok = ok && p.offset != "TZM"
			parts = append(parts, "strftime("+x+", '%z')")
		default:
			parts = append(parts, "strftime("+x+", '"+strings.ReplaceAll(p.format, "'", "''")+"')")
		}
	}
	return strings.Join(parts, " || "), ok && len(parts) > 0
}

// readTime is text as a type of dates or times of DuckDB's, by a format model.
// What has no zone keeps the time of day that is written, whatever its zone.
func (r *rewriter) readTime(at ast.Node, x ast.Expr, model, typ string, try bool) ast.Expr {
	if typ == Zoned {
		return r.macro("zoned_at", r.readTime(at, x, model, "TIMESTAMPTZ", try), r.readTime(at, x, model, "TIMESTAMP", try))
	}
	written := x
	format, ok := Strptime(model)
	if !ok {
		r.refuse(at, "the format '%s'", model)
	}
	if zoneless, zoned := strings.CutSuffix(format, "%z"); zoned && typ == "TIMESTAMPTZ" {
		x = call("REGEXP_REPLACE", x, text("Z$"), text("+00"))
	} else if zoned {
		x, format = call("REGEXP_REPLACE", x, text(`\s*([+-]\d\d(:?\d\d)?|Z)$`), text("")), strings.TrimRight(zoneless, " ")
	}
	if strings.Contains(format, "%n") {
		x = r.atMostSix(at, x, model)
	}
	before, format := Morning(format)
	if before != "" {
		x = &ast.Parens{X: &ast.Binary{Op: "||", Left: text(before), Right: x}}
	}
	read := r.strptime(x, format)
	if !try {
		what, _, _ := strings.Cut(strings.ToLower(typ), "tz")
		read = call("COALESCE", read, r.macro("unparsed", written, text(what), text(model)))
	}
	return cast(read, typ)
}

// strptime is a text read by a format of DuckDB's, null where it is none.
func (r *rewriter) strptime(x ast.Expr, format string) ast.Expr {
	var as ast.Expr = text(format)
	if all := Strptimes(format); len(all) > 1 {
		list := call("LIST_VALUE")
		for _, f := range all {
			list.Args = append(list.Args, ast.Arg{Value: text(f)})
		}
		as = list
	}
	read := call("TRY_STRPTIME", x, as)
	if !TwoDigits(format) {
		return read
	}
	start := r.parameterNumber("TWO_DIGIT_CENTURY_START")
	if start == 0 {
		start = 1970
	}
	return r.macro("in_century", read, number(start))
}

// atMostSix is a text that a format model reads, refused where it has more digits
// of a second than six.
func (r *rewriter) atMostSix(at ast.Node, x ast.Expr, model string) ast.Expr {
	if i := strings.Index(strings.ToUpper(model), "FF"); i > 0 && model[i-1] != '.' {
		r.refuse(at, "the format '%s', whose digits of a second have no point before them", model)
	}
	if s, ok := x.(*ast.String); ok {
		if _, nanos := nanosOf(s.Value); nanos != "" {
			r.needFine(at)
		}
		return x
	}
	return r.macro("six_only", x, number(8))
}

// binaryText is bytes as text, by the session's format.
func (r *rewriter) binaryText(e ast.Expr) ast.Expr {
	if strings.EqualFold(r.cfg.Parameters["BINARY_OUTPUT_FORMAT"], "BASE64") {
		return call("TO_BASE64", e)
	}
	return call("HEX", e)
}

// parameterNumber is a parameter that is a small number, 0 if it is not set.
func (r *rewriter) parameterNumber(name string) int {
	n, _ := strconv.Atoi(r.cfg.Parameters[name])
	return n
}

func number(n int) *ast.Number { return &ast.Number{Text: fmt.Sprint(n)} }
