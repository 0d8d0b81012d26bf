package graph_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/snowpit-dev/snowpit/runner/graph"
)

// whole has a node of every kind that selection can tell apart.
func whole() []graph.Node {
	nodes := sample()
	node := func(name, typ string, needs ...string) graph.Node {
		n := graph.Node{ID: name, Name: name, Type: typ, Package: "f1", Path: "models/x/" + name + ".sql", FQN: []string{"f1", "x", name}}
		for _, need := range needs {
			n.Needs = append(n.Needs, graph.Edge{To: need})
		}
		return n
	}
	paid := node("paid", "model", "mart")
	paid.Group, paid.Access, paid.Patch = "finance", "private", "models/ledger/paid.yml"
	paid.Config = map[string]any{"transient": true, "meta": map[string]any{"owner": map[string]any{"name": "ada"}}, "grants": []any{"x", "y"}}
	one, two, three := node("season.v1", "model"), node("season.v2", "model"), node("season.v3", "model")
	for i, n := range []*graph.Node{&one, &two, &three} {
		n.Name, n.FQN = "season", []string{"f1", "x", "season", fmt.Sprintf("v%d", i+1)}
	}
	one.Version, two.Version, three.Version = "1", "2", "10"
	one.Latest, two.Latest, three.Latest = "2", "2", "2"
	lib := node("helper", "model")
	lib.Package, lib.FQN = "lib", []string{"lib", "helper"}
	return append(nodes, paid, one, two, three, lib, node("history", "snapshot", "mart"), node("board", "exposure", "mart"), node("adds_up", "unit_test", "mart"))
}

func selected(t *testing.T, s graph.Selection) string {
	t.Helper()
	g, err := graph.New(whole())
	if err != nil {
		t.Fatal(err)
	}
	ids, _, err := g.Select(s)
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(ids, " ")
}

func TestMethods(t *testing.T) {
	given := graph.Selection{
		Package: "f1", Indirect: "empty",
		State:   map[string][]string{"train": {"modified", "modified.body"}, "paid": {"new", "modified"}, "stg": {"old", "unmodified"}},
		Results: map[string]string{"stg": "success", "unique_stg": "fail"},
		Fresher: map[string]bool{"src": true},
	}
	for sel, want := range map[string]string{
		"group:finance":                   "paid",
		"access:private":                  "paid",
		"version:latest":                  "season.v2",
		"version:old":                     "season.v1",
		"version:prerelease":              "season.v3",
		"season.v1":                       "season.v1",
		"season":                          "season.v1 season.v2 season.v3",
		"season_v2":                       "season.v2",
		"exposure:board":                  "board",
		"+exposure:*,resource_type:model": "stg mart",
		"unit_test:f1.adds_up":            "adds_up",
		"test_type:unit":                  "adds_up",
		"test_type:generic":               "unique_stg",
		"test_type:data":                  "unique_stg no_ghosts",
		"resource_type:snapshot":          "history",
		"package:lib":                     "helper",
		"package:this,x.hist*":            "history",
		"helper":                          "helper",
		"lib.helper":                      "helper",
		"config.transient:true":           "paid",
		"config.meta.owner.name:ada":      "paid",
		"config.grants:y":                 "paid",
		"models/ledger":                   "paid",
		"models/**/tr*.sql":               "train",
		"models/*/mart.sql":               "mart",
		"models/mart.sql":                 "",
		"m[a-b]rt.sql":                    "mart",
		"file:[!a-s]*":                    "train unique_stg",
		"staging.?tg":                     "stg",
		"f1.x.*":                          "paid season.v1 season.v2 season.v3 history adds_up",
		"source:f1.ergast.races":          "src",
		"source:*":                        "src",
		"state:modified":                  "train paid",
		"state:modified.body":             "train",
		"state:new+":                      "paid",
		"state:old":                       "stg",
		"result:fail":                     "unique_stg",
		"1+result:fail":                   "stg unique_stg",
		"source_status:fresher+1":         "src mart",
		"tag:nightly,state:modified":      "train",
		"+train,+history":                 "raw stg src mart",
		"2+paid,resource_type:model":      "stg mart paid",
	} {
		given.Select = []string{sel}
		if diff := cmp.Diff(want, selected(t, given)); diff != "" {
			t.Errorf("--select %q: want -, got +:\n%s", sel, diff)
		}
	}
}

func TestTypes(t *testing.T) {
	if got := selected(t, graph.Selection{Types: []string{"snapshot", "exposure"}}); got != "history board" {
		t.Errorf("types: %s", got)
	}
	got := selected(t, graph.Selection{Select: []string{"mart+"}, ExcludeTypes: []string{"model", "test"}})
	if got != "history board adds_up" {
		t.Errorf("types left out: %s", got)
	}
}

// A test that needs two models comes once both are chosen, even when
// different criteria choose them.
func TestPendingTests(t *testing.T) {
	for _, test := range []struct{ indirect, sel, want string }{
		{"cautious", "mart", "mart adds_up"},
		{"cautious", "mart stg", "stg mart unique_stg no_ghosts adds_up"},
		{"buildable", "mart", "mart no_ghosts adds_up"},
		{"cautious", "+mart,stg+", "stg mart unique_stg no_ghosts adds_up"},
		{"eager", "stg", "stg unique_stg no_ghosts"},
		{"empty", "mart stg", "stg mart"},
	} {
		if got := selected(t, graph.Selection{Select: []string{test.sel}, Indirect: test.indirect}); got != test.want {
			t.Errorf("%s, %s: got %s, want %s", test.indirect, test.sel, got, test.want)
		}
	}
}

func TestSelectors(t *testing.T) {
	term := func(text string) graph.Expr {
		c, err := graph.ParseCriterion(text)
		if err != nil {
			t.Fatal(err)
		}
		return graph.Expr{Term: &c}
	}
	cautious := term("mart")
	cautious.Term.Indirect = "cautious"
	defined := map[string]graph.Expr{
		"nightly": {Union: []graph.Expr{term("tag:nightly"), term("paid")}, Exclude: []graph.Expr{term("predict")}},
		"both":    {Intersect: []graph.Expr{term("selector:nightly"), term("path:models/x")}},
		"careful": cautious,
		"round":   term("selector:round"),
	}
	for name, want := range map[string]string{"nightly": "train paid", "both": "paid", "careful": "mart adds_up"} {
		if got := selected(t, graph.Selection{Selector: name, Selectors: defined}); got != want {
			t.Errorf("%s: got %s, want %s", name, got, want)
		}
	}
	if got := selected(t, graph.Selection{Select: []string{"selector:both raw"}, Selectors: defined}); got != "raw paid" {
		t.Errorf("as a method: %s", got)
	}
	g, err := graph.New(whole())
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"none":  "there is no selector none; selectors.yml has both, careful, nightly, round",
		"round": "selector round is defined by itself: round -> round",
	} {
		if _, _, err := g.Select(graph.Selection{Selector: name, Selectors: defined}); err == nil || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}
