package graph

import (
	"fmt"
	"slices"
	"strings"
)

// A Selection is what to choose. The zero value chooses everything.
type Selection struct {
	Select  []string // criteria, as --select has them; empty for all
	Exclude []string // likewise, to take away

	// Selector, if not "", is the name of one of Selectors, which says what to
	// choose instead of Select and Exclude.
	Selector  string
	Selectors map[string]Expr // those of selectors.yml, also for the method selector

	Types        []string // resource types to keep; empty for all
	ExcludeTypes []string // resource types to leave out
	Indirect     string   // which tests come with their nodes: eager (or ""), cautious, buildable, empty
	Package      string   // the root project, which package:this means

	// What an earlier run left behind; nil where none was given, and then the
	// methods that ask for it are refused.
	State   map[string][]string // by ID: the values of the method state that hold
	Results map[string]string   // by ID: how the node ended
	Fresher map[string]bool     // by source ID: whether it has newer rows than it had
}

// An Expr is a selection written out: one criterion, or several put together,
// without what is excluded.
type Expr struct {
	Term      *Criterion
	Union     []Expr // for nodes that any chooses
	Intersect []Expr // for nodes that all choose
	Exclude   []Expr // what is taken away from either
	Text      string // how it was written, for messages
}

// Uses reports whether any criterion of the expression has a method.
func (x Expr) Uses(method string) bool {
	uses := func(part Expr) bool { return part.Uses(method) }
	return x.Term != nil && x.Term.Method == method ||
		slices.ContainsFunc(x.Union, uses) || slices.ContainsFunc(x.Intersect, uses) || slices.ContainsFunc(x.Exclude, uses)
}

// ResourceTypes are the types of node that can be named, sorted.
var ResourceTypes = []string{
	"analysis", "exposure", "metric", "model", "saved_query", "seed", "semantic_model", "snapshot", "source", "test", "unit_test",
}

// Select gives the IDs chosen, each after those it needs, and the criteria that
// matched nothing. A criterion that cannot be read is an error.
func (g *Graph) Select(s Selection) (ids, unmatched []string, err error) {
	if err := checkIndirect(s.Indirect); err != nil {
		return nil, nil, err
	}
	for _, t := range slices.Concat(s.Types, s.ExcludeTypes) {
		if !slices.Contains(ResourceTypes, t) {
			return nil, nil, fmt.Errorf("resource type %q: it is one of %s", t, strings.Join(ResourceTypes, ", "))
		}
	}
	e := &evaluation{g: g, s: &s}
	chosen, err := e.all()
	if err != nil {
		return nil, nil, err
	}
	for _, id := range g.order {
		i := g.index[id]
		typ := g.nodes[i].Type
		if chosen[i] && (len(s.Types) == 0 || slices.Contains(s.Types, typ)) && !slices.Contains(s.ExcludeTypes, typ) {
			ids = append(ids, id)
		}
	}
	return ids, e.unmatched, nil
}

// An evaluation is one selection being made.
type evaluation struct {
	g         *Graph
	s         *Selection
	unmatched []string
	within    []string // the selectors being evaluated, against going round
}

// A choice is what an expression chose, and the tests it might choose once
// more of what they are about is chosen.
type choice struct{ direct, pending set }

// all is everything the selection chooses.
func (e *evaluation) all() (set, error) {
	if e.s.Selector != "" {
		c, err := e.named(e.s.Selector, e.s.Indirect)
		return c.direct, err
	}
	chosen := set{}
	for i := range e.g.nodes {
		chosen[i] = true
	}
	if len(e.s.Select) > 0 {
		var err error
		if chosen, err = e.line(e.s.Select, e.s.Indirect); err != nil {
			return nil, err
		}
	}
	out, err := e.line(e.s.Exclude, "eager")
	return without(chosen, out), err
}

// line is what the arguments of a flag choose; spaces separate criteria within
// an argument too.
func (e *evaluation) line(args []string, indirect string) (set, error) {
	line := Expr{Union: []Expr{}}
	for _, arg := range args {
		more, err := ParseExpr(arg)
		if err != nil {
			return nil, err
		}
		line.Union = append(line.Union, more.Union...)
	}
	c, err := e.choose(line, indirect)
	return c.direct, err
}

// ParseExpr reads criteria as a command line has them: separated by spaces to
// be united, joined by commas to be intersected.
func ParseExpr(text string) (Expr, error) {
	out := Expr{Union: []Expr{}, Text: text}
	for _, word := range strings.Fields(text) {
		both := Expr{Intersect: []Expr{}, Text: word}
		for part := range strings.SplitSeq(word, ",") {
			c, err := ParseCriterion(part)
			if err != nil {
				return out, err
			}
			both.Intersect = append(both.Intersect, Expr{Term: &c})
		}
		out.Union = append(out.Union, both)
	}
	return out, nil
}

// choose evaluates an expression. Words of the command line that choose
// nothing are noted.
func (e *evaluation) choose(x Expr, indirect string) (c choice, err error) {
	switch {
	case x.Term != nil:
		c, err = e.term(*x.Term, indirect)
	case x.Intersect != nil:
		c, err = e.combine(x.Intersect, indirect, intersect)
	default:
		c, err = e.combine(x.Union, indirect, unite)
	}
	if err != nil {
		return c, err
	}
	if len(c.direct) == 0 && x.Text != "" && !slices.Contains(e.unmatched, x.Text) {
		e.unmatched = append(e.unmatched, x.Text)
	}
	for _, out := range x.Exclude {
		o, err := e.choose(out, "eager")
		if err != nil {
			return c, err
		}
		c = choice{without(c.direct, o.direct), without(c.pending, o.direct)}
	}
	return c, nil
}

// combine puts several expressions' choices together, and takes in the tests
// that are whole by then.
func (e *evaluation) combine(parts []Expr, indirect string, with func(a, b set) set) (choice, error) {
	var sum choice
	for i, part := range parts {
		c, err := e.choose(part, indirect)
		if err != nil {
			return sum, err
		}
		if i == 0 {
			sum = c
			continue
		}
		sum.pending = with(unite(sum.direct, sum.pending), unite(c.direct, c.pending))
		sum.direct = with(sum.direct, c.direct)
	}
	if sum.direct == nil {
		sum.direct = set{}
	}
	sum.direct = e.complete(sum, indirect)
	return sum, nil
}
