package project_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/snowpit-dev/snowpit/runner"
	"github.com/snowpit-dev/snowpit/runner/project"
)

var update = flag.Bool("update", false, "write what we got as what we want")

// TestProjects reads each testdata/*.txtar: a project, and what should come of
// it. The file want is either the error, or a line for each warning and for
// each node: its id, its relation, what it needs, and notable config. A file
// compiled/NAME is the SQL of that node.
func TestProjects(t *testing.T) {
	paths, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(paths) < 20 {
		t.Fatalf("%d cases found, error %v; is the corpus gone?", len(paths), err)
	}
	for _, path := range paths {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txtar"), func(t *testing.T) { runCase(t, path) })
	}
}

func runCase(t *testing.T, path string) {
	ar, err := txtar.ParseFile(path)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	opts := project.Options{Env: func(name string) (string, bool) {
		if !strings.HasPrefix(name, "SET_") {
			return "", false
		}
		return "value of " + name, true
	}}
	changed := false
	check := func(f *txtar.File, got string) {
		t.Helper()
		got = strings.TrimRight(strings.ReplaceAll(got, dir, "DIR"), "\n") + "\n"
		if diff := cmp.Diff(string(f.Data), got); diff != "" && !*update {
			t.Errorf("%s: want -, got +:\n%s", f.Name, diff)
		}
		f.Data, changed = []byte(got), true
	}
	for _, f := range ar.Files {
		if f.Name == "options" {
			if err := json.Unmarshal(f.Data, &opts); err != nil {
				t.Fatal(err)
			}
		} else if f.Name != "want" && !strings.HasPrefix(f.Name, "compiled/") {
			file := filepath.Join(dir, f.Name)
			if err := os.MkdirAll(filepath.Dir(file), 0o777); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(file, f.Data, 0o666); err != nil {
				t.Fatal(err)
			}
		}
	}
	if opts.SeedPath != "" {
		opts.SeedPath = filepath.Join(dir, opts.SeedPath)
	}
	p, err := project.Load(dir, opts)
	for i := range ar.Files {
		f := &ar.Files[i]
		name, compiled := strings.CutPrefix(f.Name, "compiled/")
		switch {
		case f.Name == "want" && err != nil:
			check(f, err.Error())
		case f.Name == "want":
			check(f, summary(p))
		case compiled && err == nil:
			check(f, compile(t, p, name))
		}
	}
	if *update && changed {
		if err := os.WriteFile(path, txtar.Format(ar), 0o666); err != nil {
			t.Fatal(err)
		}
	}
}

func summary(p *project.Project) string {
	var b strings.Builder
	for _, w := range p.Warnings {
		fmt.Fprintf(&b, "warning %s: %s\n", w.Pos, w.Message)
	}
	for _, id := range p.Graph.Order() {
		n := p.Nodes[id]
		fmt.Fprint(&b, id)
		if rel := n.Relation.String(); rel != "" {
			fmt.Fprintf(&b, " %s", rel)
		}
		if n.Type == runner.Model && n.Config.Materialized != runner.View {
			fmt.Fprintf(&b, " %s", n.Config.Materialized)
		}
		if len(n.Config.Tags) > 0 {
			fmt.Fprintf(&b, " tags=%s", strings.Join(n.Config.Tags, ","))
		}
		if n.Test != nil && n.Test.Severity != "" {
			fmt.Fprintf(&b, " severity=%s", n.Test.Severity)
		}
		for _, e := range n.Parents {
			fmt.Fprintf(&b, " <- %s (%s %s)", p.Nodes[e.To].Name, e.Why, e.Pos)
		}
		b.WriteString("\n")
	}
	return b.String()
}

func compile(t *testing.T, p *project.Project, name string) string {
	t.Helper()
	name, incremental := strings.CutSuffix(name, ".incremental")
	ids := p.Graph.Order()
	i := slices.IndexFunc(ids, func(id string) bool { return p.Nodes[id].Name == name })
	if i < 0 {
		t.Fatalf("no node %s", name)
	}
	sql, err := p.Compile(t.Context(), p.Nodes[ids[i]], runner.CompileOptions{Incremental: incremental, RunID: "RUN"})
	if err != nil {
		return err.Error()
	}
	return strings.TrimSpace(sql)
}
