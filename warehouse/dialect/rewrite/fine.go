package rewrite

import (
	"errors"
	"regexp"
	"strconv"
	"strings"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/types"
)

// DuckDB's times have six digits of a second. Those that need nine are structs of
// the microseconds and the nanoseconds over them, which sort and compare as what
// they mean and which no function of DuckDB's takes: what is not seen to here is
// refused there, and nothing is cut off. Its own TIMESTAMP_NS ends in 2262, and
// most functions make microseconds of it without a word.

// The types of such times.
const (
	FineTime  = "STRUCT(us TIME, ns SMALLINT)"
	FineNaive = "STRUCT(us TIMESTAMP, ns SMALLINT)"
	FineLocal = "STRUCT(us TIMESTAMP WITH TIME ZONE, ns SMALLINT)"
	FineZoned = "STRUCT(utc STRUCT(us TIMESTAMP WITH TIME ZONE, ns SMALLINT), ahead SMALLINT)"
)

var fineTypes = map[warehouse.Type]string{
	warehouse.Time: FineTime, warehouse.TimestampNTZ: FineNaive, warehouse.TimestampLTZ: FineLocal, warehouse.TimestampTZ: FineZoned,
}

// FineKind is the type of Snowflake's that one of those has, "" for every other
// type of DuckDB's.
func FineKind(duck string) warehouse.Type {
	for kind, name := range fineTypes {
		if name == duck {
			return kind
		}
	}
	return ""
}

// TimeKind is the type of Snowflake's that a type of DuckDB's for times has, "" for
// every other.
func TimeKind(duck string) warehouse.Type {
	for kind, fine := range fineTypes {
		if duck == fine || Fine(duck) == fine {
			return kind
		}
	}
	return ""
}

// Fine is the type of DuckDB's for nine digits of a second in the place of one
// for six.
func Fine(duck string) string {
	for kind, name := range fineTypes {
		if duckType(string(kind)) == duck || duck == "TIMESTAMP WITH TIME ZONE" && kind == warehouse.TimestampLTZ {
			return name
		}
	}
	return duck
}

// ErrFine is the cause of a refusal that [Config.Fine] may have no reason for.
var ErrFine = errors.New("nine digits of a second")

// NeedsFine is what DuckDB says where a value turns out to need them.
const NeedsFine = "nine digits of a second in this place"

// needFine asks for a translation with nine digits, which is also what is
// refused if this one has them.
func (r *rewriter) needFine(n ast.Node) {
	if r.err == nil {
		r.refuse(n, "%s; cut them to six", NeedsFine)
		r.err.Err = ErrFine
	}
}

func (r *rewriter) isFine(e ast.Expr) bool { return r.info.Type(e).Fine }

// duckOf is DuckDB's type for the values of a time.
func duckOf(t types.Type) string {
	if t.Fine {
		return fineTypes[t.Kind]
	}
	return duckType(string(t.Kind))
}

// coarse is a time to its microseconds; any other value is itself.
func (r *rewriter) coarse(e ast.Expr) ast.Expr {
	t := r.info.Type(e)
	if !t.Fine {
		return e
	}
	t.Fine = false
	if t.Is(warehouse.TimestampTZ) {
		return r.typed(r.once(e, func(e ast.Expr) ast.Expr { return r.macro("coarse_zoned", e) }), t)
	}
	return r.typed(call("STRUCT_EXTRACT", e, text("us")), t)
}

// nanos are the nanoseconds of a time over its microseconds.
func (r *rewriter) nanos(e ast.Expr) ast.Expr {
	switch t := r.info.Type(e); {
	case !t.Fine:
		return number(0)
	case t.Is(warehouse.TimestampTZ):
		return call("STRUCT_EXTRACT", call("STRUCT_EXTRACT", e, text("utc")), text("ns"))
	}
	return call("STRUCT_EXTRACT", e, text("ns"))
}

// withNanos is a time of six digits, of the kind of t, with three more.
func (r *rewriter) withNanos(us, ns ast.Expr, t types.Type) ast.Expr {
	macro := "fine"
	if t.Is(warehouse.TimestampTZ) {
		macro = "fine_zoned"
	}
	t.Fine, t.Precision = true, 9
	return r.typed(r.once(us, func(us ast.Expr) ast.Expr { return r.macro(macro, us, ns) }), t)
}

// inMicros is f of a fine time to its microseconds, with its nanoseconds again.
func (r *rewriter) inMicros(e ast.Expr, t types.Type, f func(us ast.Expr) ast.Expr) ast.Expr {
	of := r.info.Type(e)
	out := r.once(e, func(e ast.Expr) ast.Expr {
		r.info.Set(e, of)
		return r.withNanos(f(r.coarse(e)), r.nanos(e), t)
	})
	t.Fine, t.Precision = true, 9
	return r.typed(out, t)
}

// refine makes e a time of nine digits of the kind of t.
func (r *rewriter) refine(e ast.Expr, t types.Type, try bool) ast.Expr {
	plain := t
	plain.Fine, plain.Precision = false, 9
	switch from := r.info.Type(e); {
	case from.Kind == types.Null:
		return r.typed(cast(e, duckOf(t)), t)
	case from.Fine && from.Kind == t.Kind:
		return e
	case from.Fine:
		return r.inMicros(e, t, func(us ast.Expr) ast.Expr { return r.coarsely(us, plain) })
	case from.Is(warehouse.Date, warehouse.Time) || from.Timestamp():
		return r.withNanos(r.coarsely(e, plain), number(0), t)
	case from.Numeric():
		return r.fineEpoch(e, 0, t)
	case from.Known() && !from.Is(warehouse.Varchar) && !from.JSON():
		r.misfit(e, "CAST", from, t)
		return e
	}
	return r.fineText(e, t, func(e ast.Expr) ast.Expr { return r.coarseText(e, plain, try) })
}

// coarsely is a time of six digits as one of another kind.
func (r *rewriter) coarsely(e ast.Expr, t types.Type) ast.Expr {
	switch from := r.info.Type(e); {
	case from.Kind == t.Kind:
		return e
	case t.Is(warehouse.TimestampTZ):
		return r.toZoned(e, false)
	case from.Is(warehouse.TimestampTZ):
		if out := r.fromZoned(e, t); out != nil {
			return out
		}
	}
	return r.typed(cast(e, duckType(string(t.Kind))), t)
}

// coarseText is text, or what has no known type, as a time of six digits.
func (r *rewriter) coarseText(e ast.Expr, t types.Type, try bool) ast.Expr {
	typ := duckType(string(t.Kind))
	switch {
	case r.isJSON(e) && !try:
		return r.timeOfVariant(e, typ)
	case r.isJSON(e):
		e = r.typed(plain(e), types.Text)
	case t.Is(warehouse.TimestampTZ):
		return r.zonedText(e, try)
	}
	if read := r.timeOfText(e, typ, try); read != nil {
		return read
	}
	return &ast.Cast{X: e, Type: &ast.Type{Name: typ}, Try: try}
}

// seventh is a text with more than six digits of a second.
var seventh = regexp.MustCompile(`(\d\.\d{6})(\d*)`)

// countsNanos reports digits alone that are so many that they count nanoseconds.
func countsNanos(text string) bool {
	n, err := strconv.ParseUint(text, 10, 64)
	return err == nil && n >= 31536000000000000
}

// nanosOf takes the nanoseconds off a text; they are three digits, or none.
func nanosOf(text string) (micros, nanos string) {
	at := seventh.FindStringSubmatchIndex(text)
	if n := len(text) - 3; at == nil && countsNanos(text) {
		return text[:n] + "000", strings.TrimLeft(text[n:], "0")
	}
	if at == nil {
		return text, ""
	}
	digits := strings.TrimRight(text[at[4]:at[5]], "0")
	if digits != "" {
		digits = (digits + "00")[:max(3, len(digits))]
	}
	return text[:at[4]] + text[at[5]:], digits
}

// HasNanos reports a text with more digits of a second than six that are not 0.
func HasNanos(text string) bool {
	_, nanos := nanosOf(text)
	return nanos != ""
}

// fineText is text as a time of nine digits, where read reads one of six.
func (r *rewriter) fineText(e ast.Expr, t types.Type, read func(ast.Expr) ast.Expr) ast.Expr {
	if s, ok := e.(*ast.String); ok {
		micros, nanos := nanosOf(s.Value)
		if len(nanos) <= 3 {
			literal := &ast.String{At: s.At, Value: micros}
			return r.withNanos(read(r.typed(literal, types.Text)), &ast.Number{Text: "0" + nanos}, t)
		}
	}
	if r.isJSON(e) {
		return r.withNanos(r.fineVariant(e, read), r.macro("ns_of", plain(e)), t)
	}
	if !r.info.Type(e).Is(warehouse.Varchar) {
		e = r.typed(cast(e, "VARCHAR"), types.Text)
	}
	return r.typed(r.once(e, func(e ast.Expr) ast.Expr {
		return r.withNanos(read(r.typed(r.macro("six_of", e), types.Text)), r.macro("ns_of", e), t)
	}), r.fine(t))
}

// fineVariant reads the text in a semi-structured value to its microseconds.
func (r *rewriter) fineVariant(e ast.Expr, read func(ast.Expr) ast.Expr) ast.Expr {
	cut := r.typed(call("TO_JSON", r.macro("six_of", plain(e))), types.Variant)
	whole := template("CASE WHEN __SF.MAIN.is_real($1) THEN $1 ELSE $2 END", e, cut)
	return read(r.typed(whole, types.Variant))
}

func (r *rewriter) fine(t types.Type) types.Type {
	t.Fine, t.Precision = true, 9
	return t
}

// fineEpoch is a number of seconds since 1970, or of the fractions that its scale
// says, as a time of nine digits.
func (r *rewriter) fineEpoch(e ast.Expr, scale int, t types.Type) ast.Expr {
	return r.typed(r.once(nanosSince(e, r.info.Type(e), scale), func(n ast.Expr) ast.Expr {
		var at ast.Expr = template("MAKE_TIMESTAMP(__SF.MAIN.carry_us($1))", n)
		switch t.Kind {
		case warehouse.TimestampLTZ:
			at = template("TIMEZONE('UTC', $1)", at)
		case warehouse.TimestampTZ:
			at = template("__SF.MAIN.zoned_of(TIMEZONE('UTC', $1))", at)
		}
		return r.withNanos(at, r.macro("rest_ns", n), t)
	}), r.fine(t))
}

// nanosSince is a number of fractions of a second as one of nanoseconds.
func nanosSince(e ast.Expr, t types.Type, scale int) ast.Expr {
	factor := power10(9 - scale)
	if t.Is(warehouse.Number) && t.Scale == 0 {
		return template("(CAST($1 AS HUGEINT) * $2)", e, factor)
	}
	return template("CAST(CAST($1 AS DECIMAL(28, 9)) * $2 AS HUGEINT)", e, factor)
}

// castFine is a cast to a time of nine digits or from one, nil for another. A
// value with six goes on as such.
func (r *rewriter) castFine(c *ast.Cast, to types.Type, from *types.Type) ast.Expr {
	switch {
	case to.Fine && from.Structured():
		return nil
	case to.Fine:
		return r.fineDigits(r.refine(c.X, to, c.Try), to)
	case !from.Fine || to.Is(warehouse.Varchar, warehouse.Variant):
		return nil
	}
	c.X, from.Fine = r.coarse(c.X), false
	return nil
}

// fineDigits cuts a time of nine digits to seven or eight, if its type says so.
func (r *rewriter) fineDigits(e ast.Expr, t types.Type) ast.Expr {
	if t.Precision >= 9 || r.err != nil {
		return e
	}
	unit := power10(9 - t.Precision)
	out := r.once(e, func(e ast.Expr) ast.Expr {
		r.info.Set(e, r.fine(t))
		ns := r.nanos(e)
		return r.withNanos(r.coarse(e), template("$1 - $1 % $2", ns, unit), t)
	})
	return r.typed(out, t)
}

// cutToSix takes what is over six digits of a second off a text that becomes a
// time with no more.
func (r *rewriter) cutToSix(c *ast.Cast, from types.Type) {
	if s, ok := c.X.(*ast.String); ok {
		micros, _ := nanosOf(s.Value)
		c.X = r.typed(&ast.String{At: s.At, Value: micros}, from)
	} else if from.Is(warehouse.Varchar) {
		c.X = r.typed(r.macro("six_of", c.X), from)
	}
}
