package render

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/goccy/go-yaml"

	"github.com/snowpit-dev/snowpit/runner/render/jinja"
	"github.com/snowpit-dev/snowpit/runner/render/jinja/value"
)

// fromYAML is fromyaml(text, default).
func fromYAML(a *jinja.Args) (any, error) {
	text := a.Str(0, "value", "")
	if err := value.CheckText(int64(len(text)) * 16); err != nil {
		return nil, err
	}
	var v any
	dec := yaml.NewDecoder(strings.NewReader(text), yaml.UseOrderedMap())
	if err := dec.Decode(&v); err != nil && strings.TrimSpace(text) != "" {
		if a.Has(1, "default") {
			return a.Arg(1, "default", nil), nil
		}
		var fault yaml.Error
		if errors.As(err, &fault) && fault.GetToken() != nil { // whose own text also shows the lines around it
			return nil, fmt.Errorf("fromyaml: %d:%d: %s", fault.GetToken().Position.Line, fault.GetToken().Position.Column, fault.GetMessage())
		}
		return nil, fmt.Errorf("fromyaml: %w", err)
	}
	return ordered(v, 0)
}

// ordered makes a value of what the YAML library decodes.
func ordered(v any, depth int) (any, error) {
	if depth > 200 {
		return nil, fmt.Errorf("fromyaml: nested too deeply")
	}
	switch v := v.(type) {
	case yaml.MapSlice:
		d := value.NewDict()
		for _, item := range v {
			x, err := ordered(item.Value, depth+1)
			if err == nil {
				err = d.Set(value.FromGo(item.Key), x)
			}
			if err != nil {
				return nil, err
			}
		}
		return d, nil
	case []any:
		l := value.NewList()
		for _, item := range v {
			x, err := ordered(item, depth+1)
			if err != nil {
				return nil, err
			}
			l.Items = append(l.Items, x)
		}
		return l, nil
	case uint64:
		return value.FromGo(json.Number(fmt.Sprint(v))), nil
	case nil, bool, string, int64, float64:
		return v, nil
	}
	return value.FromGo(json.Number(fmt.Sprint(v))), nil
}

// toYAML is toyaml(value, default, sort_keys).
func toYAML(a *jinja.Args) (any, error) {
	v, err := yamlValue(a.Arg(0, "value", nil), value.Truthy(a.Arg(2, "sort_keys", false)), 0)
	var text []byte
	if err == nil {
		text, err = yaml.Marshal(v)
	}
	if err != nil {
		if a.Has(1, "default") {
			return a.Arg(1, "default", nil), nil
		}
		return nil, fmt.Errorf("toyaml: %w", err)
	}
	return string(text), nil
}

// yamlValue is a value as the YAML library encodes it.
func yamlValue(v any, sorted bool, depth int) (any, error) {
	if depth > 200 {
		return nil, fmt.Errorf("nested too deeply")
	}
	switch v := v.(type) {
	case *jinja.Dict:
		out := yaml.MapSlice{}
		keys := v.Keys()
		if sorted {
			keys = value.Texts(sortedKeys(textKeys(v))).Items
		}
		for _, k := range keys {
			item, _ := v.Get(k)
			x, err := yamlValue(item, sorted, depth+1)
			if err != nil {
				return nil, err
			}
			out = append(out, yaml.MapItem{Key: k, Value: x})
		}
		return out, nil
	case *jinja.List:
		out := make([]any, len(v.Items))
		for i, item := range v.Items {
			x, err := yamlValue(item, sorted, depth+1)
			if err != nil {
				return nil, err
			}
			out[i] = x
		}
		return out, nil
	case nil, bool, int64, float64, string:
		return v, nil
	case value.Hasher:
		return jinja.Str(v), nil
	}
	return nil, fmt.Errorf("a %s has no YAML", value.TypeName(v))
}

func textKeys(d *jinja.Dict) map[string]bool {
	keys := map[string]bool{}
	for _, k := range d.Keys() {
		if s, ok := k.(string); ok {
			keys[s] = true
		}
	}
	return keys
}

// diffOfDicts is diff_of_two_dicts(a, b): the items of a's lists that b's lists
// lack, without regard to case.
func diffOfDicts(a *jinja.Args) (any, error) {
	x, ok := a.Arg(0, "dict_a", nil).(*jinja.Dict)
	y, ok2 := a.Arg(1, "dict_b", nil).(*jinja.Dict)
	if !ok || !ok2 {
		return nil, fmt.Errorf("diff_of_two_dicts() takes two dicts of lists")
	}
	has := map[string]map[string]bool{}
	for _, k := range y.Keys() {
		v, _ := y.Get(k)
		items, err := value.Iterate(v)
		if err != nil {
			return nil, err
		}
		of := map[string]bool{}
		for _, item := range items {
			of[strings.ToLower(jinja.Str(item))] = true
		}
		has[strings.ToLower(jinja.Str(k))] = of
	}
	out := value.NewDict()
	for _, k := range x.Keys() {
		v, _ := x.Get(k)
		items, err := value.Iterate(v)
		if err != nil {
			return nil, err
		}
		left := value.NewList()
		for _, item := range items {
			if !has[strings.ToLower(jinja.Str(k))][strings.ToLower(jinja.Str(item))] {
				left.Items = append(left.Items, item)
			}
		}
		if len(left.Items) > 0 {
			if err := out.Set(k, left); err != nil {
				return nil, err
			}
		}
	}
	return out, nil
}
