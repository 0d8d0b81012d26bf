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

	"github.com/snowpit-dev/snowpit/runner"
	"github.com/snowpit-dev/snowpit/runner/render"
	"github.com/snowpit-dev/snowpit/runner/render/jinja"
)

// fqn is a node's package, folders below its root, and name.
func (l *loader) fqn(roots []string, file, name string) []string {
	fqn := []string{l.p.Name}
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
	files, err := l.files(l.settings.modelPaths, ".sql", ".py")
	if err != nil {
		return err
	}
	for _, file := range files {
		if strings.HasSuffix(file, ".py") {
			return fmt.Errorf("%s: Python models are not supported yet; a model can go through a plugin instead", file)
		}
		n := &runner.Node{Type: runner.Model, Package: l.p.Name, Name: strings.TrimSuffix(path.Base(file), ".sql"), Pos: runner.Pos{File: file}}
		n.ID = "model." + n.Package + "." + n.Name
		n.FQN = l.fqn(l.settings.modelPaths, file, n.Name)
		if err := l.template(n); err != nil {
			return err
		}
		if err := l.addNamed(n); err != nil {
			return err
		}
	}
	return nil
}

// template reads and parses a node's file.
func (l *loader) template(n *runner.Node) error {
	text, err := fs.ReadFile(l.fsys, n.Pos.File)
	if err != nil {
		return err
	}
	n.Raw = string(text)
	l.p.templates[n.ID], err = jinja.Parse(n.Pos.File, n.Raw)
	return err
}

// addNamed adds a model or seed under its name.
func (l *loader) addNamed(n *runner.Node) error {
	if old := l.byName[n.Name]; old != nil {
		return fmt.Errorf("%s: there is a %s %s already, in %s; rename one of them", n.Pos, old.Type, n.Name, old.Pos)
	}
	l.byName[n.Name] = n
	l.add(n)
	return nil
}

func (l *loader) add(n *runner.Node) {
	l.order = append(l.order, n)
	l.p.Nodes[n.ID] = n
}

// readSeeds lists the seed files.
func (l *loader) readSeeds() error {
	files, dir := []string(nil), l.dir
	var err error
	if l.opts.SeedPath == "" {
		files, err = l.files(l.settings.seedPaths, ".csv")
	} else {
		files, dir, err = l.otherSeeds()
	}
	if err != nil {
		return err
	}
	for _, file := range files {
		name := strings.TrimSuffix(path.Base(file), ".csv")
		n := &runner.Node{
			ID: "seed." + l.p.Name + "." + name, Type: runner.Seed, Package: l.p.Name, Name: name,
			FQN: l.fqn(l.settings.seedPaths, file, name), Pos: runner.Pos{File: file},
			Seed: &runner.SeedFile{Path: filepath.Join(dir, filepath.FromSlash(file))},
		}
		if l.opts.SeedPath != "" {
			n.Seed.Path = filepath.Join(dir, path.Base(file))
		}
		if err := l.addNamed(n); err != nil {
			return err
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
	files, err := l.files(l.settings.testPaths, ".sql")
	if err != nil {
		return err
	}
	for _, file := range files {
		generic := false
		for _, root := range l.settings.testPaths {
			generic = generic || strings.HasPrefix(file, path.Join(root, "generic")+"/") || strings.HasPrefix(file, path.Join(root, "fixtures")+"/")
		}
		if generic {
			continue
		}
		n := &runner.Node{Type: runner.Test, Package: l.p.Name, Name: strings.TrimSuffix(path.Base(file), ".sql"), Pos: runner.Pos{File: file}}
		n.ID = "test." + n.Package + "." + n.Name
		n.FQN = l.fqn(l.settings.testPaths, file, n.Name)
		if old := l.p.Nodes[n.ID]; old != nil {
			return fmt.Errorf("%s: there is a test %s already, in %s; rename one of them", n.Pos, n.Name, old.Pos)
		}
		n.Test = &runner.TestSpec{}
		if err := l.template(n); err != nil {
			return err
		}
		l.add(n)
	}
	return nil
}

// configure renders every template once, for its config and its needs, and
// puts the config together.
func (l *loader) configure() error {
	l.calls = map[string][]need{}
	sections := map[runner.ResourceType]string{runner.Model: "models", runner.Seed: "seeds", runner.Test: "tests", runner.Source: "sources", runner.Snapshot: "snapshots"}
	for _, n := range l.order {
		section := l.settings.file.get(sections[n.Type])
		if n.Type == runner.Test && section.isNull() {
			section = l.settings.file.get("data_tests")
		}
		below := overlay(layersFor(section, n.FQN), l.patchLayer(n))
		all := below
		if l.p.templates[n.ID] != nil {
			inFile, err := l.parse(n, below)
			if err != nil {
				return err
			}
			all = overlay(below, inFile)
		}
		if err := l.finish(n, all); err != nil {
			return err
		}
	}
	return nil
}

// finish gives a node its config, or takes it out if that says so.
func (l *loader) finish(n *runner.Node, all layer) (err error) {
	r := &configReader{all: all}
	if on := r.flag("enabled"); on != nil && !*on {
		delete(l.p.Nodes, n.ID)
		if l.byName[n.Name] == n {
			delete(l.byName, n.Name)
			l.disabled[n.Name] = n
		}
		return nil
	}
	if n.Config, err = typed(all, n); err != nil {
		return err
	}
	switch n.Type {
	case runner.Seed:
		n.Seed.NullIf = r.texts("null_if")
		if d := r.text("delimiter"); d != "" {
			n.Seed.Delimiter = []rune(d)[0]
		}
		if types, ok := all["column_types"].(map[string]any); ok {
			n.Seed.ColumnTypes = map[string]string{}
			for c, t := range types {
				n.Seed.ColumnTypes[c] = fmt.Sprint(t)
			}
		}
		if on := r.flag("quote_columns"); on != nil {
			n.Seed.Quoted = *on
		}
	case runner.Snapshot:
		n.Snapshot = r.snapshotSpec()
	case runner.Test:
		r.testSpec(n.Test)
	}
	if r.err != nil {
		return fmt.Errorf("%s: config %w", n.Config.Pos, r.err)
	}
	return l.hookNeeds(n)
}

// testSpec reads a test's config.
func (r *configReader) testSpec(t *runner.TestSpec) {
	t.Severity = strings.ToLower(r.text("severity"))
	t.ErrorIf, t.WarnIf, t.FailCalc = r.text("error_if"), r.text("warn_if"), r.text("fail_calc")
	t.Where, t.Limit = r.text("where"), r.number("limit")
	if store := r.flag("store_failures"); store != nil {
		t.StoreRows = *store
	}
	if t.StoreAs = r.text("store_failures_as"); !slices.Contains([]string{"", "table", "view", "ephemeral"}, t.StoreAs) {
		r.bad("store_failures_as", "table, view or ephemeral")
	}
	if t.Severity != "" && t.Severity != "error" && t.Severity != "warn" {
		r.bad("severity", "error or warn")
	}
}

// parse renders a node's template without running anything, notes what it
// needs, and gives its in-file config.
func (l *loader) parse(n *runner.Node, below layer) (layer, error) {
	set := layer{}
	scope := l.noting(n)
	scope.Node = describe(n, below)
	scope.This = l.provisional(n.Name)
	scope.Config = func(at runner.Pos, more map[string]any) error {
		set, n.Config.Pos = overlay(set, more), at
		return nil
	}
	scope.Get = func(key string) (any, bool) {
		v, ok := overlay(below, set)[key]
		return v, ok
	}
	_, err := l.p.lib.Render(context.Background(), l.p.templates[n.ID], scope)
	var placed *jinja.Error
	if err != nil && !errors.As(err, &placed) {
		err = fmt.Errorf("%s: %w", n.Pos, err)
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
		Config: func(runner.Pos, map[string]any) error { return nil },
		Ref: func(at runner.Pos, pkg, name, _ string) (any, error) {
			l.calls[n.ID] = append(l.calls[n.ID], need{at: at, pkg: pkg, name: name})
			return l.provisional(name), nil
		},
		Source: func(at runner.Pos, source, table string) (any, error) {
			l.calls[n.ID] = append(l.calls[n.ID], need{at: at, name: source + "." + table, source: true})
			return l.provisional(table), nil
		},
	}
}

// describe is a node as templates see it: model, and node in generate_*_name.
func describe(n *runner.Node, config layer) map[string]any {
	fqn := make([]any, len(n.FQN))
	for i, p := range n.FQN {
		fqn[i] = p
	}
	return map[string]any{
		"name": n.Name, "resource_type": string(n.Type), "package_name": n.Package, "unique_id": n.ID,
		"path": n.Pos.File, "original_file_path": n.Pos.File, "fqn": fqn, "config": config, "tags": asList(config["tags"]),
	}
}
