package host_test

import (
	"fmt"
	"math"
	"os"
	"strings"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"github.com/snowpit-dev/snowpit/plugins"
)

const (
	fitRows     = 1_000_000
	fitFeatures = 9
)

// BenchmarkTrainMemory trains logreg on a million rows of nine features and
// reports the plugin's peak memory, above what a small model takes, as a
// multiple of the matrix of features. The bar is 1.5.
func BenchmarkTrainMemory(b *testing.B) {
	for b.Loop() {
		p := start(b, newHost(plugins.Limits{}), "logreg")
		train := func(rows int) {
			config := map[string]any{"target": "LABEL", "split": map[string]any{"train_size": 0.7, "random_state": 42}}
			err := p.Train(b.Context(), plugins.Call{Model: "large", Config: config}, &generated{left: rows}, &collector{})
			if err != nil {
				b.Fatal(err)
			}
		}
		train(1000) // so that its code is in memory
		pids := children(b)
		if len(pids) != 1 {
			b.Fatalf("processes are %v", pids)
		}
		idle := peak(b, pids[0])
		train(fitRows)
		ratio := float64(peak(b, pids[0])-idle) / (fitRows * fitFeatures * 8)
		b.ReportMetric(ratio, "x-matrix")
		b.ReportMetric(float64(idle)/(1<<20), "idle-MB")
		if ratio > 1.5 {
			b.Errorf("the plugin takes %.2f times the feature matrix", ratio)
		}
		p.Close()
	}
}

// peak is the most memory that a process has had, in bytes.
func peak(b *testing.B, pid string) int64 {
	text, err := os.ReadFile("/proc/" + pid + "/status")
	if err != nil {
		b.Fatal(err)
	}
	var kb int64
	_, after, ok := strings.Cut(string(text), "VmHWM:")
	if _, err := fmt.Sscan(after, &kb); !ok || err != nil {
		b.Fatalf("no VmHWM in %s", text)
	}
	return kb << 10
}

// generated is the rows, made batch by batch.
type generated struct {
	at, left int
	batch    arrow.RecordBatch
}

func (*generated) Schema() *arrow.Schema {
	var fields []arrow.Field
	for j := range fitFeatures {
		fields = append(fields, arrow.Field{Name: fmt.Sprintf("F%d", j), Type: arrow.PrimitiveTypes.Float64})
	}
	return arrow.NewSchema(append(fields, arrow.Field{Name: "LABEL", Type: arrow.PrimitiveTypes.Int64}), nil)
}

func (g *generated) Next() bool {
	const rows = 65536
	n := min(rows, g.left)
	if n <= 0 {
		return false
	}
	b := array.NewRecordBuilder(memory.DefaultAllocator, g.Schema())
	defer b.Release()
	for i := g.at; i < g.at+n; i++ {
		sum := math.Sin(float64(i) * 78.233)
		for j := range fitFeatures {
			x := math.Sin(float64(i*fitFeatures+j)*12.9898) * 2
			sum += x * float64(j-4) / 4
			b.Field(j).(*array.Float64Builder).Append(x)
		}
		b.Field(fitFeatures).(*array.Int64Builder).Append(1 + min(2, int64(math.Abs(sum))))
	}
	g.batch, g.at, g.left = b.NewRecordBatch(), g.at+n, g.left-n
	return true
}

func (g *generated) RecordBatch() arrow.RecordBatch { return g.batch }
func (g *generated) Record() arrow.RecordBatch      { return g.batch }
func (g *generated) Err() error                     { return nil }
func (g *generated) Retain()                        {}
func (g *generated) Release()                       {}
