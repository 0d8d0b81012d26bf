package syntax

import (
	"fmt"
	"math/big"
	"strconv"
	"strings"
)

// quoted reads a string.
func (l *lexer) quoted(rest string) error {
	end := 1
	for end < len(rest) && rest[end] != rest[0] {
		if rest[end] == '\\' {
			end++
		}
		end++
	}
	if end >= len(rest) {
		return l.src.At(Pos(l.pos), errQuote)
	}
	text, err := unescape(rest[1:end])
	if err != nil {
		return l.src.At(Pos(l.pos), err)
	}
	l.emit(tokString, text)
	l.pos += end + 1
	return nil
}

// unescape follows Python: an escape that it does not know stays as it is.
func unescape(s string) (string, error) {
	if strings.IndexByte(s, '\\') < 0 {
		return s, nil
	}
	var b strings.Builder
	for len(s) > 0 {
		i := strings.IndexByte(s, '\\')
		if i < 0 || i+1 == len(s) {
			b.WriteString(s)
			break
		}
		b.WriteString(s[:i])
		text, n, err := escape(s[i+1:])
		if err != nil {
			return "", err
		}
		b.WriteString(text)
		s = s[i+1+n:]
	}
	return b.String(), nil
}

// simple are the escapes of one character.
var simple = map[byte]string{
	'\n': "", '\\': "\\", '\'': "'", '"': "\"", 'n': "\n", 't': "\t", 'r': "\r", 'a': "\a", 'b': "\b", 'f': "\f", 'v': "\v",
}

// escape undoes the escape whose backslash stands before s, and says how much
// of s belongs to it.
func escape(s string) (text string, n int, err error) {
	if text, ok := simple[s[0]]; ok {
		return text, 1, nil
	}
	switch c := s[0]; {
	case c == 'x':
		return hex(s, 2)
	case c == 'u':
		return hex(s, 4)
	case c == 'U':
		return hex(s, 8)
	case c == 'N':
		return "", 0, fmt.Errorf("malformed \\N character escape; write \\\\N for a backslash and an N")
	case c >= '0' && c <= '7':
		n := 1
		for n < 3 && n < len(s) && s[n] >= '0' && s[n] <= '7' {
			n++
		}
		v, err := strconv.ParseUint(s[:n], 8, 32)
		return string(rune(v)), n, err
	}
	return "\\", 0, nil
}

func hex(s string, digits int) (text string, n int, err error) {
	if len(s) < 1+digits {
		return "", 0, fmt.Errorf("truncated \\%c escape: it takes %d hexadecimal digits", s[0], digits)
	}
	v, err := strconv.ParseUint(s[1:1+digits], 16, 32)
	if err != nil || v > 0x10ffff {
		return "", 0, fmt.Errorf("malformed \\%c escape \\%s", s[0], s[:1+digits])
	}
	return string(rune(v)), 1 + digits, nil
}

// number reads an integer or a float.
func (l *lexer) number(rest string) error {
	k, n := tokInt, 0
	switch {
	case len(rest) > 2 && rest[0] == '0' && strings.IndexByte("xXoObB", rest[1]) >= 0:
		n = 2 + run(rest[2:], "0123456789abcdefABCDEF_")
	default:
		n = run(rest, "0123456789_")
		if fraction := fractionLength(rest[n:]); fraction > 0 && !l.afterDot() {
			k, n = tokFloat, n+fraction
		}
	}
	l.emit(k, strings.ReplaceAll(rest[:n], "_", ""))
	l.pos += n
	return nil
}

// afterDot tells the 1 of x.1.5 from a float.
func (l *lexer) afterDot() bool {
	last := l.tokens[len(l.tokens)-1]
	return last.kind == tokOp && last.text == "." && int(last.pos)+1 == l.pos
}

// fractionLength is the length of .5, .5e3 or e3 at the beginning of s.
func fractionLength(s string) int {
	n := 0
	if len(s) > 1 && s[0] == '.' && isDigit(s[1]) {
		n = 1 + run(s[1:], "0123456789_")
	}
	if n < len(s) && (s[n] == 'e' || s[n] == 'E') {
		m := n + 1
		if m < len(s) && (s[m] == '+' || s[m] == '-') {
			m++
		}
		if m < len(s) && isDigit(s[m]) {
			n = m + run(s[m:], "0123456789_")
		}
	}
	return n
}

func run(s, of string) int { return len(s) - len(strings.TrimLeft(s, of)) }

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

// maxDigits is how long an integer may be.
const maxDigits = 4300

// integer is the value of an integer token: an int64, or a *big.Int.
func integer(text string) (any, error) {
	base := 10
	if len(text) > 2 && text[0] == '0' && !isDigit(text[1]) {
		base = 0
	} else if len(text) > 1 && strings.Trim(text, "0") != "" && text[0] == '0' {
		return nil, fmt.Errorf("the number %s begins with 0; write it without, or between quotes", text)
	}
	if n, err := strconv.ParseInt(text, base, 64); err == nil {
		return n, nil
	}
	if len(text) > maxDigits {
		return nil, fmt.Errorf("an integer of %d digits; %d are the limit", len(text), maxDigits)
	}
	n, ok := new(big.Int).SetString(text, base)
	if !ok {
		return nil, fmt.Errorf("%s is no number", text)
	}
	return n, nil
}
