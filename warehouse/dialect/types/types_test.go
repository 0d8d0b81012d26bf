package types_test

import (
	"strings"
	"testing"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/parse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/types"
)

// catalog knows one table, T.
func catalog(name []string) ([]types.Column, bool) {
	if name[len(name)-1] != "T" {
		return nil, false
	}
	return []types.Column{
		{Name: "N", Type: types.Whole}, {Name: "D", Type: types.Number(10, 2)}, {Name: "F", Type: types.Double},
		{Name: "S", Type: types.Text}, {Name: "B", Type: types.Boolean}, {Name: "DAY", Type: types.Date},
		{Name: "AT", Type: types.Type{Kind: warehouse.TimestampNTZ, Precision: 9}}, {Name: "V", Type: types.Variant},
	}, true
}

// columns are the types of a query's result, or "?" if its columns are not
// all known.
func columns(t *testing.T, sql string) string {
	t.Helper()
	tree, err := parse.Statement(sql)
	if err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	info := types.Check(tree, types.Config{Catalog: catalog})
	if info.Columns == nil {
		return "?"
	}
	var out []string
	for _, c := range info.Columns {
		out = append(out, c.Type.String())
	}
	return strings.Join(out, " ")
}

// The rules for NUMBERs are the examples of "Arithmetic Operators" in
// Snowflake's documentation; the others its rules for conversion.
func TestExpressions(t *testing.T) {
	for sql, want := range map[string]string{
		// literals
		"1, 12.50, 007, 0.5, 1e3":  "NUMBER(1,0) NUMBER(4,2) NUMBER(1,0) NUMBER(1,1) NUMBER(4,0)",
		"'abc', true, null, x'4a'": "VARCHAR(3) BOOLEAN NULL BINARY(1)",
		"date '2024-02-29'":        "DATE",
		// arithmetic
		"10.01 + 1.10, 10.01 * 1.10, 10.01 / 1.10": "NUMBER(5,2) NUMBER(7,4) NUMBER(12,8)",
		"n + 1, n / 3, d * d, d / n":               "NUMBER(38,0) NUMBER(38,6) NUMBER(20,4) NUMBER(16,8)",
		"f + 1, n * f, s + 1, v / 2":               "FLOAT FLOAT NUMBER(19,5) FLOAT",
		"n % 7, -d, (d)":                           "NUMBER(1,0) NUMBER(10,2) NUMBER(10,2)",
		// points in time
		"day + 1, day - day, at + 1":                            "DATE NUMBER(9,0) TIMESTAMP_NTZ",
		"day + interval '1 day', day + interval '1 hour'":       "DATE TIMESTAMP_NTZ",
		"dateadd(day, 1, day), dateadd(hour, 1, day)":           "DATE TIMESTAMP_NTZ",
		"date_trunc('month', max(day)), datediff(day, day, at)": "DATE NUMBER(9,0)",
		// aggregates and windows
		"count(*), sum(n), sum(d), avg(n), avg(d), sum(s)": "NUMBER(18,0) NUMBER(38,0) NUMBER(38,2) NUMBER(38,6) NUMBER(38,8) FLOAT",
		"max(day), min(s), lag(d) over (order by n)":       "DATE VARCHAR NUMBER(10,2)",
		"row_number() over (order by n), listagg(s, ',')":  "NUMBER(18,0) VARCHAR",
		// one type for several
		"iff(b, 1, 2.5), coalesce(d, n), nvl(s, 'x')": "NUMBER(2,1) NUMBER(38,2) VARCHAR",
		"case when b then day else at end":            "TIMESTAMP_NTZ",
		"case when b then s else 1 end":               "NUMBER(18,5)",
		"iff(b, v, 1)":                                "VARIANT",
		// structured data
		"v:a.b[0], v:a::int, parse_json(s), array_size(v)": "VARIANT NUMBER(38,0) VARIANT NUMBER(9,0)",
		"[1, 2], {'a': 1}": "ARRAY OBJECT",
		// conditions
		"n = 1 and s like 'a%', day in (select day from t), exists (select 1)": "BOOLEAN BOOLEAN BOOLEAN",
		// names
		"t.d, n + 1 as m, m * 2":       "NUMBER(10,2) NUMBER(38,0) NUMBER(38,0)",
		"(select max(at) from t as u)": "TIMESTAMP_NTZ",
	} {
		if got := columns(t, "select "+sql+" from t"); got != want {
			t.Errorf("%s\n\tis   %s\n\twant %s", sql, got, want)
		}
	}
}

func TestQueries(t *testing.T) {
	for sql, want := range map[string]string{
		"select * exclude (v, at, day) from t":                                           "NUMBER(38,0) NUMBER(10,2) FLOAT VARCHAR BOOLEAN",
		"select * exclude (v, at, day, f, s, b) replace (1 as n) from t":                 "NUMBER(1,0) NUMBER(10,2)",
		"select u.* from t, (select d from t) u":                                         "NUMBER(10,2)",
		"with c (x) as (select d from t) select x, c.x from c":                           "NUMBER(10,2) NUMBER(10,2)",
		"with recursive c as (select 1 x union all select x + 1 from c) select x from c": "NUMBER(38,0)",
		"select 1 union all select 2.5":                                                  "NUMBER(2,1)",
		"select a.n, b.d from t a join t b on a.n = b.n":                                 "NUMBER(38,0) NUMBER(10,2)",
		"select n, a.d from t a join t b using (n)":                                      "NUMBER(38,0) NUMBER(10,2)",
		"select f.value, f.key, f.index from t, lateral flatten(input => v) f":           "VARIANT VARCHAR NUMBER(38,0)",
		"select column1, column2 from values (1, 'a'), (22, 'b')":                        "NUMBER(2,0) VARCHAR(1)",
		"select * from elsewhere":                                                        "?",
		"select $1, $2 from values (1, 'a')":                                             "NUMBER(1,0) VARCHAR(1)",
		"select * from t pivot (sum(d) for s in ('a' as a, 'b' as b)) as p (n)":          "NUMBER(38,0) FLOAT BOOLEAN DATE TIMESTAMP_NTZ VARIANT NUMBER(38,2) NUMBER(38,2)",
	} {
		if got := columns(t, sql); got != want {
			t.Errorf("%s\n\tis   %s\n\twant %s", sql, got, want)
		}
	}
}
