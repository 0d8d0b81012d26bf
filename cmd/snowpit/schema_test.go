package main

import (
	"fmt"
	"maps"
	"math"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// schemaFaults checks a value against a JSON schema, as far as dbt's schemas
// go: types, properties, items, enums, alternatives, references.
func schemaFaults(root, schema map[string]any, v any, at string) []string {
	if ref, ok := schema["$ref"].(string); ok {
		schema = follow(root, ref)
	}
	var faults []string
	add := func(format string, args ...any) { faults = append(faults, at+": "+fmt.Sprintf(format, args...)) }
	if types := schema["type"]; types != nil && !ofType(types, v) {
		add("%v is not of type %v", brief(v), types)
		return faults
	}
	if want, ok := schema["const"]; ok && !reflect.DeepEqual(want, v) {
		add("%v is not %v", brief(v), want)
	}
	if list, ok := schema["enum"].([]any); ok && !slices.ContainsFunc(list, func(x any) bool { return reflect.DeepEqual(x, v) }) {
		add("%v is none of %v", brief(v), list)
	}
	for _, key := range []string{"anyOf", "oneOf"} {
		if list, ok := schema[key].([]any); ok {
			faults = append(faults, alternatives(root, list, v, at)...)
		}
	}
	switch v := v.(type) {
	case map[string]any:
		faults = append(faults, objectFaults(root, schema, v, at)...)
	case []any:
		if items, ok := schema["items"].(map[string]any); ok {
			for i, x := range v {
				faults = append(faults, schemaFaults(root, items, x, fmt.Sprintf("%s[%d]", at, i))...)
			}
		}
	case string:
		if p, ok := schema["pattern"].(string); ok && !regexp.MustCompile(p).MatchString(v) {
			add("%q does not match %s", v, p)
		}
	}
	return faults
}

func follow(root map[string]any, ref string) map[string]any {
	var at any = root
	for _, part := range strings.Split(strings.TrimPrefix(ref, "#/"), "/") {
		m, _ := at.(map[string]any)
		at = m[part]
	}
	m, _ := at.(map[string]any)
	return m
}

// alternatives are the faults by the schema that fits best, none if one fits.
func alternatives(root map[string]any, list []any, v any, at string) []string {
	var best []string
	for i, s := range list {
		faults := schemaFaults(root, s.(map[string]any), v, at)
		if len(faults) == 0 {
			return nil
		}
		if i == 0 || len(faults) < len(best) {
			best = faults
		}
	}
	return best
}

func objectFaults(root, schema, v map[string]any, at string) []string {
	var faults []string
	props, _ := schema["properties"].(map[string]any)
	for _, name := range asList(schema["required"]) {
		if _, ok := v[name.(string)]; !ok {
			faults = append(faults, fmt.Sprintf("%s: %s is missing", at, name))
		}
	}
	for _, k := range slices.Sorted(maps.Keys(v)) {
		if s, ok := props[k].(map[string]any); ok {
			faults = append(faults, schemaFaults(root, s, v[k], at+"."+k)...)
			continue
		}
		switch more := schema["additionalProperties"].(type) {
		case bool:
			if !more {
				faults = append(faults, fmt.Sprintf("%s: %s is not known", at, k))
			}
		case map[string]any:
			faults = append(faults, schemaFaults(root, more, v[k], at+"."+k)...)
		}
	}
	return faults
}

func asList(v any) []any {
	list, _ := v.([]any)
	return list
}

func ofType(types, v any) bool {
	list := asList(types)
	if list == nil {
		list = []any{types}
	}
	return slices.ContainsFunc(list, func(t any) bool {
		switch v := v.(type) {
		case nil:
			return t == "null"
		case bool:
			return t == "boolean"
		case float64:
			return t == "number" || t == "integer" && v == math.Trunc(v)
		case string:
			return t == "string"
		case []any:
			return t == "array"
		}
		return t == "object"
	})
}

func brief(v any) string {
	s := fmt.Sprintf("%v", v)
	return s[:min(len(s), 60)]
}

// The checker finds what it should; otherwise the artifacts' test could not
// fail.
func TestSchemaFaults(t *testing.T) {
	schema := map[string]any{
		"type": "object", "required": []any{"a"}, "additionalProperties": false,
		"properties": map[string]any{
			"a": map[string]any{"anyOf": []any{map[string]any{"type": "integer"}, map[string]any{"type": "null"}}},
			"b": map[string]any{"type": "array", "items": map[string]any{"enum": []any{"x", "y"}}},
			"c": map[string]any{"$ref": "#/properties/a"},
		},
	}
	for _, test := range []struct {
		v    any
		want []string
	}{
		{map[string]any{"a": nil, "b": []any{"x"}, "c": 1.0}, nil},
		{map[string]any{"a": 1.5}, []string{"$.a: 1.5 is not of type integer"}},
		{map[string]any{"b": []any{"z"}}, []string{"$: a is missing", "$.b[0]: z is none of [x y]"}},
		{map[string]any{"a": 1.0, "c": "t", "d": 1.0}, []string{"$.c: t is not of type integer", "$: d is not known"}},
		{[]any{}, []string{"$: [] is not of type object"}},
	} {
		if got := schemaFaults(schema, schema, test.v, "$"); !slices.Equal(got, test.want) {
			t.Errorf("%v: got %q, want %q", test.v, got, test.want)
		}
	}
}
