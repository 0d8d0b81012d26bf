package render

import (
	"fmt"
	"maps"
	"strings"

	"github.com/snowpit-dev/snowpit/runner"
	"github.com/snowpit-dev/snowpit/runner/render/jinja"
	"github.com/snowpit-dev/snowpit/runner/render/jinja/value"
)

// variables is the name var: var(name, default), and var.has_var(name).
type variables struct{ c *rendering }

// GetAttr is has_var.
func (v variables) GetAttr(name string) (any, bool) {
	if name != "has_var" {
		return nil, false
	}
	return jinja.Func(func(a *jinja.Args) (any, error) {
		_, ok := v.all()[a.Str(0, "var_name", "")]
		return ok, nil
	}), true
}

// all are the variables that the scope's package sees.
func (v variables) all() map[string]any {
	var all map[string]any
	if v.c.l.Vars != nil {
		all = v.c.l.Vars(v.c.s.Package)
	}
	if len(v.c.s.Vars) > 0 {
		both := maps.Clone(v.c.s.Vars)
		for k, x := range all {
			if _, set := both[k]; !set {
				both[k] = x
			}
		}
		return both
	}
	return all
}

// Call is the value of a variable: a dict or list is the template's own.
func (v variables) Call(a *jinja.Args) (any, error) {
	name := a.Str(0, "name", "")
	all := v.all()
	if set, ok := all[name]; ok {
		return v.rendered(a, value.Clone(jinja.FromGo(set)))
	}
	if a.Has(1, "default") {
		return a.Arg(1, "default", nil), nil
	}
	hint := ""
	if near := value.Nearest(name, sortedKeys(all)); near != "" {
		hint = fmt.Sprintf("; did you mean '%s'?", near)
	}
	return nil, fmt.Errorf("required var '%s' not found%s: set it under vars in dbt_project.yml or with --vars '{%s: ...}'", name, hint, name)
}

// maxVars is how deep vars may ask for others.
const maxVars = 20

// rendered is a variable's value. A text may have templates in it, which are
// rendered whenever it is asked for.
func (v variables) rendered(a *jinja.Args, set any) (any, error) {
	text, ok := set.(string)
	if !ok || !strings.Contains(text, "{{") && !strings.Contains(text, "{%") {
		return set, nil
	}
	t, err := jinja.Parse("vars", text)
	if err != nil {
		return nil, err
	}
	if v.c.depth++; v.c.depth > maxVars {
		return nil, fmt.Errorf("RecursionError: a var whose text asks for vars does so without an end: %q", text)
	}
	defer func() { v.c.depth-- }()
	return v.c.own().Render(a.Context(), t)
}

func (c *rendering) envVar(a *jinja.Args) (any, error) {
	name := a.Str(0, "var", "")
	if set, ok := c.s.Env[name]; ok {
		return jinja.Str(jinja.FromGo(set)), nil
	}
	if strings.HasPrefix(name, "DBT_ENV_SECRET") {
		return nil, fmt.Errorf("env_var('%s'): a secret may be read in profiles.yml only", name)
	}
	return EnvVar(c.l.Env, a)
}

// metadataEnvs are the variables that artifacts have under env, without their
// prefix.
func (c *rendering) metadataEnvs() *jinja.Dict {
	d := value.NewDict()
	for _, k := range sortedKeys(c.l.MetadataEnv) {
		_ = d.Set(k, c.l.MetadataEnv[k]) // a string can be a key
	}
	return d
}

// validateAny is validation.any: a check that a value is one of some.
func validateAny(a *jinja.Args) (any, error) {
	some := append([]any(nil), a.Pos...)
	return jinja.Func(func(a *jinja.Args) (any, error) {
		v := a.Arg(0, "value", nil)
		var texts []string
		for _, x := range some {
			if same, err := value.Equal(v, x); err == nil && same {
				return nil, nil
			}
			texts = append(texts, jinja.Str(x))
		}
		return nil, fmt.Errorf("Expected value %q to be one of %s", jinja.Str(v), strings.Join(texts, ","))
	}), nil
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
	return nil, fmt.Errorf("env var required but not provided: '%s'; set it, or give env_var a default", name)
}

// target is the name target. Its type is snowflake whatever the warehouse, as
// that is the dialect templates write.
func (l *Library) target() *jinja.Dict {
	t := l.Target
	d := value.DictOf("profile_name", t.Profile, "name", t.Name, "target_name", t.Name, "type", "snowflake",
		"database", spelt(t, "database", t.Database), "schema", spelt(t, "schema", t.Schema), "role", t.Role, "warehouse", t.Compute, "threads", int64(t.Threads),
		"account", "snowpit", "user", "snowpit") // the local warehouse's own, unless the profile says others
	for _, key := range []string{"account", "user", "host", "query_tag", "client_session_keep_alive"} {
		if v, ok := t.Settings[key]; ok {
			d.Set(key, jinja.FromGo(v))
		}
	}
	return d
}

// spelt is a part of the target as profiles.yml spells it, or else as it is
// stored.
func spelt(t runner.Target, key, stored string) string {
	if text, ok := t.Settings[key].(string); ok && text != "" {
		return text
	}
	return stored
}
