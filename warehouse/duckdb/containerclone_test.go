package duckdb_test

import (
	"testing"

	"github.com/snowpit-dev/snowpit/warehouse/duckdb"
)

// Where one part of a schema or a database cannot be copied, what it was to
// replace is as it was.
func TestCloneHalfway(t *testing.T) {
	s := session(t, open(t, duckdb.Config{}))
	run(t, s, "create schema kept", "create table kept.t as select 1 as A", "create view kept.v as select A from kept.t",
		"create function kept.f(x int) returns int as 'x + 1'", "create schema broken", "create table broken.fine as select 2 as A",
		"create function broken.g(x int) returns int as 'x + 1'",
		"create table public.base (A int)", "create view broken.v as select * from public.base", "drop table public.base", "use schema kept")
	refusedSaying(t, s, "create or replace schema kept clone broken", 2003, "BASE")
	want(t, s, "select A + kept.f(A) from v", "3")
	refusedSaying(t, s, "select * from kept.fine", 2003, "FINE")
	refusedSaying(t, s, "select kept.g(1)", 2140, "KEPT.G")
	refusedSaying(t, s, "create schema other clone broken", 2003, "BASE")
	refusedSaying(t, s, "use schema other", 2043, "OTHER")

	run(t, s, "create or replace schema broken clone kept")
	want(t, s, "select A + broken.f(A) from broken.v", "3")
	want(t, s, "select current_schema()", "BROKEN")
}

// Likewise of a database.
func TestCloneDatabaseHalfway(t *testing.T) {
	s := session(t, open(t, duckdb.Config{}))
	run(t, s, "create database kept", "create table kept.public.t as select 1 as A", "create database broken", "create table base (A int)",
		"create view v as select * from base", "drop table base", "use schema kept.public")
	refusedSaying(t, s, "create or replace database kept clone broken", 2003, "BASE")
	want(t, s, "select A from t", "1")
	want(t, s, "select count(*) from kept.information_schema.databases where database_name like '\\\\_\\\\_%' escape '\\\\'", "0")
}
