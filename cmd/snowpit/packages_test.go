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
)

// clone is the folder of a clone that an environment variable names. Without
// it the test is skipped.
func clone(t *testing.T, variable, what string) string {
	t.Helper()
	dir := os.Getenv(variable)
	if dir == "" {
		t.Skipf("%s is not set: it is the folder of a clone of %s", variable, what)
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

// TestFormula1Project reads and compiles the public Formula 1 project with
// dbt_utils, from the clones in SNOWPIT_F1_PROJECT and SNOWPIT_DBT_UTILS.
func TestFormula1Project(t *testing.T) {
	from := clone(t, "SNOWPIT_F1_PROJECT", "dbt-labs/python-snowpark-formula1")
	dir := withPackage(t, "", "dbt_utils", clone(t, "SNOWPIT_DBT_UTILS", "dbt_utils 1.0.0"))
	for _, part := range []string{"analyses", "dbt_project.yml", "macros", "models", "packages.yml", "tests"} {
		if err := os.Symlink(filepath.Join(from, part), filepath.Join(dir, part)); err != nil {
			t.Fatal(err)
		}
	}
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
