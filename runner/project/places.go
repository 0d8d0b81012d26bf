package project

import (
	"github.com/snowpit-dev/snowpit/runner"
	"github.com/snowpit-dev/snowpit/runner/project/nodeconfig"
	"github.com/snowpit-dev/snowpit/runner/project/yamldoc"
)

// layersFor finds what a section of dbt_project.yml (models:, seeds:, ...)
// says of a node: the keys at the top, then those of the project, of each
// folder, and of the node's own name. A key is config if it has a + or if its
// value is no map.
func (l *loader) layersFor(section yamldoc.Value, fqn []string, path string) nodeconfig.Layer {
	layers := []nodeconfig.Layer{nodeconfig.Direct(section)}
	at := section
	for _, part := range fqn {
		if !at.Has(part) || at.Get(part).Keys == nil {
			break
		}
		at = at.Get(part)
		path += "." + part
		l.usedPaths[path] = true
		layers = append(layers, nodeconfig.Direct(at))
	}
	return nodeconfig.Overlay(layers...)
}

// setAt is where a key of a node's config is set, in the file that has the last
// word: the place of its value, or that of its own file's last config().
func (l *loader) setAt(n *runner.Node, key string) runner.Pos {
	p := l.pack(n.Package)
	if at, ok := l.settingAt(l.settings, n, key); ok && p.root != "" {
		return at
	}
	if _, own := l.own[n.ID][key]; own {
		return n.Config.Pos
	}
	if patch, ok := l.patchOf(n); ok {
		for _, v := range []yamldoc.Value{patch.v.Get("config"), patch.v} {
			if v.Has(key) {
				return v.Get(key).Pos
			}
		}
	}
	if at, ok := l.settingAt(p, n, key); ok {
		return at
	}
	if n.Config.Pos.File == "" {
		return n.Pos
	}
	return n.Config.Pos
}

// settingAt is where a package's dbt_project.yml sets a key for a node.
func (l *loader) settingAt(p *pack, n *runner.Node, key string) (at runner.Pos, found bool) {
	section := p.file.Get(sectionOf[n.Type])
	for _, part := range append([]string{""}, n.FQN...) {
		if part != "" {
			section = section.Get(part)
		}
		for _, k := range []string{"+" + key, key} {
			if section.Has(k) && nodeconfig.IsSetting(k, section.Get(k)) {
				at, found = section.Get(k).Pos, true
			}
		}
	}
	return at, found
}

// unusedPaths warns of config in dbt_project.yml that met no node, as dbt does.
func (l *loader) unusedPaths() {
	for _, section := range []string{"models", "seeds", "snapshots", "tests", "data_tests", "sources", "unit_tests", "analyses"} {
		l.unusedBelow(l.settings.file.Get(section), section)
	}
}

func (l *loader) unusedBelow(v yamldoc.Value, path string) {
	for _, k := range v.Keys {
		x := v.Fields[k]
		if nodeconfig.IsSetting(k, x) {
			continue
		}
		if at := path + "." + k; l.usedPaths[at] {
			l.unusedBelow(x, at)
		} else if len(nodeconfig.Direct(x)) > 0 || len(x.Keys) > 0 {
			l.warnAs("UnusedResourceConfigPath", x.Pos, "%s applies to nothing: there is no such package, folder or node", at)
		}
	}
}
