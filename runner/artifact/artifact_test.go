package artifact_test

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/snowpit-dev/snowpit/runner"
	"github.com/snowpit-dev/snowpit/runner/artifact"
)

var at = time.Date(2031, 3, 2, 14, 0, 0, 0, time.UTC)

// sample is a source, a model on it, a test of that, an exposure, a macro.
func sample() *runner.Project {
	p := &runner.Project{
		Name: "races", Nodes: map[string]*runner.Node{}, Target: runner.Target{Database: "RACES", Schema: "PUBLIC"},
		Macros: []runner.MacroInfo{
			{ID: "macro.races.points", Name: "points", Package: "races", SQL: "{% macro points() %}{% endmacro %}", Needs: []string{"macro.races.inner"}},
			{ID: "macro.races.inner", Name: "inner", Package: "races", SQL: "{% macro inner() %}1{% endmacro %}"},
		},
		Docs:   []runner.DocBlock{{ID: "doc.races.d", Name: "d", Package: "races", Contents: "text"}},
		Groups: []runner.Group{{ID: "group.races.g", Name: "g", Package: "races"}},
	}
	add := func(n *runner.Node) {
		n.Package = "races"
		p.Nodes[n.ID] = n
	}
	add(&runner.Node{
		ID: "source.races.raw.laps", Type: runner.Source, Name: "laps", FQN: []string{"races", "raw", "laps"}, Pos: runner.Pos{File: "models/s.yml"},
		Relation: runner.Relation{Database: "RACES", Schema: "RAW", Identifier: "LAPS"},
		Source:   &runner.SourceSpec{Name: "raw", LoadedAt: "at", WarnAfter: runner.Age{Count: 1, Period: "day"}},
	})
	add(&runner.Node{
		ID: "model.races.best", Type: runner.Model, Name: "best", FQN: []string{"races", "marts", "best"}, Pos: runner.Pos{File: "models/marts/best.sql"},
		Raw: "select 1", Group: "g", Macros: []string{"macro.races.points"}, Patch: "models/s.yml",
		Relation: runner.Relation{Database: "RACES", Schema: "PUBLIC", Identifier: "BEST"},
		Config:   runner.Config{Materialized: runner.Table, All: map[string]any{"materialized": "table"}},
		Parents:  []runner.Edge{{To: "source.races.raw.laps", Why: "source"}},
		Columns:  []runner.ColumnDoc{{Name: "seconds", Doc: "the time"}},
	})
	add(&runner.Node{
		ID: "test.races.not_null", Type: runner.Test, Name: "not_null", FQN: []string{"races", "not_null"}, Pos: runner.Pos{File: "models/s.yml"},
		Test: &runner.TestSpec{Generic: "not_null", Column: "seconds", Attached: "model.races.best"}, Parents: []runner.Edge{{To: "model.races.best", Why: "ref"}},
	})
	add(&runner.Node{
		ID: "exposure.races.board", Type: runner.Exposure, Name: "board", FQN: []string{"races", "board"}, Pos: runner.Pos{File: "models/s.yml"},
		Exposure: &runner.ExposureSpec{Kind: "dashboard", Owner: map[string]any{"name": "x"}}, Parents: []runner.Edge{{To: "model.races.best"}},
	})
	return p
}

// read reads a JSON file.
func read(t *testing.T, file string) map[string]any {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var v map[string]any
	if err := json.Unmarshal(text, &v); err != nil {
		t.Fatal(err)
	}
	return v
}

// dig goes down into maps.
func dig(v any, path ...string) any {
	for _, k := range path {
		m, _ := v.(map[string]any)
		v = m[k]
	}
	return v
}

func TestManifest(t *testing.T) {
	dir := t.TempDir()
	if err := artifact.NewManifest(sample(), "r1", at, artifact.Compiled{"model.races.best": "select 1"}, nil).Write(dir); err != nil {
		t.Fatal(err)
	}
	m := read(t, filepath.Join(dir, "manifest.json"))
	node := dig(m, "nodes", "model.races.best")
	for what, pair := range map[string][2]any{
		"schema":     {dig(m, "metadata", "dbt_schema_version"), "https://schemas.getdbt.com/dbt/manifest/v12.json"},
		"invocation": {dig(m, "metadata", "invocation_id"), "r1"},
		"path":       {dig(node, "path"), "marts/best.sql"},
		"patch":      {dig(node, "patch_path"), "races://models/s.yml"},
		"relation":   {dig(node, "relation_name"), "RACES.PUBLIC.BEST"},
		"compiled":   {dig(node, "compiled_code"), "select 1"},
		"group":      {dig(node, "group"), "g"},
		"column":     {dig(node, "columns", "seconds", "description"), "the time"},
		"sources":    {dig(node, "sources").([]any)[0].([]any)[1], "laps"},
		"test":       {dig(m, "nodes", "test.races.not_null", "test_metadata", "name"), "not_null"},
		"freshness":  {dig(m, "sources", "source.races.raw.laps", "freshness", "warn_after", "period"), "day"},
		"exposure":   {dig(m, "exposures", "exposure.races.board", "type"), "dashboard"},
		"macro":      {dig(m, "macros", "macro.races.points", "name"), "points"},
		"doc":        {dig(m, "docs", "doc.races.d", "block_contents"), "text"},
		"child":      {dig(m, "child_map", "source.races.raw.laps").([]any)[0], "model.races.best"},
		"group map":  {dig(m, "group_map", "g").([]any)[0], "model.races.best"},
	} {
		if diff := cmp.Diff(pair[1], pair[0]); diff != "" {
			t.Errorf("%s: want -, got +:\n%s", what, diff)
		}
	}
}

func TestWriteRun(t *testing.T) {
	dir := t.TempDir()
	p := sample()
	best, test := p.Nodes["model.races.best"], p.Nodes["test.races.not_null"]
	res := &runner.Result{RunID: "r1", Start: at, Duration: time.Second, Nodes: []runner.NodeResult{
		{Node: best, Status: runner.Success, Start: at, Duration: time.Second, Compiling: time.Millisecond, Rows: 3, QueryID: "q",
			Compiled: "select 1", Ran: "create table x", Thread: "Thread-1 (worker)",
			Plugin: &runner.PluginResult{Artifact: "@S/m.json", SHA256: "ab", Metrics: map[string]any{"loss": 0.5, "odd": func() {}}}},
		{Node: test, Status: runner.Skipped, Rows: -1, Message: "skipped: needs best"},
	}}
	if err := artifact.WriteRun(dir, "target", res, map[string]any{"which": "build"}); err != nil {
		t.Fatal(err)
	}
	got := read(t, filepath.Join(dir, "target", "run_results.json"))
	first, second := got["results"].([]any)[0], got["results"].([]any)[1]
	for what, pair := range map[string][2]any{
		"schema":   {dig(got, "metadata", "dbt_schema_version"), "https://schemas.getdbt.com/dbt/run-results/v6.json"},
		"status":   {dig(first, "status"), "success"},
		"thread":   {dig(first, "thread_id"), "Thread-1 (worker)"},
		"rows":     {dig(first, "adapter_response", "rows_affected"), 3.0},
		"sha":      {dig(first, "adapter_response", "artifact_sha256"), "ab"},
		"metric":   {dig(first, "adapter_response", "metrics", "loss"), 0.5},
		"bad one":  {dig(first, "adapter_response", "metrics", "odd"), nil},
		"step":     {dig(first, "timing").([]any)[1].(map[string]any)["started_at"], "2031-03-02T14:00:00.001Z"},
		"skipped":  {dig(second, "message"), "skipped: needs best"},
		"failures": {dig(second, "failures"), 0.0},
		"args":     {dig(got, "args", "which"), "build"},
	} {
		if diff := cmp.Diff(pair[1], pair[0]); diff != "" {
			t.Errorf("%s: want -, got +:\n%s", what, diff)
		}
	}
	for file, want := range map[string]string{"compiled": "select 1", "run": "create table x"} {
		sql, err := os.ReadFile(filepath.Join(dir, "target", file, "races", "models", "marts", "best.sql"))
		if err != nil || string(sql) != want {
			t.Errorf("%s SQL is %q, %v", file, sql, err)
		}
	}
	back, err := artifact.Results(filepath.Join(dir, "target"))
	if diff := cmp.Diff(map[string]string{best.ID: "success", test.ID: "skipped"}, back); err != nil || diff != "" {
		t.Errorf("error %v, want -, got +:\n%s", err, diff)
	}
}

// What of a node is another one makes it modified, each in its own word.
func TestChanges(t *testing.T) {
	dir := t.TempDir()
	if err := artifact.NewManifest(sample(), "r1", at, nil, nil).Write(dir); err != nil {
		t.Fatal(err)
	}
	state, err := artifact.ReadState(dir)
	if err != nil {
		t.Fatal(err)
	}
	best := func(p *runner.Project) *runner.Node { return p.Nodes["model.races.best"] }
	for what, test := range map[string]struct {
		change func(*runner.Project)
		id     string
		want   string
	}{
		"nothing":  {func(*runner.Project) {}, "model.races.best", "old unmodified"},
		"body":     {func(p *runner.Project) { best(p).Raw = "select 2" }, "model.races.best", "old modified modified.body"},
		"space":    {func(p *runner.Project) { best(p).Raw = "select 1\n" }, "model.races.best", "old unmodified"},
		"config":   {func(p *runner.Project) { best(p).Config.All["materialized"] = "view" }, "model.races.best", "old modified modified.configs"},
		"tags":     {func(p *runner.Project) { best(p).Config.All["tags"] = "x" }, "model.races.best", "old unmodified"},
		"alias":    {func(p *runner.Project) { best(p).Config.All["alias"] = "x" }, "model.races.best", "old modified modified.relation"},
		"target":   {func(p *runner.Project) { best(p).Relation.Schema = "DEV" }, "model.races.best", "old unmodified"},
		"doc":      {func(p *runner.Project) { best(p).Doc = "new" }, "model.races.best", "old unmodified"},
		"macro":    {func(p *runner.Project) { p.Macros[1].SQL = "x" }, "model.races.best", "old modified modified.macros"},
		"fqn":      {func(p *runner.Project) { best(p).FQN[1] = "x" }, "model.races.best", "old modified modified.other"},
		"source":   {func(p *runner.Project) { p.Nodes["source.races.raw.laps"].Source.LoadedAt = "x" }, "source.races.raw.laps", "old modified modified.other"},
		"place":    {func(p *runner.Project) { p.Nodes["source.races.raw.laps"].Relation.Schema = "X" }, "source.races.raw.laps", "old modified modified.relation"},
		"exposure": {func(p *runner.Project) { p.Nodes["exposure.races.board"].Exposure.URL = "x" }, "exposure.races.board", "old modified modified.other"},
		"new": {func(p *runner.Project) {
			p.Nodes["model.races.n"] = &runner.Node{ID: "model.races.n", Type: runner.Model}
		}, "model.races.n", "new modified"},
	} {
		p := sample()
		test.change(p)
		changes, err := state.Changes(p)
		if got := strings.Join(changes[test.id], " "); err != nil || got != test.want {
			t.Errorf("%s: got %q, error %v, want %q", what, got, err, test.want)
		}
	}
	if diff := cmp.Diff(map[string]runner.Relation{"model.races.best": {Database: "RACES", Schema: "PUBLIC", Identifier: "BEST"}}, state.Relations()); diff != "" {
		t.Errorf("relations: want -, got +:\n%s", diff)
	}
}

func TestPersistedDescriptionsCount(t *testing.T) {
	p := sample()
	p.Nodes["model.races.best"].Config.All["persist_docs"] = map[string]any{"relation": true, "columns": true}
	dir := t.TempDir()
	if err := artifact.NewManifest(p, "r1", at, nil, nil).Write(dir); err != nil {
		t.Fatal(err)
	}
	state, err := artifact.ReadState(dir)
	if err != nil {
		t.Fatal(err)
	}
	p.Nodes["model.races.best"].Columns[0].Doc = "another"
	changes, err := state.Changes(p)
	if got := strings.Join(changes["model.races.best"], " "); err != nil || got != "old modified modified.persisted_descriptions" {
		t.Errorf("got %q, error %v", got, err)
	}
}

func TestCatalogAndSources(t *testing.T) {
	dir, p := t.TempDir(), sample()
	rel := p.Nodes["model.races.best"].Relation
	found := map[runner.Relation]*runner.Described{rel: {Relation: rel, Kind: "BASE TABLE", Rows: 3, Columns: []runner.DescribedColumn{{Name: "SECONDS", Type: "FLOAT"}}}}
	if err := artifact.NewCatalog(p, found, errors.New("no RAW"), "r1", at).Write(dir); err != nil {
		t.Fatal(err)
	}
	c := read(t, filepath.Join(dir, "catalog.json"))
	if dig(c, "nodes", "model.races.best", "columns", "SECONDS", "index") != 1.0 || dig(c, "errors").([]any)[0] != "no RAW" || len(dig(c, "sources").(map[string]any)) != 0 {
		t.Errorf("catalog %v", c)
	}

	laps := p.Nodes["source.races.raw.laps"]
	loaded := func(age time.Duration) *runner.Result {
		return &runner.Result{Start: at, Nodes: []runner.NodeResult{{Node: laps, Status: runner.Fail, Start: at, Freshness: &runner.Freshness{MaxLoaded: at.Add(-age), At: at}}}}
	}
	before := t.TempDir()
	for folder, age := range map[string]time.Duration{before: 2 * time.Hour, dir: time.Hour} {
		if err := artifact.NewSources(loaded(age)).Write(folder); err != nil {
			t.Fatal(err)
		}
	}
	s := dig(read(t, filepath.Join(dir, "sources.json")), "results").([]any)[0]
	if dig(s, "status") != "error" || dig(s, "max_loaded_at_time_ago_in_s") != 3600.0 {
		t.Errorf("sources %v", s)
	}
	fresher, err := artifact.Fresher(before, dir)
	if err != nil || !fresher[laps.ID] {
		t.Errorf("fresher %v, error %v", fresher, err)
	}
	if fresher, err := artifact.Fresher(dir, before); err != nil || fresher[laps.ID] {
		t.Errorf("the other way round: fresher %v, error %v", fresher, err)
	}
}

func TestReadRefused(t *testing.T) {
	dir := t.TempDir()
	if _, err := artifact.ReadState(dir); !errors.Is(err, artifact.ErrNoFile) {
		t.Errorf("no file: %v", err)
	}
	for text, want := range map[string]string{
		`{`:                   "manifest.json:1:1: unexpected end of JSON input",
		"{\n \"nodes\": {,}}": "manifest.json:2:12: invalid character ','",
		`[]`:                  "manifest.json:1:1: the array is not what dbt writes here",
		`{}`:                  `manifest.json: it is no manifest.json of dbt: its dbt_schema_version is ""`,
		`{"metadata": {"dbt_schema_version": "https://schemas.getdbt.com/dbt/catalog/v1.json"}}`:               "manifest.json: it is no manifest.json of dbt",
		`{"metadata": {"dbt_schema_version": "https://schemas.getdbt.com/dbt/manifest/v12.json"}, "nodes": 1}`: "manifest.json:1:99: the number is not what dbt writes here, in nodes",
	} {
		if err := os.WriteFile(filepath.Join(dir, "manifest.json"), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
		if _, err := artifact.ReadState(dir); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %s", text, err, want)
		}
	}
}

func TestCompiledPath(t *testing.T) {
	for _, test := range []struct {
		n    runner.Node
		want string
	}{
		{runner.Node{Package: "p", Name: "a", Pos: runner.Pos{File: "models/a.sql"}}, "target/compiled/p/models/a.sql"},
		{runner.Node{Type: runner.Test, Test: &runner.TestSpec{Generic: "unique"}, Package: "p", Name: "../x", Pos: runner.Pos{File: "models/s.yml"}}, "target/compiled/p/models/s.yml/__x.sql"},
		{runner.Node{Package: "lib", Name: "a", Pos: runner.Pos{File: "dbt_packages/lib/models/a.sql"}}, "target/compiled/lib/models/a.sql"},
	} {
		if got := artifact.CompiledPath("target", "compiled", &test.n); got != test.want {
			t.Errorf("got %s, want %s", got, test.want)
		}
	}
}
