package duckdb_test

import (
	"database/sql"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	_ "github.com/duckdb/duckdb-go/v2"
)

// BenchmarkCopyCSV loads 46 MB of CSV, and says how many times the time of
// DuckDB's own reader on a plain file that takes, in the same run.
func BenchmarkCopyCSV(b *testing.B) {
	file := strings.Repeat("12345,2024-01-02,\"some, text\",3.25,plain text here\n", 1_000_000)
	s := onStage(b, map[string]string{"a.csv": file})
	run(b, s, "create table t (a int, d date, s varchar(100), n number(10,2), x varchar)")
	b.SetBytes(int64(len(file)))
	for b.Loop() {
		run(b, s, "copy into t from @s file_format = (field_optionally_enclosed_by = '\"') force = true", "delete from t")
	}
	b.ReportMetric(b.Elapsed().Seconds()/float64(b.N)/ownReader(b, file).Seconds(), "times-read_csv")
}

// ownReader is how long DuckDB takes for a file by itself.
func ownReader(b *testing.B, file string) time.Duration {
	b.Helper()
	path := filepath.Join(b.TempDir(), "a.csv")
	if err := os.WriteFile(path, []byte(file), 0o600); err != nil {
		b.Fatal(err)
	}
	db, err := sql.Open("duckdb", "")
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec("create table t (a bigint, d date, s varchar, n decimal(10,2), x varchar)"); err != nil {
		b.Fatal(err)
	}
	began := time.Now()
	if _, err := db.Exec("insert into t from read_csv(?, header = false)", path); err != nil {
		b.Fatal(err)
	}
	return time.Since(began)
}

// BenchmarkCopyParquet unloads a million rows and loads them again by name.
func BenchmarkCopyParquet(b *testing.B) {
	s := onStage(b, nil)
	run(b, s, "create table t as select seq4() as a, dateadd(day, seq4() % 1000, '2024-01-01'::date) as d, 'some, text' || seq4() as s, (seq4() / 7)::number(10,2) as n from table(generator(rowcount => 1000000))",
		"create table again like t")
	for b.Loop() {
		run(b, s, "copy into @s/p/ from t file_format = (type = parquet) header = true overwrite = true",
			"copy into again from @s/p file_format = (type = parquet) match_by_column_name = case_insensitive purge = true force = true")
	}
	b.ReportMetric(float64(b.N)*1e6/b.Elapsed().Seconds(), "rows/s")
}
