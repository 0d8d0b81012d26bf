package jinja

import (
	"fmt"
	"slices"

	"github.com/snowpit-dev/snowpit/runner/render/jinja/value"
)

// globals are the names that every template has.
var globals = map[string]any{
	"range":     def("start stop? step?", rangeFunc).as("range"),
	"dict":      def("from? **", dictFunc).as("dict"),
	"namespace": def("from? **", namespaceFunc).as("namespace"),
	"cycler":    def("*", cyclerFunc).as("cycler"),
	"joiner":    def("sep?", joinerFunc).as("joiner"),
	"lipsum": Func(func(*Args) (any, error) {
		return nil, fmt.Errorf("lipsum() is not supported: a template must give the same SQL each time")
	}),
}

// as makes a function of a builtin.
func (b *builtin) as(name string) Func {
	return func(a *Args) (any, error) {
		if a.r == nil {
			return nil, fmt.Errorf("%s() was called outside of a render", name)
		}
		return b.apply(&frame{r: a.r, env: &Env{}}, name, nil, a)
	}
}

// maxRange is the sandbox's limit, under which dbt renders.
const maxRange = 100_000

func rangeFunc(c *call) (any, error) {
	r := &value.Range{Stop: int64(c.int(0, 0)), Step: 1}
	if c.has(1) {
		r.Start, r.Stop, r.Step = r.Stop, int64(c.int(1, 0)), int64(c.int(2, 1))
	}
	if r.Step == 0 {
		return nil, fmt.Errorf("ValueError: range() arg 3 must not be zero")
	}
	if c.err == nil && r.Len() > maxRange {
		return nil, fmt.Errorf("OverflowError: Range too big. The sandbox blocks ranges larger than MAX_RANGE (%d).", maxRange)
	}
	return r, nil
}

// dictFrom makes a dict of a mapping or of pairs, and of keywords.
func (c *call) dictFrom() (*value.Dict, error) {
	d := value.NewDict()
	if c.has(0) {
		if err := d.Update(c.arg(0, nil)); err != nil {
			return nil, err
		}
	}
	d.Merge(c.kw)
	return d, nil
}

func dictFunc(c *call) (any, error) { return c.dictFrom() }

// A namespace is an object whose attributes set can change, also from inside
// a loop.
type namespace struct{ vars *value.Dict }

func namespaceFunc(c *call) (any, error) {
	d, err := c.dictFrom()
	return &namespace{d}, err
}

// GetAttr is an attribute.
func (n *namespace) GetAttr(name string) (any, bool) { return n.vars.Get(name) }

// GetItem is an attribute too.
func (n *namespace) GetItem(key any) (any, bool) { return n.vars.Get(key) }

// Names are the attributes.
func (n *namespace) Names() []string {
	var names []string
	n.vars.Each(func(k, _ any) { names = append(names, value.Str(k)) })
	return names
}

// TypeName is the Python type.
func (n *namespace) TypeName() string { return "Namespace" }

// String is how it prints.
func (n *namespace) String() string { return "<Namespace " + value.Repr(n.vars) + ">" }

// A cycler gives its items in turn.
type cycler struct {
	items []any
	i     int
}

func cyclerFunc(c *call) (any, error) {
	if len(c.rest) == 0 {
		return nil, fmt.Errorf("RuntimeError: at least one item has to be provided")
	}
	return &cycler{items: slices.Clone(c.rest)}, nil
}

// TypeName is the Python type.
func (c *cycler) TypeName() string { return "Cycler" }

// GetAttr is next, current or reset.
func (c *cycler) GetAttr(name string) (any, bool) {
	switch name {
	case "next":
		return Func(func(*Args) (any, error) {
			v := c.items[c.i]
			c.i = (c.i + 1) % len(c.items)
			return v, nil
		}), true
	case "current":
		return c.items[c.i], true
	case "reset":
		return Func(func(*Args) (any, error) { c.i = 0; return nil, nil }), true
	}
	return nil, false
}

func joinerFunc(c *call) (any, error) {
	sep, used := c.text(0, ", "), false
	return Func(func(*Args) (any, error) {
		if !used {
			used = true
			return "", nil
		}
		return sep, nil
	}), nil
}
