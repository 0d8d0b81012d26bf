package main

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/snowpit-dev/snowpit/runner/artifact"
)

// clone is the folder of a clone that an environment variable names. Without
// it the test is skipped.
func clone(t *testing.T, variable, what string) string {
	t.Helper()
	dir := os.Getenv(variable)
	if dir == "" {
		skip(t, "%s is not set: it is the folder of a clone of %s", variable, what)
	}
	return dir
}

// withPackage writes a project and puts a package into it.
func withPackage(t *testing.T, archive, name, from string) string {
	t.Helper()
	dir := t.TempDir()
	if archive != "" {
		ar, err := txtar.ParseFile(archive)
		if err != nil {
			t.Fatal(err)
		}
		files, err := txtar.FS(ar)
		if err == nil {
			err = os.CopyFS(dir, files)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, part := range []string{"dbt_project.yml", "macros"} {
		to := filepath.Join(dir, "dbt_packages", name, part)
		if err := os.MkdirAll(filepath.Dir(to), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(filepath.Join(from, part), to); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// helpers are macros of dbt_utils that others call, and one that only refuses.
var helpers = []string{
	"get_table_types_sql", "get_tables_by_pattern_sql", "get_tables_by_prefix_sql", "get_intervals_between", "get_powers_of_two",
	"surrogate_key", "get_filtered_columns_in_relation", "degrees_to_radians",
}

var macroName = regexp.MustCompile(`\{%-?\s*(?:macro|test)\s+([a-z]\w*)`)

// TestDbtUtils builds a project that uses every macro and every generic test of
// dbt_utils 1.0.0, from the clone in SNOWPIT_DBT_UTILS.
func TestDbtUtils(t *testing.T) {
	from := clone(t, "SNOWPIT_DBT_UTILS", "dbt_utils 1.0.0")
	dir := withPackage(t, "testdata/external/dbt_utils.txtar", "dbt_utils", from)
	used, err := os.ReadFile("testdata/external/dbt_utils.txtar")
	if err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(from, "macros", "*", "*.sql"))
	if err != nil || len(files) < 40 {
		t.Fatalf("%d files of macros, error %v", len(files), err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range macroName.FindAllStringSubmatch(string(text), -1) {
			if !strings.Contains(m[1], "__") && !slices.Contains(helpers, m[1]) && !strings.Contains(string(used), "dbt_utils."+strings.TrimPrefix(m[1], "test_")) {
				t.Errorf("macro %s of %s is not used", m[1], filepath.Base(file))
			}
		}
	}
	code, out, errs := snowpit(t.Context(), "build", "--project-dir", dir)
	if code != 0 || !strings.Contains(out, "Done. PASS=43 WARN=0 ERROR=0 SKIP=0 NO-OP=0 TOTAL=43") {
		t.Fatalf("status %d: %s%s", code, out, errs)
	}
	for _, want := range [][2]string{
		{"select count(*), max(generated_number) from series", "10 10"},
		{"select listagg(guest || id, ' ') within group (order by id) from dedup", "bob2 ada3 cyd4"},
		{"select nights_blue, nights_red from rooms", "3 5"},
		{"select count(*), count(extra), count(room) from unioned", "6 2 4"},
		{"select guest || n from as_dict order by 1", "ada6"},
		{"select name || n from by_pattern order by 1", "MORE_VISITS2"},
		{"select host || path || coalesce(source, '') from urls order by id", "www.example.coma/bmail"},
		{"select slug || n from helpers", "caf_no_112"},
		{"select bound || at from unpivoted order by room, bound, at", "HIGH3"},
		{"select \"blue\", \"red\" from pivoted where guest = 'ada'", "2 4"},
	} {
		rows := query(t, dir, want[0])
		if got := strings.Join(rows[0], " "); got != want[1] {
			t.Errorf("%s: got %s, want %s", want[0], got, want[1])
		}
	}
}

// formula1Clone is the public Formula 1 project with dbt_utils installed, from
// the clones in SNOWPIT_F1_PROJECT and SNOWPIT_DBT_UTILS.
func formula1Clone(t *testing.T) (from, dir string) {
	t.Helper()
	from = clone(t, "SNOWPIT_F1_PROJECT", "dbt-labs/python-snowpark-formula1")
	dir = withPackage(t, "", "dbt_utils", clone(t, "SNOWPIT_DBT_UTILS", "dbt_utils 1.0.0"))
	for _, part := range []string{"analyses", "dbt_project.yml", "macros", "models", "packages.yml", "tests"} {
		if err := os.Symlink(filepath.Join(from, part), filepath.Join(dir, part)); err != nil {
			t.Fatal(err)
		}
	}
	return from, dir
}

// TestFormula1Project reads and compiles the public project unmodified: what
// dangles in it is warned about as dbt does.
func TestFormula1Project(t *testing.T) {
	_, dir := formula1Clone(t)
	code, out, errs := snowpit(t.Context(), "parse", "--project-dir", dir)
	if code != 0 || !strings.HasPrefix(out, "Found 40 models, 1 analysis, 67 data tests, 14 sources, 1 exposure, ") {
		t.Fatalf("parse: status %d: %s%s", code, out, errs)
	}
	told := func(text, what string) int {
		return len(regexp.MustCompile("(?m)^.*"+what+".*$").FindAllString(text, -1))
	}
	got := map[string]int{"patches": told(errs, "for these properties"), "tests": told(errs, "is left out"), "warnings": told(errs, "warning: ")}
	if diff := cmp.Diff(map[string]int{"patches": 6, "tests": 7, "warnings": 13}, got); diff != "" {
		t.Errorf("warnings: want -, got +:\n%s", diff)
	}
	code, out, errs = snowpit(t.Context(), "compile", "--quiet", "--project-dir", dir)
	if code != 1 || !strings.Contains(out, "Compiled 99 of 108 nodes") || told(errs, `\.py: a Python model needs the Python runtime`) != 9 {
		t.Errorf("compile: status %d: %s%s", code, out, errs)
	}
}

// TestFormula1ProjectBuilds builds it on the real races, loaded by the project's own
// setup script into a stage here in place of the one on S3: every SQL model is
// built and every generic test passes.
func TestFormula1ProjectBuilds(t *testing.T) {
	from, dir := formula1Clone(t)
	data := formula1Data(t)
	run := func(args ...string) string {
		t.Helper()
		code, out, errs := snowpit(t.Context(), append(args, "--project-dir", dir, "--quiet")...)
		if code != 0 {
			t.Fatalf("%v: status %d: %s%s", args, code, out, errs)
		}
		return out
	}
	setup, err := os.ReadFile(filepath.Join(from, "setup", "setup_script_s3_to_snowflake.sql"))
	if err != nil {
		t.Fatal(err)
	}
	before, after, ok := strings.Cut(string(setup), "-- load in the 8 tables")
	if !ok {
		t.Fatal("the setup script has no place where its stage is made and nothing is loaded")
	}
	writeFile(t, filepath.Join(dir, "setup", "stage.sql"), regexp.MustCompile(`(?m)^url =.*$`).ReplaceAll([]byte(before+";"), []byte(";")))
	writeFile(t, filepath.Join(dir, "setup", "load.sql"), []byte("use schema formula1.raw;\n-- "+after))
	run("sql", "--file", filepath.Join(dir, "setup", "stage.sql"))
	files, err := filepath.Glob(filepath.Join(data, "raw", "*.csv"))
	if err != nil || len(files) < 13 {
		t.Fatalf("%d files of races, error %v", len(files), err)
	}
	for _, file := range files {
		run("stage", "put", file, "@formula1.raw.formula1_stage/")
	}
	run("sql", "--file", filepath.Join(dir, "setup", "load.sql"))

	snowpit(t.Context(), "build", "--project-dir", dir, "--quiet") // Python models may fail
	results, err := artifact.ReadRunResults(filepath.Join(dir, "target"))
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]int{}
	for _, r := range results.Results {
		kind, _, _ := strings.Cut(r.ID, ".")
		python, err := filepath.Glob(filepath.Join(from, "models", "*", "*", r.ID[strings.LastIndex(r.ID, ".")+1:]+".py"))
		if err == nil && len(python) > 0 {
			kind = "python " + kind
			r.Status = "any"
		}
		got[kind+" "+r.Status]++
	}
	want := map[string]int{"model success": 31, "test pass": 67, "exposure no-op": 1, "python model any": 9}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("nodes: want -, got +:\n%s", diff)
	}
	// Counted in the files themselves: rows, years of age, and points as NUMBER(38,0) rounds them.
	for _, want := range [][2]string{
		{"select count(*), sum(dnf_flag), max(drivers_age_years), sum(points) from mrt_results", "25860 10854 59 48619"},
		{"select count(*) from mrt_results_circuits", "25860"}, {"select count(*) from mrt_pit_stops", "30824"},
		{"select count(*) from fct_pit_stops", "9684"}, {"select count(*) from dim_circuits", "77"},
	} {
		if got := strings.Join(query(t, dir, want[0])[0], " "); got != want[1] {
			t.Errorf("%s: got %s, want %s", want[0], got, want[1])
		}
	}
}
