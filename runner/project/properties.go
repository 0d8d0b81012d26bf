package project

import (
	"io/fs"
	"path"
	"slices"
	"strings"

	"fmt"

	"github.com/snowpit-dev/snowpit/runner"
	"github.com/snowpit-dev/snowpit/warehouse"
)

// A propertyFile is one YAML file of properties.
type propertyFile struct {
	file string
	fqn  []string // package and folders
	v    value
}

// A patch is what YAML says of one model, seed or singular test.
type patch struct {
	v    value
	file propertyFile
	used bool
}

// later are the sections of property files that do nothing yet.
var laterSections = []string{"exposures", "groups", "metrics", "saved_queries", "semantic_models"}

// readProperties reads the YAML files beside models, seeds, tests and macros.
func (l *loader) readProperties() error {
	s := l.settings
	roots := slices.Concat(s.modelPaths, s.seedPaths, s.testPaths, s.macroPaths, s.snapshotPaths)
	files, err := l.files(roots, ".yml", ".yaml")
	if err != nil {
		return err
	}
	for _, file := range files {
		text, err := fs.ReadFile(l.fsys, file)
		if err != nil {
			return err
		}
		v, err := parseYAML(file, string(text))
		if err != nil {
			return err
		}
		if v.keys == nil {
			return fmt.Errorf("%s: a property file is a map, with sections such as models: and sources:", v.pos)
		}
		fqn := l.fqn(roots, file, "")
		f := propertyFile{file: file, fqn: fqn[:len(fqn)-1], v: v}
		l.yaml = append(l.yaml, f)
		if err := l.readSections(f); err != nil {
			return err
		}
	}
	return nil
}

func (l *loader) readSections(f propertyFile) error {
	for _, section := range laterSections {
		if f.v.has(section) {
			l.warn(f.v.get(section).pos, "%s are read past: they have no effect yet", section)
		}
	}
	for _, section := range []string{"models", "seeds", "snapshots", "data_tests", "tests"} {
		items, err := f.v.get(section).each(section)
		if err != nil {
			return err
		}
		for _, item := range items {
			name := item.get("name").text()
			if name == "" {
				return fmt.Errorf("%s: an entry of %s needs a name", item.pos, section)
			}
			key := strings.TrimPrefix(section, "data_") + "/" + name
			if old, dup := l.patches[key]; dup {
				return fmt.Errorf("%s: %s %s has properties in %s already", item.pos, section, name, old.v.pos)
			}
			l.patches[key] = patch{v: item, file: f}
		}
	}
	return nil
}

// patchLayer is the config that YAML gives a node; it notes that the patch has
// found its node and takes over its descriptions.
func (l *loader) patchLayer(n *runner.Node) layer {
	if n.Type == runner.Source {
		return l.sourceLayers[n.ID]
	}
	key := string(n.Type) + "s/" + n.Name
	p, ok := l.patches[key]
	if !ok {
		return nil
	}
	p.used = true
	l.patches[key] = p
	n.Doc = p.v.get("description").text()
	n.Columns = columnDocs(p.v)
	config, err := p.v.get("config").rendered(l.evaluate)
	if err != nil {
		config = p.v.get("config") // its text stands for it and is refused where it is used
	}
	out, _ := config.plain().(map[string]any)
	for _, k := range []string{"tags", "meta", "docs"} {
		if x := p.v.get(k); !x.isNull() {
			out = overlay(layer{k: x.plain()}, out)
		}
	}
	return out
}

func columnDocs(v value) []runner.ColumnDoc {
	var docs []runner.ColumnDoc
	for _, c := range v.get("columns").list {
		docs = append(docs, runner.ColumnDoc{Name: c.get("name").text(), Doc: c.get("description").text(), DataType: c.get("data_type").text()})
	}
	return docs
}

// readSources reads the sources: sections.
func (l *loader) readSources() error {
	for _, f := range l.yaml {
		groups, err := f.v.get("sources").each("sources")
		if err != nil {
			return err
		}
		for _, group := range groups {
			tables, err := group.get("tables").each("tables")
			if err != nil {
				return err
			}
			if group.get("name").text() == "" {
				return fmt.Errorf("%s: a source needs a name", group.pos)
			}
			for _, table := range tables {
				if err := l.readSource(f, group, table); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

func (l *loader) readSource(f propertyFile, group, table value) error {
	source, name := group.get("name").text(), table.get("name").text()
	if name == "" {
		return fmt.Errorf("%s: a table of source %s needs a name", table.pos, source)
	}
	group, err := group.rendered(l.evaluate)
	if err != nil {
		return err
	}
	orElse := func(text, other string) string {
		if text == "" {
			return other
		}
		return text
	}
	quoting := overlay(l.settings.quoting, plainMap(group.get("quoting")), plainMap(table.get("quoting")))
	n := &runner.Node{
		ID: "source." + l.p.Name + "." + source + "." + name, Type: runner.Source, Package: l.p.Name, Name: name,
		FQN: append(slices.Clone(f.fqn), source, name), Pos: table.pos,
		Doc: table.get("description").text(), Columns: columnDocs(table),
		Relation: runner.Relation{
			Database:   fold(orElse(group.get("database").text(), l.p.Target.Database), quoting["database"]),
			Schema:     fold(orElse(group.get("schema").text(), source), quoting["schema"]),
			Identifier: fold(orElse(table.get("identifier").text(), name), quoting["identifier"]),
		},
	}
	if old := l.p.Nodes[n.ID]; old != nil {
		return fmt.Errorf("%s: source %s has a table %s already, in %s", n.Pos, source, name, old.Pos)
	}
	if n.Source, err = sourceSpec(group, table); err != nil {
		return err
	}
	l.sources[source+"."+name] = n
	l.sourceLayers[n.ID] = overlay(plainMap(group.get("config")), tagLayer(group), plainMap(table.get("config")), tagLayer(table))
	l.add(n)
	return nil
}

func plainMap(v value) map[string]any {
	m, _ := v.plain().(map[string]any)
	return m
}

func tagLayer(v value) layer {
	if v.get("tags").isNull() {
		return nil
	}
	return layer{"tags": v.get("tags").plain()}
}

// fold is a part of a name as Snowflake stores it: in upper case unless it is
// to be quoted.
func fold(part string, quoted any) string {
	if quoted == true {
		return part
	}
	return warehouse.FoldIdent(part)
}

// warnUnused says which properties found no node, as dbt does.
func (l *loader) warnUnused() {
	var keys []string
	for key, p := range l.patches {
		if !p.used {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	for _, key := range keys {
		section, name := path.Split(key)
		what := strings.TrimSuffix(section, "s/")
		if l.disabled[name] != nil {
			continue
		}
		l.warn(l.patches[key].v.pos, "there is no %s %s for these properties%s", what, name, l.nearest(name))
	}
}

// nearest suggests the name most like one that is not there.
func (l *loader) nearest(name string) string {
	best, least := "", len(name)/2+1
	for other := range l.byName {
		d := distance(name, other)
		if strings.Contains(other, name) || strings.Contains(name, other) {
			d = min(d, least-1)
		}
		if d < least || d == least && best != "" && other < best {
			best, least = other, d
		}
	}
	if best == "" {
		return ""
	}
	return fmt.Sprintf("; did you mean %s?", best)
}

// distance is Levenshtein's: how many letters to change, add or drop.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		prev := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			prev, row[j+1] = row[j+1], min(row[j+1]+1, row[j]+1, prev+cost)
		}
	}
	return row[len(b)]
}
