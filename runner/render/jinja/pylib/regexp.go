package pylib

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/snowpit-dev/snowpit/runner/render/jinja"
	"github.com/snowpit-dev/snowpit/runner/render/jinja/value"
)

// Python's flags of regular expressions, as far as Go has them.
const (
	ignoreCase = 2
	multiline  = 8
	dotAll     = 16
)

// re is dbt's modules.re.
var re = map[string]any{
	"sub":       onPattern("sub", 4, (*pattern).sub, "repl", "string"),
	"match":     onPattern("match", 2, find(`\A(?:%s)`), "string"),
	"fullmatch": onPattern("fullmatch", 2, find(`\A(?:%s)\z`), "string"),
	"search":    onPattern("search", 2, find(`%s`), "string"),
	"findall":   onPattern("findall", 2, (*pattern).findall, "string"),
	"split":     onPattern("split", 3, (*pattern).split, "string"),
	"compile":   jinja.Func(func(a *jinja.Args) (any, error) { return compiled(a, "compile", 1) }),
	"escape":    jinja.Func(func(a *jinja.Args) (any, error) { return escaped.ReplaceAllString(a.Str(0, "pattern", ""), `\$0`), nil }),

	"I": int64(ignoreCase), "IGNORECASE": int64(ignoreCase), "M": int64(multiline), "MULTILINE": int64(multiline),
	"S": int64(dotAll), "DOTALL": int64(dotAll),
}

// escaped are the characters that Python's re.escape puts a backslash before.
var escaped = regexp.MustCompile(`[][\\(){}?*+|^$.&~# \t\n\r\v\f-]`)

// A pattern is a Python regular expression. Go's syntax is Python's but for
// look-around and back-references, which are refused.
type pattern struct{ expr, flags string }

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
	flags, ok := value.Int(a.Arg(flagsAt, "flags", int64(0)))
	if !ok || flags&^(ignoreCase|multiline|dotAll) != 0 {
		return nil, fmt.Errorf("re.%s: of the flags there are IGNORECASE, MULTILINE and DOTALL", function)
	}
	p := &pattern{expr: a.Str(0, "pattern", "")}
	for i, letter := range map[int64]string{ignoreCase: "i", multiline: "m", dotAll: "s"} {
		if flags&i != 0 {
			p.flags += letter
		}
	}
	_, err := p.regexp("%s")
	return p, err
}

func (p *pattern) regexp(wrap string) (*regexp.Regexp, error) {
	expr := fmt.Sprintf(wrap, p.expr)
	if p.flags != "" {
		expr = "(?" + p.flags + ")" + expr
	}
	out, err := regexp.Compile(expr)
	if err != nil {
		return nil, fmt.Errorf("regular expression %s: %w", value.Repr(p.expr), err)
	}
	return out, nil
}

// GetAttr is the text of a compiled pattern or one of its methods.
func (p *pattern) GetAttr(name string) (any, bool) {
	methods := map[string]reMethod{
		"sub": (*pattern).sub, "match": find(`\A(?:%s)`), "fullmatch": find(`\A(?:%s)\z`), "search": find(`%s`),
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
	re, err := p.regexp("%s")
	if err != nil {
		return nil, err
	}
	if _, isText := a.Arg(0, "repl", "").(string); !isText {
		return nil, fmt.Errorf("modules.re.sub with a function is not supported yet")
	}
	with := groupRef.ReplaceAllString(strings.ReplaceAll(a.Str(0, "repl", ""), "$", "$$"), "$${$1$2}")
	count := a.Int(2, "count", 0)
	if count <= 0 {
		count = -1
	}
	return substitute(re, a.Str(1, "string", ""), with, count)
}

// substitute replaces the first matches, or all where count is -1.
func substitute(re *regexp.Regexp, text, with string, count int) (any, error) {
	var out []byte
	last := 0
	for _, at := range re.FindAllStringSubmatchIndex(text, count) {
		out = append(out, text[last:at[0]]...)
		out = re.ExpandString(out, with, text, at)
		last = at[1]
		if err := value.CheckText(int64(len(out))); err != nil {
			return nil, err
		}
	}
	return string(append(out, text[last:]...)), nil
}

var groupRef = regexp.MustCompile(`\\(?:(\d+)|g<(\w+)>)`)

func find(wrap string) reMethod {
	return func(p *pattern, a *jinja.Args) (any, error) {
		re, err := p.regexp(wrap)
		if err != nil {
			return nil, err
		}
		text := a.Str(0, "string", "")
		at := re.FindStringSubmatchIndex(text)
		if at == nil {
			return nil, nil
		}
		m := &match{names: re.SubexpNames()}
		for i := 0; i < len(at); i += 2 {
			if at[i] < 0 {
				m.groups = append(m.groups, nil)
				continue
			}
			m.groups = append(m.groups, text[at[i]:at[i+1]])
		}
		return m, nil
	}
}

// A match is a Python match object. A group that took no part is nil.
type match struct {
	groups []any
	names  []string // "" for a group without one
}

// GetAttr is one of its methods.
func (m *match) GetAttr(name string) (any, bool) {
	switch name {
	case "group":
		return jinja.Func(func(a *jinja.Args) (any, error) { return m.group(a.Arg(0, "", int64(0))) }), true
	case "groups":
		return jinja.Func(func(*jinja.Args) (any, error) { return value.NewTuple(m.groups[1:]...), nil }), true
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
	re, err := p.regexp("%s")
	if err != nil {
		return nil, err
	}
	out := value.NewList()
	for _, m := range re.FindAllStringSubmatch(a.Str(0, "string", ""), -1) {
		switch len(m) {
		case 1:
			out.Items = append(out.Items, m[0])
		case 2:
			out.Items = append(out.Items, m[1])
		default:
			l := value.Texts(m[1:])
			l.Tuple = true
			out.Items = append(out.Items, l)
		}
	}
	return out, nil
}

func (p *pattern) split(a *jinja.Args) (any, error) {
	re, err := p.regexp("%s")
	if err != nil {
		return nil, err
	}
	if re.NumSubexp() > 0 {
		return nil, fmt.Errorf("modules.re.split with groups is not supported yet")
	}
	most := a.Int(1, "maxsplit", 0)
	if most <= 0 {
		most = -2
	}
	return value.Texts(re.Split(a.Str(0, "string", ""), most+1)), nil
}
