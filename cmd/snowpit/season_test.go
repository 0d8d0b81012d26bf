package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/snowpit-dev/snowpit/fixtures"
)

// bothTargets runs commands on a sample project, on the embedded warehouse and
// on an account, and compares what the queries then give.
func bothTargets(t *testing.T, files fs.FS, folder string, commands [][]string, queries []string) {
	profiles := accountOf(t)
	got := map[string]map[string]string{}
	for _, target := range []string{"dev", "prod"} {
		dir := t.TempDir()
		if err := os.CopyFS(dir, files); err != nil {
			t.Fatal(err)
		}
		run := func(args ...string) string {
			t.Helper()
			code, out, errs := snowpit(t.Context(), append(args, "--project-dir", filepath.Join(dir, folder), "--profiles-dir", profiles, "--profile", "f1", "--target", target)...)
			if code != 0 {
				t.Fatalf("%s: snowpit %s: status %d: %s%s", target, strings.Join(args, " "), code, out, errs)
			}
			return out
		}
		for _, args := range commands {
			run(args...)
		}
		got[target] = map[string]string{}
		for _, query := range queries {
			got[target][query] = run("sql", "--output", "csv", query)
		}
	}
	if diff := cmp.Diff(got["dev"], got["prod"]); diff != "" {
		t.Errorf("embedded -, account +:\n%s", diff)
	}
}

// TestSeasonOnBothTargets builds the sample project twice on each.
func TestSeasonOnBothTargets(t *testing.T) {
	bothTargets(t, fixtures.Season(), ".", [][]string{
		{"sql", "create database if not exists formula1"}, {"build"}, {"build"}, {"run", "--vars", "{late: true}"}, {"test", "--store-failures"}, {"source", "freshness"}, {"docs", "generate"},
		{"run", "--full-refresh", "--select", "standings"},
	}, []string{
		"select * from standings order by 1", "select * from races_merged order by 1", "select count(*) from races_appended",
		"select * from races_overwritten order by 1", "select * from races_replaced order by 1",
		"select driver, points, finishes, dbt_valid_to from history.standings_history order by 1",
		"select race, driver, dbt_valid_from, dbt_valid_to from history.results_history order by 1, 2",
	})
}

// TestPaddockOnBothTargets builds the one with a package, whose templates ask
// the warehouse while they are compiled.
func TestPaddockOnBothTargets(t *testing.T) {
	bothTargets(t, fixtures.Paddock(), "shop", [][]string{
		{"deps"}, {"sql", "create database if not exists formula1"}, {"build"}, {"run-operation", "describe_project"}, {"docs", "generate"}, {"build"},
	}, []string{
		"select * from parts order by team", "select * from narrow order by 1, 2", "select count(*), min(day), max(day) from calendar", "select * from public.prices_v1 order by part",
		"select part, lowest from dearest", "select * from busy_days order by 1",
		"select joined, hashed, next_day, months, month_end, second_part, no_number, place, ending, letters, two_parts, pairs from dialect",
	})
}
