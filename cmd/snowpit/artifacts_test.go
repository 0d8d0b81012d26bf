package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/snowpit-dev/snowpit/fixtures"
)

// TestArtifactsFitDbtsSchemas holds the artifacts of the sample project against
// dbt's published JSON schemas. SNOWPIT_DBT_SCHEMAS names a folder with them:
// manifest-v12.json, run-results-v6.json, catalog-v1.json, sources-v3.json.
func TestArtifactsFitDbtsSchemas(t *testing.T) {
	schemas := os.Getenv("SNOWPIT_DBT_SCHEMAS")
	if schemas == "" {
		skip(t, "SNOWPIT_DBT_SCHEMAS names no folder with dbt's schemas")
	}
	dir := t.TempDir()
	if err := os.CopyFS(dir, fixtures.Season()); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{"build"}, {"source", "freshness"}, {"docs", "generate"}} {
		if code, out, errs := snowpit(t.Context(), append(args, "--project-dir", dir)...); code != 0 {
			t.Fatalf("%v: status %d: %s%s", args, code, out, errs)
		}
	}
	checkArtifacts(t, schemas, filepath.Join(dir, "target"))

	// What fails and is skipped fits as well.
	if err := os.WriteFile(filepath.Join(dir, "models", "staging", "stg_timing.sql"), []byte("select * from nowhere"), 0o666); err != nil {
		t.Fatal(err)
	}
	if code, _, _ := snowpit(t.Context(), "build", "--project-dir", dir); code != 1 {
		t.Fatalf("status %d, want 1", code)
	}
	checkArtifacts(t, schemas, filepath.Join(dir, "target"))
}

func checkArtifacts(t *testing.T, schemas, target string) {
	t.Helper()
	for name, schema := range map[string]string{
		"manifest.json": "manifest-v12.json", "run_results.json": "run-results-v6.json", "catalog.json": "catalog-v1.json", "sources.json": "sources-v3.json",
	} {
		root, ok := readJSON(t, filepath.Join(schemas, schema)).(map[string]any)
		if !ok {
			t.Fatalf("%s is no schema", schema)
		}
		faults := schemaFaults(root, root, readJSON(t, filepath.Join(target, name)), "$")
		for i, fault := range faults {
			if i == 10 {
				t.Errorf("%s: %d more", name, len(faults)-i)
				break
			}
			t.Errorf("%s: %s", name, fault)
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
