package runner

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// A task is one node of a run and its place among the others.
type task struct {
	node     *Node
	waiting  int     // how many tasks it still waits for
	unblocks []*task // those that wait for it
	status   Status
	blame    string // why it is skipped: the node it needs, which failed; "" if it is not
}

// blames names what the tasks waiting for t lack, or "" if t went well. A
// failed node is blamed by its own name, a skipped one passes its blame on.
func (t *task) blames() string {
	switch {
	case t.status == Skipped && t.blame != "":
		return t.blame
	case t.status.Bad() || t.status == Skipped:
		return t.node.Name
	}
	return ""
}

// schedule makes a plan's tasks. A node waits for those of its needs that are
// in the plan, also through nodes that are not, and for the tests of what it
// needs. A unit test waits for what its model needs, and its model for it.
func schedule(plan Plan) ([]*task, error) {
	var tasks []*task
	byID := map[string]*task{}
	for _, n := range plan.Nodes {
		if n.runs(plan.Freshness) && byID[n.ID] == nil {
			t := &task{node: n}
			tasks, byID[n.ID] = append(tasks, t), t
		}
	}
	if plan.Clone != nil {
		return tasks, nil // none needs another
	}
	above := ancestry{nodes: plan.Project.Nodes, memo: map[string]map[string]bool{}}
	tests := attached(tasks)
	for _, t := range tasks {
		ups, err := above.of(t.node.ID, nil)
		if err != nil {
			return nil, err
		}
		if t.node.Type == UnitTest {
			ups = without(ups, t.node.UnitTest.Model)
			if model := byID[t.node.UnitTest.Model]; model != nil {
				t.blocks(model)
			}
		}
		for id := range ups {
			if up := byID[id]; up != nil {
				up.blocks(t)
			}
			if t.node.isTest() {
				continue
			}
			for _, test := range tests[id] {
				if test.within(ups) {
					test.blocks(t)
				}
			}
		}
	}
	return tasks, acyclic(tasks)
}

// runs reports whether there is anything to do for a node: in a run, or in one
// that looks at the freshness of sources.
func (n *Node) runs(freshness bool) bool {
	if freshness {
		return n.Type == Source && n.Source != nil && (n.Source.WarnAfter.Count > 0 || n.Source.ErrorAfter.Count > 0)
	}
	return n.Type != Source && n.Type != Analysis && (n.Config.Materialized != Ephemeral || n.Type != Model)
}

// isTest reports whether a node tests others.
func (n *Node) isTest() bool { return n.Type == Test || n.Type == UnitTest }

// without is a set less one member.
func without(set map[string]bool, id string) map[string]bool {
	out := maps.Clone(set)
	delete(out, id)
	return out
}

// attached lists the tests in tasks under each node they need.
func attached(tasks []*task) map[string][]*task {
	tests := map[string][]*task{}
	for _, t := range tasks {
		if t.node.Type == Test {
			for _, e := range t.node.Parents {
				tests[e.To] = append(tests[e.To], t)
			}
		}
	}
	return tests
}

// within reports whether all that a test needs is in ups: only then can what
// comes below ups wait for it without a cycle.
func (t *task) within(ups map[string]bool) bool {
	return !slices.ContainsFunc(t.node.Parents, func(e Edge) bool { return !ups[e.To] })
}

// blocks makes next wait for t, once.
func (t *task) blocks(next *task) {
	if !slices.Contains(t.unblocks, next) {
		t.unblocks = append(t.unblocks, next)
		next.waiting++
	}
}

// ancestry finds all that a node needs, directly or not.
type ancestry struct {
	nodes map[string]*Node
	memo  map[string]map[string]bool
}

func (a ancestry) of(id string, path []string) (map[string]bool, error) {
	if ups, ok := a.memo[id]; ok {
		return ups, nil
	}
	if i := slices.Index(path, id); i >= 0 {
		return nil, fmt.Errorf("cycle: %s", strings.Join(append(path[i:], id), " -> "))
	}
	path = append(path, id)
	ups := map[string]bool{}
	if n := a.nodes[id]; n != nil {
		for _, e := range n.Parents {
			more, err := a.of(e.To, path)
			if err != nil {
				return nil, err
			}
			ups[e.To] = true
			for up := range more {
				ups[up] = true
			}
		}
	}
	a.memo[id] = ups
	return ups, nil
}

// acyclic checks that the tasks can all be reached. The project's own edges
// have no cycle by now; edges from tests must not make one.
func acyclic(tasks []*task) error {
	waiting := map[*task]int{}
	var ready []*task
	for _, t := range tasks {
		if waiting[t] = t.waiting; t.waiting == 0 {
			ready = append(ready, t)
		}
	}
	reached := 0
	for ; len(ready) > 0; reached++ {
		t := ready[len(ready)-1]
		ready = ready[:len(ready)-1]
		for _, next := range t.unblocks {
			if waiting[next]--; waiting[next] == 0 {
				ready = append(ready, next)
			}
		}
	}
	if reached == len(tasks) {
		return nil
	}
	var stuck []string
	for _, t := range tasks {
		if waiting[t] > 0 {
			stuck = append(stuck, t.node.Name)
		}
	}
	return fmt.Errorf("these nodes wait for each other: %s", strings.Join(stuck, ", "))
}
