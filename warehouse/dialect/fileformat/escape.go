package fileformat

import (
	"strconv"
	"strings"
)

// unescape is the characters that an option's text means: escapes such as \t,
// \x1F and \037 where a string literal left them, and 0x1F for a character by
// its number in hexadecimal.
func unescape(s string) string {
	if digits, ok := strings.CutPrefix(strings.ToLower(s), "0x"); ok && len(digits) == 2 {
		if n, err := strconv.ParseUint(digits, 16, 8); err == nil {
			return string([]byte{byte(n)})
		}
	}
	if len(s) < 2 || !strings.Contains(s, `\`) {
		return s
	}
	var b strings.Builder
	for s != "" {
		char, n := escaped(s)
		b.WriteString(char)
		s = s[n:]
	}
	return b.String()
}

// escaped is the character at the front of s, and how much of s it takes.
func escaped(s string) (char string, n int) {
	if s[0] != '\\' || len(s) == 1 {
		return s[:1], 1
	}
	switch c := s[1]; {
	case strings.IndexByte(`tnrbf0`, c) >= 0 && !(c == '0' && len(s) > 3):
		return map[byte]string{'t': "\t", 'n': "\n", 'r': "\r", 'b': "\b", 'f': "\f", '0': "\x00"}[c], 2
	case c == 'x' && len(s) >= 4:
		if n, err := strconv.ParseUint(s[2:4], 16, 8); err == nil {
			return string([]byte{byte(n)}), 4
		}
	case c >= '0' && c <= '3' && len(s) >= 4:
		if n, err := strconv.ParseUint(s[1:4], 8, 8); err == nil {
			return string([]byte{byte(n)}), 4
		}
	case c == '\\' || c == '\'' || c == '"':
		return s[1:2], 2
	}
	return s[:1], 1
}

// escape writes characters of a file as DESCRIBE shows them.
func escape(s string) string {
	quoted := strconv.Quote(s)
	return strings.ReplaceAll(quoted[1:len(quoted)-1], `\"`, `"`)
}
