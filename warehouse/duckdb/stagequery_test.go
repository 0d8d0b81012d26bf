package duckdb_test

import (
	"strings"
	"testing"

	"github.com/snowpit-dev/snowpit/warehouse"
)

// columnNames are the names of a query's result.
func columnNames(t *testing.T, s warehouse.Session, sql string) (names []string) {
	t.Helper()
	res, err := s.Query(t.Context(), sql)
	if err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	defer res.Close()
	for _, c := range res.Columns {
		names = append(names, c.Name)
	}
	return names
}

// TestStageQuery follows
// https://docs.snowflake.com/en/user-guide/querying-stage and -metadata.
func TestStageQuery(t *testing.T) {
	s := onStage(t, map[string]string{
		"d/data1.csv": "a|b\nc|d\n", "d/data2.csv": "e|f\ng|h\n", "d/data1.json": `[{"a":{"b":"x1","c":"y1"}},{"a":{"b":"x2","c":"y2"}}]`,
		"p.parquet": parquetFile(t, everyType, everyRow, `{"I": 1}`), "h.csv": "1,a,2\n",
	})
	run(t, s, "create file format myformat type = 'csv' field_delimiter = '|'", "create file format my_json type = json strip_outer_array = true",
		"create file format pq type = parquet")
	want(t, s, "select metadata$filename, metadata$file_row_number, t.$1, t.$2 from @s/d (file_format => 'myformat', pattern => '.*data.*[.]csv') t",
		"d/data1.csv|1|a|b", "d/data1.csv|2|c|d", "d/data2.csv|1|e|f", "d/data2.csv|2|g|h")
	want(t, s, "select metadata$filename, parse_json($1):a.b from @s/d/data1.json (file_format => my_json)", `d/data1.json|"x1"`, `d/data1.json|"x2"`)
	want(t, s, "select $1:a.c::varchar, $1:a from @s/d/data1.json (file_format => my_json) order by 1 desc", `y2|{"b":"x2","c":"y2"}`, `y1|{"b":"x1","c":"y1"}`)
	want(t, s, "select upper(s.$2) || s.$3 as x, count(*) from @s/h.csv s group by all", "A2|1")
	want(t, s, "select count(*) from @s/nothing", "0")
	want(t, s, `select $1:n::number(38,4), $1:I::int + 1, $1:TS::timestamp_ntz, $1:B::varchar, $1:none from @s/p.parquet (file_format => 'pq') where $1:I = 42`,
		"12345678901234567890123456.7891|43|2024-02-29T12:34:56.789012|0001FF|NULL")
	want(t, s, "with c as (select $1 as x from @s/h.csv) select a.x, b.$2 from c a join @s/h.csv b on a.x = b.$1", "1|a")
	run(t, s, "create table made as select $1::int as id, $2 as name from @s/h.csv", "insert into made select $1, $3 from @s/h.csv")
	want(t, s, "select * from made order by 2", "1|2", "1|a")
	if got := columnNames(t, s, "select $1, t.$2, $1::int + 1, metadata$filename from @s/h.csv t"); len(got) != 4 || got[0] != "$1" || got[1] != "$2" || got[2] != "$1::INT + 1" || got[3] != "METADATA$FILENAME" {
		t.Errorf("columns %q", got)
	}
	refusedSaying(t, s, "select * from @s/h.csv", 2022, "SELECT with no columns")
	refusedSaying(t, s, "select $1 from @nosuch", 2003, "Stage 'T.PUBLIC.NOSUCH' does not exist or not authorized.")
	refusedSaying(t, s, "select $1 from @s (file_format => nosuch)", 2003, "File format 'T.PUBLIC.NOSUCH' does not exist or not authorized.")
	refusedSaying(t, s, "create view v as select $1 as a from @s/h.csv", 2019, "a view of staged files")
	refusedSaying(t, s, "select $1::int from @s/h.csv where $2::int > 1", 100038, "'a'")
	want(t, s, "select count(*) from information_schema.tables where table_name ilike 'snowpit%'", "0")
}

// TestUserAndTableStages reads and lists the stages that nobody creates.
func TestUserAndTableStages(t *testing.T) {
	s := onStage(t, nil)
	run(t, s, "create table t (a int)")
	want(t, s, "list @~")
	want(t, s, "list @%t")
	want(t, s, "select $1 from @%t")
	refusedSaying(t, s, "list @%nosuch", 2003, "NOSUCH")
	want(t, s, "copy into t from @%t", "Copy executed with 0 files processed.")
	if got, err := rows(t.Context(), s, "show stages"); err != nil || len(got) == 0 || got[len(got)-1] == 0 {
		t.Errorf("show stages: %q, error %v", got, err)
	}
}

// TestDescribeStaged says what statements on stages would give.
func TestDescribeStaged(t *testing.T) {
	s := onStage(t, map[string]string{"a.csv": "1,x\n", "a.parquet": parquetFile(t, everyType, everyRow)})
	run(t, s, "create table t (a int)", "create file format pq type = parquet")
	for sql, want := range map[string]string{
		"select $1, $2::int as n, metadata$file_row_number from @s/a.csv":      "SELECT $1 VARCHAR, N NUMBER, METADATA$FILE_ROW_NUMBER NUMBER",
		"select $1:I::number(10,2) as i from @s/a.parquet (file_format => pq)": "SELECT I NUMBER",
		"copy into t from @s": "COPY file VARCHAR, status VARCHAR, rows_parsed NUMBER, rows_loaded NUMBER, error_limit NUMBER, errors_seen NUMBER, " +
			"first_error VARCHAR, first_error_line NUMBER, first_error_character NUMBER, first_error_column_name VARCHAR",
		"copy into @s/x from t": "UNLOAD rows_unloaded NUMBER, input_bytes NUMBER, output_bytes NUMBER",
	} {
		d, err := s.(warehouse.Describer).Describe(t.Context(), sql)
		if err != nil {
			t.Errorf("%s: %v", sql, err)
			continue
		}
		var columns []string
		for _, c := range d.Columns {
			columns = append(columns, c.Name+" "+string(c.Type))
		}
		if got := d.Kind + " " + strings.Join(columns, ", "); !strings.EqualFold(got, want) {
			t.Errorf("%s\ngot  %s\nwant %s", sql, got, want)
		}
	}
	want(t, s, "select count(*) from t", "0")
}

// TestLoadsFollowTables moves what is known of loads with their tables.
func TestLoadsFollowTables(t *testing.T) {
	s := onStage(t, map[string]string{"a.csv": "1\n"})
	run(t, s, "create table one (a int)", "create table two (a int)", "copy into one from @s", "alter table one swap with two")
	want(t, s, "select table_name from information_schema.load_history", "TWO")
	want(t, s, "copy into two from @s", "Copy executed with 0 files processed.")
	want(t, s, "copy into one from @s", "s/a.csv|LOADED|1|1|1|0|NULL|NULL|NULL|NULL")
	run(t, s, "create schema other", "create table t (a int)", "create stage st", "copy into t from @public.s", "create or replace schema other", "create table t (a int)")
	want(t, s, "show stages in schema other")
	want(t, s, "copy into t from @public.s", "s/a.csv|LOADED|1|1|1|0|NULL|NULL|NULL|NULL")
	run(t, s, "copy into @%t/x from (select 5) single = true", "copy into t from @%t")
	want(t, s, "list @%t pattern = '.*y'")
	run(t, s, "create or replace table t (a int)")
	want(t, s, "list @%t")
}

// TestBinaryOfBinary casts bytes to bytes.
func TestBinaryOfBinary(t *testing.T) {
	s := onStage(t, nil)
	run(t, s, "create table t (b binary)", "insert into t select to_binary('00FF', 'HEX')")
	want(t, s, "select hex_encode(b::binary), hex_encode('00FF'::binary) from t", "00FF|00FF")
}
