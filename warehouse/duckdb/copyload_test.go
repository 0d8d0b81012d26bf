package duckdb_test

import (
	"compress/gzip"
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/snowpit-dev/snowpit/stage"
	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb"
)

// onStage is a session whose stage S has the files, by name. A name that ends
// in .gz and a text that does not begin so is compressed.
func onStage(t testing.TB, files map[string]string) warehouse.Session {
	t.Helper()
	volume := stages(t)
	s := session(t, open(t, duckdb.Config{Stages: volume}))
	run(t, s, "create stage s")
	putAll(t, volume, stage.Name{Database: "T", Schema: "PUBLIC", Stage: "S"}, files)
	return s
}

func putAll(t testing.TB, volume stage.Volume, name stage.Name, files map[string]string) {
	t.Helper()
	st, err := volume.Stage(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range files {
		if strings.HasSuffix(name, ".gz") {
			text = zipped(t, text)
		}
		if _, err := st.Put(t.Context(), name, strings.NewReader(text), stage.PutOptions{}); err != nil {
			t.Fatal(err)
		}
	}
}

func zipped(t testing.TB, text string) string {
	t.Helper()
	var b strings.Builder
	z := gzip.NewWriter(&b)
	if _, err := z.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// refusedSaying checks a refusal's code and that its message has a part.
func refusedSaying(t *testing.T, s warehouse.Session, sql string, code int, part string) {
	t.Helper()
	_, err := rows(t.Context(), s, sql)
	var e *warehouse.Error
	if !errors.As(err, &e) || e.Code != code || !strings.Contains(e.Message, part) {
		t.Errorf("%s\ngot  %v\nwant %06d with %q", sql, err, code, part)
	}
}

// TestCopyCSV loads the tutorial's kind of file: the result row has the columns
// of https://docs.snowflake.com/en/sql-reference/sql/copy-into-table#output.
func TestCopyCSV(t *testing.T) {
	s := onStage(t, map[string]string{"in/a.csv.gz": "id,name\n1,\"Ann, B\"\n2,\\N\n3,\n", "in/b.csv": "id,name\n4,D\n", "c.txt": "x"})
	run(t, s, "create table t (id int, name varchar(10))")
	const load = "copy into t from @s/in file_format = (type = csv skip_header = 1 field_optionally_enclosed_by = '\"')"
	want(t, s, load, "s/in/a.csv.gz|LOADED|3|3|1|0|NULL|NULL|NULL|NULL", "s/in/b.csv|LOADED|1|1|1|0|NULL|NULL|NULL|NULL")
	want(t, s, "select * from t order by 1", "1|Ann, B", "2|NULL", "3|NULL", "4|D")
	want(t, s, load, "Copy executed with 0 files processed.")
	want(t, s, load+" force = true pattern = '.*b[.]csv'", "s/in/b.csv|LOADED|1|1|1|0|NULL|NULL|NULL|NULL")
	want(t, s, "select file_name, status, row_count, row_parsed, error_count from information_schema.load_history order by last_load_time, 1",
		"s/in/a.csv.gz|LOADED|3|3|0", "s/in/b.csv|LOADED|1|1|0", "s/in/b.csv|LOADED|1|1|0")
	res, err := s.Query(t.Context(), load)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Close()
	if res.Columns[0].Name != "status" {
		t.Errorf("the result of no files has the column %s", res.Columns[0].Name)
	}
}

// TestCopyErrors takes the faults of the loading tutorial,
// https://docs.snowflake.com/en/user-guide/tutorials/data-load-internal-tutorial:
// eleven fields in a table of two, once in the first row and once later.
func TestCopyErrors(t *testing.T) {
	s := onStage(t, map[string]string{
		"bad.csv":  "1,a,x\n2,b\nx,c\n4,toolong\n5,e,f\n6\n,g\n",
		"good.csv": "7,h\n",
	})
	run(t, s, "create table t (id int not null, name varchar(3))")
	load := "copy into t from @s "
	refusedSaying(t, s, load, 100080, "Number of columns in file (3) does not match that of the corresponding table (2), use file format option "+
		"error_on_column_count_mismatch=false to ignore this error\n  File 's/bad.csv', line 2, character 1\n  Row 1 starts at line 1, column \"T\"[3]\n  If you would")
	want(t, s, "select count(*) from t", "0")
	want(t, s, load+"validation_mode = return_errors",
		`Number of columns in file (3) does not match that of the corresponding table (2), use file format option error_on_column_count_mismatch=false to ignore this error|s/bad.csv|2|1|6|parsing|100080|22000|"T"[3]|1|1|1,a,x`,
		`Numeric value 'x' is not recognized|s/bad.csv|3|1|10|conversion|100038|22018|"T"["ID":1]|3|3|x,c`,
		`User character length limit (3) exceeded by string 'toolong'|s/bad.csv|4|3|16|conversion|100074|54000|"T"["NAME":2]|4|4|4,toolong`,
		`Field delimiter ',' found while expecting record delimiter '\n'|s/bad.csv|5|4|27|parsing|100016|22000|"T"["NAME":2]|5|5|5,e,f`,
		`End of record reached while expected to parse column '"T"["NAME":2]'|s/bad.csv|6|2|31|parsing|100068|22000|"T"["NAME":2]|6|6|6`,
		`NULL result in a non-nullable column. Use quotes if an empty field should be interpreted as an empty string instead of a null|s/bad.csv|7|1|32|parsing|100088|22000|"T"["ID":1]|7|7|,g`)
	want(t, s, load+"on_error = skip_file_7", `s/bad.csv|PARTIALLY_LOADED|7|1|7|6|Number of columns in file (3) does not match that of the corresponding table (2), use file format option error_on_column_count_mismatch=false to ignore this error|2|1|"T"[3]`,
		"s/good.csv|LOADED|1|1|7|0|NULL|NULL|NULL|NULL")
	want(t, s, "select * from t", "2|b", "7|h")
	want(t, s, load+"on_error = continue", "Copy executed with 0 files processed.")
	run(t, s, "create or replace table t (id int not null, name varchar(3))")
	want(t, s, "select count(*) from t", "0")
	want(t, s, load+"on_error = 'skip_file' file_format = (error_on_column_count_mismatch = false)", `s/bad.csv|LOAD_FAILED|7|0|1|3|Numeric value 'x' is not recognized|3|1|"T"["ID":1]`, "s/good.csv|LOADED|1|1|1|0|NULL|NULL|NULL|NULL")
	want(t, s, "select * from t", "7|h")
	want(t, s, load+"on_error = continue truncatecolumns = true file_format = (error_on_column_count_mismatch = false)", `s/bad.csv|PARTIALLY_LOADED|7|5|7|2|Numeric value 'x' is not recognized|3|1|"T"["ID":1]`)
	want(t, s, "select * from t order by 1", "1|a", "2|b", "4|too", "5|e", "6|NULL", "7|h")
}

// TestCopyTransformation follows
// https://docs.snowflake.com/en/user-guide/data-load-transform.
func TestCopyTransformation(t *testing.T) {
	s := onStage(t, map[string]string{
		"sales.csv": "MLS,Sale,City\n1,250000,Boston\n2,oops,Lexington\n3,325000,Winchester\n",
		"more.csv":  "MLS,Sale,City\n4,1,x\n",
		"d.json":    `{"a": {"n": 1.5}} {"a": {"n": 2}}`,
		"a.parquet": parquetFile(t, everyType, everyRow, `{"I": 8}`),
	})
	run(t, s, "create table sales (city varchar, price number(12,2), id int, row_no int, file varchar)", "create table j (n number(5,1), whole variant)",
		"create file format f type = csv skip_header = 1")
	const query = "copy into sales (id, price, city, row_no, file) from (select t.$1, t.$2, upper(t.$3), metadata$file_row_number, metadata$filename from @s/ t) "
	refusedSaying(t, s, query+"file_format = (format_name = f) files = ('sales.csv')", 100038, "\n  File 's/sales.csv', line 3, character 1\n  Row 2, column")
	want(t, s, "select count(*) from sales", "0")
	got, err := rows(t.Context(), s, query+"file_format = f pattern = '.*[.]csv' on_error = continue")
	if err != nil || !strings.HasPrefix(got, "s/more.csv|LOADED|1|1|1|0|NULL|NULL|NULL|NULL\ns/sales.csv|PARTIALLY_LOADED|3|2|3|1|") {
		t.Errorf("got %q, error %v", got, err)
	}
	want(t, s, "select * from sales order by id", "BOSTON|250000|1|1|sales.csv", "WINCHESTER|325000|3|3|sales.csv", "X|1|4|1|more.csv")
	want(t, s, query+"file_format = f pattern = '.*[.]csv'", "Copy executed with 0 files processed.")
	if got, err = rows(t.Context(), s, query+"file_format = f files = ('sales.csv', 'more.csv') on_error = skip_file force = true"); err != nil ||
		!strings.HasPrefix(got, "s/sales.csv|LOAD_FAILED|3|0|1|1|") || !strings.HasSuffix(got, "s/more.csv|LOADED|1|1|1|0|NULL|NULL|NULL|NULL") {
		t.Errorf("got %q, error %v", got, err)
	}
	want(t, s, "select count(*) from sales", "4")
	want(t, s, "copy into j from (select $1:a.n, $1 from @s/d.json) file_format = (type = json)", "s/d.json|LOADED|2|2|1|0|NULL|NULL|NULL|NULL")
	want(t, s, "select * from j order by n", `1.5|{"a":{"n":1.5}}`, `2|{"a":{"n":2}}`)
	run(t, s, `create table p ("GRID" number(38,4), b float, v variant)`)
	want(t, s, `copy into p ("GRID", b, v) from (select $1:"n"::number(38,4), $1:"F"::real, parse_json($1:"V") from '@s') file_format = (type = parquet use_vectorized_scanner = false compression = auto binary_as_text = false) pattern = '.*parquet' purge = true on_error = abort_statement`,
		"s/a.parquet|LOADED|2|2|1|0|NULL|NULL|NULL|NULL")
	want(t, s, "select * from p order by b", `12345678901234567890123456.7891|0.5|{"a":1}`, "NULL|NULL|NULL")
	want(t, s, "list @s pattern = '.*parquet'")
	refusedSaying(t, s, query+"validation_mode = return_errors", 2019, "VALIDATION_MODE does not support")
}

// TestCopyWithBinds is how Snowflake's own clients write it.
func TestCopyWithBinds(t *testing.T) {
	s := onStage(t, map[string]string{"a.csv": "1\nx\n"})
	run(t, s, "create table t (a int)")
	res, err := s.Query(t.Context(), "copy into identifier(?) (a) from (select $1 from @s) on_error = ?", "t", "continue")
	if err != nil {
		t.Fatal(err)
	}
	res.Close()
	want(t, s, "select * from t", "1")
	refusedSaying(t, s, "copy into t from @s on_error = ?", 2049, "Bind variable 1 not set")
}

// TestCopyInTransaction is undone by a rollback, with what is known of it.
func TestCopyInTransaction(t *testing.T) {
	s := onStage(t, map[string]string{"a.csv": "1\n", "bad.csv": "x\n"})
	run(t, s, "create table t (a int)", "begin", "insert into t values (5)")
	want(t, s, "copy into t from @s files = ('a.csv')", "s/a.csv|LOADED|1|1|1|0|NULL|NULL|NULL|NULL")
	refusedSaying(t, s, "copy into t from @s files = ('bad.csv')", 100038, "'x'")
	want(t, s, "select a from t order by 1", "1", "5")
	run(t, s, "rollback")
	want(t, s, "select * from t")
	want(t, s, "copy into t from @s files = ('a.csv')", "s/a.csv|LOADED|1|1|1|0|NULL|NULL|NULL|NULL")
	run(t, s, "truncate table t")
	want(t, s, "copy into t from @s files = ('a.csv')", "s/a.csv|LOADED|1|1|1|0|NULL|NULL|NULL|NULL")
	run(t, s, "alter table t rename to u")
	want(t, s, "copy into u from @s files = ('a.csv')", "Copy executed with 0 files processed.")
	run(t, s, "drop table u", "create table u (a int)")
	want(t, s, "copy into u from @s files = ('a.csv')", "s/a.csv|LOADED|1|1|1|0|NULL|NULL|NULL|NULL")
}

// TestCopyCanceled stops in the middle and leaves nothing behind.
func TestCopyCanceled(t *testing.T) {
	s := onStage(t, map[string]string{"a.csv": strings.Repeat("1,some text\n", 1_000_000)})
	run(t, s, "create table t (a int, b varchar)")
	for _, sql := range []string{"copy into t from @s", "copy into t from (select $1, $2 from @s)", "copy into @s/x/ from (select $1, $2 from @s/a.csv)"} {
		ctx, cancel := context.WithTimeout(t.Context(), 30*time.Millisecond)
		_, err := s.Query(ctx, sql)
		cancel()
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%s: error %v", sql, err)
		}
	}
	want(t, s, "select count(*) from t", "0")
	want(t, s, "select count(*) from information_schema.load_history", "0")
	want(t, s, "list @s/x")
	want(t, s, "copy into t from @s", "s/a.csv|LOADED|1000000|1000000|1|0|NULL|NULL|NULL|NULL")
}

// TestCopyPreview has the types of the table.
func TestCopyPreview(t *testing.T) {
	s := onStage(t, map[string]string{"a.csv": "1.5,2024-02-29\n2,\nx,y\n"})
	run(t, s, "create table t (n number(10,2), d date)")
	res, err := s.Query(t.Context(), "copy into t from @s validation_mode = return_2_rows")
	if err != nil {
		t.Fatal(err)
	}
	defer res.Close()
	if len(res.Columns) != 2 || res.Columns[0].Name != "N" || res.Columns[0].Type != warehouse.Number || res.Columns[0].Scale != 2 || res.Columns[1].Type != warehouse.Date {
		t.Errorf("columns %+v", res.Columns)
	}
	if err := res.Close(); err != nil {
		t.Error(err)
	}
	want(t, s, "copy into t from @s validation_mode = return_2_rows", "1.5|2024-02-29", "2|NULL")
	want(t, s, "select count(*) from t", "0")
}

// TestImpliedStagesByPut puts files where nobody created a stage.
func TestImpliedStagesByPut(t *testing.T) {
	s, _, local := staged(t)
	run(t, s, "create table t (a varchar, b varchar)", "put file://"+local+"/b.csv @~/staged", "put file://"+local+"/b.csv @%t auto_compress = false")
	want(t, s, "select metadata$filename, $1 from @~", "staged/b.csv.gz|x")
	want(t, s, "copy into t from @~/staged", "staged/b.csv.gz|LOADED|1|1|1|0|NULL|NULL|NULL|NULL")
	want(t, s, "copy into t from @t.public.%t purge = true", "b.csv|LOADED|1|1|1|0|NULL|NULL|NULL|NULL")
	want(t, s, "list @%t")
	run(t, s, "get @~/staged file://"+local)
	want(t, s, "remove @~ pattern = '.*b[.]csv.*'", "staged/b.csv.gz|removed")
	run(t, s, "create temporary stage tmp file_format = (type = csv field_delimiter = '|' compression = none)", "copy into @tmp/x from (select 1, 2) single = true")
	want(t, s, "select $2 from @tmp", "2")
}

// TestCopyDuplicateKeys loads an object that has a key twice, which
// https://docs.snowflake.com/en/sql-reference/sql/create-file-format takes for
// the last one where ALLOW_DUPLICATE says so.
func TestCopyDuplicateKeys(t *testing.T) {
	s := onStage(t, map[string]string{"a.json": `{"b":1,"a":1,"a":2}`})
	run(t, s, "create table t (v variant)")
	refusedSaying(t, s, "copy into t from @s file_format = (type = json)", 100069, `duplicate object attribute "a"`)
	run(t, s, "copy into t from @s file_format = (type = json allow_duplicate = true)")
	want(t, s, "select v from t", `{"a":2,"b":1}`)
}
