package rewrite_test

import (
	"strings"
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

// BenchmarkDuckDB translates a query of some fifty lines.
func BenchmarkDuckDB(b *testing.B) {
	cte := "c as (select iff(a > 0, 'x', nvl(s, 'y')) as k, dateadd(day, 1, d) as d, round(a / 3, 2) as r,\n" +
		"  sum(a) over (partition by k order by d desc) as t, v:a.b[0]::int as n\n from t\n where d between '2020-01-01' and current_date\n" +
		"  and s ilike any ('a%', 'b%')\n qualify row_number() over (partition by k order by d) = 1)"
	sql := "with " + strings.Repeat(cte+",\n", 8) + "z as (select 1)\nselect * from c order by 1"
	for b.Loop() {
		tree, err := parse.Statement(sql)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := rewrite.DuckDB(tree, rewrite.Config{}); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(strings.Count(sql, "\n")), "lines")
}
