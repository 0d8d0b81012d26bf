package pylib

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/dlclark/regexp2"

	"github.com/snowpit-dev/snowpit/runner/render/jinja/value"
)

// matchTimeout ends an expression that goes back and forth without end.
const matchTimeout = 5 * time.Second

// A pattern is a Python regular expression. The engine is one that looks ahead
// and goes back, as Python's does, and Go's own does not.
type pattern struct {
	expr  string
	re    *regexp2.Regexp
	whole *regexp2.Regexp // up to the text's end
	names []string        // of the groups, from the whole match on; "" for one without
}

// newPattern compiles an expression.
func newPattern(expr string, flags regexp2.RegexOptions) (*pattern, error) {
	t := &translation{in: []rune(expr), names: []string{""}, verbose: flags&regexp2.IgnorePatternWhitespace != 0}
	t.run()
	p := &pattern{expr: expr, names: t.names}
	end := ")\\z"
	if t.verbose {
		end = "\n" + end // a comment may be its last line
	}
	var err error
	if p.re, err = regexp2.Compile(t.out.String(), flags); err == nil {
		p.whole, err = regexp2.Compile("(?:"+t.out.String()+end, flags)
	}
	if err != nil {
		return nil, fmt.Errorf("regular expression %s: %w", value.Repr(expr), err)
	}
	p.re.MatchTimeout, p.whole.MatchTimeout = matchTimeout, matchTimeout
	return p, nil
}

// each hands over every match of re in text.
func (p *pattern) each(re *regexp2.Regexp, text string, do func(m *regexp2.Match) (more bool, err error)) error {
	m, err := re.FindStringMatch(text)
	for m != nil && err == nil {
		var more bool
		if more, err = do(m); err != nil || !more {
			return err
		}
		m, err = re.FindNextMatch(m)
	}
	if err != nil {
		return fmt.Errorf("regular expression %s: %w", value.Repr(p.expr), err)
	}
	return nil
}

// A translation turns Python's syntax into the engine's, which counts named
// groups behind the others and lets classes take away from one another.
type translation struct {
	in      []rune
	at      int
	out     strings.Builder
	names   []string
	verbose bool
}

func (t *translation) run() {
	for t.at < len(t.in) {
		switch c := t.in[t.at]; {
		case c == '\\':
			t.escape()
		case c == '[':
			t.class()
		case c == '(':
			t.group()
		case c == '#' && t.verbose:
			t.until("\n")
		default:
			t.copy(1)
		}
	}
}

func (t *translation) copy(n int) {
	for ; n > 0 && t.at < len(t.in); n-- {
		t.out.WriteRune(t.in[t.at])
		t.at++
	}
}

// until copies up to the next of some text.
func (t *translation) until(end string) {
	for t.at < len(t.in) && !t.ahead(end) {
		t.copy(1)
	}
}

func (t *translation) ahead(text string) bool {
	return strings.HasPrefix(string(t.in[t.at:min(len(t.in), t.at+len(text))]), text)
}

func (t *translation) escape() {
	switch {
	case t.ahead(`\Z`): // the very end in Python
		t.out.WriteString(`\z`)
		t.at += 2
	case t.ahead(`\_`):
		t.out.WriteByte('_')
		t.at += 2
	default:
		t.copy(2)
	}
}

func (t *translation) class() {
	t.copy(1)
	if t.ahead("^") {
		t.copy(1)
	}
	if t.ahead("]") {
		t.out.WriteByte('\\')
		t.copy(1)
	}
	for t.at < len(t.in) && t.in[t.at] != ']' {
		switch t.in[t.at] {
		case '\\':
			t.escape()
		case '[':
			t.out.WriteByte('\\')
			t.copy(1)
		default:
			t.copy(1)
		}
	}
	t.copy(1)
}

func (t *translation) group() {
	switch {
	case t.ahead("(?P<"):
		t.names = append(t.names, t.name(len("(?P<"), '>'))
		t.out.WriteByte('(')
	case t.ahead("(?P="):
		fmt.Fprintf(&t.out, `(?:\%d)`, slices.Index(t.names, t.name(len("(?P="), ')')))
	case t.ahead("(?"):
		flags := t.at + len("(?")
		t.copy(len("(?"))
		for t.at < len(t.in) && strings.ContainsRune("aiLmsux-", t.in[t.at]) {
			t.copy(1)
		}
		t.verbose = t.verbose || slices.Contains(t.in[flags:t.at], 'x')
	default:
		t.names = append(t.names, "")
		t.copy(1)
	}
}

// name reads a group's name up to what closes it.
func (t *translation) name(skip int, end rune) string {
	t.at += skip
	start := t.at
	for t.at < len(t.in) && t.in[t.at] != end {
		t.at++
	}
	name := string(t.in[start:t.at])
	t.at = min(t.at+1, len(t.in))
	return name
}
