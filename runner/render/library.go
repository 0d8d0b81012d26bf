package render

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/snowpit-dev/snowpit/runner"
	"github.com/snowpit-dev/snowpit/runner/render/jinja"
	"github.com/snowpit-dev/snowpit/runner/render/jinja/value"
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
			line, col := t.Position(m)
			return fmt.Errorf("%s:%d:%d: a %s block is not supported yet", file, line, col, m.Kind)
		}
		if old := l.macros[name]; old != nil && !old.own {
			line, col := t.Position(m)
			return fmt.Errorf("%s:%d:%d: there is a macro %s in %s already; rename one of them", file, line, col, name, old.tpl.Name)
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
	// Names are further names, over all others: those that a unit test sets.
	Names map[string]any
	// Vars and Env go over the library's, likewise.
	Vars, Env map[string]any
}

// Render renders a template, with the macros in it hidden as dbt hides a
// model's own. It ends early when ctx is done.
func (l *Library) Render(ctx context.Context, t *jinja.Template, s Scope) (string, error) {
	env := l.env(s)
	env.HideMacros = true
	return env.Render(ctx, t)
}

// Value evaluates an expression, such as ref('a') or 1 + 1, given as text. An
// error's line and column count from the beginning of that text.
func (l *Library) Value(ctx context.Context, file, expr string, s Scope) (any, error) {
	return l.env(s).Value(ctx, file, expr)
}

// Call calls a macro by name and gives its text.
func (l *Library) Call(ctx context.Context, name string, s Scope, kwargs map[string]any) (string, error) {
	m := l.macros[name]
	if m == nil {
		return "", fmt.Errorf("there is no macro %s", name)
	}
	kw := value.NewDict()
	for _, k := range sortedKeys(kwargs) {
		if err := kw.Set(k, kwargs[k]); err != nil {
			return "", err
		}
	}
	env := l.env(s)
	v, err := env.Call(ctx, jinja.Bind(m.tpl, m.def, env), nil, kw)
	if err != nil {
		return "", err
	}
	return value.Text(v)
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
	env := &jinja.Env{Filters: filters}
	globals := l.globals(s)
	bound := map[string]any{}
	env.Names = func() []string { return append(sortedKeys(l.macros), sortedKeys(globals)...) }
	env.Lookup = func(name string) (any, bool) {
		if v, ok := s.Names[name]; ok {
			return v, true
		}
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
	if m := n.lib.macros[name]; m != nil && m.own == (n.name == "dbt") {
		return jinja.Bind(m.tpl, m.def, n.env), true
	}
	if n.name == "dbt" {
		return notYet("dbt." + name), true
	}
	return jinja.Func(func(*jinja.Args) (any, error) {
		msg := fmt.Sprintf("project %s has no macro %s", n.name, name)
		if near := value.Nearest(name, sortedKeys(n.lib.macros)); near != "" {
			msg += "; did you mean " + near + "?"
		}
		return nil, fmt.Errorf("%s", msg)
	}), true
}
