package rewrite_test

import (
	"testing"

	"github.com/snowpit-dev/snowpit/warehouse/dialect/dialecttest"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/parse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/rewrite"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/types"
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

// everyTable is a catalog where any table is there.
func everyTable([]string) ([]types.Column, bool) {
	return []types.Column{
		{Name: "A", Type: types.Whole}, {Name: "B", Type: types.Number(10, 2)}, {Name: "S", Type: types.Text}, {Name: "V", Type: types.Variant},
		{Name: "D", Type: types.Date}, {Name: "F", Type: types.Double}, {Name: "T", Type: types.Boolean}, {Name: "ID", Type: types.Whole},
	}, true
}

// FuzzDuckDB translates whatever reads as a statement: it never panics.
func FuzzDuckDB(f *testing.F) {
	for _, sql := range statements(f) {
		f.Add(sql)
	}
	f.Fuzz(func(t *testing.T, sql string) {
		tree, err := parse.Statement(sql)
		if err == nil {
			rewrite.DuckDB(tree, rewrite.Config{Catalog: everyTable})
		}
	})
}
