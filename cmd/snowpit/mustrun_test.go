package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestMustRunNames holds the names of tests that CI does not let skip against
// the tests there are: a name that nobody has would let them skip again.
func TestMustRunNames(t *testing.T) {
	root := filepath.Join("..", "..")
	script, err := os.ReadFile(filepath.Join(root, ".ci", "run"))
	if err != nil {
		t.Fatal(err)
	}
	line := regexp.MustCompile(`SNOWPIT_MUST_RUN="([^"]*)"`).FindSubmatch(script)
	if line == nil {
		t.Fatal(".ci/run sets no SNOWPIT_MUST_RUN")
	}
	heedful := map[string]bool{} // tests in packages that look at the variable
	err = filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.IsDir() {
			return err
		}
		files, err := filepath.Glob(filepath.Join(path, "*_test.go"))
		if err != nil {
			return err
		}
		var all strings.Builder
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				return err
			}
			all.Write(text)
		}
		if strings.Contains(all.String(), `os.Getenv("SNOWPIT_MUST_RUN")`) {
			for _, m := range regexp.MustCompile(`(?m)^func (Test\w+)\(`).FindAllStringSubmatch(all.String(), -1) {
				heedful[m[1]] = true
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	names := 0
	for name := range strings.FieldsSeq(string(line[1])) {
		if strings.HasPrefix(name, "Test") {
			names++
			if !heedful[name] {
				t.Errorf(".ci/run names %s: there is no such test, or its package does not look at SNOWPIT_MUST_RUN", name)
			}
		}
	}
	if names == 0 {
		t.Errorf("no names in %s", line[0])
	}
}
