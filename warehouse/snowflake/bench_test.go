package snowflake_test

import (
	"database/sql"
	"database/sql/driver"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/apache/arrow-go/v18/arrow/memory"
	"github.com/apache/arrow-go/v18/parquet/file"
	"github.com/apache/arrow-go/v18/parquet/pqarrow"
	"github.com/duckdb/duckdb-go/v2"

	"github.com/snowpit-dev/snowpit/warehouse"
)

// BenchmarkLoad loads 1,000,000 rows of 10 columns out of a Parquet file through
// the backend, into a table that is there and into one that it replaces, in
// times of what the embedded engine takes to create a table of the same file.
func BenchmarkLoad(b *testing.B) {
	connector, err := duckdb.NewConnector(filepath.Join(b.TempDir(), "local.db"), func(driver.ExecerContext) error { return nil })
	if err != nil {
		b.Fatal(err)
	}
	local := sql.OpenDB(connector)
	defer local.Close()
	path := filepath.Join(b.TempDir(), "wide.parquet")
	const wide = `select range as a, range * 2 as b, range %% 7 as c, cast(range / 3.0 as decimal(18,6)) as d, range * 1.5::double as e, 'row ' || range as f,
		range %% 2 = 0 as g, date '2020-01-01' + cast(range %% 1000 as int) as h, range %% 100 as i, cast(range as double) as j from range(1000000)`
	if _, err := local.ExecContext(b.Context(), fmt.Sprintf("copy ("+wide+") to '%s' (format parquet)", path)); err != nil {
		b.Fatal(err)
	}
	_, s := open(b)
	columns := []warehouse.Column{}
	for _, name := range []string{"A", "B", "C", "D", "E", "F", "G", "H", "I", "J"} {
		c := warehouse.Column{Name: name, Type: warehouse.Number, Precision: 38, Nullable: true}
		switch name {
		case "D":
			c.Precision, c.Scale = 18, 6
		case "E", "J":
			c = warehouse.Column{Name: name, Type: warehouse.Float, Nullable: true}
		case "F":
			c = warehouse.Column{Name: name, Type: warehouse.Varchar, Nullable: true}
		case "G":
			c = warehouse.Column{Name: name, Type: warehouse.Boolean, Nullable: true}
		case "H":
			c = warehouse.Column{Name: name, Type: warehouse.Date, Nullable: true}
		}
		columns = append(columns, c)
	}
	exec(b, s, "create table there (a int, b int, c int, d number(18,6), e float, f varchar, g boolean, h date, i int, j float)")
	var within, appended, replaced time.Duration
	for b.Loop() {
		start := time.Now()
		if _, err := local.ExecContext(b.Context(), fmt.Sprintf("create or replace table wide as select * from read_parquet('%s')", path)); err != nil {
			b.Fatal(err)
		}
		within += time.Since(start)
		appended += loadFile(b, s, "there", warehouse.LoadAppend, nil, path)
		replaced += loadFile(b, s, "anew", warehouse.LoadReplace, columns, path)
	}
	b.ReportMetric(appended.Seconds()/within.Seconds(), "times-duckdb-append")
	b.ReportMetric(replaced.Seconds()/within.Seconds(), "times-duckdb-replace")
}

func loadFile(b *testing.B, s warehouse.Session, table string, mode warehouse.LoadMode, columns []warehouse.Column, path string) time.Duration {
	b.Helper()
	in, err := os.Open(path)
	if err != nil {
		b.Fatal(err)
	}
	parquet, err := file.NewParquetReader(in)
	if err != nil {
		b.Fatal(err)
	}
	defer parquet.Close()
	start := time.Now()
	r, err := pqarrow.NewFileReader(parquet, pqarrow.ArrowReadProperties{BatchSize: 1 << 16}, memory.DefaultAllocator)
	if err != nil {
		b.Fatal(err)
	}
	rows, err := r.GetRecordReader(b.Context(), nil, nil)
	if err != nil {
		b.Fatal(err)
	}
	defer rows.Release()
	loader, ok := s.(warehouse.Loader)
	if !ok {
		b.Fatal("it does not load")
	}
	if n, err := loader.Load(b.Context(), table, mode, columns, rows); n != 1_000_000 || err != nil {
		b.Fatalf("%d rows, %v", n, err)
	}
	return time.Since(start)
}
