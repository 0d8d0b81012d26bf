package numbermodel

import (
	"fmt"
	"math/big"
	"slices"
	"strconv"
	"strings"
)

// Format writes a number, given as its decimal text: -12.50, 1e-7, inf. Digits
// behind the model's are rounded half away from zero; a number with more
// digits before the point than the model is written as #.
func (m *Model) Format(number string) (string, error) {
	d, err := readDecimal(number)
	if err != nil {
		return "", err
	}
	switch {
	case m.minimal != "":
		return m.formatMinimal(d), nil
	case m.hex:
		return m.formatHex(d), nil
	}
	whole, fraction := m.places()
	d = d.round(fraction)
	digits := d.whole()
	overflow := d.special || len(digits) > whole
	if overflow {
		d.digits, d.scale = strings.Repeat("#", whole+fraction), fraction
		digits = strings.Repeat("#", whole)
	}
	return m.lay(d, digits, d.fraction(fraction), overflow), nil
}

// lay puts digits into the model's places.
func (m *Model) lay(d decimal, whole, fraction string, overflow bool) string {
	at := m.pointAt()
	out := make([]string, len(m.elements))
	m.layWhole(out[:min(at, len(out))], whole, overflow)
	if at < len(m.elements) {
		out[at] = "."
		m.layFraction(out, at, fraction)
	}
	return m.join(out, d.negative && !d.isZero())
}

// layWhole fills the places before the point, from the right.
func (m *Model) layWhole(out []string, digits string, overflow bool) {
	first := slices.IndexFunc(m.elements[:len(out)], func(e element) bool { return e.kind == zero })
	last := true
	for i := len(out) - 1; i >= 0; i-- {
		filled := digits != "" || first >= 0 && i >= first
		switch e := m.elements[i]; e.kind {
		case literal:
			out[i] = e.text
		case group:
			more := digits != "" || first >= 0 && i > first
			out[i] = pick(more, ",", " ")
		case digit, zero:
			switch {
			case digits != "":
				out[i], digits = digits[len(digits)-1:], digits[:len(digits)-1]
			case filled, last && !m.blank && !overflow && !m.hex, last && m.hex:
				out[i] = "0"
			default:
				out[i] = " "
			}
			last = false
		}
	}
}

// layFraction fills the places behind the point, where zeros at the end are
// blank unless the model has a 0 there or behind.
func (m *Model) layFraction(out []string, at int, digits string) {
	keep := 0
	n := 0
	for _, e := range m.elements[at:] {
		if e.kind == digit || e.kind == zero {
			n++
			if e.kind == zero {
				keep = n
			}
		}
	}
	keep = max(keep, len(strings.TrimRight(digits, "0")))
	n = 0
	for i := at + 1; i < len(m.elements); i++ {
		switch e := m.elements[i]; e.kind {
		case literal:
			out[i] = e.text
		case digit, zero:
			out[i] = pick(n < keep, digits[n:n+1], " ")
			n++
		}
	}
}

// join puts the pieces together, with the sign and the dollar.
func (m *Model) join(out []string, negative bool) string {
	var b strings.Builder
	sign := pick(negative, "-", " ")
	if m.hex && m.sign == 0 {
		sign = ""
	}
	floats := m.sign == 0 // the sign stands right before the first digit
	for i, e := range m.elements {
		if e.kind != plusMinus {
			continue
		}
		sign = pick(negative, "-", "+")
		if floats = !slices.ContainsFunc(m.elements[:i], isDigit); !floats {
			out[i] = sign
		}
	}
	if i := slices.IndexFunc(m.elements, func(e element) bool { return e.kind == minus }); i >= 0 {
		out[i] = pick(negative, "-", " ")
	}
	prefix := pick(floats, sign, "") + pick(m.dollar, "$", "")
	placed := false
	for i, text := range out {
		e := m.elements[i]
		number := e.kind != literal
		if m.compact && number {
			text = strings.ReplaceAll(text, " ", "")
		}
		if !placed && (isDigit(e) || e.kind == point || e.kind == group) && strings.TrimSpace(text) != "" {
			b.WriteString(pick(m.compact, strings.TrimSpace(prefix), prefix))
			placed = true
		}
		b.WriteString(text)
	}
	if !placed { // all of it is blank
		b.WriteString(pick(m.compact, strings.TrimSpace(prefix), prefix))
	}
	return b.String()
}

func isDigit(e element) bool { return e.kind == digit || e.kind == zero || e.kind == minimal }

// formatHex writes a whole number in hexadecimal digits: one below zero as the
// digits of its complement, unless the model has a sign.
func (m *Model) formatHex(d decimal) string {
	places, _ := m.places()
	n, _ := new(big.Int).SetString(d.round(0).whole(), 10)
	if n == nil {
		n = new(big.Int)
	}
	limit := new(big.Int).Lsh(big.NewInt(1), uint(4*places))
	negative := d.negative && n.Sign() != 0
	if negative && m.sign == 0 {
		n.Sub(limit, n)
	}
	overflow := d.special || n.Sign() < 0 || n.Cmp(limit) >= 0
	digits := strings.TrimLeft(n.Text(16), "0")
	if !m.lower {
		digits = strings.ToUpper(digits)
	}
	if overflow {
		digits = strings.Repeat("#", places)
	}
	out := make([]string, len(m.elements))
	m.layWhole(out, digits, overflow)
	return m.join(out, negative && m.sign != 0)
}

// formatMinimal writes a number in as many characters as it needs.
func (m *Model) formatMinimal(d decimal) string {
	positional, scientific := d.positional(), d.scientific(pick(m.minimal[0] == 't', "e", "E"))
	text := positional
	switch strings.ToUpper(m.minimal) {
	case "TME":
		text = scientific
	case "TM":
		text = pick(len(scientific) < len(positional), scientific, positional)
	}
	if m.compact && strings.Contains(positional, ".") && text == positional {
		text = strings.TrimSuffix(strings.TrimRight(text, "0"), ".")
	}
	if m.blank && d.isZero() {
		text = " "
	}
	out := make([]string, len(m.elements))
	for i, e := range m.elements {
		switch e.kind {
		case literal:
			out[i] = e.text
		case minimal:
			out[i] = text
		}
	}
	negative := d.negative && !d.isZero()
	joined := m.join(out, negative)
	if m.sign == 0 && !negative { // no place is kept for a sign
		joined = strings.Replace(joined, " "+pick(m.dollar, "$", "")+text, pick(m.dollar, "$", "")+text, 1)
	}
	return joined
}

func pick(cond bool, yes, no string) string {
	if cond {
		return yes
	}
	return no
}

// A decimal is a number of digits, scale of them behind the point.
type decimal struct {
	negative bool
	digits   string
	scale    int
	special  bool // no number: infinite, or not one at all
}

// readDecimal reads the text of a NUMBER or a FLOAT.
func readDecimal(text string) (decimal, error) {
	d := decimal{}
	rest, negative := strings.CutPrefix(text, "-")
	d.negative = negative
	rest = strings.TrimPrefix(rest, "+")
	mantissa, exponent, scientific := strings.Cut(strings.ToLower(rest), "e")
	whole, fraction, _ := strings.Cut(mantissa, ".")
	shift := 0
	if scientific {
		var err error
		if shift, err = strconv.Atoi(exponent); err != nil || shift > 400 || shift < -400 {
			return d, fmt.Errorf("%q: %w", text, ErrMatch)
		}
	}
	d.digits = whole + fraction
	switch {
	case strings.HasPrefix(mantissa, "inf"), strings.HasPrefix(mantissa, "nan"):
		d.digits, d.special = "0", true
		return d, nil
	case d.digits == "" || strings.Trim(d.digits, "0123456789") != "":
		return d, fmt.Errorf("%q: %w", text, ErrMatch)
	}
	d.scale = len(fraction) - shift
	if d.scale < 0 {
		d.digits, d.scale = d.digits+strings.Repeat("0", -d.scale), 0
	}
	if short := d.scale - len(d.digits) + 1; short > 0 {
		d.digits = strings.Repeat("0", short) + d.digits
	}
	return d, nil
}

// round is d with no more than places digits behind the point, rounded half
// away from zero.
func (d decimal) round(places int) decimal {
	if d.special || d.scale <= places {
		return d
	}
	cut := len(d.digits) - (d.scale - places)
	up := d.digits[cut] >= '5'
	kept := []byte("0" + d.digits[:cut])
	for i := len(kept) - 1; up && i >= 0; i-- {
		if up = kept[i] == '9'; up {
			kept[i] = '0'
		} else {
			kept[i]++
		}
	}
	d.digits, d.scale = string(kept), places
	return d
}

// whole is the digits before the point, without zeros in front: none for 0.
func (d decimal) whole() string { return strings.TrimLeft(d.digits[:len(d.digits)-d.scale], "0") }

// fraction is the digits behind the point, filled up to n.
func (d decimal) fraction(n int) string {
	f := d.digits[len(d.digits)-d.scale:]
	return f + strings.Repeat("0", max(0, n-len(f)))
}

func (d decimal) isZero() bool { return !d.special && strings.Trim(d.digits, "0") == "" }

// positional is the digits with a point, as the number has them.
func (d decimal) positional() string {
	whole := d.whole()
	if whole == "" {
		whole = "0"
	}
	if d.scale == 0 {
		return whole
	}
	return whole + "." + d.fraction(d.scale)
}

// scientific is one digit, those behind it and the exponent.
func (d decimal) scientific(e string) string {
	significant := strings.TrimLeft(d.digits, "0")
	if significant == "" {
		return "0" + e + "0"
	}
	exponent := len(significant) - 1 - d.scale
	significant = strings.TrimRight(significant, "0")
	text := significant[:1]
	if len(significant) > 1 {
		text += "." + significant[1:]
	}
	return text + e + strconv.Itoa(exponent)
}
