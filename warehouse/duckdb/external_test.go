package duckdb_test

import (
	"strings"
	"testing"

	"github.com/snowpit-dev/snowpit/stage"
	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb"
)

// bucket makes the bucket of a URL, with files.
func bucket(t *testing.T, volume stage.Volume, url string, files map[string]string) {
	t.Helper()
	u, ok := stage.ParseURL(url)
	if !ok {
		t.Fatalf("%s is no URL", url)
	}
	if err := volume.Create(t.Context(), u.Name(), ""); err != nil {
		t.Fatal(err)
	}
	st, err := volume.Stage(t.Context(), u.Name())
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range files {
		if _, err := st.Put(t.Context(), name, strings.NewReader(text), stage.PutOptions{}); err != nil {
			t.Fatal(err)
		}
	}
}

// An external stage reads and writes the files of a bucket that is there, under
// its URL, and shows them as
// https://docs.snowflake.com/en/sql-reference/sql/copy-into-table has them: by
// their whole URL.
func TestExternalStages(t *testing.T) {
	_, volume, _ := staged(t)
	bucket(t, volume, "s3://raw", map[string]string{"sales/1.csv": "1,one\n", "sales/2.csv": "2,two\n", "salesman.csv": "9,nine\n", "other/3.csv": "3,three\n"})
	s := session(t, open(t, duckdb.Config{Stages: volume, LocalFiles: true}))
	run(t, s, "create stage ext url = 's3://raw/sales' credentials = (aws_key_id = 'k' aws_secret_key = 's')",
		"create stage whole url = 's3://raw/' storage_integration = mine", "create table t (n int, s varchar)")
	wantOf(t, s, "list @ext", `"name", "size"`, "s3://raw/sales/1.csv|6", "s3://raw/sales/2.csv|6")
	want(t, s, "copy into t from @ext", "s3://raw/sales/1.csv|LOADED|1|1|1|0|NULL|NULL|NULL|NULL", "s3://raw/sales/2.csv|LOADED|1|1|1|0|NULL|NULL|NULL|NULL")
	want(t, s, "copy into t from @ext", "Copy executed with 0 files processed.")
	want(t, s, "copy into t from @whole/other files = ('3.csv')", "s3://raw/other/3.csv|LOADED|1|1|1|0|NULL|NULL|NULL|NULL")
	want(t, s, "select $1, metadata$filename from @ext/2.csv", "2|sales/2.csv")
	want(t, s, "select n, s from t order by n", "1|one", "2|two", "3|three")
	run(t, s, "create table u like t", "copy into s3://raw/out/part_ from t file_format = (type = csv compression = none) single = false",
		"copy into u from s3://raw/out/ credentials = (aws_key_id = 'k' aws_secret_key = 's')")
	want(t, s, "select count(*), sum(n) from u", "3|6")
	run(t, s, "remove @ext/1.csv", "drop stage ext")
	wantOf(t, s, "list @whole/sales/", `"name"`, "s3://raw/sales/2.csv")
	for sql, says := range map[string]string{
		"put file:///x/a.csv @whole": "GET and PUT commands are not supported with external stage",
		"get @whole file:///tmp":     "GET and PUT commands are not supported with external stage",
		"list @ext":                  "does not exist",
	} {
		refusedSaying(t, s, sql, map[bool]int{true: 2003, false: 91003}[says == "does not exist"], says)
	}
}

// A bucket that is not there is told of when it is used, not before, as Snowflake
// does.
func TestNoBucket(t *testing.T) {
	_, volume, _ := staged(t)
	s := session(t, open(t, duckdb.Config{Stages: volume}))
	run(t, s, "create stage ext url = 'gcs://nowhere/a'", "create table t (n int)")
	for _, sql := range []string{"list @ext", "copy into t from @ext", "copy into t from 's3://nowhere/a'", "copy into @ext from t", "select $1 from @ext", "remove @ext"} {
		refusedSaying(t, s, sql, 91003, "The specified bucket does not exist")
	}
	refusedSaying(t, s, "copy into t from 'http://x/a'", 1011, "invalid URL prefix found in: 'http://x/a'")
	run(t, s, "alter stage ext set comment = 'x'", "create stage same like ext")
	run(t, s, "desc stage same")
	want(t, s, `select "property_value" from table(result_scan(last_query_id())) where "property" = 'URL'`, `["gcs://nowhere/a"]`)
}

// What is kept of an external stage is shown; its credentials are not.
func TestExternalStagesAreShown(t *testing.T) {
	_, volume, _ := staged(t)
	bucket(t, volume, "azure://acc.blob.core.windows.net", nil)
	s := session(t, open(t, duckdb.Config{Stages: volume}))
	run(t, s, "create stage a url = 's3://raw/x/' credentials = (aws_key_id = 'k' aws_secret_key = 's')", "create stage b storage_integration = mine url = 'gcs://raw'",
		"create stage c url = 'azure://acc.blob.core.windows.net/box/'", "create stage d")
	wantOf(t, s, "show stages", `"name", "url", "has_credentials", "type", "cloud", "storage_integration"`, "A|s3://raw/x/|Y|EXTERNAL|AWS|NULL",
		"B|gcs://raw|N|EXTERNAL|GCP|MINE", "C|azure://acc.blob.core.windows.net/box/|N|EXTERNAL|AZURE|NULL", "D||N|INTERNAL|NULL|NULL")
}

// wantOf runs a statement and wants these columns of its result.
func wantOf(t *testing.T, s warehouse.Session, sql, columns string, lines ...string) {
	t.Helper()
	run(t, s, sql)
	want(t, s, "select "+columns+" from table(result_scan(last_query_id())) order by 1", lines...)
}

// A table's own stage has the format, and lies where, CREATE TABLE says; another
// table of that name is told nothing.
func TestTableStage(t *testing.T) {
	_, volume, _ := staged(t)
	bucket(t, volume, "s3://raw", map[string]string{"sales/1.csv": "1|one\n2|two\n"})
	s := session(t, open(t, duckdb.Config{Stages: volume}))
	run(t, s, "create table t (n int, s varchar) stage_file_format = (field_delimiter = '|') stage_location = (url = 's3://raw/sales' credentials = (aws_key_id = 'k' aws_secret_key = 's'))")
	wantOf(t, s, "list @%t", `"name"`, "s3://raw/sales/1.csv")
	want(t, s, "copy into t", "s3://raw/sales/1.csv|LOADED|2|2|1|0|NULL|NULL|NULL|NULL")
	want(t, s, "select s from t order by n", "one", "two")
	want(t, s, "select $2 from @%t", "one", "two")
	run(t, s, "create or replace table t (n int)")
	wantOf(t, s, "list @%t", `"name"`)
	refusedSaying(t, s, "create table u (n int) stage_file_format = (type = nosuch)", 1008, "NOSUCH")
	refusedSaying(t, s, "create table u (n int) stage_location = (url = 'x')", 1011, "invalid URL prefix found in: 'x'")
}
