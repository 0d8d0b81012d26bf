//go:build unix

package project_test

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/snowpit-dev/snowpit/runner/project"
)

// A pipe where a file should be is refused: nobody may ever write to it.
func TestPipe(t *testing.T) {
	for _, name := range []string{"models/a.sql", "models/a.yml", "macros/a.sql", "packages.yml"} {
		dir := t.TempDir()
		for _, folder := range []string{"models", "macros"} {
			if err := os.Mkdir(filepath.Join(dir, folder), 0o777); err != nil {
				t.Fatal(err)
			}
		}
		if err := os.WriteFile(filepath.Join(dir, project.File), []byte("name: p"), 0o666); err != nil {
			t.Fatal(err)
		}
		if err := syscall.Mkfifo(filepath.Join(dir, filepath.FromSlash(name)), 0o600); err != nil {
			t.Skipf("no pipes here: %v", err)
		}
		if _, err := project.Load(dir, project.Options{}); err == nil || !strings.Contains(err.Error(), name+": it is a pipe") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
