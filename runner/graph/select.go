package graph

import (
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"
)

// A Selection is what to choose. The zero value chooses everything.
type Selection struct {
	Select   []string // criteria, as --select has them; empty for all
	Exclude  []string // likewise, to take away
	Types    []string // resource types to keep; empty for all
	Indirect string   // which tests come with their nodes: eager (or ""), cautious, buildable, empty
}

// resourceTypes are the types of node there are.
var resourceTypes = []string{"model", "seed", "test", "source"}

// Select gives the IDs chosen, each after those it needs, and the criteria that
// matched nothing. A criterion that cannot be read is an error.
func (g *Graph) Select(s Selection) (ids, unmatched []string, err error) {
	if !slices.Contains([]string{"", "eager", "cautious", "buildable", "empty"}, s.Indirect) {
		return nil, nil, fmt.Errorf("indirect selection %q: it is eager, cautious, buildable or empty", s.Indirect)
	}
	for _, t := range s.Types {
		if !slices.Contains(resourceTypes, t) {
			return nil, nil, fmt.Errorf("resource type %q: it is one of %s", t, strings.Join(resourceTypes, ", "))
		}
	}
	chosen := set{}
	if len(s.Select) == 0 {
		for i := range g.nodes {
			chosen[i] = true
		}
	} else if chosen, err = g.union(s.Select, s.Indirect, &unmatched); err != nil {
		return nil, nil, err
	}
	out, err := g.union(s.Exclude, "eager", &unmatched)
	if err != nil {
		return nil, nil, err
	}
	for _, id := range g.order {
		i := g.index[id]
		if chosen[i] && !out[i] && (len(s.Types) == 0 || slices.Contains(s.Types, g.nodes[i].Type)) {
			ids = append(ids, id)
		}
	}
	return ids, unmatched, nil
}

// union is all that any of the arguments chooses; spaces separate criteria
// within an argument too.
func (g *Graph) union(args []string, indirect string, unmatched *[]string) (set, error) {
	all := set{}
	for _, arg := range args {
		for _, word := range strings.Fields(arg) {
			chosen, err := g.intersection(word, indirect)
			if err != nil {
				return nil, err
			}
			if len(chosen) == 0 {
				*unmatched = append(*unmatched, word)
			}
			all.add(chosen)
		}
	}
	return all, nil
}

// intersection is what all criteria of a word, joined by commas, choose.
func (g *Graph) intersection(word, indirect string) (set, error) {
	var both set
	for text := range strings.SplitSeq(word, ",") {
		c, err := parseCriterion(text)
		if err != nil {
			return nil, err
		}
		chosen := g.apply(c)
		g.addTests(chosen, indirect)
		if both == nil {
			both = chosen
			continue
		}
		for i := range both {
			if !chosen[i] {
				delete(both, i)
			}
		}
	}
	return both, nil
}

// addTests adds the tests of chosen nodes.
func (g *Graph) addTests(chosen set, indirect string) {
	if indirect == "empty" {
		return
	}
	var near set // chosen and above, for buildable
	if indirect == "buildable" {
		near = reach(chosen, g.needs, -1)
	}
	for i, n := range g.nodes {
		if n.Type != "test" || len(g.needs[i]) == 0 {
			continue
		}
		touched, missing := false, false
		for _, j := range g.needs[i] {
			touched = touched || chosen[j]
			missing = missing || !chosen[j] && !near[j]
		}
		if touched && (indirect == "eager" || indirect == "" || !missing) {
			chosen[i] = true
		}
	}
}

// A criterion is one term of a selection.
type criterion struct {
	method, arg, value string
	up, down           int  // how far to go; 0 for not at all, -1 for all the way
	around             bool // @: all below, and all above those
}

var methods = []string{"config", "file", "fqn", "package", "path", "resource_type", "source", "tag", "test_name", "test_type"}

// laterMethods are dbt's own that are not there yet.
var laterMethods = []string{"access", "exposure", "group", "metric", "result", "saved_query", "selector", "semantic_model", "source_status", "state", "unit_test", "version"}

// parseCriterion reads one term.
func parseCriterion(text string) (criterion, error) {
	c := criterion{}
	bad := func(why string) (criterion, error) {
		return c, fmt.Errorf("selection %q: %s", text, why)
	}
	rest, around := strings.CutPrefix(text, "@")
	c.around = around
	if n, after, ok := strings.Cut(rest, "+"); ok && (n == "" || isNumber(n)) {
		c.up, rest = steps(n), after
	}
	if i := strings.LastIndex(rest, "+"); i >= 0 && (i == len(rest)-1 || isNumber(rest[i+1:])) {
		c.down, rest = steps(rest[i+1:]), rest[:i]
	}
	if around && (c.up != 0 || c.down != 0) {
		return bad("@ already means all below and what they need; leave out the +")
	}
	if method, value, ok := strings.Cut(rest, ":"); ok {
		c.method, c.arg, _ = strings.Cut(method, ".")
		rest = value
		if slices.Contains(laterMethods, c.method) {
			return bad("the method " + c.method + " is not supported yet")
		}
		if !slices.Contains(methods, c.method) {
			return bad("there is no method " + c.method + "; the methods are " + strings.Join(methods, ", "))
		}
	} else {
		c.method = guessMethod(rest)
	}
	if c.value = rest; rest == "" {
		return bad("it names nothing")
	}
	if c.method == "config" && c.arg == "" {
		return bad("config needs a key, as in config.materialized:table")
	}
	return c, nil
}

func isNumber(s string) bool {
	_, err := strconv.ParseUint(s, 10, 31)
	return err == nil
}

// steps is how far a + goes: as far as the number beside it, or all the way.
func steps(n string) int {
	if k, err := strconv.Atoi(n); err == nil {
		return k
	}
	return -1
}

func guessMethod(value string) string {
	switch ext := path.Ext(value); {
	case strings.Contains(value, "/"):
		return "path"
	case ext == ".sql" || ext == ".csv" || ext == ".py" || ext == ".yml":
		return "file"
	}
	return "fqn"
}

// apply is what a criterion chooses, before tests.
func (g *Graph) apply(c criterion) set {
	chosen := set{}
	for i, n := range g.nodes {
		if c.matches(n) {
			chosen[i] = true
		}
	}
	if c.around {
		return reach(reach(chosen, g.needed, -1), g.needs, -1)
	}
	up := reach(chosen, g.needs, c.up)
	down := reach(chosen, g.needed, c.down)
	up.add(down)
	return up
}

// matches reports whether a node is one the criterion names.
func (c criterion) matches(n Node) bool {
	switch c.method {
	case "fqn":
		return matchFQN(c.value, n)
	case "path":
		want := strings.TrimSuffix(strings.TrimPrefix(c.value, "./"), "/")
		return like(want, n.Path) || like(want+"/*", n.Path)
	case "file":
		base := path.Base(n.Path)
		return like(c.value, base) || like(c.value, strings.TrimSuffix(base, path.Ext(base)))
	case "tag":
		return slices.ContainsFunc(n.Tags, func(t string) bool { return like(c.value, t) })
	case "source":
		name, _, _ := strings.Cut(n.Source, ".")
		return n.Source != "" && (like(c.value, n.Source) || like(c.value, name) || like(c.value, n.Package+"."+n.Source))
	case "resource_type":
		return n.Type == c.value
	case "package":
		return like(c.value, n.Package)
	case "test_name":
		return n.TestName != "" && like(c.value, n.TestName)
	case "test_type":
		return n.Type == "test" && (c.value == "data" || c.value == "generic" && n.TestName != "" || c.value == "singular" && n.TestName == "")
	}
	return matchConfig(n.Config, c.arg, c.value)
}

// matchFQN compares a name: with the node's own, or, part by part, with the
// beginning of its FQN, with or without the package.
func matchFQN(value string, n Node) bool {
	if n.Type == "source" {
		return false
	}
	if like(value, n.Name) {
		return true
	}
	parts := strings.Split(value, ".")
	for _, fqn := range [][]string{n.FQN, n.FQN[min(1, len(n.FQN)):]} {
		if len(parts) <= len(fqn) && !slices.ContainsFunc(parts, func(p string) bool { return p == "" }) {
			same := true
			for i, p := range parts {
				same = same && like(p, fqn[i])
			}
			if same {
				return true
			}
		}
	}
	return false
}

// matchConfig compares a config value, or any member of a list of them.
func matchConfig(config map[string]any, key, want string) bool {
	switch v := config[key].(type) {
	case nil:
		return false
	case []any:
		return slices.ContainsFunc(v, func(x any) bool { return fmt.Sprint(x) == want })
	case []string:
		return slices.Contains(v, want)
	case map[string]any:
		_, ok := v[want]
		return ok
	default:
		return strings.EqualFold(fmt.Sprint(v), want)
	}
}

// like matches a pattern with stars, each any text, and question marks, each
// one character.
func like(pattern, text string) bool {
	star, mark := -1, 0
	p, t := 0, 0
	for t < len(text) {
		switch {
		case p < len(pattern) && pattern[p] == '*':
			star, mark = p, t
			p++
		case p < len(pattern) && (pattern[p] == '?' || pattern[p] == text[t]):
			p, t = p+1, t+1
		case star >= 0:
			mark++
			p, t = star+1, mark
		default:
			return false
		}
	}
	return strings.Trim(pattern[p:], "*") == ""
}
