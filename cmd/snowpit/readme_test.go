package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestReadme runs the console lines of README.md, one after another, and holds
// the models it shows against those of the sample project.
func TestReadme(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "..", "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, block, ok := strings.Cut(string(text), "```console\n")
	block, _, closed := strings.Cut(block, "```")
	if !ok || !closed || strings.Count(block, "$ snowpit") < 5 {
		t.Fatal("README.md has no console block of commands")
	}
	var script strings.Builder
	script.WriteString("set -e\n")
	for _, line := range strings.Split(strings.TrimSpace(block), "\n") {
		script.WriteString(strings.TrimPrefix(line, "$ ") + "\n")
	}
	cmd := exec.Command("sh", "-c", script.String())
	cmd.Dir = t.TempDir()
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
	for _, model := range regexp.MustCompile("(?s)```sql\n-- (models/[^\n]+)\n(.*?)```").FindAllStringSubmatch(string(text), -1) {
		file, err := os.ReadFile(filepath.Join("..", "..", "fixtures", "formula1", filepath.FromSlash(model[1])))
		if err != nil {
			t.Error(err)
		} else if got, want := strings.Fields(model[2]), strings.Fields(string(file)); strings.Join(got, " ") != strings.Join(want, " ") {
			t.Errorf("README.md shows another %s than there is", model[1])
		}
	}
}
