package project

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/snowpit-dev/snowpit/runner"
	"github.com/snowpit-dev/snowpit/runner/project/nodeconfig"
	"github.com/snowpit-dev/snowpit/runner/project/yamldoc"
	jv "github.com/snowpit-dev/snowpit/runner/render/jinja/value"
)

// exposureKinds are the types of exposures.
var exposureKinds = []string{"dashboard", "notebook", "analysis", "ml", "application"}

// readExposures makes a node of every exposure declared in YAML.
func (l *loader) readExposures() error {
	for _, f := range l.yaml {
		items, err := f.v.Get("exposures").Each("exposures")
		if err != nil {
			return err
		}
		for _, item := range items {
			if err := l.readExposure(f, item); err != nil {
				return err
			}
		}
	}
	return nil
}

func (l *loader) readExposure(f propertyFile, item yamldoc.Value) error {
	name := item.Get("name").Text()
	if !isName(strings.ReplaceAll(name, "-", "_")) {
		return fmt.Errorf("%s: an exposure needs a name of letters, digits and underscores, not %q", item.Pos, name)
	}
	kind := strings.ToLower(item.Get("type").Text())
	if !slices.Contains(exposureKinds, kind) {
		return fmt.Errorf("%s: exposure %s: type is one of %s, not %q", item.Get("type").Pos, name, strings.Join(exposureKinds, ", "), kind)
	}
	if item.Get("owner").Keys == nil {
		return fmt.Errorf("%s: exposure %s needs an owner, such as owner: {name: Ada, email: ada@example.com}", item.Pos, name)
	}
	n := &runner.Node{
		ID: "exposure." + f.pkg + "." + name, Type: runner.Exposure, Package: f.pkg, Name: name, Pos: item.Pos, FQN: append(slices.Clone(f.fqn), name),
		Exposure: &runner.ExposureSpec{
			Kind: kind, Label: item.Get("label").Text(), URL: item.Get("url").Text(), Maturity: item.Get("maturity").Text(),
			Owner: plainMap(item.Get("owner")), Meta: item.Get("meta").Plain(),
		},
	}
	if old := l.p.Nodes[n.ID]; old != nil {
		return fmt.Errorf("%s: there is an exposure %s already, in %s", item.Pos, name, old.Pos)
	}
	var err error
	if n.Doc, err = l.description(f.pkg, item.Get("description")); err != nil {
		return err
	}
	l.add(n)
	config, err := item.Get("config").Rendered(l.evaluateIn(f.pkg))
	if err != nil {
		return err
	}
	all, err := l.layers(n, nodeconfig.Overlay(labels(item), plainMap(config)), func(nodeconfig.Layer) (nodeconfig.Layer, error) { return nil, nil })
	if err != nil {
		return err
	}
	if err := l.finish(n, all); err != nil || l.p.Nodes[n.ID] == nil {
		return err
	}
	return l.dependsOn(n, item)
}

// dependsOn notes what an exposure says it needs.
func (l *loader) dependsOn(n *runner.Node, item yamldoc.Value) error {
	needs, err := item.Get("depends_on").Texts("depends_on")
	if err != nil {
		return err
	}
	for i, text := range needs {
		at := item.Get("depends_on").Pos
		if list := item.Get("depends_on").List; i < len(list) {
			at = list[i].Pos
		}
		text = strings.TrimSpace(text)
		if inner, ok := strings.CutPrefix(text, "{{"); ok {
			text = strings.TrimSpace(strings.TrimSuffix(inner, "}}"))
		}
		if strings.HasPrefix(text, "metric(") {
			continue
		}
		if !callText.MatchString(text) {
			return fmt.Errorf("%s: depends_on: %q is no ref('...') or source('...', '...')", at, text)
		}
		before := len(l.calls[n.ID])
		if _, err := l.p.lib.Value(context.Background(), at.String(), text, l.noting(n)); err != nil {
			return placed(at, err)
		}
		for j := before; j < len(l.calls[n.ID]); j++ {
			l.calls[n.ID][j].at = at
		}
	}
	return nil
}

// readGroups reads the groups: section.
func (l *loader) readGroups(f propertyFile) error {
	items, err := f.v.Get("groups").Each("groups")
	if err != nil {
		return err
	}
	for _, item := range items {
		g := runner.Group{Name: item.Get("name").Text(), Package: f.pkg, Pos: item.Pos, Owner: plainMap(item.Get("owner"))}
		g.ID = "group." + f.pkg + "." + g.Name
		switch {
		case g.Name == "":
			return fmt.Errorf("%s: a group needs a name", item.Pos)
		case g.Owner == nil:
			return fmt.Errorf("%s: group %s needs an owner, such as owner: {name: Finance}", item.Pos, g.Name)
		case l.group(f.pkg, g.Name):
			return fmt.Errorf("%s: there is a group %s already", item.Pos, g.Name)
		}
		l.p.Groups = append(l.p.Groups, g)
	}
	return nil
}

func (l *loader) group(pkg, name string) bool {
	return slices.ContainsFunc(l.p.Groups, func(g runner.Group) bool { return g.Package == pkg && g.Name == name })
}

// grouped reads a node's group and access.
func (l *loader) grouped(n *runner.Node, r *nodeconfig.Reader) error {
	n.Group, n.Access = r.Text("group"), r.Text("access")
	if r.Err != nil {
		return fmt.Errorf("%s: config %w", n.Config.Pos, r.Err)
	}
	if n.Access != "" && !slices.Contains([]string{"private", "protected", "public"}, n.Access) {
		return fmt.Errorf("%s: config access: it is private, protected or public, not %q", l.setAt(n, "access"), n.Access)
	}
	if n.Group != "" && !l.group(n.Package, n.Group) {
		var names []string
		for _, g := range l.p.Groups {
			names = append(names, g.Name)
		}
		hint := "; declare it in a YAML file under groups:"
		if near := jv.Nearest(n.Group, names); near != "" {
			hint = "; did you mean " + near + "?"
		}
		return fmt.Errorf("%s: config group: there is no group %s%s", l.setAt(n, "group"), n.Group, hint)
	}
	return nil
}

// idleKeys are config keys that are accepted and do nothing here, or not all.
var idleKeys = []struct{ key, note string }{
	{"batch_size", "batch_size is accepted and has no effect: a microbatch model is built in one piece"},
	{"grants", "grants are kept, as SHOW GRANTS shows, and the local warehouse refuses nobody for want of one"},
	{"on_configuration_change", "on_configuration_change is accepted and has no effect: no relation here has a configuration that changes"},
	{"query_tag", "query_tag is accepted and has no effect: statements carry project, run and node"},
	{"row_access_policy", "row_access_policy is accepted and has no effect"},
	{"table_tag", "table_tag is accepted and has no effect"},
	{"tmp_relation_type", "tmp_relation_type is accepted and has no effect: the rows of an incremental model are gathered in a temporary table"},
}

// idle says once of config that is accepted and does nothing here.
func (l *loader) idle(n *runner.Node) {
	all := n.Config.All
	if nodeconfig.Map(all["contract"])["enforced"] == true {
		l.once("contract", n.Config.Pos, "contracts are accepted and not enforced yet")
	}
	for _, idle := range idleKeys {
		v := all[idle.key]
		if m := nodeconfig.Map(v); v == nil || m != nil && len(m) == 0 || idle.key == "grants" && l.p.Target.Type == "snowflake" {
			continue
		}
		l.once(idle.key, n.Config.Pos, "%s", idle.note)
	}
}

// describeRest fills in what is known beside the nodes, and warns of what was
// not used.
func (l *loader) describeRest() error {
	l.p.Macros = l.p.lib.Macros()
	for i := range l.p.Macros {
		m := &l.p.Macros[i]
		l.warnBuiltIn(*m)
		key := m.Package + ".macros/" + m.Name
		if p, ok := l.patches[key]; ok {
			doc, err := l.description(m.Package, p.v.Get("description"))
			if err != nil {
				return err
			}
			m.Doc = doc
		}
	}
	for _, key := range slices.Sorted(maps.Keys(l.docs)) {
		l.p.Docs = append(l.p.Docs, l.docs[key])
	}
	for _, n := range l.order {
		if n.Raw != "" && !n.Python {
			n.Macros = l.p.lib.Calls(n.Package, n.Raw)
		}
	}
	l.unusedPaths()
	return nil
}

// flatGraph is the name graph of templates: every node by its ID, once the
// project is read.
func (p *Project) flatGraph() *jv.Dict {
	p.graph.once.Do(func() {
		g := map[string]any{"nodes": map[string]any{}, "sources": map[string]any{}, "exposures": map[string]any{}, "groups": map[string]any{}, "metrics": map[string]any{},
			"semantic_models": map[string]any{}, "saved_queries": map[string]any{}}
		for id, n := range p.Nodes {
			section := "nodes"
			switch n.Type {
			case runner.Source:
				section = "sources"
			case runner.Exposure:
				section = "exposures"
			case runner.UnitTest:
				continue
			}
			g[section].(map[string]any)[id] = p.describe(n, n.Config.All)
		}
		for _, group := range p.Groups {
			g["groups"].(map[string]any)[group.ID] = map[string]any{"name": group.Name, "package_name": group.Package, "owner": group.Owner}
		}
		p.graph.v = plainJSON(g)
	})
	return p.graph.v
}

// plainJSON is a value made of dicts, lists and what JSON has words for, in
// order.
func plainJSON(v any) *jv.Dict {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err) // what was read from JSON and YAML marshals
	}
	out, err := jv.FromJSON(string(text))
	if err != nil {
		panic(err)
	}
	return out.(*jv.Dict)
}
