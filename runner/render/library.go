package render

import (
	"embed"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"time"

	"github.com/snowpit-dev/snowpit/runner"
	"github.com/snowpit-dev/snowpit/runner/render/jinja"
)

// Own is the name of the package that dbt's own macros belong to.
const Own = "dbt"

// A Library is what all templates of a project share: the macros of the
// project, of its packages and of dbt itself, and the values that every
// template sees. Once it is filled, several goroutines may render with it.
type Library struct {
	Project     string
	Target      runner.Target
	Vars        func(pkg string) map[string]any // of a package, those of the command line over them, as templates have them; nil for none
	Env         func(string) (string, bool)     // environment variables
	Log         func(level, message string)     // what log() and print() say; nil to drop it
	Start       time.Time                       // run_started_at
	Which       string                          // the command, as flags.WHICH has it
	Args        map[string]any                  // its flags, such as fail_fast, as flags and invocation_args_dict have them
	Dispatch    map[string][]string             // search orders of adapter.dispatch by namespace
	Graph       func() *jinja.Dict              // the name graph but for what templates write into it, when it is asked for; nil for none
	Versions    map[string]string               // of the project and its packages, as builtins.ref.config.dependencies has them
	MetadataEnv map[string]string               // the name dbt_metadata_envs
	// ImplicitOverrides lets a package's materializations take the place of
	// dbt's own, as dbt did before 1.8.
	ImplicitOverrides bool
	Selected          func() []string // the name selected_resources, likewise

	packages map[string]*pack
	board    blackboard
}

// A pack is one package's macros.
type pack struct {
	name   string
	macros map[string]*macro // by name; a test x is test_x, a materialization x of an adapter materialization_x_adapter
}

// A macro is one of a package's.
type macro struct {
	pkg  *pack
	name string
	tpl  *jinja.Template
	def  *jinja.Macro
}

func (m *macro) pos() runner.Pos {
	line, col := m.tpl.Position(m.def)
	return runner.Pos{File: m.tpl.Name, Line: line, Col: col}
}

func (l *Library) pack(name string) *pack {
	if l.packages == nil {
		l.packages = map[string]*pack{}
	}
	p := l.packages[name]
	if p == nil {
		p = &pack{name: name, macros: map[string]*macro{}}
		l.packages[name] = p
	}
	return p
}

// AddMacros reads a file of a package's macros; what else it holds is passed
// over. Two macros of one name in a package are an error.
func (l *Library) AddMacros(pkg, file, text string) error {
	t, err := jinja.Parse(file, text)
	if err != nil {
		return err
	}
	p := l.pack(pkg)
	for _, def := range t.Macros {
		m := &macro{p, def.Name, t, def}
		switch def.Kind {
		case "macro":
		case "test":
			m.name = "test_" + def.Name
		case "materialization":
			m.name = materializationName(def.Name, def.Adapter)
		default:
			continue
		}
		if old := p.macros[m.name]; old != nil {
			return fmt.Errorf("%s: there is a macro %s in %s already; rename one of them", m.pos(), m.name, old.tpl.Name)
		}
		p.macros[m.name] = m
	}
	return nil
}

// macros are dbt's own, as its documentation describes them.
//
//go:embed macros
var macros embed.FS

// AddOwn adds dbt's own macros and generic tests. A project may define macros
// of the same names, which then take their place.
func (l *Library) AddOwn() error {
	files, err := fs.Glob(macros, "macros/*.sql")
	if err != nil {
		return err
	}
	for _, file := range files {
		text, err := macros.ReadFile(file)
		if err != nil {
			return err
		}
		if err := l.AddMacros(Own, "dbt/"+strings.TrimPrefix(file, "macros/"), string(text)); err != nil {
			return err
		}
	}
	return nil
}

// find is a macro as a template of a package sees it by its bare name: the
// package's own, the project's, or dbt's.
func (l *Library) find(pkg, name string) *macro {
	for _, p := range []string{pkg, l.Project, Own} {
		if known := l.packages[p]; known != nil && known.macros[name] != nil {
			return known.macros[name]
		}
	}
	return nil
}

// Has reports whether the project itself defines a macro.
func (l *Library) Has(name string) bool {
	m := l.find(l.Project, name)
	return m != nil && m.pkg.name != Own
}

// Known reports whether a package defines a macro.
func (l *Library) Known(pkg, name string) bool {
	p := l.packages[pkg]
	return p != nil && p.macros[name] != nil
}

// HasTest reports whether there is a generic test, in a package ("" for where
// a bare name is looked for from within from).
func (l *Library) HasTest(from, pkg, name string) bool { return l.test(from, pkg, name) != nil }

// test finds a generic test. From within a package, dbt also finds the tests of
// all others by their bare name.
func (l *Library) test(from, pkg, name string) *macro {
	if pkg == "" {
		return l.find(from, "test_"+name)
	}
	if p := l.packages[pkg]; p != nil {
		return p.macros["test_"+name]
	}
	return nil
}

// Tests are the names of the generic tests that a package sees, sorted; those
// of other packages with the package in front.
func (l *Library) Tests(from string) []string {
	var names []string
	for _, p := range l.packages {
		for name := range p.macros {
			if test, ok := strings.CutPrefix(name, "test_"); ok {
				if p.name != from && p.name != l.Project && p.name != Own {
					test = p.name + "." + test
				}
				names = append(names, test)
			}
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// Macros describes the macros of the project and its packages, sorted by ID.
func (l *Library) Macros() []runner.MacroInfo {
	var out []runner.MacroInfo
	for _, p := range l.packages {
		for name, m := range p.macros {
			text := m.tpl.Text(m.def)
			info := runner.MacroInfo{ID: m.id(), Name: name, Package: p.name, Pos: m.pos(), SQL: text}
			info.Needs = slices.DeleteFunc(l.Calls(p.name, text), func(id string) bool { return id == info.ID })
			out = append(out, info)
		}
	}
	slices.SortFunc(out, func(a, b runner.MacroInfo) int { return strings.Compare(a.ID, b.ID) })
	return out
}

func (m *macro) id() string { return "macro." + m.pkg.name + "." + m.name }

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
