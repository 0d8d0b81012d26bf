package render

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/snowpit-dev/snowpit/runner"
	"github.com/snowpit-dev/snowpit/runner/render/jinja"
	"github.com/snowpit-dev/snowpit/runner/render/jinja/value"
)

// usual are dbt's own materializations.
var usual = []string{"view", "table", "incremental", "ephemeral", "seed", "snapshot", "test", "unit", "clone", "materialized_view", "dynamic_table"}

func materializationName(name, adapter string) string {
	return "materialization_" + name + "_" + adapter
}

// Materialization is a materialization of the project or a package, as the name
// of its macro, and where it is defined. The project's own come before those of
// packages, and one for Snowflake before one for any adapter. A package's does
// not take the place of dbt's own, unless ImplicitOverrides lets it.
func (l *Library) Materialization(name string) (macro string, at runner.Pos, ok bool) {
	packages := []string{l.Project}
	for _, p := range sortedKeys(l.packages) {
		if p != l.Project && p != Own && (!slices.Contains(usual, name) || l.ImplicitOverrides) {
			packages = append(packages, p)
		}
	}
	for _, pkg := range packages {
		for _, adapter := range []string{"snowflake", "default"} {
			p := l.packages[pkg]
			if p == nil {
				continue
			}
			if m := p.macros[materializationName(name, adapter)]; m != nil {
				return pkg + "." + m.name, m.pos(), true
			}
		}
	}
	return "", runner.Pos{}, false
}

// A Built is what a materialization did.
type Built struct {
	SQL       string // its statement main
	QueryID   string // that statement's
	Rows      int64  // how many it changed
	Row       []any  // the first row that it fetched, or nil
	Relations []Relation
}

// Materialize builds a node by a materialization, given as the name of its
// macro. It has to run a statement main and to return its relations, as dbt
// asks.
func (l *Library) Materialize(ctx context.Context, macro string, s Scope) (Built, error) {
	m, err := l.named(s.Package, macro)
	if err != nil {
		return Built{}, err
	}
	c := l.context(s)
	defer c.end()
	var built Built
	c.written = &built.SQL
	v, err := c.env(m.pkg.name).Call(ctx, c.bind(m), nil, value.NewDict())
	if err != nil {
		return built, err
	}
	if built.Relations, err = returned(v); err != nil {
		return built, fmt.Errorf("%s: %w", m.pos(), err)
	}
	main, _ := c.results.Get("main")
	result, ok := main.(*jinja.Dict)
	if !ok {
		return built, fmt.Errorf("%s: main is not being called during running model: a materialization has a {%% call statement('main') %%}", m.pos())
	}
	response, _ := result.Get("response")
	built.QueryID, built.Rows = told(response)
	if t, _ := result.Get("table"); t != nil {
		if t, ok := t.(*table); ok && len(t.rows) > 0 {
			built.Row = t.rows[0].(*row).cells
		}
	}
	return built, nil
}

// returned are the relations that a materialization returned.
func returned(v any) ([]Relation, error) {
	d, ok := v.(*jinja.Dict)
	if !ok {
		return nil, fmt.Errorf("invalid return value from materialization, expected a dict with key \"relations\", got: %s; it ends with {{ return({'relations': [this]}) }}", short(v))
	}
	list, ok := d.Get("relations")
	if !ok {
		return nil, fmt.Errorf("invalid return value from materialization, \"relations\" not found, got keys: %s", jinja.Repr(value.NewList(d.Keys()...)))
	}
	l, ok := list.(*jinja.List)
	if !ok {
		return nil, fmt.Errorf("invalid return value from materialization, \"relations\" not a list, got: %s", short(list))
	}
	var out []Relation
	for _, x := range l.Items {
		r, ok := x.(Relation)
		if !ok {
			return nil, fmt.Errorf("invalid return value from materialization, \"relations\" contains non-Relation: %s", short(x))
		}
		out = append(out, r)
	}
	return out, nil
}

// short is a value for a message.
func short(v any) string {
	text := strings.Join(strings.Fields(jinja.Repr(v)), " ")
	if r := []rune(text); len(r) > 60 {
		return string(r[:59]) + "…"
	}
	return text
}

// told is what a statement's response says of it.
func told(v any) (id string, rows int64) {
	rows = -1
	get := func(string) (any, bool) { return nil, false }
	switch v := v.(type) {
	case *response:
		get = v.GetAttr
	case *jinja.Dict:
		get = func(k string) (any, bool) { return v.Get(k) }
	}
	if x, ok := get("query_id"); ok {
		id, _ = x.(string)
	}
	if x, ok := get("rows_affected"); ok {
		if n, ok := x.(int64); ok {
			rows = n
		}
	}
	return id, rows
}

// write is write(sql): what stands for the node in target/run. Elsewhere than in
// a materialization there is nothing to write.
func (c *rendering) write(a *jinja.Args) (any, error) {
	if c.written != nil {
		*c.written = a.Str(0, "payload", "")
	}
	return "", nil
}
