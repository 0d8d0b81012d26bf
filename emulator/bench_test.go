package emulator_test

import (
	"database/sql"
	"database/sql/driver"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/duckdb/duckdb-go/v2"

	"github.com/snowpit-dev/snowpit/emulator/emulatortest"
)

// BenchmarkSelectOne is the time of the smallest statement through the Go
// driver, with 16 connections at work: the median and the 99th of 100.
func BenchmarkSelectOne(b *testing.B) {
	db, err := sql.Open("snowflake", emulatortest.Start(b))
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	db.SetMaxOpenConns(16)
	db.SetMaxIdleConns(16)
	const each = 100
	for b.Loop() {
		took := make([]time.Duration, 16*each)
		var group sync.WaitGroup
		for w := range 16 {
			group.Go(func() {
				for i := range each {
					start := time.Now()
					var n int
					if err := db.QueryRowContext(b.Context(), "select 1").Scan(&n); err != nil {
						b.Error(err)
					}
					took[w*each+i] = time.Since(start)
				}
			})
		}
		group.Wait()
		slices.Sort(took)
		b.ReportMetric(float64(took[len(took)/2].Microseconds()), "p50-µs")
		b.ReportMetric(float64(took[len(took)*99/100].Microseconds()), "p99-µs")
	}
	one := time.Now()
	const alone = 200
	for range alone {
		var n int
		if err := db.QueryRowContext(b.Context(), "select 1").Scan(&n); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(time.Since(one).Microseconds())/alone, "alone-µs")
}

const wide = `range as a, range * 2 as b, range %% 7 as c, range / 3.0 as d, range * 1.5 as e,
	'row ' || range as f, range %% 2 = 0 as g, date '2020-01-01' + cast(range %% 1000 as int) as h,
	range %% 100 as i, cast(range as double) as j from range(%d)`

// BenchmarkMillionRows reads 1,000,000 rows of 10 columns through the Go driver
// and from the embedded engine, and reports the ratio.
func BenchmarkMillionRows(b *testing.B) {
	const n = 1_000_000
	remote, err := sql.Open("snowflake", emulatortest.Start(b))
	if err != nil {
		b.Fatal(err)
	}
	defer remote.Close()
	const same = `create table wide as select seq8() as a, seq8() * 2 as b, seq8() %% 7 as c, (seq8() / 3)::number(18,6) as d, seq8() * 1.5 as e,
		'row ' || seq8() as f, seq8() %% 2 = 0 as g, dateadd(day, seq8() %% 1000, '2020-01-01'::date) as h, seq8() %% 100 as i, seq8()::float as j
		from table(generator(rowcount => %d))`
	if _, err := remote.ExecContext(b.Context(), fmt.Sprintf(same, n)); err != nil {
		b.Fatal(err)
	}
	connector, err := duckdb.NewConnector("", func(driver.ExecerContext) error { return nil })
	if err != nil {
		b.Fatal(err)
	}
	local := sql.OpenDB(connector)
	defer local.Close()
	if _, err := local.ExecContext(b.Context(), "create table wide as select "+fmt.Sprintf(wide, n)); err != nil {
		b.Fatal(err)
	}
	var through, within time.Duration
	for b.Loop() {
		through += scan(b, remote, n)
		within += scan(b, local, n)
	}
	b.ReportMetric(through.Seconds()/within.Seconds(), "times-duckdb-go")
}

func scan(b *testing.B, db *sql.DB, want int) time.Duration {
	b.Helper()
	start := time.Now()
	rows, err := db.QueryContext(b.Context(), "select * from wide")
	if err != nil {
		b.Fatal(err)
	}
	defer rows.Close()
	values, into := make([]any, 10), make([]any, 10)
	for i := range values {
		into[i] = &values[i]
	}
	n := 0
	for rows.Next() {
		if err := rows.Scan(into...); err != nil {
			b.Fatal(err)
		}
		n++
	}
	if rows.Err() != nil || n != want {
		b.Fatalf("%d rows, %v", n, rows.Err())
	}
	return time.Since(start)
}
