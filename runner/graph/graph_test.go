package graph_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/snowpit-dev/snowpit/runner/graph"
)

// sample is raw -> stg -> mart -> train, predict; two tests on stg and one on
// both stg and mart.
func sample() []graph.Node {
	node := func(name, folder, typ string, needs ...string) graph.Node {
		n := graph.Node{ID: name, Name: name, Type: typ, Package: "f1", Path: folder + "/" + name + ".sql", FQN: append([]string{"f1"}, append(strings.Split(folder, "/")[1:], name)...)}
		for _, need := range needs {
			n.Needs = append(n.Needs, graph.Edge{To: need, Where: n.Path + ":1:1"})
		}
		return n
	}
	train := node("train", "models/ml", "model", "mart")
	train.Tags, train.Config = []string{"train", "nightly"}, map[string]any{"materialized": "table", "meta": map[string]any{"owner": "x"}}
	predict := node("predict", "models/ml", "model", "train", "mart")
	predict.Tags = []string{"predict", "nightly"}
	unique := node("unique_stg", "models/staging", "test", "stg")
	unique.TestName = "unique"
	source := graph.Node{ID: "src", Name: "races", Type: "source", Package: "f1", Path: "models/sources.yml", Source: "ergast.races"}
	return []graph.Node{
		predict, train, node("mart", "models/marts", "model", "stg", "src"), node("stg", "models/staging", "model", "raw"),
		node("raw", "seeds", "seed"), source, unique, node("no_ghosts", "tests", "test", "stg", "mart"),
	}
}

func TestSelect(t *testing.T) {
	g, err := graph.New(sample())
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct{ sel, exclude, want string }{
		{"", "", "raw stg src mart train predict unique_stg no_ghosts"},
		{"train", "", "train"},
		{"stg", "", "stg unique_stg no_ghosts"},
		{"+train", "", "raw stg src mart train unique_stg no_ghosts"},
		{"1+train", "", "mart train no_ghosts"},
		{"train+", "", "train predict"},
		{"stg+1", "", "stg mart unique_stg no_ghosts"},
		{"@train", "", "raw stg src mart train predict unique_stg no_ghosts"},
		{"tag:predict", "", "predict"},
		{"tag:night*", "", "train predict"},
		{"tag:nightly,tag:train", "", "train"},
		{"tag:train tag:predict", "", "train predict"},
		{"tag:nightly", "predict", "train"},
		{"", "stg", "raw src mart train predict"},
		{"models/ml", "", "train predict"},
		{"path:models/ml/tr*", "", "train"},
		{"train.sql", "", "train"},
		{"file:raw", "", "raw"},
		{"ml", "", "train predict"},
		{"f1.ml.train", "", "train"},
		{"ml.*", "", "train predict"},
		{"*r*", "resource_type:test", "raw mart train predict"},
		{"resource_type:seed", "", "raw"},
		{"config.materialized:table", "", "train"},
		{"config.meta:owner", "", "train"},
		{"source:ergast", "", "src"},
		{"source:ergast.races+1", "", "src mart no_ghosts"},
		{"package:f1,test_type:singular", "", "no_ghosts"},
		{"test_name:unique", "", "unique_stg"},
	} {
		var sel, exclude []string
		if test.sel != "" {
			sel = []string{test.sel}
		}
		if test.exclude != "" {
			exclude = []string{test.exclude}
		}
		ids, unmatched, err := g.Select(graph.Selection{Select: sel, Exclude: exclude})
		if err != nil || unmatched != nil {
			t.Errorf("%s: error %v, unmatched %v", test.sel, err, unmatched)
		}
		if diff := cmp.Diff(test.want, strings.Join(ids, " ")); diff != "" {
			t.Errorf("--select %q --exclude %q: want -, got +:\n%s", test.sel, test.exclude, diff)
		}
	}
}

func TestIndirect(t *testing.T) {
	g, err := graph.New(sample())
	if err != nil {
		t.Fatal(err)
	}
	for indirect, want := range map[string]string{
		"eager": "mart no_ghosts", "cautious": "mart", "buildable": "mart no_ghosts", "empty": "mart",
	} {
		ids, _, err := g.Select(graph.Selection{Select: []string{"mart"}, Indirect: indirect})
		if got := strings.Join(ids, " "); err != nil || got != want {
			t.Errorf("%s: got %s, error %v, want %s", indirect, got, err, want)
		}
	}
}

func TestSelectRefused(t *testing.T) {
	g, err := graph.New(sample())
	if err != nil {
		t.Fatal(err)
	}
	for sel, want := range map[string]string{
		"colour:red":          `selection "colour:red": there is no method colour; the methods are access, config, exposure, file, fqn, group, metric, package, path, resource_type, result, saved_query, selector, semantic_model, source, source_status, state, tag, test_name, test_type, unit_test, version`,
		"state:new":           `selection "state:new": it compares with an earlier run: name the folder of its artifacts with --state`,
		"result:fail":         `selection "result:fail": it compares with an earlier run: name the folder of its artifacts with --state`,
		"state:newer":         `selection "state:newer": there is no state newer; it is one of modified, modified.body, modified.configs, modified.contract, modified.macros, modified.persisted_descriptions, modified.relation, new, old, unmodified`,
		"@train+":             `selection "@train+": @ already means all below and what they need; leave out the +`,
		"tag:":                `selection "tag:": it names nothing`,
		"+":                   `selection "+": it names nothing`,
		"config:x":            `selection "config:x": config needs a key, as in config.materialized:table`,
		"tag.x:y":             `selection "tag.x:y": tag takes no key: write tag:y`,
		"a,,b":                `selection "": it names nothing`,
		"selector:s":          `there is no selector s: the project has no selectors.yml`,
		"resource_type:table": `selection "resource_type:table": there is no resource_type table; it is one of analysis, exposure, metric, model, saved_query, seed, semantic_model, snapshot, source, test, unit_test`,
	} {
		if _, _, err := g.Select(graph.Selection{Select: []string{sel}}); err == nil || err.Error() != want {
			t.Errorf("%s:\ngot  %v\nwant %s", sel, err, want)
		}
	}
	_, unmatched, err := g.Select(graph.Selection{Select: []string{"train nobody", "tag:none"}})
	if diff := cmp.Diff([]string{"nobody", "tag:none"}, unmatched); err != nil || diff != "" {
		t.Errorf("error %v, want -, got +:\n%s", err, diff)
	}
}

func TestCycle(t *testing.T) {
	nodes := sample()
	for i := range nodes {
		if nodes[i].Name == "stg" {
			nodes[i].Needs = append(nodes[i].Needs, graph.Edge{To: "train", Where: "models/staging/stg.sql:3:15"})
		}
	}
	_, err := graph.New(nodes)
	want := "models/ml/train.sql:1:1: cycle: train -> mart -> stg -> train"
	if err == nil || err.Error() != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}
}

func TestNewRefused(t *testing.T) {
	_, err := graph.New([]graph.Node{{ID: "a", Name: "a", Needs: []graph.Edge{{To: "b", Where: "a.sql:2:3"}}}})
	if err == nil || err.Error() != "a.sql:2:3: a needs b, which is not there" {
		t.Error(err)
	}
	if _, err := graph.New([]graph.Node{{ID: "a"}, {ID: "a"}}); err == nil {
		t.Error("two nodes of one id went through")
	}
}

func FuzzSelect(f *testing.F) {
	g, err := graph.New(sample())
	if err != nil {
		f.Fatal(err)
	}
	for _, s := range []string{"+train+1", "@mart", "tag:a,b c", "config.x:y", "2+*.*+"} {
		f.Add(s)
	}
	f.Fuzz(func(_ *testing.T, s string) { g.Select(graph.Selection{Select: []string{s}}) })
}
