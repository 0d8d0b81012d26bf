package host_test

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"github.com/snowpit-dev/snowpit/plugins"
)

const (
	echoRows    = 1_000_000
	echoColumns = 10
)

// BenchmarkEcho sends a million rows of ten floats to a plugin and takes them
// back. A row goes both ways, so rows/s is the speed of each way while the
// other one is under way; x-copy is the time as a multiple of a copy of the
// same rows within this process.
func BenchmarkEcho(b *testing.B) {
	for _, rows := range []int{2048, 65536} {
		b.Run(fmt.Sprintf("batch=%d", rows), func(b *testing.B) {
			batches := floats(rows)
			copied := time.Duration(0)
			p := start(b, newHost(plugins.Limits{}), "echo")
			for b.Loop() {
				var out collector
				r, err := array.NewRecordReader(batches[0].Schema(), batches)
				if err != nil {
					b.Fatal(err)
				}
				if err := p.Predict(b.Context(), call, strings.NewReader("artifact"), r, &out); err != nil || out.rows != echoRows {
					b.Fatalf("%d rows came back: %v", out.rows, err)
				}
				b.StopTimer()
				copied += deepCopy(batches)
				b.StartTimer()
			}
			b.ReportMetric(echoRows*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
			b.ReportMetric(b.Elapsed().Seconds()/copied.Seconds(), "x-copy")
			b.SetBytes(echoRows * echoColumns * 8)
		})
	}
}

// floats are the rows, in batches.
func floats(rows int) []arrow.RecordBatch {
	var fields []arrow.Field
	for i := range echoColumns {
		fields = append(fields, arrow.Field{Name: fmt.Sprintf("F%d", i), Type: arrow.PrimitiveTypes.Float64})
	}
	b := array.NewRecordBuilder(memory.DefaultAllocator, arrow.NewSchema(fields, nil))
	defer b.Release()
	var all []arrow.RecordBatch
	for at := 0; at < echoRows; at += rows {
		for j := range echoColumns {
			f := b.Field(j).(*array.Float64Builder)
			for i := at; i < min(at+rows, echoRows); i++ {
				f.Append(float64(i*echoColumns+j) / 7)
			}
		}
		all = append(all, b.NewRecordBatch())
	}
	return all
}

// deepCopy copies every buffer of the batches, and says how long it took.
func deepCopy(batches []arrow.RecordBatch) time.Duration {
	began := time.Now()
	for _, batch := range batches {
		for _, col := range batch.Columns() {
			for _, buf := range col.Data().Buffers() {
				if buf != nil {
					to := make([]byte, buf.Len())
					copy(to, buf.Bytes())
					runtime.KeepAlive(to)
				}
			}
		}
	}
	return time.Since(began)
}

// BenchmarkStart starts a plugin, asks what it is, and ends it.
func BenchmarkStart(b *testing.B) {
	h := newHost(plugins.Limits{})
	for b.Loop() {
		p, err := h.Start(b.Context(), "echo")
		if err != nil {
			b.Fatal(err)
		}
		if _, err := p.Describe(b.Context()); err != nil {
			b.Fatal(err)
		}
		p.Close()
	}
}
