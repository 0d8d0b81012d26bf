package pylib

import (
	"fmt"
	"time"

	"github.com/snowpit-dev/snowpit/runner/render/jinja"
	"github.com/snowpit-dev/snowpit/runner/render/jinja/value"
)

// Modules is dbt's modules object: the parts of Python's datetime, re, pytz and
// itertools that templates use. What is missing is refused by name.
func Modules() any {
	return &module{name: "modules", attrs: map[string]any{
		"datetime": &module{name: "datetime", attrs: map[string]any{
			"date":      &class{name: "date", make: newDate},
			"datetime":  &class{name: "datetime", make: newDatetime},
			"timedelta": &class{name: "timedelta", make: newTimedelta},
		}},
		"re": &module{name: "re", attrs: re},
		"pytz": &module{name: "pytz", attrs: map[string]any{
			"utc": &zone{time.UTC}, "UTC": &zone{time.UTC}, "timezone": jinja.Func(timezone),
		}},
		"itertools": &module{name: "itertools", attrs: itertools},
	}}
}

// Zip is Python's zip.
func Zip(a *jinja.Args) (any, error) {
	lists := make([][]any, len(a.Pos))
	shortest := 0
	for i, v := range a.Pos {
		items, err := value.Iterate(v)
		if err != nil {
			return nil, err
		}
		lists[i] = items
		if i == 0 || len(items) < shortest {
			shortest = len(items)
		}
	}
	rows := make([]any, shortest)
	for i := range rows {
		row := make([]any, len(lists))
		for j, l := range lists {
			row[j] = l[i]
		}
		rows[i] = value.NewTuple(row...)
	}
	return value.NewIterator("zip", rows), nil
}

// A module is a Python module a template may reach.
type module struct {
	name  string
	attrs map[string]any
}

// GetAttr is a member, or a stand-in that refuses to be used.
func (m *module) GetAttr(name string) (any, bool) {
	if v, ok := m.attrs[name]; ok {
		return v, true
	}
	return missing(m.name + "." + name), true
}

// TypeName is the Python type.
func (m *module) TypeName() string { return "module" }

// missing is a member that there is not.
type missing string

// GetAttr is missing as well.
func (m missing) GetAttr(name string) (any, bool) { return m + missing("."+name), true }

// Refuse says so.
func (m missing) Refuse() error { return fmt.Errorf("%s is not supported yet", string(m)) }

// Call refuses.
func (m missing) Call(*jinja.Args) (any, error) { return nil, m.Refuse() }
