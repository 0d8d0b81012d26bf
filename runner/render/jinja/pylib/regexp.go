package pylib

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/snowpit-dev/snowpit/runner/render/jinja"
	"github.com/snowpit-dev/snowpit/runner/render/jinja/value"
)

// pattern compiles a Python regular expression. Go's syntax is Python's but
// for look-around and back-references, which are refused.
func pattern(wrap, expr string) (*regexp.Regexp, error) {
	re, err := regexp.Compile(fmt.Sprintf(wrap, expr))
	if err != nil {
		return nil, fmt.Errorf("regular expression %s: %w", value.Repr(expr), err)
	}
	return re, nil
}

// given refuses a call that lacks one of its arguments.
func given(a *jinja.Args, function string, names ...string) error {
	for i, name := range names {
		if !a.Has(i, name) {
			return fmt.Errorf("TypeError: %s() missing required argument: '%s'", function, name)
		}
	}
	return nil
}

func reSub(a *jinja.Args) (any, error) {
	if err := given(a, "sub", "pattern", "repl", "string"); err != nil {
		return nil, err
	}
	re, err := pattern("%s", a.Str(0, "pattern", ""))
	if err != nil {
		return nil, err
	}
	if _, isText := a.Arg(1, "repl", "").(string); !isText {
		return nil, fmt.Errorf("modules.re.sub with a function is not supported yet")
	}
	with := groupRef.ReplaceAllString(strings.ReplaceAll(a.Str(1, "repl", ""), "$", "$$"), "$${$1$2}")
	count := a.Int(3, "count", 0)
	if count <= 0 {
		count = -1
	}
	return substitute(re, a.Str(2, "string", ""), with, count)
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

func reFind(wrap string) jinja.Func {
	return func(a *jinja.Args) (any, error) {
		if err := given(a, "match", "pattern", "string"); err != nil {
			return nil, err
		}
		re, err := pattern(wrap, a.Str(0, "pattern", ""))
		if err != nil {
			return nil, err
		}
		text := a.Str(1, "string", "")
		at := re.FindStringSubmatchIndex(text)
		if at == nil {
			return nil, nil
		}
		m := &match{}
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
type match struct{ groups []any }

// GetAttr is one of its methods.
func (m *match) GetAttr(name string) (any, bool) {
	switch name {
	case "group":
		return jinja.Func(func(a *jinja.Args) (any, error) {
			if i := a.Int(0, "", 0); i >= 0 && i < len(m.groups) {
				return m.groups[i], nil
			}
			return nil, fmt.Errorf("IndexError: no such group")
		}), true
	case "groups":
		return jinja.Func(func(*jinja.Args) (any, error) { return value.NewTuple(m.groups[1:]...), nil }), true
	}
	return nil, false
}

func reFindall(a *jinja.Args) (any, error) {
	if err := given(a, "findall", "pattern", "string"); err != nil {
		return nil, err
	}
	re, err := pattern("%s", a.Str(0, "pattern", ""))
	if err != nil {
		return nil, err
	}
	out := value.NewList()
	for _, m := range re.FindAllStringSubmatch(a.Str(1, "string", ""), -1) {
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

func reSplit(a *jinja.Args) (any, error) {
	if err := given(a, "split", "pattern", "string"); err != nil {
		return nil, err
	}
	re, err := pattern("%s", a.Str(0, "pattern", ""))
	if err != nil {
		return nil, err
	}
	if re.NumSubexp() > 0 {
		return nil, fmt.Errorf("modules.re.split with groups is not supported yet")
	}
	return value.Texts(re.Split(a.Str(1, "string", ""), -1)), nil
}
