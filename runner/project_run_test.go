package runner_test

import (
	"io/fs"
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"golang.org/x/tools/txtar"

	"github.com/snowpit-dev/snowpit/runner"
	"github.com/snowpit-dev/snowpit/runner/project"
)

// read makes the bench's project one that is read from files, in the form of a
// txtar archive.
func (b *bench) read(files string) *project.Project {
	b.t.Helper()
	fsys := fstest.MapFS{"dbt_project.yml": {Data: []byte("name: p\n")}}
	for _, f := range txtar.Parse([]byte(files)).Files {
		fsys[f.Name] = &fstest.MapFile{Data: f.Data, Mode: fs.FileMode(0o644)}
	}
	p, err := project.LoadFS(fsys, b.t.TempDir(), project.Options{})
	if err != nil {
		b.t.Fatal(err)
	}
	b.p, b.env.Compiler = p.Project, p
	return p
}

// only runs the nodes of some names and gives what run does.
func (b *bench) only(names ...string) []string {
	b.t.Helper()
	all := b.p.Nodes
	b.p.Nodes = maps.Clone(all)
	defer func() { b.p.Nodes = all }()
	plan := runner.Plan{Project: b.p}
	for _, id := range slices.Sorted(maps.Keys(all)) {
		if slices.Contains(names, all[id].Name) {
			plan.Nodes = append(plan.Nodes, all[id])
		}
	}
	res, err := runner.Run(b.t.Context(), plan, b.env)
	if err != nil {
		b.t.Fatal(err)
	}
	var got []string
	for _, n := range res.Nodes {
		got = append(got, strings.TrimSpace(n.Node.Name+": "+string(n.Status)+" "+n.Message))
	}
	slices.Sort(got)
	return got
}

// A unit test runs before its model and keeps it from being built.
func TestUnitTestGuardsItsModel(t *testing.T) {
	const files = `
-- models/a.sql --
select 1 as n, 'x' as v
-- models/b.sql --
select n + VAR as n, v from {{ ref('a') }}
-- models/c.sql --
select * from {{ ref('b') }}
-- models/u.yml --
unit_tests:
  - name: adds
    model: b
    given: [{input: ref('a'), rows: [{n: 1}, {n: 1}, {n: null, v: it's}]}]
    expect: {rows: [{n: 2, v: null}, {n: 2}, {v: it's}]}
`
	b := newBench(t)
	b.env.Threads = 1
	b.read(strings.Replace(files, "VAR", "1", 1))
	b.want("good", []string{"a: success", "adds: pass", "b: success", "c: success"}, b.run())
	b.read(strings.Replace(files, "VAR", "2", 1))
	b.want("bad", []string{
		"a: success",
		"adds: fail actual differs from expected:\n\n    N | V\n--- 2 | null\n--- 2 | null\n+++ 3 | null\n+++ 3 | null\n\n" +
			"--- is expected and does not come out, +++ comes out and is not expected",
		"b: skipped skipped: needs adds", "c: skipped skipped: needs adds",
	}, b.run())
	if got := b.only("adds"); !strings.HasPrefix(got[0], "adds: fail") {
		t.Errorf("the test alone: %v", got)
	}
}

func TestUnitTestOfAnEphemeralInput(t *testing.T) {
	b := newBench(t)
	b.read(`
-- models/a.sql --
{{ config(materialized='ephemeral') }} select 1 as n
-- models/b.sql --
select n from {{ ref('a') }}
-- models/u.yml --
unit_tests:
  - name: t
    model: b
    given: [{input: ref('a'), rows: [{n: 1}]}]
    expect: {rows: [{n: 1}]}
`)
	b.want("refused", []string{
		"t: error models/u.yml:4:14: ref('a') is ephemeral, and has no columns to ask for: give its rows with format: sql",
	}, b.only("t"))
}

func TestFreshness(t *testing.T) {
	b := newBench(t)
	b.rows("create schema RAW")
	b.rows("create table RAW.NEW as select dateadd(minute, -30, sysdate()) as at")
	b.rows("create table RAW.OLD as select to_date('2020-01-01') as at")
	b.rows("create table RAW.NONE (at timestamp_ntz)")
	b.read(`
-- models/s.yml --
sources:
  - name: raw
    loaded_at_field: at
    freshness: {warn_after: {count: 1, period: hour}, error_after: {count: 2, period: day}}
    tables:
      - name: new
      - {name: old, freshness: {error_after: {count: 4000, period: day}}}
      - {name: none}
      - {name: asked, loaded_at_query: "select max(at) from raw.new where at > '2000-01-01'"}
      - {name: left, freshness: null}
`)
	plan := runner.Plan{Project: b.p, Freshness: true}
	for _, n := range b.p.Nodes {
		plan.Nodes = append(plan.Nodes, n)
	}
	res, err := runner.Run(t.Context(), plan, b.env)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]runner.Status{}
	for _, r := range res.Nodes {
		got[r.Node.Name] = r.Status
		if r.Node.Name == "new" && (r.Freshness.Age() < 29*time.Minute || r.Freshness.Age() > 40*time.Minute) {
			t.Errorf("the age is %v", r.Freshness.Age())
		}
	}
	want := map[string]runner.Status{"new": runner.Pass, "old": runner.Warn, "none": runner.Fail, "asked": runner.Pass}
	if !maps.Equal(want, got) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestDeferAndEmpty(t *testing.T) {
	b := newBench(t)
	b.rows("create schema OTHER")
	b.rows("create table OTHER.A as select 7 as N")
	b.read(`
-- models/a.sql --
select 1 as n
-- models/b.sql --
{{ config(materialized='table') }} select n from {{ ref('a') }}
`)
	b.env.Defer = map[string]runner.Relation{"model.p.a": {Database: "P", Schema: "OTHER", Identifier: "A"}, "model.p.gone": {}}
	for _, step := range []struct {
		change func()
		run    []string
		want   []string
	}{
		{func() {}, []string{"b"}, []string{"7"}},
		{func() {}, []string{"a", "b"}, []string{"1"}},
		{func() {}, []string{"b"}, []string{"1"}},
		{func() { b.env.FavorState = true }, []string{"b"}, []string{"7"}},
		{func() { b.env.Empty = true }, []string{"b"}, nil},
	} {
		step.change()
		if got := b.only(step.run...); !strings.Contains(strings.Join(got, ""), "success") {
			t.Fatal(got)
		}
		b.want(strings.Join(step.run, " "), step.want, b.rows("select * from P.PUBLIC.B"))
	}
}

func TestDescribe(t *testing.T) {
	b := newBench(t)
	b.read(`
-- models/a.sql --
{{ config(materialized='table', persist_docs={'relation': true, 'columns': true}) }} select 1 as n, 'x' as v
-- models/b.sql --
select 1 as n
-- models/p.yml --
models: [{name: a, description: a table, columns: [{name: v, description: a text}]}]
sources: [{name: far, database: away, tables: [{name: t}]}]
`)
	b.only("a", "b")
	found, err := runner.Describe(t.Context(), b.p, b.env.Warehouse)
	if err == nil || !strings.HasPrefix(err.Error(), "describe database AWAY: ") {
		t.Errorf("a database that is not there: %v", err)
	}
	a := found[b.p.Nodes["model.p.a"].Relation]
	if a == nil || a.Kind != "BASE TABLE" || a.Comment != "a table" || a.Rows != 1 || len(a.Columns) != 2 ||
		a.Columns[1] != (runner.DescribedColumn{Name: "V", Type: "TEXT", Comment: "a text"}) {
		t.Errorf("a is %+v", a)
	}
	if v := found[b.p.Nodes["model.p.b"].Relation]; v == nil || v.Kind != "VIEW" {
		t.Errorf("b is %+v", v)
	}
}

// A hook at the end of a run knows how it went.
func TestEndHooksKnowTheRun(t *testing.T) {
	b := newBench(t)
	b.read(`
-- dbt_project.yml --
name: p
on-run-start: create table if not exists went (name varchar, status varchar)
on-run-end:
  - "{% for r in results %}insert into went values ('{{ r.node.name }}', '{{ r.status }}');{% endfor %}"
  - "insert into went values ('schemas', '{{ schemas | join(',') }}'), ('places', '{{ database_schemas | length }}')"
-- models/a.sql --
{{ config(post_hook=["insert into went values ('{{ this.identifier }}', 'hook')", {"sql": "{{ '' }}", "transaction": false}]) }}
select 1 as n
-- models/b.sql --
{{ config(schema='other') }} select * from nowhere
`)
	b.env.Threads = 1
	b.run()
	b.want("log", []string{"a|hook", "a|success", "b|error", "places|2", "schemas|PUBLIC,PUBLIC_OTHER"},
		b.rows("select lower(name), status from went order by 1, 2"))
}
