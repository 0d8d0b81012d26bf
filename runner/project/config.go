package project

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
)

// A layer is config from one place, by key, as encoding/json has it.
type layer = map[string]any

// additive are the keys whose values add up over layers, as in dbt.
var additive = []string{"tags", "pre-hook", "post-hook", "pre_hook", "post_hook", "packages"}

// merged are the keys whose maps are merged over layers, as in dbt.
var merged = []string{"meta", "docs", "column_types", "quoting", "grants"}

// overlay puts layers together, the later over the earlier.
func overlay(layers ...layer) layer {
	out := layer{}
	for _, l := range layers {
		for k, v := range l {
			switch {
			case slices.Contains(additive, k):
				out[k] = union(asList(out[k]), asList(v))
			case slices.Contains(merged, k):
				old, ok := out[k].(map[string]any)
				more, ok2 := v.(map[string]any)
				if ok && ok2 {
					both := maps.Clone(old)
					maps.Copy(both, more)
					v = both
				}
				out[k] = v
			default:
				out[k] = v
			}
		}
	}
	return out
}

func asList(v any) []any {
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

// layersFor finds what a section of dbt_project.yml (models:, seeds:, ...)
// says of a node: the keys at the top, then those of the project, of each
// folder, and of the node's own name. A key is config if it has a + or if its
// value is no map.
func (l *loader) layersFor(section yamldoc.Value, fqn []string, path string) layer {
	layers := []layer{direct(section)}
	at := section
	for _, part := range fqn {
		if !at.Has(part) || at.Get(part).Keys == nil {
			break
		}
		at = at.Get(part)
		path += "." + part
		l.usedPaths[path] = true
		layers = append(layers, direct(at))
	}
	return overlay(layers...)
}

// mapKeys are the keys whose values are maps, with or without a +.
var mapKeys = slices.Concat(merged, []string{"persist_docs", "contract", "snapshot_meta_column_names", "partition_by", "freshness"})

func direct(v yamldoc.Value) layer {
	l := layer{}
	for _, k := range v.Keys {
		x := v.Fields[k]
		name, plus := strings.CutPrefix(k, "+")
		if plus || x.Keys == nil || slices.Contains(mapKeys, k) {
			l[name] = x.Plain()
		}
	}
	return l
}

// unusedPaths warns of config in dbt_project.yml that met no node, as dbt does.
func (l *loader) unusedPaths() {
	for _, section := range []string{"models", "seeds", "snapshots", "tests", "data_tests", "sources", "unit_tests", "analyses"} {
		l.unusedBelow(l.settings.file.Get(section), section)
	}
}

func (l *loader) unusedBelow(v yamldoc.Value, path string) {
	for _, k := range v.Keys {
		x := v.Fields[k]
		if strings.HasPrefix(k, "+") || x.Keys == nil || slices.Contains(mapKeys, k) {
			continue
		}
		if at := path + "." + k; l.usedPaths[at] {
			l.unusedBelow(x, at)
		} else if len(direct(x)) > 0 || len(x.Keys) > 0 {
			l.warnAs("UnusedResourceConfigPath", x.Pos, "%s applies to nothing: there is no such package, folder or node", at)
		}
	}
}

// typed reads the keys of a config that the runner acts on. File and name are
// for messages.
func typed(all layer, n *runner.Node) (runner.Config, error) {
	c := runner.Config{All: all, Materialized: runner.View, Pos: n.Config.Pos}
	if c.Pos.File == "" {
		c.Pos = n.Pos
	}
	if n.Type == runner.Seed || n.Type == runner.Snapshot {
		c.Materialized = runner.Materialization(n.Type)
	}
	r := &configReader{all: all}
	if m := r.text("materialized"); m != "" && n.Type == runner.Model {
		c.Materialized = runner.Materialization(m)
	}
	c.Tags = r.texts("tags")
	c.UniqueKey = r.texts("unique_key")
	c.Strategy = r.text("incremental_strategy")
	c.OnSchema = r.text("on_schema_change")
	c.FullRefresh = r.flag("full_refresh")
	if n.Type != runner.Test && n.Type != runner.Source {
		r.materialization(&c)
	}
	if n.Type == runner.Model {
		c.Plugin = r.plugin()
		if n.Python && r.all["materialized"] == nil {
			c.Materialized = runner.Table
		}
		r.materialized(c.Materialized)
	}
	if r.err != nil {
		return c, fmt.Errorf("%s: config %w", c.Pos, r.err)
	}
	return c, nil
}

// A configReader reads values of known types and keeps the first error.
type configReader struct {
	all layer
	err error
}

func (r *configReader) bad(key, want string) {
	if r.err == nil {
		r.err = fmt.Errorf("%s: %v is not %s", key, r.all[key], want)
	}
}

func (r *configReader) text(key string) string {
	switch v := r.all[key].(type) {
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

func (r *configReader) texts(key string) []string {
	var out []string
	for _, v := range asList(r.all[key]) {
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

func (r *configReader) flag(key string) *bool {
	switch v := r.all[key].(type) {
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

func (r *configReader) number(key string) int {
	if v, ok := r.all[key].(json.Number); ok {
		if n, err := strconv.Atoi(v.String()); err == nil {
			return n
		}
	}
	if r.all[key] != nil {
		r.bad(key, "a whole number")
	}
	return 0
}

func (r *configReader) materialized(m runner.Materialization) {
	known := []runner.Materialization{runner.View, runner.Table, runner.Ephemeral, runner.Incremental}
	if !slices.Contains(known, m) && r.err == nil {
		r.err = fmt.Errorf("materialized: %q is not supported; use view, table, incremental or ephemeral", m)
	}
}

// plugin reads the keys of a model that names one.
func (r *configReader) plugin() *runner.PluginConfig {
	p := &runner.PluginConfig{Name: r.text("plugin"), Action: r.text("action"), Artifact: r.text("artifact")}
	if p.Name == "" {
		return nil
	}
	switch {
	case p.Action == "":
		r.err = fmt.Errorf("action: a model with plugin=%q says what it does: action='train' or 'predict'", p.Name)
	case p.Artifact == "":
		r.err = fmt.Errorf("artifact: a model with plugin=%q names the model's file on a stage, such as artifact='@MODELSTAGE/%s/model.json'", p.Name, p.Name)
	}
	switch t := r.all["timeout"].(type) {
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
