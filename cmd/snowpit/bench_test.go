package main

import (
	"fmt"
	"os/exec"
	"path/filepath"
	"runtime"
	"syscall"
	"testing"
	"time"
)

// The benchmarks run the program as its users do, as a process, and report
// ratios beside the times.

// timed runs the program and reports how long it took and the most memory that
// it, or the plugin it started, held.
func timed(b *testing.B, dir string, args ...string) (time.Duration, int64) {
	b.Helper()
	cmd := exec.Command("snowpit", args...)
	cmd.Dir = dir
	began := time.Now()
	out, err := cmd.CombinedOutput()
	took := time.Since(began)
	if err != nil {
		b.Fatalf("snowpit %v: %v\n%s", args, err, out)
	}
	usage, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage)
	if !ok {
		return took, 0
	}
	if runtime.GOOS == "darwin" {
		return took, usage.Maxrss
	}
	return took, usage.Maxrss << 10
}

// BenchmarkStart is how long the program takes to say its version, in times of
// a process that does nothing. The bar is 100 ms.
func BenchmarkStart(b *testing.B) {
	var own, nothing time.Duration
	for b.Loop() {
		took, _ := timed(b, b.TempDir(), "version")
		own += took
		began := time.Now()
		if err := exec.Command("true").Run(); err != nil {
			b.Fatal(err)
		}
		nothing += time.Since(began)
	}
	b.ReportMetric(own.Seconds()*1000/float64(b.N), "ms")
	b.ReportMetric(float64(own)/float64(nothing), "x-/bin/true")
}

// BenchmarkBuildSample builds the Formula 1 project again: seeds, models,
// training, prediction, tests. The bar is 3 seconds.
func BenchmarkBuildSample(b *testing.B) {
	dir := filepath.Join(b.TempDir(), "f1")
	timed(b, ".", "demo", dir)
	var took time.Duration
	for b.Loop() {
		t, _ := timed(b, dir, "build")
		took += t
	}
	b.ReportMetric(took.Seconds()*1000/float64(b.N), "ms")
	b.ReportMetric(took.Seconds()/float64(b.N)/3, "of-the-bar")
}

// million is a project of a table with a million rows of nine features, times
// a var, and a model that scores them.
const million = `
-- dbt_project.yml --
name: million
vars: {times: 1}
models: {million: {+materialized: table}}
-- seeds/n.csv --
%s
-- models/million.sql --
{%% for i in range(var('times')) %%}
{{ 'union all' if i }}
select x.a + y.a * 100 + z.a * 10000 as f1, x.b as f2, y.b as f3, z.b as f4, x.a as f5, y.a as f6, z.a as f7, x.b * y.b as f8,
  y.b - z.b as f9, case when x.a + y.a > z.a + 60 then 1 when x.a > z.a then 2 else 3 end as label
from {{ ref('n') }} as x cross join {{ ref('n') }} as y cross join {{ ref('n') }} as z
{%% endfor %%}
-- models/learn.sql --
{{ config(plugin='logreg', action='train', target='LABEL', artifact='@MODELS/million.json') }}
select * from {{ ref('million') }} where f1 < 100000
-- models/score.sql --
{{ config(plugin='logreg', action='predict', artifact='@MODELS/million.json') }}
select f1, f2, f3, f4, f5, f6, f7, f8, f9 from {{ ref('million') }}
-- models/copy.sql --
select f1, f2, f3, f4, f5, f6, f7, f8, f9, label from {{ ref('million') }}
`

// millionProject writes the project and builds its table and model.
func millionProject(b *testing.B, times int) string {
	csv := "a,b"
	for i := range 100 {
		csv += fmt.Sprintf("\n%d,%d.5", i, i*7%100)
	}
	dir := projectDir(b, fmt.Sprintf(million, csv))
	timed(b, dir, "build", "--select", "+learn", "--vars", fmt.Sprintf("{times: %d}", times))
	return dir
}

// BenchmarkThroughPlugin is a million rows out of the warehouse, through the
// plugin that scores them, and into a table, the program's start included, in
// times of a create table as select of the same rows. The bar is a million rows
// a second each way.
func BenchmarkThroughPlugin(b *testing.B) {
	dir := millionProject(b, 1)
	var plugin, sql time.Duration
	for b.Loop() {
		t, _ := timed(b, dir, "run", "--select", "score")
		plugin += t
		t, _ = timed(b, dir, "run", "--select", "copy")
		sql += t
	}
	b.ReportMetric(1e6*float64(b.N)/plugin.Seconds(), "rows/s")
	b.ReportMetric(float64(plugin)/float64(sql), "x-create-table-as")
}

// BenchmarkMemory is the most memory that the runner or its plugin holds while
// four million rows go through, in times of one million. DuckDB's cache is
// held to 64 MB: it fills what it is given.
func BenchmarkMemory(b *testing.B) {
	one, four := millionProject(b, 1), millionProject(b, 4)
	var small, large int64
	for b.Loop() {
		_, m := timed(b, one, "run", "--select", "score", "--memory-limit", "64MB")
		small = max(small, m)
		_, m = timed(b, four, "run", "--select", "score", "--memory-limit", "64MB")
		large = max(large, m)
	}
	b.ReportMetric(float64(large)/1e6, "MB-peak")
	b.ReportMetric(float64(large)/float64(small), "x-a-quarter-of-the-rows")
}
