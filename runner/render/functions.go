package render

import (
	"fmt"
	"strings"

	"github.com/snowpit-dev/snowpit/runner/render/jinja"
	"github.com/snowpit-dev/snowpit/runner/render/jinja/value"
)

// variables is the name var: var(name, default), and var.has_var(name).
type variables struct {
	l    *Library
	over map[string]any // over those of the library
}

// GetAttr is has_var.
func (v variables) GetAttr(name string) (any, bool) {
	if name != "has_var" {
		return notYet("var." + name), true
	}
	return jinja.Func(func(a *jinja.Args) (any, error) {
		_, ok := v.l.Vars[a.Str(0, "var_name", "")]
		return ok, nil
	}), true
}

// Call is the value of a variable.
func (v variables) Call(a *jinja.Args) (any, error) {
	name := a.Str(0, "name", "")
	if set, ok := v.over[name]; ok {
		return jinja.FromGo(set), nil
	}
	if set, ok := v.l.Vars[name]; ok {
		return jinja.FromGo(set), nil
	}
	if a.Has(1, "default") {
		return a.Arg(1, "default", nil), nil
	}
	hint := ""
	if near := value.Nearest(name, sortedKeys(v.l.Vars)); near != "" {
		hint = fmt.Sprintf("; did you mean '%s'?", near)
	}
	return nil, fmt.Errorf("required var '%s' not found%s: set it under vars in dbt_project.yml or with --vars '{%s: ...}'", name, hint, name)
}

func (l *Library) envVar(a *jinja.Args, over map[string]any) (any, error) {
	name := a.Str(0, "var", "")
	if v, ok := over[name]; ok {
		return jinja.Str(jinja.FromGo(v)), nil
	}
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
	return nil, fmt.Errorf("env var required but not provided: '%s'; set it, or give env_var a default", name)
}

// target is the name target. Its type is snowflake whatever the warehouse, as
// that is the dialect templates write.
func (l *Library) target() *jinja.Dict {
	t := l.Target
	d := value.DictOf("profile_name", t.Profile, "name", t.Name, "target_name", t.Name, "type", "snowflake",
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
			if value.Truthy(a.Arg(1, "info", false)) {
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
