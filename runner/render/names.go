package render

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/snowpit-dev/snowpit/runner"
	"github.com/snowpit-dev/snowpit/runner/render/jinja"
	"github.com/snowpit-dev/snowpit/runner/render/jinja/pylib"
	"github.com/snowpit-dev/snowpit/runner/render/jinja/value"
)

// later are names of dbt's context that templates may not use yet.
var later = []string{"submit_python_job"}

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
	"validation":        value.DictOf("any", jinja.Func(validateAny)),
	"dbt_version":       runner.DBTVersion,
}

// makers make the names that dbt gives a template, when they are first used.
var makers = map[string]func(c *rendering) any{
	"ref":           func(c *rendering) any { return jinja.Func(c.s.ref) },
	"source":        func(c *rendering) any { return jinja.Func(c.s.source) },
	"config":        func(c *rendering) any { return &config{c.s} },
	"var":           func(c *rendering) any { return variables{c} },
	"env_var":       func(c *rendering) any { return jinja.Func(c.envVar) },
	"target":        func(c *rendering) any { return c.l.target() },
	"sql":           func(c *rendering) any { return c.compiled() },
	"compiled_code": func(c *rendering) any { return c.compiled() },
	"execute":       func(c *rendering) any { return c.s.Execute },
	"flags":         func(c *rendering) any { return c.flags() },
	"log":           func(c *rendering) any { return jinja.Func(c.l.say("debug")) },
	"print":         func(c *rendering) any { return jinja.Func(c.l.say("info")) },

	"exceptions":       func(c *rendering) any { return exceptions{c.l} },
	"invocation_id":    func(c *rendering) any { return c.s.RunID },
	"run_started_at":   func(c *rendering) any { return pylib.Datetime(c.l.Start.UTC(), time.UTC) },
	"project_name":     func(c *rendering) any { return c.l.Project },
	"thread_id":        func(*rendering) any { return "Thread-1 (worker)" },
	"api":              func(c *rendering) any { return api{c} },
	"graph":            func(c *rendering) any { return c.graph() },
	"statement":        func(c *rendering) any { return jinja.Func(c.statement) },
	"run_query":        func(c *rendering) any { return jinja.Func(c.runQuery) },
	"load_result":      func(c *rendering) any { return jinja.Func(c.loadResult) },
	"store_raw_result": func(c *rendering) any { return jinja.Func(c.storeRawResult) },
	"store_result":     func(c *rendering) any { return jinja.Func(c.storeResult) },
	"write":            func(c *rendering) any { return jinja.Func(c.write) },
	"load_agate_table": func(c *rendering) any { return jinja.Func(c.seedTable) },

	"try_or_compiler_error": func(*rendering) any { return jinja.Func(tryOrError) },
	"dbt_metadata_envs":     func(c *rendering) any { return c.metadataEnvs() },
	"invocation_args_dict":  func(c *rendering) any { return c.arguments() },
	"selected_resources":    func(c *rendering) any { return value.Texts(c.l.selected()) },
	"adapter_macro":         func(*rendering) any { return notYet("adapter_macro (use adapter.dispatch)") },
	"get_current_query_tag": func(c *rendering) any { return jinja.Func(c.queryTag) },

	"is_incremental": func(c *rendering) any {
		return jinja.Func(func(*jinja.Args) (any, error) { return c.s.Incremental, nil })
	},
	"should_full_refresh": func(c *rendering) any {
		return jinja.Func(func(*jinja.Args) (any, error) { return c.s.fullRefresh(), nil })
	},
	"should_store_failures": func(c *rendering) any {
		return jinja.Func(func(*jinja.Args) (any, error) { return c.s.flag("store_failures"), nil })
	},
	"schema":   func(c *rendering) any { return c.place(1, "schema") },
	"database": func(c *rendering) any { return c.place(0, "database") },
	"builtins": func(c *rendering) any {
		return value.DictOf("ref", &resolver{c, c.s.ref}, "source", &resolver{c, c.s.source}, "config", &config{c.s})
	},
}

// optional are the names that only some templates have.
var optional = map[string]func(c *rendering) (any, bool){
	"this":       func(c *rendering) (any, bool) { return c.s.This, !c.s.This.IsZero() },
	"model":      func(c *rendering) (any, bool) { return jinja.FromGo(c.s.Node), c.s.Node != nil },
	"pre_hooks":  func(c *rendering) (any, bool) { return jinja.FromGo(hooks(c.s.Node, "pre-hook")), c.s.Node != nil },
	"post_hooks": func(c *rendering) (any, bool) { return jinja.FromGo(hooks(c.s.Node, "post-hook")), c.s.Node != nil },
	"doc":        func(c *rendering) (any, bool) { return jinja.Func(c.s.doc), c.s.Doc != nil },
}

// place is a part of where the node is built, or else of the target.
func (c *rendering) place(part int, key string) any {
	if !c.s.This.IsZero() {
		return c.s.This.part(part)
	}
	v, _ := c.l.target().Get(key)
	return v
}

// global is one of dbt's names.
func (c *rendering) global(name string) (any, bool) {
	if v, ok := constants[name]; ok {
		return v, true
	}
	if v, ok := c.globals[name]; ok {
		return v, true
	}
	var v any
	if create, ok := makers[name]; ok {
		v = create(c)
	} else if create, ok := optional[name]; ok {
		if v, ok = create(c); !ok {
			return nil, false
		}
	} else if slices.Contains(later, name) {
		v = notYet(name)
	} else {
		return nil, false
	}
	if c.globals == nil {
		c.globals = map[string]any{}
	}
	c.globals[name] = v
	return v, true
}

// hooks are a node's, as its config has them.
func hooks(node map[string]any, key string) any {
	config := value.Fields(node["config"])
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
	d := value.DictOf("WHICH", c.l.Which, "STORE_FAILURES", false, "EMPTY", false,
		"FAIL_FAST", false, "DEBUG", false, "QUIET", false, "WARN_ERROR", false, "PARTIAL_PARSE", true, "USE_COLORS", false,
		"INDIRECT_SELECTION", "eager", "PRINT", true, "VERSION_CHECK", true, "WRITE_JSON", true, "INTROSPECT", true)
	for _, k := range sortedKeys(c.l.Args) {
		if v := c.l.Args[k]; v != "" {
			d.Set(strings.ToUpper(k), value.Clone(jinja.FromGo(v))) // a string can be a key
		}
	}
	d.Set("FULL_REFRESH", c.s.FullRefresh)
	return d
}

// arguments are what the command was called with, as dbt names it.
func (c *rendering) arguments() *jinja.Dict {
	d := value.DictOf("which", c.l.Which)
	for _, k := range sortedKeys(c.l.Args) {
		d.Set(k, value.Clone(jinja.FromGo(c.l.Args[k]))) // a string can be a key
	}
	return d
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
