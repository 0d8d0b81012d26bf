package logreg

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"github.com/snowpit-dev/snowpit/plugins"
	"github.com/snowpit-dev/snowpit/plugins/logreg/fit"
)

// A bench is a problem that both sides solve: the lab's in size, or a large
// one of normal features.
type bench struct {
	table *table
	flat  []byte // as testdata/bench_sklearn.py reads it
}

// theirs is what bench_sklearn.py prints: seconds, and where its fit stopped.
type theirs struct{ Fit, Predict, Proba, Loss float64 }

// newBench draws rows of 9 features and 3 classes from a true model. Features
// have the given means and spreads.
func newBench(rows int, mean, spread [9]float64) *bench {
	rng := rand.New(rand.NewPCG(1, 2))
	var w [3][9]float64
	for k := range w {
		for j := range w[k] {
			w[k][j] = rng.NormFloat64() / 2
		}
	}
	values := make([][]float64, 9)
	for j := range values {
		values[j] = make([]float64, rows)
	}
	y := make([]int64, rows)
	for i := range y {
		var score [3]float64
		for j := range values {
			x := rng.NormFloat64()
			values[j][i] = mean[j] + spread[j]*x
			for k := range w {
				score[k] += w[k][j] * x
			}
		}
		best := math.Inf(-1)
		for k := range score {
			if s := score[k] - math.Log(rng.ExpFloat64()); s > best {
				best, y[i] = s, int64(k+1)
			}
		}
	}
	return &bench{table: benchTable(values, y), flat: benchBytes(values, y)}
}

func benchTable(values [][]float64, y []int64) *table {
	const size = 64 << 10
	t := &table{target: 9, rows: len(y), labels: labels{number: map[label]uint16{}, values: []label{int64(1), int64(2), int64(3)}}}
	var fields []arrow.Field
	for j := range values {
		fields = append(fields, arrow.Field{Name: "F" + strconv.Itoa(j), Type: arrow.PrimitiveTypes.Float64})
		t.features = append(t.features, j)
	}
	t.schema = arrow.NewSchema(append(fields, arrow.Field{Name: "Y", Type: arrow.PrimitiveTypes.Int64}), nil)
	for from := 0; from < len(y); from += size {
		to := min(from+size, len(y))
		b := array.NewRecordBuilder(memory.DefaultAllocator, t.schema)
		for j := range values {
			b.Field(j).(*array.Float64Builder).AppendValues(values[j][from:to], nil)
		}
		b.Field(9).(*array.Int64Builder).AppendValues(y[from:to], nil)
		t.batches = append(t.batches, b.NewRecordBatch())
		t.starts = append(t.starts, from)
		b.Release()
	}
	for _, v := range y {
		t.y = append(t.y, uint16(v-1))
	}
	return t
}

func benchBytes(values [][]float64, y []int64) []byte {
	var out []byte
	for i := range y {
		for j := range values {
			out = binary.LittleEndian.AppendUint64(out, math.Float64bits(values[j][i]))
		}
	}
	for _, v := range y {
		out = binary.LittleEndian.AppendUint64(out, uint64(v))
	}
	return out
}

// sklearn runs scikit-learn on the same rows, or says by name that it cannot.
func (s *bench) sklearn(b *testing.B, repeats int) (theirs, bool) {
	b.Helper()
	python := "/usr/bin/python3"
	if err := exec.Command(python, "-c", "import sklearn").Run(); err != nil {
		b.Logf("no ratio: %s has no scikit-learn (Debian: python3-sklearn)", python)
		return theirs{}, false
	}
	path := filepath.Join(b.TempDir(), "data")
	if err := os.WriteFile(path, s.flat, 0o600); err != nil {
		b.Fatal(err)
	}
	cmd := exec.Command(python, "testdata/bench_sklearn.py", path, strconv.Itoa(s.table.rows), "9", strconv.Itoa(repeats))
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		b.Fatalf("scikit-learn: %v\n%s", err, stderr.String())
	}
	var r theirs
	if err := json.Unmarshal(out, &r); err != nil {
		b.Fatal(err)
	}
	return r, true
}

func (s *bench) fit(b *testing.B) *fit.Result {
	r, err := fit.Fit(b.Context(), fit.Problem{Source: s.table, Features: 9, Classes: 3, Labels: s.table.y})
	if err != nil {
		b.Fatal(err)
	}
	return r
}

// The Formula 1 problem in size and in scale: years, ranks and shares.
var small = sync.OnceValue(func() *bench {
	return newBench(1309, [9]float64{2015, 13, 10, 5, 9, 28, .8, .8, 2}, [9]float64{3, 8, 6, 3, 6, 5, .1, .05, 1})
})

var large = sync.OnceValue(func() *bench {
	return newBench(1_000_000, [9]float64{}, [9]float64{1, 1, 1, 1, 1, 1, 1, 1, 1})
})

// ratio reports our time as a share of theirs.
func ratio(b *testing.B, what string, each time.Duration, their, bar float64) {
	share := each.Seconds() / their
	b.ReportMetric(share, "of-sklearn")
	b.Logf("%s: %v, scikit-learn %.4fs: ratio %.3f (bar %.2f)", what, each, their, share, bar)
}

func benchmarkFit(b *testing.B, s *bench, repeats int, bar float64) {
	their, ok := s.sklearn(b, repeats)
	var r *fit.Result
	b.ResetTimer()
	for b.Loop() {
		r = s.fit(b)
	}
	if !r.Converged {
		b.Errorf("not converged: %+v", r)
	}
	if !ok {
		return
	}
	if r.Objective > their.Loss*(1+1e-12) {
		b.Errorf("loss %v, scikit-learn's is %v", r.Objective, their.Loss)
	}
	b.Logf("loss %.6f, scikit-learn stops at %.6f", r.Objective, their.Loss)
	ratio(b, "fit", b.Elapsed()/time.Duration(b.N), their.Fit, bar)
}

func BenchmarkFit1309x9x3(b *testing.B) { benchmarkFit(b, small(), 5, 0.5) }

func BenchmarkFit1000000x9x3(b *testing.B) { benchmarkFit(b, large(), 2, 1.0/3) }

// rowsAway is an Output that drops what it gets.
type rowsAway struct{}

func (rowsAway) Rows(arrow.RecordBatch) error { return nil }
func (rowsAway) Artifact([]byte) error        { return nil }
func (rowsAway) Event(plugins.Event) error    { return nil }

// score predicts all rows.
func (s *bench) score(b *testing.B, a *Artifact, probabilities bool) {
	rows, err := array.NewRecordReader(s.table.schema, s.table.batches)
	if err != nil {
		b.Fatal(err)
	}
	defer rows.Release()
	p := &prediction{Artifact: a, probabilities: probabilities, label: a.labelType()}
	if err := p.match(s.table.schema); err != nil {
		b.Fatal(err)
	}
	if err := p.outputs(s.table.schema, "ANSWER"); err != nil {
		b.Fatal(err)
	}
	if err := p.run(b.Context(), rows, rowsAway{}); err != nil {
		b.Fatal(err)
	}
}

func BenchmarkScore1000000x9x3(b *testing.B) {
	s := large()
	r := s.fit(b)
	a := &Artifact{Coefficients: r.Coefficients, Intercepts: r.Intercepts, Target: ColumnType{"Y", "int64"}, Classes: []any{int64(1), int64(2), int64(3)}}
	for j := range 9 {
		a.Features = append(a.Features, ColumnType{"F" + strconv.Itoa(j), "float64"})
	}
	for _, probabilities := range []bool{false, true} {
		name, bar := "label", 0.5
		if probabilities {
			name = "probabilities"
		}
		b.Run(name, func(b *testing.B) {
			their, ok := s.sklearn(b, 3)
			b.ResetTimer()
			for b.Loop() {
				s.score(b, a, probabilities)
			}
			if !ok {
				return
			}
			seconds := their.Predict
			if probabilities {
				seconds += their.Proba
			}
			ratio(b, name, b.Elapsed()/time.Duration(b.N), seconds, bar)
		})
	}
}
