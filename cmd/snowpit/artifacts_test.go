package main

import (
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/snowpit-dev/snowpit/fixtures"
)

// TestArtifactsFitDbts holds the artifacts of the sample projects against what
// dbt's have, testdata/artifacts.txt; and against dbt's own JSON schemas where
// SNOWPIT_DBT_SCHEMAS names a folder with them: manifest-v12.json,
// run-results-v6.json, catalog-v1.json, sources-v3.json.
func TestArtifactsFitDbts(t *testing.T) {
	season := t.TempDir()
	shop := filepath.Join(t.TempDir(), "shop")
	for dir, files := range map[string]fs.FS{season: fixtures.Season(), filepath.Dir(shop): fixtures.Paddock()} {
		if err := os.CopyFS(dir, files); err != nil {
			t.Fatal(err)
		}
	}
	run := func(dir string, want int, args ...string) {
		t.Helper()
		if code, out, errs := snowpit(t.Context(), append(args, "--project-dir", dir)...); code != want {
			t.Fatalf("%v: status %d: %s%s", args, code, out, errs)
		}
	}
	run(season, 0, "build")
	run(season, 0, "source", "freshness")
	run(season, 0, "docs", "generate")
	checkArtifacts(t, season)

	run(shop, 0, "deps")
	run(shop, 0, "build")
	run(shop, 0, "docs", "generate")
	checkArtifacts(t, shop)

	races := demo(t)
	run(races, 0, "docs", "generate")
	checkArtifacts(t, races)

	// What fails and is skipped fits as well.
	writeFile(t, filepath.Join(season, "models", "staging", "stg_timing.sql"), []byte("select * from nowhere"))
	run(season, 1, "build")
	checkArtifacts(t, season)
}

func checkArtifacts(t *testing.T, dir string) {
	t.Helper()
	facts := readFacts(t)
	for name, schema := range map[string]string{
		"manifest": "manifest-v12", "run_results": "run-results-v6", "catalog": "catalog-v1", "sources": "sources-v3",
	} {
		file := filepath.Join(dir, "target", name+".json")
		if _, err := os.Stat(file); err != nil && name == "sources" {
			continue // of a project that has no freshness
		}
		v, ok := readJSON(t, file).(map[string]any)
		if !ok {
			t.Fatalf("%s is no object", file)
		}
		faults := facts.faults(name, v)
		if schemas := os.Getenv("SNOWPIT_DBT_SCHEMAS"); schemas != "" {
			root, ok := readJSON(t, filepath.Join(schemas, schema+".json")).(map[string]any)
			if !ok {
				t.Fatalf("%s is no schema", schema)
			}
			faults = append(faults, schemaFaults(root, root, v, "$")...)
		}
		for _, fault := range faults[:min(len(faults), 10)] {
			t.Errorf("%s.json: %s", name, fault)
		}
	}
}

func readJSON(t *testing.T, file string) any {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var v any
	if err := json.Unmarshal(text, &v); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	return v
}
