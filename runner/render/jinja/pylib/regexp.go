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

func reSub(a *jinja.Args) (any, error) {
	re, err := pattern("%s", a.Str(0, "pattern", ""))
	if err != nil {
		return nil, err
	}
	if _, isText := a.Arg(1, "repl", "").(string); !isText {
		return nil, fmt.Errorf("modules.re.sub with a function is not supported yet")
	}
	with := groupRef.ReplaceAllString(strings.ReplaceAll(a.Str(1, "repl", ""), "$", "$$"), "$${$1$2}")
	text, left := a.Str(2, "string", ""), a.Int(3, "count", 0)
	if left == 0 {
		return re.ReplaceAllString(text, with), nil
	}
	return re.ReplaceAllStringFunc(text, func(m string) string {
		if left--; left < 0 {
			return m
		}
		return re.ReplaceAllString(m, with)
	}), nil
}

var groupRef = regexp.MustCompile(`\\(?:(\d+)|g<(\w+)>)`)

func reFind(wrap string) jinja.Func {
	return func(a *jinja.Args) (any, error) {
		re, err := pattern(wrap, a.Str(0, "pattern", ""))
		if err != nil {
			return nil, err
		}
		groups := re.FindStringSubmatch(a.Str(1, "string", ""))
		if groups == nil {
			return nil, nil
		}
		return &match{groups}, nil
	}
}

// A match is a Python match object.
type match struct{ groups []string }

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
		return jinja.Func(func(*jinja.Args) (any, error) { l := value.Texts(m.groups[1:]); l.Tuple = true; return l, nil }), true
	}
	return nil, false
}

func reFindall(a *jinja.Args) (any, error) {
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
	re, err := pattern("%s", a.Str(0, "pattern", ""))
	if err != nil {
		return nil, err
	}
	if re.NumSubexp() > 0 {
		return nil, fmt.Errorf("modules.re.split with groups is not supported yet")
	}
	return value.Texts(re.Split(a.Str(1, "string", ""), -1)), nil
}
