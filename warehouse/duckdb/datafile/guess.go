package datafile

import (
	"fmt"
	"regexp"
	"strings"
)

// A Guess is the type that values of a column seem to have, as INFER_SCHEMA
// tells it. The zero value has seen none.
type Guess struct {
	kind           string // "", NUMBER, REAL, BOOLEAN, DATE, TIME, TIMESTAMP_NTZ, TEXT, VARIANT, ARRAY or OBJECT
	whole, decimal int    // the most digits before and behind the point
}

var (
	plainNumber = regexp.MustCompile(`^[+-]?\d*\.?\d*$`)
	floatNumber = regexp.MustCompile(`^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$`)
	dateForm    = regexp.MustCompile(`^\d{4}-\d{2}-\d{2}$`)
	timeForm    = regexp.MustCompile(`^\d{2}:\d{2}:\d{2}(\.\d{1,9})?$`)
	stampForm   = regexp.MustCompile(`^\d{4}-\d{2}-\d{2}[ T]\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?$`)
)

// Text adds a text to what the guess is of. An empty one says nothing.
func (g *Guess) Text(s string) {
	s = strings.TrimSpace(s)
	switch {
	case s == "":
	case floatNumber.MatchString(s):
		g.Number(s)
	case strings.EqualFold(s, "true"), strings.EqualFold(s, "false"):
		g.Is("BOOLEAN")
	case dateForm.MatchString(s):
		g.Is("DATE")
	case timeForm.MatchString(s):
		g.Is("TIME")
	case stampForm.MatchString(s):
		g.Is("TIMESTAMP_NTZ")
	default:
		g.Is("TEXT")
	}
}

// Number adds a number as it is written.
func (g *Guess) Number(s string) {
	if !plainNumber.MatchString(s) {
		g.Is("REAL")
		return
	}
	whole, decimal, _ := strings.Cut(strings.TrimLeft(s, "+-"), ".")
	whole = strings.TrimLeft(whole, "0")
	if g.whole, g.decimal = max(g.whole, len(whole)), max(g.decimal, len(decimal)); g.whole+g.decimal > 38 {
		g.Is("REAL")
		return
	}
	g.Is("NUMBER")
}

// Is adds a value of a type that is known. What goes together with none of the
// values before is text, or a VARIANT where one of them is nested.
func (g *Guess) Is(kind string) {
	nested := func(k string) bool { return k == "ARRAY" || k == "OBJECT" || k == "VARIANT" }
	switch {
	case g.kind == "" || g.kind == kind:
		g.kind = kind
	case nested(g.kind) || nested(kind):
		g.kind = "VARIANT"
	case g.kind == "NUMBER" && kind == "REAL", g.kind == "REAL" && kind == "NUMBER":
		g.kind = "REAL"
	case g.kind == "DATE" && kind == "TIMESTAMP_NTZ", g.kind == "TIMESTAMP_NTZ" && kind == "DATE":
		g.kind = "TIMESTAMP_NTZ"
	default:
		g.kind = "TEXT"
	}
}

// Merge adds what another guess is of.
func (g *Guess) Merge(other Guess) {
	if other.kind == "" {
		return
	}
	g.whole, g.decimal = max(g.whole, other.whole), max(g.decimal, other.decimal)
	g.Is(other.kind)
}

// Fixed is a guess that is known to be NUMBER(precision, scale).
func Fixed(precision, scale int) Guess {
	return Guess{kind: "NUMBER", whole: precision - scale, decimal: scale}
}

// String is the type as INFER_SCHEMA writes it.
func (g Guess) String() string {
	switch g.kind {
	case "":
		return "TEXT"
	case "NUMBER":
		return fmt.Sprintf("NUMBER(%d, %d)", max(1, g.whole+g.decimal), g.decimal)
	}
	return g.kind
}
