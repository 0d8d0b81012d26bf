package render

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/snowpit-dev/snowpit/runner"
	"github.com/snowpit-dev/snowpit/runner/render/jinja"
)

// A Library is what all templates of a project share. Once it is filled,
// several goroutines may render with it.
type Library struct {
	Project string
	Target  runner.Target
	Vars    map[string]any              // of the project and the command line, as encoding/json has them
	Env     func(string) (string, bool) // environment variables
	Log     func(level, message string) // what log() and print() say; nil to drop it
	Start   time.Time                   // run_started_at
	macros  map[string]*macro           // by name; a test x is test_x
}

// A macro is one of the project's, or of dbt's own.
type macro struct {
	tpl *jinja.Template
	def *jinja.Macro
	own bool // dbt's: a project's may take its place
}

// maxDepth is how deeply macros may call each other.
const maxDepth = 200

// AddMacros reads a file of macros. Two macros of one name are an error.
func (l *Library) AddMacros(file, text string) error { return l.add(file, text, false) }

func (l *Library) add(file, text string, own bool) error {
	t, err := jinja.Parse(file, text)
	if err != nil {
		return err
	}
	if l.macros == nil {
		l.macros = map[string]*macro{}
	}
	for _, m := range t.Macros {
		name := m.Name
		switch m.Kind {
		case "macro":
		case "test", "data_test":
			name = "test_" + name
		case "docs":
			continue
		default:
			return fmt.Errorf("%s:%d: a %s block is not supported yet", file, m.Line, m.Kind)
		}
		if old := l.macros[name]; old != nil && !old.own {
			return fmt.Errorf("%s:%d: there is a macro %s in %s already", file, m.Line, name, old.tpl.Name)
		}
		l.macros[name] = &macro{t, m, own}
	}
	return nil
}

// Has reports whether the project itself defines a macro.
func (l *Library) Has(name string) bool {
	m := l.macros[name]
	return m != nil && !m.own
}

// HasTest reports whether there is a generic test of that name.
func (l *Library) HasTest(name string) bool { return l.macros["test_"+name] != nil }

// Tests are the names of the generic tests there are, sorted.
func (l *Library) Tests() []string {
	var names []string
	for name := range l.macros {
		if test, ok := strings.CutPrefix(name, "test_"); ok {
			names = append(names, test)
		}
	}
	slices.Sort(names)
	return names
}

// A Scope is what one template sees beside the library.
type Scope struct {
	Node        map[string]any  // the node, as model and in generate_*_name; nil for none
	This        runner.Relation // zero where there is none
	Execute     bool            // whether this is the render whose SQL will run
	Incremental bool            // what is_incremental() says
	FullRefresh bool
	RunID       string

	// Ref and Source resolve a name to what the template prints. They may
	// refuse it; the error gets the place of the call.
	Ref    func(at runner.Pos, pkg, name string) (any, error)
	Source func(at runner.Pos, source, table string) (any, error)
	// Config takes what config(...) sets, and gives what config.get asks for.
	Config func(at runner.Pos, set map[string]any) error
	Get    func(key string) (any, bool)
}

// Render renders a template, with the macros in it hidden as dbt hides a
// model's own.
func (l *Library) Render(ctx context.Context, t *jinja.Template, s Scope) (string, error) {
	if err := ctx.Err(); err != nil {
		return "", err
	}
	env := l.env(s)
	env.HideMacros = true
	return env.Render(t)
}

// Value evaluates an expression, such as ref('a') or 1 + 1, given as text.
func (l *Library) Value(file, expr string, s Scope) (any, error) {
	t, err := jinja.Parse(file, "{{ __value("+expr+") }}")
	if err != nil {
		return nil, err
	}
	var got any
	env := l.env(s)
	inner := env.Lookup
	env.Lookup = func(name string) (any, bool) {
		if name == "__value" {
			return jinja.Func(func(a *jinja.Args) (any, error) {
				got = a.Arg(0, "", nil)
				return "", nil
			}), true
		}
		return inner(name)
	}
	_, err = env.Render(t)
	return got, err
}

// Call calls a macro by name and gives its text.
func (l *Library) Call(name string, s Scope, kwargs map[string]any) (string, error) {
	m := l.macros[name]
	if m == nil {
		return "", fmt.Errorf("there is no macro %s", name)
	}
	kw := jinja.NewDict()
	for _, k := range sortedKeys(kwargs) {
		if err := kw.Set(k, kwargs[k]); err != nil {
			return "", err
		}
	}
	v, err := jinja.Call(jinja.Bind(m.tpl, m.def, l.env(s)), &jinja.Args{Kw: kw})
	if err != nil {
		return "", err
	}
	return jinja.Str(v), nil
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// env is the environment of one render.
func (l *Library) env(s Scope) *jinja.Env {
	env := &jinja.Env{MaxDepth: maxDepth, Filters: filters}
	globals := l.globals(s)
	bound := map[string]any{}
	env.Lookup = func(name string) (any, bool) {
		if v, ok := bound[name]; ok {
			return v, true
		}
		if m := l.macros[name]; m != nil && !(m.own && globals[name] != nil) {
			bound[name] = jinja.Bind(m.tpl, m.def, env)
			return bound[name], true
		}
		if name == l.Project || name == "dbt" {
			return &namespace{name, env, l}, true
		}
		v, ok := globals[name]
		return v, ok
	}
	return env
}

// A namespace is project_name.macro.
type namespace struct {
	name string
	env  *jinja.Env
	lib  *Library
}

// GetAttr is a macro, or a call that says there is none.
func (n *namespace) GetAttr(name string) (any, bool) {
	if m := n.lib.macros[name]; m != nil {
		return jinja.Bind(m.tpl, m.def, n.env), true
	}
	return jinja.Func(func(*jinja.Args) (any, error) {
		if n.name == "dbt" {
			return nil, fmt.Errorf("dbt.%s is not supported yet", name)
		}
		return nil, fmt.Errorf("project %s has no macro %s", n.name, name)
	}), true
}
