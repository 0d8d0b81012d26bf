package jinja

import (
	"fmt"
	"strings"

	"github.com/snowpit-dev/snowpit/runner/render/jinja/value"
)

// otherFilters are those that fit nowhere else.
var otherFilters = map[string]*builtin{
	"default": def("default_value? boolean?", defaultFilter),
	"d":       def("default_value? boolean?", defaultFilter),
	"attr":    def("name", attrFilter),
	"safe":    def("", func(c *call) (any, error) { return c.asText(c.in), nil }),
	"tojson":  def("indent?", tojson),
	"pprint":  def("", pprint),
	"xmlattr": def("autospace?", xmlattr),
}

func defaultFilter(c *call) (any, error) {
	_, undefined := c.in.(*value.Undefined)
	if undefined || c.truth(1) && !value.Truthy(c.in) {
		return c.arg(0, ""), nil
	}
	return c.in, nil
}

// attrFilter is an attribute only, where a dot may also mean an item.
func attrFilter(c *call) (any, error) {
	name := c.text(0, "")
	if u, ok := c.in.(*value.Undefined); ok {
		return nil, u.Err()
	}
	if v, ok := c.f.member(c.in, name); ok {
		return v, nil
	}
	return c.f.missing(c.in, name), nil
}

var jsonInHTML = strings.NewReplacer("<", `\u003c`, ">", `\u003e`, "&", `\u0026`, "'", `\u0027`)

func tojson(c *call) (any, error) {
	indent := 0
	if c.arg(0, nil) != nil {
		indent = c.int(0, 0)
	}
	text, err := value.JSON(c.in, true, indent)
	return jsonInHTML.Replace(text), err
}

// pprint prints on one line. Python breaks what is longer than 80 characters
// in a way of its own, which is refused.
func pprint(c *call) (any, error) {
	text, err := value.ReprText(c.sortedDicts(c.in, 0))
	if err == nil && len(text) > 80 {
		return nil, fmt.Errorf("pprint of more than 80 characters is not supported; use tojson(indent=2)")
	}
	return text, err
}

// sortedDicts is a copy of v whose dicts are sorted by key, as pprint has them.
func (c *call) sortedDicts(v any, depth int) any {
	if depth > 100 || c.err != nil {
		return v
	}
	if err := c.f.r.charge(v); err != nil {
		c.fail(err)
		return v
	}
	switch x := v.(type) {
	case *value.List:
		out := &value.List{Tuple: x.Tuple, Items: make([]any, len(x.Items))}
		for i, item := range x.Items {
			out.Items[i] = c.sortedDicts(item, depth+1)
		}
		return out
	case *value.Dict:
		out := value.NewDict()
		for _, k := range c.sorted(x.Keys(), func(k any) any { return k }, false) {
			item, _ := x.Get(k)
			if err := out.Set(k, c.sortedDicts(item, depth+1)); err != nil {
				c.fail(err)
			}
		}
		return out
	}
	return v
}

func xmlattr(c *call) (any, error) {
	d, ok := c.in.(*value.Dict)
	if !ok {
		return nil, fmt.Errorf("TypeError: xmlattr takes a dict, not %s", value.TypeName(c.in))
	}
	var parts []string
	d.Each(func(k, v any) {
		name := c.asText(k)
		if strings.ContainsAny(name, " \t\n\f\v\r/>=") {
			c.fail(fmt.Errorf("ValueError: Invalid character in attribute name: %s", value.Repr(name)))
		}
		if _, undefined := v.(*value.Undefined); v != nil && !undefined {
			parts = append(parts, escapeHTML(name)+`="`+escapeHTML(c.asText(v))+`"`)
		}
	})
	text := strings.Join(parts, " ")
	if text != "" && value.Truthy(c.arg(0, true)) {
		text = " " + text
	}
	return text, nil
}
