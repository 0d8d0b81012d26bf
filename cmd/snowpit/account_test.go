package main

import (
	"crypto/rand"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestRealAccount builds the sample project on a real account, in a database of
// its own that it drops again, and compares all that comes out with the
// embedded run. SNOWPIT_TEST_CONNECTION names a connection of connections.toml
// whose role may create databases; without it the test is skipped, unless
// SNOWPIT_MUST_RUN names it.
func TestRealAccount(t *testing.T) {
	name := os.Getenv("SNOWPIT_TEST_CONNECTION")
	if name == "" {
		skip(t, "SNOWPIT_TEST_CONNECTION names no connection to test with")
	}
	onAccount(t, name, "SNOWPIT_TEST_"+rand.Text()[:10])
}

// onAccount is the test on the account that a connection names.
func onAccount(t *testing.T, connection, database string) {
	profiles := t.TempDir()
	text := fmt.Sprintf(`
f1:
  target: dev
  outputs:
    dev: {type: duckdb}
    prod: {type: snowflake, connection_name: %q, database: %s, schema: public, threads: 4}
`, connection, database)
	if err := os.WriteFile(filepath.Join(profiles, "profiles.yml"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	here := demo(t)
	flags := []string{"--project-dir", here, "--profiles-dir", profiles, "--profile", "f1", "--target", "prod"}
	must := func(args ...string) string {
		t.Helper()
		code, out, errs := snowpit(t.Context(), append(args, flags...)...)
		if code != 0 {
			t.Fatalf("snowpit %s: status %d: %s%s", strings.Join(args, " "), code, out, errs)
		}
		return out
	}
	must("sql", "create database if not exists "+database)
	defer must("sql", "drop database "+database)
	must("debug")
	must("build")
	want, got := outcomeOf(t, "--project-dir", here), outcomeOf(t, flags...)
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(outcome{})); diff != "" {
		t.Errorf("embedded -, account +:\n%.3000s", diff)
	}
	if out := must("promote", "train_test_position"); !strings.Contains(out, "already") { // it is the very same
		t.Error(out)
	}
}

// TestAccountTest runs the test of a real account against the emulator.
func TestAccountTest(t *testing.T) {
	profiles, err := os.ReadFile(filepath.Join(accountOf(t), "profiles.yml"))
	if err != nil {
		t.Fatal(err)
	}
	home := t.TempDir()
	toml := "[emulated]\n"
	_, prod, _ := strings.Cut(string(profiles), "    prod:\n")
	for line := range strings.Lines(prod) {
		key, value, _ := strings.Cut(strings.TrimSpace(line), ": ")
		switch key {
		case "", "type", "database", "schema", "threads":
			continue
		case "port":
		default:
			value = fmt.Sprintf("%q", strings.Trim(value, `"`))
		}
		toml += key + " = " + value + "\n"
	}
	if err := os.WriteFile(filepath.Join(home, "connections.toml"), []byte(toml), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("SNOWFLAKE_HOME", home)
	onAccount(t, "emulated", "SNOWPIT_TEST_EMULATED")
	// Without a profile, the connection's name is a target.
	code, out, errs := snowpit(t.Context(), "sql", "--project-dir", projectDir(t, "-- dbt_project.yml --\nname: races\n"), "--target", "emulated", "--output", "csv", "select current_role()")
	if code == 0 || !strings.Contains(errs, "needs a database") {
		t.Errorf("status %d: %s%s", code, out, errs)
	}
}
