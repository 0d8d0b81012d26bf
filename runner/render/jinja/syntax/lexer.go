package syntax

import (
	"errors"
	"fmt"
	"strings"
	"unicode"
)

// A lexer cuts a template into tokens.
type lexer struct {
	src    *Source
	text   string // the source's
	pos    int
	tokens []token
	trim   bool // the tag before ended in a minus sign: white space after it goes
}

// lex reads the whole of a source, with trim but for the white space it begins
// with.
func lex(src *Source, trim bool) ([]token, error) {
	l := &lexer{src: src, text: src.text, tokens: make([]token, 0, 64+len(src.text)/8), trim: trim}
	for l.pos < len(l.text) {
		if err := l.next(); err != nil {
			return nil, err
		}
	}
	l.emit(tokEOF, "")
	return l.tokens, nil
}

// unify makes all line ends \n and drops the last one, as Jinja2 does.
func unify(text string) string {
	if strings.IndexByte(text, '\r') >= 0 {
		text = strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\r", "\n")
	}
	return strings.TrimSuffix(text, "\n")
}

func (l *lexer) errorf(format string, args ...any) error {
	return l.src.At(Pos(l.pos), fmt.Errorf(format, args...))
}

// emit adds a token that begins where the lexer stands.
func (l *lexer) emit(k kind, text string) {
	l.tokens = append(l.tokens, token{k, text, Pos(l.pos)})
}

// data adds text between tags, from the lexer's place to end.
func (l *lexer) data(end int, trimRight bool) {
	text := l.text[l.pos:end]
	if l.trim {
		text = strings.TrimLeftFunc(text, unicode.IsSpace)
	}
	if trimRight {
		text = strings.TrimRightFunc(text, unicode.IsSpace)
	}
	if text != "" {
		l.emit(tokData, text)
	}
	l.trim, l.pos = false, end
}

// next reads text up to a tag, and the tag.
func (l *lexer) next() error {
	open := tagStart(l.text, l.pos)
	if open < 0 {
		l.data(len(l.text), false)
		return nil
	}
	after, trim := sign(l.text, open+2)
	l.data(open, trim)
	switch l.text[open+1] {
	case '#':
		return l.comment(after)
	case '{':
		l.emit(tokVarBegin, "")
		l.pos = after
		return l.inside("}}", tokVarEnd)
	}
	if name := after + space(l.text[after:]); strings.HasPrefix(l.text[name:], "raw") {
		if done := l.raw(name + len("raw")); done {
			return nil
		} else if l.pos < 0 {
			l.pos = open
			return l.errorf("Missing end of raw directive: close it with {%% endraw %%}")
		}
	}
	l.emit(tokBlockBegin, "")
	l.pos = after
	return l.inside("%}", tokBlockEnd)
}

// tagStart is where the next {{, {% or {# stands, or -1.
func tagStart(text string, from int) int {
	for {
		i := strings.IndexByte(text[from:], '{')
		if i < 0 || from+i+1 >= len(text) {
			return -1
		}
		from += i
		if c := text[from+1]; c == '{' || c == '%' || c == '#' {
			return from
		}
		from++
	}
}

// sign skips the plus or minus sign at the edge of a tag.
func sign(text string, at int) (after int, minus bool) {
	if at < len(text) && (text[at] == '-' || text[at] == '+') {
		return at + 1, text[at] == '-'
	}
	return at, false
}

func (l *lexer) comment(body int) error {
	end := strings.Index(l.text[body:], "#}")
	if end < 0 {
		return l.errorf("Missing end of comment tag: close it with #}")
	}
	l.trim = strings.HasSuffix(l.text[body:body+end], "-")
	l.pos = body + end + len("#}")
	return nil
}

// raw reads {% raw %}...{% endraw %}, of which at stands behind the word raw.
// It reports whether there was one; without an end, pos is below 0.
func (l *lexer) raw(at int) bool {
	at += space(l.text[at:])
	body, trimLeft := sign(l.text, at)
	if !strings.HasPrefix(l.text[body:], "%}") {
		return false
	}
	body += len("%}")
	end := endRaw(l.text, body)
	if end.open < 0 {
		l.pos = -1
		return false
	}
	l.pos, l.trim = body, trimLeft
	l.data(end.open, end.trimLeft)
	l.pos, l.trim = end.after, end.trimRight
	return true
}

// An endTag is where an endraw tag begins and ends, and what it trims.
type endTag struct {
	open, after         int
	trimLeft, trimRight bool
}

func endRaw(text string, from int) endTag {
	for {
		i := strings.Index(text[from:], "{%")
		if i < 0 {
			return endTag{open: -1}
		}
		tag := endTag{open: from + i}
		from += i + len("{%")
		var at int
		at, tag.trimLeft = sign(text, from)
		at += space(text[at:])
		if !strings.HasPrefix(text[at:], "endraw") {
			continue
		}
		at += len("endraw")
		at += space(text[at:])
		at, tag.trimRight = sign(text, at)
		if strings.HasPrefix(text[at:], "%}") {
			tag.after = at + len("%}")
			return tag
		}
	}
}

// space is how many bytes of white space text begins with.
func space(text string) int {
	return len(text) - len(strings.TrimLeft(text, " \t\n\v\f\r"))
}

// inside reads the tokens of a tag up to its end.
func (l *lexer) inside(end string, k kind) error {
	var open []byte // closing brackets that are due
	for {
		l.pos += space(l.text[l.pos:min(len(l.text), l.pos+1)])
		if l.pos >= len(l.text) {
			return l.errorf("unexpected end of template, expected '%s'", end)
		}
		rest := l.text[l.pos:]
		if space(rest[:1]) > 0 {
			continue
		}
		if len(open) == 0 {
			if n := l.tagEnd(rest, end, k); n > 0 {
				l.emit(k, "")
				l.trim = rest[0] == '-'
				l.pos += n
				return nil
			}
		}
		var err error
		if open, err = l.word(rest, open); err != nil {
			return err
		}
	}
}

// tagEnd is the length of the tag's end that rest begins with, or 0.
func (l *lexer) tagEnd(rest, end string, k kind) int {
	signed := rest[0] == '-' || rest[0] == '+' && k == tokBlockEnd
	switch {
	case signed && strings.HasPrefix(rest[1:], end):
		return 1 + len(end)
	case strings.HasPrefix(rest, end):
		return len(end)
	}
	return 0
}

// word reads one string, number, name or operator.
func (l *lexer) word(rest string, open []byte) ([]byte, error) {
	c := rest[0]
	switch {
	case c == '\'' || c == '"':
		return open, l.quoted(rest)
	case c >= '0' && c <= '9':
		return open, l.number(rest)
	}
	if n := nameLength(rest); n > 0 {
		l.emit(tokName, rest[:n])
		l.pos += n
		return open, nil
	}
	op := operator(rest)
	if op == "" {
		for _, r := range rest {
			return nil, l.errorf("unexpected char '%c'", r)
		}
	}
	open, err := bracket(open, op[0])
	if err != nil {
		return nil, l.src.At(Pos(l.pos), err)
	}
	l.emit(tokOp, op)
	l.pos += len(op)
	return open, nil
}

func nameLength(s string) int {
	for i, r := range s {
		if r != '_' && !unicode.IsLetter(r) && (i == 0 || !unicode.IsDigit(r)) {
			return i
		}
	}
	return len(s)
}

// operator is the operator that s begins with, or "".
func operator(s string) string {
	if len(s) > 1 {
		switch s[:2] {
		case "**", "//", "==", "!=", "<=", ">=":
			return s[:2]
		}
	}
	if strings.IndexByte("+-*/%~<>=()[]{},:.|;", s[0]) >= 0 {
		return s[:1]
	}
	return ""
}

// bracket keeps track of brackets, so that }} inside a dict ends no tag.
func bracket(open []byte, op byte) ([]byte, error) {
	switch op {
	case '(':
		return append(open, ')'), nil
	case '[':
		return append(open, ']'), nil
	case '{':
		return append(open, '}'), nil
	case ')', ']', '}':
		if len(open) == 0 {
			return nil, fmt.Errorf("unexpected '%c'", op)
		}
		if due := open[len(open)-1]; due != op {
			return nil, fmt.Errorf("unexpected '%c', expected '%c'", op, due)
		}
		return open[:len(open)-1], nil
	}
	return open, nil
}

var errQuote = errors.New("unterminated string")
