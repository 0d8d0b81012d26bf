package render

import (
	"github.com/snowpit-dev/snowpit/runner/render/jinja"
	"github.com/snowpit-dev/snowpit/runner/render/jinja/value"
)

// A resolver is builtins.ref or builtins.source: a function that knows the
// project's config, as dbt's does.
type resolver struct {
	c    *rendering
	call func(*jinja.Args) (any, error)
}

// Call is ref or source.
func (r *resolver) Call(a *jinja.Args) (any, error) { return r.call(a) }

// GetAttr is config, the settings of the project and of the command, or
// current_project.
func (r *resolver) GetAttr(name string) (any, bool) {
	switch name {
	case "config":
		return r.c.runtimeConfig(), true
	case "current_project":
		return r.c.l.Project, true
	}
	return nil, false
}

// Names are the attributes, for suggestions.
func (r *resolver) Names() []string { return []string{"config", "current_project"} }

// TypeName is what messages call it.
func (r *resolver) TypeName() string { return "resolver" }

// runtimeConfig is what dbt calls its RuntimeConfig, as far as packages read
// it.
func (c *rendering) runtimeConfig() any {
	l := c.l
	own := value.NewDict()
	if l.Vars != nil {
		vars := l.Vars(l.Project)
		for _, k := range sortedKeys(vars) {
			_ = own.Set(k, value.Clone(jinja.FromGo(vars[k]))) // a string can be a key
		}
	}
	given := value.Clone(jinja.FromGo(l.Args["vars"]))
	if given == nil {
		given = value.NewDict()
	}
	all := value.NewDict()
	for _, name := range sortedKeys(l.Versions) {
		_ = all.Set(name, &record{fields: value.DictOf("project_name", name, "version", l.Versions[name])}) // likewise
	}
	return &record{fields: value.DictOf(
		"project_name", l.Project, "version", l.Versions[l.Project], "profile_name", l.Target.Profile, "target_name", l.Target.Name, "threads", int64(l.Target.Threads),
		"args", &record{c.arguments(), true}, "cli_vars", given, "vars", &record{fields: own}, "dependencies", all,
	)}
}
