package project

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/snowpit-dev/snowpit/runner"
	"github.com/snowpit-dev/snowpit/runner/project/nodeconfig"
	"github.com/snowpit-dev/snowpit/runner/project/yamldoc"
	jv "github.com/snowpit-dev/snowpit/runner/render/jinja/value"
	"github.com/snowpit-dev/snowpit/warehouse"
)

// A propertyFile is one YAML file of properties.
type propertyFile struct {
	file string
	pkg  string
	fqn  []string // package and folders
	v    yamldoc.Value
}

// A patch is what YAML says of one model, seed or singular test.
type patch struct {
	v    yamldoc.Value
	file propertyFile
	used bool
}

// sections are those of property files; those that are true do nothing yet.
var sections = map[string]bool{
	"version": false, "models": false, "seeds": false, "snapshots": false, "sources": false, "tests": false, "data_tests": false,
	"unit_tests": false, "exposures": false, "groups": false, "macros": false, "analyses": false, "anchors": false,
	"metrics": true, "saved_queries": true, "semantic_models": true, "functions": true,
}

// propertyKeys are the keys of an entry, for any kind of node.
var propertyKeys = []string{
	"name", "description", "docs", "meta", "tags", "config", "columns", "tests", "data_tests", "group", "access", "constraints", "latest_version",
	"deprecation_date", "versions", "time_spine", "relation", "arguments", "identifier", "database", "schema", "quoting", "freshness",
	"loaded_at_field", "loaded_at_query", "external", "loader", "tables", "overrides", "primary_key", "semantic_model", "agg_time_dimension",
	"derived_semantics", "metrics",
}

// readProperties reads the YAML files beside models, seeds, tests and macros.
func (l *loader) readProperties() error {
	for _, p := range l.packs {
		roots := p.roots()
		files, err := l.files(roots, ".yml", ".yaml")
		if err != nil {
			return err
		}
		for _, file := range files {
			text, err := l.read(file)
			if err != nil {
				return err
			}
			v, err := l.yamlFile(file, text)
			if err != nil {
				return err
			}
			if v.Keys == nil {
				return fmt.Errorf("%s: a property file is a map, with sections such as models: and sources:", v.Pos)
			}
			fqn := fqn(p, roots, file, "")
			f := propertyFile{file: file, pkg: p.name, fqn: fqn[:len(fqn)-1], v: v}
			l.yaml = append(l.yaml, f)
			if err := l.readSections(f); err != nil {
				return err
			}
		}
	}
	return nil
}

func (l *loader) readSections(f propertyFile) error {
	for _, section := range f.v.Keys {
		nothing, known := sections[section]
		at := f.v.Fields[section].Pos
		if near := jv.Nearest(section, slices.Sorted(maps.Keys(sections))); !known && near != "" {
			l.warn(at, "%s is no section of a property file and is passed over; did you mean %s?", section, near)
		}
		if nothing {
			l.once(section, at, "%s are read past: they have no effect yet", section)
		}
	}
	for _, section := range []string{"models", "seeds", "snapshots", "data_tests", "tests", "analyses", "macros"} {
		items, err := f.v.Get(section).Each(section)
		if err != nil {
			return err
		}
		for _, item := range items {
			if item.Keys == nil {
				return fmt.Errorf("%s: an entry of %s is a map with a name", item.Pos, section)
			}
			name := item.Get("name").Text()
			if name == "" {
				return fmt.Errorf("%s: an entry of %s needs a name", item.Pos, section)
			}
			l.unknownKeys(item, section)
			if err := l.readVersions(f, section, item); err != nil {
				return err
			}
			key := f.pkg + "." + strings.TrimPrefix(section, "data_") + "/" + name
			if old, dup := l.patches[key]; dup {
				return fmt.Errorf("%s: %s %s has properties in %s already", item.Pos, section, name, old.v.Pos)
			}
			l.patches[key] = patch{v: item, file: f}
		}
	}
	return l.readGroups(f)
}

// unknownKeys warns of keys that an entry has and nobody reads.
func (l *loader) unknownKeys(item yamldoc.Value, section string) {
	for _, k := range item.Keys {
		if slices.Contains(propertyKeys, k) {
			continue
		}
		if near := jv.Nearest(k, propertyKeys); near != "" {
			l.warn(item.Fields[k].Pos, "%s %s: %s is no property and is passed over; did you mean %s?", section, item.Get("name").Text(), k, near)
		}
	}
}

// patchOf is what YAML says of a node, and whether it says anything. It notes
// that the patch has found its node.
func (l *loader) patchOf(n *runner.Node) (patch, bool) {
	kind := string(n.Type) + "s"
	if n.Type == runner.Analysis {
		kind = "analyses"
	}
	key := n.Package + "." + kind + "/" + n.Name
	p, ok := l.patches[key]
	if ok {
		p.used = true
		l.patches[key] = p
	}
	return p, ok
}

// patchLayer is the config that YAML gives a node; the node takes over its
// descriptions.
func (l *loader) patchLayer(n *runner.Node) (nodeconfig.Layer, error) {
	if n.Type == runner.Source {
		return l.sourceLayers[n.ID], nil
	}
	p, ok := l.patchOf(n)
	if !ok {
		return nil, nil
	}
	n.Patch = p.file.file
	out := nodeconfig.Layer{}
	own := l.versionEntry(n, p.v)
	whole, err := ofVersion(p.v, own)
	if err != nil {
		return nil, err
	}
	own.Fields = maps.Clone(own.Fields)
	delete(own.Fields, "columns") // whole has them
	for _, v := range []yamldoc.Value{whole, own} {
		more, err := l.entryLayer(n, v)
		if err != nil {
			return nil, err
		}
		out = nodeconfig.Overlay(out, more)
	}
	return out, nil
}

// entryLayer is the config of one entry. Its descriptions become the node's.
func (l *loader) entryLayer(n *runner.Node, v yamldoc.Value) (out nodeconfig.Layer, err error) {
	if v.Has("description") {
		if n.Doc, err = l.description(n.Package, v.Get("description")); err != nil {
			return nil, err
		}
	}
	if v.Has("columns") {
		if n.Columns, err = l.columnDocs(n.Package, v); err != nil {
			return nil, err
		}
	}
	if v.Has("constraints") {
		if n.Constraints, err = constraints(v); err != nil {
			return nil, err
		}
	}
	if v.Has("time_spine") {
		n.TimeSpine = plainMap(v.Get("time_spine"))
	}
	if v.Has("deprecation_date") {
		n.Deprecated = v.Get("deprecation_date").Text()
	}
	own := v.Get("config")
	if !own.IsNull() && own.Keys == nil {
		return nil, fmt.Errorf("%s: config must be a map, such as {materialized: table}", own.Pos)
	}
	config, err := own.Rendered(l.evaluateIn(n.Package))
	if err != nil {
		return nil, err
	}
	out = plainMap(config)
	for _, k := range []string{"tags", "meta", "docs", "group", "access"} {
		if x := v.Get(k); !x.IsNull() {
			out = nodeconfig.Overlay(nodeconfig.Layer{k: x.Plain()}, out)
		}
	}
	return out, nil
}

// columnDocs is what an entry says of columns.
func (l *loader) columnDocs(pkg string, v yamldoc.Value) ([]runner.ColumnDoc, error) {
	items, err := v.Get("columns").Each("columns")
	if err != nil {
		return nil, err
	}
	var docs []runner.ColumnDoc
	for _, c := range items {
		if c.Keys == nil {
			return nil, fmt.Errorf("%s: a column is a map with a name", c.Pos)
		}
		doc, err := l.description(pkg, c.Get("description"))
		if err != nil {
			return nil, err
		}
		config := c.Get("config")
		tags, err := c.Get("tags").Texts("tags")
		if err != nil {
			return nil, err
		}
		more, err := config.Get("tags").Texts("tags")
		if err != nil {
			return nil, err
		}
		limits, err := constraints(c)
		if err != nil {
			return nil, err
		}
		docs = append(docs, runner.ColumnDoc{
			Name: c.Get("name").Text(), Doc: doc, DataType: c.Get("data_type").Text(), Quote: c.Get("quote").Scalar == true,
			Tags: append(tags, more...), Meta: nodeconfig.Overlay(labels(c), labels(config))["meta"],
			Constraints: limits,
		})
	}
	return docs, nil
}

// readSources reads the sources: sections.
func (l *loader) readSources() error {
	for _, f := range l.yaml {
		groups, err := f.v.Get("sources").Each("sources")
		if err != nil {
			return err
		}
		for _, group := range groups {
			tables, err := group.Get("tables").Each("tables")
			if err != nil {
				return err
			}
			if group.Get("name").Text() == "" {
				return fmt.Errorf("%s: a source needs a name", group.Pos)
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

func (l *loader) readSource(f propertyFile, group, table yamldoc.Value) error {
	source, name := group.Get("name").Text(), table.Get("name").Text()
	if name == "" {
		return fmt.Errorf("%s: a table of source %s needs a name", table.Pos, source)
	}
	pkg := f.pkg
	group, err := l.renderedEntry(pkg, group)
	if err != nil {
		return err
	}
	if table, err = l.renderedEntry(pkg, table); err != nil {
		return err
	}
	orElse := func(text, other string) string {
		if text == "" {
			return other
		}
		return text
	}
	quoting := nodeconfig.Overlay(l.pack(pkg).quoting, plainMap(group.Get("quoting")), plainMap(table.Get("quoting")))
	n := &runner.Node{
		ID: "source." + pkg + "." + source + "." + name, Type: runner.Source, Package: pkg, Name: name, Patch: f.file,
		FQN: append(slices.Clone(f.fqn), source, name), Pos: table.Pos,
	}
	if n.Doc, err = l.description(pkg, table.Get("description")); err != nil {
		return err
	}
	if n.Columns, err = l.columnDocs(pkg, table); err != nil {
		return err
	}
	spelt := runner.Relation{
		Database:   orElse(group.Get("database").Text(), l.spelt("database", l.p.Target.Database)),
		Schema:     orElse(group.Get("schema").Text(), source),
		Identifier: orElse(table.Get("identifier").Text(), name),
	}
	n.Spelling = spelt
	n.Relation = runner.Relation{
		Database:   fold(spelt.Database, quoting["database"]),
		Schema:     fold(spelt.Schema, quoting["schema"]),
		Identifier: fold(spelt.Identifier, quoting["identifier"]),
	}
	if old := l.p.Nodes[n.ID]; old != nil {
		return fmt.Errorf("%s: source %s has a table %s already, in %s", n.Pos, source, name, old.Pos)
	}
	if n.Source, err = sourceSpec(group, table); err != nil {
		return err
	}
	if s := n.Source; s.Filter != "" && s.LoadedAt == "" && s.LoadedAtQuery == "" {
		l.warn(n.Pos, "source %s.%s: the filter of its freshness has no effect where loaded_at_field does not say what is filtered", source, name)
	}
	l.names.sources[source+"."+name] = append(l.names.sources[source+"."+name], n)
	l.sourceLayers[n.ID] = nodeconfig.Overlay(plainMap(group.Get("config")), labels(group), plainMap(table.Get("config")), labels(table))
	l.add(n)
	return nil
}

// apart are the keys of a source whose texts are rendered by themselves, if they
// are.
var apart = []string{"description", "columns", "tables", "tests", "data_tests", "loaded_at_query"}

// renderedEntry renders the texts of a source or a table of one.
func (l *loader) renderedEntry(pkg string, v yamldoc.Value) (yamldoc.Value, error) {
	fields := maps.Clone(v.Fields)
	for k, x := range fields {
		if slices.Contains(apart, k) {
			continue
		}
		x, err := x.Rendered(l.evaluateIn(pkg))
		if err != nil {
			return v, err
		}
		fields[k] = x
	}
	v.Fields = fields
	return v, nil
}

func plainMap(v yamldoc.Value) map[string]any {
	return v.PlainMap()
}

// labels are the tags and the meta that stand beside an entry's config.
func labels(v yamldoc.Value) nodeconfig.Layer {
	l := nodeconfig.Layer{}
	for _, k := range []string{"tags", "meta"} {
		if x := v.Get(k); !x.IsNull() {
			l[k] = x.Plain()
		}
	}
	return l
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
	for _, key := range slices.Sorted(maps.Keys(l.patches)) {
		p := l.patches[key]
		kind, name, _ := strings.Cut(strings.TrimPrefix(key, p.file.pkg+"."), "/")
		if p.used || l.names.disabled[name] != nil {
			continue
		}
		what := strings.TrimSuffix(kind, "s")
		switch kind {
		case "macros":
			if l.p.lib.Known(p.file.pkg, name) {
				continue
			}
		case "analyses":
			what = "analysis"
		}
		l.warnAs("NoNodeForYamlKey", p.v.Pos, "there is no %s %s for these properties%s", what, name, l.names.nearest(name))
	}
}

// spelt is a part of the target's place as profiles.yml spells it.
func (l *loader) spelt(key, stored string) string {
	if text, ok := l.p.Target.Settings[key].(string); ok && text != "" {
		return text
	}
	return stored
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
