package duckdb_test

import "testing"

// TestCopyTemporaryTable loads a table that only the session sees, under the
// name of one that all see.
func TestCopyTemporaryTable(t *testing.T) {
	s := onStage(t, map[string]string{"a.csv": "1\n"})
	run(t, s, "create table t (a int)", "create temporary table t (a varchar(5), b int default 7)")
	const load = "copy into t (a) from @s"
	want(t, s, load, "s/a.csv|LOADED|1|1|1|0|NULL|NULL|NULL|NULL")
	want(t, s, load, "Copy executed with 0 files processed.")
	want(t, s, "copy into t (a, b) from (select $1, 8 from @s) force = true", "s/a.csv|LOADED|1|1|1|0|NULL|NULL|NULL|NULL")
	want(t, s, "select * from t order by b", "1|7", "1|8")
	run(t, s, "drop table t")
	want(t, s, "select count(*) from t", "0")
	want(t, s, load, "s/a.csv|LOADED|1|1|1|0|NULL|NULL|NULL|NULL")
	want(t, s, "select * from t", "1")
	run(t, s, "create temporary table u (a int)", "copy into u from @s", "truncate table u")
	want(t, s, "copy into u from @s", "s/a.csv|LOADED|1|1|1|0|NULL|NULL|NULL|NULL")
	run(t, s, "copy into @s/out/ from u")
	want(t, s, "select $1 from @s/out", "1")
}
