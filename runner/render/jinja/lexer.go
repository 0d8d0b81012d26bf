package jinja

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

type tokKind int

const (
	tData tokKind = iota
	tVarBegin
	tVarEnd
	tBlockBegin
	tBlockEnd
	tName
	tString
	tInt
	tFloat
	tOp
	tEOF
)

type token struct {
	kind tokKind
	val  string
	line place
}

type lexer struct {
	*source
	src string // = text
	pos int
	out []token
}

func (l *lexer) errf(f string, a ...any) error {
	return l.at(place(l.pos), fmt.Errorf(f, a...))
}

// emit adds a token that begins where the lexer stands.
func (l *lexer) emit(k tokKind, v string) { l.out = append(l.out, token{k, v, place(l.pos)}) }

func isSpace(c byte) bool {
	return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\v' || c == '\f'
}

func lex(name, src string) (*source, []token, error) {
	src = strings.ReplaceAll(src, "\r\n", "\n")
	src = strings.ReplaceAll(src, "\r", "\n")
	src = strings.TrimSuffix(src, "\n")
	l := &lexer{source: &source{name, src}, src: src}
	trimNext := false
	data := func(s string, rstrip bool) {
		if trimNext {
			s = strings.TrimLeftFunc(s, unicode.IsSpace)
		}
		if rstrip {
			s = strings.TrimRightFunc(s, unicode.IsSpace)
		}
		if s != "" {
			l.emit(tData, s)
		}
		trimNext = false
	}
	for l.pos < len(l.src) {
		i := l.pos
		j := -1
		for k := i; k+1 < len(l.src); k++ {
			if l.src[k] == '{' && (l.src[k+1] == '{' || l.src[k+1] == '%' || l.src[k+1] == '#') {
				j = k
				break
			}
		}
		if j < 0 {
			data(l.src[i:], false)
			l.pos = len(l.src)
			break
		}
		kind := l.src[j+1]
		p := j + 2
		strip := false
		if p < len(l.src) && (l.src[p] == '-' || (l.src[p] == '+' && kind != '{')) {
			strip = l.src[p] == '-'
			p++
		}
		data(l.src[i:j], strip)
		l.pos = j
		switch kind {
		case '#':
			e := strings.Index(l.src[p:], "#}")
			if e < 0 {
				return nil, nil, l.errf("Missing end of comment tag")
			}
			body := l.src[p : p+e]
			if strings.HasSuffix(body, "-") {
				trimNext = true
			}
			l.pos = p + e + 2
		case '%':
			// raw block?
			q := p
			for q < len(l.src) && isSpace(l.src[q]) {
				q++
			}
			if strings.HasPrefix(l.src[q:], "raw") {
				r := q + 3
				for r < len(l.src) && isSpace(l.src[r]) {
					r++
				}
				tl := false
				if r < len(l.src) && l.src[r] == '-' {
					tl = true
					r++
				}
				if strings.HasPrefix(l.src[r:], "%}") {
					body := l.src[r+2:]
					e, n, ts, te := findEndRaw(body)
					if e < 0 {
						return nil, nil, l.errf("Missing end of raw directive")
					}
					s := body[:e]
					if tl {
						s = strings.TrimLeftFunc(s, unicode.IsSpace)
					}
					if ts {
						s = strings.TrimRightFunc(s, unicode.IsSpace)
					}
					if s != "" {
						l.emit(tData, s)
					}
					trimNext = te
					l.pos = r + 2 + n
					continue
				}
			}
			l.emit(tBlockBegin, "")
			l.pos = p
			t, err := l.expr("%}", tBlockEnd)
			if err != nil {
				return nil, nil, err
			}
			trimNext = t
		case '{':
			l.emit(tVarBegin, "")
			l.pos = p
			t, err := l.expr("}}", tVarEnd)
			if err != nil {
				return nil, nil, err
			}
			trimNext = t
		}
	}
	l.emit(tEOF, "")
	return l.source, l.out, nil
}

func findEndRaw(s string) (start, end int, ts, te bool) {
	for i := 0; i+1 < len(s); i++ {
		if s[i] != '{' || s[i+1] != '%' {
			continue
		}
		p := i + 2
		t := false
		if p < len(s) && (s[p] == '-' || s[p] == '+') {
			t = s[p] == '-'
			p++
		}
		for p < len(s) && isSpace(s[p]) {
			p++
		}
		if !strings.HasPrefix(s[p:], "endraw") {
			continue
		}
		p += 6
		for p < len(s) && isSpace(s[p]) {
			p++
		}
		e := false
		if p < len(s) && (s[p] == '-' || s[p] == '+') {
			e = s[p] == '-'
			p++
		}
		if strings.HasPrefix(s[p:], "%}") {
			return i, p + 2, t, e
		}
	}
	return -1, 0, false, false
}

var ops3 = []string{"**", "//", "==", "!=", "<=", ">=", "+", "-", "*", "/", "%", "~", "<", ">", "=", "(", ")", "[", "]", "{", "}", ",", ":", ".", "|", ";"}

func (l *lexer) expr(end string, endKind tokKind) (bool, error) {
	var stack []byte
	for {
		for l.pos < len(l.src) && isSpace(l.src[l.pos]) {
			l.pos++
		}
		if l.pos >= len(l.src) {
			return false, l.errf("unexpected end of template, expected %q", end)
		}
		rest := l.src[l.pos:]
		if len(stack) == 0 {
			if strings.HasPrefix(rest, "-"+end) {
				l.emit(endKind, "")
				l.pos += 3
				return true, nil
			}
			if endKind == tBlockEnd && strings.HasPrefix(rest, "+"+end) {
				l.emit(endKind, "")
				l.pos += 3
				return false, nil
			}
			if strings.HasPrefix(rest, end) {
				l.emit(endKind, "")
				l.pos += 2
				return false, nil
			}
		}
		c := rest[0]
		switch {
		case c == '\'' || c == '"':
			k := 1
			for k < len(rest) && rest[k] != c {
				if rest[k] == '\\' {
					k++
				}
				k++
			}
			if k >= len(rest) {
				return false, l.errf("unterminated string")
			}
			s, err := unescape(rest[1:k])
			if err != nil {
				return false, l.errf("%s", err)
			}
			l.emit(tString, s)
			l.pos += k + 1
			continue
		case c >= '0' && c <= '9':
			k := 0
			isF := false
			if len(rest) > 1 && c == '0' && strings.ContainsRune("xXoObB", rune(rest[1])) {
				k = 2
				for k < len(rest) && (isHex(rest[k]) || rest[k] == '_') {
					k++
				}
				n, err := strconv.ParseInt(strings.ReplaceAll(rest[:k], "_", ""), 0, 64)
				if err != nil {
					return false, l.errf("bad number %s", rest[:k])
				}
				l.emit(tInt, strconv.FormatInt(n, 10))
				l.pos += k
				continue
			}
			for k < len(rest) && (isDigit(rest[k]) || rest[k] == '_') {
				k++
			}
			if k+1 < len(rest) && rest[k] == '.' && isDigit(rest[k+1]) {
				isF = true
				k++
				for k < len(rest) && (isDigit(rest[k]) || rest[k] == '_') {
					k++
				}
			}
			if k < len(rest) && (rest[k] == 'e' || rest[k] == 'E') {
				m := k + 1
				if m < len(rest) && (rest[m] == '+' || rest[m] == '-') {
					m++
				}
				if m < len(rest) && isDigit(rest[m]) {
					isF = true
					for m < len(rest) && isDigit(rest[m]) {
						m++
					}
					k = m
				}
			}
			v := strings.ReplaceAll(rest[:k], "_", "")
			if isF {
				l.emit(tFloat, v)
			} else {
				l.emit(tInt, v)
			}
			l.pos += k
			continue
		}
		r, sz := utf8.DecodeRuneInString(rest)
		if r == '_' || unicode.IsLetter(r) {
			k := sz
			for k < len(rest) {
				r, n := utf8.DecodeRuneInString(rest[k:])
				if r != '_' && !unicode.IsLetter(r) && !unicode.IsDigit(r) {
					break
				}
				k += n
			}
			l.emit(tName, rest[:k])
			l.pos += k
			continue
		}
		ok := false
		for _, o := range ops3 {
			if strings.HasPrefix(rest, o) {
				switch o {
				case "(", "[", "{":
					stack = append(stack, o[0])
				case ")", "]", "}":
					if len(stack) == 0 {
						return false, l.errf("unexpected '%s'", o)
					}
					stack = stack[:len(stack)-1]
				}
				l.emit(tOp, o)
				l.pos += len(o)
				ok = true
				break
			}
		}
		if !ok {
			return false, l.errf("unexpected char %q", r)
		}
	}
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }
func isHex(c byte) bool {
	return isDigit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F')
}

// unescape follows Python's unicode-escape rules: unknown escapes stay as they are.
func unescape(s string) (string, error) {
	if !strings.Contains(s, "\\") {
		return s, nil
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] != '\\' || i+1 >= len(s) {
			b.WriteByte(s[i])
			continue
		}
		i++
		switch s[i] {
		case '\n':
		case '\\', '\'', '"':
			b.WriteByte(s[i])
		case 'n':
			b.WriteByte('\n')
		case 't':
			b.WriteByte('\t')
		case 'r':
			b.WriteByte('\r')
		case 'a':
			b.WriteByte(7)
		case 'b':
			b.WriteByte(8)
		case 'f':
			b.WriteByte(12)
		case 'v':
			b.WriteByte(11)
		case 'x', 'u', 'U':
			n := map[byte]int{'x': 2, 'u': 4, 'U': 8}[s[i]]
			if i+n >= len(s) {
				return "", fmt.Errorf("truncated \\%c escape", s[i])
			}
			v, err := strconv.ParseUint(s[i+1:i+1+n], 16, 32)
			if err != nil {
				return "", fmt.Errorf("malformed \\%c escape", s[i])
			}
			b.WriteRune(rune(v))
			i += n
		case 'N':
			return "", fmt.Errorf("malformed \\N character escape")
		default:
			if s[i] >= '0' && s[i] <= '7' {
				k := i
				v := 0
				for k < len(s) && k < i+3 && s[k] >= '0' && s[k] <= '7' {
					v = v*8 + int(s[k]-'0')
					k++
				}
				b.WriteRune(rune(v))
				i = k - 1
				continue
			}
			b.WriteByte('\\')
			b.WriteByte(s[i])
		}
	}
	return b.String(), nil
}
