package graph

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// term is what one criterion chooses, its tests included.
func (e *evaluation) term(c Criterion, indirect string) (choice, error) {
	if c.Indirect != "" {
		indirect = c.Indirect
	}
	if err := e.known(c); err != nil {
		return choice{}, err
	}
	found := set{}
	if c.Method == "selector" {
		named, err := e.named(c.Value, indirect)
		if err != nil || c.Up == 0 && c.Down == 0 && !c.Around {
			return named, err // with just the tests that its own definition leaves in
		}
		found = named.direct
	} else {
		for i, n := range e.g.nodes {
			if c.matches(n, e.s) {
				found[i] = true
			}
		}
	}
	return e.withTests(e.g.around(found, c), indirect), nil
}

// known refuses a criterion that asks for what was not given.
func (e *evaluation) known(c Criterion) error {
	missing := c.Method == "state" && e.s.State == nil || c.Method == "result" && e.s.Results == nil || c.Method == "source_status" && e.s.Fresher == nil
	if missing {
		return fmt.Errorf("selection \"%s:%s\": it compares with an earlier run: name the folder of its artifacts with --state", c.Method, c.Value)
	}
	return c.Check()
}

// named is what a selector of selectors.yml chooses.
func (e *evaluation) named(name, indirect string) (choice, error) {
	x, ok := e.s.Selectors[name]
	if !ok {
		if len(e.s.Selectors) == 0 {
			return choice{}, fmt.Errorf("there is no selector %s: the project has no selectors.yml", name)
		}
		names := slices.Sorted(maps.Keys(e.s.Selectors))
		return choice{}, fmt.Errorf("there is no selector %s; selectors.yml has %s", name, strings.Join(names, ", "))
	}
	if slices.Contains(e.within, name) {
		return choice{}, fmt.Errorf("selector %s is defined by itself: %s", name, strings.Join(append(e.within, name), " -> "))
	}
	e.within = append(e.within, name)
	defer func() { e.within = e.within[:len(e.within)-1] }()
	return e.choose(x, indirect)
}

// around adds to the nodes found those the criterion reaches from them.
func (g *Graph) around(found set, c Criterion) set {
	if c.Around {
		return reach(reach(found, g.needed, -1), g.needs, -1)
	}
	return unite(reach(found, g.needs, c.Up), reach(found, g.needed, c.Down))
}

// withTests adds the tests of what was found: those that come at once, and
// those that wait until more of what they are about is chosen.
func (e *evaluation) withTests(found set, indirect string) choice {
	c := choice{found, set{}}
	if indirect == "empty" {
		return c
	}
	for i := range found {
		for _, j := range e.g.needed[i] {
			if e.g.nodes[j].isTest() && !found[j] {
				c.pending[j] = true
			}
		}
	}
	if indirect == "" || indirect == "eager" {
		return choice{unite(found, c.pending), set{}}
	}
	return choice{e.complete(c, indirect), c.pending}
}

// complete is the nodes chosen and those of the pending tests whose needs are
// among them or, when buildable, above them.
func (e *evaluation) complete(c choice, indirect string) set {
	if len(c.pending) == 0 {
		return c.direct
	}
	near := c.direct
	if indirect == "buildable" {
		near = reach(c.direct, e.g.needs, -1)
		for i, n := range e.g.nodes {
			if n.Type == "source" {
				near[i] = true
			}
		}
	}
	out := unite(c.direct, nil)
	for i := range c.pending {
		if !slices.ContainsFunc(e.g.needs[i], func(j int) bool { return !near[j] }) {
			out[i] = true
		}
	}
	return out
}

// unite is a new set of what either has.
func unite(a, b set) set {
	out := make(set, len(a)+len(b))
	out.add(a)
	out.add(b)
	return out
}

// intersect is a new set of what both have.
func intersect(a, b set) set {
	out := set{}
	for i := range a {
		if b[i] {
			out[i] = true
		}
	}
	return out
}

// without is a new set of what a has and b has not.
func without(a, b set) set {
	out := set{}
	for i := range a {
		if !b[i] {
			out[i] = true
		}
	}
	return out
}
