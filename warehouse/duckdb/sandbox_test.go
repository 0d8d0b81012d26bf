package duckdb_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb"
)

// TestTakenNames makes databases and schemas under the names that DuckDB has
// for itself; attaching one of those ends the instance.
func TestTakenNames(t *testing.T) {
	w := open(t, duckdb.Config{Dir: t.TempDir()})
	s := session(t, w)
	for _, name := range []string{"system", "temp", "memory", "main", "__SF", "snowpit_draft", `"System"`} {
		refusedSaying(t, s, "create database "+name, 2019, "Unsupported by Snowpit")
	}
	for _, name := range []string{"main", "pg_catalog", `"Main"`} {
		refusedSaying(t, s, "create schema "+name, 2019, "a schema named")
		refusedSaying(t, s, "create table "+name+".t (a int)", 2003, "does not exist")
		refusedSaying(t, s, "use schema "+name, 2043, "does not exist")
	}
	if _, err := w.Open(t.Context(), warehouse.SessionOptions{Database: "SYSTEM"}); err == nil {
		t.Error("a session in the database SYSTEM")
	}
	if _, err := w.Open(t.Context(), warehouse.SessionOptions{Schema: "MAIN"}); err == nil {
		t.Error("a session in the schema MAIN")
	}
	refusedSaying(t, s, `create schema "public"`, 2019, "differ in case only")
	refusedSaying(t, s, `use schema "public"`, 2043, "public")
	want(t, s, "select 1", "1")
}

// TestOwnSchemaIsClosed looks for ways to what the warehouse keeps of a
// database, beside its INFORMATION_SCHEMA.
func TestOwnSchemaIsClosed(t *testing.T) {
	s := session(t, open(t, duckdb.Config{}))
	for _, sql := range []string{
		`select * from snowpit_information_schema."__STAGES"`, `select * from T."SNOWPIT_INFORMATION_SCHEMA"."__STAGES"`,
		`select * from identifier('snowpit_information_schema."__STAGES"')`, `select * from table('snowpit_information_schema."__STAGES"')`,
		`delete from snowpit_information_schema."__STAGES"`, `drop table snowpit_information_schema."__LOADS"`,
		"create table snowpit_information_schema.x (a int)", "use schema snowpit_information_schema", "drop schema snowpit_information_schema",
		"create or replace schema snowpit_information_schema", "alter schema snowpit_information_schema set comment = 'x'",
		`truncate table snowpit_information_schema."__LOADS"`, `create table x clone snowpit_information_schema."__STAGES"`,
		`create view v as select * from snowpit_information_schema."__STAGES"`,
	} {
		refusedSaying(t, s, sql, 2003, "SNOWPIT_INFORMATION_SCHEMA")
	}
	want(t, s, "select count(*) from information_schema.stages", "0")
}

// TestNamesOfFiles writes the name of a file wherever a table's can stand. All
// of it is refused before DuckDB sees it, as an object that is not there.
func TestNamesOfFiles(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "secret.csv")
	if err := os.WriteFile(path, []byte("a\nclassified\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Chdir(dir) // where DuckDB would look for "secret.csv" and PUBLIC.CSV
	s := onStage(t, map[string]string{"x.csv": "1\n"})
	run(t, s, "create table t (a varchar)", "set v = '\""+path+"\"'")
	for _, name := range []string{`"` + path + `"`, `"secret.csv"`, `"*.csv"`, `public."` + path + `"`, `T.PUBLIC."secret.csv"`, "public.csv", "T.public.parquet",
		"identifier('\"" + path + "\"')", "identifier($v)", "table('\"" + path + "\"')", "table($v)", "table('\"secret.csv\"')"} {
		for _, sql := range []string{
			"select * from %", "select (select count(*) from %)", "with q as (select * from %) select * from q", "insert into t select * from %",
			"create table u as select * from %", "create view u as select * from %", "merge into t using % as s on false when not matched then insert values ('x')",
			"update t set a = 'x' from % as s", "delete from t using % as s", "explain select * from %", "select * from t, lateral (select * from %)",
			"copy into @s/u from (select * from %)", `select (with "secret.csv" as (select 1) select 1), (select count(*) from %)`,
			"create function f() returns table (a varchar) as $$ select a from % $$", "create function f() returns int as $$ (select count(*) from %) $$",
		} {
			refusedSaying(t, s, replacePercent(sql, name), 2003, "does not exist or not authorized")
		}
	}
	for _, name := range []string{`"` + path + `"`, `"secret.csv"`, "public.csv"} {
		for _, sql := range []string{"copy into @s/u from %", "create table u like %", "create table u clone %", "insert into % values (1)", "describe table %"} {
			refusedSaying(t, s, replacePercent(sql, name), 2003, "does not exist or not authorized")
		}
	}
	run(t, s, `create view "secret.csv" as select 'mine' as a`)
	want(t, s, `select * from "secret.csv"`, "mine")
	want(t, s, `select * from table('"secret.csv"')`, "mine")
}

// TestMuchOfLittle makes values that no memory has room for. DuckDB's memory
// limit does not count them: each must be refused before it is made.
func TestMuchOfLittle(t *testing.T) {
	s := session(t, open(t, duckdb.Config{MemoryLimit: "512MB"}))
	for _, c := range []struct {
		sql  string
		code int
	}{
		{"select repeat('x', 1000000000000)", 100078},
		{"select repeat(repeat('x', 1000000), 1000000)", 100078},
		{"select lpad('x', 2000000000, 'y')", 100078},
		{"select rpad('x', 2000000000)", 100078},
		{"select space(2000000000)", 100078},
		{"select randstr(2000000000, 1)", 100078},
		{"select length(replace(repeat('x', 1000000), 'x', repeat('y', 1000000)))", 100078},
		{"select array_generate_range(0, 5000000000)", 100082},
		{"select sum(length(repeat('x', 1000000 + seq4()))) from table(generator(rowcount => 2048))", 300005},
		{"select sum(length(lpad('x', 1000000 + seq4()))) from table(generator(rowcount => 2048))", 300005},
		{"select sum(array_size(array_generate_range(0, 1000000 + seq4()))) from table(generator(rowcount => 2048))", 300005},
		{"select parse_json(repeat('[', 1000000))", 100069},
		{"select regexp_count('x', '(a|aa){1000}{1000}{1000}')", 100048},
	} {
		refusedSaying(t, s, c.sql, c.code, "")
	}
	want(t, s, "select length(repeat('ab', 1000000)), length(to_char(1, repeat('9', 100000))), regexp_like(repeat('a', 100000), '(((a*)*)*)*b')", "2000000|100001|false")
}

func replacePercent(sql, name string) string { return strings.ReplaceAll(sql, "%", name) }
