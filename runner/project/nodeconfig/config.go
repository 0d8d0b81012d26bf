package nodeconfig

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/snowpit-dev/snowpit/runner"
	"github.com/snowpit-dev/snowpit/runner/project/yamldoc"
	"github.com/snowpit-dev/snowpit/runner/render/jinja/value"
)

// A Layer is config from one place, by key, as encoding/json has it.
type Layer = map[string]any

// additive are the keys whose values add up over layers, as in dbt, without
// those that are there already.
var additive = []string{"tags", "packages"}

// hookKeys are the keys of statements, which add up, too, each as often as it
// is written.
var hookKeys = []string{"pre-hook", "post-hook", "pre_hook", "post_hook"}

// merged are the keys whose maps are merged over layers, as in dbt.
var merged = []string{"meta", "docs", "column_types", "quoting", "grants"}

// Overlay puts layers together, the later over the earlier.
func Overlay(layers ...Layer) Layer {
	out := Layer{}
	for _, l := range layers {
		for k, v := range l {
			switch {
			case slices.Contains(additive, k):
				out[k] = union(List(out[k]), List(v))
			case slices.Contains(hookKeys, k):
				out[k] = slices.Concat(List(out[k]), List(v))
			case k == "grants" && Map(v) != nil:
				out[k] = grants(Map(out[k]), Map(v))
			case slices.Contains(merged, k):
				out[k] = mergedMaps(out[k], v)
			default:
				out[k] = v
			}
		}
	}
	return out
}

// mergedMaps is a map over another; anything else takes its place.
func mergedMaps(old, more any) any {
	a, ordered := old.(value.Ordered)
	b, ordered2 := more.(value.Ordered)
	switch {
	case ordered && ordered2:
		return a.Merged(b)
	case Map(old) != nil && Map(more) != nil:
		both := maps.Clone(Map(old))
		maps.Copy(both, Map(more))
		return both
	}
	return more
}

// grants puts the roles of each privilege over those of an earlier layer: in
// their place, or with a + before the privilege beside them.
func grants(old, more map[string]any) map[string]any {
	out := map[string]any{}
	for privilege, roles := range old {
		out[privilege] = List(roles)
	}
	for privilege, roles := range more {
		privilege, add := strings.CutPrefix(privilege, "+")
		if !add {
			out[privilege] = List(roles)
		}
	}
	for privilege, roles := range more {
		if privilege, add := strings.CutPrefix(privilege, "+"); add {
			out[privilege] = slices.Concat(List(out[privilege]), List(roles))
		}
	}
	return out
}

// List is a value as a list: itself if it is one, none for nil, and a list of
// one otherwise.
func List(v any) []any {
	switch v := v.(type) {
	case nil:
		return nil
	case []any:
		return v
	}
	return []any{v}
}

func union(a, b []any) []any {
	out := slices.Clone(a)
	for _, x := range b {
		if !slices.ContainsFunc(out, func(y any) bool { return fmt.Sprint(x) == fmt.Sprint(y) }) {
			out = append(out, x)
		}
	}
	return out
}

// mapKeys are the keys whose values are maps, with or without a +.
var mapKeys = slices.Concat(merged, []string{"persist_docs", "contract", "snapshot_meta_column_names", "partition_by", "freshness"})

// IsSetting reports whether a key of a section is config, not the name of a
// package, folder or node.
func IsSetting(key string, v yamldoc.Value) bool {
	return strings.HasPrefix(key, "+") || v.Keys == nil || slices.Contains(mapKeys, key)
}

// Direct is the config that stands at the top of a section.
func Direct(v yamldoc.Value) Layer {
	l := Layer{}
	for _, k := range v.Keys {
		x := v.Fields[k]
		if IsSetting(k, x) {
			l[strings.TrimPrefix(k, "+")] = x.Plain()
		}
	}
	return l
}

// Read reads the keys of n's config that the runner acts on.
func Read(all Layer, n *runner.Node) (runner.Config, error) {
	c := runner.Config{All: all, Materialized: runner.View, Custom: n.Config.Custom, Pos: n.Config.Pos}
	if c.Pos.File == "" {
		c.Pos = n.Pos
	}
	if n.Type == runner.Seed || n.Type == runner.Snapshot {
		c.Materialized = runner.Materialization(n.Type)
	}
	r := &Reader{All: all}
	if m := r.Text("materialized"); m != "" && n.Type == runner.Model {
		c.Materialized = runner.Materialization(m)
	}
	c.Tags = r.Texts("tags")
	c.UniqueKey = r.Texts("unique_key")
	c.Strategy = r.Text("incremental_strategy")
	c.OnSchema = r.Text("on_schema_change")
	c.FullRefresh = r.Flag("full_refresh")
	if n.Type != runner.Test && n.Type != runner.Source {
		r.materialization(&c)
	}
	if n.Type == runner.Model {
		c.Plugin = r.plugin()
		if n.Python && r.All["materialized"] == nil {
			c.Materialized = runner.Table
		}
		if c.Custom == "" {
			r.materialized(c.Materialized)
		}
	}
	if r.Err != nil {
		return c, fmt.Errorf("%s: config %w", c.Pos, r.Err)
	}
	return c, nil
}

// A Reader reads values of known types and keeps the first error.
type Reader struct {
	All Layer // what is read
	Err error // the first fault
}

func (r *Reader) bad(key, want string) {
	if r.Err == nil {
		r.Err = fmt.Errorf("%s: %v is not %s", key, r.All[key], want)
	}
}

// Text is the text of a key, "" where there is none.
func (r *Reader) Text(key string) string {
	switch v := r.All[key].(type) {
	case nil:
		return ""
	case string:
		return v
	case json.Number:
		return v.String()
	}
	r.bad(key, "a text")
	return ""
}

// Texts are the texts of a key that has one or a list of them.
func (r *Reader) Texts(key string) []string {
	var out []string
	for _, v := range List(r.All[key]) {
		switch v := v.(type) {
		case string:
			out = append(out, v)
		case json.Number:
			out = append(out, v.String())
		default:
			r.bad(key, "a text or a list of texts")
		}
	}
	return out
}

// Flag is the flag of a key, nil where there is none.
func (r *Reader) Flag(key string) *bool {
	switch v := r.All[key].(type) {
	case nil:
		return nil
	case bool:
		return &v
	case string:
		if b, err := strconv.ParseBool(strings.ToLower(v)); err == nil {
			return &b
		}
	}
	r.bad(key, "true or false")
	return nil
}

func (r *Reader) number(key string) int {
	if v, ok := r.All[key].(json.Number); ok {
		if n, err := strconv.Atoi(v.String()); err == nil {
			return n
		}
	}
	if r.All[key] != nil {
		r.bad(key, "a whole number")
	}
	return 0
}

func (r *Reader) materialized(m runner.Materialization) {
	known := []runner.Materialization{runner.View, runner.Table, runner.Ephemeral, runner.Incremental}
	if !slices.Contains(known, m) && r.Err == nil {
		r.Err = fmt.Errorf("materialized: %q is not supported; use view, table, incremental or ephemeral, or define a materialization of that name", m)
	}
}

// plugin reads the keys of a model that names one.
func (r *Reader) plugin() *runner.PluginConfig {
	p := &runner.PluginConfig{Name: r.Text("plugin"), Action: r.Text("action"), Artifact: r.Text("artifact")}
	if p.Name == "" {
		return nil
	}
	switch {
	case p.Action == "":
		r.Err = fmt.Errorf("action: a model with plugin=%q says what it does: action='train' or 'predict'", p.Name)
	case p.Artifact == "":
		r.Err = fmt.Errorf("artifact: a model with plugin=%q names the model's file on a stage, such as artifact='@MODELSTAGE/%s/model.json'", p.Name, p.Name)
	}
	switch t := r.All["timeout"].(type) {
	case nil:
	case json.Number:
		if s, err := t.Float64(); err == nil && s > 0 {
			p.Timeout = time.Duration(s * float64(time.Second))
			return p
		}
		r.bad("timeout", "a number of seconds above 0 or a duration such as '10m'")
	case string:
		d, err := time.ParseDuration(t)
		if err != nil || d <= 0 {
			r.bad("timeout", "a number of seconds above 0 or a duration such as '10m'")
		}
		p.Timeout = d
	default:
		r.bad("timeout", "a number of seconds above 0 or a duration such as '10m'")
	}
	return p
}

// Map is a value as a map, nil for what is none.
func Map(v any) map[string]any { return value.Fields(v) }
