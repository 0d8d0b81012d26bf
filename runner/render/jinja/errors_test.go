package jinja_test

import (
	"context"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/snowpit-dev/snowpit/runner/render/jinja"
)

var update = flag.Bool("update", false, "write what we got as what we want")

// TestErrors renders each testdata/errors/*.txtar: a template and its error.
func TestErrors(t *testing.T) { runErrors(t, "testdata/errors/*.txtar", 50) }

// TestLimits does the same with templates that would take all the memory, the
// stack or for ever. Each must be refused soon.
func TestLimits(t *testing.T) { runErrors(t, "testdata/limits/*.txtar", 19) }

func runErrors(t *testing.T, pattern string, least int) {
	paths, err := filepath.Glob(pattern)
	if err != nil || len(paths) < least {
		t.Fatalf("%d cases found, error %v; is the corpus gone?", len(paths), err)
	}
	for _, path := range paths {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txtar"), func(t *testing.T) {
			ar, err := txtar.ParseFile(path)
			if err != nil {
				t.Fatal(err)
			}
			ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
			defer cancel()
			_, err = render(ctx, "t.sql", string(ar.Files[0].Data), map[string]any{})
			var placed *jinja.Error
			if !errors.As(err, &placed) {
				t.Fatalf("got %v, want an *Error", err)
			}
			got := err.Error() + "\n"
			if *update {
				ar.Files[1].Data = []byte(got)
				if err := os.WriteFile(path, txtar.Format(ar), 0o666); err != nil {
					t.Fatal(err)
				}
			} else if diff := cmp.Diff(string(ar.Files[1].Data), got); diff != "" {
				t.Errorf("want -, got +:\n%s", diff)
			}
		})
	}
}
