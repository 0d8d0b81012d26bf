package runner

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// planOf reads "b: a" as node b needs node a. Names that begin with "t_" are
// tests, with "e_" ephemeral models, with "s_" sources; a name in brackets is
// not in the plan.
func planOf(lines ...string) Plan {
	p := Plan{Project: &Project{Nodes: map[string]*Node{}}}
	for _, line := range lines {
		name, needs, _ := strings.Cut(line, ":")
		out := strings.HasPrefix(name, "[")
		name = strings.Trim(name, "[]")
		n := &Node{ID: name, Name: name, Type: Model, Config: Config{Materialized: Table}}
		switch {
		case strings.HasPrefix(name, "t_"):
			n.Type = Test
		case strings.HasPrefix(name, "s_"):
			n.Type = Source
		case strings.HasPrefix(name, "e_"):
			n.Config.Materialized = Ephemeral
		}
		for _, need := range strings.Fields(needs) {
			n.Parents = append(n.Parents, Edge{To: need})
		}
		p.Project.Nodes[name] = n
		if !out {
			p.Nodes = append(p.Nodes, n)
		}
	}
	return p
}

func TestSchedule(t *testing.T) {
	for _, test := range []struct {
		name string
		plan Plan
		want string // each task and what waits for it
	}{
		{"a chain", planOf("a:", "b: a", "c: b"), "a<b,c b<c c"},
		{"order of the plan does not matter", planOf("b: a", "a:"), "b a<b"},
		{"through a node left out", planOf("a:", "[b]: a", "c: b"), "a<c c"},
		{"through an ephemeral model", planOf("a:", "e_b: a", "c: e_b"), "a<c c"},
		{"sources are not built", planOf("s_a:", "b: s_a"), "b"},
		{"a test stands before what comes below", planOf("a:", "b: a", "t_a: a"), "a<b,t_a b t_a<b"},
		{"a test on both ends holds up neither", planOf("a:", "b: a", "t_ab: a b"), "a<b,t_ab b<t_ab t_ab"},
		{"a test of two holds up what needs both", planOf("a:", "b:", "c: a b", "t_ab: a b"), "a<c,t_ab b<c,t_ab c t_ab<c"},
		{"a test without its model", planOf("[a]:", "t_a: a", "b: a"), "t_a<b b"},
	} {
		t.Run(test.name, func(t *testing.T) {
			tasks, err := schedule(test.plan)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, task := range tasks {
				var next []string
				for _, u := range task.unblocks {
					next = append(next, u.node.Name)
				}
				slices.Sort(next)
				text := task.node.Name
				if next != nil {
					text += "<" + strings.Join(next, ",")
				}
				got = append(got, text)
			}
			if diff := cmp.Diff(test.want, strings.Join(got, " ")); diff != "" {
				t.Errorf("want -, got +:\n%s", diff)
			}
		})
	}
}

func TestScheduleCycle(t *testing.T) {
	_, err := schedule(planOf("a: c", "b: a", "c: b"))
	if err == nil || !strings.HasPrefix(err.Error(), "cycle: ") || strings.Count(err.Error(), "->") != 3 {
		t.Errorf("got error %v, want the cycle's three nodes", err)
	}
}
