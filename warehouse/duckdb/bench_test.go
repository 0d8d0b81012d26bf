package duckdb_test

import (
	"context"
	"database/sql/driver"
	"testing"
	"time"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	arrowmem "github.com/apache/arrow-go/v18/arrow/memory"
	raw "github.com/duckdb/duckdb-go/v2"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb"
)

// benchRows is how many rows of ten columns the benchmarks move.
const benchRows = 1_000_000

// wide makes batches of ten columns: five numbers, four floats, one text.
func wide(b *testing.B) (*arrow.Schema, []arrow.RecordBatch) {
	var fields []arrow.Field
	for i := range 10 {
		f := arrow.Field{Name: "C" + string(rune('0'+i)), Type: arrow.PrimitiveTypes.Int64, Nullable: true}
		if i >= 5 {
			f.Type = arrow.PrimitiveTypes.Float64
		}
		if i == 9 {
			f.Type = arrow.BinaryTypes.String
		}
		fields = append(fields, f)
	}
	schema := arrow.NewSchema(fields, nil)
	var batches []arrow.RecordBatch
	const size = 65_536
	for from := 0; from < benchRows; from += size {
		rb := array.NewRecordBuilder(arrowmem.DefaultAllocator, schema)
		for row := from; row < min(benchRows, from+size); row++ {
			for c := range fields {
				switch f := rb.Field(c).(type) {
				case *array.Int64Builder:
					f.Append(int64(row * c))
				case *array.Float64Builder:
					f.Append(float64(row) / float64(c))
				case *array.StringBuilder:
					f.Append([]string{"Lewis Hamilton", "Max Verstappen", "Kimi"}[row%3])
				}
			}
		}
		batches = append(batches, rb.NewRecordBatch())
	}
	return schema, batches
}

func perSecond(b *testing.B, rows int, took time.Duration, name string) {
	b.ReportMetric(float64(rows)/took.Seconds()/1e6, name)
}

// BenchmarkLoad fills a table from Arrow.
func BenchmarkLoad(b *testing.B) {
	schema, batches := wide(b)
	columns := columnsOf(b, schema)
	for name, dir := range map[string]string{"memory": "", "folder": b.TempDir()} {
		b.Run(name, func(b *testing.B) {
			s := session(b, open(b, duckdb.Config{Dir: dir}))
			b.ResetTimer()
			for b.Loop() {
				r, err := array.NewRecordReader(schema, batches)
				if err != nil {
					b.Fatal(err)
				}
				if n, err := s.(warehouse.Loader).Load(b.Context(), "WIDE", warehouse.LoadReplace, columns, r); err != nil || n != benchRows {
					b.Fatal(n, err)
				}
				r.Release()
			}
			perSecond(b, benchRows*b.N, b.Elapsed(), "Mrows/s")
		})
	}
}

// BenchmarkRead reads a table as Arrow, against the driver's own rows.
func BenchmarkRead(b *testing.B) {
	schema, batches := wide(b)
	s := session(b, open(b, duckdb.Config{}))
	r, err := array.NewRecordReader(schema, batches)
	if err != nil {
		b.Fatal(err)
	}
	if _, err := s.(warehouse.Loader).Load(b.Context(), "WIDE", warehouse.LoadReplace, columnsOf(b, schema), r); err != nil {
		b.Fatal(err)
	}
	var ours, theirs time.Duration
	conn := driverConn(b, "create table WIDE as select range as C0, range * 2 as C1, range * 3 as C2, range * 4 as C3, range * 5 as C4, "+
		"range / 5.0::double as C5, range / 6.0::double as C6, range / 7.0::double as C7, range / 8.0::double as C8, 'Lewis Hamilton' as C9 from range(1000000)")
	for b.Loop() {
		start := time.Now()
		if n := readAll(b, s, "select * from WIDE"); n != benchRows {
			b.Fatal(n)
		}
		ours += time.Since(start)
		start = time.Now()
		if n := driverRows(b, conn, "select * from WIDE"); n != benchRows {
			b.Fatal(n)
		}
		theirs += time.Since(start)
	}
	perSecond(b, benchRows*b.N, ours, "Mrows/s")
	b.ReportMetric(theirs.Seconds()/ours.Seconds(), "times-the-driver")
}

// BenchmarkSelectOne measures what a session adds to the driver, by the fastest
// of each: what else the machine does is neither's.
func BenchmarkSelectOne(b *testing.B) {
	s := session(b, open(b, duckdb.Config{Dir: b.TempDir()}))
	conn := driverConn(b, "select 1")
	ours, theirs := time.Hour, time.Hour
	for b.Loop() {
		start := time.Now()
		readAll(b, s, "select 1")
		ours = min(ours, time.Since(start))
		start = time.Now()
		driverRows(b, conn, "select 1")
		theirs = min(theirs, time.Since(start))
	}
	b.ReportMetric(float64((ours-theirs).Nanoseconds())/1e3, "µs-added")
	b.ReportMetric(ours.Seconds()/theirs.Seconds(), "times-the-driver")
}

// BenchmarkAggregate groups ten million rows, beside the same written for
// DuckDB by hand, by the fastest of each.
func BenchmarkAggregate(b *testing.B) {
	s := session(b, open(b, duckdb.Config{}))
	conn := driverConn(b, `create table facts as select range % 1000 as k, range % 97 as n, (range % 1000) * 0.5::double as f, range % 7 = 0 as b from range(10000000)`)
	if _, err := warehouse.Exec(b.Context(), s, `create table facts as select mod(i, 1000) as k, mod(i, 97) as n, mod(i, 1000) * 0.5::float as f, mod(i, 7) = 0 as b
		from (select seq8() as i from table(generator(rowcount => 10000000)))`); err != nil {
		b.Fatal(err)
	}
	ours, theirs := time.Hour, time.Hour
	for b.Loop() {
		start := time.Now()
		if n := readAll(b, s, "select k, count(*), sum(n), avg(f), max(iff(b, n, 0)), count_if(b) from facts where n > 3 group by k order by k"); n != 1000 {
			b.Fatal(n)
		}
		ours = min(ours, time.Since(start))
		start = time.Now()
		if n := driverRows(b, conn, "select k, count(*), sum(n), avg(f), max(if(b, n, 0)), count_if(b) from facts where n > 3 group by k order by k"); n != 1000 {
			b.Fatal(n)
		}
		theirs = min(theirs, time.Since(start))
	}
	perSecond(b, 10*benchRows, ours, "Mrows/s")
	b.ReportMetric(ours.Seconds()/theirs.Seconds(), "times-by-hand")
}

func readAll(b *testing.B, s warehouse.Session, sql string) (n int64) {
	res, err := s.Query(b.Context(), sql)
	if err != nil {
		b.Fatal(err)
	}
	defer res.Close()
	for batch, err := range res.Batches() {
		if err != nil {
			b.Fatal(err)
		}
		n += batch.NumRows()
	}
	return n
}

// driverConn is a connection of the driver's own to a database in memory.
func driverConn(b *testing.B, setUp string) driver.Conn {
	connector, err := raw.NewConnector("", nil)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { connector.Close() })
	conn, err := connector.Connect(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { conn.Close() })
	if _, err := conn.(driver.ExecerContext).ExecContext(b.Context(), setUp, nil); err != nil {
		b.Fatal(err)
	}
	return conn
}

func driverRows(b *testing.B, conn driver.Conn, sql string) (n int) {
	rows, err := conn.(driver.QueryerContext).QueryContext(context.Background(), sql, nil)
	if err != nil {
		b.Fatal(err)
	}
	defer rows.Close()
	values := make([]driver.Value, len(rows.Columns()))
	for rows.Next(values) == nil {
		n++
	}
	return n
}
