package main

import (
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/snowpit-dev/snowpit/fixtures"
)

// TestSeasonOnBothTargets builds the sample project on the embedded warehouse
// and on an account, twice each, and compares what is in the tables.
func TestSeasonOnBothTargets(t *testing.T) {
	profiles := accountOf(t)
	got := map[string]map[string]string{}
	for _, target := range []string{"dev", "prod"} {
		dir := t.TempDir()
		if err := os.CopyFS(dir, fixtures.Season()); err != nil {
			t.Fatal(err)
		}
		run := func(args ...string) string {
			t.Helper()
			code, out, errs := snowpit(t.Context(), append(args, "--project-dir", dir, "--profiles-dir", profiles, "--profile", "f1", "--target", target)...)
			if code != 0 {
				t.Fatalf("%s: snowpit %s: status %d: %s%s", target, strings.Join(args, " "), code, out, errs)
			}
			return out
		}
		if target == "prod" {
			run("sql", "create database if not exists formula1")
		}
		for _, args := range [][]string{
			{"build"}, {"build"}, {"run", "--vars", "{late: true}"}, {"test", "--store-failures"}, {"source", "freshness"}, {"docs", "generate"},
			{"run", "--full-refresh", "--select", "standings"},
		} {
			run(args...)
		}
		got[target] = map[string]string{}
		for _, query := range []string{
			"select * from standings order by 1", "select * from races_merged order by 1", "select count(*) from races_appended",
			"select * from races_overwritten order by 1", "select * from races_replaced order by 1",
			"select driver, points, finishes, dbt_valid_to from history.standings_history order by 1",
			"select race, driver, dbt_valid_from, dbt_valid_to from history.results_history order by 1, 2",
		} {
			got[target][query] = run("sql", "--output", "csv", query)
		}
	}
	if diff := cmp.Diff(got["dev"], got["prod"]); diff != "" {
		t.Errorf("embedded -, account +:\n%s", diff)
	}
}
