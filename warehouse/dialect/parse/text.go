package parse

import (
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// unescape resolves the backslash escapes and doubled quotes of a string
// literal, given without its outer quotes. A backslash before any other
// character stands for that character.
func unescape(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	for i := 0; i < len(s); {
		switch {
		case s[i] == '\'':
			b.WriteByte('\'')
			i += 2
		case s[i] != '\\' || i+1 == len(s):
			b.WriteByte(s[i])
			i++
		default:
			r, n := escape(s[i+1:])
			if n == 0 {
				_, n = utf8.DecodeRuneInString(s[i+1:])
				b.WriteString(s[i+1 : i+1+n])
			} else {
				b.WriteRune(r)
			}
			i += 1 + n
		}
	}
	return b.String()
}

// escape is the character that the escape sequence at the front of s stands
// for and the sequence's length, which is 0 if it stands for itself.
func escape(s string) (rune, int) {
	switch s[0] {
	case 'b':
		return '\b', 1
	case 'f':
		return '\f', 1
	case 'n':
		return '\n', 1
	case 'r':
		return '\r', 1
	case 't':
		return '\t', 1
	case 'x':
		return digits(s, 1, 2, 16)
	case 'u':
		r, n := digits(s, 1, 4, 16)
		if n > 0 && utf16.IsSurrogate(r) && strings.HasPrefix(s[n:], `\u`) {
			if low, m := digits(s[n+1:], 1, 4, 16); m > 0 {
				if both := utf16.DecodeRune(r, low); both != utf8.RuneError {
					return both, n + 1 + m
				}
			}
		}
		return r, n
	case '0', '1', '2', '3':
		if r, n := digits(s, 0, 3, 8); n > 0 {
			return r, n
		}
		if s[0] == '0' {
			return 0, 1
		}
	}
	return 0, 0
}

// digits reads count digits of s behind the first skip bytes and reports the
// number and how many bytes of s it took, skip included; 0 if they are not
// all digits.
func digits(s string, skip, count int, base rune) (rune, int) {
	if len(s) < skip+count {
		return 0, 0
	}
	var n rune
	for _, c := range []byte(s[skip : skip+count]) {
		d := rune(99)
		switch {
		case isDigit(c):
			d = rune(c - '0')
		case isHex(c):
			d = rune(c|0x20-'a') + 10
		}
		if d >= base {
			return 0, 0
		}
		n = n*base + d
	}
	return n, skip + count
}

// upper folds ASCII as Snowflake folds an unquoted identifier.
func upper(s string) string {
	b := []byte(s)
	for i, c := range b {
		if isLower(c) {
			b[i] = c - 'a' + 'A'
		}
	}
	return string(b)
}

func isSpace(c byte) bool {
	return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v'
}
func isDigit(c byte) bool  { return c >= '0' && c <= '9' }
func isLower(c byte) bool  { return c >= 'a' && c <= 'z' }
func isLetter(c byte) bool { return c == '_' || isLower(c) || c >= 'A' && c <= 'Z' }
func isWord(c byte) bool   { return isLetter(c) || isDigit(c) || c == '$' }
func isHex(c byte) bool {
	return isDigit(c) || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F'
}
