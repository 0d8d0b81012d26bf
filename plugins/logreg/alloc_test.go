package logreg

import (
	"runtime"
	"testing"

	"github.com/apache/arrow-go/v18/arrow/array"

	"github.com/snowpit-dev/snowpit/plugins"
)

// BenchmarkTrain1000000x9x3 runs the whole of train, and reports all it
// allocates beside the rows it was given as a share of the feature matrix.
func BenchmarkTrain1000000x9x3(b *testing.B) {
	s := large()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for b.Loop() {
		rows, err := array.NewRecordReader(s.table.schema, s.table.batches)
		if err != nil {
			b.Fatal(err)
		}
		call := plugins.Call{Config: map[string]any{"target": "Y", "split": map[string]any{}}}
		if err := New().Train(b.Context(), call, rows, rowsAway{}); err != nil {
			b.Fatal(err)
		}
		rows.Release()
	}
	runtime.ReadMemStats(&after)
	matrix := float64(b.N) * float64(s.table.rows) * 9 * 8
	b.ReportMetric(float64(after.TotalAlloc-before.TotalAlloc)/matrix, "allocated/matrix")
}
