package project

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/snowpit-dev/snowpit/runner"
	"github.com/snowpit-dev/snowpit/runner/graph"
	"github.com/snowpit-dev/snowpit/runner/render"
	"github.com/snowpit-dev/snowpit/runner/render/jinja"
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
	Vars        map[string]any              // over those of the project, as encoding/json has them
	SeedPath    string                      // a folder of CSV files instead of the project's seeds
	Env         func(string) (string, bool) // environment variables
	Log         func(level, message string) // what log(), print() and warn() say
	Start       time.Time                   // run_started_at; now if zero
	// Connection finds the settings of a Snowflake connection by its name, and
	// the file they are in, "" for none; nil where there are no such files.
	Connection func(name string) (settings map[string]any, file string, err error)
}

// A Project is a project that was read, with the graph of its nodes. It is a
// [runner.Compiler]. Several goroutines may use it at once.
type Project struct {
	*runner.Project
	Graph        *graph.Graph
	TargetPath   string   // where compiled SQL goes, relative to the project
	CleanTargets []string // what clean deletes, relative to the project
	SourcePaths  []string // the folders of models, seeds, tests and macros, likewise

	// Selectors are those of selectors.yml, DefaultSelector the one that is used
	// where none is named, or "".
	Selectors       map[string]graph.Expr
	DefaultSelector string

	lib       *render.Library
	templates map[string]*jinja.Template // of models and singular tests, by ID
	tests     map[string]*genericTest    // by ID
	spelt     map[string]runner.Relation // names as the project spells them, by ID
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
	l := &loader{
		fsys: fsys, dir: dir, opts: opts,
		p: &Project{
			Project:   &runner.Project{Dir: dir, Nodes: map[string]*runner.Node{}},
			templates: map[string]*jinja.Template{}, tests: map[string]*genericTest{}, spelt: map[string]runner.Relation{},
		},
		byName: map[string]*runner.Node{}, disabled: map[string]*runner.Node{}, sources: map[string]*runner.Node{},
		patches: map[string]patch{}, sourceLayers: map[string]layer{},
	}
	if l.opts.Start.IsZero() {
		l.opts.Start = time.Now()
	}
	for _, step := range []func() error{
		l.readProject, l.readSelectors, l.readProfile, l.readMacros, l.readProperties, l.readModels, l.readSeeds, l.readSnapshots, l.readSources,
		l.readSingularTests, l.configure, l.readGenericTests, l.readUnitTests, l.name, l.resolve, l.joinArtifacts, l.build,
	} {
		if err := step(); err != nil {
			return nil, err
		}
	}
	return l.p, nil
}

// A loader is a project being read.
type loader struct {
	fsys fs.FS
	dir  string
	opts Options
	p    *Project

	settings settings
	byName   map[string]*runner.Node // models and seeds by name
	disabled map[string]*runner.Node // likewise, those that are off
	sources  map[string]*runner.Node // by source.table
	order    []*runner.Node          // every node, as found
	patches  map[string]patch        // YAML properties by "models/name", "seeds/name"
	yaml     []propertyFile
	calls    map[string][]need // what templates asked for, by node ID

	sourceLayers map[string]layer
}

// A need is a ref or source that a template names.
type need struct {
	at     runner.Pos
	name   string // of a model or seed, or source.table
	source bool
	pkg    string
}

// settings are what dbt_project.yml says.
type settings struct {
	file                                                        value
	name, profile                                               string
	modelPaths, seedPaths, testPaths, macroPaths, snapshotPaths []string
	vars                                                        map[string]any
	quoting                                                     map[string]any
}

// readProject reads dbt_project.yml.
func (l *loader) readProject() error {
	text, err := fs.ReadFile(l.fsys, File)
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%w: there is no %s in %s; snowpit init NAME makes a new project, snowpit demo a finished one", ErrNoProject, File, l.dir)
	} else if err != nil {
		return err
	}
	v, err := parseYAML(File, string(text))
	if err != nil {
		return err
	}
	s := &l.settings
	if s.vars, err = l.variables(v); err != nil {
		return err
	}
	l.p.lib = &render.Library{Vars: func(string) map[string]any { return s.vars }, Env: l.opts.Env, Log: l.opts.Log, Start: l.opts.Start}
	if v, err = v.rendered(l.evaluate); err != nil {
		return err
	}
	s.file, s.name, s.profile = v, v.get("name").text(), v.get("profile").text()
	if !isName(s.name) {
		return fmt.Errorf("%s: the project's name is %q; it needs letters, digits and underscores, as in name: formula1", v.get("name").pos, s.name)
	}
	l.p.Name, l.p.lib.Project = s.name, s.name
	if m, ok := v.get("quoting").plain().(map[string]any); ok {
		s.quoting = m
	}
	return l.paths(v)
}

// paths reads the folders a project keeps things in; dbt's defaults where it
// says nothing.
func (l *loader) paths(v value) error {
	for _, p := range []struct {
		key, other string
		to         *[]string
	}{
		{"model-paths", "models", &l.settings.modelPaths},
		{"seed-paths", "seeds", &l.settings.seedPaths},
		{"test-paths", "tests", &l.settings.testPaths},
		{"macro-paths", "macros", &l.settings.macroPaths},
		{"snapshot-paths", "snapshots", &l.settings.snapshotPaths},
		{"clean-targets", "target", &l.p.CleanTargets},
	} {
		dirs, err := v.get(p.key).texts(p.key)
		if err != nil {
			return err
		}
		if len(dirs) == 0 {
			dirs = []string{p.other}
		}
		for i, d := range dirs {
			dirs[i] = path.Clean(filepath.ToSlash(d))
			if !fs.ValidPath(dirs[i]) {
				return fmt.Errorf("%s: %s: %q is not a folder inside the project", v.get(p.key).pos, p.key, d)
			}
		}
		*p.to = dirs
	}
	l.p.SourcePaths = slices.Concat(l.settings.modelPaths, l.settings.seedPaths, l.settings.testPaths, l.settings.macroPaths, l.settings.snapshotPaths)
	if l.p.TargetPath = path.Clean(filepath.ToSlash(v.get("target-path").text())); l.p.TargetPath == "." {
		l.p.TargetPath = "target"
	}
	var err error
	if l.p.OnRunStart, err = runHooks(v, "on-run-start"); err == nil {
		l.p.OnRunEnd, err = runHooks(v, "on-run-end")
	}
	return err
}

// variables are the project's vars under those of the command line.
func (l *loader) variables(v value) (map[string]any, error) {
	vars := map[string]any{}
	own, _ := v.get("vars").plain().(map[string]any)
	if !v.get("vars").isNull() && own == nil {
		return nil, fmt.Errorf("%s: vars must be a map", v.get("vars").pos)
	}
	maps.Copy(vars, own)
	if scoped, ok := own[v.get("name").text()].(map[string]any); ok {
		maps.Copy(vars, scoped)
	}
	maps.Copy(vars, l.opts.Vars)
	return vars, nil
}

// evaluate renders a text in YAML. One that is a single expression keeps its
// type.
func (l *loader) evaluate(at runner.Pos, text string) (any, error) {
	trimmed := strings.TrimSpace(text)
	scope := render.Scope{}
	if inner, ok := strings.CutPrefix(trimmed, "{{"); ok {
		if inner, ok := strings.CutSuffix(inner, "}}"); ok && !strings.Contains(inner, "{{") && !strings.Contains(inner, "}}") {
			v, err := l.p.lib.Value(context.Background(), at.String(), inner, scope)
			if err != nil {
				return nil, placed(at, err)
			}
			out, err := jinja.ToGo(v)
			return out, placed(at, err)
		}
	}
	t, err := jinja.Parse(at.String(), text)
	if err != nil {
		return nil, placed(at, err)
	}
	out, err := l.p.lib.Render(context.Background(), t, scope)
	return out, placed(at, err)
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

// files lists the files below some folders that end in one of the suffixes,
// sorted by path. A folder that is not there is empty.
func (l *loader) files(dirs []string, suffixes ...string) ([]string, error) {
	var files []string
	for _, dir := range dirs {
		err := fs.WalkDir(l.fsys, dir, func(at string, d fs.DirEntry, err error) error {
			if errors.Is(err, fs.ErrNotExist) && at == dir {
				return nil
			}
			if err != nil {
				return err
			}
			if d.IsDir() && at != dir && strings.HasPrefix(d.Name(), ".") {
				return fs.SkipDir
			}
			if !d.IsDir() && !slices.Contains(files, at) && slices.ContainsFunc(suffixes, func(s string) bool { return strings.HasSuffix(at, s) }) {
				files = append(files, at)
			}
			return nil
		})
		if err != nil {
			return nil, fmt.Errorf("read %s: %w", dir, err)
		}
	}
	slices.Sort(files)
	return files, nil
}

// warn notes something that is passed over.
func (l *loader) warn(at runner.Pos, format string, args ...any) {
	l.p.Warnings = append(l.p.Warnings, runner.Warning{Pos: at, Message: fmt.Sprintf(format, args...)})
}

// readMacros reads dbt's own generic tests, then the project's macros.
func (l *loader) readMacros() error {
	if err := l.p.lib.AddOwn(); err != nil {
		return err
	}
	dirs := slices.Clone(l.settings.macroPaths)
	for _, dir := range l.settings.testPaths {
		dirs = append(dirs, path.Join(dir, "generic"))
	}
	files, err := l.files(dirs, ".sql")
	if err != nil {
		return err
	}
	for _, file := range files {
		text, err := fs.ReadFile(l.fsys, file)
		if err != nil {
			return err
		}
		if err := l.p.lib.AddMacros(l.p.Name, file, string(text)); err != nil {
			return err
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
		g := graph.Node{ID: n.ID, Name: n.Name, Type: string(n.Type), Package: n.Package, Path: n.Pos.File, FQN: n.FQN, Tags: n.Config.Tags, Config: n.Config.All}
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
