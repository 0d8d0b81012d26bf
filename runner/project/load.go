package project

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/snowpit-dev/snowpit/runner"
	"github.com/snowpit-dev/snowpit/runner/graph"
	"github.com/snowpit-dev/snowpit/runner/project/nodeconfig"
	"github.com/snowpit-dev/snowpit/runner/render"
	"github.com/snowpit-dev/snowpit/runner/render/jinja"
	"github.com/snowpit-dev/snowpit/runner/render/jinja/value"
)

// File is the name of a project's own file.
const File = "dbt_project.yml"

// ErrNoProject is a folder that holds no project, nor do those above it.
var ErrNoProject = errors.New("no dbt project")

// ErrNoTarget is a target, or the profile it would be in, that is not there.
var ErrNoTarget = errors.New("no such target")

// Options change how a project is read. The zero value reads it as it is, with
// no environment variables.
type Options struct {
	Profile     string                      // instead of the project's own
	Target      string                      // instead of the profile's default
	ProfilesDir string                      // where profiles.yml is; looked for if empty
	Home        string                      // the user's folder, for ~/.dbt; not looked at if empty
	Vars        map[string]any              // over those of the project, as templates have them
	SeedPath    string                      // a folder of CSV files instead of the project's seeds
	Env         func(string) (string, bool) // environment variables
	Log         func(level, message string) // what log(), print() and warn() say
	Start       time.Time                   // run_started_at; now if zero
	// Connection finds the settings of a Snowflake connection by its name, and
	// the file they are in, "" for none; nil where there are no such files.
	Connection func(name string) (settings map[string]any, file string, err error)
	Which      string         // the command, such as "run", as flags.WHICH has it
	Args       map[string]any // its flags, such as fail_fast, as templates have them
	AnyVersion bool           // read projects that ask for another version of dbt, too
	TargetPath string         // instead of the project's own, as a path on disk
	Cache      bool           // keep what was read in the target folder, for the next time
}

// Select notes which nodes a command is for, as selected_resources has them. It
// is called before the first of them is compiled.
func (p *Project) Select(nodes []*runner.Node) {
	ids := make([]string, len(nodes))
	for i, n := range nodes {
		ids[i] = n.ID
	}
	p.lib.Selected = func() []string { return ids }
}

// A Project is a project that was read, with the graph of its nodes. It is a
// [runner.Compiler]. Several goroutines may use it at once.
type Project struct {
	*runner.Project
	Graph        *graph.Graph
	TargetPath   string   // where compiled SQL goes, relative to the project
	CleanTargets []string // what clean deletes, relative to the project
	SourcePaths  []string // the folders of models, seeds, tests and macros, likewise
	PackagesPath string   // the folder of installed packages, likewise
	ProfilesFile string   // the profiles.yml that was found, or ""
	Read         Read     // how much of it had to be read anew

	// SkipOnStartFailure is the flag skip_nodes_if_on_run_start_fails.
	SkipOnStartFailure bool

	// Selectors are those of selectors.yml, DefaultSelector the one that is used
	// where none is named, or "".
	Selectors       map[string]graph.Expr
	DefaultSelector string

	lib       *render.Library
	templates map[string]*template    // of models, snapshots, analyses and singular tests, by ID
	tests     map[string]*genericTest // by ID
	names     *names                  // who is called what
	graph     struct {
		once sync.Once
		v    *value.Dict
	}
}

// Find looks for a project in dir and the folders above it.
func Find(dir string) (string, error) {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return "", err
	}
	for at := abs; ; at = filepath.Dir(at) {
		if _, err := os.Stat(filepath.Join(at, File)); err == nil {
			return at, nil
		}
		if at == filepath.Dir(at) {
			return "", fmt.Errorf("%w: there is no %s in %s or above it; snowpit init NAME makes a new project, snowpit demo a finished one", ErrNoProject, File, abs)
		}
	}
}

// Load reads the project in dir.
func Load(dir string, opts Options) (*Project, error) {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	return LoadFS(os.DirFS(abs), abs, opts)
}

// LoadFS reads a project from a file system. Dir is where its seeds are found
// when they are loaded.
func LoadFS(fsys fs.FS, dir string, opts Options) (*Project, error) {
	l := newLoader(fsys, dir, opts)
	for _, step := range []func() error{
		l.readIgnore, l.readProject, l.openCache, l.readSelectors, l.readProfile, l.readPackages, l.readHooks, l.readMacros, l.readDocs, l.readProperties,
		l.readModels, l.readSeeds, l.readSnapshots, l.readSources, l.readSingularTests, l.readAnalyses, l.configure, l.readGenericTests,
		l.readUnitTests, l.readExposures, l.name, l.resolve, l.runHookNeeds, l.joinArtifacts, l.describeRest, l.build, l.saveCache,
	} {
		if err := step(); err != nil {
			return nil, err
		}
	}
	return l.p, nil
}

func newLoader(fsys fs.FS, dir string, opts Options) *loader {
	l := &loader{
		fsys: fsys, dir: dir, opts: opts,
		p: &Project{
			Project:   &runner.Project{Dir: dir, Nodes: map[string]*runner.Node{}},
			templates: map[string]*template{}, tests: map[string]*genericTest{}, names: newNames(),
		},
		patches: map[string]patch{}, sourceLayers: map[string]nodeconfig.Layer{}, docs: map[string]runner.DocBlock{},
		vars: map[string]map[string]any{}, asked: map[string]variable{}, listed: map[string][]string{}, told: map[string]bool{},
		versions: map[string]version{}, calls: map[string][]need{}, own: map[string]nodeconfig.Layer{}, usedPaths: map[string]bool{},
	}
	l.names = l.p.names
	l.cache = newCache()
	if l.opts.Start.IsZero() {
		l.opts.Start = time.Now()
	}
	return l
}

// A loader is a project being read.
type loader struct {
	fsys fs.FS
	dir  string
	opts Options
	p    *Project

	packs    []*pack // the project's own first
	settings *pack   // that
	names    *names
	order    []*runner.Node   // every node, as found
	patches  map[string]patch // YAML properties by "package.models/name", "package.seeds/name"
	yaml     []propertyFile
	calls    map[string][]need           // what templates asked for, by node ID
	own      map[string]nodeconfig.Layer // what nodes' own files set, by ID
	docs     map[string]runner.DocBlock
	versions map[string]version // of versioned models, by package and file

	sourceLayers map[string]nodeconfig.Layer
	usedPaths    map[string]bool     // places in dbt_project.yml whose config met a node
	ignore       []string            // patterns of .dbtignore
	listed       map[string][]string // the files of folders
	told         map[string]bool     // what was warned of once

	cache  *cache
	varsMu sync.Mutex
	vars   map[string]map[string]any // by package
	asked  map[string]variable       // variables of the environment that were asked for
	done   bool                      // asked is not written any more
}

// A need is a ref or source that a template names.
type need struct {
	at      runner.Pos
	name    string // of a model or seed, or source.table
	source  bool
	pkg     string
	version string
}

// evaluate renders a text in YAML of the project.
func (l *loader) evaluate(at runner.Pos, text string) (any, error) {
	return l.evaluateIn(l.p.Name)(at, text)
}

// evaluateIn renders texts in YAML of a package. One that is a single
// expression keeps its type.
func (l *loader) evaluateIn(pkg string) func(at runner.Pos, text string) (any, error) {
	return func(at runner.Pos, text string) (any, error) {
		return l.evaluated(at, text, render.Scope{Package: pkg, Execute: true})
	}
}

func (l *loader) evaluated(at runner.Pos, text string, scope render.Scope) (any, error) {
	v, err := l.p.evaluated(context.Background(), at, text, scope)
	if err != nil {
		return nil, err
	}
	out, err := jinja.ToGo(v)
	return out, placed(at, err)
}

// evaluated is what a text with templates comes to: one that is a single
// expression is its value, any other is text.
func (p *Project) evaluated(ctx context.Context, at runner.Pos, text string, scope render.Scope) (any, error) {
	if inner, ok := strings.CutPrefix(strings.TrimSpace(text), "{{"); ok {
		if inner, ok := strings.CutSuffix(inner, "}}"); ok && !strings.Contains(inner, "{{") && !strings.Contains(inner, "}}") {
			return p.expression(ctx, at, inner, scope)
		}
	}
	t, err := jinja.Parse(at.String(), text)
	if err != nil {
		return nil, placed(at, err)
	}
	out, err := p.lib.Render(ctx, t, scope)
	return out, placed(at, err)
}

// expression is the value of an expression in YAML.
func (p *Project) expression(ctx context.Context, at runner.Pos, text string, scope render.Scope) (any, error) {
	v, err := p.lib.Value(ctx, at.String(), text, scope)
	return v, placed(at, err)
}

// placed gives an error inside a YAML value the value's place instead of one
// counted from its beginning.
func placed(at runner.Pos, err error) error {
	var inner *jinja.Error
	if errors.As(err, &inner) {
		err = inner.Err
	}
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", at, err)
}

func isName(s string) bool {
	for i, c := range s {
		if c != '_' && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (i == 0 || c < '0' || c > '9') {
			return false
		}
	}
	return s != ""
}

// readMacros reads dbt's own macros, then those of the project and its
// packages.
func (l *loader) readMacros() error {
	if err := l.p.lib.AddOwn(); err != nil {
		return err
	}
	for _, p := range l.packs {
		dirs := slices.Clone(p.macroPaths)
		for _, dir := range p.testPaths {
			dirs = append(dirs, path.Join(dir, "generic"))
		}
		files, err := l.files(dirs, ".sql")
		if err != nil {
			return err
		}
		for _, file := range files {
			text, err := l.read(file)
			if err != nil {
				return err
			}
			l.cache.add(file, text)
			if err := l.p.lib.AddMacros(p.name, file, text); err != nil {
				return err
			}
		}
	}
	return nil
}

// build makes the graph.
func (l *loader) build() error {
	var nodes []graph.Node
	for _, n := range l.order {
		if l.p.Nodes[n.ID] != n {
			continue
		}
		g := graph.Node{
			ID: n.ID, Name: n.Name, Type: string(n.Type), Package: n.Package, Path: n.Pos.File, Patch: n.Patch, FQN: n.FQN, Tags: n.Config.Tags,
			Config: n.Config.All, Group: n.Group, Access: n.Access, Version: n.Version, Latest: n.Latest,
		}
		if n.Type == runner.Model && g.Access == "" {
			g.Access = "protected"
		}
		if n.Test != nil {
			g.TestName = n.Test.Generic
		}
		if n.Type == runner.Source {
			g.Source = strings.Join(n.FQN[len(n.FQN)-2:], ".")
		}
		for _, e := range n.Parents {
			g.Needs = append(g.Needs, graph.Edge{To: e.To, Where: e.Pos.String()})
		}
		nodes = append(nodes, g)
	}
	var err error
	l.p.Graph, err = graph.New(nodes)
	return err
}
