package jinja

import (
	"fmt"

	"github.com/snowpit-dev/snowpit/runner/render/jinja/value"
)

// selectFilters apply other filters and tests to each item.
var selectFilters = map[string]*builtin{
	"map":        def("* **", mapFilter),
	"select":     def("* **", func(c *call) (any, error) { return c.selected(false, true) }),
	"reject":     def("* **", func(c *call) (any, error) { return c.selected(false, false) }),
	"selectattr": def("* **", func(c *call) (any, error) { return c.selected(true, true) }),
	"rejectattr": def("* **", func(c *call) (any, error) { return c.selected(true, false) }),
}

// mapFilter gives an attribute of each item, or what a filter makes of it.
func mapFilter(c *call) (any, error) {
	one, err := c.mapper()
	if err != nil {
		return nil, err
	}
	var out []any
	c.each(c.anyItems(), func(v any) error {
		got, err := one(v)
		out = append(out, got)
		return err
	})
	return value.NewIterator("generator", out), nil
}

// anyItems are the items of what the filter is applied to; what counts as
// false has none.
func (c *call) anyItems() []any {
	if !value.Truthy(c.in) {
		return nil
	}
	return c.items()
}

func (c *call) mapper() (func(any) (any, error), error) {
	path, ok := c.kw.Get("attribute")
	if len(c.rest) == 0 && ok {
		def, hasDefault := c.kw.Get("default")
		return func(v any) (any, error) {
			got, err := c.f.path(v, path)
			if _, undefined := got.(*value.Undefined); undefined && hasDefault && def != nil {
				return def, err
			}
			return got, err
		}, nil
	}
	if len(c.rest) == 0 {
		return nil, fmt.Errorf("FilterArgumentError: map requires a filter argument")
	}
	name, ok := c.rest[0].(string)
	if !ok {
		return nil, fmt.Errorf("FilterArgumentError: map takes a filter's name, not %s", value.TypeName(c.rest[0]))
	}
	return func(v any) (any, error) {
		return c.f.applyFilter(name, v, &Args{Pos: c.rest[1:], Kw: c.kw, r: c.f.r})
	}, nil
}

// selected keeps the items for which a test gives want. The test is of an
// attribute, or of the item itself.
func (c *call) selected(ofAttribute, want bool) (any, error) {
	args := c.rest
	var path any
	if ofAttribute {
		if len(args) == 0 {
			return nil, fmt.Errorf("FilterArgumentError: Missing parameter for attribute name")
		}
		path, args = args[0], args[1:]
	}
	var out []any
	c.each(c.anyItems(), func(item any) error {
		v, err := item, error(nil)
		if ofAttribute {
			if v, err = c.f.path(item, path); err != nil {
				return err
			}
		}
		holds := value.Truthy(v)
		if len(args) > 0 {
			holds, err = c.f.applyTest(value.Str(args[0]), v, &Args{Pos: args[1:], Kw: c.kw, r: c.f.r})
		}
		if holds == want {
			out = append(out, item)
		}
		return err
	})
	return value.NewIterator("generator", out), nil
}
