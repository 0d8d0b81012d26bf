package jinja

import (
	"fmt"
	"strings"

	"github.com/snowpit-dev/snowpit/runner/render/jinja/syntax"
	"github.com/snowpit-dev/snowpit/runner/render/jinja/value"
)

// tests are Jinja's tests.
var tests = map[string]*builtin{
	"defined":     is(func(v any) bool { return !isUndefined(v) }),
	"undefined":   is(isUndefined),
	"none":        is(func(v any) bool { return v == nil }),
	"string":      is(func(v any) bool { _, ok := v.(string); return ok }),
	"number":      is(isNumber),
	"integer":     is(func(v any) bool { _, isBool := v.(bool); _, ok := value.Big(v); return ok && !isBool }),
	"float":       is(func(v any) bool { _, ok := v.(float64); return ok }),
	"boolean":     is(func(v any) bool { _, ok := v.(bool); return ok }),
	"true":        is(func(v any) bool { return v == any(true) }),
	"false":       is(func(v any) bool { return v == any(false) }),
	"mapping":     is(isMapping),
	"iterable":    is(isIterable),
	"sequence":    is(isSequence),
	"callable":    is(isCallable),
	"upper":       def("", func(c *call) (any, error) { return isUpper(c.asText(c.in)), nil }),
	"lower":       def("", func(c *call) (any, error) { return isLower(c.asText(c.in)), nil }),
	"even":        def("", func(c *call) (any, error) { return c.remainder(2, 0) }),
	"odd":         def("", func(c *call) (any, error) { return c.remainder(2, 1) }),
	"divisibleby": def("num", func(c *call) (any, error) { return c.remainder(c.arg(0, nil), 0) }),
	"in":          def("seq", func(c *call) (any, error) { return value.Contains(c.arg(0, nil), c.in) }),
	"sameas":      def("other", sameas),
	"filter":      def("", func(c *call) (any, error) { return c.known(c.f.r.std.filters, c.f.env.Filters[value.Str(c.in)] != nil) }),
	"test":        def("", func(c *call) (any, error) { return c.known(c.f.r.std.tests, c.f.env.Tests[value.Str(c.in)] != nil) }),

	"eq": comparing(syntax.Eq), "equalto": comparing(syntax.Eq), "==": comparing(syntax.Eq),
	"ne": comparing(syntax.Ne), "!=": comparing(syntax.Ne),
	"lt": comparing(syntax.Lt), "lessthan": comparing(syntax.Lt), "<": comparing(syntax.Lt),
	"le": comparing(syntax.Le), "<=": comparing(syntax.Le),
	"gt": comparing(syntax.Gt), "greaterthan": comparing(syntax.Gt), ">": comparing(syntax.Gt),
	"ge": comparing(syntax.Ge), ">=": comparing(syntax.Ge),
}

func is(fn func(v any) bool) *builtin {
	return def("", func(c *call) (any, error) { return fn(c.in), nil })
}

func comparing(op syntax.Op) *builtin {
	return def("other", func(c *call) (any, error) { return compare(op, c.in, c.arg(0, nil)) })
}

func isUndefined(v any) bool { _, ok := v.(*value.Undefined); return ok }

func isNumber(v any) bool { _, ok := value.Float(v); return ok }

func isMapping(v any) bool {
	if m, ok := v.(value.Mapping); ok {
		return m.IsMapping()
	}
	_, ok := v.(*value.Dict)
	return ok
}

func isIterable(v any) bool {
	switch v.(type) {
	case *value.Undefined, *value.List, *value.Dict, string, value.Seq:
		return true
	}
	return isMapping(v)
}

// isSequence holds for what has a length and items.
func isSequence(v any) bool {
	switch v.(type) {
	case *value.List, *value.Dict, string, *value.Range, *value.Undefined:
		return true
	}
	return isMapping(v)
}

func isCallable(v any) bool {
	switch v.(type) {
	case Func, Caller, *value.Undefined:
		return true
	}
	return false
}

func isUpper(s string) bool { return strings.ToUpper(s) == s && strings.ToLower(s) != s }

func isLower(s string) bool { return strings.ToLower(s) == s && strings.ToUpper(s) != s }

// remainder reports whether dividing by n leaves rest.
func (c *call) remainder(n any, rest int64) (any, error) {
	if i, ok := n.(int); ok {
		n = int64(i)
	}
	if s, ok := c.in.(string); ok {
		return nil, fmt.Errorf("TypeError: not a number: %s", value.Repr(s))
	}
	m, err := value.Binary("%", c.in, n)
	if err != nil {
		return nil, err
	}
	return value.Equal(m, rest)
}

// sameas is Python's is: the same object, or equal values of a type that has
// no objects of its own here.
func sameas(c *call) (any, error) {
	other := c.arg(0, nil)
	switch x := c.in.(type) {
	case *value.List:
		y, ok := other.(*value.List)
		return ok && x == y, nil
	case *value.Dict:
		y, ok := other.(*value.Dict)
		return ok && x == y, nil
	}
	if value.TypeName(c.in) != value.TypeName(other) {
		return false, nil
	}
	return value.Equal(c.in, other)
}

func (c *call) known(names map[string]*builtin, hosts bool) (any, error) {
	if _, err := value.Contains(value.NewDict(), c.in); err != nil {
		return nil, err
	}
	return hosts || names[c.asText(c.in)] != nil, nil
}
