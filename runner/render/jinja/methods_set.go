package jinja

import (
	"fmt"
	"slices"

	"github.com/snowpit-dev/snowpit/runner/render/jinja/value"
)

// setMethods are those of Python's set.
var setMethods = map[string]*builtin{
	"add":                  def("elem", func(c *call) (any, error) { return nil, c.addAll(c.set(), c.args[:1]) }),
	"update":               def("*", func(c *call) (any, error) { return nil, c.unite(c.set()) }),
	"discard":              def("elem", func(c *call) (any, error) { c.set().Remove(c.arg(0, nil)); return nil, nil }),
	"remove":               def("elem", removeMember),
	"pop":                  def("", popMember),
	"clear":                def("", func(c *call) (any, error) { c.set().Clear(); return nil, nil }),
	"copy":                 def("", func(c *call) (any, error) { return c.set().Copy(), nil }),
	"union":                def("*", func(c *call) (any, error) { s := c.set().Copy(); return s, c.unite(s) }),
	"intersection":         def("*", func(c *call) (any, error) { return c.fold((*value.Set).Both) }),
	"difference":           def("*", func(c *call) (any, error) { return c.fold((*value.Set).Minus) }),
	"symmetric_difference": def("iterable", symmetricDifference),
	"issubset": def("iterable", func(c *call) (any, error) {
		s, err := c.other(c.arg(0, nil))
		return err == nil && c.set().Within(s), err
	}),
	"issuperset": def("iterable", func(c *call) (any, error) {
		s, err := c.other(c.arg(0, nil))
		return err == nil && s.Within(c.set()), err
	}),
	"isdisjoint": def("iterable", func(c *call) (any, error) {
		s, err := c.other(c.arg(0, nil))
		return err == nil && s.Both(c.set()).Len() == 0, err
	}),
}

// set is the set that the method is called on.
func (c *call) set() *value.Set { return c.in.(*value.Set) }

// addAll puts items into a set, unless it gets too large.
func (c *call) addAll(s *value.Set, items []any) error {
	c.f.r.budget -= 64 * int64(len(items))
	return s.Add(items...)
}

// unite puts the members of every argument into a set.
func (c *call) unite(s *value.Set) error {
	for _, arg := range c.rest {
		items := slices.Clone(c.iterate(arg))
		if c.err != nil {
			return c.err
		}
		if err := c.addAll(s, items); err != nil {
			return err
		}
	}
	return nil
}

// other is an argument's members as a set.
func (c *call) other(v any) (*value.Set, error) {
	items := c.iterate(v)
	if c.err != nil {
		return nil, c.err
	}
	c.f.r.budget -= 64 * int64(len(items))
	return value.NewSet(items...)
}

// fold joins the set with every argument in turn.
func (c *call) fold(join func(s, t *value.Set) *value.Set) (any, error) {
	s := c.set().Copy()
	for _, arg := range c.rest {
		t, err := c.other(arg)
		if err != nil {
			return nil, err
		}
		s = join(s, t)
	}
	return s, nil
}

func symmetricDifference(c *call) (any, error) {
	t, err := c.other(c.arg(0, nil))
	if err != nil {
		return nil, err
	}
	out := c.set().Minus(t)
	return out, out.Add(t.Minus(c.set()).Iterate()...)
}

func removeMember(c *call) (any, error) {
	if !c.set().Remove(c.arg(0, nil)) {
		return nil, fmt.Errorf("KeyError: %s", value.Repr(c.arg(0, nil)))
	}
	return nil, nil
}

func popMember(c *call) (any, error) {
	v, ok := c.set().Pop()
	if !ok {
		return nil, fmt.Errorf("KeyError: 'pop from an empty set'")
	}
	return v, nil
}
