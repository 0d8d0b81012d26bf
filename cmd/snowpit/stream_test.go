package main

import (
	"net/url"
	"runtime"
	"strconv"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/snowflake"
	"github.com/snowpit-dev/snowpit/warehouse/snowflake/account"
)

// liveBytes is what the process's objects in use hold, in bytes.
func liveBytes() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// TestSnowflakeStreams reads a result of 220 MB through the driver, from a
// server that is another process: no more than a few chunks are held at a time.
func TestSnowflakeStreams(t *testing.T) {
	if testing.Short() {
		t.Skip("a million rows, 220 MB, go over the wire")
	}
	const rows, most = 1_000_000, 60 << 20
	p, err := startServe("snowpit", []string{"--memory", "--quiet"})
	if err != nil {
		t.Fatal(err)
	}
	defer p.stop()
	at, err := url.Parse(p.url)
	if err != nil {
		t.Fatal(err)
	}
	port, err := strconv.Atoi(at.Port())
	if err != nil {
		t.Fatal(err)
	}
	w, err := snowflake.Open(account.Config{Account: "snowpit", User: "snowpit", Password: "snowpit", Host: at.Hostname(), Port: port, Protocol: "http", Database: "DB", Schema: "PUBLIC", Downloads: 2})
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	s, err := w.Open(t.Context(), warehouse.SessionOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	before := liveBytes()
	res, err := s.Query(t.Context(), "select seq8() as n, repeat('x', 200) || seq8() as s from table(generator(rowcount => ?))", int64(rows))
	if err != nil {
		t.Fatal(err)
	}
	defer res.Close()
	var seen, bytes, peak int64
	for batch, err := range res.Batches() {
		if err != nil {
			t.Fatal(err)
		}
		if seen += batch.NumRows(); bytes/(20<<20) != (bytes+size(batch))/(20<<20) {
			peak = max(peak, liveBytes()-before)
		}
		bytes += size(batch)
	}
	t.Logf("%d rows of %d MB, of which %d MB were held at a time", seen, bytes>>20, peak>>20)
	if seen != rows || bytes < 200<<20 || peak > most {
		t.Errorf("%d rows, %d bytes, %d held; want %d rows and at most %d held", seen, bytes, peak, rows, most)
	}
}

// size is how many bytes a batch holds.
func size(batch arrow.RecordBatch) (n int64) {
	for _, col := range batch.Columns() {
		for _, b := range col.Data().Buffers() {
			if b != nil {
				n += int64(b.Len())
			}
		}
	}
	return n
}
