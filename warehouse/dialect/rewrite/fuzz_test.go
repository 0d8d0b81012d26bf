package rewrite_test

import (
	"testing"

	"github.com/snowpit-dev/snowpit/warehouse/dialect/dialecttest"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/parse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/rewrite"
)

// statements are those of the corpus.
func statements(t testing.TB) []string {
	t.Helper()
	files, err := dialecttest.Files()
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, f := range files {
		all = append(all, f.Setup...)
		for _, c := range f.Cases {
			all = append(all, c.SQL)
		}
	}
	return all
}

// FuzzDuckDB translates whatever reads as a statement: it never panics.
func FuzzDuckDB(f *testing.F) {
	for _, sql := range statements(f) {
		f.Add(sql)
	}
	f.Fuzz(func(t *testing.T, sql string) {
		tree, err := parse.Statement(sql)
		if err == nil {
			rewrite.DuckDB(tree, rewrite.Config{})
		}
	})
}
