package render

import (
	"fmt"
	"strings"

	"github.com/snowpit-dev/snowpit/runner/render/jinja"
	"github.com/snowpit-dev/snowpit/runner/render/jinja/value"
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

// GetAttr is one of the ways to ask.
func (c *config) GetAttr(name string) (any, bool) {
	switch name {
	case "get", "require":
		return jinja.Func(func(a *jinja.Args) (any, error) { return c.ask(a, name == "require", "", c.s.Get) }), true
	case "meta_get", "meta_require":
		return jinja.Func(func(a *jinja.Args) (any, error) { return c.ask(a, name == "meta_require", "meta ", c.meta) }), true
	case "set":
		return jinja.Func(func(a *jinja.Args) (any, error) {
			return c.Call(&jinja.Args{Kw: value.DictOf(a.Str(0, "name", ""), a.Arg(1, "value", nil))})
		}), true
	case "persist_relation_docs", "persist_column_docs":
		part := strings.TrimSuffix(strings.TrimPrefix(name, "persist_"), "_docs")
		return jinja.Func(func(*jinja.Args) (any, error) {
			return c.persists(map[string]string{"relation": "relation", "column": "columns"}[part]), nil
		}), true
	}
	return nil, false
}

// ask is config.get and its like.
func (c *config) ask(a *jinja.Args, required bool, what string, get func(string) (any, bool)) (any, error) {
	key := a.Str(0, "name", "")
	if get != nil {
		if v, ok := get(key); ok && v != nil {
			return jinja.FromGo(v), nil
		}
	}
	if required && c.s.Execute {
		return nil, fmt.Errorf("the config %s%s is required and not set", what, key)
	}
	if validator := a.Arg(2, "validator", nil); validator != nil && c.s.Execute && a.Has(1, "default") {
		_, err := a.Call(validator, a.Arg(1, "default", nil))
		return a.Arg(1, "default", nil), err
	}
	return a.Arg(1, "default", nil), nil
}

// meta is a key of the config meta.
func (c *config) meta(key string) (any, bool) {
	if c.s.Get == nil {
		return nil, false
	}
	all, _ := c.s.Get("meta")
	v, ok := value.Fields(all)[key]
	return v, ok
}

func (c *config) persists(part string) bool {
	if c.s.Get == nil {
		return false
	}
	all, _ := c.s.Get("persist_docs")
	return value.Fields(all)[part] == true
}

// Names are the methods, for suggestions.
func (c *config) Names() []string {
	return []string{"get", "require", "meta_get", "meta_require", "persist_relation_docs", "persist_column_docs"}
}

// TypeName is what messages call it.
func (c *config) TypeName() string { return "config" }
