package main

import (
	"database/sql"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	_ "github.com/duckdb/duckdb-go/v2" // the ratio's other side
)

const manyModels = 200

// manyProject is a project of many small models, each on the one ten before it,
// every other one a table; and the same as statements for DuckDB itself.
func manyProject() (files string, statements []string) {
	var b strings.Builder
	b.WriteString("-- dbt_project.yml --\nname: many\n")
	for i := range manyModels {
		kind, from, plain := "view", "", ""
		if i%2 == 1 {
			kind = "table"
		}
		if i >= 10 {
			from, plain = fmt.Sprintf(" from {{ ref('m%d') }}", i-10), fmt.Sprintf(" from m%d", i-10)
		}
		query := fmt.Sprintf("select %d as n, 'model %d' as name", i, i)
		fmt.Fprintf(&b, "-- models/m%d.sql --\n{{ config(materialized='%s') }}\n%s%s\n", i, kind, query, from)
		statements = append(statements, fmt.Sprintf("create or replace %s m%d as (%s%s)", kind, i, query, plain))
	}
	return b.String(), statements
}

// BenchmarkBuildManyModels is a build of 200 small models on four threads, the
// program's start and its artifacts included, less what DuckDB itself needs for
// the same statements. The bar is 20 ms a model.
func BenchmarkBuildManyModels(b *testing.B) {
	files, statements := manyProject()
	dir := projectDir(b, files)
	timed(b, dir, "run", "--threads", "4")
	var ours, raw time.Duration
	for b.Loop() {
		t, _ := timed(b, dir, "run", "--threads", "4")
		ours += t
		raw += byHand(b, statements)
	}
	model := float64(ours-raw) / float64(b.N) / manyModels / float64(time.Millisecond)
	b.ReportMetric(model, "ms/model")
	b.ReportMetric(model/20, "of-the-bar")
	b.ReportMetric(float64(ours)/float64(raw), "x-duckdb")
}

// byHand runs statements on DuckDB itself, in a new file.
func byHand(b *testing.B, statements []string) time.Duration {
	b.Helper()
	db, err := sql.Open("duckdb", filepath.Join(b.TempDir(), "by_hand.db"))
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	began := time.Now()
	for _, stmt := range statements {
		if _, err := db.ExecContext(b.Context(), stmt); err != nil {
			b.Fatalf("%s: %v", stmt, err)
		}
	}
	return time.Since(began)
}
