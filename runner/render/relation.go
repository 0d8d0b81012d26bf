package render

import (
	"fmt"
	"slices"
	"strings"

	"github.com/snowpit-dev/snowpit/runner"
	"github.com/snowpit-dev/snowpit/runner/render/jinja"
	"github.com/snowpit-dev/snowpit/runner/render/jinja/value"
	"github.com/snowpit-dev/snowpit/warehouse"
)

// A Relation is a table or view in a template. It prints as SQL names it.
type Relation struct {
	runner.Relation
	Spelt runner.Relation // the parts as the project spells them; "" for as they are stored
	Type  string          // table, view, cte, ...; "" where unknown
	Empty bool            // print as a query for no rows of it

	hidden [3]bool // parts that are left out when it is printed
	quoted [3]bool // parts that are printed in quotes whatever they are
	suffix string  // behind the name, such as .INFORMATION_SCHEMA.TABLES
}

var relationParts = []string{"database", "schema", "identifier"}

// IsZero reports whether it is no relation.
func (r Relation) IsZero() bool { return r.Relation == (runner.Relation{}) }

func parts(r runner.Relation) [3]string { return [3]string{r.Database, r.Schema, r.Identifier} }

func whole(p [3]string) runner.Relation {
	return runner.Relation{Database: p[0], Schema: p[1], Identifier: p[2]}
}

// part is part i of the name as the project spells it.
func (r Relation) part(i int) string {
	if spelt := parts(r.Spelt)[i]; spelt != "" {
		return spelt
	}
	return parts(r.Relation)[i]
}

// String is the relation as SQL names it.
func (r Relation) String() string {
	name := r.name()
	if r.Empty {
		return "(select * from " + name + " where false limit 0)"
	}
	return name
}

func (r Relation) name() string {
	var out []string
	for i, stored := range parts(r.Relation) {
		if stored == "" || r.hidden[i] {
			continue
		}
		sql := runner.SpeltPart(stored, r.part(i))
		switch {
		case r.quoted[i]:
			sql = `"` + strings.ReplaceAll(stored, `"`, `""`) + `"`
		case r.Type == "cte":
			sql = r.part(i)
		}
		out = append(out, sql)
	}
	return strings.Join(out, ".") + r.suffix
}

// GetAttr is a part of the name, a fact about the relation or one of its
// methods.
func (r Relation) GetAttr(name string) (any, bool) {
	switch name {
	case "database", "schema", "identifier":
		return orNone(r.part(slices.Index(relationParts, name))), true
	case "name", "table":
		return orNone(r.part(2)), true
	case "type":
		return orNone(r.Type), true
	case "is_table", "is_view", "is_cte":
		return r.Type == name[len("is_"):], true
	case "is_dynamic_table", "is_materialized_view", "is_iceberg_format", "is_pointer", "is_function":
		return false, true
	case "metadata":
		return value.DictOf("type", "SnowflakeRelation"), true
	case "path":
		return value.DictOf("database", r.part(0), "schema", r.part(1), "identifier", r.part(2)), true
	case "quote_policy", "include_policy":
		flags, is := value.NewDict(), map[string][3]bool{"quote_policy": r.quoted, "include_policy": {!r.hidden[0], !r.hidden[1], !r.hidden[2]}}[name]
		for i, part := range relationParts {
			flags.Set(part, is[i]) // a string can be a key
		}
		return flags, true
	case "quote_character":
		return `"`, true
	case "View", "Table", "CTE", "MaterializedView", "DynamicTable", "External":
		return map[string]string{"View": "view", "Table": "table", "CTE": "cte", "MaterializedView": "materialized_view",
			"DynamicTable": "dynamic_table", "External": "external"}[name], true
	}
	if name == "get" {
		return jinja.Func(r.get), true
	}
	if f, ok := relationMethods[name]; ok {
		return jinja.Func(func(a *jinja.Args) (any, error) { return f(r, a) }), true
	}
	return nil, false
}

func orNone(s string) any {
	if s == "" {
		return nil
	}
	return s
}

// relationMethods are what can be called.
var relationMethods = map[string]func(Relation, *jinja.Args) (any, error){
	"render":       func(r Relation, _ *jinja.Args) (any, error) { return r.String(), nil },
	"include":      func(r Relation, a *jinja.Args) (any, error) { r.hidden = flags(a, r.hidden, false); return r, nil },
	"quote":        func(r Relation, a *jinja.Args) (any, error) { r.quoted = flags(a, r.quoted, true); return r, nil },
	"incorporate":  incorporate,
	"replace_path": func(r Relation, a *jinja.Args) (any, error) { return r.with(a.Kw), nil },
	"matches":      matches,
	"quoted":       func(_ Relation, a *jinja.Args) (any, error) { return quoteText(a.Str(0, "identifier", "")), nil },
	"without_identifier": func(r Relation, _ *jinja.Args) (any, error) {
		r.hidden[2] = true
		return r, nil
	},
	"information_schema": func(r Relation, a *jinja.Args) (any, error) {
		r.hidden, r.suffix = [3]bool{false, true, true}, ".INFORMATION_SCHEMA"
		if view := a.Str(0, "view_name", ""); view != "" {
			r.suffix += "." + strings.ToUpper(view)
		}
		return r, nil
	},
	"information_schema_only": func(r Relation, _ *jinja.Args) (any, error) {
		r.hidden, r.suffix = [3]bool{false, true, true}, ".INFORMATION_SCHEMA"
		return r, nil
	},
	"create": func(_ Relation, a *jinja.Args) (any, error) { return newRelation(a) },
	"add_ephemeral_prefix": func(_ Relation, a *jinja.Args) (any, error) {
		return EphemeralPrefix + a.Str(0, "name", ""), nil
	},
}

// EphemeralPrefix stands before the name of an ephemeral model's common table
// expression.
const EphemeralPrefix = "__dbt__cte__"

func (r Relation) get(a *jinja.Args) (any, error) {
	if v, ok := r.GetAttr(a.Str(0, "key", "")); ok {
		return v, nil
	}
	return a.Arg(1, "default", nil), nil
}

// flags sets a flag for each part that is named: include(database=false).
func flags(a *jinja.Args, of [3]bool, when bool) [3]bool {
	for i, part := range relationParts {
		if a.Has(i, part) {
			of[i] = value.Truthy(a.Arg(i, part, nil)) == when
		}
	}
	return of
}

// with has other parts.
func (r Relation) with(d *jinja.Dict) Relation {
	stored, spelt := parts(r.Relation), parts(r.Spelt)
	for i, part := range relationParts {
		if v, ok := d.Get(part); ok && v != nil {
			spelt[i] = jinja.Str(v)
			stored[i] = warehouse.FoldIdent(spelt[i])
		}
	}
	r.Relation, r.Spelt = whole(stored), whole(spelt)
	return r
}

func incorporate(r Relation, a *jinja.Args) (any, error) {
	if path, ok := a.Kw.Get("path"); ok {
		d, ok := path.(*jinja.Dict)
		if !ok {
			return nil, fmt.Errorf("incorporate(): path is a dict such as {'identifier': 'x'}, not %s", jinja.Repr(path))
		}
		r = r.with(d)
	}
	if typ, ok := a.Kw.Get("type"); ok {
		r.Type = ""
		if typ != nil {
			r.Type = strings.ToLower(jinja.Str(typ))
		}
	}
	return r, nil
}

func matches(r Relation, a *jinja.Args) (any, error) {
	for i, part := range relationParts {
		if v := a.Str(i, part, ""); v != "" && warehouse.FoldIdent(v) != parts(r.Relation)[i] {
			return false, nil
		}
	}
	return true, nil
}

// newRelation is api.Relation.create.
func newRelation(a *jinja.Args) (any, error) {
	r := Relation{}
	d := value.NewDict()
	for i, part := range relationParts {
		if a.Has(i, part) {
			d.Set(part, a.Arg(i, part, nil)) // a string can be a key
		}
	}
	r = r.with(d)
	if typ := a.Arg(3, "type", nil); typ != nil {
		r.Type = strings.ToLower(jinja.Str(typ))
	}
	return r, nil
}

// Names are the attributes, for suggestions.
func (r Relation) Names() []string {
	return append(sortedKeys(relationMethods), "database", "schema", "identifier", "name", "type", "is_table", "is_view", "is_cte")
}

// TypeName is what messages call it.
func (r Relation) TypeName() string { return "Relation" }

// IsMapping holds in dbt, whose packages tell relations from texts by it.
func (r Relation) IsMapping() bool { return true }

// HashKey makes relations keys of a dict.
func (r Relation) HashKey() any { return r.Relation }

func position(a *jinja.Args) runner.Pos {
	file, line, col := a.Position()
	return runner.Pos{File: file, Line: line, Col: col}
}

func (s Scope) ref(a *jinja.Args) (any, error) {
	if s.Ref == nil {
		return nil, fmt.Errorf("ref() cannot be used here")
	}
	version := ""
	for _, key := range a.Kw.Keys() {
		if key != "v" && key != "version" {
			return nil, fmt.Errorf("ref() takes names and v=, the version of a model, not %s=", key)
		}
		if v, _ := a.Kw.Get(key); v != nil {
			version = jinja.Str(v)
		}
	}
	names := make([]string, len(a.Pos))
	for i, v := range a.Pos {
		name, ok := v.(string)
		if u, undefined := v.(*value.Undefined); undefined {
			return nil, u.Err()
		}
		if !ok {
			return nil, fmt.Errorf("ref() takes names, such as ref('stg_results'), not %s", jinja.Repr(v))
		}
		names[i] = name
	}
	switch len(names) {
	case 1:
		return s.Ref(position(a), "", names[0], version)
	case 2:
		return s.Ref(position(a), names[0], names[1], version)
	}
	return nil, fmt.Errorf("ref() takes one name or a package and a name, not %d arguments", len(names))
}

func (s Scope) source(a *jinja.Args) (any, error) {
	if s.Source == nil {
		return nil, fmt.Errorf("source() cannot be used here")
	}
	source, ok := a.Arg(0, "source_name", nil).(string)
	table, ok2 := a.Arg(1, "table_name", nil).(string)
	if !ok || !ok2 {
		return nil, fmt.Errorf("source() takes a source and a table, such as source('ergast', 'races')")
	}
	return s.Source(position(a), source, table)
}
