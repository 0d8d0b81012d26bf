package render

import (
	"github.com/snowpit-dev/snowpit/runner/render/jinja"
	"github.com/snowpit-dev/snowpit/runner/render/jinja/value"
)

// A record is one of dbt's own objects, which is no dict: a result, its node,
// the node's config. What a config does not have is none.
type record struct {
	fields *value.Dict
	config bool
}

// Result is how a node went as on-run-end hooks have it. It keeps both dicts.
func Result(outcome, node *value.Dict) any {
	if config, ok := node.Get("config"); ok {
		if d, ok := config.(*value.Dict); ok {
			_ = node.Set("config", &record{d, true}) // a string can be a key
		}
	}
	if timing, ok := outcome.Get("timing"); ok {
		if steps, ok := timing.(*value.List); ok {
			for i, step := range steps.Items {
				if d, ok := step.(*value.Dict); ok {
					steps.Items[i] = &record{d, false}
				}
			}
		}
	}
	_ = outcome.Set("node", &record{node, false})
	return &record{outcome, false}
}

// GetAttr is a field, or to_dict.
func (r *record) GetAttr(name string) (any, bool) {
	switch {
	case name == "to_dict":
		return jinja.Func(func(*jinja.Args) (any, error) { return r.dict(), nil }), true
	case name == "get" && r.config:
		return jinja.Func(func(a *jinja.Args) (any, error) {
			if v, ok := r.fields.Get(a.Arg(0, "key", nil)); ok {
				return v, nil
			}
			return a.Arg(1, "default", nil), nil
		}), true
	}
	v, ok := r.fields.Get(name)
	return v, ok || r.config
}

// GetItem is a field of a config.
func (r *record) GetItem(key any) (any, bool) {
	v, ok := r.fields.Get(key)
	return v, ok || r.config
}

// dict is the record as a dict, with those in it.
func (r *record) dict() *value.Dict {
	d := r.fields.Copy()
	for _, k := range d.Keys() {
		v, _ := d.Get(k)
		_ = d.Set(k, unrecorded(v)) // it is a key already
	}
	return d
}

// unrecorded is a record as a dict, and a list with such.
func unrecorded(v any) any {
	switch x := v.(type) {
	case *record:
		return x.dict()
	case *value.List:
		out := &value.List{Items: make([]any, len(x.Items)), Tuple: x.Tuple}
		for i, item := range x.Items {
			out.Items[i] = unrecorded(item)
		}
		return out
	}
	return v
}

// Names are the fields, for suggestions.
func (r *record) Names() []string { return sortedKeys(textKeys(r.fields)) }

// TypeName is what messages call it.
func (r *record) TypeName() string { return "dbt object" }
