package parse_test

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"golang.org/x/tools/txtar"

	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/parse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/print"
)

var update = flag.Bool("update", false, "write what we got as what we want")

// sameTree compares trees wherever they stood in their texts, and however those
// were written.
var sameTree = cmp.Options{cmpopts.IgnoreTypes(ast.At{}), cmpopts.IgnoreFields(ast.Item{}, "Text"), cmpopts.IgnoreFields(ast.Link{}, "Text"),
	cmpopts.IgnoreFields(ast.SQL{}, "Text")}

// corpus is every case: a txtar with in.sql as a user writes it and out.sql as
// package print does, one statement a line.
func corpus(t testing.TB) map[string]*txtar.Archive {
	t.Helper()
	const floor = 50
	paths, err := filepath.Glob("testdata/corpus/*.txtar")
	if err != nil || len(paths) < floor {
		t.Fatalf("%d cases found, error %v; is the corpus gone?", len(paths), err)
	}
	cases := map[string]*txtar.Archive{}
	for _, path := range paths {
		ar, err := txtar.ParseFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if len(ar.Files) != 2 || len(ar.Comment) == 0 {
			t.Fatalf("%s: want a comment, in.sql and out.sql", path)
		}
		cases[path] = ar
	}
	return cases
}

func TestCorpus(t *testing.T) {
	for path, ar := range corpus(t) {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txtar"), func(t *testing.T) {
			stmts, err := parse.Script(string(ar.Files[0].Data))
			if err != nil {
				t.Fatal(err)
			}
			var got strings.Builder
			for _, s := range stmts {
				text := print.SQL(s)
				got.WriteString(text + ";\n")
				roundTrip(t, s, text)
			}
			if *update {
				ar.Files[1].Data = []byte(got.String())
				if err := os.WriteFile(path, txtar.Format(ar), 0o666); err != nil {
					t.Fatal(err)
				}
			} else if diff := cmp.Diff(string(ar.Files[1].Data), got.String()); diff != "" {
				t.Errorf("want -, got +:\n%s", diff)
			}
		})
	}
}

// roundTrip checks that text, printed from s, reads as the same tree and is
// printed the same again.
func roundTrip(t *testing.T, s ast.Statement, text string) {
	t.Helper()
	again, err := parse.Statement(text)
	if err != nil {
		t.Fatalf("%s\n%v", text, err)
	}
	if diff := cmp.Diff(s, again, sameTree); diff != "" {
		t.Fatalf("%s\nwant -, got +:\n%s", text, diff)
	}
	if twice := print.SQL(again); twice != text {
		t.Fatalf("printed twice:\n%s\n%s", text, twice)
	}
}
