package render

import (
	"fmt"

	"github.com/snowpit-dev/snowpit/runner/render/jinja"
	"github.com/snowpit-dev/snowpit/runner/render/jinja/value"
)

// exceptions is the name exceptions.
type exceptions struct{ l *Library }

// raised are the ways to raise an error with a message: what stands in front
// of it.
var raised = map[string]string{
	"raise_compiler_error":               "compilation error: ",
	"raise_database_error":               "database error: ",
	"raise_dependency_error":             "dependency error: ",
	"raise_parsing_error":                "parsing error: ",
	"raise_fail_fast_error":              "fail fast: ",
	"raise_not_implemented":              "not implemented: ",
	"invalid_type_error":                 "type error: ",
	"raise_contract_error":               "contract error: ",
	"raise_invalid_property_yml_version": "invalid properties: ",
}

// GetAttr is warn or one of the ways to raise an error.
func (e exceptions) GetAttr(name string) (any, bool) {
	if front, ok := raised[name]; ok {
		return jinja.Func(func(a *jinja.Args) (any, error) {
			return nil, fmt.Errorf("%s%s", front, a.Str(0, "msg", ""))
		}), true
	}
	switch name {
	case "warn":
		return e.l.say("warn"), true
	case "missing_config":
		return jinja.Func(func(a *jinja.Args) (any, error) {
			return nil, fmt.Errorf("compilation error: the model needs the config '%s'", a.Str(1, "name", ""))
		}), true
	case "missing_relation":
		return jinja.Func(func(a *jinja.Args) (any, error) {
			return nil, fmt.Errorf("compilation error: relation %s is not there", a.Str(0, "relation", ""))
		}), true
	case "relation_wrong_type":
		return jinja.Func(func(a *jinja.Args) (any, error) {
			rel := a.Arg(0, "relation", nil)
			is := ""
			if r, ok := rel.(Relation); ok {
				is = r.Type
			}
			return nil, fmt.Errorf("compilation error: %s is a %s, where a %s is needed", jinja.Str(rel), is, a.Str(1, "expected_type", ""))
		}), true
	case "column_type_missing":
		return jinja.Func(func(a *jinja.Args) (any, error) {
			return nil, fmt.Errorf("compilation error: these columns need a data_type: %s", jinja.Str(a.Arg(0, "column_names", nil)))
		}), true
	}
	return nil, false
}

// TypeName is what messages call it.
func (e exceptions) TypeName() string { return "exceptions" }

// Names are the functions, for suggestions.
func (e exceptions) Names() []string {
	return append(sortedKeys(raised), "warn", "missing_config", "missing_relation", "relation_wrong_type", "column_type_missing")
}

// tryOrError is try_or_compiler_error(message, function, arguments...).
func tryOrError(a *jinja.Args) (any, error) {
	if len(a.Pos) < 2 {
		return nil, fmt.Errorf("try_or_compiler_error() takes a message, a function and its arguments")
	}
	v, err := a.Call(a.Pos[1], a.Pos[2:]...)
	if err != nil {
		return nil, fmt.Errorf("compilation error: %s (%w)", jinja.Str(a.Pos[0]), err)
	}
	return v, nil
}

// say is log(), print() or exceptions.warn().
func (l *Library) say(level string) jinja.Func {
	return func(a *jinja.Args) (any, error) {
		if l.Log != nil {
			level := level
			if value.Truthy(a.Arg(1, "info", false)) {
				level = "info"
			}
			l.Log(level, a.Str(0, "msg", ""))
		}
		return "", nil
	}
}
