package render

import (
	"fmt"

	"github.com/snowpit-dev/snowpit/runner"
	"github.com/snowpit-dev/snowpit/runner/render/jinja"
)

// A Relation is a table or view in a template. It prints as SQL names it.
type Relation struct{ runner.Relation }

// GetAttr is a part of the name.
func (r Relation) GetAttr(name string) (any, bool) {
	switch name {
	case "database":
		return r.Database, true
	case "schema":
		return r.Schema, true
	case "identifier", "name", "table":
		return r.Identifier, true
	case "render":
		return jinja.Func(func(*jinja.Args) (any, error) { return r.String(), nil }), true
	case "type", "is_table", "is_view", "is_cte", "include", "incorporate", "quote", "without_identifier", "path", "information_schema":
		return notYet("relation." + name), true
	}
	return nil, false
}

// Names are the parts, for suggestions.
func (r Relation) Names() []string {
	return []string{"database", "schema", "identifier", "name", "render"}
}

// TypeName is what messages call it.
func (r Relation) TypeName() string { return "Relation" }

// IsMapping holds in dbt, whose packages tell relations from texts by it.
func (r Relation) IsMapping() bool { return true }

// HashKey makes relations keys of a dict.
func (r Relation) HashKey() any { return r.String() }

func position(a *jinja.Args) runner.Pos {
	file, line, col := a.Position()
	return runner.Pos{File: file, Line: line, Col: col}
}

func (s Scope) ref(a *jinja.Args) (any, error) {
	if s.Ref == nil {
		return nil, fmt.Errorf("ref() cannot be used here")
	}
	for _, key := range a.Kw.Keys() {
		return nil, fmt.Errorf("ref(%s=...) is not supported yet", key)
	}
	names := make([]string, len(a.Pos))
	for i, v := range a.Pos {
		name, ok := v.(string)
		if !ok {
			return nil, fmt.Errorf("ref() takes names, such as ref('stg_results'), not %s", jinja.Repr(v))
		}
		names[i] = name
	}
	switch len(names) {
	case 1:
		return s.Ref(position(a), "", names[0])
	case 2:
		return s.Ref(position(a), names[0], names[1])
	}
	return nil, fmt.Errorf("ref() takes one name or a package and a name, not %d arguments", len(names))
}

func (s Scope) source(a *jinja.Args) (any, error) {
	if s.Source == nil {
		return nil, fmt.Errorf("source() cannot be used here")
	}
	source, ok := a.Arg(0, "", nil).(string)
	table, ok2 := a.Arg(1, "", nil).(string)
	if !ok || !ok2 || len(a.Pos) != 2 {
		return nil, fmt.Errorf("source() takes a source and a table, such as source('ergast', 'races')")
	}
	return s.Source(position(a), source, table)
}
