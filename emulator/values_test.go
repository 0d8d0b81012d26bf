package emulator_test

import (
	"database/sql"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	sf "github.com/snowflakedb/gosnowflake"

	"github.com/snowpit-dev/snowpit/emulator"
)

// everyType has a column of each type, a row of values, one of nulls and one of
// edges.
const everyType = `select column1::number(38,0) as whole, column2::number(10,2) as price, column3::number(38,10) as wide, column4::float as real,
	column5::varchar as name, column6::boolean as yes, column7::date as day, column8::time as clock,
	column9::timestamp_ntz as naive, column10::timestamp_ltz as local, column11 as raw,
	parse_json(column12) as doc from values
	(1, 12.34, 1234567890123456789012345678.5, 1.5, 'é"\\', true, '2024-02-29', '12:34:56.789', '2024-02-29 12:34:56.789', '2024-02-29 12:34:56+00:00', X'DEADBEEF', '{"a":[1,null]}'),
	(null, null, null, null, null, null, null, null, null, null, null, null),
	(-9223372036854775808, -0.01, -0.5, -1e300, '', false, '0001-01-01', '00:00:00', '1969-12-31 23:59:58.5', '1969-12-31 23:59:58.5+00:00', X'', '"x"')`

// show is a value as the driver gives it, with its type.
func show(v any) string {
	switch v := v.(type) {
	case time.Time:
		return v.Format("2006-01-02T15:04:05.999999999Z07:00")
	case []byte:
		return fmt.Sprintf("%x", v)
	case string:
		return strings.Join(strings.Fields(v), "")
	}
	return fmt.Sprint(v)
}

func table(t *testing.T, db *sql.DB, query string, args ...any) (out [][]string) {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), query, args...)
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		t.Fatal(err)
	}
	for rows.Next() {
		values, into := make([]any, len(columns)), make([]any, len(columns))
		for i := range values {
			into[i] = &values[i]
		}
		if err := rows.Scan(into...); err != nil {
			t.Fatal(err)
		}
		row := make([]string, len(columns))
		for i, v := range values {
			row[i] = show(v)
		}
		out = append(out, row)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return out
}

func TestEveryTypeAsArrow(t *testing.T) {
	db := open(t, emulator.Config{}, "timezone=UTC")
	nulls := strings.Fields(strings.Repeat("<nil> ", 12))
	want := [][]string{
		{"1", "12.34", "1234567890123456789012345678.5000000000", "1.5", `é"\`, "true", "2024-02-29T00:00:00Z", "0001-01-01T12:34:56.789Z",
			"2024-02-29T12:34:56.789Z", "2024-02-29T12:34:56Z", "deadbeef", `{"a":[1,null]}`},
		nulls,
		{"-9223372036854775808", "-0.01", "-0.5000000000", "-1e+300", "", "false", "0001-01-01T00:00:00Z", "0001-01-01T00:00:00Z",
			"1969-12-31T23:59:58.5Z", "1969-12-31T23:59:58.5Z", "", `"x"`},
	}
	if diff := cmp.Diff(want, table(t, db, everyType)); diff != "" {
		t.Errorf("want -, got +:\n%s", diff)
	}
}

// JSON has everything as text, and a truth as a digit. Times before 1970 are
// left out: the Go driver reads their fractions with the wrong sign.
func TestEveryTypeAsJSON(t *testing.T) {
	db := open(t, emulator.Config{}, "timezone=UTC", "GO_QUERY_RESULT_FORMAT=JSON")
	got := table(t, db, everyType)
	want := []string{"1", "12.34", "1234567890123456789012345678.5000000000", "1.5", `é"\`, "1", "2024-02-29T00:00:00Z", "0001-01-01T12:34:56.789Z",
		"2024-02-29T12:34:56.789Z", "2024-02-29T12:34:56Z", "deadbeef", `{"a":[1,null]}`}
	if diff := cmp.Diff(want, got[0]); diff != "" {
		t.Errorf("want -, got +:\n%s", diff)
	}
	if got[2][0] != "-9223372036854775808" || got[2][1] != "-0.01" || got[2][3] != "-1e+300" {
		t.Errorf("edges: %q", got[2])
	}
}

func TestColumnTypes(t *testing.T) {
	for _, format := range []string{"JSON", "ARROW"} {
		db := open(t, emulator.Config{}, "GO_QUERY_RESULT_FORMAT="+format)
		rows, err := db.QueryContext(t.Context(), everyType)
		if err != nil {
			t.Fatal(err)
		}
		types, err := rows.ColumnTypes()
		rows.Close()
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, c := range types {
			text := c.Name() + " " + c.DatabaseTypeName()
			if p, s, ok := c.DecimalSize(); ok {
				text += fmt.Sprintf("(%d,%d)", p, s)
			}
			got = append(got, text)
		}
		want := []string{"WHOLE FIXED(38,0)", "PRICE FIXED(10,2)", "WIDE FIXED(38,10)", "REAL REAL", "NAME TEXT", "YES BOOLEAN", "DAY DATE",
			"CLOCK TIME(9,0)", "NAIVE TIMESTAMP_NTZ", "LOCAL TIMESTAMP_LTZ", "RAW BINARY", "DOC VARIANT"}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: want -, got +:\n%s", format, diff)
		}
	}
}

func TestFloats(t *testing.T) {
	for _, format := range []string{"JSON", "ARROW"} {
		db := open(t, emulator.Config{}, "GO_QUERY_RESULT_FORMAT="+format)
		var nan, inf, low float64
		if err := db.QueryRowContext(t.Context(), "select 'nan'::float, 'inf'::float, '-inf'::float").Scan(&nan, &inf, &low); err != nil {
			t.Fatal(err)
		}
		if !math.IsNaN(nan) || !math.IsInf(inf, 1) || !math.IsInf(low, -1) {
			t.Errorf("%s: %v %v %v", format, nan, inf, low)
		}
	}
}

func TestBindings(t *testing.T) {
	db := open(t, emulator.Config{}, "timezone=UTC")
	at := time.Date(2024, 2, 29, 12, 34, 56, 789012345, time.UTC)
	for _, c := range []struct {
		sql  string
		args []any
		want string
	}{
		{"select ?", []any{7}, "7"},
		{"select ? + 1", []any{int64(math.MaxInt32)}, "2147483648"},
		{"select ?", []any{1.5}, "1.5"},
		{"select ?", []any{"it's \\ \u00e9"}, "it's\\\u00e9"},
		{"select ?", []any{true}, "true"},
		{"select ?", []any{nil}, "<nil>"},
		{"select ?", []any{sf.DataTypeBinary, []byte{1, 255}}, "01ff"},
		{"select ?", []any{sf.DataTypeDate, at}, "2024-02-29T00:00:00Z"},
		{"select ?", []any{sf.DataTypeTime, at}, "0001-01-01T12:34:56.789012345Z"},
		{"select ?", []any{sf.DataTypeTimestampNtz, at}, "2024-02-29T12:34:56.789012345Z"},
		{"select ?", []any{sf.DataTypeTimestampLtz, at}, "2024-02-29T12:34:56.789012345Z"},
		{"select :2 || :1", []any{"a", "b"}, "ba"},
		{"select :who", []any{sql.Named("who", "ann")}, "ann"},
		{"select parse_json('{\"a\":{\"b\":5}}'):a:b + ?", []any{1}, "6"},
		{"select identifier(?) from values (3) t(x)", []any{"x"}, "3"},
	} {
		got := table(t, db, c.sql, c.args...)
		if len(got) != 1 || got[0][0] != c.want {
			t.Errorf("%s with %v: %q, want %s", c.sql, c.args, got, c.want)
		}
	}
	_, err := db.QueryContext(t.Context(), "select ?, ?", 1)
	if code(err) != 2049 {
		t.Errorf("a place without a value: %v", err)
	}
}

// TestOffsets has TIMESTAMP_TZ go both ways, in both formats and with few digits
// of a second and many.
func TestOffsets(t *testing.T) {
	at := time.Date(2024, 2, 29, 12, 34, 56, 789_000_000, time.FixedZone("", -(7*3600+1800)))
	for _, format := range []string{"JSON", "ARROW"} {
		db := open(t, emulator.Config{}, "GO_QUERY_RESULT_FORMAT="+format, "timezone=America%2FLos_Angeles")
		exec(t, db, "create or replace table z (a timestamp_tz, b timestamp_tz(3))")
		if _, err := db.ExecContext(t.Context(), "insert into z values (?, ?)", sf.DataTypeTimestampTz, at, sf.DataTypeTimestampTz, at); err != nil {
			t.Fatal(err)
		}
		exec(t, db, "insert into z values ('2024-02-29 12:00:00', null)")
		want := [][]string{{"2024-02-29T12:34:56.789-07:30", "2024-02-29T12:34:56.789-07:30", "2024-02-29T00:00:00Z"},
			{"2024-02-29T12:00:00-08:00", "<nil>", "2024-02-29T00:00:00Z"}}
		if diff := cmp.Diff(want, table(t, db, "select a, b, a::date from z order by b")); diff != "" {
			t.Errorf("%s: want -, got +:\n%s", format, diff)
		}
	}
}

// Lists of values make a row each, all of them or none.
func TestArrayBindings(t *testing.T) {
	db := open(t, emulator.Config{})
	exec(t, db, "create table t (id number(38,0) not null, name varchar, price number(10,2), day date)")
	n := 3000
	ids, names, prices, days := make([]int, n), make([]string, n), make([]float64, n), make([]time.Time, n)
	for i := range n {
		ids[i], names[i], prices[i], days[i] = i, fmt.Sprint("n", i), float64(i)/4, time.Unix(int64(i)*86400, 0).UTC()
	}
	res, err := db.ExecContext(t.Context(), "insert into t values (?, upper(?), ?, ?)", sf.Array(&ids), sf.Array(&names), sf.Array(&prices), sf.Array(&days, sf.DateType))
	if err != nil {
		t.Fatal(err)
	}
	if changed, _ := res.RowsAffected(); changed != int64(n) {
		t.Errorf("%d rows", changed)
	}
	if diff := cmp.Diff([][]string{{"2999", "N2999", "749.75", "1978-03-19T00:00:00Z"}}, table(t, db, "select * from t order by id desc limit 1")); diff != "" {
		t.Error(diff)
	}
	res, err = db.ExecContext(t.Context(), "update t set name = ? where id = ?", sf.Array(&[]string{"x", "y"}), sf.Array(&[]int{0, 1}))
	if err != nil {
		t.Fatal(err)
	}
	if changed, _ := res.RowsAffected(); changed != 2 {
		t.Errorf("%d rows updated", changed)
	}
	ids[2999] = 0
	if _, err := db.ExecContext(t.Context(), "insert into t (id, name) values (?, ?)", sf.Array(&ids), sf.Array(&[]string{"short"})); err == nil {
		t.Error("lists of unequal lengths were taken")
	}
	nulls := []any{1, nil}
	if _, err := db.ExecContext(t.Context(), "insert into t (id) values (?)", sf.Array(&nulls)); err == nil {
		t.Error("a null was taken for a column that has none")
	}
	if got := one[int](t, db, "select count(*) from t"); got != n {
		t.Errorf("%d rows are left, want %d", got, n)
	}
}

// A result of many rows comes in chunks, and is whole.
func TestChunks(t *testing.T) {
	for _, format := range []string{"JSON", "ARROW"} {
		db := open(t, emulator.Config{Limits: emulator.Limits{Memory: 1 << 20}}, "GO_QUERY_RESULT_FORMAT="+format)
		rows, err := db.QueryContext(t.Context(), "select seq4() as n, 'row ' || seq4() from table(generator(rowcount => 200000)) order by 1")
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for rows.Next() {
			var id int
			var name string
			if err := rows.Scan(&id, &name); err != nil {
				t.Fatal(err)
			}
			if id != n || name != fmt.Sprint("row ", n) {
				t.Fatalf("%s: row %d is %d, %s", format, n, id, name)
			}
			n++
		}
		if rows.Err() != nil || n != 200000 {
			t.Errorf("%s: %d rows, %v", format, n, rows.Err())
		}
		rows.Close()
	}
}

func TestDescribeOnly(t *testing.T) {
	db := open(t, emulator.Config{})
	exec(t, db, "create table t (id number(38,0), name varchar)")
	rows, err := db.QueryContext(sf.WithDescribeOnly(t.Context()), "select id, name from t where id = ?")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	if names, err := rows.Columns(); err != nil || strings.Join(names, " ") != "ID NAME" || rows.Next() {
		t.Errorf("columns %v, %v", names, err)
	}
	if _, err := db.ExecContext(sf.WithDescribeOnly(t.Context()), "insert into t values (1, 'a')"); err != nil {
		t.Fatal(err)
	}
	if n := one[int](t, db, "select count(*) from t"); n != 0 {
		t.Errorf("describing inserted %d rows", n)
	}
}

// The format of results that one connection asks for is not that of the next
// one of its pool.
func TestFormatIsTheSessionsOwn(t *testing.T) {
	db := open(t, emulator.Config{})
	one, err := db.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer one.Close()
	other, err := db.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	if _, err := one.ExecContext(t.Context(), "alter session set go_query_result_format = json"); err != nil {
		t.Fatal(err)
	}
	later, err := db.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer later.Close()
	for i, conn := range []*sql.Conn{one, other, later} {
		var truth any // "1" as JSON, true as Arrow
		if err := conn.QueryRowContext(t.Context(), "select true").Scan(&truth); err != nil {
			t.Fatal(err)
		}
		if want := []any{"1", true, true}[i]; truth != want {
			t.Errorf("connection %d: %T %v, want %v", i, truth, truth, want)
		}
	}
}
