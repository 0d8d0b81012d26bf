package duckdb_test

import (
	"testing"

	"github.com/snowpit-dev/snowpit/warehouse/duckdb"
)

// TestDeclaredByOthers has one session define what another has read before: what it
// tells of the columns are the new definitions.
func TestDeclaredByOthers(t *testing.T) {
	w := open(t, duckdb.Config{})
	reads, defines := session(t, w), session(t, w)
	run(t, defines, "create table seen (t varchar(3))", "create table other (t varchar(4))")
	for _, step := range []struct {
		sql  []string
		want int
	}{
		{nil, 3},
		{[]string{"alter table seen alter column t set data type varchar(5)"}, 5},
		{[]string{"create or replace table seen as select 'ab' as t"}, 2},
		{[]string{"alter table seen swap with other"}, 4},
		{[]string{"drop table seen", "create table seen (t varchar(7))"}, 7},
	} {
		run(t, defines, step.sql...)
		res, err := reads.Query(t.Context(), "select t from seen")
		if err != nil {
			t.Fatal(err)
		}
		if got := res.Columns[0].Length; got != step.want {
			t.Errorf("after %q: VARCHAR(%d), want %d", step.sql, got, step.want)
		}
		if err := res.Close(); err != nil {
			t.Fatal(err)
		}
	}
}
