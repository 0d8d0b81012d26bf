package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestExternalPlugin builds the SDK's example into a project's plugins folder
// and trains and predicts with it, as its author would.
func TestExternalPlugin(t *testing.T) {
	files := strings.ReplaceAll(flowers, "plugin='logreg'", "plugin='centroid'")
	dir := projectDir(t, files)
	if err := os.Mkdir(filepath.Join(dir, "plugins"), 0o777); err != nil {
		t.Fatal(err)
	}
	build := exec.Command("go", "build", "-o", filepath.Join(dir, "plugins", "snowpit-plugin-centroid"), "./plugins/sdk/example/centroid")
	build.Dir = filepath.Join("..", "..")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if code, out, errs := snowpit(t.Context(), "plugin", "ls", "--project-dir", dir); code != 0 || !strings.Contains(out, "centroid") {
		t.Errorf("plugin ls: status %d: %s%s", code, out, errs)
	}
	code, out, errs := snowpit(t.Context(), "build", "--project-dir", dir)
	if code != 0 || !strings.Contains(out, "OK created centroid train model PUBLIC.learn") || !strings.Contains(out, "OK created centroid predict model PUBLIC.guess") {
		t.Fatalf("status %d: %s%s", code, out, errs)
	}
	if got := query(t, dir, "select count(*) from guess"); got[0][0] != "7776" {
		t.Errorf("guess has %v rows", got)
	}
}
