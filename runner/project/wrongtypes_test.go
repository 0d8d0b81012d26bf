package project_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/snowpit-dev/snowpit/fixtures"
	"github.com/snowpit-dev/snowpit/runner/project"
	"github.com/snowpit-dev/snowpit/runner/project/yamldoc"
)

// otherValues are one of each type that YAML has, as JSON, which is YAML too.
var otherValues = []any{nil, true, json.Number("-1"), json.Number("1.5"), "", "x", "{{", "{{ 1/0 }}", []any{}, []any{nil}, []any{"x"}, []any{[]any{}},
	[]any{map[string]any{}}, map[string]any{}, map[string]any{"x": nil}, map[string]any{"name": []any{}}}

// mutations gives tree with each of its values replaced by each of the others,
// and the path of what was replaced.
func mutations(tree any, yield func(path string, mutant any) bool) bool {
	for _, other := range otherValues {
		if !yield(fmt.Sprintf(" = %#v", other), other) {
			return false
		}
	}
	switch tree := tree.(type) {
	case map[string]any:
		for _, key := range slices.Sorted(maps.Keys(tree)) {
			if !mutations(tree[key], func(path string, mutant any) bool {
				changed := maps.Clone(tree)
				changed[key] = mutant
				return yield("."+key+path, changed)
			}) {
				return false
			}
		}
	case []any:
		for i := range tree {
			if !mutations(tree[i], func(path string, mutant any) bool {
				changed := slices.Clone(tree)
				changed[i] = mutant
				return yield(fmt.Sprintf("[%d]%s", i, path), changed)
			}) {
				return false
			}
		}
	}
	return true
}

// placed is an error that says which file it is about.
var placed = regexp.MustCompile(`\.(yml|sql|md|csv)\b`)

// TestWrongTypes reads the sample project with each value of its YAML replaced
// by one of every type. It loads, or it ends in an error that names a file; it
// does not panic. SNOWPIT_ALL=1 tries each, without it one of 29 is.
func TestWrongTypes(t *testing.T) {
	dir := t.TempDir()
	if err := os.CopyFS(dir, fixtures.Season()); err != nil {
		t.Fatal(err)
	}
	var files []string
	for _, pattern := range []string{"*.yml", "*/*.yml", "*/*/*.yml"} {
		found, err := filepath.Glob(filepath.Join(dir, pattern))
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, found...)
	}
	if len(files) < 5 {
		t.Fatalf("%d files of YAML: is the sample gone?", len(files))
	}
	every, n := 29, 0
	if os.Getenv("SNOWPIT_ALL") != "" {
		every = 1
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		v, err := yamldoc.Parse(file, string(text))
		if err != nil {
			t.Fatal(err)
		}
		mutations(v.Plain(), func(path string, mutant any) bool {
			if n++; n%every != 0 {
				return true
			}
			changed, err := json.MarshalIndent(mutant, "", " ")
			if err == nil {
				err = os.WriteFile(file, changed, 0o666)
			}
			if err != nil {
				t.Fatal(err)
			}
			what := filepath.Base(file) + path
			defer func() {
				if p := recover(); p != nil {
					t.Errorf("%s: it panics: %v", what, p)
				}
			}()
			p, err := project.Load(dir, project.Options{})
			switch {
			case err != nil && !placed.MatchString(err.Error()) && !errors.Is(err, project.ErrNoTarget):
				t.Errorf("%s: error %q names no file", what, err)
			case err != nil && strings.Contains(err.Error(), "%!"):
				t.Errorf("%s: error %q", what, err)
			case err == nil:
				for _, node := range p.Nodes {
					if _, err := json.Marshal(node.Config.All); err != nil {
						t.Errorf("%s: the config of %s: %v", what, node.ID, err)
					}
				}
			}
			return true
		})
		if err := os.WriteFile(file, text, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("%d of %d", n/every, n)
}
