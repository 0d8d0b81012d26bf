package duckdb_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb"
)

func openMemory(t *testing.T) (*duckdb.Warehouse, warehouse.Session) {
	t.Helper()
	w, err := duckdb.Open(t.Context(), duckdb.Config{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { w.Close() })
	s, err := w.Open(t.Context(), warehouse.SessionOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return w, s
}

// Describing says what a statement gives and runs nothing.
func TestDescribe(t *testing.T) {
	_, s := openMemory(t)
	for _, sql := range []string{
		"create table t (id number(38,0), price number(10,2), name varchar)", "create temporary table gone (a date)",
		"create function twice(x number) returns number as 'x * 2'", "set wanted = 'GONE'",
	} {
		if _, err := warehouse.Exec(t.Context(), s, sql); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		sql, kind string
		columns   []string
		binds     int
	}{
		{"select id, price, upper(name) from t where id = ?", "SELECT", []string{"ID NUMBER(38,0)", "PRICE NUMBER(10,2)", "UPPER(NAME) VARCHAR"}, 1},
		{"insert into t values (?, ?, ?)", "INSERT", []string{"number of rows inserted NUMBER(38,0)"}, 3},
		{"delete from t", "DELETE", []string{"number of rows deleted NUMBER(38,0)"}, 0},
		{"select * from gone", "SELECT", []string{"A DATE"}, 0},
		{"select max(a) from identifier($wanted)", "SELECT", []string{"MAX(A) DATE"}, 0},
		{"insert into gone values (?)", "INSERT", []string{"number of rows inserted NUMBER(38,0)"}, 1},
		{"select twice(4) as n", "SELECT", []string{"N NUMBER(38,0)"}, 0},
		{"drop table t", "DROP", []string{"status VARCHAR"}, 0},
	} {
		d, err := warehouse.Describe(t.Context(), s, c.sql)
		if err != nil {
			t.Errorf("%s: %v", c.sql, err)
			continue
		}
		var columns []string
		for _, col := range d.Columns {
			columns = append(columns, col.Name+" "+col.SQL())
		}
		if diff := cmp.Diff(c.columns, columns); diff != "" || d.Kind != c.kind || d.Binds != c.binds {
			t.Errorf("%s: kind %s, %d binds, columns (want -, got +):\n%s", c.sql, d.Kind, d.Binds, diff)
		}
	}
	var refused *warehouse.Error
	if _, err := warehouse.Describe(t.Context(), s, "select * from nosuch"); !errors.As(err, &refused) || refused.Code != 2003 || refused.QueryID == "" {
		t.Errorf("describing a table that is not there: %v", err)
	}
	if n, err := warehouse.Exec(t.Context(), s, "delete from t"); err != nil || n != 0 {
		t.Errorf("after describing, deleting changed %d rows: %v", n, err)
	}
}

func TestLocationFollowsUse(t *testing.T) {
	_, s := openMemory(t)
	for _, c := range []struct{ sql, want string }{
		{"create database d1", "D1.PUBLIC"}, {"create schema s1", "D1.S1"}, {"use database snowpit", "SNOWPIT.PUBLIC"}, {"use schema d1.s1", "D1.S1"},
	} {
		if _, err := warehouse.Exec(t.Context(), s, c.sql); err != nil {
			t.Fatal(err)
		}
		if db, schema := warehouse.Location(s); db+"."+schema != c.want {
			t.Errorf("after %s in %s.%s, want %s", c.sql, db, schema, c.want)
		}
	}
}

// A statement has the id that its caller wants.
func TestQueryID(t *testing.T) {
	w, s := openMemory(t)
	const id = "01980000-0000-7000-8000-0000000000aa"
	res, err := s.Query(warehouse.WithQueryID(t.Context(), id), "select 1")
	if err != nil {
		t.Fatal(err)
	}
	res.Close()
	if res.QueryID != id {
		t.Errorf("the result has id %s", res.QueryID)
	}
	for st := range w.History(t.Context(), warehouse.HistoryFilter{Limit: 1}) {
		if st.QueryID != id {
			t.Errorf("the history has id %s", st.QueryID)
		}
	}
}
