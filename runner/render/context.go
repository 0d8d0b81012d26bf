package render

import (
	"crypto/md5"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/snowpit-dev/snowpit/runner"
	"github.com/snowpit-dev/snowpit/runner/render/jinja"
)

// dbtVersion is the version of dbt whose behaviour templates are told of.
const dbtVersion = "1.10.0"

// later are names of dbt's context that templates may not use yet.
var later = []string{
	"adapter", "api", "database", "diff_of_two_dicts", "doc", "fromyaml", "graph", "load_agate_table", "load_result",
	"render", "run_query", "selected_resources", "set_strict", "statement", "store_result", "submit_python_job",
	"toyaml", "try_or_compiler_error", "write", "zip_strict",
}

// globals are the names that dbt gives a template.
func (l *Library) globals(s Scope) map[string]any {
	g := map[string]any{
		"ref":            jinja.Func(s.ref),
		"source":         jinja.Func(s.source),
		"config":         &config{s},
		"var":            jinja.Func(l.variable),
		"env_var":        jinja.Func(l.envVar),
		"target":         l.target(),
		"is_incremental": jinja.Func(func(*jinja.Args) (any, error) { return s.Incremental, nil }),
		"execute":        s.Execute,
		"flags":          jinja.DictOf("FULL_REFRESH", s.FullRefresh),
		"log":            jinja.Func(l.say("debug")),
		"print":          jinja.Func(l.say("info")),
		"exceptions":     exceptions{l},
		"return":         jinja.Func(func(a *jinja.Args) (any, error) { return nil, jinja.Return{V: a.Arg(0, "data", nil)} }),
		"modules":        jinja.Modules(),
		"tojson":         jinja.Func(toJSON),
		"fromjson":       jinja.Func(fromJSON),
		"set":            jinja.Func(distinct),
		"zip":            jinja.Func(jinja.Zip),
		"local_md5":      jinja.Func(localMD5),
		"invocation_id":  s.RunID,
		"run_started_at": jinja.Str(l.Start.UTC().Format("2006-01-02 15:04:05.000000-07:00")),
		"project_name":   l.Project,
		"dbt_version":    dbtVersion,
	}
	if s.This != (runner.Relation{}) {
		g["this"] = Relation{s.This}
		g["schema"], g["database"] = s.This.Schema, s.This.Database
	}
	if s.Node != nil {
		g["model"] = jinja.FromGo(s.Node)
	}
	for _, name := range later {
		if g[name] == nil {
			g[name] = notYet(name)
		}
	}
	builtins := jinja.NewDict()
	for _, name := range []string{"ref", "source", "config"} {
		builtins.Set(name, g[name])
	}
	g["builtins"] = builtins
	return g
}

// notYet is a name that refuses to be used.
type notYet string

// GetAttr refuses every attribute when it is called.
func (n notYet) GetAttr(name string) (any, bool) { return notYet(string(n) + "." + name), true }

// Call refuses.
func (n notYet) Call(*jinja.Args) (any, error) {
	return nil, fmt.Errorf("%s is not supported yet", string(n))
}

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
	}
	return nil, false
}

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

// A config is the name config: config(...) sets, config.get(...) asks.
type config struct{ s Scope }

// Call sets config values and prints nothing.
func (c *config) Call(a *jinja.Args) (any, error) {
	if c.s.Config == nil {
		return "", nil
	}
	set := map[string]any{}
	take := func(d *jinja.Dict) error {
		for _, k := range d.Keys() {
			v, _ := d.Get(k)
			g, err := jinja.ToGo(v)
			if err != nil {
				return fmt.Errorf("config %s: %w", jinja.Str(k), err)
			}
			set[jinja.Str(k)] = g
		}
		return nil
	}
	for _, v := range a.Pos {
		d, ok := v.(*jinja.Dict)
		if !ok {
			return nil, fmt.Errorf("config() takes keys and values, such as config(materialized='table'), not %s", jinja.Repr(v))
		}
		if err := take(d); err != nil {
			return nil, err
		}
	}
	if err := take(a.Kw); err != nil {
		return nil, err
	}
	return "", c.s.Config(position(a), set)
}

// GetAttr is get or require.
func (c *config) GetAttr(name string) (any, bool) {
	if name != "get" && name != "require" {
		return notYet("config." + name), true
	}
	return jinja.Func(func(a *jinja.Args) (any, error) {
		key := a.Str(0, "name", "")
		if c.s.Get != nil {
			if v, ok := c.s.Get(key); ok {
				return jinja.FromGo(v), nil
			}
		}
		if name == "require" && c.s.Execute {
			return nil, fmt.Errorf("the config %s is required and not set", key)
		}
		return a.Arg(1, "default", nil), nil
	}), true
}

func (l *Library) variable(a *jinja.Args) (any, error) {
	name := a.Str(0, "name", "")
	if v, ok := l.Vars[name]; ok {
		return jinja.FromGo(v), nil
	}
	if a.Has(1, "default") {
		return a.Arg(1, "default", nil), nil
	}
	return nil, fmt.Errorf("required var '%s' not found: set it under vars in dbt_project.yml or with --vars '{%s: ...}'", name, name)
}

func (l *Library) envVar(a *jinja.Args) (any, error) {
	name := a.Str(0, "var", "")
	if strings.HasPrefix(name, "DBT_ENV_SECRET") {
		return nil, fmt.Errorf("env_var('%s'): a secret may be read in profiles.yml only", name)
	}
	return EnvVar(l.Env, a)
}

// EnvVar is dbt's env_var(name, default).
func EnvVar(env func(string) (string, bool), a *jinja.Args) (any, error) {
	name := a.Str(0, "var", "")
	if env != nil {
		if v, ok := env(name); ok {
			return v, nil
		}
	}
	if a.Has(1, "default") {
		return jinja.Str(a.Arg(1, "default", nil)), nil
	}
	return nil, fmt.Errorf("env var required but not provided: '%s'", name)
}

// target is the name target. Its type is snowflake whatever the warehouse, as
// that is the dialect templates write.
func (l *Library) target() *jinja.Dict {
	t := l.Target
	d := jinja.DictOf("profile_name", t.Profile, "name", t.Name, "target_name", t.Name, "type", "snowflake",
		"database", t.Database, "schema", t.Schema, "role", t.Role, "warehouse", t.Compute, "threads", int64(t.Threads))
	for _, key := range []string{"account", "user", "host"} {
		if v, ok := t.Settings[key]; ok {
			d.Set(key, jinja.FromGo(v))
		}
	}
	return d
}

func (l *Library) say(level string) jinja.Func {
	return func(a *jinja.Args) (any, error) {
		if l.Log != nil {
			level := level
			if jinja.Truthy(a.Arg(1, "info", false)) {
				level = "info"
			}
			l.Log(level, a.Str(0, "msg", ""))
		}
		return "", nil
	}
}

// exceptions is the name exceptions.
type exceptions struct{ l *Library }

// GetAttr is warn or one of the ways to raise an error.
func (e exceptions) GetAttr(name string) (any, bool) {
	switch name {
	case "warn":
		return e.l.say("warn"), true
	case "raise_compiler_error":
		return jinja.Func(func(a *jinja.Args) (any, error) {
			return nil, fmt.Errorf("compilation error: %s", a.Str(0, "msg", ""))
		}), true
	}
	return notYet("exceptions." + name), true
}

func toJSON(a *jinja.Args) (any, error) {
	text, err := jinja.ToJSON(a.Arg(0, "value", nil), jinja.Truthy(a.Arg(2, "sort_keys", false)), false)
	if err != nil && a.Has(1, "default") {
		return a.Arg(1, "default", nil), nil
	}
	return text, err
}

func fromJSON(a *jinja.Args) (any, error) {
	dec := json.NewDecoder(strings.NewReader(a.Str(0, "string", "")))
	dec.UseNumber()
	var v any
	if err := dec.Decode(&v); err != nil {
		if a.Has(1, "default") {
			return a.Arg(1, "default", nil), nil
		}
		return nil, fmt.Errorf("fromjson: %w", err)
	}
	return jinja.FromGo(v), nil
}

// distinct is set(): the distinct members, as a list.
func distinct(a *jinja.Args) (any, error) {
	seq, ok := a.Arg(0, "value", nil).(*jinja.List)
	if !ok {
		return a.Arg(1, "default", nil), nil
	}
	out, seen := jinja.NewList(), jinja.NewDict()
	for _, v := range seq.Items {
		if _, ok := seen.Get(v); ok {
			continue
		}
		if err := seen.Set(v, true); err != nil {
			return nil, err
		}
		out.Items = append(out.Items, v)
	}
	return out, nil
}

func localMD5(a *jinja.Args) (any, error) {
	sum := md5.Sum([]byte(a.Str(0, "value", "")))
	return hex.EncodeToString(sum[:]), nil
}

// filters are dbt's own beside Jinja's.
var filters = map[string]jinja.FilterFn{
	"as_text":   func(_ *jinja.Env, in any, _ *jinja.Args) (any, error) { return jinja.Str(in), nil },
	"as_native": func(_ *jinja.Env, in any, _ *jinja.Args) (any, error) { return in, nil },
	"as_bool": func(_ *jinja.Env, in any, _ *jinja.Args) (any, error) {
		switch strings.ToLower(jinja.Str(in)) {
		case "true":
			return true, nil
		case "false":
			return false, nil
		}
		return nil, fmt.Errorf("%s is no boolean", jinja.Repr(in))
	},
	"as_number": func(_ *jinja.Env, in any, _ *jinja.Args) (any, error) {
		if n, err := strconv.ParseInt(jinja.Str(in), 10, 64); err == nil {
			return n, nil
		}
		f, err := strconv.ParseFloat(jinja.Str(in), 64)
		if err != nil {
			return nil, fmt.Errorf("%s is no number", jinja.Repr(in))
		}
		return f, nil
	},
}

// Filters are dbt's own filters: as_text, as_native, as_bool, as_number.
func Filters() map[string]jinja.FilterFn { return filters }
