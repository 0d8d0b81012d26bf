package render

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/apache/arrow-go/v18/arrow/array"

	"github.com/snowpit-dev/snowpit/runner"
	"github.com/snowpit-dev/snowpit/runner/render/jinja"
	"github.com/snowpit-dev/snowpit/runner/render/jinja/value"
	"github.com/snowpit-dev/snowpit/warehouse"
)

// A Scope is what one template sees beside the library.
type Scope struct {
	Package     string            // the package the template belongs to; "" for the project
	Node        map[string]any    // the node, as model and in generate_*_name; nil for none
	This        Relation          // zero where there is none
	Execute     bool              // whether this is the render whose SQL will run
	Incremental bool              // what is_incremental() says
	FullRefresh bool              // what flags.FULL_REFRESH says
	RunID       string            // invocation_id
	Compiled    string            // sql and compiled_code; none for ""
	Session     warehouse.Session // what run_query and adapter ask; nil for none, when they refuse

	// Ref and Source resolve a name to what the template prints. They may
	// refuse it; the error gets the place of the call. Version is "" where none
	// is given.
	Ref    func(at runner.Pos, pkg, name, version string) (any, error)
	Source func(at runner.Pos, source, table string) (any, error)
	// Config takes what config(...) sets, and gives what config.get asks for.
	Config func(at runner.Pos, set map[string]any) error
	Get    func(key string) (any, bool)
	// Doc is the text of a docs block; nil where doc() cannot be used.
	Doc func(pkg, name string) (string, error)
	// Seed gives the rows of a seed's file; nil for what is none.
	Seed func() ([]warehouse.Column, array.RecordReader, error)
	// Names are further names, over all others. Overrides are the values that a
	// unit test sets for names, or for package.name.
	Names, Overrides map[string]any
	// Vars and Env go over the library's, likewise.
	Vars, Env map[string]any
}

// Render renders a template, with the macros in it hidden as dbt hides a
// model's own. It ends early when ctx is done.
func (l *Library) Render(ctx context.Context, t *jinja.Template, s Scope) (string, error) {
	c := l.context(s)
	defer c.end()
	hidden := *c.own()
	hidden.HideMacros = true
	return hidden.Render(ctx, t)
}

// Value evaluates an expression of YAML, such as ref('a') or 1 + 1, given as
// text. An error's line and column count from the beginning of that text.
func (l *Library) Value(ctx context.Context, file, expr string, s Scope) (any, error) {
	c := l.context(s)
	defer c.end()
	env := *c.own()
	env.Filters = native
	return env.Value(ctx, file, expr)
}

// ErrNoMacro is a macro that is not there.
var ErrNoMacro = errors.New("there is no macro")

// Call calls a macro by its name, or package.name, and gives its text.
func (l *Library) Call(ctx context.Context, name string, s Scope, kwargs map[string]any) (string, error) {
	v, err := l.CallValue(ctx, name, s, kwargs)
	if err != nil {
		return "", err
	}
	return value.Text(v)
}

// CallValue is [Library.Call] that gives what the macro returned.
func (l *Library) CallValue(ctx context.Context, name string, s Scope, kwargs map[string]any) (any, error) {
	m, err := l.named(s.Package, name)
	if err != nil {
		return nil, err
	}
	kw := value.NewDict()
	for _, k := range sortedKeys(kwargs) {
		if err := kw.Set(k, kwargs[k]); err != nil {
			return nil, err
		}
	}
	c := l.context(s)
	defer c.end()
	return c.env(m.pkg.name).Call(ctx, c.bind(m), nil, kw)
}

// named is a macro by its name or package.name.
func (l *Library) named(from, name string) (*macro, error) {
	m := l.find(from, name)
	if pkg, bare, ok := cut(name); ok {
		if p := l.packages[pkg]; p != nil {
			m = p.macros[bare]
		}
	}
	if m != nil {
		return m, nil
	}
	var all []string
	for _, p := range l.packages {
		for n := range p.macros {
			all = append(all, n, p.name+"."+n)
		}
	}
	if near := value.Nearest(name, all); near != "" {
		return nil, fmt.Errorf("%w %s; did you mean %s?", ErrNoMacro, name, near)
	}
	return nil, fmt.Errorf("%w %s", ErrNoMacro, name)
}

func cut(name string) (pkg, bare string, ok bool) {
	for i := range name {
		if name[i] == '.' {
			return name[:i], name[i+1:], true
		}
	}
	return "", name, false
}

// A rendering is one render: a scope, the names it has, and the macros bound to
// them.
type rendering struct {
	l       *Library
	s       Scope
	globals map[string]any
	envs    map[string]*jinja.Env
	bound   map[*macro]*jinja.BoundMacro
	results *value.Dict // of statements, by name
	g       *graph      // the name graph, once it is used
	depth   int         // of vars whose text is being rendered
	written *string     // what write() is given, in a materialization; else nil
}

func (l *Library) context(s Scope) *rendering {
	if s.Package == "" {
		s.Package = l.Project
	}
	return &rendering{l: l, s: s, envs: map[string]*jinja.Env{}, bound: map[*macro]*jinja.BoundMacro{}, results: value.NewDict()}
}

// own is the environment of the scope's own package.
func (c *rendering) own() *jinja.Env { return c.env(c.s.Package) }

// noPackage is what to do about a package that is not there.
const noPackage = "a package of that name would have to be installed: name it in packages.yml and run snowpit deps"

// env is the environment that templates and macros of a package see.
func (c *rendering) env(pkg string) *jinja.Env {
	if env := c.envs[pkg]; env != nil {
		return env
	}
	env := &jinja.Env{Filters: filters, Lenient: !c.s.Execute && c.s.Config != nil, Advice: noPackage}
	c.envs[pkg] = env
	env.Names = func() []string { return c.known(pkg) }
	env.Lookup = func(name string) (any, bool) { return c.lookup(pkg, name) }
	return env
}

// lookup finds a name as a template of a package sees it: what a unit test
// sets, the macros of the package and of the project, packages, dbt's names,
// and dbt's macros.
func (c *rendering) lookup(pkg, name string) (any, bool) {
	if v, ok := c.s.Names[name]; ok {
		return v, true
	}
	if len(c.s.Overrides) > 0 {
		there := func() (any, bool) { return c.found(pkg, name) }
		if v, ok := c.override(there, name, Own+"."+name); ok {
			return v, true
		}
	}
	return c.found(pkg, name)
}

// found is what a name stands for but for a unit test.
func (c *rendering) found(pkg, name string) (any, bool) {
	m := c.l.find(pkg, name)
	if m != nil && m.pkg.name != Own {
		return c.bind(m), true
	}
	switch name {
	case "adapter":
		return &adapter{c, pkg}, true
	case "context":
		return &contextView{c, pkg}, true
	case "render":
		return jinja.Func(c.render), true
	}
	if v, ok := c.global(name); ok {
		return v, true
	}
	if m != nil {
		return c.bind(m), true
	}
	if p := c.l.packages[name]; p != nil {
		return &namespace{p, c}, true
	}
	return nil, false
}

func (c *rendering) bind(m *macro) *jinja.BoundMacro {
	b := c.bound[m]
	if b == nil {
		b = jinja.Bind(m.tpl, m.def, c.env(m.pkg.name))
		c.bound[m] = b
	}
	return b
}

// known are the names that a package's templates see, for suggestions.
func (c *rendering) known(pkg string) []string {
	names := slices.Concat(sortedKeys(makers), sortedKeys(constants), []string{"adapter", "context", "render"})
	for _, name := range sortedKeys(optional) {
		if _, ok := optional[name](c); ok {
			names = append(names, name)
		}
	}
	for _, p := range []string{pkg, c.l.Project, Own} {
		if known := c.l.packages[p]; known != nil {
			names = append(names, sortedKeys(known.macros)...)
		}
	}
	return append(names, sortedKeys(c.l.packages)...)
}

// A namespace is package.macro.
type namespace struct {
	p *pack
	c *rendering
}

// GetAttr is a macro. One that is not there is undefined while a project is
// read, and a call that says so after that.
func (n *namespace) GetAttr(name string) (any, bool) {
	if len(n.c.s.Overrides) > 0 {
		names := []string{n.p.name + "." + name}
		if n.p.name == Own {
			names = []string{name, names[0]}
		}
		there := func() (any, bool) { return n.found(name) }
		if v, ok := n.c.override(there, names...); ok {
			return v, true
		}
	}
	return n.found(name)
}

// found is a macro but for a unit test.
func (n *namespace) found(name string) (any, bool) {
	if m := n.p.macros[name]; m != nil {
		return n.c.bind(m), true
	}
	if n.p.name == Own {
		if v, ok := n.c.global(name); ok {
			return v, true
		}
	}
	u := &value.Undefined{Name: name, Hint: fmt.Sprintf("package %s has no macro '%s'", n.p.name, name), Near: n.Names}
	return u, true
}

// TypeName is what messages call it.
func (n *namespace) TypeName() string { return "package " + n.p.name }

// Names are the macros, for suggestions.
func (n *namespace) Names() []string { return sortedKeys(n.p.macros) }
