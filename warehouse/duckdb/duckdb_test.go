package duckdb_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/extensions"
	"github.com/google/go-cmp/cmp"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb"
)

// open is a warehouse that the test closes.
func open(t testing.TB, config duckdb.Config) *duckdb.Warehouse {
	t.Helper()
	w, err := duckdb.Open(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { w.Close() })
	return w
}

// session is a session in PUBLIC of the database T, which the test closes.
func session(t testing.TB, w *duckdb.Warehouse) warehouse.Session {
	t.Helper()
	s, err := w.Open(t.Context(), warehouse.SessionOptions{Database: "T"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func run(t testing.TB, s warehouse.Session, statements ...string) {
	t.Helper()
	for _, sql := range statements {
		if _, err := warehouse.Exec(t.Context(), s, sql); err != nil {
			t.Fatalf("%s: %v", sql, err)
		}
	}
}

// rows is a query's result as text: a row a line, columns divided by bars.
func rows(ctx context.Context, s warehouse.Session, sql string, args ...any) (string, error) {
	res, err := s.Query(ctx, sql, args...)
	if err != nil {
		return "", err
	}
	defer res.Close()
	var lines []string
	for batch, err := range res.Batches() {
		if err != nil {
			return "", err
		}
		for i := range int(batch.NumRows()) {
			lines = append(lines, line(batch, i))
		}
	}
	return strings.Join(lines, "\n"), nil
}

func line(batch arrow.RecordBatch, row int) string {
	cells := make([]string, batch.NumCols())
	for i, col := range batch.Columns() {
		cells[i] = "NULL"
		if col.IsValid(row) {
			cells[i] = col.ValueStr(row)
			if zoned, ok := col.(*extensions.TimestampWithOffsetArray); ok && col.IsValid(row) {
				cells[i] = zoned.Value(row).Format(time.RFC3339Nano)
			}
		}
	}
	return strings.Join(cells, "|")
}

// want fails the test unless the query gives these lines.
func want(t testing.TB, s warehouse.Session, sql string, lines ...string) {
	t.Helper()
	got, err := rows(t.Context(), s, sql)
	if err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	if diff := cmp.Diff(strings.Join(lines, "\n"), got); diff != "" {
		t.Errorf("%s\nwant -, got +:\n%s", sql, diff)
	}
}

// TestTypes reads each DuckDB type that a statement can bring forth.
func TestTypes(t *testing.T) {
	s := duckdb.Raw(session(t, open(t, duckdb.Config{})))
	for _, c := range []struct{ expr, column, value string }{
		{"true", "BOOLEAN", "true"},
		{"7::tinyint", "NUMBER(38,0)", "7"},
		{"-7::smallint", "NUMBER(38,0)", "-7"},
		{"7::integer", "NUMBER(38,0)", "7"},
		{"9223372036854775807", "NUMBER(38,0)", "9223372036854775807"},
		{"255::utinyint", "NUMBER(38,0)", "255"},
		{"65535::usmallint", "NUMBER(38,0)", "65535"},
		{"4294967295::uinteger", "NUMBER(38,0)", "4294967295"},
		{"18446744073709551615::ubigint", "NUMBER(38,0)", "18446744073709551615"},
		{"-170141183460469231731::hugeint", "NUMBER(38,0)", "-170141183460469231731"},
		{"1.5", "NUMBER(2,1)", "1.5"},
		{"-123456.78::decimal(9,2)", "NUMBER(9,2)", "-123456.78"},
		{"-123456789012.5::decimal(18,1)", "NUMBER(18,1)", "-123456789012.5"},
		{"-12345678901234567890.123::decimal(38,3)", "NUMBER(38,3)", "-12345678901234567890.123"},
		{"12::decimal(4,0)", "NUMBER(4,0)", "12"},
		{"12::decimal(18,0)", "NUMBER(18,0)", "12"},
		{"12::decimal(38,0)", "NUMBER(38,0)", "12"},
		{"0.1::double", "FLOAT", "0.1"},
		{"'ä'", "VARCHAR", "ä"},
		{"'a text that is longer than twelve bytes'", "VARCHAR", "a text that is longer than twelve bytes"},
		{"date '2020-02-29'", "DATE", "2020-02-29"},
		{"time '12:34:56.789'", "TIME", "12:34:56.789000"},
		{"timestamp '2020-02-29 12:34:56.789'", "TIMESTAMP_NTZ", "2020-02-29T12:34:56.789"},
		{"'2020-02-29 12:34:56.123456789'::timestamp_ns", "TIMESTAMP_NTZ", "2020-02-29T12:34:56.123456789"},
		{"'2020-02-29 12:34:56'::timestamp_s", "TIMESTAMP_NTZ", "2020-02-29T12:34:56"},
		{"'2020-02-29 12:34:56.5'::timestamp_ms", "TIMESTAMP_NTZ", "2020-02-29T12:34:56.5"},
		{"timestamptz '2020-02-29 12:34:56+02'", "TIMESTAMP_LTZ", "2020-02-29T10:34:56Z"},
		{"'ab'::blob", "BINARY", "YWI="},
		{`'{"a": 1}'::json`, "VARIANT", `{"a": 1}`},
		{"[1, null, 3]", "ARRAY", "[1,null,3]"},
		{"{'a': 1.50, 'b': ['x', null], 'c': {'d': true}}", "OBJECT", `{"a":1.50,"b":["x",null],"c":{"d":true}}`},
		{"map {'k': 1, 'l': 2}", "OBJECT", `{"k":1,"l":2}`},
		{"[date '2020-01-02']", "ARRAY", `["2020-01-02"]`},
		{"'01234567-89ab-cdef-0123-456789abcdef'::uuid", "VARCHAR", "01234567-89ab-cdef-0123-456789abcdef"},
		{"interval '1 year 2 months 3 days'", "VARCHAR", "1 year 2 months 3 days 00:00:00.000000"},
		{"'b'::enum('a', 'b')", "VARCHAR", "b"},
	} {
		t.Run(c.expr, func(t *testing.T) {
			res, err := s.Query(t.Context(), fmt.Sprintf("select %s as X union all select null", c.expr))
			if err != nil {
				t.Fatal(err)
			}
			defer res.Close()
			if got := res.Columns[0].SQL(); got != c.column {
				t.Errorf("column type %s, want %s", got, c.column)
			}
			for batch, err := range res.Batches() {
				if err != nil {
					t.Fatal(err)
				}
				if got := line(batch, 0); got != c.value {
					t.Errorf("got %s, want %s", got, c.value)
				}
				if batch.Column(0).IsValid(1) {
					t.Error("the null is lost")
				}
			}
		})
	}
}

// TestRoleAndWarehouse: a session says those it was opened with, and those it
// was told to use.
func TestRoleAndWarehouse(t *testing.T) {
	w, err := duckdb.Open(t.Context(), duckdb.Config{})
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	s, err := w.Open(t.Context(), warehouse.SessionOptions{Role: "loader", Warehouse: "WH_S"})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for _, step := range []struct{ sql, want string }{
		{"", "LOADER WH_S"}, {"use role reader", "READER WH_S"}, {`use warehouse "wh l"`, "READER wh l"}, {"use secondary roles all", "READER wh l"},
	} {
		if step.sql != "" {
			if _, err := warehouse.Exec(t.Context(), s, step.sql); err != nil {
				t.Fatal(err)
			}
		}
		res, err := s.Query(t.Context(), "select current_role() || ' ' || current_warehouse()")
		if err != nil {
			t.Fatal(err)
		}
		for batch, err := range res.Batches() {
			if got := batch.Column(0).ValueStr(0); err != nil || got != step.want {
				t.Errorf("%s: got %s, %v, want %s", step.sql, got, err, step.want)
			}
		}
		res.Close()
	}
}

// TestNullsOfWideNumbers: what DuckDB leaves where a null stands is no number
// that could be out of range.
func TestNullsOfWideNumbers(t *testing.T) {
	w, err := duckdb.Open(t.Context(), duckdb.Config{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	s, err := w.Open(t.Context(), warehouse.SessionOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if _, err := warehouse.Exec(t.Context(), s, "create table wide as select seq8()::number(38,0) % 3 as k, case when seq8() % 3 = 0 then null else seq8()::number(38,0) end as v from table(generator(rowcount => 10000))"); err != nil {
		t.Fatal(err)
	}
	if _, err := warehouse.Exec(t.Context(), s, "create table counted as select k, sum(case when v is null then null else v > 7 end::int) as x from wide group by k"); err != nil {
		t.Fatal(err)
	}
	for _, sql := range []string{
		"select x from counted", "select sum(v) as x from wide group by k", "select max(v) as x from wide group by k", "select min(v) as x from wide group by k",
		"select v as x from wide", "select lag(v) over (partition by k order by v) as x from wide", "select sum(v) over (partition by k order by v) as x from wide",
		"select max(v) over (partition by k) as x from wide", "select a.v as x from wide a left join wide b on a.v = b.v + 1",
		"select b.v as x from wide a left join wide b on a.v = b.v + 100000",
	} {
		res, err := s.Query(t.Context(), sql)
		if err != nil {
			t.Errorf("%s: %v", sql, err)
			continue
		}
		for batch, err := range res.Batches() {
			if err != nil {
				t.Errorf("%s: %v", sql, err)
			} else if batch.Column(0).NullN() == 0 && batch.NumRows() < 10 {
				t.Errorf("%s: no null", sql)
			}
		}
		res.Close()
	}
}
