package main

import (
	"crypto/sha256"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/snowpit-dev/snowpit/emulator"
	"github.com/snowpit-dev/snowpit/emulator/emulatortest"
)

// password is one that shows wherever it is printed.
const password = "pw-Cassandra-8231"

// accountOf starts an emulator with a user of that password, and writes a
// profiles.yml whose profile f1 has it as target prod and the embedded
// warehouse as target dev.
func accountOf(t *testing.T) (profiles string) {
	t.Helper()
	at, err := url.Parse(emulatortest.Serve(t, emulator.Config{Users: []emulator.User{{Name: "ci", Password: password, Roles: []string{"ACCOUNTADMIN"}, Warehouses: []string{"SNOWPIT_WH"}}}}))
	if err != nil {
		t.Fatal(err)
	}
	return profilesOf(t, at, "ci", password)
}

func profilesOf(t *testing.T, at *url.URL, user, password string) string {
	t.Helper()
	dir := t.TempDir()
	text := fmt.Sprintf(`
f1:
  target: dev
  outputs:
    dev:
      type: duckdb
    prod:
      type: snowflake
      account: snowpit
      user: %s
      password: %q
      role: ACCOUNTADMIN
      warehouse: SNOWPIT_WH
      database: formula1
      schema: public
      threads: 2
      host: %s
      port: %s
      protocol: http
`, user, password, at.Hostname(), at.Port())
	if err := os.WriteFile(filepath.Join(dir, "profiles.yml"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return dir
}

// outcome is what a build of the sample project gave: each table's rows, the
// artifact and the metrics.
type outcome struct {
	tables   map[string]string
	artifact string
	metrics  string
}

func outcomeOf(t *testing.T, args ...string) outcome {
	t.Helper()
	run := func(command ...string) string {
		t.Helper()
		code, out, errs := snowpit(t.Context(), append(command, args...)...)
		if code != 0 {
			t.Fatalf("snowpit %s: status %d: %s%s", strings.Join(command, " "), code, out, errs)
		}
		return out
	}
	o := outcome{tables: map[string]string{}}
	const relations = "select table_schema || '.' || table_name as name from information_schema.tables where table_schema <> 'INFORMATION_SCHEMA' " +
		"and table_name <> 'MODEL_METRICS' order by 1"
	names := strings.Fields(run("sql", "--output", "csv", relations))
	if len(names) < 12 {
		t.Fatalf("%d tables: %v", len(names), names)
	}
	for _, name := range names[1:] {
		lines := strings.Split(run("sql", "--output", "csv", "select * from "+name), "\n")
		slices.Sort(lines[1:])
		o.tables[name] = strings.Join(lines, "\n")
	}
	o.artifact = run("stage", "cat", "@modelstage/driver_position_1.0/driver_position_1.0.json")
	o.metrics = run("sql", "--output", "csv", "select model, plugin, artifact_sha256, table_rows, balanced_accuracy, accuracy, log_loss, lab_balanced_accuracy, train_rows, test_rows, confusion_matrix, per_class from model_metrics")
	return o
}

// TestSnowflakeGivesTheSame runs the sample project on the embedded warehouse
// and, through the driver, on an account, and compares all that comes out.
func TestSnowflakeGivesTheSame(t *testing.T) {
	t.Run("simulated races", func(t *testing.T) { sameOnSnowflake(t) })
	t.Run("real races", func(t *testing.T) { sameOnSnowflake(t, "--seed-path", filepath.Join(formula1Data(t), "raw")) })
}

// sameOnSnowflake does so for a demo with some flags.
func sameOnSnowflake(t *testing.T, flags ...string) {
	target := []string{"--profiles-dir", accountOf(t), "--profile", "f1", "--target", "prod"}
	here, there := demo(t, flags...), demo(t, append(flags, target...)...)
	if _, err := os.Stat(filepath.Join(there, ".snowpit")); err == nil {
		t.Error("a run on Snowflake left a state folder")
	}
	want := outcomeOf(t, "--project-dir", here)
	target = append(target, "--project-dir", there)
	got := outcomeOf(t, target...)
	if diff := cmp.Diff(want.tables, got.tables); diff != "" {
		t.Errorf("tables: want -, got +:\n%.3000s", diff)
	}
	if want.artifact != got.artifact {
		t.Errorf("artifacts differ, SHA-256 %x and %x: %s", sha256.Sum256([]byte(want.artifact)), sha256.Sum256([]byte(got.artifact)), cmp.Diff(want.artifact, got.artifact))
	}
	if diff := cmp.Diff(want.metrics, got.metrics); diff != "" {
		t.Errorf("metrics: want -, got +:\n%s", diff)
	}
	// And again, over what is there.
	if code, out, errs := snowpit(t.Context(), append([]string{"build"}, append(flags, target...)...)...); code != 0 {
		t.Errorf("a second build: status %d: %s%s", code, out, errs)
	}
}

// TestDebugSnowflake checks a target that works, and one thing at a time that
// does not: what failed, what to do, and never a secret.
func TestDebugSnowflake(t *testing.T) {
	profiles := accountOf(t)
	text, err := os.ReadFile(filepath.Join(profiles, "profiles.yml"))
	if err != nil {
		t.Fatal(err)
	}
	dir := projectDir(t, "-- dbt_project.yml --\nname: races\nprofile: f1\n")
	for _, c := range []struct {
		name, old, new string
		code           int
		want           []string
	}{
		{"good", "", "", 0, []string{"ok       settings     account snowpit, user ci, by password", "ok       connection", "ok       role         ACCOUNTADMIN",
			"ok       warehouse    SNOWPIT_WH", "ok       load         2 rows", "ok       stage", "connection test: [OK connection ok]"}},
		{"password", password, password + "x", 1, []string{"failed   connection   390100 (08004): Incorrect username or password", "-> check user and password", "skipped  stage        needs database"}},
		{"user", "user: ci", "user: nobody", 1, []string{"failed   connection   390100"}},
		{"port", "port: ", "port: 1 #", 1, []string{"failed   connection   log in to 127.0.0.1:1", "-> check account"}},
		{"role", "role: ACCOUNTADMIN", "role: nosuch", 1, []string{"failed   connection   390189", "Role 'NOSUCH'", "-> there is no such role, or it is not granted to the user"}},
		{"warehouse", "warehouse: SNOWPIT_WH", "warehouse: elsewhere", 1, []string{"ok       role", "failed   warehouse    the virtual warehouse ELSEWHERE is not there, or the role may not use it",
			"-> grant usage on warehouse ELSEWHERE to role", "skipped  privileges   needs warehouse", "skipped  load         needs privileges"}},
		{"setting", "role:", "rule:", 1, []string{"failed   settings     target prod: setting rule: nothing of that name is known"}},
		{"key", "password:", "private_key_path: /no/such/key #", 1, []string{"failed   settings     target prod: setting private_key_path: open /no/such/key"}},
		{"browser", "protocol: http", "authenticator: carrier_pigeon", 1, []string{"failed   settings     target prod: authenticator carrier_pigeon is not supported"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			changed := strings.ReplaceAll(string(text), "connect_timeout", "")
			if c.old != "" {
				changed = strings.ReplaceAll(changed, c.old, c.new)
			}
			changed += "      connect_timeout: 2\n"
			folder := t.TempDir()
			if err := os.WriteFile(filepath.Join(folder, "profiles.yml"), []byte(changed), 0o600); err != nil {
				t.Fatal(err)
			}
			for _, format := range []string{"text", "json"} {
				code, out, errs := snowpit(t.Context(), "debug", "--project-dir", dir, "--profiles-dir", folder, "--target", "prod", "--log-format", format)
				if code != c.code {
					t.Errorf("status %d, want %d: %s%s", code, c.code, out, errs)
				}
				if strings.Contains(out+errs, password) {
					t.Errorf("the password is shown: %s%s", out, errs)
				}
				for _, want := range c.want {
					if format == "text" && !strings.Contains(out, want) {
						t.Errorf("there is no %q in\n%s", want, out)
					}
				}
			}
		})
	}
	// Nothing that was made for it is left.
	code, out, errs := snowpit(t.Context(), "sql", "--project-dir", dir, "--profiles-dir", profiles, "--target", "prod", "--output", "csv",
		"select table_name from information_schema.tables where table_name like 'SNOWPIT%' union all select schema_name from information_schema.schemata where schema_name like 'SNOWPIT_DEBUG%'")
	if code != 0 || strings.Contains(out, "SNOWPIT_DEBUG") {
		t.Errorf("status %d; left: %s%s", code, out, errs)
	}
}

// TestRealRacesOnSnowflake is TestSnowflakeGivesTheSame on the real results.
func TestRealRacesOnSnowflake(t *testing.T) {
	raw := filepath.Join(formula1Data(t), "raw")
	profiles := accountOf(t)
	here := demo(t, "--seed-path", raw)
	flags := []string{"--profiles-dir", profiles, "--profile", "f1", "--target", "prod"}
	there := demo(t, append([]string{"--seed-path", raw}, flags...)...)
	want, got := outcomeOf(t, "--project-dir", here), outcomeOf(t, append(flags, "--project-dir", there)...)
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(outcome{})); diff != "" {
		t.Errorf("embedded -, account +:\n%.3000s", diff)
	}
}
