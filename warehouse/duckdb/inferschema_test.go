package duckdb_test

import (
	"strings"
	"testing"
)

// TestInferSchema follows
// https://docs.snowflake.com/en/sql-reference/functions/infer_schema.
func TestInferSchema(t *testing.T) {
	s := onStage(t, map[string]string{
		"geography/cities.parquet": parquetFile(t, everyType, everyRow),
		"json/a.json":              `{"col_bool": true, "col_date": "2024-02-29", "col_ts": "2024-02-29 12:00:00", "n": 1.25, "o": {"a": 1}}` + "\n" + `{"n": 100, "x y": "text", "col_bool": null}`,
		"csv/a.csv":                "col_bool,col_date,n,f,s\ntrue,2024-02-29,1,1e3,a\n,,22.5,,\"b,c\"\n",
		"csv/b.csv":                "col_bool,extra\nfalse,10:00:00\n",
		"many/1.csv":               "1\n",
		"many/2.csv":               "1,2\n",
		"many/3.csv":               "1,2,3\n",
	})
	run(t, s, "create file format pq type = parquet", "create file format js type = json", "create file format cs type = csv parse_header = true field_optionally_enclosed_by = '\"'",
		"create file format plain type = csv")
	want(t, s, "select column_name, type, nullable, expression, filenames, order_id from table(infer_schema(location => '@s/geography/', file_format => 'pq')) where order_id in (0, 1, 2, 3, 8)",
		"n|NUMBER(38, 4)|true|$1:n::NUMBER(38, 4)|geography/cities.parquet|0", "I|NUMBER(38, 0)|true|$1:I::NUMBER(38, 0)|geography/cities.parquet|1",
		"F|REAL|true|$1:F::REAL|geography/cities.parquet|2", "S|TEXT|true|$1:S::TEXT|geography/cities.parquet|3",
		"TS|TIMESTAMP_NTZ|true|$1:TS::TIMESTAMP_NTZ|geography/cities.parquet|8")
	want(t, s, "select column_name, expression from table(infer_schema(location => '@s/geography/', file_format => 'pq', ignore_case => true)) where order_id = 0",
		"N|GET_IGNORE_CASE ($1, 'N')::NUMBER(38, 4)")
	want(t, s, "select column_name, type, expression from table(infer_schema(location => '@s/json', file_format => 'js')) order by 1",
		"col_bool|BOOLEAN|$1:col_bool::BOOLEAN", "col_date|DATE|$1:col_date::DATE", "col_ts|TIMESTAMP_NTZ|$1:col_ts::TIMESTAMP_NTZ",
		"n|NUMBER(5, 2)|$1:n::NUMBER(5, 2)", "o|OBJECT|$1:o::OBJECT", "x y|TEXT|$1:\"x y\"::TEXT")
	want(t, s, "select * from table(infer_schema(location => '@s/csv', file_format => 'cs'))",
		"col_bool|BOOLEAN|true|$1::BOOLEAN|csv/a.csv, csv/b.csv|0", "col_date|DATE|true|$2::DATE|csv/a.csv|1", "n|NUMBER(3, 1)|true|$3::NUMBER(3, 1)|csv/a.csv|2",
		"f|REAL|true|$4::REAL|csv/a.csv|3", "s|TEXT|true|$5::TEXT|csv/a.csv|4", "extra|TIME|true|$2::TIME|csv/b.csv|5")
	want(t, s, "select column_name, type from table(infer_schema(location => '@s/csv/', files => ('b.csv'), file_format => 'plain'))", "c1|TEXT", "c2|TEXT")
	want(t, s, "select column_name, filenames from table(infer_schema(location => '@s/many/', file_format => 'plain', max_file_count => 1))", "c1|many/1.csv")
	refusedSaying(t, s, "select * from table(infer_schema(location => '@s'))", 938, "FILE_FORMAT")
	run(t, s, "create table made using template (select array_agg(object_construct(*)) from table(infer_schema(location => '@s/csv', file_format => 'cs', ignore_case => true)))",
		"copy into made from @s/csv file_format = (format_name = cs) match_by_column_name = case_insensitive")
	want(t, s, "select col_bool, col_date, n, f, s, extra from made order by 1, 2 nulls last", "false|NULL|NULL|NULL|NULL|10:00:00.000000", "true|2024-02-29|1|1000|a|NULL", "NULL|NULL|22.5|NULL|b,c|NULL")
}

// TestValidateAndHistory tells of loads that are over.
func TestValidateAndHistory(t *testing.T) {
	s := onStage(t, map[string]string{"a.csv": "1\nx\ny\n", "b.csv": "2\n"})
	run(t, s, "create table t (a int)", "copy into t from @s on_error = continue")
	want(t, s, "select file, row_number, error, rejected_record from table(validate(t, job_id => '_last'))",
		"s/a.csv|2|Numeric value 'x' is not recognized|x", "s/a.csv|3|Numeric value 'y' is not recognized|y")
	refusedSaying(t, s, "select * from table(validate(t, job_id => 'nosuch'))", 709, "nosuch")
	want(t, s, "select file_name, row_count, row_parsed, error_count, status, first_error_message, table_name from table(information_schema.copy_history(table_name => 't', start_time => dateadd(hours, -1, current_timestamp()))) order by 1",
		"s/a.csv|1|3|2|Partially loaded|Numeric value 'x' is not recognized|T", "s/b.csv|1|1|0|Loaded|NULL|T")
	want(t, s, "select count(*) from table(information_schema.copy_history(table_name => 'T.PUBLIC.T', start_time => dateadd(hours, 1, current_timestamp())))", "0")
	if got := strings.Join(columnNames(t, s, "select * from table(information_schema.copy_history(table_name => 't', start_time => current_timestamp()))"), " "); !strings.HasPrefix(got, "FILE_NAME STAGE_LOCATION LAST_LOAD_TIME ROW_COUNT ROW_PARSED FILE_SIZE") {
		t.Errorf("columns %s", got)
	}
	run(t, s, "drop table t", "create table t (a int)")
	want(t, s, "select count(*) from information_schema.load_history", "0")
}
