package duckdb_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/apache/arrow-go/v18/arrow"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb"
)

// Rows that are loaded keep nine digits of a second, in a new table and in one
// that had six. Those with none to keep make a table as ever.
// Source: https://docs.snowflake.com/en/sql-reference/data-types-datetime.
func TestLoadNanoseconds(t *testing.T) {
	s := session(t, open(t, duckdb.Config{}))
	fields := []arrow.Field{{Name: "N", Type: &arrow.TimestampType{Unit: arrow.Nanosecond}, Nullable: true}, {Name: "L", Type: &arrow.TimestampType{Unit: arrow.Nanosecond, TimeZone: "UTC"}, Nullable: true},
		{Name: "C", Type: arrow.FixedWidthTypes.Time64ns, Nullable: true}, {Name: "Z", Type: warehouse.ZonedType(arrow.Nanosecond), Nullable: true}}
	columns := []warehouse.Column{{Name: "N", Type: warehouse.TimestampNTZ, Precision: 9, Nullable: true}, {Name: "L", Type: warehouse.TimestampLTZ, Precision: 9, Nullable: true},
		{Name: "C", Type: warehouse.Time, Precision: 9, Nullable: true}, {Name: "Z", Type: warehouse.TimestampTZ, Precision: 9, Nullable: true}}
	rows := func(nanos string) string {
		return strings.ReplaceAll(`{"N": "2024-02-29T12:34:56.123456#", "L": "1969-12-31T23:59:59.123456#Z", "C": "12:34:56.123456#", "Z": "2024-02-29T12:34:56.123456#+01:00"}`, "#", nanos)
	}
	put := func(table string, mode warehouse.LoadMode, nanos string) {
		t.Helper()
		both := func(i int) string { return []string{rows(nanos), `{}`}[i] }
		if _, err := s.(warehouse.Loader).Load(t.Context(), table, mode, columns, reader(t, arrow.NewSchema(fields, nil), 2, 2, both, nil)); err != nil {
			t.Fatal(err)
		}
	}
	const all = "select to_char(n, 'SS.FF9'), to_char(l, 'SS.FF9'), to_char(c, 'SS.FF9'), to_char(z, 'HH24 SS.FF9 TZH') from "
	put("fresh", warehouse.LoadReplace, "789")
	want(t, s, all+"fresh where n is not null", "56.123456789|59.123456789|56.123456789|12 56.123456789 +01")
	want(t, s, "select count(*), count(n), count(l), count(c), count(z) from fresh", "2|1|1|1|1")
	put("six", warehouse.LoadReplace, "000")
	want(t, s, "select hash(n) = hash(n) from six where n is not null", "true") // which nine digits would refuse
	put("six", warehouse.LoadAppend, "789")
	want(t, s, all+"six where n is not null order by n", "56.123456000|59.123456000|56.123456000|12 56.123456000 +01", "56.123456789|59.123456789|56.123456789|12 56.123456789 +01")
}

// Values that are bound keep nine digits, beside others, and a result that was
// kept has them too.
func TestBoundNanoseconds(t *testing.T) {
	s := session(t, open(t, duckdb.Config{}))
	at := time.Date(2024, 2, 29, 12, 34, 56, 123456789, time.UTC)
	run(t, s, "create table t (id int, n timestamp_ntz)")
	for id, bound := range []any{at, "2024-02-29 12:34:56.000000001", at.Truncate(time.Second), nil} {
		if _, err := warehouse.Exec(t.Context(), s, "insert into t values (?, ?)", int64(id), bound); err != nil {
			t.Fatal(err)
		}
	}
	want(t, s, "select to_char(n, 'SS.FF9') from t order by id", "56.123456789", "56.000000001", "56.000000000", "NULL")
	want(t, s, "select n from t where id < 3 order by id", "2024-02-29T12:34:56.123456789", "2024-02-29T12:34:56.000000001", "2024-02-29T12:34:56")
	want(t, s, "select to_char(n, 'SS.FF9') from table(result_scan(last_query_id())) order by n", "56.000000000", "56.000000001", "56.123456789")
	got, err := rows(t.Context(), s, "select id from t where n = ?", at)
	if err != nil || got != "0" {
		t.Errorf("found by its time: %s, error %v", got, err)
	}
}

// A year that nanoseconds do not reach ends a result that has begun with them, and
// one that begins with it goes on.
func TestFarNanoseconds(t *testing.T) {
	s := session(t, open(t, duckdb.Config{}))
	run(t, s, "create table t as select dateadd(ns, seq4(), '2024-01-01'::timestamp) as n from table(generator(rowcount => 200000))",
		"insert into t values ('9999-12-31 23:59:59.999999999')")
	want(t, s, "select to_char(max(n), 'YYYY SS.FF9') from t", "9999 59.999999999")
	_, err := rows(t.Context(), s, "select n from t order by n")
	var e *warehouse.Error
	if !errors.As(err, &e) || e.Code != 2019 || !strings.Contains(e.Message, "after 2262") {
		t.Errorf("error %v", err)
	}
	if got, err := rows(t.Context(), s, "select n from t order by n desc"); err != nil || !strings.HasPrefix(got, "9999-12-31 23:59:59.999") {
		t.Errorf("%.60s, error %v", got, err)
	}
}

// A statement with nine digits is described as it runs.
func TestDescribeNanoseconds(t *testing.T) {
	s := session(t, open(t, duckdb.Config{}))
	d, err := s.(warehouse.Describer).Describe(t.Context(), "select '2024-02-29 12:34:56.123456789'::timestamp_ntz as n, to_time('12:34:56.000000001') as c")
	if err != nil || len(d.Columns) != 2 || d.Columns[0].SQL() != "TIMESTAMP_NTZ" || d.Columns[1].Type != warehouse.Time {
		t.Errorf("%v, error %v", d.Columns, err)
	}
}
