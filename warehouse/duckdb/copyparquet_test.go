package duckdb_test

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"
	"github.com/apache/arrow-go/v18/parquet/pqarrow"

	"github.com/snowpit-dev/snowpit/stage"
	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb"
)

// parquetFile is a Parquet file with rows given as JSON objects.
func parquetFile(t testing.TB, fields []arrow.Field, rows ...string) string {
	t.Helper()
	schema := arrow.NewSchema(fields, nil)
	b, _, err := array.RecordFromJSON(memory.DefaultAllocator, schema, strings.NewReader("["+strings.Join(rows, ",")+"]"))
	if err != nil {
		t.Fatal(err)
	}
	defer b.Release()
	var out bytes.Buffer
	w, err := pqarrow.NewFileWriter(schema, &out, nil, pqarrow.DefaultWriterProps())
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Write(b); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

var everyType = []arrow.Field{
	{Name: "n", Type: &arrow.Decimal128Type{Precision: 38, Scale: 4}, Nullable: true},
	{Name: "I", Type: arrow.PrimitiveTypes.Int64, Nullable: true},
	{Name: "F", Type: arrow.PrimitiveTypes.Float64, Nullable: true},
	{Name: "S", Type: arrow.BinaryTypes.String, Nullable: true},
	{Name: "B", Type: arrow.BinaryTypes.Binary, Nullable: true},
	{Name: "T", Type: arrow.FixedWidthTypes.Boolean, Nullable: true},
	{Name: "D", Type: arrow.FixedWidthTypes.Date32, Nullable: true},
	{Name: "C", Type: arrow.FixedWidthTypes.Time64us, Nullable: true},
	{Name: "TS", Type: &arrow.TimestampType{Unit: arrow.Microsecond}, Nullable: true},
	{Name: "TZ", Type: &arrow.TimestampType{Unit: arrow.Microsecond, TimeZone: "UTC"}, Nullable: true},
	{Name: "V", Type: arrow.BinaryTypes.String, Nullable: true},
}

const everyRow = `{"n": "12345678901234567890123456.7891", "I": 42, "F": 0.5, "S": "a'b", "B": "AAH/", "T": true, "D": "2024-02-29", "C": "12:34:56.789",
	"TS": "2024-02-29T12:34:56.789012", "TZ": "2024-02-29T12:34:56.789012Z", "V": "{\"a\": 1}"}`

// TestCopyParquetByName keeps each type on the way from a file to a table. A
// string is a string in a VARIANT too, as $1:V::VARIANT is one.
func TestCopyParquetByName(t *testing.T) {
	s := onStage(t, map[string]string{"a.parquet": parquetFile(t, everyType, everyRow, `{}`), "b.parquet": parquetFile(t, everyType[1:2], `{"I": 7}`)})
	run(t, s, `create table t (n number(38,4), i int, f float, s varchar, b binary, t boolean, d date, c time, ts timestamp_ntz, tz timestamp_tz, v variant, extra varchar default 'x')`)
	const load = "copy into t from @s file_format = (type = parquet) match_by_column_name = case_insensitive"
	want(t, s, load+" purge = true", "s/a.parquet|LOADED|2|2|1|0|NULL|NULL|NULL|NULL", "s/b.parquet|LOADED|1|1|1|0|NULL|NULL|NULL|NULL")
	want(t, s, "select n, i, f, s, hex_encode(b), t, d, c, ts, tz, v, typeof(v) from t where f is not null",
		"12345678901234567890123456.7891|42|0.5|a'b|0001FF|true|2024-02-29|12:34:56.789000|2024-02-29T12:34:56.789012|2024-02-29T12:34:56.789012Z|\"{\\\"a\\\": 1}\"|VARCHAR")
	want(t, s, "select count(*), count(i), count(n), count(v) from t", "3|2|1|1")
	want(t, s, "list @s")
}

// TestCopyParquetOthers loads by other names, into other types, and what does
// not fit.
func TestCopyParquetOthers(t *testing.T) {
	text := []arrow.Field{{Name: "A", Type: arrow.BinaryTypes.String, Nullable: true}, {Name: "b", Type: arrow.BinaryTypes.String, Nullable: true}}
	s := onStage(t, map[string]string{"a.parquet": parquetFile(t, text, `{"A": "1", "b": "x"}`, `{"A": "no", "b": "y"}`, `{"A": "3"}`), "no.parquet": "PAR1 but not really PAR1"})
	run(t, s, "create table t (a int, b varchar(1))", "create table v (v variant)", "create table two (a variant, b variant)")
	const from = " from @s/a.parquet file_format = (type = parquet) "
	refusedSaying(t, s, "copy into t"+from+"match_by_column_name = case_insensitive", 100038, "Numeric value 'no' is not recognized\n  File 's/a.parquet'")
	want(t, s, "copy into t"+from+"match_by_column_name = case_insensitive on_error = continue",
		`s/a.parquet|PARTIALLY_LOADED|3|2|3|1|Numeric value 'no' is not recognized|2|1|"T"["A":1]`)
	want(t, s, "select * from t order by 1", "1|x", "3|NULL")
	want(t, s, "copy into t"+from+"match_by_column_name = case_sensitive on_error = skip_file force = true",
		`s/a.parquet|LOAD_FAILED|3|0|1|1|Numeric value 'no' is not recognized|2|1|"T"["A":1]`)
	refusedSaying(t, s, "copy into two"+from, 2019, "PARQUET file format can produce one and only one column of type variant, object, or array. "+
		"Load data into separate columns using the MATCH_BY_COLUMN_NAME copy option or copy with transformation.")
	want(t, s, "copy into v"+from, "s/a.parquet|LOADED|3|3|1|0|NULL|NULL|NULL|NULL")
	want(t, s, "select v:A::varchar, v:b::varchar from v order by 1", "1|x", "3|NULL", "no|y")
	refusedSaying(t, s, "copy into v from @s/no.parquet file_format = (type = parquet)", 100073, "s/no.parquet")
	want(t, s, "select status, errors_seen from (select 'x' as status, 1 as errors_seen)", "x|1")
}

// TestCopyParquetTexts loads times and bytes that stand in a file as texts, and
// semi-structured values through PARSE_JSON, as this project's own loader does.
func TestCopyParquetTexts(t *testing.T) {
	var fields []arrow.Field
	for _, name := range []string{"TS", "LTZ", "TZ", "C", "D", "B", "N"} {
		fields = append(fields, arrow.Field{Name: name, Type: arrow.BinaryTypes.String, Nullable: true})
	}
	s := onStage(t, map[string]string{"a/0.parquet": parquetFile(t, fields, `{"TS": "2024-02-29 12:34:56.789012345", "LTZ": "2024-02-29 12:34:56.789012000 +0000",
		"TZ": "2024-02-29 12:34:56.789012000 -0700", "C": "12:34:56.789012000", "D": "2024-02-29", "B": "00FF", "N": "1.50"}`),
		"v/0.parquet": parquetFile(t, []arrow.Field{{Name: "C0", Type: arrow.BinaryTypes.String, Nullable: true}, {Name: "C1", Type: &arrow.Decimal128Type{Precision: 38, Scale: 2}, Nullable: true}},
			`{"C0": "{\"a\": [1, null]}", "C1": "123456789012345678.91"}`, `{"C0": null, "C1": null}`)})
	run(t, s, "create table t (ts timestamp_ntz, ltz timestamp_ltz, tz timestamp_tz, c time, d date, b binary, n number(10,2))", "create table v (v variant, o object, n number(38,2))")
	const format = " file_format = (type = parquet use_logical_type = true binary_as_text = false) on_error = abort_statement"
	want(t, s, "copy into t from @s/a/ match_by_column_name = case_sensitive"+format, "s/a/0.parquet|LOADED|1|1|1|0|NULL|NULL|NULL|NULL")
	want(t, s, "select ltz, tz, c, d, hex_encode(b), n from t", "2024-02-29T12:34:56.789012Z|2024-02-29T12:34:56.789012-07:00|12:34:56.789012000|2024-02-29|00FF|1.5")
	want(t, s, "select to_varchar(ts, 'YYYY-MM-DD HH24:MI:SS.FF9') from t", "2024-02-29 12:34:56.789012345")
	want(t, s, `copy into v (v, o, n) from (select parse_json($1:"C0"::varchar), parse_json($1:"C0"::varchar)::object, $1:"C1"::number(38, 2) from @s/v/)`+format,
		"s/v/0.parquet|LOADED|2|2|1|0|NULL|NULL|NULL|NULL")
	want(t, s, "select v, o, n from v order by n", `{"a":[1,null]}|{"a":[1,null]}|123456789012345678.91`, "NULL|NULL|NULL")
}

// TestCopyParquetCasts casts what stands in a file as text.
func TestCopyParquetCasts(t *testing.T) {
	fields := []arrow.Field{{Name: "C0", Type: arrow.BinaryTypes.String}, {Name: "C1", Type: arrow.BinaryTypes.String}, {Name: "C2", Type: arrow.BinaryTypes.Binary}, {Name: "C3", Type: arrow.BinaryTypes.String}}
	s := onStage(t, map[string]string{"0.parquet": parquetFile(t, fields, `{"C0": "2024-02-29 12:34:56.789012000 +0000", "C1": "12:34:56.789000000", "C2": "AAH/", "C3": "2024-02-29 12:34:56.000000000"}`)})
	run(t, s, "create table t (tz timestamp_tz, c time, b binary, n timestamp_ntz, v variant)")
	want(t, s, `copy into t (tz, c, b, n, v) from (select $1:"C0"::timestamp_tz, $1:"C1"::time, $1:"C2"::binary, $1:"C3"::timestamp_ntz, parse_json('1') from @s)
		file_format = (type = parquet use_logical_type = true binary_as_text = false)`, "s/0.parquet|LOADED|1|1|1|0|NULL|NULL|NULL|NULL")
	want(t, s, "select tz, c, hex_encode(b), n, v from t", "2024-02-29T12:34:56.789012Z|12:34:56.789000|0001FF|2024-02-29T12:34:56|1")
}

// TestCopyParquetDamaged changes a byte here and there. What DuckDB then says is
// about its own copy; the statement's error, and its row with ON_ERROR, names the
// staged file, and the other file is loaded.
func TestCopyParquetDamaged(t *testing.T) {
	whole := parquetFile(t, everyType, everyRow, everyRow)
	volume := stages(t)
	s := session(t, open(t, duckdb.Config{Stages: volume}))
	run(t, s, "create stage s", "create table t (I int, F float, S varchar, D date, TS timestamp_ntz)")
	damaged := 0
	for at := 4; at < len(whole); at += 53 {
		file := []byte(whole)
		file[at] ^= 0xff
		putAll(t, volume, stage.Name{Database: "T", Schema: "PUBLIC", Stage: "S"}, map[string]string{"a.parquet": string(file), "b.parquet": whole})
		run(t, s, "truncate table t")
		load := "copy into t from @s file_format = (type = parquet) match_by_column_name = case_insensitive force = true"
		_, err := warehouse.Exec(t.Context(), s, load)
		var refused *warehouse.Error
		if err == nil || errors.As(err, &refused) && refused.Code != 100073 {
			continue // a value, or a column's name, is another one
		}
		damaged++
		if !strings.Contains(err.Error(), "'s/a.parquet'") || strings.Contains(err.Error(), "staged") {
			t.Errorf("byte %d: %v", at, err)
		}
		want(t, s, "select count(*) from t", "0")
		if _, err := warehouse.Exec(t.Context(), s, load+" on_error = continue"); err != nil {
			t.Errorf("byte %d, on_error = continue: %v", at, err)
		}
		want(t, s, "select count(*) from t", "2")
	}
	if damaged < 5 {
		t.Errorf("only %d changes were damage; does it read the file?", damaged)
	}
}

// TestSelectParquetDamaged does so to a file that a query reads.
func TestSelectParquetDamaged(t *testing.T) {
	whole := parquetFile(t, everyType, everyRow, everyRow)
	volume := stages(t)
	s := session(t, open(t, duckdb.Config{Stages: volume}))
	run(t, s, "create stage s", "create file format pq type = parquet")
	damaged := 0
	for at := 4; at < len(whole); at += 17 {
		file := []byte(whole)
		file[at] ^= 0xff
		putAll(t, volume, stage.Name{Database: "T", Schema: "PUBLIC", Stage: "S"}, map[string]string{"a.parquet": string(file)})
		_, err := warehouse.Exec(t.Context(), s, "select $1 from @s/a.parquet (file_format => 'pq')")
		var refused *warehouse.Error
		if errors.As(err, &refused) && !slices.Contains([]int{603, 100065, 100069, 100073}, refused.Code) || err != nil && strings.Contains(err.Error(), "/staged/") {
			t.Errorf("byte %d: %v", at, err)
		}
		if err != nil {
			damaged++
		}
	}
	if damaged < 20 {
		t.Errorf("only %d changes were damage; does it read the file?", damaged)
	}
}
