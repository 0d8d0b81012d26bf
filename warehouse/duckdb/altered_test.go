package duckdb_test

import (
	"testing"
	"time"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb"
)

// TestLastAltered changes a table in every way, and opens the warehouse anew:
// LAST_ALTERED moves, CREATED stays.
func TestLastAltered(t *testing.T) {
	dir := t.TempDir()
	w := open(t, duckdb.Config{Dir: dir})
	s := session(t, w)
	run(t, s, "create table laps (id int)", "create table other as select 1 as id",
		"set (was, made) = (select last_altered::varchar, created::varchar from information_schema.tables where table_name = 'LAPS')")
	moved := func(by string) {
		t.Helper()
		t.Run(by, func(t *testing.T) {
			want(t, s, "select last_altered::varchar > $was, created::varchar = $made from information_schema.tables where table_name = 'LAPS'", "true|true")
			run(t, s, "set was = (select last_altered::varchar from information_schema.tables where table_name = 'LAPS')")
		})
	}
	for _, change := range []string{"insert into laps values (1), (2)", "update laps set id = 3 where id = 2", "delete from laps where id = 3",
		"merge into laps using other on laps.id = other.id when matched then update set id = 7", "insert all into laps into other select 5 as id",
		"insert overwrite into laps select 6", "truncate table laps", "alter table laps add column name varchar(5)"} {
		time.Sleep(2 * time.Millisecond)
		run(t, s, change)
		moved(change)
	}
	time.Sleep(2 * time.Millisecond)
	run(t, s, "begin", "insert into laps values (8, 'x')", "commit")
	moved("commit")
	time.Sleep(2 * time.Millisecond)
	if _, err := load(t, s, "other", warehouse.LoadAppend, reader(t, ints, 3, 3, number, nil)); err != nil {
		t.Fatal(err)
	}
	want(t, s, "select last_altered::varchar > $was from information_schema.tables where table_name = 'OTHER'", "true")
	run(t, s, "begin", "insert into laps values (9, 'y')", "rollback")
	want(t, s, "select last_altered::varchar = $was from information_schema.tables where table_name = 'LAPS'", "true")
	was, err := rows(t.Context(), s, "select table_name, last_altered, created from information_schema.tables order by 1")
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	want(t, session(t, open(t, duckdb.Config{Dir: dir})), "select table_name, last_altered, created from information_schema.tables order by 1", was)
}

// TestLoadedTable says of a table that rows were loaded into what it says of
// one that a statement made.
func TestLoadedTable(t *testing.T) {
	s := session(t, open(t, duckdb.Config{}))
	run(t, s, "create view v as select 1 as a")
	for _, table := range []string{"fresh", "v"} {
		if _, err := load(t, s, table, warehouse.LoadReplace, reader(t, ints, 3, 3, number, nil)); err != nil {
			t.Fatal(err)
		}
	}
	want(t, s, "select table_name, row_count, created is not null, last_altered >= created from information_schema.tables order by 1", "FRESH|3|true|true", "V|3|true|true")
}
