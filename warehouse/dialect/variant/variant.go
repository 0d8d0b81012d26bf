// Package variant writes semi-structured values as Snowflake does: keys of
// objects sorted, numbers in their shortest form, no spaces. A value may have a
// type that JSON has not; see [Mark] for how it is kept, and [Shown] for how it is
// shown.
//
// Two values are equal where their texts are, so what is kept in a column of
// VARIANT, OBJECT or ARRAY goes through [Canonical].
package variant

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// MaxDepth is how deep objects and arrays may lie in one another.
const MaxDepth = 500

// maxDigits is how many digits a NUMBER has; what needs more is a FLOAT.
const maxDigits = 38

// A SyntaxError says what is wrong with a text that is no JSON.
type SyntaxError struct {
	What   string
	Offset int    // in bytes, from 0
	Twice  string // the key that an object has twice, "" if that is not what is wrong
}

func (e *SyntaxError) Error() string {
	return fmt.Sprintf("%s, pos %d", e.What, e.Offset+1)
}

// Canonical appends to dst the value that a JSON text stands for, in the form
// Snowflake shows it. As to Snowflake, texts may stand in single quotes, keys in
// none, null, true and false in capitals, and where an element of an array is
// missing, there is a [Gap]. An object with a key twice is an error, as is
// whatever else RFC 8259 does not allow; each is a *[SyntaxError].
func Canonical(dst, json []byte) ([]byte, error) {
	return (&parser{src: json}).document(dst)
}

// CanonicalLast is Canonical that takes a key twice, for its last value.
func CanonicalLast(dst, json []byte) ([]byte, error) {
	return (&parser{src: json, last: true}).document(dst)
}

// Made is Canonical of a value that functions have made: it may have the special
// values of a FLOAT, NaN, Infinity and -Infinity, which no JSON has.
func Made(dst, json []byte) ([]byte, error) {
	return (&parser{src: json, floats: true}).document(dst)
}

// A parser reads one text from left to right.
type parser struct {
	src    []byte
	at     int
	last   bool // the last of equal keys counts
	floats bool // the special values of a FLOAT are values
}

func (p *parser) document(dst []byte) ([]byte, error) {
	p.space()
	dst, err := p.value(dst, 0)
	if err != nil {
		return nil, err
	}
	if p.space(); p.at < len(p.src) {
		return nil, p.wrong("more than one document in the input")
	}
	return dst, nil
}

func (p *parser) wrong(format string, args ...any) error {
	return &SyntaxError{What: fmt.Sprintf(format, args...), Offset: p.at}
}

// next is the byte that comes, 0 at the end.
func (p *parser) next() byte {
	if p.at < len(p.src) {
		return p.src[p.at]
	}
	return 0
}

func (p *parser) space() {
	for p.at < len(p.src) && strings.IndexByte(" \t\r\n", p.src[p.at]) >= 0 {
		p.at++
	}
}

func (p *parser) value(dst []byte, depth int) ([]byte, error) {
	if depth > MaxDepth {
		return nil, p.wrong("more than %d levels of objects and arrays", MaxDepth)
	}
	switch c := p.next(); {
	case c == '{':
		return p.object(dst, depth)
	case c == '[':
		return p.array(dst, depth)
	case c == '"', c == '\'':
		text, err := p.text()
		if !p.floats && bytes.HasPrefix(text, []byte(Mark)) {
			text = slices.Concat([]byte(Mark+Text), text)
		}
		return quote(dst, text), err
	case p.floats && p.special() != "":
		word := p.special()
		p.at += len(word)
		return append(dst, word...), nil
	case c == '-' || c >= '0' && c <= '9':
		return p.number(dst)
	case p.at >= len(p.src):
		return nil, p.wrong("incomplete document")
	}
	if bytes.HasPrefix(p.src[p.at:], []byte(undefined)) { // as users see a gap
		p.at += len(undefined)
		return append(dst, gap...), nil
	}
	for _, word := range []string{"null", "true", "false"} {
		if n := len(word); p.at+n <= len(p.src) && bytes.EqualFold(p.src[p.at:p.at+n], []byte(word)) {
			p.at += len(word)
			return append(dst, word...), nil
		}
	}
	r, _ := utf8.DecodeRune(p.src[p.at:])
	return nil, p.wrong("unexpected %q", r)
}

// special is the special value of a FLOAT that comes, "" if none does.
func (p *parser) special() string {
	for _, word := range []string{"NaN", "Infinity", "-Infinity"} {
		if bytes.HasPrefix(p.src[p.at:], []byte(word)) {
			return word
		}
	}
	return ""
}

// A member is one key of an object and where the text of both stands.
type member struct {
	key        string
	start, end int
}

// object writes the members in the order they come, and sorts them after.
func (p *parser) object(dst []byte, depth int) ([]byte, error) {
	p.at++
	dst = append(dst, '{')
	first := len(dst)
	var members []member
	err := p.list('}', func() error {
		key, err := p.key()
		if err != nil {
			return err
		}
		if p.space(); p.next() != ':' {
			return p.wrong("missing colon")
		}
		p.at++
		p.space()
		start := len(dst)
		dst = append(quote(dst, key), ':')
		if dst, err = p.value(dst, depth+1); err != nil {
			return err
		}
		dst = append(dst, ',')
		members = append(members, member{string(key), start, len(dst)})
		return nil
	})
	if err != nil {
		return nil, err
	}
	if dst, err = p.sorted(dst, first, members); err != nil {
		return nil, err
	}
	return closed(dst, first, '}'), nil
}

// key is a text, or a word without quotes.
func (p *parser) key() ([]byte, error) {
	if p.next() == '"' || p.next() == '\'' {
		return p.text()
	}
	start := p.at
	for c := p.next(); c == '_' || c == '$' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || p.at > start && c >= '0' && c <= '9'; c = p.next() {
		p.at++
	}
	if p.at == start {
		return nil, p.wrong("missing key of an object")
	}
	return p.src[start:p.at], nil
}

// sorted puts the members that stand behind first into the order of their keys.
func (p *parser) sorted(dst []byte, first int, members []member) ([]byte, error) {
	byKey := func(a, b member) int { return strings.Compare(a.key, b.key) }
	ordered := slices.IsSortedFunc(members, byKey)
	if !ordered {
		slices.SortStableFunc(members, byKey)
	}
	kept := members[:0]
	for i, m := range members {
		switch twice := i+1 < len(members) && members[i+1].key == m.key; {
		case !twice:
			kept = append(kept, m)
		case !p.last:
			return nil, &SyntaxError{What: fmt.Sprintf("duplicate object attribute %q", m.key), Offset: p.at, Twice: m.key}
		default:
			ordered = false
		}
	}
	if ordered {
		return dst, nil
	}
	unsorted := bytes.Clone(dst[first:])
	dst = dst[:first]
	for _, m := range kept {
		dst = append(dst, unsorted[m.start-first:m.end-first]...)
	}
	return dst, nil
}

func (p *parser) array(dst []byte, depth int) ([]byte, error) {
	p.at++
	dst = append(dst, '[')
	first := len(dst)
	err := p.list(']', func() (err error) {
		if c := p.next(); c == ',' || c == ']' { // an element that is missing
			dst = append(append(dst, gap...), ',')
			return nil
		}
		if dst, err = p.value(dst, depth+1); err == nil {
			dst = append(dst, ',')
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return closed(dst, first, ']'), nil
}

// list reads what stands between commas up to the closing bracket.
func (p *parser) list(end byte, element func() error) error {
	if p.space(); p.next() == end {
		p.at++
		return nil
	}
	for {
		p.space()
		if err := element(); err != nil {
			return err
		}
		p.space()
		switch c := p.next(); {
		case c == ',':
			p.at++
		case c == end:
			p.at++
			return nil
		case p.at >= len(p.src):
			return p.wrong("incomplete %s value", map[byte]string{'}': "object", ']': "array"}[end])
		default:
			return p.wrong("missing comma or %q", end)
		}
	}
}

// closed is a list that ends with a bracket instead of its last comma.
func closed(dst []byte, first int, end byte) []byte {
	if len(dst) > first {
		dst[len(dst)-1] = end
		return dst
	}
	return append(dst, end)
}

// text reads a string and resolves its escapes. It ends with the quote that it
// begins with.
func (p *parser) text() ([]byte, error) {
	end := p.src[p.at]
	p.at++
	start := p.at
	for p.at < len(p.src) {
		switch c := p.src[p.at]; {
		case c == end:
			p.at++
			return p.src[start : p.at-1], nil
		case c == '\\':
			return p.escaped(bytes.Clone(p.src[start:p.at]), end)
		case c < ' ':
			return nil, p.wrong("control character in a string")
		}
		p.at++
	}
	return nil, p.wrong("unfinished string")
}

// escaped reads the rest of a string that has escapes.
func (p *parser) escaped(out []byte, end byte) ([]byte, error) {
	for p.at < len(p.src) {
		c := p.src[p.at]
		switch {
		case c == end:
			p.at++
			return out, nil
		case c < ' ':
			return nil, p.wrong("control character in a string")
		case c != '\\':
			out = append(out, c)
			p.at++
			continue
		}
		p.at++
		i := strings.IndexByte(`"\/bfnrt`, p.next())
		switch {
		case p.at < len(p.src) && i >= 0:
			out = append(out, "\"\\/\b\f\n\r\t"[i])
			p.at++
		case end == '\'' && p.next() == end:
			out = append(out, end)
			p.at++
		case p.next() == 'u':
			r, err := p.unicode()
			if err != nil {
				return nil, err
			}
			out = utf8.AppendRune(out, r)
		default:
			return nil, p.wrong("unknown escape in a string")
		}
	}
	return nil, p.wrong("unfinished string")
}

// unicode reads uXXXX, or two of them that make one character.
func (p *parser) unicode() (rune, error) {
	unit := func() (rune, bool) {
		if p.at+5 > len(p.src) || p.src[p.at] != 'u' {
			return 0, false
		}
		n, err := strconv.ParseUint(string(p.src[p.at+1:p.at+5]), 16, 16)
		p.at += 5
		return rune(n), err == nil
	}
	r, ok := unit()
	if !ok {
		return 0, p.wrong("unknown escape in a string")
	}
	if utf16.IsSurrogate(r) && p.next() == '\\' {
		before := p.at
		p.at++
		if low, ok := unit(); ok {
			if full := utf16.DecodeRune(r, low); full != utf8.RuneError {
				return full, nil
			}
		}
		p.at = before
	}
	return r, nil
}

// quote appends a string.
func quote(dst, text []byte) []byte {
	dst = append(dst, '"')
	for _, c := range text {
		i := strings.IndexByte("\"\\\b\f\n\r\t", c)
		switch {
		case i >= 0:
			dst = append(dst, '\\', `"\bfnrt`[i])
		case c < ' ':
			dst = fmt.Appendf(dst, `\u%04x`, c)
		default:
			dst = append(dst, c)
		}
	}
	return append(dst, '"')
}

// number appends a number in its shortest form: as a NUMBER if that has enough
// digits and it no exponent, else as a FLOAT.
func (p *parser) number(dst []byte) ([]byte, error) {
	start := p.at
	if p.next() == '-' {
		p.at++
	}
	whole := p.digits()
	if whole == "" || len(whole) > 1 && whole[0] == '0' {
		return nil, p.wrong("malformed number")
	}
	fraction, exponent, isFloat := "", 0, false
	if p.next() == '.' {
		p.at++
		if fraction = p.digits(); fraction == "" {
			return nil, p.wrong("malformed number")
		}
	}
	if c := p.next(); c == 'e' || c == 'E' {
		isFloat = true
		p.at++
		sign := ""
		if c := p.next(); c == '-' || c == '+' {
			sign = string(c)
			p.at++
		}
		digits := p.digits()
		if digits == "" {
			return nil, p.wrong("malformed number")
		}
		exponent, _ = strconv.Atoi(sign + digits[max(0, len(digits)-6):])
		if len(strings.TrimLeft(digits, "0")) > 5 {
			exponent = 1 << 20
		}
	}
	if text, ok := decimal(whole, fraction, exponent); ok && !isFloat {
		if p.src[start] == '-' && text != "0" {
			text = "-" + text
		}
		return number(dst, text), nil
	}
	f, err := strconv.ParseFloat(string(p.src[start:p.at]), 64)
	if err != nil {
		return nil, p.wrong("number out of range")
	}
	return float(dst, f), nil
}

func (p *parser) digits() string {
	start := p.at
	for p.at < len(p.src) && p.src[p.at] >= '0' && p.src[p.at] <= '9' {
		p.at++
	}
	return string(p.src[start:p.at])
}

// decimal is a number without exponent, if it has not too many digits so.
func decimal(whole, fraction string, exponent int) (string, bool) {
	digits := strings.TrimLeft(whole+fraction, "0")
	point := len(whole) + exponent - (len(whole+fraction) - len(digits)) // digits before it
	digits = strings.TrimRight(digits, "0")
	switch {
	case digits == "":
		return "0", true
	case max(point, len(digits), len(digits)-point) > maxDigits:
		return "", false
	case point <= 0:
		return "0." + strings.Repeat("0", -point) + digits, true
	case point >= len(digits):
		return digits + strings.Repeat("0", point-len(digits)), true
	}
	return digits[:point] + "." + digits[point:], true
}
