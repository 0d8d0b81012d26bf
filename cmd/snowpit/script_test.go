package main

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/snowpit-dev/snowpit/fixtures"
)

// TestMain makes the test binary the program too: under the name snowpit, and
// where the program starts itself to serve a plugin.
func TestMain(m *testing.M) {
	if len(os.Args) > 2 && os.Args[1] == "plugin" && os.Args[2] == "serve" {
		main()
	}
	programs := maps.Clone(badPlugins)
	programs["snowpit"], programs["served"] = main, servedProgram
	testscript.Main(m, programs)
}

// TestScripts runs the program as its users do: testdata/script holds a file a
// behaviour.
func TestScripts(t *testing.T) {
	params := scriptParams("")
	params.Dir, params.UpdateScripts = "testdata/script", os.Getenv("SNOWPIT_UPDATE") != ""
	testscript.Run(t, params)
}

// scriptParams are what scripts have on a target: account for one on Snowflake,
// or "" for the embedded warehouse.
func scriptParams(target string) testscript.Params {
	return testscript.Params{
		RequireExplicitExec: true, RequireUniqueNames: true,
		Condition: func(cond string) (bool, error) {
			switch cond {
			case "root":
				return os.Geteuid() == 0, nil
			case "account":
				return target == cond, nil
			}
			return false, fmt.Errorf("unknown condition %s", cond)
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"exits": exits, "season": season, "paddock": paddock, "certify": certify},
		Setup: func(env *testscript.Env) error {
			env.Setenv("TERM", "dumb")
			env.Setenv("NO_COLOR", "")
			caches, err := os.UserCacheDir()
			env.Setenv("XDG_CACHE_HOME", caches)
			return err
		},
	}
}

// exits is the script command "exits STATUS PROGRAM ARGUMENT...": it runs a
// program and checks its exit status.
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits status program argument...")
	}
	err := ts.Exec(args[1], args[2:]...)
	got := 0
	var failed *exec.ExitError
	if errors.As(err, &failed) {
		got = failed.ExitCode()
	} else if err != nil {
		ts.Fatalf("%v", err)
	}
	if fmt.Sprint(got) != args[0] {
		ts.Fatalf("exit status %d, want %s", got, args[0])
	}
}

// season is the script command "season": it writes the sample project of that
// name into the current folder.
func season(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) > 0 {
		ts.Fatalf("usage: season")
	}
	ts.Check(os.CopyFS(ts.MkAbs("."), fixtures.Season()))
}

// paddock copies the project with a package, and makes its folder the current
// one.
func paddock(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) > 0 {
		ts.Fatalf("usage: paddock")
	}
	ts.Check(os.CopyFS(ts.MkAbs("."), fixtures.Paddock()))
	ts.Check(ts.Chdir("shop"))
}

// TestEveryCommandHasScripts keeps one good and one bad script a command.
func TestEveryCommandHasScripts(t *testing.T) {
	scripts, err := filepath.Glob("testdata/script/*.txtar")
	if err != nil || len(scripts) < 30 {
		t.Fatalf("%d scripts found, error %v; is the corpus gone?", len(scripts), err)
	}
	for _, cmd := range (&app{}).root().Commands() {
		if cmd.Hidden {
			continue // refused by name: dbt_names.txtar
		}
		name := cmd.Name()
		for _, want := range []string{name + ".txtar", name + "_bad.txtar"} {
			if !slices.Contains(scripts, filepath.Join("testdata", "script", want)) {
				t.Errorf("no testdata/script/%s", want)
			}
		}
		if cmd.Example == "" || !strings.Contains(cmd.Long, "Exit status") {
			t.Errorf("snowpit %s: its help needs an example and its exit status", name)
		}
	}
}
