package main

import (
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/snowpit-dev/snowpit/emulator"
	"github.com/snowpit-dev/snowpit/emulator/emulatortest"
)

// onAccounts are the scripts that run on an account as they do on the embedded
// warehouse: what they show holds for both.
var onAccounts = []string{
	"build", "build_bad", "compile", "console", "context", "dbt_names", "docs", "graph", "graph_shared", "hooks", "incremental", "junit", "logs", "ls", "materialization", "methods", "microbatch", "naming", "order",
	"output_json", "paddock", "quiet", "relations", "retry", "run", "run_bad", "run-operation", "same_sql", "season", "seed", "seed_bad", "select_more", "selectors",
	"show", "snapshot", "snapshot_bad", "source", "source_bad", "state", "test", "test_bad", "access", "versions", "stored", "flags", "idle", "snapshot_options", "schema_change", "dangling", "python", "state_parts", "clone", "clone_bad", "clustering", "test_config", "unit_test", "unit_test_bad", "vars_env", "warn_error", "widen", "scripting",
}

// TestScriptsOnAnAccount runs those scripts once more, each on an account of
// its own. [account] is what they ask where the two differ.
func TestScriptsOnAnAccount(t *testing.T) {
	for _, name := range onAccounts {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			user := emulator.User{Name: "ci", Password: password, Roles: []string{"ACCOUNTADMIN"}, Warehouses: []string{"SNOWPIT_WH"}}
			at, err := url.Parse(emulatortest.Serve(t, emulator.Config{Users: []emulator.User{user}}))
			if err != nil {
				t.Fatal(err)
			}
			params := scriptParams("account")
			params.Files = []string{filepath.Join("testdata", "script", name+".txtar")}
			setup := params.Setup
			params.Setup = func(env *testscript.Env) error {
				return errors.Join(setup(env), targetAccount(env, at))
			}
			testscript.Run(t, params)
		})
	}
}

var projectName = regexp.MustCompile(`(?m)^name: *'?(\w+)`)

// targetAccount makes an account the target of a script's commands. The
// database has the project's name, as where there is no profile.
func targetAccount(env *testscript.Env, at *url.URL) error {
	database := map[string]string{"season": "season", "paddock": "shop"}[filepath.Base(env.WorkDir)[len("script-"):]]
	if database == "" {
		database = "chain" // its project is in a folder below
	}
	if text, err := os.ReadFile(filepath.Join(env.WorkDir, "dbt_project.yml")); err == nil {
		database = projectName.FindStringSubmatch(string(text))[1]
	}
	dir := filepath.Join(env.WorkDir, ".account")
	env.Setenv("DBT_PROFILES_DIR", dir)
	env.Setenv("DBT_PROFILE", "account")
	text := fmt.Sprintf(`account: {target: dev, outputs: {dev: {type: snowflake, account: snowpit, password: %s, role: ACCOUNTADMIN, warehouse: SNOWPIT_WH,
  database: %s, schema: PUBLIC, user: ci, threads: 4, host: %s, port: %s, protocol: http}}}
`, password, strings.ToUpper(database), at.Hostname(), at.Port())
	return errors.Join(os.MkdirAll(dir, 0o777), os.WriteFile(filepath.Join(dir, "profiles.yml"), []byte(text), 0o600))
}
