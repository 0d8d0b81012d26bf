package logreg

import (
	"math"
	"slices"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"gonum.org/v1/gonum/blas/blas64"
)

// scoreRows is how many rows are scored at a time.
const scoreRows = 256

// A scorer holds a model's numbers, and room for one block of rows. One
// goroutine uses it at a time.
type scorer struct {
	coefficients [][]float64
	intercepts   []float64
	room         [][]float64 // [feature][row]
	cols         [][]float64 // [feature][row]: room, or the caller's values, which stay as they are
	starts       [][]float64 // [class][row], each the class's intercept
	unused       []int       // features that no class gives weight
	scores       [][]float64 // [class][row]
	best         []float64   // of each row, its highest score
}

func newScorer(a *Artifact) *scorer {
	s := &scorer{coefficients: a.Coefficients, intercepts: a.Intercepts}
	if len(a.Classes) == 2 {
		s.coefficients = [][]float64{make([]float64, len(a.Features)), a.Coefficients[0]}
		s.intercepts = []float64{0, a.Intercepts[0]}
	}
	for range a.Features {
		s.room = append(s.room, make([]float64, scoreRows))
	}
	s.cols = make([][]float64, len(s.room))
	s.best = make([]float64, scoreRows)
	for k := range a.Classes {
		s.scores = append(s.scores, make([]float64, scoreRows))
		s.starts = append(s.starts, slices.Repeat([]float64{s.intercepts[k]}, scoreRows))
	}
	for j := range a.Features {
		if !slices.ContainsFunc(s.coefficients, func(w []float64) bool { return w[j] != 0 }) {
			s.unused = append(s.unused, j)
		}
	}
	return s
}

// block is the room for the features of n rows.
func (s *scorer) block(n int) [][]float64 {
	for j := range s.cols {
		s.cols[j] = s.room[j][:n]
	}
	return s.cols
}

// load takes feature j of n rows from col, row number from on.
func (s *scorer) load(j int, col arrow.Array, from, n int) {
	if floats, ok := col.(*array.Float64); ok {
		s.cols[j] = floats.Float64Values()[from : from+n]
		return
	}
	s.cols[j] = s.room[j][:n]
	fill(s.cols[j], col, from)
}

// sound reports whether all features of the rows just scored are finite. What
// is not makes scores that are not, so that it is enough to look at those,
// which are fewer; only then, and where no class gives a feature weight, does
// it look at features.
func (s *scorer) sound() bool {
	for _, j := range s.unused {
		if !finite(s.cols[j]) {
			return false
		}
	}
	for _, scores := range s.scores {
		if !finite(scores) {
			return !slices.ContainsFunc(s.cols, func(values []float64) bool { return !finite(values) })
		}
	}
	return true
}

// score computes the scores of the rows in the block. A row's scores do not
// depend on the rows beside it.
func (s *scorer) score() {
	n := len(s.cols[0])
	for k := range s.scores {
		s.scores[k] = s.scores[k][:n]
		copy(s.scores[k], s.starts[k])
		for j, w := range s.coefficients[k] {
			if w != 0 {
				blas64.Axpy(w, blas64.Vector{N: n, Data: s.cols[j], Inc: 1}, blas64.Vector{N: n, Data: s.scores[k], Inc: 1})
			}
		}
	}
}

// pick writes the likeliest class of each row, the first of equals. It does
// so without branches, which would be guessed wrong half of the time.
func (s *scorer) pick(picks []uint16) {
	clear(picks)
	best := s.best[:len(picks)]
	copy(best, s.scores[0])
	for k := 1; k < len(s.scores); k++ {
		for i, v := range s.scores[k][:len(picks)] {
			lead := best[i] - v + 0 // negative, and never -0, where v is higher
			higher := -uint16(math.Float64bits(lead) >> 63)
			picks[i] = picks[i]&^higher | uint16(k)&higher
			best[i] = max(best[i], v)
		}
	}
}

// softmax turns scores into probabilities.
func (s *scorer) softmax() {
	for i := range s.scores[0] {
		top := math.Inf(-1)
		for k := range s.scores {
			top = max(top, s.scores[k][i])
		}
		sum := 0.0
		for k := range s.scores {
			s.scores[k][i] = math.Exp(s.scores[k][i] - top)
			sum += s.scores[k][i]
		}
		norm := 1 / sum
		for k := range s.scores {
			s.scores[k][i] *= norm
		}
	}
}
