package project

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path"
	"path/filepath"
	"strings"
	"sync"

	"github.com/snowpit-dev/snowpit/runner"
	"github.com/snowpit-dev/snowpit/runner/artifact"
	"github.com/snowpit-dev/snowpit/runner/project/nodeconfig"
	"github.com/snowpit-dev/snowpit/runner/render"
	"github.com/snowpit-dev/snowpit/runner/render/jinja"
)

// fqn is a node's package, folders below its root, and name.
func fqn(p *pack, roots []string, file, name string) []string {
	fqn := []string{p.name}
	for _, root := range roots {
		if rel, ok := strings.CutPrefix(file, root+"/"); ok {
			for part := range strings.SplitSeq(path.Dir(rel), "/") {
				if part != "." {
					fqn = append(fqn, part)
				}
			}
			break
		}
	}
	return append(fqn, name)
}

// readModels reads the model files, without rendering them.
func (l *loader) readModels() error {
	return l.eachFile(func(p *pack) []string { return p.modelPaths }, l.readModel, ".sql", ".py")
}

func (l *loader) readModel(p *pack, file string) error {
	name := strings.TrimSuffix(path.Base(file), path.Ext(file))
	n := &runner.Node{Type: runner.Model, Package: p.name, Name: name, Python: path.Ext(file) == ".py", Pos: runner.Pos{File: file}}
	n.ID = "model." + p.name + "." + name
	n.FQN = fqn(p, p.modelPaths, file, name)
	if v, ok := l.versions[p.name+"."+name]; ok {
		n.Name, n.Version, n.Latest = v.model, v.version, v.latest
		n.ID = "model." + p.name + "." + n.Name + ".v" + n.Version
		n.FQN = append(n.FQN[:len(n.FQN)-1], n.Name, "v"+n.Version)
	}
	if strings.ContainsAny(name, " ") {
		return fmt.Errorf("%s: a model's name has no spaces: rename the file", file)
	}
	if err := l.template(n); err != nil {
		return err
	}
	return l.addNamed(n)
}

// template reads a node's file. SQL is parsed when it is first rendered.
func (l *loader) template(n *runner.Node) (err error) {
	if n.Raw, err = l.read(n.Pos.File); err != nil || n.Python {
		return err
	}
	l.p.templates[n.ID] = &template{file: n.Pos.File, text: n.Raw}
	n.Raw = strings.TrimSpace(n.Raw)
	return nil
}

// A template is parsed when it is first needed.
type template struct {
	file, text string
	once       sync.Once
	tpl        *jinja.Template
	err        error
}

func (t *template) parsed() (*jinja.Template, error) {
	t.once.Do(func() { t.tpl, t.err = jinja.ParseTrimmed(t.file, t.text) })
	return t.tpl, t.err
}

// addNamed adds a model, seed or snapshot under its name, and one of the latest
// version under the name alone, too.
func (l *loader) addNamed(n *runner.Node) error {
	keys := []string{n.Name}
	if n.Version != "" {
		keys = []string{n.Name + ".v" + n.Version}
		if n.Version == n.Latest {
			keys = append(keys, n.Name)
		}
	}
	for _, key := range keys {
		if old := l.names.add(key, n); old != nil {
			return fmt.Errorf("%s: there is a %s %s already, in %s; rename one of them", n.Pos, old.Type, key, old.Pos)
		}
	}
	l.add(n)
	return nil
}

func (l *loader) add(n *runner.Node) {
	l.order = append(l.order, n)
	l.p.Nodes[n.ID] = n
}

// readSeeds lists the seed files.
func (l *loader) readSeeds() error {
	for _, p := range l.packs {
		files, dir := []string(nil), l.dir
		var err error
		if l.opts.SeedPath == "" || p.root != "" {
			files, err = l.files(p.seedPaths, ".csv")
		} else {
			files, dir, err = l.otherSeeds()
		}
		if err != nil {
			return err
		}
		for _, file := range files {
			name := strings.TrimSuffix(path.Base(file), ".csv")
			n := &runner.Node{
				ID: "seed." + p.name + "." + name, Type: runner.Seed, Package: p.name, Name: name,
				FQN: fqn(p, p.seedPaths, file, name), Pos: runner.Pos{File: file},
				Seed: &runner.SeedFile{Path: filepath.Join(dir, filepath.FromSlash(file))},
			}
			if l.opts.SeedPath != "" && p.root == "" {
				n.Seed.Path = filepath.Join(dir, path.Base(file))
			}
			if err := l.addNamed(n); err != nil {
				return err
			}
		}
	}
	return nil
}

// otherSeeds lists the CSV files of the folder that stands in for the seeds,
// as if they lay in the project's first seed folder.
func (l *loader) otherSeeds() (files []string, dir string, err error) {
	dir, err = filepath.Abs(l.opts.SeedPath)
	if err != nil {
		return nil, "", err
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, "", fmt.Errorf("seed path: %w", err)
	}
	for _, e := range entries {
		if !e.IsDir() && strings.HasSuffix(e.Name(), ".csv") {
			files = append(files, path.Join(l.settings.seedPaths[0], e.Name()))
		}
	}
	if files == nil {
		return nil, "", fmt.Errorf("seed path: there is no CSV file in %s", dir)
	}
	return files, dir, nil
}

// readSingularTests reads the test files, without rendering them.
func (l *loader) readSingularTests() error {
	return l.eachFile(func(p *pack) []string { return p.testPaths }, func(p *pack, file string) error {
		for _, root := range p.testPaths {
			for _, sub := range []string{"generic", "fixtures"} {
				if strings.HasPrefix(file, path.Join(root, sub)+"/") {
					return nil
				}
			}
		}
		return l.readQuery(p, runner.Test, p.testPaths, file)
	}, ".sql")
}

// readAnalyses reads the analysis files, which are compiled and never run.
func (l *loader) readAnalyses() error {
	return l.eachFile(func(p *pack) []string { return p.analysisPaths }, func(p *pack, file string) error {
		return l.readQuery(p, runner.Analysis, p.analysisPaths, file)
	}, ".sql")
}

// readQuery reads a singular test or an analysis.
func (l *loader) readQuery(p *pack, typ runner.ResourceType, roots []string, file string) error {
	n := &runner.Node{Type: typ, Package: p.name, Name: strings.TrimSuffix(path.Base(file), ".sql"), Pos: runner.Pos{File: file}}
	n.ID = string(typ) + "." + p.name + "." + n.Name
	n.FQN = fqn(p, roots, file, n.Name)
	if typ == runner.Analysis {
		n.FQN = append([]string{p.name, "analysis"}, n.FQN[1:]...)
	}
	if old := l.p.Nodes[n.ID]; old != nil {
		return fmt.Errorf("%s: there is a %s %s already, in %s; rename one of them", n.Pos, typ, n.Name, old.Pos)
	}
	if typ == runner.Test {
		n.Test = &runner.TestSpec{}
	}
	if err := l.template(n); err != nil {
		return err
	}
	l.add(n)
	return nil
}

// sectionOf is the section of dbt_project.yml that configures a kind of node.
var sectionOf = map[runner.ResourceType]string{
	runner.Model: "models", runner.Seed: "seeds", runner.Test: "tests", runner.Source: "sources", runner.Snapshot: "snapshots",
	runner.UnitTest: "unit_tests", runner.Exposure: "exposures", runner.Analysis: "analyses",
}

// configure renders every template once, for its config and its needs, and
// puts the config together.
func (l *loader) configure() error {
	l.seal()
	for _, n := range l.order {
		patch, err := l.patchLayer(n)
		if err != nil {
			return err
		}
		all, err := l.layers(n, patch, func(below nodeconfig.Layer) (nodeconfig.Layer, error) {
			switch {
			case n.Python:
				return l.parsePython(n)
			case l.p.templates[n.ID] != nil:
				return l.parse(n, below)
			}
			return nil, nil
		})
		if err != nil {
			return err
		}
		if err := l.finish(n, all); err != nil {
			return err
		}
	}
	return nil
}

// layers puts a node's config together: what dbt_project.yml of its package
// says, its properties, its own file and, for a node of a package, what the
// project's dbt_project.yml says.
func (l *loader) layers(n *runner.Node, patch nodeconfig.Layer, inFile func(below nodeconfig.Layer) (nodeconfig.Layer, error)) (nodeconfig.Layer, error) {
	p := l.pack(n.Package)
	below := nodeconfig.Overlay(l.configured(p, n), patch)
	own, err := inFile(below)
	if err != nil {
		return nil, err
	}
	l.own[n.ID] = own
	all := nodeconfig.Overlay(below, own)
	if p.root != "" {
		all = nodeconfig.Overlay(all, l.configured(l.settings, n))
	}
	return all, nil
}

// configured is what a package's dbt_project.yml says of a node.
func (l *loader) configured(p *pack, n *runner.Node) nodeconfig.Layer {
	sections := []string{sectionOf[n.Type]}
	if n.Type == runner.Test {
		sections = []string{"tests", "data_tests"}
	}
	var layers []nodeconfig.Layer
	for _, section := range sections {
		if p.file.Has(section) {
			layers = append(layers, l.layersFor(p.file.Get(section), n.FQN, section))
		}
	}
	return nodeconfig.Overlay(layers...)
}

// finish gives a node its config, or takes it out if that says so.
func (l *loader) finish(n *runner.Node, all nodeconfig.Layer) (err error) {
	r := &nodeconfig.Reader{All: all}
	if on := r.Flag("enabled"); on != nil && !*on {
		delete(l.p.Nodes, n.ID)
		n.Config.All, n.Config.Tags = all, r.Texts("tags")
		l.names.drop(n)
		l.p.Disabled = append(l.p.Disabled, n)
		return nil
	}
	if n.Config.Custom, err = l.custom(n, r.Text("materialized")); err != nil {
		return err
	}
	if n.Config, err = nodeconfig.Read(all, n); err != nil {
		return err
	}
	switch n.Type {
	case runner.Seed:
		r.Seed(n.Seed)
	case runner.Snapshot:
		n.Snapshot = r.Snapshot()
	case runner.Test:
		r.Test(n.Test)
	}
	if r.Err != nil {
		return fmt.Errorf("%s: config %w", n.Config.Pos, r.Err)
	}
	if err := l.grouped(n, r); err != nil {
		return err
	}
	l.idle(n)
	return l.hookNeeds(n)
}

// custom is the macro of a materialization of the project's own or a package's
// that builds a node, or "".
func (l *loader) custom(n *runner.Node, name string) (string, error) {
	if name == "" || n.Type != runner.Model {
		name = string(n.Type)
		if n.Type == runner.Model {
			name = string(runner.View)
		}
	}
	macro, at, ok := l.p.lib.Materialization(name)
	switch {
	case !ok:
		return "", nil
	case n.Type == runner.Model && name != string(runner.Ephemeral), n.Type == runner.Seed, n.Type == runner.Snapshot, n.Type == runner.Test:
		return macro, nil
	case n.Type == runner.Model:
		return "", fmt.Errorf("%s: materialization %s cannot be replaced: rename it, or take it out", at, name)
	}
	return "", nil
}

// parse renders a node's template without running anything, notes what it
// needs, and gives its in-file config.
func (l *loader) parse(n *runner.Node, below nodeconfig.Layer) (nodeconfig.Layer, error) {
	key := l.cache.key(n, l.p.templates[n.ID].text, below)
	if kept, ok := l.cache.node(key); ok {
		l.p.Read.Kept++
		n.Config.Pos = kept.At
		l.calls[n.ID] = append(l.calls[n.ID], kept.needs()...)
		return kept.config(), nil
	}
	l.p.Read.Parsed++
	tpl, err := l.p.templates[n.ID].parsed()
	if err != nil {
		return nil, err
	}
	set := nodeconfig.Layer{}
	scope := l.noting(n)
	scope.Node = l.p.describe(n, below)
	scope.This = l.provisional(n.Name)
	scope.Config = func(at runner.Pos, more map[string]any) error {
		set, n.Config.Pos = nodeconfig.Overlay(set, more), at
		return nil
	}
	scope.Get = func(key string) (any, bool) {
		v, ok := nodeconfig.Overlay(below, set)[key]
		return v, ok
	}
	_, err = l.p.lib.Render(context.Background(), tpl, scope)
	var placed *jinja.Error
	if err != nil && !errors.As(err, &placed) {
		err = fmt.Errorf("%s: %w", n.Pos, err)
	}
	if err == nil {
		err = l.cache.keep(key, set, n.Config.Pos, l.calls[n.ID])
	}
	return set, err
}

// provisional is a relation of which only the name is known.
func (l *loader) provisional(name string) render.Relation {
	t := l.p.Target
	return render.Relation{
		Relation: runner.Relation{Database: t.Database, Schema: t.Schema, Identifier: strings.ToUpper(name)}, Spelt: runner.Relation{Identifier: name},
	}
}

// noting is a scope whose refs and sources are noted as n's needs.
func (l *loader) noting(n *runner.Node) render.Scope {
	return render.Scope{
		Package: n.Package,
		Config:  func(runner.Pos, map[string]any) error { return nil },
		Ref: func(at runner.Pos, pkg, name, version string) (any, error) {
			l.calls[n.ID] = append(l.calls[n.ID], need{at: at, pkg: pkg, name: name, version: version})
			return l.provisional(name), nil
		},
		Source: func(at runner.Pos, source, table string) (any, error) {
			l.calls[n.ID] = append(l.calls[n.ID], need{at: at, name: source + "." + table, source: true})
			return l.provisional(table), nil
		},
	}
}

// describe is a node as templates see it: model, and node in
// generate_*_name. It is the node's entry in the manifest, with the config as
// far as it is known.
func (p *Project) describe(n *runner.Node, config nodeconfig.Layer) map[string]any {
	d := artifact.Entry(p.Project, n)
	full := maps.Clone(nodeconfig.Map(d["config"]))
	if full == nil {
		full = map[string]any{}
	}
	hooks := map[string]any{"pre-hook": full["pre-hook"], "post-hook": full["post-hook"]}
	maps.Copy(full, config)
	for key, list := range hooks {
		if list != nil { // as maps, however they are given
			full[key] = list
		}
	}
	d["config"] = full
	if tags := nodeconfig.List(config["tags"]); tags != nil {
		d["tags"] = tags
	}
	if nodeconfig.Map(config["meta"]) != nil {
		d["meta"] = config["meta"]
	}
	if alias := config["alias"]; alias != nil {
		d["alias"] = alias
	}
	return d
}
