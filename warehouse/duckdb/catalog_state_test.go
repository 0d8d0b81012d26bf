package duckdb_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb"
)

// TestCatalogIsKept closes a warehouse and opens it again: all that was said of
// its objects is there.
func TestCatalogIsKept(t *testing.T) {
	dir := t.TempDir()
	w := open(t, duckdb.Config{Dir: dir})
	s := session(t, w)
	run(t, s, "create table laps (id int not null autoincrement, driver varchar(20) comment 'who', primary key (id)) comment = 'all laps'",
		"insert into laps (driver) values ('a')", "create function twice(x number) returns number as 'x * 2'",
		"create temporary function gone(x number) returns number as 'x'", "create temporary table gone_too (a int)",
		"create schema kept comment = 'a schema'", "create database other comment = 'another'", "create table t2 (a int)",
		"create role reporter", "grant select on table t.public.laps to role reporter", "create or replace database third", "use schema t.public")
	ddl := want1(t, s, "select get_ddl('table', 'laps')")
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	s = session(t, open(t, duckdb.Config{Dir: dir}))
	want(t, s, "select get_ddl('table', 'laps')", ddl)
	run(t, s, "insert into laps (driver) values ('b')")
	want(t, s, "select id, driver, twice(id) from laps order by id", "1|a|2\n2|b|4")
	refusedWith(t, s, "insert into laps (driver) values ('far too long for this column')", 100078)
	refusedWith(t, s, "select gone(1)", 2140)
	refusedWith(t, s, "select * from gone_too", 2003)
	want(t, s, "select schema_name, comment from information_schema.schemata where schema_name = 'KEPT'", "KEPT|a schema")
	want(t, s, "select database_name, comment from other.information_schema.databases where database_name = 'OTHER'", "OTHER|another")
	if got := want1(t, s, "show grants to role reporter"); got == "" {
		t.Error("no grants")
	}
}

// TestDropDatabase drops databases: their files, functions and names are gone.
func TestDropDatabase(t *testing.T) {
	dir := t.TempDir()
	w := open(t, duckdb.Config{Dir: dir})
	s, other := session(t, w), session(t, w)
	run(t, s, "create database d", "create table t (a int)", "create function f() returns int as '1'", "insert into t values (1)")
	refusedWith(t, s, "create database d", 2002)
	run(t, s, "create database if not exists d", "select d.public.f()", "create or replace database d")
	refusedWith(t, s, "select * from d.public.t", 2003)
	refusedWith(t, s, "select d.public.f()", 2140)
	run(t, s, "drop database d")
	for _, sql := range []string{"select * from d.public.t", "use database d", "create table d.public.t (a int)", "drop database d"} {
		if _, err := rows(t.Context(), other, sql); err == nil {
			t.Errorf("%s: ran", sql)
		}
	}
	refusedWith(t, s, "create table t (a int)", 90105)
	want(t, s, "select current_database() is null, current_schema() is null", "true|true")
	run(t, s, "drop database if exists d", "use database t", "create database d", "create table d.public.t (b int)")
	files, err := filepath.Glob(filepath.Join(dir, "databases", "*"))
	if err != nil || len(files) < 2 {
		t.Errorf("files %v, %v", files, err)
	}
	run(t, s, "drop database d")
	if _, err := os.Stat(filepath.Join(dir, "databases", "D.duckdb")); !os.IsNotExist(err) {
		t.Errorf("the file is there: %v", err)
	}
}

// TestParametersThatSettle have an effect on what statements mean.
func TestParametersThatSettle(t *testing.T) {
	s := session(t, open(t, duckdb.Config{}))
	run(t, s, "alter session set quoted_identifiers_ignore_case = true", `create table "lower" ("a" int, b int)`, `insert into "lower" ("a", "B") values (1, 2)`)
	res, err := s.Query(t.Context(), `select "a", x."B" as "c" from "Lower" as x`)
	if err != nil {
		t.Fatal(err)
	}
	if got := res.Columns[0].Name + " " + res.Columns[1].Name; got != "A C" {
		t.Errorf("columns %s", got)
	}
	res.Close()
	run(t, s, "alter session unset quoted_identifiers_ignore_case")
	want(t, s, "show tables like 'lower' in schema public", want1(t, s, "show tables starts with 'LOWER'"))

	run(t, s, "alter session set timestamp_type_mapping = timestamp_ltz", "create table stamped (a timestamp, b timestamp_ntz)")
	want(t, s, "select column_name, data_type from information_schema.columns where table_name = 'STAMPED' order by 1", "A|TIMESTAMP_LTZ\nB|TIMESTAMP_NTZ")

	run(t, s, "alter session set rows_per_resultset = 3")
	want(t, s, "select column1 from values (1), (2), (3), (4), (5)", "1\n2\n3")
	want(t, s, "select count(*) from table(result_scan(last_query_id()))", "3")
}

// TestSequences count by their steps, and go on where they are when these
// change.
func TestSequences(t *testing.T) {
	s := session(t, open(t, duckdb.Config{}))
	run(t, s, "create sequence sq start = 5 increment = 10")
	want(t, s, "select sq.nextval, sq.nextval", "5|15")
	run(t, s, "alter sequence sq set increment = 100", "alter sequence sq set comment = 'counts'")
	want(t, s, "select sq.nextval", "25")
	want(t, s, "select sq.nextval", "125")
	want(t, s, `select "INCREMENT", comment from information_schema.sequences`, "100|counts")
	run(t, s, "alter sequence if exists nowhere set comment = 'x'")
	refusedWith(t, s, "alter sequence nowhere set comment = 'x'", 2003)
}

// TestDescribeManyTables describes statements that give several counts.
func TestDescribeManyTables(t *testing.T) {
	s := session(t, open(t, duckdb.Config{}))
	run(t, s, "create table a (x int)", "create table b (x int)")
	for sql, want := range map[string]string{
		"merge into a using b on a.x = b.x when matched then delete":                                         "number of rows deleted",
		"merge into a using b on a.x = b.x when not matched then insert values (1) when matched then delete": "number of rows inserted",
	} {
		d, err := warehouse.Describe(t.Context(), s, sql)
		if err != nil || d.Columns[0].Name != want {
			t.Errorf("%s: %v, error %v", sql, d.Columns, err)
		}
	}
}
