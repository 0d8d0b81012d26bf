package duckdb_test

import (
	"errors"
	"testing"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb"
)

// What was made in one process is held to its letters in the next.
func TestLetterCaseAfterReopening(t *testing.T) {
	dir := t.TempDir()
	w := open(t, duckdb.Config{Dir: dir})
	s := session(t, w)
	run(t, s, `create table "small" as select 1 as A`, "create table BIG as select 2 as A")
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	s = session(t, open(t, duckdb.Config{Dir: dir}))
	want(t, s, `select a.A + b.A from "small" a, big b`, "3")
	for _, sql := range []string{"select * from small", `select * from "big"`, "insert into small values (1)"} {
		if _, err := rows(t.Context(), s, sql); !errors.Is(err, warehouse.ErrNotExist) {
			t.Errorf("%s: error %v, want ErrNotExist", sql, err)
		}
	}
}

// DuckDB cannot hold two names that differ in case only: the second is refused
// by name, and the first is as it was.
func TestNamesakes(t *testing.T) {
	s := session(t, open(t, duckdb.Config{}))
	run(t, s, `create table "t" as select 1 as A`)
	for _, sql := range []string{"create table t (a int)", "create or replace table t (a int)", "create view t as select 1 as a",
		"create table if not exists t (a int)", `alter table "t" add column "a" int`,
		`with "T" as (select 1) select * from "t"`, `select * from "t" natural join (select 1 as "a")`,
		`create table u as select 2 as "a" from "t" where "a" = 2`} {
		if _, err := rows(t.Context(), s, sql); !errors.Is(err, warehouse.ErrUnsupported) {
			t.Errorf("%s: error %v, want ErrUnsupported", sql, err)
		}
	}
	want(t, s, `select A from "t"`, "1")
}
