package project

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/snowpit-dev/snowpit/runner"
	"github.com/snowpit-dev/snowpit/runner/project/nodeconfig"
	"github.com/snowpit-dev/snowpit/runner/project/yamldoc"
	"github.com/snowpit-dev/snowpit/runner/render"
)

// unitTestKeys are the keys of a unit test's entry.
var unitTestKeys = []string{"name", "description", "model", "given", "expect", "overrides", "config", "versions"}

// readUnitTests makes a node of every unit test declared in YAML.
func (l *loader) readUnitTests() error {
	for _, f := range l.yaml {
		items, err := f.v.Get("unit_tests").Each("unit_tests")
		if err != nil {
			return err
		}
		for _, item := range items {
			if err := l.readUnitTest(f, item); err != nil {
				return err
			}
		}
	}
	return nil
}

func (l *loader) readUnitTest(f propertyFile, item yamldoc.Value) error {
	name, on := item.Get("name").Text(), item.Get("model").Text()
	for _, k := range item.Keys {
		if !slices.Contains(unitTestKeys, k) {
			return fmt.Errorf("%s: a unit test has no %s; it has %s", item.Fields[k].Pos, k, strings.Join(unitTestKeys, ", "))
		}
	}
	switch {
	case name == "":
		return fmt.Errorf("%s: a unit test needs a name", item.Pos)
	case on == "":
		return fmt.Errorf("%s: unit test %s names no model", item.Pos, name)
	case !item.Has("expect"):
		return fmt.Errorf("%s: unit test %s needs expect, the rows that should come out", item.Pos, name)
	}
	model := l.names.model(f.pkg, on)
	if model == nil && l.names.disabled[on] != nil {
		return nil
	}
	if model == nil || model.Type != runner.Model {
		return fmt.Errorf("%s: unit test %s: there is no model %s%s", item.Get("model").Pos, name, on, l.names.nearest(on))
	}
	models, err := l.unitTested(model, on, item)
	if err != nil {
		return err
	}
	for _, m := range models {
		if err := l.addUnitTest(f, item, on, m); err != nil {
			return err
		}
	}
	return nil
}

// unitTested are the models that a unit test is for: the one it names or, of
// one with versions, those that versions: includes or does not exclude.
func (l *loader) unitTested(model *runner.Node, on string, item yamldoc.Value) ([]*runner.Node, error) {
	versions, name := item.Get("versions"), item.Get("name").Text()
	if model.Version == "" || model.Name != on {
		if versions.Keys != nil {
			return nil, fmt.Errorf("%s: unit test %s should not have versions when referencing non-versioned model %s", versions.Pos, name, on)
		}
		return []*runner.Node{model}, nil
	}
	include, err := versions.Get("include").Texts("include")
	if err != nil {
		return nil, err
	}
	exclude, err := versions.Get("exclude").Texts("exclude")
	if err != nil {
		return nil, err
	}
	var models []*runner.Node
	for _, n := range l.order {
		if n.Type != runner.Model || n.Package != model.Package || n.Name != on || l.p.Nodes[n.ID] != n {
			continue
		}
		if !slices.Contains(exclude, n.Version) && (include == nil || slices.Contains(include, n.Version)) {
			models = append(models, n)
		}
	}
	if models == nil {
		return nil, fmt.Errorf("%s: unit test %s referenced a version of %s which was not found", versions.Pos, name, on)
	}
	return models, nil
}

// addUnitTest makes a node of a unit test of one model.
func (l *loader) addUnitTest(f propertyFile, item yamldoc.Value, on string, model *runner.Node) error {
	name := item.Get("name").Text()
	n := &runner.Node{
		ID: "unit_test." + f.pkg + "." + on + "." + name, Type: runner.UnitTest, Package: f.pkg, Name: name, Pos: item.Pos,
		FQN: append(slices.Clone(f.fqn), on, name), Doc: item.Get("description").Text(),
		Parents:  []runner.Edge{{To: model.ID, Pos: item.Get("model").Pos, Why: "ref"}},
		UnitTest: &runner.UnitTestSpec{Model: model.ID},
	}
	if model.Version != "" && model.Name == on {
		n.UnitTest.Version = model.Version
		n.ID += "_v" + model.Version
	}
	if l.p.Nodes[n.ID] != nil {
		return fmt.Errorf("%s: model %s has a unit test %s already, in %s", item.Pos, on, name, l.p.Nodes[n.ID].Pos)
	}
	l.add(n)
	config, err := item.Get("config").Rendered(l.evaluateIn(f.pkg))
	if err != nil {
		return err
	}
	all, err := l.layers(n, plainMap(config), func(nodeconfig.Layer) (nodeconfig.Layer, error) { return nil, nil })
	if err != nil {
		return err
	}
	if err := l.finish(n, all); err != nil || l.p.Nodes[n.ID] == nil {
		return err
	}
	if err := l.unitTestRows(n, item); err != nil {
		return err
	}
	return saysIncremental(n, model)
}

var asksIncremental = regexp.MustCompile(`\{[{%][^}]*\bis_incremental\s*\(`)

// saysIncremental refuses a unit test of an incremental model that leaves open
// whether it is the model's first run, or what is there before a later one.
func saysIncremental(n, model *runner.Node) error {
	if !asksIncremental.MatchString(model.Raw) {
		return nil
	}
	later, said := n.UnitTest.Overrides.Macros["is_incremental"].(bool)
	if !said {
		return fmt.Errorf("%s: boolean override for 'is_incremental' must be provided for unit test '%s' in model '%s', as in overrides: {macros: {is_incremental: false}}",
			n.Pos, n.Name, model.Name)
	}
	if later && !slices.ContainsFunc(n.UnitTest.Given, func(f runner.Fixture) bool { return f.Input == runner.This }) {
		return fmt.Errorf("%s: unit test '%s' for incremental model '%s' must have a 'this' input", n.Pos, n.Name, model.Name)
	}
	return nil
}

// unitTestRows reads what a unit test gives, expects and overrides.
func (l *loader) unitTestRows(n *runner.Node, item yamldoc.Value) error {
	given, err := item.Get("given").Each("given")
	if err != nil {
		return err
	}
	spec := n.UnitTest
	for _, g := range given {
		f, err := l.fixture(n.Package, g)
		if err != nil {
			return err
		}
		f.Input = strings.TrimSpace(g.Get("input").Text())
		if f.Node, err = l.input(n, f); err != nil {
			return err
		}
		spec.Given = append(spec.Given, f)
	}
	if spec.Expect, err = l.fixture(n.Package, item.Get("expect")); err != nil {
		return err
	}
	o := item.Get("overrides")
	spec.Overrides = runner.Overrides{Macros: o.Get("macros").OrderedMap(), Vars: o.Get("vars").OrderedMap(), Env: plainMap(o.Get("env_vars"))}
	for macro := range spec.Overrides.Macros {
		if pkg, bare, ok := strings.Cut(macro, "."); ok && pkg != render.Own && !l.p.lib.Known(pkg, bare) {
			return fmt.Errorf("%s: overrides: there is no macro %s", o.Pos, macro)
		}
	}
	return nil
}

// input is the ID of the node that a fixture stands in for, "" for this.
func (l *loader) input(n *runner.Node, f runner.Fixture) (string, error) {
	if f.Input == runner.This {
		return "", nil
	}
	if !callText.MatchString(f.Input) {
		return "", fmt.Errorf("%s: input is ref('...'), source('...', '...') or this, not %q", f.Pos, f.Input)
	}
	var asked []need
	scope := render.Scope{
		Package: n.Package,
		Ref: func(at runner.Pos, pkg, name, version string) (any, error) {
			asked = append(asked, need{at: f.Pos, pkg: pkg, name: name, version: version})
			return "", nil
		},
		Source: func(at runner.Pos, source, table string) (any, error) {
			asked = append(asked, need{at: f.Pos, name: source + "." + table, source: true})
			return "", nil
		},
	}
	if _, err := l.p.lib.Value(context.Background(), f.Pos.String(), f.Input, scope); err != nil {
		return "", placed(f.Pos, err)
	}
	if len(asked) != 1 {
		return "", fmt.Errorf("%s: input is one ref or source, not %q", f.Pos, f.Input)
	}
	to, err := l.p.find(asked[0], n.Package)
	if err != nil {
		return "", fmt.Errorf("%s: %w", f.Pos, err)
	}
	return to.ID, nil
}

// fixture reads rows: a list of maps, CSV or SQL, here or in a file of their
// own.
func (l *loader) fixture(pkg string, v yamldoc.Value) (runner.Fixture, error) {
	f := runner.Fixture{Format: v.Get("format").Text(), Pos: v.Pos}
	if f.Format == "" {
		f.Format = "dict"
	}
	rows := v.Get("rows")
	text := rows.Text()
	if name := v.Get("fixture").Text(); name != "" {
		if v.Has("rows") {
			return f, fmt.Errorf("%s: rows stand here or in a fixture, not both", v.Pos)
		}
		var err error
		if text, err = l.fixtureFile(pkg, v.Get("fixture").Pos, name, f.Format); err != nil {
			return f, err
		}
		rows = yamldoc.Value{Pos: v.Get("fixture").Pos, Scalar: text}
	}
	switch f.Format {
	case "sql":
		f.SQL = strings.TrimSuffix(strings.TrimSpace(text), ";")
		if f.SQL == "" {
			return f, fmt.Errorf("%s: with format: sql, rows is a query", rows.Pos)
		}
		return f, nil
	case "csv":
		return f, csvRows(&f, rows, text)
	case "dict":
		return f, dictRows(&f, rows)
	}
	return f, fmt.Errorf("%s: format is dict, csv or sql, not %q", v.Get("format").Pos, f.Format)
}

// dictRows reads rows written as maps.
func dictRows(f *runner.Fixture, rows yamldoc.Value) error {
	items, err := rows.Each("rows")
	if err != nil {
		return err
	}
	for _, item := range items {
		if item.Keys == nil {
			return fmt.Errorf("%s: a row is a map of columns, such as {id: 1}", item.Pos)
		}
		for _, k := range item.Keys {
			if !slices.Contains(f.Columns, k) {
				f.Columns = append(f.Columns, k)
			}
		}
		f.Rows = append(f.Rows, plainMap(item))
	}
	return nil
}

// csvRows reads rows written as CSV. An empty value is null.
func csvRows(f *runner.Fixture, at yamldoc.Value, text string) error {
	if at.Keys != nil || at.List != nil {
		return fmt.Errorf("%s: with format: csv, rows is a text", at.Pos)
	}
	r := csv.NewReader(strings.NewReader(text))
	r.TrimLeadingSpace = true
	lines, err := r.ReadAll()
	if err != nil {
		return fmt.Errorf("%s: CSV: %w", at.Pos, err)
	}
	if len(lines) == 0 {
		return nil
	}
	for _, c := range lines[0] {
		f.Columns = append(f.Columns, strings.TrimSpace(c))
	}
	for _, line := range lines[1:] {
		row := map[string]any{}
		for i, cell := range line {
			row[f.Columns[i]] = nil
			if cell != "" {
				row[f.Columns[i]] = cell
			}
		}
		f.Rows = append(f.Rows, row)
	}
	return nil
}

// fixtureFile reads a file of rows: NAME.csv or NAME.sql in the folder
// fixtures of a test folder.
func (l *loader) fixtureFile(pkg string, at runner.Pos, name, format string) (string, error) {
	if format == "dict" {
		return "", fmt.Errorf("%s: fixture %s: a fixture is CSV or SQL: say which with format: csv or format: sql", at, name)
	}
	for _, dir := range l.pack(pkg).testPaths {
		file := path.Join(dir, "fixtures", name+"."+format)
		if !fs.ValidPath(file) {
			return "", fmt.Errorf("%s: fixture %q is no name of a file", at, name)
		}
		text, err := l.read(file)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		return text, err
	}
	return "", fmt.Errorf("%s: there is no fixture %s: it would be in %s", at, name, path.Join(l.pack(pkg).testPaths[0], "fixtures", name+"."+format))
}
