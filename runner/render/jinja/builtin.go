package jinja

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/snowpit-dev/snowpit/runner/render/jinja/value"
)

// A registry holds what Jinja itself provides.
type registry struct {
	filters, tests, strings, lists, tuples, dicts, sets, floats, ints map[string]*builtin
	globals                                                           map[string]any
	absent                                                            map[string]string // filters and tests that are refused, and why
}

// builtins is the only registry. A render has it by a pointer, as filters
// such as map look others up in it.
var builtins = registry{
	filters: merged(textFilters, listFilters, selectFilters, numberFilters, otherFilters),
	tests:   tests,
	strings: merged(stringMethods, stringPredicates),
	lists:   listMethods,
	tuples:  tupleMethods,
	dicts:   dictMethods,
	sets:    setMethods,
	floats:  floatMethods,
	ints:    intMethods,
	globals: globals,
	absent:  absent,
}

// absent are filters and tests of Jinja2 that templates of SQL have no use for.
var absent = map[string]string{
	"random":  "a template must give the same SQL each time",
	"urlize":  "a template here makes no HTML",
	"escaped": "texts do not remember whether they were escaped",
}

func merged(parts ...map[string]*builtin) map[string]*builtin {
	all := map[string]*builtin{}
	for _, part := range parts {
		maps.Copy(all, part)
	}
	return all
}

// methodsOf are the methods of a value's type.
func (r *registry) methodsOf(x any) map[string]*builtin {
	switch x := x.(type) {
	case string:
		return r.strings
	case *value.List:
		if x.Tuple {
			return r.tuples
		}
		return r.lists
	case *value.Dict:
		return r.dicts
	case *value.Set:
		return r.sets
	case float64:
		return r.floats
	case int64:
		return r.ints
	}
	return nil
}

// A builtin is a filter, a test, a method or a function with its parameters.
type builtin struct {
	params          []string
	required        int
	varargs, kwargs bool
	fn              func(c *call) (any, error)
}

// def makes a builtin. params are names; one with a question mark need not be
// given, * takes further arguments and ** further keywords.
func def(params string, fn func(c *call) (any, error)) *builtin {
	b := &builtin{fn: fn}
	for name := range strings.FieldsSeq(params) {
		switch optional, ok := strings.CutSuffix(name, "?"); {
		case name == "*":
			b.varargs = true
		case name == "**":
			b.kwargs = true
		case ok:
			b.params = append(b.params, optional)
		default:
			b.params = append(b.params, name)
			b.required++
		}
	}
	return b
}

// A call is a call of a builtin, which must not keep it. Its methods give the arguments; what they
// find wrong is kept in err, with which the call then fails.
type call struct {
	f    *frame
	name string
	in   any // what the filter, test or method is applied to
	args []any
	rest []any
	kw   *value.Dict
	err  error
}

// unset stands for an argument that is not given.
type unset struct{}

// apply calls a builtin with arguments of a template.
func (b *builtin) apply(f *frame, name string, in any, a *Args) (any, error) {
	c := f.r.newCall()
	c.f, c.name, c.in = f, name, in
	defer f.r.freeCall(c)
	if err := b.bind(c, a); err != nil {
		return nil, err
	}
	v, err := b.fn(c)
	if c.err != nil {
		return nil, c.err
	}
	return v, err
}

// bind gives each parameter its argument.
func (b *builtin) bind(c *call, a *Args) error {
	c.args = a.Pos
	if len(a.Pos) > len(b.params) {
		if !b.varargs {
			return fmt.Errorf("TypeError: %s() takes at most %d argument(s) (%d given)", c.name, len(b.params), len(a.Pos))
		}
		c.args, c.rest = a.Pos[:len(b.params)], a.Pos[len(b.params):]
	}
	if a.Kw.Len() > 0 {
		if err := b.bindKeywords(c, a.Kw); err != nil {
			return err
		}
	}
	for i := range b.required {
		if !c.has(i) {
			return fmt.Errorf("TypeError: %s() missing required argument: '%s'", c.name, b.params[i])
		}
	}
	return nil
}

func (b *builtin) bindKeywords(c *call, kw *value.Dict) error {
	c.args = slices.Clone(c.args)
	var err error
	kw.Each(func(k, v any) {
		i := slices.Index(b.params, value.Str(k))
		switch {
		case i >= 0 && i < len(c.args) && c.has(i):
			err = fmt.Errorf("TypeError: %s() got multiple values for argument '%s'", c.name, k)
		case i >= 0:
			for len(c.args) <= i {
				c.args = append(c.args, unset{})
			}
			c.args[i] = v
		case b.kwargs:
			if c.kw == nil {
				c.kw = value.NewDict()
			}
			err = c.kw.Set(k, v)
		default:
			err = fmt.Errorf("TypeError: %s() got an unexpected keyword argument '%s'", c.name, k)
		}
	})
	return err
}

func (c *call) fail(err error) {
	if c.err == nil {
		c.err = err
	}
}

func (c *call) has(i int) bool { return i < len(c.args) && c.args[i] != any(unset{}) }

// arg is an argument, or def.
func (c *call) arg(i int, def any) any {
	if i < len(c.args) {
		if _, ok := c.args[i].(unset); !ok {
			return c.args[i]
		}
	}
	return def
}

// text is an argument as text.
func (c *call) text(i int, def string) string {
	if v := c.arg(i, def); v != nil {
		return c.asText(v)
	}
	return def
}

func (c *call) asText(v any) string {
	text, err := value.Text(v)
	if err != nil {
		c.fail(err)
	}
	return text
}

// str is an argument that must be a text.
func (c *call) str(i int, def string) string {
	v := c.arg(i, def)
	s, ok := v.(string)
	if u, undefined := v.(*value.Undefined); undefined {
		c.fail(u.Err())
	} else if !ok {
		c.fail(fmt.Errorf("TypeError: %s() argument %d must be str, not %s", c.name, i+1, value.TypeName(v)))
	}
	return s
}

// int is an argument that must be an integer, cut to what cannot overflow.
func (c *call) int(i, def int) int {
	const far = 1 << 40
	v := c.arg(i, int64(def))
	if n, ok := value.Int(v); ok {
		return int(max(-far, min(n, far)))
	}
	if n, ok := value.Big(v); ok {
		return far * n.Sign()
	}
	if u, ok := v.(*value.Undefined); ok {
		c.fail(u.Err())
	}
	c.fail(fmt.Errorf("TypeError: %s(): '%s' object cannot be interpreted as an integer", c.name, value.TypeName(v)))
	return 0
}

// width is an integer that says how long a text gets.
func (c *call) width(i, def int) int {
	n := c.int(i, def)
	if err := value.CheckText(int64(n)); err != nil {
		c.fail(err)
		return 0
	}
	return n
}

func (c *call) truth(i int) bool { return value.Truthy(c.arg(i, nil)) }

// items lists what the filter is applied to.
func (c *call) items() []any { return c.iterate(c.in) }

func (c *call) iterate(v any) []any {
	items, err := value.Iterate(v)
	if err != nil {
		c.fail(err)
	}
	return items
}

// each calls do for every item, until something is wrong.
func (c *call) each(items []any, do func(v any) error) {
	for _, v := range items {
		if c.err != nil {
			return
		}
		if err := c.f.r.step(); err != nil {
			c.fail(err)
			return
		}
		if err := do(v); err != nil {
			c.fail(err)
		}
	}
}

// applyFilter is in | name.
func (f *frame) applyFilter(name string, in any, a *Args) (any, error) {
	if fn, ok := f.env.Filters[name]; ok {
		return fn(in, a)
	}
	if b, ok := f.r.std.filters[name]; ok {
		return b.apply(f, name, in, a)
	}
	return nil, f.r.std.unknown("filter", name, keys(f.r.std.filters), keys(f.env.Filters))
}

// applyTest is in is name.
func (f *frame) applyTest(name string, in any, a *Args) (bool, error) {
	if fn, ok := f.env.Tests[name]; ok {
		return fn(in, a)
	}
	b, ok := f.r.std.tests[name]
	if !ok {
		return false, f.r.std.unknown("test", name, keys(f.r.std.tests), keys(f.env.Tests))
	}
	v, err := b.apply(f, name, in, a)
	return err == nil && value.Truthy(v), err
}

// unknown refuses a filter or test.
func (r *registry) unknown(kind, name string, there, hosts []string) error {
	if why, ok := r.absent[name]; ok {
		return fmt.Errorf("the %s '%s' is not supported: %s", kind, name, why)
	}
	if near := value.Nearest(name, append(there, hosts...)); near != "" {
		return fmt.Errorf("No %s named '%s'; did you mean '%s'?", kind, name, near)
	}
	return fmt.Errorf("No %s named '%s'.", kind, name)
}

func keys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
