package pylib

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/dlclark/regexp2"

	"github.com/snowpit-dev/snowpit/runner/render/jinja"
	"github.com/snowpit-dev/snowpit/runner/render/jinja/value"
)

// flags are Python's, by their numbers.
var flags = map[int64]regexp2.RegexOptions{2: regexp2.IgnoreCase, 8: regexp2.Multiline, 16: regexp2.Singleline, 32: regexp2.None, 64: regexp2.IgnorePatternWhitespace}

// re is dbt's modules.re.
var re = map[string]any{
	"sub":       onPattern("sub", 4, (*pattern).sub, "repl", "string"),
	"match":     onPattern("match", 2, (*pattern).match, "string"),
	"fullmatch": onPattern("fullmatch", 2, (*pattern).fullmatch, "string"),
	"search":    onPattern("search", 2, (*pattern).search, "string"),
	"findall":   onPattern("findall", 2, (*pattern).findall, "string"),
	"split":     onPattern("split", 3, (*pattern).split, "string"),
	"compile":   jinja.Func(func(a *jinja.Args) (any, error) { return compiled(a, "compile", 1) }),
	"escape":    jinja.Func(func(a *jinja.Args) (any, error) { return escaped.ReplaceAllString(a.Str(0, "pattern", ""), `\$0`), nil }),

	"I": int64(2), "IGNORECASE": int64(2), "M": int64(8), "MULTILINE": int64(8), "S": int64(16), "DOTALL": int64(16),
	"U": int64(32), "UNICODE": int64(32), "X": int64(64), "VERBOSE": int64(64),
}

// escaped are the characters that Python's re.escape puts a backslash before.
var escaped = regexp.MustCompile(`[][\\(){}?*+|^$.&~# \t\n\r\v\f-]`)

// A reMethod is a function on a pattern, with the arguments behind it.
type reMethod func(p *pattern, a *jinja.Args) (any, error)

// onPattern is a function of the module re: it takes the pattern first and
// flags as an argument of that place or name.
func onPattern(name string, flags int, do reMethod, needs ...string) jinja.Func {
	return func(a *jinja.Args) (any, error) {
		if err := given(a, name, append([]string{"pattern"}, needs...)...); err != nil {
			return nil, err
		}
		p, err := compiled(a, name, flags)
		if err != nil {
			return nil, err
		}
		rest := *a
		rest.Pos = a.Pos[min(1, len(a.Pos)):]
		return do(p, &rest)
	}
}

// compiled is the pattern that a call is given.
func compiled(a *jinja.Args, function string, flagsAt int) (*pattern, error) {
	if p, ok := a.Arg(0, "pattern", "").(*pattern); ok {
		return p, nil
	}
	given, ok := value.Int(a.Arg(flagsAt, "flags", int64(0)))
	var options regexp2.RegexOptions
	for bit, option := range flags {
		if given&bit != 0 {
			options |= option
			given -= bit
		}
	}
	if !ok || given != 0 {
		return nil, fmt.Errorf("re.%s: of the flags there are IGNORECASE, MULTILINE, DOTALL, UNICODE and VERBOSE", function)
	}
	return newPattern(a.Str(0, "pattern", ""), options)
}

// GetAttr is the text of a compiled pattern or one of its methods.
func (p *pattern) GetAttr(name string) (any, bool) {
	methods := map[string]reMethod{
		"sub": (*pattern).sub, "match": (*pattern).match, "fullmatch": (*pattern).fullmatch, "search": (*pattern).search,
		"findall": (*pattern).findall, "split": (*pattern).split,
	}
	if do, ok := methods[name]; ok {
		return jinja.Func(func(a *jinja.Args) (any, error) { return do(p, a) }), true
	}
	return p.expr, name == "pattern"
}

// TypeName is the Python type.
func (p *pattern) TypeName() string { return "re.Pattern" }

// String is how Python prints it.
func (p *pattern) String() string { return "re.compile(" + value.Repr(p.expr) + ")" }

// given refuses a call that lacks one of its arguments.
func given(a *jinja.Args, function string, names ...string) error {
	for i, name := range names {
		if !a.Has(i, name) {
			return fmt.Errorf("TypeError: %s() missing required argument: '%s'", function, name)
		}
	}
	return nil
}

func (p *pattern) sub(a *jinja.Args) (any, error) {
	with, isText := a.Arg(0, "repl", "").(string)
	if !isText {
		return nil, fmt.Errorf("modules.re.sub with a function is not supported yet")
	}
	text := []rune(a.Str(1, "string", ""))
	left, last := a.Int(2, "count", 0), 0
	var out strings.Builder
	err := p.each(p.re, string(text), func(m *regexp2.Match) (bool, error) {
		out.WriteString(string(text[last:m.Index]))
		last = m.Index + m.Length
		filled, err := p.taken(m).fill(with)
		if err != nil {
			return false, err
		}
		out.WriteString(filled)
		left--
		return left != 0, value.CheckText(int64(out.Len()))
	})
	out.WriteString(string(text[last:]))
	return out.String(), err
}

// escapes are those that a replacement may have.
var escapes = map[string]string{`\n`: "\n", `\t`: "\t", `\r`: "\r", `\\`: `\`}

var reference = regexp.MustCompile(`\\(?:(\d{1,2})|g<(\w+)>|.)`)

// fill writes a replacement, with the groups that it refers to.
func (m *match) fill(with string) (string, error) {
	var out strings.Builder
	last := 0
	for _, at := range reference.FindAllStringSubmatchIndex(with, -1) {
		out.WriteString(with[last:at[0]])
		last = at[1]
		name := ""
		for i := 2; i < len(at); i += 2 {
			if at[i] >= 0 {
				name = with[at[i]:at[i+1]]
			}
		}
		if name == "" {
			escape := with[at[0]:at[1]]
			if text, ok := escapes[escape]; ok {
				escape = text
			}
			out.WriteString(escape)
			continue
		}
		v, err := m.group(name)
		if n, isNumber := strconv.Atoi(name); isNumber == nil {
			v, err = m.group(int64(n))
		}
		if err != nil {
			return "", fmt.Errorf("re.error: invalid group reference %s", name)
		}
		if text, ok := v.(string); ok {
			out.WriteString(text)
		}
	}
	out.WriteString(with[last:])
	return out.String(), nil
}

func (p *pattern) match(a *jinja.Args) (any, error) {
	return p.first(p.re, a, func(m *regexp2.Match) bool { return m.Index == 0 })
}

func (p *pattern) fullmatch(a *jinja.Args) (any, error) {
	return p.first(p.whole, a, func(m *regexp2.Match) bool { return m.Index == 0 })
}

func (p *pattern) search(a *jinja.Args) (any, error) {
	return p.first(p.re, a, func(*regexp2.Match) bool { return true })
}

// first is the leftmost match if it will do, or none.
func (p *pattern) first(re *regexp2.Regexp, a *jinja.Args, will func(*regexp2.Match) bool) (any, error) {
	var found any
	err := p.each(re, a.Str(0, "string", ""), func(m *regexp2.Match) (bool, error) {
		if will(m) {
			found = p.taken(m)
		}
		return false, nil
	})
	return found, err
}

// taken is a match as Python has it.
func (p *pattern) taken(m *regexp2.Match) *match {
	out := &match{names: p.names, start: m.Index, end: m.Index + m.Length}
	for _, g := range m.Groups() {
		if len(g.Captures) == 0 {
			out.groups = append(out.groups, nil)
			continue
		}
		out.groups = append(out.groups, g.String())
	}
	return out
}

// A match is a Python match object. A group that took no part is nil.
type match struct {
	groups     []any
	names      []string // "" for a group without one
	start, end int
}

// GetAttr is one of its methods.
func (m *match) GetAttr(name string) (any, bool) {
	switch name {
	case "group":
		return jinja.Func(func(a *jinja.Args) (any, error) { return m.group(a.Arg(0, "", int64(0))) }), true
	case "groups":
		return jinja.Func(func(*jinja.Args) (any, error) { return value.NewTuple(m.groups[1:]...), nil }), true
	case "start":
		return jinja.Func(func(*jinja.Args) (any, error) { return int64(m.start), nil }), true
	case "end":
		return jinja.Func(func(*jinja.Args) (any, error) { return int64(m.end), nil }), true
	case "span":
		return jinja.Func(func(*jinja.Args) (any, error) { return value.NewTuple(int64(m.start), int64(m.end)), nil }), true
	case "groupdict":
		return jinja.Func(func(*jinja.Args) (any, error) { return m.named(), nil }), true
	}
	return nil, false
}

// GetItem is m[1] or m['name'].
func (m *match) GetItem(key any) (any, bool) {
	v, err := m.group(key)
	return v, err == nil
}

func (m *match) group(key any) (any, error) {
	if i, ok := value.Int(key); ok && i >= 0 && i < int64(len(m.groups)) {
		return m.groups[i], nil
	}
	for i, name := range m.names {
		if name != "" && name == key {
			return m.groups[i], nil
		}
	}
	return nil, fmt.Errorf("IndexError: no such group")
}

func (m *match) named() *value.Dict {
	d := value.NewDict()
	for i, name := range m.names {
		if name != "" {
			_ = d.Set(name, m.groups[i]) // a string can be a key
		}
	}
	return d
}

func (p *pattern) findall(a *jinja.Args) (any, error) {
	out := value.NewList()
	err := p.each(p.re, a.Str(0, "string", ""), func(m *regexp2.Match) (bool, error) {
		texts := make([]any, m.GroupCount())
		for i, g := range m.Groups() {
			texts[i] = g.String()
		}
		switch len(texts) {
		case 1, 2:
			out.Items = append(out.Items, texts[len(texts)-1])
		default:
			out.Items = append(out.Items, value.NewTuple(texts[1:]...))
		}
		return true, value.CheckItems(int64(len(out.Items)))
	})
	return out, err
}

func (p *pattern) split(a *jinja.Args) (any, error) {
	text := []rune(a.Str(0, "string", ""))
	left, last := a.Int(1, "maxsplit", 0), 0
	out := value.NewList()
	err := p.each(p.re, string(text), func(m *regexp2.Match) (bool, error) {
		out.Items = append(append(out.Items, string(text[last:m.Index])), p.taken(m).groups[1:]...)
		last = m.Index + m.Length
		left--
		return left != 0, value.CheckItems(int64(len(out.Items)))
	})
	out.Items = append(out.Items, string(text[last:]))
	return out, err
}
