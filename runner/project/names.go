package project

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/snowpit-dev/snowpit/runner"
	jv "github.com/snowpit-dev/snowpit/runner/render/jinja/value"
)

// names knows which node a ref or source means.
type names struct {
	models   map[string][]*runner.Node // models, seeds and snapshots by name, or by name.vVERSION
	disabled map[string]*runner.Node   // likewise, those that are off, and sources by source.table
	sources  map[string][]*runner.Node // by source.table
}

func newNames() *names {
	return &names{models: map[string][]*runner.Node{}, disabled: map[string]*runner.Node{}, sources: map[string][]*runner.Node{}}
}

// add makes a node known under a name, unless its package has one of that name.
func (ns *names) add(name string, n *runner.Node) (old *runner.Node) {
	if old := of(ns.models[name], n.Package); old != nil {
		return old
	}
	ns.models[name] = append(ns.models[name], n)
	return nil
}

// drop takes a node out that is switched off.
func (ns *names) drop(n *runner.Node) {
	in, name := ns.models, n.Name
	if n.Type == runner.Source {
		in, name = ns.sources, nameOf(n)
	}
	for _, key := range []string{name, name + ".v" + n.Version} {
		for i, x := range in[key] {
			if x == n {
				in[key] = append(in[key][:i:i], in[key][i+1:]...)
				if len(in[key]) == 0 {
					delete(in, key)
				}
				ns.disabled[key] = n
				break
			}
		}
	}
}

// of is the node of a package, or nil.
func of(nodes []*runner.Node, pkg string) *runner.Node {
	for _, n := range nodes {
		if n.Package == pkg {
			return n
		}
	}
	return nil
}

// model is a package's own model, seed or snapshot.
func (ns *names) model(pkg, name string) *runner.Node { return of(ns.models[name], pkg) }

// source is a package's own source table.
func (ns *names) source(pkg, name string) *runner.Node { return of(ns.sources[name], pkg) }

// pick chooses among nodes of one name as dbt does: that of the package that
// asks, of the project, of any other.
func pick(nodes []*runner.Node, from, project string) *runner.Node {
	for _, pkg := range []string{project, from} {
		if n := of(nodes, pkg); n != nil {
			return n
		}
	}
	if len(nodes) > 0 {
		return nodes[0]
	}
	return nil
}

var errDisabled = errors.New("is disabled")

// find is the node that a ref or source in a file of package from means.
func (p *Project) find(need need, from string) (*runner.Node, error) {
	if need.source {
		if n := pick(p.names.sources[need.name], from, p.Name); n != nil {
			return n, nil
		}
		source, table, _ := strings.Cut(need.name, ".")
		if n := p.names.disabled[need.name]; n != nil && n.Type == runner.Source {
			return nil, fmt.Errorf("source('%s', '%s') %w (%s)", source, table, errDisabled, n.Pos)
		}
		var all []string
		for name := range p.names.sources {
			all = append(all, name)
		}
		hint := "; declare it in a YAML file under sources:"
		if near := jv.Nearest(need.name, all); near != "" {
			s, t, _ := strings.Cut(near, ".")
			hint = fmt.Sprintf("; did you mean source('%s', '%s')?", s, t)
		}
		return nil, fmt.Errorf("there is no source('%s', '%s')%s", source, table, hint)
	}
	key, call := need.name, "ref('"+need.name+"')"
	if need.version != "" {
		key, call = need.name+".v"+need.version, "ref('"+need.name+"', v="+need.version+")"
	}
	var n *runner.Node
	if need.pkg != "" {
		n, call = of(p.names.models[key], need.pkg), "ref('"+need.pkg+"', "+strings.TrimPrefix(call, "ref(")
	} else {
		n = pick(p.names.models[key], from, p.Name)
	}
	if n != nil {
		return n, nil
	}
	if n := p.names.disabled[key]; n != nil && (need.pkg == "" || need.pkg == n.Package) {
		return nil, fmt.Errorf("%s: %s %w (%s)", call, n.Name, errDisabled, n.Pos)
	}
	if need.pkg != "" {
		return nil, fmt.Errorf("%s: package %s has no model, seed or snapshot of that name", call, need.pkg)
	}
	return nil, fmt.Errorf("%s: there is no model, seed or snapshot of that name%s", call, p.names.nearest(need.name))
}

// nearest suggests the name most like one that is not there.
func (ns *names) nearest(name string) string {
	best, least := "", len(name)/2+1
	for _, other := range slices.Sorted(maps.Keys(ns.models)) {
		if dot := strings.LastIndex(other, ".v"); dot > 0 {
			other = other[:dot]
		}
		d := distance(name, other)
		if strings.Contains(other, name) || strings.Contains(name, other) {
			d = min(d, least-1)
		}
		if d < least {
			best, least = other, d
		}
	}
	if best == "" {
		return ""
	}
	return fmt.Sprintf("; did you mean %s?", best)
}
