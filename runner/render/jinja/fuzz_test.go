package jinja_test

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"golang.org/x/tools/txtar"
)

// FuzzRender renders arbitrary bytes. Whatever they say, the render must end
// soon, in a text or in an error.
func FuzzRender(f *testing.F) {
	for _, path := range []string{"testdata/jinja.json", "testdata/more.json"} {
		for _, s := range readCorpus(f, path).Snippets {
			f.Add(s.Src)
		}
	}
	paths, err := filepath.Glob("testdata/errors/*.txtar")
	if err != nil || len(paths) == 0 {
		f.Fatalf("no errors to begin with, error %v", err)
	}
	for _, path := range paths {
		ar, err := txtar.ParseFile(path)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(ar.Files[0].Data))
	}
	f.Fuzz(func(t *testing.T, src string) {
		ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
		defer cancel()
		begin := time.Now()
		render(ctx, "fuzz", src, map[string]any{"x": 1, "l": []any{1, "a"}, "d": map[string]any{"a": 1}})
		if took := time.Since(begin); took > 5*time.Second {
			t.Errorf("took %v after a deadline of 200ms", took)
		}
	})
}
