package duckdb_test

import (
	"bytes"
	"compress/gzip"
	"io"
	"strings"
	"testing"

	"github.com/snowpit-dev/snowpit/stage"
	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb"
)

// unloadTo is a session with a stage S, and what reads a file of it.
func unloadTo(t *testing.T) (warehouse.Session, func(name string) string) {
	t.Helper()
	volume := stages(t)
	s := session(t, open(t, duckdb.Config{Stages: volume}))
	run(t, s, "create stage s")
	return s, func(name string) string {
		t.Helper()
		st, err := volume.Stage(t.Context(), stage.Name{Database: "T", Schema: "PUBLIC", Stage: "S"})
		if err != nil {
			t.Fatal(err)
		}
		r, _, err := st.Open(t.Context(), name)
		if err != nil {
			t.Fatal(err)
		}
		defer r.Close()
		text, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		if bytes.HasPrefix(text, []byte{0x1f, 0x8b}) {
			z, err := gzip.NewReader(bytes.NewReader(text))
			if err != nil {
				t.Fatal(err)
			}
			if text, err = io.ReadAll(z); err != nil {
				t.Fatal(err)
			}
		}
		return string(text)
	}
}

// TestUnloadCSV follows
// https://docs.snowflake.com/en/sql-reference/sql/copy-into-location.
func TestUnloadCSV(t *testing.T) {
	s, read := unloadTo(t)
	run(t, s, "create table t (a int, b varchar, c boolean, d date, e timestamp_ntz, f float, g variant, h binary, i time, n number(8,3))",
		`insert into t select 1, 'x,"y"\nz\\', true, '2024-02-29', '2024-02-29 12:34:56.789', 0.5, parse_json('{"k": "v"}'), to_binary('00FF', 'HEX'), '01:02:03', 1.5
		union all select null, null, null, null, null, null, null, null, null, null`)
	if got, err := rows(t.Context(), s, "copy into @s/u/ from (select a, b from t order by a nulls last)"); err != nil || !strings.HasPrefix(got, "2|20|") {
		t.Errorf("got %q, error %v", got, err)
	}
	if got := read("u/data_0_0_0.csv.gz"); got != "1,x\\,\"y\"\\nz\\\\\n\\N,\\N\n" {
		t.Errorf("got %q", got)
	}
	refusedSaying(t, s, "copy into @s/u/ from t", 1030, "Files already existing at the unload destination: @s/u/. Use overwrite option to force unloading.")
	run(t, s, `copy into @s/u/ from t overwrite = true header = true file_format = (type = csv compression = none field_optionally_enclosed_by = '"' null_if = ('', 'NULL'))`)
	const enclosed = "\"A\",\"B\",\"C\",\"D\",\"E\",\"F\",\"G\",\"H\",\"I\",\"N\"\n" +
		"1,\"x,\"\"y\"\"\nz\\\",true,\"2024-02-29\",\"2024-02-29 12:34:56.789\",0.5,\"{\"\"k\"\":\"\"v\"\"}\",\"00FF\",\"01:02:03\",1.500\n,,,,,,,,,\n"
	if got := read("u/data_0_0_0.csv"); got != enclosed {
		t.Errorf("got %q", got)
	}
	want(t, s, "copy into @s/one.txt from (select 1 as x, 'a' as y) single = true file_format = (compression = none field_delimiter = '|' date_format = 'DD.MM.YYYY')", "1|4|4")
	if got := read("one.txt"); got != "1|a\n" {
		t.Errorf("got %q", got)
	}
	want(t, s, "copy into @s/none/ from (select a from t where false) header = true", "0|0|0")
	want(t, s, "list @s/none")
	refusedSaying(t, s, "copy into @s/e/ from (select '' as x)", 100093, "Cannot unload empty string without file format option field_optionally_enclosed_by being specified.")
	want(t, s, "list @s/e")
	want(t, s, "copy into @s/e/ from (select '' as x) file_format = (empty_field_as_null = false compression = none)", "1|1|1")
	want(t, s, "copy into @s/d/ from (select date '2024-02-29' as x) file_format = (compression = none date_format = 'DD.MM.YYYY') detailed_output = true", "data_0_0_0.csv|11|1")
	refusedSaying(t, s, "copy into @s/o/ from t overwrite = 'TRUE'", 1008, "invalid value ['TRUE'] for parameter 'OVERWRITE'")
	refusedSaying(t, s, "copy into @s/o/ from t no_such_opt = 1", 1006, "invalid parameter 'NO_SUCH_OPT'")
	refusedSaying(t, s, "copy into @s/o/ from nosuch", 2003, "NOSUCH")
}

// TestUnloadSizes splits files, and names them by partition and by query.
func TestUnloadSizes(t *testing.T) {
	s, read := unloadTo(t)
	run(t, s, "create table t as select seq4() as a, repeat('x', 100) as b from table(generator(rowcount => 4000))")
	if got, err := rows(t.Context(), s, "copy into @s/m/x from t max_file_size = 150000 file_format = (compression = none) detailed_output = true"); err != nil ||
		!strings.HasPrefix(got, "x_0_0_0.csv|") || strings.Count(got, "\n") != 2 {
		t.Errorf("got %q, error %v", got, err)
	}
	want(t, s, "select count(*), count(distinct $1), min(length($2)) from @s/m", "4000|4000|100")
	refusedSaying(t, s, "copy into @s/big from t single = true max_file_size = 1000 file_format = (compression = none)", 100182, "Max file size (1000) exceeded for unload single file mode.")
	want(t, s, "list @s/big")
	run(t, s, "copy into @s/p from (select 1 as a, 'x' as k union all select 2, null union all select 3, 'x') partition by ('k=' || k) file_format = (compression = none)")
	want(t, s, "select regexp_replace(metadata$filename, 'data_.*_0_0_0', 'data_*_0_0_0'), $1 from @s/p order by 2", "p/k=x/data_*_0_0_0.csv|1", "p/__NULL__/data_*_0_0_0.csv|2", "p/k=x/data_*_0_0_0.csv|3")
	run(t, s, "copy into @s/q/ from (select 1) include_query_id = true file_format = (compression = none)")
	want(t, s, "select count(*) from @s/q where metadata$filename rlike 'q/data_[0-9a-f-]{36}_0_0_0.csv'", "1")
	want(t, s, "copy into @s/j/ from (select parse_json('{\"a\": [1, 2]}') as v) file_format = (type = json compression = none)", "1|12|12")
	if got := read("j/data_0_0_0.json"); got != "{\"a\":[1,2]}\n" {
		t.Errorf("got %q", got)
	}
	refusedSaying(t, s, "copy into @s/j2/ from t file_format = (type = json)", 2, "Unsupported feature 'unloading of more than one column or non-json values'.")
}

// TestUnloadParquet loads again what it unloads.
func TestUnloadParquet(t *testing.T) {
	s, _ := unloadTo(t)
	const columns = "(n number(38,4), i int, f float, s varchar, b binary, t boolean, d date, c time, ts timestamp_ntz, tz timestamp_ltz, v variant)"
	run(t, s, "create table t "+columns, `insert into t select 12345678901234567890123456.7891, 42, 0.5, 'x', to_binary('00FF', 'HEX'), true, '2024-02-29', '01:02:03',
		'2024-02-29 12:34:56.789', '2024-02-29 12:34:56.789', parse_json('{"a": 1}') union all select null, null, null, null, null, null, null, null, null, null, null`)
	if got, err := rows(t.Context(), s, "copy into @s/p/ from t file_format = (type = parquet) header = true detailed_output = true"); err != nil || !strings.HasPrefix(got, "data_0_0_0.snappy.parquet|") {
		t.Errorf("got %q, error %v", got, err)
	}
	run(t, s, "create table again "+columns, "copy into again from @s/p file_format = (type = parquet binary_as_text = false) match_by_column_name = case_sensitive")
	want(t, s, "select count(*) from (select n, i, f, s, b, t, d, c, ts, tz from t except select n, i, f, s, b, t, d, c, ts, tz from again)", "0")
	want(t, s, "select v::varchar from again where v is not null", `{"a":1}`)
	run(t, s, "copy into @s/raw/ from (select 1 as one, 'x' as two) file_format = (type = parquet compression = none)")
	want(t, s, "select $1 from @s/raw/data_0_0_0.parquet (file_format => parquet)", `{"_COL_0":1,"_COL_1":"x"}`)
	run(t, s, "create table big as select seq4() as a, random() as b from table(generator(rowcount => 400000))",
		"copy into @s/big/ from big file_format = (type = parquet) header = true max_file_size = 1000000",
		"copy into @s/part from (select a % 2 as k, a from big) partition by ('k=' || k) file_format = (type = parquet) header = true")
	want(t, s, "select count(*), count(distinct metadata$filename) > 1, count(distinct $1:A::int) from @s/big (file_format => parquet)", "400000|true|400000")
	want(t, s, "select count(distinct split_part(metadata$filename, '/', 2)), sum($1:K::int) from @s/part (file_format => parquet)", "2|200000")
}
