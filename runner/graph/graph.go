package graph

import (
	"fmt"
	"slices"
	"strings"
)

// A Node is one node of a graph and what selection may ask of it.
type Node struct {
	ID       string
	Name     string
	Type     string   // model, seed, test, source, ...; see [ResourceTypes]
	Package  string   // the dbt package
	Path     string   // of its file, forward slashes
	Patch    string   // the YAML file of its properties, or ""
	FQN      []string // package, folders, name
	Tags     []string
	TestName string         // of a generic test: unique, not_null, ...
	Source   string         // of a source: source.table
	Group    string         // the group it belongs to, or ""
	Access   string         // of a model: private, protected or public
	Version  string         // of a versioned model
	Latest   string         // its model's latest version
	Config   map[string]any // for config.KEY:value
	Needs    []Edge
}

// isTest reports whether a node is chosen with what it is about.
func (n Node) isTest() bool { return n.Type == "test" || n.Type == "unit_test" }

// An Edge is a need, and the place that says so.
type Edge struct {
	To    string // an ID
	Where string // file:line:col, for messages
}

// A Graph is an acyclic graph of nodes. It is immutable; several goroutines
// may use it at once.
type Graph struct {
	nodes  []Node
	index  map[string]int
	needs  [][]int
	needed [][]int
	order  []string
}

// New makes a graph of nodes. A need of an ID that no node has is an error, and
// so is a cycle, which is named in full with the place that closes it.
func New(nodes []Node) (*Graph, error) {
	g := &Graph{nodes: nodes, index: map[string]int{}, needs: make([][]int, len(nodes)), needed: make([][]int, len(nodes))}
	for i, n := range nodes {
		if _, dup := g.index[n.ID]; dup {
			return nil, fmt.Errorf("two nodes have the id %s", n.ID)
		}
		g.index[n.ID] = i
	}
	for i, n := range nodes {
		for _, e := range n.Needs {
			j, ok := g.index[e.To]
			if !ok {
				return nil, fmt.Errorf("%s: %s needs %s, which is not there", e.Where, n.Name, e.To)
			}
			if !slices.Contains(g.needs[i], j) {
				g.needs[i] = append(g.needs[i], j)
				g.needed[j] = append(g.needed[j], i)
			}
		}
	}
	return g, g.sort()
}

// sort finds the order, or a cycle.
func (g *Graph) sort() error {
	const (
		fresh = iota
		open
		done
	)
	state := make([]int, len(g.nodes))
	var path []int
	var visit func(i int) error
	visit = func(i int) error {
		switch state[i] {
		case done:
			return nil
		case open:
			return g.cycle(append(path[slices.Index(path, i):], i))
		}
		state[i] = open
		path = append(path, i)
		for _, j := range g.needs[i] {
			if err := visit(j); err != nil {
				return err
			}
		}
		path = path[:len(path)-1]
		state[i] = done
		g.order = append(g.order, g.nodes[i].ID)
		return nil
	}
	for i := range g.nodes {
		if err := visit(i); err != nil {
			return err
		}
	}
	return nil
}

// cycle names a cycle, whose first and last node are the same, at the place in
// its first node that says what it needs.
func (g *Graph) cycle(path []int) error {
	first, next := g.nodes[path[0]], g.nodes[path[1]].ID
	where := first.Path
	for _, e := range first.Needs {
		if e.To == next && e.Where != "" {
			where = e.Where
		}
	}
	names := make([]string, len(path))
	for i, n := range path {
		names[i] = g.nodes[n].Name
	}
	return fmt.Errorf("%s: cycle: %s", where, strings.Join(names, " -> "))
}

// Order is every ID, each after those it needs, and otherwise as given.
func (g *Graph) Order() []string { return slices.Clone(g.order) }

// A set is a choice of nodes, by index.
type set map[int]bool

func (s set) add(other set) {
	for i := range other {
		s[i] = true
	}
}

// reach adds to from all that can be reached along edges in at most depth
// steps; depth < 0 is as far as it goes.
func reach(from set, edges [][]int, depth int) set {
	all, edge := set{}, from
	all.add(from)
	for ; depth != 0 && len(edge) > 0; depth-- {
		next := set{}
		for i := range edge {
			for _, j := range edges[i] {
				if !all[j] {
					all[j], next[j] = true, true
				}
			}
		}
		edge = next
	}
	return all
}
