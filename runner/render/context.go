package render

import (
	"fmt"

	"github.com/snowpit-dev/snowpit/runner"
	"github.com/snowpit-dev/snowpit/runner/render/jinja"
	"github.com/snowpit-dev/snowpit/runner/render/jinja/pylib"
	"github.com/snowpit-dev/snowpit/runner/render/jinja/value"
)

// dbtVersion is the version of dbt whose behaviour templates are told of.
const dbtVersion = "1.10.0"

// later are names of dbt's context that templates may not use yet.
var later = []string{
	"adapter", "api", "database", "diff_of_two_dicts", "doc", "fromyaml", "graph", "load_agate_table", "load_result",
	"render", "run_query", "selected_resources", "statement", "store_raw_result", "store_result", "submit_python_job",
	"thread_id", "toyaml", "try_or_compiler_error", "write", "pre_hooks", "post_hooks", "sql", "compiled_code",
	"validation", "dbt_metadata_envs",
}

// globals are the names that dbt gives a template.
func (l *Library) globals(s Scope) map[string]any {
	g := map[string]any{
		"ref":            jinja.Func(s.ref),
		"source":         jinja.Func(s.source),
		"config":         &config{s},
		"var":            variables{l, s.Vars},
		"env_var":        jinja.Func(func(a *jinja.Args) (any, error) { return l.envVar(a, s.Env) }),
		"target":         l.target(),
		"is_incremental": jinja.Func(func(*jinja.Args) (any, error) { return s.Incremental, nil }),
		"execute":        s.Execute,
		"flags":          value.DictOf("FULL_REFRESH", s.FullRefresh),
		"log":            jinja.Func(l.say("debug")),
		"print":          jinja.Func(l.say("info")),
		"exceptions":     exceptions{l},
		"return":         jinja.Func(func(a *jinja.Args) (any, error) { return nil, jinja.Return{V: a.Arg(0, "data", nil)} }),
		"modules":        pylib.Modules(),
		"tojson":         jinja.Func(toJSON),
		"fromjson":       jinja.Func(fromJSON),
		"set":            jinja.Func(distinct),
		"set_strict":     jinja.Func(distinctStrict),
		"zip":            jinja.Func(pylib.Zip),
		"zip_strict":     jinja.Func(pylib.Zip),
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
	builtins := value.NewDict()
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

// GetItem refuses every item, too.
func (n notYet) GetItem(key any) (any, bool) {
	return notYet(string(n) + "[" + value.Repr(key) + "]"), true
}

// Refuse says that it is not there yet.
func (n notYet) Refuse() error { return fmt.Errorf("%s is not supported yet", string(n)) }

// Call refuses.
func (n notYet) Call(*jinja.Args) (any, error) { return nil, n.Refuse() }
