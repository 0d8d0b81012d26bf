package duckdb_test

import (
	"strings"
	"testing"

	"github.com/snowpit-dev/snowpit/warehouse/duckdb"
)

// TestFileFormats walks file formats through their lives.
func TestFileFormats(t *testing.T) {
	s := onStage(t, map[string]string{"a.csv": "1|x\n"})
	want(t, s, "create file format f type = csv field_delimiter = '|' comment = 'bars'", "File format F successfully created.")
	refusedSaying(t, s, "create file format f type = json", 2002, "already exists")
	want(t, s, "create file format if not exists f type = json", "F already exists, statement succeeded.")
	want(t, s, "create or replace temporary file format g type = 'CSV' field_delimiter = '-'", "File format G successfully created.")
	want(t, s, "select $2 from @s (file_format => f)", "x")
	want(t, s, "select $1 from @s (file_format => 't.public.g')", "1|x")
	want(t, s, "alter file format f set field_delimiter = ',' skip_header = 0 comment = 'commas'", "Statement executed successfully.")
	want(t, s, "select $1 from @s (file_format => public.f)", "1|x")
	want(t, s, "alter file format f unset field_delimiter", "Statement executed successfully.")
	want(t, s, "alter file format f rename to h", "Statement executed successfully.")
	want(t, s, "alter file format if exists f set skip_header = 1", "Statement executed successfully.")
	refusedSaying(t, s, "alter file format f set skip_header = 1", 2003, "File format 'T.PUBLIC.F' does not exist or not authorized.")
	refusedSaying(t, s, "alter file format h set no_such = 1", 1420, "invalid property 'NO_SUCH' for 'FILE FORMAT'")
	refusedSaying(t, s, "desc file format f", 2003, "'T.PUBLIC.F'")
	got, err := rows(t.Context(), s, "describe file format h")
	if err != nil || !strings.HasPrefix(got, "TYPE|String|CSV|CSV\nRECORD_DELIMITER|String|\\n|\\n\nFIELD_DELIMITER|String|,|,\n") {
		t.Errorf("describe: %q, error %v", got, err)
	}
	if got, err = rows(t.Context(), s, "show file formats like 'H'"); err != nil || !strings.Contains(got, "|H|T|PUBLIC|CSV|SNOWPIT|commas|{\"TYPE\":\"CSV\",\"RECORD_DELIMITER\":\"\\n\"") {
		t.Errorf("show: %q, error %v", got, err)
	}
	want(t, s, "select file_format_name, file_format_type, comment from information_schema.file_formats", "H|CSV|commas")
	want(t, s, "create file format k clone h", "File format K successfully created.")
	want(t, s, "drop file format k", "K successfully dropped.")
	want(t, s, "drop file format g", "G successfully dropped.")
	want(t, s, "drop file format if exists g", "Drop statement executed successfully (G already dropped).")
	refusedSaying(t, s, "drop file format g", 2003, "'T.PUBLIC.G'")
	refusedSaying(t, s, "create file format a type = avro", 2019, "files of type AVRO")
	refusedSaying(t, s, "copy into nosuch from @s", 2003, "Table 'NOSUCH' does not exist or not authorized.")
	run(t, s, "create schema other", "create file format h type = json", "use schema public")
	want(t, s, "select file_format_schema, file_format_type from information_schema.file_formats order by 1", "OTHER|JSON", "PUBLIC|CSV")
	run(t, s, "drop schema other")
	want(t, s, "select count(*) from information_schema.file_formats", "1")
}

// TestStageOptions gives a stage a file format of its own, and one by name.
func TestStageOptions(t *testing.T) {
	s, _ := unloadTo(t)
	run(t, s, "create file format bars type = csv field_delimiter = '|' compression = none",
		"create stage own file_format = (type = csv field_delimiter = ';' compression = none) directory = (enable = true) comment = 'mine'",
		"create stage named file_format = bars", "create stage alike like own",
		"copy into @own/a.csv from (select 1, 'x') single = true", "copy into @named/a.csv from (select 1, 'x') single = true")
	want(t, s, "select $1, $2 from @own", "1|x")
	want(t, s, "select $1 from @named (file_format => csv)", "1|x")
	want(t, s, "select $1, $2 from @named", "1|x")
	run(t, s, "alter stage own set file_format = (format_name = 'bars') comment = 'changed'")
	want(t, s, "select $1 from @own", "1;x")
	got, err := rows(t.Context(), s, "desc stage own")
	if err != nil || !strings.HasPrefix(got, "STAGE_FILE_FORMAT|FORMAT_NAME|String|T.PUBLIC.BARS|\nSTAGE_COPY_OPTIONS|ON_ERROR|String|ABORT_STATEMENT|ABORT_STATEMENT\n") ||
		!strings.HasSuffix(got, "DIRECTORY|ENABLE|Boolean|true|false") {
		t.Errorf("desc stage: %q, error %v", got, err)
	}
	if got, err = rows(t.Context(), s, "desc stage alike"); err != nil || !strings.Contains(got, "STAGE_FILE_FORMAT|FIELD_DELIMITER|String|;|,") {
		t.Errorf("desc stage: %q, error %v", got, err)
	}
	want(t, s, "select stage_name, stage_type, comment from information_schema.stages where comment is not null order by 1", "ALIKE|Internal Named|mine", "OWN|Internal Named|changed")
	run(t, s, "drop file format bars")
	refusedSaying(t, s, "select $1 from @own", 2003, "File format 'T.PUBLIC.BARS'")
	refusedSaying(t, s, "create stage x file_format = (format_name = nosuch)", 2003, "File format 'T.PUBLIC.NOSUCH'")
	refusedSaying(t, s, "create stage x odd_option = 1", 1006, "invalid parameter 'ODD_OPTION'")
	refusedSaying(t, s, "alter stage nosuch set comment = ''", 2003, "Stage 'T.PUBLIC.NOSUCH'")
	want(t, s, "alter stage if exists nosuch set comment = ''", "Statement executed successfully.")
}

// TestKeptThroughRestart finds formats, stages and loads again.
func TestKeptThroughRestart(t *testing.T) {
	volume, dir := stages(t), t.TempDir()
	w := open(t, duckdb.Config{Dir: dir, Stages: volume})
	s := session(t, w)
	run(t, s, "create file format f type = csv field_delimiter = '|'", "create stage s file_format = f", "copy into @s/a from (select 1, 2) single = true file_format = (type = csv compression = none field_delimiter = '|')",
		"create table t (a int, b int)", "copy into t from @s", "create temporary file format gone type = csv", "create temporary stage gone file_format = (type = json)")
	s.Close()
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	s = session(t, open(t, duckdb.Config{Dir: dir, Stages: volume}))
	want(t, s, "select $2 from @s", "2")
	want(t, s, "copy into t from @s", "Copy executed with 0 files processed.")
	want(t, s, "select count(*) from information_schema.load_history", "1")
	want(t, s, "select file_format_name from information_schema.file_formats", "F")
	refusedSaying(t, s, "list @gone", 2003, "GONE")
}

// TestSpoolIsClosed looks for ways from SQL to the files that DuckDB reads.
func TestSpoolIsClosed(t *testing.T) {
	s := onStage(t, map[string]string{"a.parquet": parquetFile(t, everyType, everyRow), "b.csv": "1\n"})
	for _, sql := range []string{
		"select * from read_parquet('/tmp/*')", "select * from table(read_parquet('/tmp/x.parquet'))", "select * from read_csv('/etc/passwd')",
		`select * from "/etc/passwd"`, "select * from '/etc/passwd'", `select * from "/tmp/x.parquet"`, "select glob('/tmp/*')", "select * from table(glob('/tmp/*'))",
		"select read_text('/etc/passwd')", "select * from table(read_text('/etc/passwd'))", "copy into 'file:///tmp/x' from (select 1)", "copy into '/tmp/x' from (select 1)",
		"copy into t from 'file:///etc/passwd'", "select $1 from '@s/../../b.csv'", "select $1 from '@~/../s/b.csv'", "copy into '@s/../../x' from (select 1) single = true",
		"copy into '@s/x' from (select 1) partition by ('../../y')", "select * from SNOWPIT_INFORMATION_SCHEMA.__LOADS, read_csv('/etc/passwd')",
		"copy t to '/tmp/x'", "select * from parquet_metadata('/tmp/x')",
	} {
		run(t, s, "create or replace table t (a varchar)")
		if got, err := rows(t.Context(), s, sql); err == nil && got != "" {
			t.Errorf("%s gives %q", sql, got)
		}
	}
	want(t, s, "select count(*) from @s/b.csv", "1")
}

// TestAwkwardFiles loads what is not what its name says, and less.
func TestAwkwardFiles(t *testing.T) {
	s := onStage(t, map[string]string{
		"wrong.csv": zipped(t, "1,a\n"), "plain.txt": "2,b", "empty.csv": "", "mark.csv": "\xef\xbb\xbf3,c\r\n", "latin.csv": "4,\xe9\n", "utf16.csv": "\xff\xfe5\x00,\x00\xe9\x00\n\x00",
		"cut.gz.csv": zipped(t, strings.Repeat("6,d\n", 1000))[:30],
	})
	run(t, s, "create table t (a int, b varchar)")
	want(t, s, "copy into t from @s files = ('wrong.csv', 'plain.txt', 'empty.csv', 'mark.csv')", "s/wrong.csv|LOADED|1|1|1|0|NULL|NULL|NULL|NULL",
		"s/plain.txt|LOADED|1|1|1|0|NULL|NULL|NULL|NULL", "s/empty.csv|LOADED|0|0|1|0|NULL|NULL|NULL|NULL", "s/mark.csv|LOADED|1|1|1|0|NULL|NULL|NULL|NULL")
	want(t, s, "copy into t from @s/latin.csv file_format = (encoding = 'iso-8859-1')", "s/latin.csv|LOADED|1|1|1|0|NULL|NULL|NULL|NULL")
	want(t, s, "copy into t from @s/utf16.csv file_format = (encoding = utf16)", "s/utf16.csv|LOADED|1|1|1|0|NULL|NULL|NULL|NULL")
	want(t, s, "select * from t order by 1", "1|a", "2|b", "3|c", "4|é", "5|é")
	refusedSaying(t, s, "copy into t from @s/latin.csv force = true", 100144, "Invalid UTF8 detected in string")
	refusedSaying(t, s, "copy into t from @s/plain.txt force = true file_format = (compression = gzip)", 100073, "nvalid data encountered during decompression")
	refusedSaying(t, s, "copy into t from @s/latin.csv force = true file_format = (encoding = 'klingon')", 2019, "klingon")
	refusedSaying(t, s, "copy into t from @s/cut", 100073, "s/cut.gz.csv")
	if got, err := rows(t.Context(), s, "copy into t from @s/cut on_error = skip_file"); err != nil || !strings.HasPrefix(got, "s/cut.gz.csv|LOAD_FAILED|") {
		t.Errorf("got %q, error %v", got, err)
	}
	refusedSaying(t, s, "copy into t from @s files = ('nosuch.csv')", 91016, "Remote file 's/nosuch.csv' was not found.")
	want(t, s, "select count(*) from t", "5")
}

// TestCopyOptions tries what else a load can be told.
func TestCopyOptions(t *testing.T) {
	s := onStage(t, map[string]string{"1.csv": "1\n", "2.csv": "22\n", "3.csv": "x\n"})
	run(t, s, "create table t (a int)")
	want(t, s, "copy into t from @s size_limit = 1", "s/1.csv|LOADED|1|1|1|0|NULL|NULL|NULL|NULL")
	want(t, s, "copy into t from @s files = ('2.csv') validation_mode = return_5_rows", "22")
	refusedSaying(t, s, "copy into t from @s validation_mode = return_5_rows", 100038, "'x'")
	want(t, s, "copy into t from @s on_error = 'skip_file_50%' return_failed_only = true", `s/3.csv|LOAD_FAILED|1|0|1|1|Numeric value 'x' is not recognized|1|1|"T"["A":1]`)
	want(t, s, "copy into t from @s purge = true on_error = continue force = true", "s/1.csv|LOADED|1|1|1|0|NULL|NULL|NULL|NULL", "s/2.csv|LOADED|1|1|1|0|NULL|NULL|NULL|NULL",
		`s/3.csv|LOAD_FAILED|1|0|1|1|Numeric value 'x' is not recognized|1|1|"T"["A":1]`)
	want(t, s, "select a, count(*) from t group by a order by a", "1|2", "22|2")
	for option, part := range map[string]string{
		"on_error = maybe": "invalid value [MAYBE] for parameter 'ON_ERROR'", "on_error = 'skip_file_x'": "invalid value ['skip_file_x']", "on_error = 'skip_file_101%'": "ON_ERROR",
		"validation_mode = return_0_rows": "VALIDATION_MODE", "size_limit = -1": "[-1]", "purge = 'yes'": "['yes']", "match_by_column_name = exactly": "MATCH_BY_COLUMN_NAME",
		"files = 'a'": "FILES", "pattern = 5": "PATTERN",
	} {
		refusedSaying(t, s, "copy into t from @s "+option, 1008, part)
	}
	refusedSaying(t, s, "copy into t from @s no_such = 1", 1006, "invalid parameter 'NO_SUCH'")
	refusedSaying(t, s, "copy into t (nosuch) from @s", 904, "invalid identifier 'NOSUCH'")
	refusedSaying(t, s, "copy into t from 's3://bucket/x'", 91003, "The specified bucket does not exist")
	refusedSaying(t, s, "copy into t from @s pattern = '('", 2037, "")
	refusedSaying(t, s, "copy into t from @s match_by_column_name = case_insensitive", 2019, "PARSE_HEADER")
}

// TestCopyTypes reads each type in the forms that AUTO takes, and in others.
func TestCopyTypes(t *testing.T) {
	s := onStage(t, map[string]string{
		"auto.csv":   "12.5,1e3,yes,2024-02-29,2024-02-29 12:34:56.789,12:34,00ff,\"{\"\"a\"\": 1}\",x\n -7 ,NaN,0,02/29/2024,2024-02-29T12:34:56Z,01:02:03.5,,[1],\n,,,29-Feb-2024,1709210096,,,,\n",
		"models.csv": "29.02.2024;29.02.2024 12.34;12-34;AP8=\n",
		"bad.csv":    "1_000,1,1\n0x1F,1,1\n99999999,1,1\n1,maybe,1\n1,true,2024-02-30\n1,true,yesterday\n",
	})
	run(t, s, "create table t (n number(6,2), f float, b boolean, d date, ts timestamp_ntz, c time, x binary, v variant, s varchar)", "create table m (d date, ts timestamp_ntz, c time, x binary)",
		"create table bad (n number(6,2), b boolean, d date)",
		"copy into t from @s/auto.csv file_format = (field_optionally_enclosed_by = '\"')",
		"copy into m from @s/models.csv file_format = (field_delimiter = ';' date_format = 'DD.MM.YYYY' timestamp_format = 'DD.MM.YYYY HH24.MI' time_format = 'HH24-MI' binary_format = base64)")
	want(t, s, "select n, f, b, d, ts, c, hex_encode(x), v, s from t order by n desc nulls last",
		"12.5|1000|true|2024-02-29|2024-02-29T12:34:56.789|12:34:00.000000|00FF|{\"a\":1}|x", "-7|NaN|false|2024-02-29|2024-02-29T12:34:56|01:02:03.500000|NULL|[1]|NULL",
		"NULL|NULL|NULL|2024-02-29|2024-02-29T12:34:56|NULL|NULL|NULL|NULL")
	want(t, s, "select d, ts, c, hex_encode(x) from m", "2024-02-29|2024-02-29T12:34:00|12:34:00.000000|00FF")
	want(t, s, "select error, row_number, column_name, code from (select 'x' as error, 1 as row_number, 'c' as column_name, 2 as code)", "x|1|c|2")
	got, err := rows(t.Context(), s, "copy into bad from @s/bad.csv validation_mode = return_all_errors")
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range []string{"Numeric value '1_000' is not recognized|", "Numeric value '0x1F' is not recognized|", "Number out of representable range: type NUMBER(6,2), value 99999999|",
		"Boolean value 'maybe' is not recognized|", "Date '2024-02-30' is not recognized|", "Date 'yesterday' is not recognized|"} {
		if !strings.Contains(got, line) {
			t.Errorf("%q is missing in\n%s", line, got)
		}
	}
}
