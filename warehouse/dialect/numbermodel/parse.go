package numbermodel

import (
	"fmt"
	"math/big"
	"strings"
)

// Parse reads a number that is written as the model says, and gives its decimal
// text. As Snowflake does by default, it takes group separators that are left
// out, spaces around the number and behind its sign, and any number of digits
// that the model has places for. Its error is an [ErrMatch].
func (m *Model) Parse(text string) (string, error) {
	r := &reader{m: m, rest: strings.TrimSpace(text)}
	if !r.read() || r.rest != "" {
		return "", fmt.Errorf("%q: %w", text, ErrMatch)
	}
	return r.number(), nil
}

// A reader reads one number.
type reader struct {
	m               *Model
	rest            string
	negative        bool
	whole, fraction string
}

// read goes through the model's elements; it is false for a text that does not
// match.
func (r *reader) read() bool {
	m := r.m
	done := false // the digits are read
	for _, e := range m.elements {
		switch e.kind {
		case literal:
			if e.text == " " {
				r.rest = strings.TrimLeft(r.rest, " ")
				continue
			}
			r.rest = strings.TrimLeft(r.rest, " ")
			if !r.take(e.text) {
				return false
			}
		case plusMinus, minus:
			if !r.sign(e.kind) {
				return false
			}
		case digit, zero, minimal, group, point:
			if done {
				continue
			}
			done = true
			if !r.value() {
				return false
			}
		}
	}
	return true
}

func (r *reader) take(text string) bool {
	rest, ok := strings.CutPrefix(r.rest, text)
	r.rest = rest
	return ok
}

// sign reads the sign that the model names.
func (r *reader) sign(k kind) bool {
	r.rest = strings.TrimLeft(r.rest, " ")
	switch {
	case r.take("-"):
		r.negative = true
	case r.take("+"):
	default:
		return k == minus
	}
	return true
}

// value reads the dollar and the digits, and the sign where the model has none.
func (r *reader) value() bool {
	m := r.m
	r.rest = strings.TrimLeft(r.rest, " ")
	if m.sign == 0 {
		r.negative = r.take("-")
		r.rest = strings.TrimLeft(r.rest, " ")
	}
	if m.dollar && !r.take("$") {
		return false
	}
	switch {
	case m.minimal != "":
		return r.minimal()
	case m.hex:
		r.whole = r.run("0123456789abcdefABCDEF")
		places, _ := m.places()
		return r.whole != "" && len(r.whole) <= places
	}
	return r.digits()
}

// run takes the characters at the front that are in set.
func (r *reader) run(set string) string {
	text := r.rest[:len(r.rest)-len(strings.TrimLeft(r.rest, set))]
	r.rest = r.rest[len(text):]
	return text
}

// minimal reads a number as TM, TM9 and TME take it.
func (r *reader) minimal() bool {
	mantissa := r.run("0123456789.")
	exponent := ""
	if len(r.rest) > 0 && (r.rest[0] == 'e' || r.rest[0] == 'E') {
		r.rest = r.rest[1:]
		sign := ""
		if r.take("-") {
			sign = "-"
		} else {
			r.take("+")
		}
		if exponent = r.run("0123456789"); exponent == "" {
			return false
		}
		exponent = "e" + sign + exponent
	}
	how := strings.ToUpper(r.m.minimal)
	if how == "TM9" && exponent != "" || how == "TME" && exponent == "" {
		return false
	}
	d, err := readDecimal(mantissa + exponent)
	if err != nil {
		return false
	}
	r.whole, r.fraction = d.whole(), d.fraction(d.scale)
	return true
}

// digits reads a number of fixed places.
func (r *reader) digits() bool {
	m := r.m
	whole, fraction := m.places()
	if !r.groups() || len(r.whole) > whole || len(r.whole) < m.least(0, m.pointAt()) {
		return false
	}
	if m.pointAt() < len(m.elements) && r.take(".") {
		r.fraction = r.run("0123456789")
	}
	if len(r.fraction) > fraction || len(r.fraction) < m.leastFraction() {
		return false
	}
	return r.whole != "" || r.fraction != "" && (m.blank || whole == 0)
}

// groups reads the digits before the point. Separators stand where the model
// has them, or nowhere.
func (r *reader) groups() bool {
	text := r.run("0123456789,")
	r.whole = strings.ReplaceAll(text, ",", "")
	if !strings.Contains(text, ",") {
		return true
	}
	m := r.m
	at := m.pointAt()
	i := len(text) - 1
	for j := at - 1; j >= 0 && i >= 0; j-- {
		switch m.elements[j].kind {
		case digit, zero:
			if text[i] == ',' {
				return false
			}
			i--
		case group:
			if text[i] != ',' {
				return false
			}
			i--
		}
	}
	return i < 0
}

// least is how many digits the zeros of the model ask for before the point.
func (m *Model) least(from, to int) (n int) {
	seen := false
	for _, e := range m.elements[from:to] {
		seen = seen || e.kind == zero
		if seen && (e.kind == zero || e.kind == digit) {
			n++
		}
	}
	return n
}

// leastFraction is how many digits the zeros of the model ask for behind it.
func (m *Model) leastFraction() (least int) {
	n := 0
	for _, e := range m.elements[m.pointAt():] {
		if e.kind == digit || e.kind == zero {
			n++
		}
		if e.kind == zero {
			least = n
		}
	}
	return least
}

// number is what was read as decimal text.
func (r *reader) number() string {
	text := strings.TrimLeft(r.whole, "0")
	if r.m.hex {
		n, _ := new(big.Int).SetString(r.whole, 16)
		text = n.String()
	}
	if text == "" {
		text = "0"
	}
	if r.fraction != "" {
		text += "." + r.fraction
	}
	if r.negative {
		text = "-" + text
	}
	return text
}
