package duckdb_test

import (
	"testing"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb"
)

// A query reads the columns that it names, of the tables that it names, or all of
// them for a *; one of no table reads nothing.
func TestScanSize(t *testing.T) {
	s := session(t, open(t, duckdb.Config{}))
	run(t, s, "create table t (a number(4, 1), b date, c varchar, d float)", "create view v as select a from t",
		"insert into t select 1, '2020-01-01', 'x', 1.5 from table(generator(rowcount => 100))")
	for sql, want := range map[string]int64{
		"select 1":                                    0,
		"select a from t":                             200,
		"select max(b), sum(d) from t":                1200,
		"select count(*) from t where a > 0":          200,
		"select * from t":                             100 * (2 + 4 + 16 + 8),
		"with w as (select c from t) select c from w": 1600,
		"select a from nosuch":                        0,
		"no query at all":                             0,
	} {
		if got, err := warehouse.ScanSize(t.Context(), s, sql); err != nil || got != want {
			t.Errorf("%s reads %d bytes, %v; want %d", sql, got, err, want)
		}
	}
}
