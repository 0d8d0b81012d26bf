package emulator_test

import (
	"bytes"
	"database/sql"
	"database/sql/driver"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/duckdb/duckdb-go/v2"
	"github.com/snowflakedb/gosnowflake"

	"github.com/snowpit-dev/snowpit/emulator/emulatortest"
)

// BenchmarkSelectOne is the time of the smallest statement through the Go
// driver, with 16 connections: the median and the 99th of 100 when each asks
// every 50 ms, and how many a second are answered when each asks again at once.
// The same of a bare net/http server that answers with the same bytes shows what
// of it is the driver's.
func BenchmarkSelectOne(b *testing.B) {
	dsn := emulatortest.Start(b)
	emulator, bare := opened(b, dsn), opened(b, replaying(b, dsn))
	for b.Loop() {
		for name, db := range map[string]*sql.DB{"": emulator, "bare-": bare} {
			took, _ := ask(b, db, 40, 50*time.Millisecond)
			b.ReportMetric(float64(took[len(took)/2].Microseconds()), name+"p50-µs")
			b.ReportMetric(float64(took[len(took)*99/100].Microseconds()), name+"p99-µs")
			took, all := ask(b, db, 100, 0)
			b.ReportMetric(float64(len(took))/all.Seconds(), name+"statements/s")
		}
	}
}

func opened(b *testing.B, dsn string) *sql.DB {
	b.Helper()
	db, err := sql.Open("snowflake", dsn)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { db.Close() })
	db.SetMaxOpenConns(16)
	db.SetMaxIdleConns(16)
	return db
}

// ask asks on 16 connections, on each so many times at that pace, and gives how
// long each answer took, in order, and all of it.
func ask(b *testing.B, db *sql.DB, each int, pace time.Duration) ([]time.Duration, time.Duration) {
	b.Helper()
	took := make([]time.Duration, 16*each)
	began := time.Now()
	var group sync.WaitGroup
	for w := range 16 {
		group.Go(func() {
			conn, err := db.Conn(b.Context())
			if err != nil {
				b.Error(err)
				return
			}
			defer conn.Close()
			next := time.Now().Add(pace * time.Duration(w) / 16)
			for i := range each {
				time.Sleep(time.Until(next))
				next = next.Add(pace)
				start := time.Now()
				var n int
				if err := conn.QueryRowContext(b.Context(), "select 1").Scan(&n); err != nil {
					b.Error(err)
				}
				took[w*each+i] = time.Since(start)
			}
		})
	}
	group.Wait()
	all := time.Since(began)
	slices.Sort(took)
	return took, all
}

// replaying is the DSN of a server that gives to a path the answer that the
// server at dsn has given to it once.
func replaying(b *testing.B, dsn string) string {
	b.Helper()
	config, err := gosnowflake.ParseDSN(dsn)
	if err != nil {
		b.Fatal(err)
	}
	answers := map[string][]byte{}
	proxy := httputil.NewSingleHostReverseProxy(&url.URL{Scheme: "http", Host: net.JoinHostPort(config.Host, strconv.Itoa(config.Port))})
	proxy.ModifyResponse = func(r *http.Response) error {
		body, err := io.ReadAll(r.Body)
		answers[r.Request.URL.Path] = body
		r.Body = io.NopCloser(bytes.NewReader(body))
		return err
	}
	var handler http.Handler = proxy
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { handler.ServeHTTP(w, r) }))
	b.Cleanup(server.Close)
	config.Host, config.Port = server.Listener.Addr().(*net.TCPAddr).IP.String(), server.Listener.Addr().(*net.TCPAddr).Port
	bare, err := gosnowflake.DSN(config)
	if err != nil {
		b.Fatal(err)
	}
	var n int
	if db := opened(b, bare); db.QueryRowContext(b.Context(), "select 1").Scan(&n) != nil || db.Close() != nil || n != 1 {
		b.Fatal("the server gives no answer to keep")
	}
	handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		w.Header().Set("Content-Type", "application/json")
		w.Write(answers[r.URL.Path])
	})
	return bare
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
