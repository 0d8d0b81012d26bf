package duckdb_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/snowpit-dev/snowpit/warehouse/duckdb"
)

// furnished has one of everything in a schema S of a database D, a file of each
// stage loaded, and a foreign key to it from outside.
func furnished(t *testing.T, config duckdb.Config) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "a.csv")
	if err := os.WriteFile(file, []byte("7,x\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	w := open(t, config)
	run(t, session(t, w), "create database d comment = 'of points'", "create schema d.s data_retention_time_in_days = 3", "use schema d.s",
		"create sequence counter start = 5", "create file format commas type = csv", "create tag kept_for",
		"create table t (a int not null, b varchar(3) default 'x', primary key (a)) comment = 'of rows'",
		"create table d.public.far (a int, foreign key (a) references d.s.t (a))",
		"create view v as select a, b from t", "create function twice(x int) returns int as 'x * 2'",
		"create stage files comment = 'of points' file_format = (format_name = commas)",
		"put file://"+file+" @files auto_compress = false", "put file://"+file+" @%t/own auto_compress = false",
		"copy into t from @files", "alter table t modify column b set tag kept_for = 'ever'",
		"create role if not exists reader", "grant select on table t to role reader",
		"grant usage on schema s to role reader", "grant usage on database d to role reader")
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
}

// holds looks for all of it under another name, in a process that comes later.
func holds(t *testing.T, config duckdb.Config, database, schema, was string) {
	t.Helper()
	s := session(t, open(t, config))
	at := database + "." + schema
	want(t, s, "select a, b, "+at+".twice(a), "+at+".counter.nextval from "+at+".v", "7|x|14|5")
	refusedSaying(t, s, "insert into "+at+".t values (null, 'y')", 100072, "")
	refusedSaying(t, s, "select * from "+was+".t", 2003, "")
	run(t, s, "use schema "+at)
	want(t, s, "copy into t from @files", "Copy executed with 0 files processed.") // it was loaded before
	want(t, s, "select $1, $2 from @files", "7|x")
	want(t, s, "select $1 from @%t/own", "7")
	run(t, s, "show stages")
	want(t, s, `select "name", "comment" from table(result_scan(last_query_id()))`, "FILES|of points")
	run(t, s, "show stages in account")
	want(t, s, `select "database_name", "schema_name" from table(result_scan(last_query_id()))`, database+"|"+schema)
	run(t, s, "show tables")
	want(t, s, `select "name", "comment", "rows" from table(result_scan(last_query_id()))`, "T|of rows|1")
	run(t, s, "show parameters like 'data_retention%' in schema")
	want(t, s, `select "value", "level" from table(result_scan(last_query_id()))`, "3|SCHEMA")
	run(t, s, "show imported keys in table "+database+".public.far")
	want(t, s, `select "pk_database_name", "pk_schema_name", "pk_table_name" from table(result_scan(last_query_id()))`, database+"|"+schema+"|T")
	run(t, s, "show grants to role reader")
	want(t, s, `select "privilege", "name" from table(result_scan(last_query_id())) order by all`,
		"SELECT|"+at+".T", "USAGE|"+database, "USAGE|"+at)
	run(t, s, "show tags")
	want(t, s, `select "name", "schema_name" from table(result_scan(last_query_id()))`, "KEPT_FOR|"+schema)
	want(t, s, "select system$get_tag('kept_for', 't.b', 'column')", "ever")
	run(t, s, "show databases like '"+database+"'")
	want(t, s, `select "name", "comment" from table(result_scan(last_query_id()))`, database+"|of points")
}

func TestRenameSchema(t *testing.T) {
	config := duckdb.Config{Dir: t.TempDir(), Stages: stages(t), LocalFiles: true}
	furnished(t, config)
	w := open(t, config)
	s := session(t, w)
	refusedSaying(t, s, "alter schema d.s rename to d.public", 2002, "PUBLIC")
	refusedSaying(t, s, "alter schema d.nosuch rename to d.other", 2043, "")
	run(t, s, "alter schema if exists d.nosuch rename to d.other", "use schema d.s", "alter schema d.s rename to d.other")
	want(t, s, "select current_database() || '.' || current_schema()", "D.OTHER")
	w.Close()
	holds(t, config, "D", "OTHER", "D.S")
}

func TestRenameDatabase(t *testing.T) {
	config := duckdb.Config{Dir: t.TempDir(), Stages: stages(t), LocalFiles: true}
	furnished(t, config)
	w := open(t, config)
	s := session(t, w)
	refusedSaying(t, s, "alter database d rename to t", 2002, "T")
	refusedSaying(t, s, "alter database nosuch rename to other", 2003, "NOSUCH")
	run(t, s, "alter database if exists nosuch rename to other", "use schema d.s", "alter database d rename to other")
	want(t, s, "select current_database() || '.' || current_schema()", "OTHER.S")
	refusedSaying(t, s, "use database d", 2043, "")
	w.Close()
	holds(t, config, "OTHER", "S", "D.S")
}

// Where the copy cannot be made, all is as it was.
func TestRenameHalfway(t *testing.T) {
	config := duckdb.Config{Dir: t.TempDir(), Stages: stages(t), LocalFiles: true}
	furnished(t, config)
	s := session(t, open(t, config))
	run(t, s, "create table d.public.base (a int)", "create view d.s.broken as select a from d.public.base", "drop table d.public.base", "use schema d.s")
	for _, sql := range []string{"alter schema d.s rename to d.other", "alter database d rename to other"} {
		refusedSaying(t, s, sql, 2003, "BASE")
		want(t, s, "select current_database() || '.' || current_schema()", "D.S")
		want(t, s, "select a from t", "7")
		want(t, s, "select $1 from @files", "7")
		refusedSaying(t, s, "use schema d.other", 2043, "")
		refusedSaying(t, s, "use database other", 2043, "")
	}
}
