package parse

import (
	"strings"
	"unicode/utf8"

	"github.com/snowpit-dev/snowpit/warehouse/dialect/token"
)

// A lexer cuts a text into tokens. It never fails: what cannot be a token is
// one of kind Invalid, for the parser to report where it matters.
type lexer struct {
	src       string
	off       int
	line      int
	lineStart int // offset of the line's first byte
	extra     int // bytes on this line so far that begin no character
	toks      []token.Token
}

// lex is src as tokens, the last of them EOF.
func lex(src string) []token.Token {
	l := &lexer{src: src, line: 1, toks: make([]token.Token, 0, min(len(src)/3+8, 1<<16))}
	for {
		t := l.next()
		l.toks = append(l.toks, t)
		if t.Kind == token.EOF {
			return l.toks
		}
	}
}

func (l *lexer) pos() token.Pos {
	return token.Pos{Offset: l.off, Line: l.line, Column: l.off - l.lineStart - l.extra}
}

// advance moves to the offset end, counting lines and characters on the way.
func (l *lexer) advance(end int) {
	for i := l.off; i < end; i++ {
		switch c := l.src[i]; {
		case c == '\n':
			l.line++
			l.lineStart, l.extra = i+1, 0
		case c >= 0x80 && !utf8.RuneStart(c):
			l.extra++
		}
	}
	l.off = end
}

// at is the byte n behind the current one, 0 past the end.
func (l *lexer) at(n int) byte {
	if l.off+n < len(l.src) {
		return l.src[l.off+n]
	}
	return 0
}

func (l *lexer) next() token.Token {
	if bad, ok := l.skip(); !ok {
		return bad
	}
	if l.off >= len(l.src) {
		return token.Token{Kind: token.EOF, Pos: l.pos()}
	}
	switch c := l.src[l.off]; {
	case isLetter(c):
		return l.word()
	case isDigit(c), c == '.' && isDigit(l.at(1)) && !l.afterOperand():
		return l.number()
	case c == '\'':
		return l.string(token.String, l.off)
	case c == '"':
		return l.quoted()
	case c == '$':
		return l.dollar()
	case c == '@':
		return l.stage()
	default:
		return l.operator()
	}
}

// afterOperand reports whether the last token can be followed by a dot and a
// name, so that t.1 is no number .1.
func (l *lexer) afterOperand() bool {
	if len(l.toks) == 0 {
		return false
	}
	last := l.toks[len(l.toks)-1]
	switch last.Kind {
	case token.Word, token.Quoted, token.RightParen, token.RightBracket:
		return last.End() == l.off
	}
	return false
}

// skip passes over white space and comments. A comment that is not closed is
// an Invalid token, and ok false.
func (l *lexer) skip() (bad token.Token, ok bool) {
	for l.off < len(l.src) {
		switch c := l.src[l.off]; {
		case c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v':
			l.advance(l.off + 1)
		case c == '-' && l.at(1) == '-', c == '/' && l.at(1) == '/':
			end := strings.IndexByte(l.src[l.off:], '\n')
			if end < 0 {
				end = len(l.src) - l.off
			}
			l.advance(l.off + end)
		case c == '/' && l.at(1) == '*':
			end := strings.Index(l.src[l.off+2:], "*/")
			if end < 0 {
				return l.take(token.Invalid, len(l.src), unterminated), false
			}
			l.advance(l.off + 2 + end + 2)
		case strings.HasPrefix(l.src[l.off:], "\u00a0"):
			l.advance(l.off + len("\u00a0"))
		default:
			return token.Token{}, true
		}
	}
	return token.Token{}, true
}

// unterminated is the Value of an Invalid token that reaches the text's end
// because something in it is not closed.
const unterminated = "<EOF>"

// take makes a token of everything up to end and moves behind it.
func (l *lexer) take(kind token.Kind, end int, value string) token.Token {
	t := token.Token{Kind: kind, Text: l.src[l.off:end], Value: value, Pos: l.pos()}
	l.advance(end)
	return t
}

func (l *lexer) word() token.Token {
	if c := l.src[l.off]; (c == 'x' || c == 'X') && l.at(1) == '\'' {
		return l.hex()
	}
	end, lower := l.off+1, isLower(l.src[l.off])
	for end < len(l.src) && isWord(l.src[end]) {
		lower = lower || isLower(l.src[end])
		end++
	}
	text := l.src[l.off:end]
	if len(text) == 4 && strings.EqualFold(text, "file") && strings.HasPrefix(l.src[end:], "://") {
		return l.file()
	}
	if strings.HasPrefix(l.src[end:], "://") && storage[strings.ToLower(text)] {
		return l.url()
	}
	value := text
	if lower {
		value = upper(text)
	}
	return l.take(token.Word, end, value)
}

// storage are the schemes of URLs that may stand without quotes.
var storage = map[string]bool{"s3": true, "s3gov": true, "s3china": true, "s3compat": true, "gcs": true, "azure": true}

// url is the URL of an external location, up to white space or a semicolon.
func (l *lexer) url() token.Token {
	end := l.off
	for end < len(l.src) && !isSpace(l.src[end]) && !strings.ContainsRune(";,()", rune(l.src[end])) {
		end++
	}
	return l.take(token.String, end, l.src[l.off:end])
}

// hex is X'48656C6C6F'.
func (l *lexer) hex() token.Token {
	start, end := l.off+2, l.off+2
	for end < len(l.src) && isHex(l.src[end]) {
		end++
	}
	if end == len(l.src) || l.src[end] != '\'' || (end-start)%2 != 0 {
		return l.take(token.Word, l.off+1, "X")
	}
	return l.take(token.Hex, end+1, l.src[start:end])
}

// file is file:// and the path behind it, up to white space or a semicolon.
func (l *lexer) file() token.Token {
	end := l.off
	for end < len(l.src) && !isSpace(l.src[end]) && l.src[end] != ';' {
		end++
	}
	return l.take(token.File, end, l.src[l.off:end])
}

func (l *lexer) number() token.Token {
	end := l.digits(l.off)
	if end < len(l.src) && l.src[end] == '.' {
		end = l.digits(end + 1)
	}
	if end < len(l.src) && (l.src[end] == 'e' || l.src[end] == 'E') {
		exp := end + 1
		if exp < len(l.src) && (l.src[exp] == '+' || l.src[exp] == '-') {
			exp++
		}
		if last := l.digits(exp); last > exp {
			end = last
		}
	}
	return l.take(token.Number, end, l.src[l.off:end])
}

func (l *lexer) digits(i int) int {
	for i < len(l.src) && isDigit(l.src[i]) {
		i++
	}
	return i
}

// string is a literal in single quotes that opens at the current offset.
func (l *lexer) string(kind token.Kind, start int) token.Token {
	i, escaped := start+1, false
	for i < len(l.src) {
		switch l.src[i] {
		case '\\':
			escaped = true
			i++
		case '\'':
			if i+1 >= len(l.src) || l.src[i+1] != '\'' {
				value := l.src[start+1 : i]
				if escaped {
					value = unescape(value)
				}
				return l.take(kind, i+1, value)
			}
			escaped = true
			i++
		}
		i++
	}
	return l.take(token.Invalid, len(l.src), unterminated)
}

func (l *lexer) quoted() token.Token {
	end, doubled := endOfQuoted(l.src, l.off)
	if end < 0 {
		return l.take(token.Invalid, len(l.src), unterminated)
	}
	value := l.src[l.off+1 : end-1]
	if doubled {
		value = strings.ReplaceAll(value, `""`, `"`)
	}
	if value == "" {
		return l.take(token.Invalid, end, `""`)
	}
	return l.take(token.Quoted, end, value)
}

// endOfQuoted is the offset behind the quoted identifier that opens at start,
// or -1, and whether it holds a doubled quote.
func endOfQuoted(src string, start int) (end int, doubled bool) {
	for i := start + 1; i < len(src); i++ {
		if src[i] != '"' {
			continue
		}
		if i+1 == len(src) || src[i+1] != '"' {
			return i + 1, doubled
		}
		doubled = true
		i++
	}
	return -1, false
}

// dollar is $$text$$, $1 or $name.
func (l *lexer) dollar() token.Token {
	switch c := l.at(1); {
	case c == '$':
		end := strings.Index(l.src[l.off+2:], "$$")
		if end < 0 {
			return l.take(token.Invalid, len(l.src), unterminated)
		}
		return l.take(token.Dollar, l.off+2+end+2, l.src[l.off+2:l.off+2+end])
	case isDigit(c):
		end := l.digits(l.off + 1)
		return l.take(token.Column, end, l.src[l.off+1:end])
	case isLetter(c):
		end := l.off + 2
		for end < len(l.src) && isWord(l.src[end]) {
			end++
		}
		return l.take(token.Variable, end, upper(l.src[l.off+1:end]))
	}
	return l.take(token.Invalid, l.off+1, "$")
}

// stage is a location: names, then a path that goes on to white space, a
// bracket, a comma or a semicolon.
func (l *lexer) stage() token.Token {
	inPath := false
	for end := l.off + 1; ; end++ {
		switch {
		case end == len(l.src) || endsLocation(l.src[end]):
			if end == l.off+1 {
				return l.take(token.Invalid, end, "@")
			}
			return l.take(token.Stage, end, l.src[l.off:end])
		case l.src[end] == '/':
			inPath = true
		case l.src[end] == '"' && !inPath:
			last, _ := endOfQuoted(l.src, end)
			if last < 0 {
				return l.take(token.Invalid, len(l.src), unterminated)
			}
			end = last - 1
		}
	}
}

func endsLocation(c byte) bool {
	return isSpace(c) || c == '(' || c == ')' || c == ',' || c == ';' || c == '\''
}

func (l *lexer) operator() token.Token {
	three, two := l.src[l.off:min(l.off+3, len(l.src))], l.src[l.off:min(l.off+2, len(l.src))]
	if three == "->>" {
		return l.take(token.Flow, l.off+3, three)
	}
	if kind := twoBytes(two); kind != token.Invalid {
		return l.take(kind, l.off+2, two)
	}
	if kind := oneByte(l.src[l.off]); kind != token.Invalid {
		return l.take(kind, l.off+1, two[:1])
	}
	_, size := utf8.DecodeRuneInString(l.src[l.off:])
	return l.take(token.Invalid, l.off+size, l.src[l.off:l.off+size])
}

func twoBytes(op string) token.Kind {
	switch op {
	case "::":
		return token.DoubleColon
	case "||":
		return token.Concat
	case "<>", "!=":
		return token.NotEqual
	case "<=":
		return token.LessEqual
	case ">=":
		return token.GreaterEqual
	case "==":
		return token.Equal
	case "->":
		return token.Arrow
	case "=>":
		return token.FatArrow
	case ":=":
		return token.Assign
	case "**":
		return token.DoubleStar
	}
	return token.Invalid
}

func oneByte(c byte) token.Kind {
	switch c {
	case ',':
		return token.Comma
	case ';':
		return token.Semicolon
	case '(':
		return token.LeftParen
	case ')':
		return token.RightParen
	case '[':
		return token.LeftBracket
	case ']':
		return token.RightBracket
	case '{':
		return token.LeftBrace
	case '}':
		return token.RightBrace
	case '.':
		return token.Dot
	case ':':
		return token.Colon
	case '?':
		return token.Question
	case '+':
		return token.Plus
	case '-':
		return token.Minus
	case '*':
		return token.Star
	case '/':
		return token.Slash
	case '%':
		return token.Percent
	case '=':
		return token.Equal
	case '<':
		return token.Less
	case '>':
		return token.Greater
	case '|':
		return token.Pipe
	case '&':
		return token.Ampersand
	case '^':
		return token.Caret
	case '~':
		return token.Tilde
	case '!':
		return token.Exclamation
	}
	return token.Invalid
}
