package fit

import (
	"errors"
	"fmt"
	"math"
)

// Unused is the label of a row that has no part in the fit.
const Unused = math.MaxUint16

// A Source hands out feature values. Several goroutines may call it at once.
type Source interface {
	// Block fills cols[j] with feature j of the rows from row number from on,
	// as many as cols[j] is long. The values are finite.
	Block(from int, cols [][]float64)
}

// A Problem is what is fitted. Labels number the classes from 0, one a row;
// every class has at least one row.
type Problem struct {
	Source   Source
	Features int
	Classes  int
	Labels   []uint16 // each below Classes, or Unused

	C           float64   // inverse strength of the penalty, above 0; 0 means 1
	ClassWeight []float64 // above or equal 0, one a class; nil: all 1
	NoIntercept bool

	MaxIter int     // Newton steps; 0 means 200
	Tol     float64 // how far the objective may be from its optimum, as a fraction of it; 0 means 1e-12

	// Progress, where not nil, hears of each step.
	Progress func(step int, objective float64)
}

// A Result is the optimum, or the best point found.
type Result struct {
	Coefficients [][]float64 // [class][feature]; one row, the second class's, where there are two classes
	Intercepts   []float64   // one for each row of Coefficients; zeros without intercept

	Objective    float64
	GradientNorm float64 // largest absolute derivative by a raw coefficient or intercept
	Gap          float64 // estimate of how far Objective is above the optimum
	Iterations   int
	Converged    bool
	Trace        []float64 // the objective at each step; never rises

	Constant  []int // features with one value only
	Separated bool  // every row is classified right: the penalty alone bounds the coefficients
	Collinear bool  // features determine each other so closely that their shares are not certain
}

// ErrProblem is a problem that has no answer. Test with [errors.Is].
var ErrProblem = errors.New("nothing to fit")

func (p *Problem) setDefaults() {
	if p.C == 0 {
		p.C = 1
	}
	if p.MaxIter == 0 {
		p.MaxIter = 200
	}
	if p.Tol == 0 {
		p.Tol = 1e-12
	}
	if p.ClassWeight == nil {
		p.ClassWeight = make([]float64, p.Classes)
		for k := range p.ClassWeight {
			p.ClassWeight[k] = 1
		}
	}
}

// check refuses what no caller's data can justify.
func (p *Problem) check() error {
	switch {
	case p.Classes < 2:
		return fmt.Errorf("%w: %d classes", ErrProblem, p.Classes)
	case !(p.C > 0) || math.IsInf(p.C, 0):
		return fmt.Errorf("%w: C is %v", ErrProblem, p.C)
	case len(p.ClassWeight) != p.Classes:
		return fmt.Errorf("%w: %d class weights for %d classes", ErrProblem, len(p.ClassWeight), p.Classes)
	case p.Features == 0 && p.NoIntercept:
		return fmt.Errorf("%w: no feature and no intercept", ErrProblem)
	}
	counts := p.counts()
	for k, n := range counts {
		if n == 0 {
			return fmt.Errorf("%w: class %d has no rows", ErrProblem, k)
		}
	}
	return nil
}

func (p *Problem) counts() []int {
	counts := make([]int, p.Classes)
	for _, y := range p.Labels {
		if y != Unused {
			counts[y]++
		}
	}
	return counts
}
