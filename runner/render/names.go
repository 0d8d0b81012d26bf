package render

import (
	"fmt"
	"time"

	"github.com/snowpit-dev/snowpit/runner/render/jinja"
	"github.com/snowpit-dev/snowpit/runner/render/jinja/pylib"
	"github.com/snowpit-dev/snowpit/runner/render/jinja/value"
)

// Version is the version of dbt whose behaviour templates are told of.
const Version = "1.10.0"

// later are names of dbt's context that templates may not use yet.
var later = []string{"load_agate_table", "submit_python_job", "store_raw_result", "validation", "write"}

// constants are the names that are the same everywhere.
var constants = map[string]any{
	"modules":           pylib.Modules(),
	"return":            jinja.Func(func(a *jinja.Args) (any, error) { return nil, jinja.Return{V: a.Arg(0, "data", nil)} }),
	"tojson":            jinja.Func(toJSON),
	"fromjson":          jinja.Func(fromJSON),
	"toyaml":            jinja.Func(toYAML),
	"fromyaml":          jinja.Func(fromYAML),
	"set":               jinja.Func(distinct),
	"set_strict":        jinja.Func(distinctStrict),
	"zip":               jinja.Func(pylib.Zip),
	"zip_strict":        jinja.Func(pylib.Zip),
	"local_md5":         jinja.Func(localMD5),
	"diff_of_two_dicts": jinja.Func(diffOfDicts),
	"dbt_version":       Version,
}

// names are the names that dbt gives a template.
func (c *rendering) names() map[string]any {
	l, s := c.l, c.s
	g := map[string]any{
		"ref":                   jinja.Func(s.ref),
		"source":                jinja.Func(s.source),
		"config":                &config{s},
		"var":                   variables{c},
		"env_var":               jinja.Func(c.envVar),
		"target":                l.target(),
		"execute":               s.Execute,
		"flags":                 c.flags(),
		"log":                   jinja.Func(l.say("debug")),
		"print":                 jinja.Func(l.say("info")),
		"exceptions":            exceptions{l},
		"invocation_id":         s.RunID,
		"run_started_at":        pylib.Datetime(l.Start.UTC(), time.UTC),
		"project_name":          l.Project,
		"thread_id":             "Thread-1 (worker)",
		"api":                   api{c},
		"statement":             jinja.Func(c.statement),
		"run_query":             jinja.Func(c.runQuery),
		"load_result":           jinja.Func(c.loadResult),
		"store_result":          jinja.Func(c.storeResult),
		"try_or_compiler_error": jinja.Func(tryOrError),
		"render":                jinja.Func(c.render),
		"dbt_metadata_envs":     value.NewDict(),
		"is_incremental":        jinja.Func(func(*jinja.Args) (any, error) { return s.Incremental, nil }),
		"should_full_refresh":   jinja.Func(func(*jinja.Args) (any, error) { return s.fullRefresh(), nil }),
		"should_store_failures": jinja.Func(func(*jinja.Args) (any, error) { return s.flag("store_failures"), nil }),
		"selected_resources":    value.Texts(l.selected()),
		"adapter_macro":         notYet("adapter_macro (use adapter.dispatch)"),
		"get_current_query_tag": jinja.Func(c.queryTag),
	}
	for name, v := range constants {
		g[name] = v
	}
	for _, name := range later {
		g[name] = notYet(name)
	}
	if !s.This.IsZero() {
		g["this"] = s.This
		g["schema"], g["database"] = s.This.part(1), s.This.part(0)
	} else {
		target := g["target"].(*jinja.Dict)
		g["schema"], _ = target.Get("schema")
		g["database"], _ = target.Get("database")
	}
	if s.Node != nil {
		g["model"] = jinja.FromGo(s.Node)
		g["pre_hooks"], g["post_hooks"] = jinja.FromGo(hooks(s.Node, "pre-hook")), jinja.FromGo(hooks(s.Node, "post-hook"))
	}
	if s.Doc != nil {
		g["doc"] = jinja.Func(s.doc)
	}
	builtins := value.NewDict()
	for _, name := range []string{"ref", "source", "config"} {
		builtins.Set(name, g[name]) // a string can be a key
	}
	g["builtins"] = builtins
	return g
}

// hooks are a node's, as its config has them.
func hooks(node map[string]any, key string) any {
	config, _ := node["config"].(map[string]any)
	if config[key] == nil {
		return []any{}
	}
	return config[key]
}

func (l *Library) selected() []string {
	if l.Selected == nil {
		return nil
	}
	return l.Selected()
}

// flags are those of the command.
func (c *rendering) flags() *jinja.Dict {
	return value.DictOf("FULL_REFRESH", c.s.FullRefresh, "WHICH", c.l.Which, "STORE_FAILURES", false, "EMPTY", false,
		"FAIL_FAST", false, "DEBUG", false, "QUIET", false, "WARN_ERROR", false, "PARTIAL_PARSE", true, "USE_COLORS", false,
		"INDIRECT_SELECTION", "eager", "PRINT", true, "VERSION_CHECK", true, "WRITE_JSON", true, "INTROSPECT", true)
}

func (s Scope) flag(key string) bool {
	if s.Get == nil {
		return false
	}
	v, _ := s.Get(key)
	return v == true
}

// fullRefresh is the config full_refresh, or else the command's flag.
func (s Scope) fullRefresh() bool {
	if s.Get != nil {
		if v, ok := s.Get("full_refresh"); ok && v != nil {
			return v == true
		}
	}
	return s.FullRefresh
}

func (s Scope) doc(a *jinja.Args) (any, error) {
	switch len(a.Pos) {
	case 1:
		return s.Doc("", a.Str(0, "name", ""))
	case 2:
		return s.Doc(a.Str(0, "package", ""), a.Str(1, "name", ""))
	}
	return nil, fmt.Errorf("doc() takes the name of a docs block, or a package and a name")
}

// render is the function render: a text as a template.
func (c *rendering) render(a *jinja.Args) (any, error) {
	t, err := jinja.Parse("render()", a.Str(0, "string", ""))
	if err != nil {
		return nil, err
	}
	return c.own().Render(a.Context(), t)
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
