package render

import (
	"fmt"

	"github.com/snowpit-dev/snowpit/runner/render/jinja"
)

// A config is the name config: config(...) sets, config.get(...) asks.
type config struct{ s Scope }

// Call sets config values and prints nothing.
func (c *config) Call(a *jinja.Args) (any, error) {
	if c.s.Config == nil {
		return "", nil
	}
	set := map[string]any{}
	take := func(d *jinja.Dict) error {
		for _, k := range d.Keys() {
			v, _ := d.Get(k)
			g, err := jinja.ToGo(v)
			if err != nil {
				return fmt.Errorf("config %s: %w", jinja.Str(k), err)
			}
			set[jinja.Str(k)] = g
		}
		return nil
	}
	for _, v := range a.Pos {
		d, ok := v.(*jinja.Dict)
		if !ok {
			return nil, fmt.Errorf("config() takes keys and values, such as config(materialized='table'), not %s", jinja.Repr(v))
		}
		if err := take(d); err != nil {
			return nil, err
		}
	}
	if err := take(a.Kw); err != nil {
		return nil, err
	}
	return "", c.s.Config(position(a), set)
}

// GetAttr is get or require.
func (c *config) GetAttr(name string) (any, bool) {
	if name != "get" && name != "require" {
		return notYet("config." + name), true
	}
	return jinja.Func(func(a *jinja.Args) (any, error) {
		key := a.Str(0, "name", "")
		if c.s.Get != nil {
			if v, ok := c.s.Get(key); ok {
				return jinja.FromGo(v), nil
			}
		}
		if name == "require" && c.s.Execute {
			return nil, fmt.Errorf("the config %s is required and not set", key)
		}
		return a.Arg(1, "default", nil), nil
	}), true
}
