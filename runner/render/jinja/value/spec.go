package value

import (
	"fmt"
	"math"
	"math/big"
	"strconv"
	"strings"
	"unicode/utf8"
)

// A spec is what stands behind the colon in {:>8.2f}, or behind the percent
// sign in %8.2f.
type spec struct {
	fill             string
	align, sign, typ byte // 0 where they are left out
	alt              bool
	zeros            bool // a width that begins with 0, which texts may have too
	width, precision int  // precision is -1 where it is left out
	group            string
}

// parseSpec reads a format specification of Python.
func parseSpec(text string) (spec, error) {
	s, rest := spec{fill: " ", precision: -1}, text
	if _, n := utf8.DecodeRuneInString(rest); n < len(rest) && strings.IndexByte("<>^=", rest[n]) >= 0 {
		s.fill, s.align, rest = rest[:n], rest[n], rest[n+1:]
	} else if rest != "" && strings.IndexByte("<>^=", rest[0]) >= 0 {
		s.align, rest = rest[0], rest[1:]
	}
	s.sign, rest = oneOf(rest, "+- ")
	var hash, zero, typ byte
	hash, rest = oneOf(rest, "#")
	s.alt = hash != 0
	if zero, rest = oneOf(rest, "0"); zero != 0 && s.align == 0 {
		s.fill, s.align, s.zeros = "0", '=', true
	}
	var err error
	if s.width, rest, err = digits(rest, 0); err != nil {
		return s, err
	}
	var group byte
	if group, rest = oneOf(rest, ",_"); group != 0 {
		s.group = string(group)
	}
	if strings.HasPrefix(rest, ".") {
		if s.precision, rest, err = digits(rest[1:], -1); err != nil || s.precision < 0 {
			return s, fmt.Errorf("ValueError: Format specifier missing precision")
		}
	}
	if typ, rest = oneOf(rest, "bcdeEfFgGnosxX%"); rest != "" {
		return s, fmt.Errorf("ValueError: Invalid format specifier '%s'", text)
	}
	s.typ = typ
	return s, nil
}

func oneOf(s, set string) (byte, string) {
	if s != "" && strings.IndexByte(set, s[0]) >= 0 {
		return s[0], s[1:]
	}
	return 0, s
}

// digits reads a width or a precision, which is at most a million.
func digits(s string, none int) (n int, rest string, err error) {
	i := 0
	for i < len(s) && s[i] >= '0' && s[i] <= '9' {
		i++
	}
	if i == 0 {
		return none, s, nil
	}
	n, err = strconv.Atoi(s[:i])
	if err != nil || n > 1_000_000 {
		return 0, s, fmt.Errorf("ValueError: the width %s is %w: a million is the limit", s[:i], ErrTooLarge)
	}
	return n, s[i:], nil
}

// Format is Python's format(v, spec).
func Format(v any, text string) (string, error) {
	if text == "" {
		return Text(v)
	}
	s, err := parseSpec(text)
	if err != nil {
		return "", err
	}
	if u, ok := v.(*Undefined); ok {
		return "", u.Err()
	}
	if isNumber(v) && s.typ != 's' {
		return s.number(v)
	}
	if _, ok := v.(string); !ok {
		return "", fmt.Errorf("TypeError: unsupported format string passed to %s.__format__", TypeName(v))
	}
	if s.typ != 0 && s.typ != 's' {
		return "", fmt.Errorf("ValueError: Unknown format code '%c' for object of type '%s'", s.typ, TypeName(v))
	}
	switch {
	case s.sign != 0:
		return "", fmt.Errorf("ValueError: Sign not allowed in string format specifier")
	case s.group != "":
		return "", fmt.Errorf("ValueError: Cannot specify '%s' with 's'.", s.group)
	case s.zeros:
		s.align = '<'
	case s.align == '=':
		return "", fmt.Errorf("ValueError: '=' alignment not allowed in string format specifier")
	}
	return s.text(Str(v)), nil
}

// text pads a text, of which the precision may cut off the end.
func (s spec) text(t string) string {
	if r := []rune(t); s.precision >= 0 && len(r) > s.precision {
		t = string(r[:s.precision])
	}
	return Pad(t, s.width, s.fill, s.align)
}

// Pad fills a text up to a width in characters: on the right for the align '<'
// and 0, on the left for '>', on both sides for '^'.
func Pad(t string, width int, fill string, align byte) string {
	n := width - utf8.RuneCountInString(t)
	if n <= 0 {
		return t
	}
	switch align {
	case '>', '=':
		return strings.Repeat(fill, n) + t
	case '^':
		return strings.Repeat(fill, n/2) + t + strings.Repeat(fill, n-n/2)
	}
	return t + strings.Repeat(fill, n)
}

// number writes a number.
func (s spec) number(v any) (string, error) {
	var body string
	var err error
	_, isFloat := v.(float64)
	switch s.typ {
	case 'e', 'E', 'f', 'F', 'g', 'G', '%':
		body, err = s.float(v)
	case 'b', 'o', 'x', 'X', 'd', 'c', 'n', 0:
		if isFloat && s.typ != 0 && s.typ != 'n' {
			return "", fmt.Errorf("ValueError: Unknown format code '%c' for object of type 'float'", s.typ)
		}
		if isFloat {
			body, err = s.float(v)
		} else {
			body, err = s.integer(v)
		}
	}
	if err != nil {
		return "", err
	}
	return s.signed(body), nil
}

func (s spec) integer(v any) (string, error) {
	if s.precision >= 0 {
		return "", fmt.Errorf("ValueError: Precision not allowed in integer format specifier")
	}
	n, _ := Big(v)
	base := map[byte]int{'b': 2, 'o': 8, 'x': 16, 'X': 16}[s.typ]
	switch {
	case s.typ == 'c':
		return character(n)
	case base == 0:
		return s.grouped(n.String()), nil
	case s.group == ",":
		return "", fmt.Errorf("ValueError: Cannot specify ',' with '%c'.", s.typ)
	}
	text := s.grouped(n.Text(base))
	if s.alt {
		text = strings.Replace("0"+string(s.typ)+text, "0"+string(s.typ)+"-", "-0"+string(s.typ), 1)
	}
	if s.typ == 'X' {
		text = strings.ToUpper(text)
	}
	return text, nil
}

// character is what %c prints of a number.
func character(n *big.Int) (string, error) {
	if !n.IsInt64() || n.Sign() < 0 || n.Int64() > utf8.MaxRune {
		return "", fmt.Errorf("OverflowError: %%c arg not in range(0x110000)")
	}
	return string(rune(n.Int64())), nil
}

// notFinite is the text of an infinite float or of not a number.
func (s spec) notFinite(f float64) string {
	text := formatFloat(f)
	switch s.typ {
	case 'E', 'F', 'G':
		return strings.ToUpper(text)
	case '%':
		return text + "%"
	}
	return text
}

func (s spec) float(v any) (string, error) {
	f, _ := Float(v)
	precision := s.precision
	typ := s.typ
	switch {
	case typ == 0 && precision < 0:
		return s.grouped(formatFloat(f)), nil
	case typ == 0 || typ == 'n':
		typ = 'g'
	case typ == '%':
		f *= 100
	}
	if precision < 0 {
		precision = 6
	}
	if math.IsInf(f, 0) || math.IsNaN(f) {
		return s.notFinite(f), nil
	}
	switch typ {
	case '%':
		return s.grouped(strconv.FormatFloat(f, 'f', precision, 64)) + "%", nil
	case 'F':
		typ = 'f'
	case 'g', 'G':
		return s.grouped(general(f, precision, typ, s.typ == 0)), nil
	}
	return s.grouped(strconv.FormatFloat(f, typ, precision, 64)), nil
}

// general is Python's g: a plain number, or one with an exponent where it is
// shorter. One without a type keeps a digit behind the point.
func general(f float64, precision int, typ byte, point bool) string {
	precision = max(precision, 1)
	mantissa, exponent, _ := strings.Cut(strconv.FormatFloat(f, 'e', precision-1, 64), "e")
	e, _ := strconv.Atoi(exponent)
	most := precision
	if point {
		most--
	}
	trim := func(t string) string {
		if strings.Contains(t, ".") {
			t = strings.TrimRight(strings.TrimRight(t, "0"), ".")
		}
		return t
	}
	if e < -4 || e >= most {
		return trim(mantissa) + string(typ-2) + exponent // g and G are two behind e and E
	}
	text := trim(strconv.FormatFloat(f, 'f', max(precision-1-e, 0), 64))
	if point && !strings.Contains(text, ".") {
		text += ".0"
	}
	return text
}

// groupSize is how many digits stand between commas or underscores.
func (s spec) groupSize() int {
	switch s.typ {
	case 'b', 'o', 'x', 'X':
		return 4
	}
	return 3
}

// grouped puts a comma or underscore between thousands.
func (s spec) grouped(text string) string {
	if s.group == "" {
		return text
	}
	sign, whole := "", text
	if strings.HasPrefix(whole, "-") {
		sign, whole = "-", whole[1:]
	}
	whole, rest := s.wholePart(whole)
	var b strings.Builder
	for i := range len(whole) {
		if left := len(whole) - i; i > 0 && left%s.groupSize() == 0 {
			b.WriteString(s.group)
		}
		b.WriteByte(whole[i])
	}
	return sign + b.String() + rest
}

// wholePart cuts a number where its digits end.
func (s spec) wholePart(text string) (whole, rest string) {
	digits := "0123456789" + s.group
	if s.groupSize() == 4 {
		digits += "abcdefABCDEF"
	}
	rest = strings.TrimLeft(text, digits)
	return text[:len(text)-len(rest)], rest
}

// zeroed puts zeros in front of a number up to a width, in groups.
func (s spec) zeroed(body string, width int) string {
	if s.group == "" || s.fill != "0" {
		return Pad(body, width, s.fill, '>')
	}
	whole, rest := s.wholePart(body)
	if whole == "" { // infinite, or not a number
		return Pad(body, width, "0", '>')
	}
	whole = strings.ReplaceAll(whole, s.group, "")
	n := len(whole)
	for n+(n-1)/s.groupSize()+len(rest) < width {
		n++
	}
	return s.grouped(Pad(whole, n, "0", '>') + rest)
}

// signed puts the sign in front and pads.
func (s spec) signed(body string) string {
	sign := ""
	if strings.HasPrefix(body, "-") {
		sign, body = "-", body[1:]
	} else if s.sign == '+' || s.sign == ' ' {
		sign = string(s.sign)
	}
	if s.alt && s.groupSize() == 4 {
		sign, body = sign+body[:2], body[2:]
	}
	if s.align == '=' {
		return sign + s.zeroed(body, s.width-len(sign))
	}
	align := s.align
	if align == 0 {
		align = '>'
	}
	return Pad(sign+body, s.width, s.fill, align)
}

// truncated is a number as an integer: int().
func truncated(v any) (*big.Int, bool) {
	if f, ok := v.(float64); ok {
		if math.IsInf(f, 0) || math.IsNaN(f) {
			return nil, false
		}
		n, _ := big.NewFloat(f).Int(nil)
		return n, true
	}
	return Big(v)
}
