package duckdb_test

import (
	"database/sql"
	"path/filepath"
	"testing"

	_ "github.com/duckdb/duckdb-go/v2"

	"github.com/snowpit-dev/snowpit/warehouse/duckdb"
)

// earlier changes the file of the database T as an earlier version had it.
func earlier(t *testing.T, dir string, statements ...string) {
	t.Helper()
	db, err := sql.Open("duckdb", filepath.Join(dir, "databases", "T.duckdb"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, statement := range append([]string{"set TimeZone = 'UTC'"}, statements...) {
		if _, err := db.Exec(statement); err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
	}
}

// TestMigrate opens a file whose columns of TIMESTAMP_TZ have no offsets, as
// earlier versions wrote them: it gets those of UTC, and its views go on.
func TestMigrate(t *testing.T) {
	dir := t.TempDir()
	w, err := duckdb.Open(t.Context(), duckdb.Config{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	s := session(t, w)
	run(t, s,
		"create table t (id int, ts timestamp_tz, made timestamp_tz default current_timestamp())",
		"create view days as select id, ts, ts::date as d from t",
		"create table ns (n timestamp_ntz)", "insert into ns values ('2024-01-01 00:00:00')",
		"create view later as select dateadd(hour, 1, ts) as l from days")
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	earlier(t, dir,
		"alter table PUBLIC.NS alter column N type timestamp_ns using timestamp_ns '2024-01-01 00:00:00.123456789'",
		"drop view PUBLIC.LATER", "drop view PUBLIC.DAYS",
		"alter table PUBLIC.T alter column MADE drop default",
		"alter table PUBLIC.T alter column TS type timestamptz using null",
		"alter table PUBLIC.T alter column MADE type timestamptz using null",
		"alter table PUBLIC.T alter column MADE set default now()",
		"insert into PUBLIC.T (ID, TS) values (1, '2024-01-01 23:30:00+00'), (2, null)",
		"create view PUBLIC.DAYS as select ID, TS, cast(TS as date) as D from PUBLIC.T",
		"create view PUBLIC.LATER as select TS + interval 1 hour as L from PUBLIC.DAYS",
		`comment on view PUBLIC.DAYS is '{"snowpit":1,"created":"2024-01-02T00:00:00Z","text":"create view days as select id, ts, ts::date as d from t"}'`,
		`comment on view PUBLIC.LATER is '{"snowpit":1,"created":"2024-01-01T00:00:00Z","text":"create view later as select dateadd(hour, 1, ts) as l from days"}'`)

	for range 2 { // the second time there is nothing to do
		w, err := duckdb.Open(t.Context(), duckdb.Config{Dir: dir})
		if err != nil {
			t.Fatal(err)
		}
		s := session(t, w)
		want(t, s, "select id, ts from t order by id", "1|2024-01-01T23:30:00Z", "2|NULL")
		want(t, s, "select ts, d from days where id = 1", "2024-01-01T23:30:00Z|2024-01-01")
		want(t, s, "select to_char(n, 'SS.FF9') from ns", "00.123456789")
		want(t, s, "select l from later where l is not null", "2024-01-02T00:30:00Z")
		run(t, s, "insert into t (id, ts) values (3, '2024-01-01 00:00:00 +0900')")
		want(t, s, "select ts, made is null from t where id = 3", "2024-01-01T00:00:00+09:00|false")
		run(t, s, "delete from t where id = 3")
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
	}
}
