package logreg

import (
	"math"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"
)

// What is no number is found whatever weight its feature has, and large numbers
// are not taken for it.
func TestSound(t *testing.T) {
	a := &Artifact{
		Coefficients: [][]float64{{1e300, 0}, {-1e300, 0}, {2, 0}}, Intercepts: []float64{0, 1, 2},
		Features: []ColumnType{{"A", "float64"}, {"UNUSED", "float64"}}, Classes: []any{1, 2, 3},
	}
	for _, c := range []struct {
		a, unused float64
		want      bool
	}{
		{1, 1, true}, {math.NaN(), 1, false}, {math.Inf(1), 1, false}, {1, math.NaN(), false}, {1, math.Inf(-1), false},
		{1e300, 1, true}, // its scores overflow; it is finite itself
		{math.SmallestNonzeroFloat64, -math.MaxFloat64, true},
	} {
		s := newScorer(a)
		for j, v := range []float64{c.a, c.unused} {
			b := array.NewFloat64Builder(memory.DefaultAllocator)
			b.AppendValues([]float64{0, v, 0}, nil)
			var col arrow.Array = b.NewArray()
			s.load(j, col, 0, 3)
		}
		s.score()
		if got := s.sound(); got != c.want {
			t.Errorf("%v and %v: sound is %v", c.a, c.unused, got)
		}
	}
}
