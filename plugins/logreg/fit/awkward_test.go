package fit_test

import (
	"context"
	"errors"
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/snowpit-dev/snowpit/plugins/logreg/fit"
)

func line(n int, f func(i int) float64) []float64 {
	x := make([]float64, n)
	for i := range x {
		x[i] = f(i)
	}
	return x
}

func halves(n int) []uint16 {
	y := make([]uint16, n)
	for i := range y {
		if i >= n/2 {
			y[i] = 1
		}
	}
	return y
}

func TestFitSeparable(t *testing.T) {
	x := columns{line(100, func(i int) float64 { return float64(i) })}
	for _, c := range []float64{1e-3, 1, 1e6, 1e12} {
		r := solve(t, fit.Problem{Source: x, Features: 1, Classes: 2, Labels: halves(100), C: c})
		if !r.Converged || !r.Separated {
			t.Errorf("C=%v: converged %v, separated %v", c, r.Converged, r.Separated)
		}
		if edge := -r.Intercepts[0] / r.Coefficients[0][0]; math.Abs(edge-49.5) > 1e-3 {
			t.Errorf("C=%v: the edge is at %v", c, edge)
		}
	}
}

func TestFitConstantColumn(t *testing.T) {
	noise := line(60, func(i int) float64 { return math.Sin(float64(i * i)) })
	for _, v := range []float64{0, 7, 0.1, -1e300} {
		constant := line(60, func(int) float64 { return v })
		alone := solve(t, fit.Problem{Source: columns{noise}, Features: 1, Classes: 2, Labels: halves(60)})
		r := solve(t, fit.Problem{Source: columns{noise, constant}, Features: 2, Classes: 2, Labels: halves(60)})
		if r.Coefficients[0][1] != 0 || !cmp.Equal(r.Constant, []int{1}) || !r.Converged {
			t.Errorf("constant %v: %+v", v, r)
		}
		if math.Abs(r.Objective-alone.Objective) > 1e-12*alone.Objective {
			t.Errorf("constant %v: objective %v, %v without the column", v, r.Objective, alone.Objective)
		}
	}
}

func TestFitConstantColumnIsAPenalisedIntercept(t *testing.T) {
	ones := line(40, func(int) float64 { return 1 })
	y := halves(40)
	y[39], y[38] = 0, 0
	r := solve(t, fit.Problem{Source: columns{ones}, Features: 1, Classes: 2, Labels: y, NoIntercept: true})
	w := r.Coefficients[0][0]
	if slope := 40/(1+math.Exp(-w)) - 18 + w; math.Abs(slope) > 1e-9 {
		t.Errorf("slope %v at %v", slope, w)
	}
}

// Two equal columns share the weight of one with a penalty half as strong.
func TestFitEqualColumns(t *testing.T) {
	x, y := normal(200, 1, 3)
	one := solve(t, fit.Problem{Source: x, Features: 1, Classes: 3, Labels: y, C: 2})
	two := solve(t, fit.Problem{Source: columns{x[0], x[0]}, Features: 2, Classes: 3, Labels: y})
	for k, w := range two.Coefficients {
		if d := cmp.Diff([]float64{one.Coefficients[k][0] / 2, one.Coefficients[k][0] / 2}, w, cmpopts.EquateApprox(1e-9, 1e-12)); d != "" {
			t.Errorf("class %d:\n%s", k, d)
		}
	}
	if math.Abs(one.Objective-two.Objective) > 1e-9*one.Objective {
		t.Errorf("objectives %v and %v", one.Objective, two.Objective)
	}
}

func TestFitHugeAndTinyColumns(t *testing.T) {
	x, y := normal(500, 2, 2)
	for _, size := range []float64{1e-300, 1e-20, 1e9, 1e20, 1e150, 1e300} {
		big := line(500, func(i int) float64 { return x[0][i] * size })
		r := solve(t, fit.Problem{Source: columns{big, x[1], big}, Features: 3, Classes: 2, Labels: y})
		if !r.Converged {
			t.Errorf("size %v: gap %v after %d steps", size, r.Gap, r.Iterations)
		}
		if size > 1 && math.Abs(r.Coefficients[0][0]-r.Coefficients[0][2]) > 1e-3*math.Abs(r.Coefficients[0][0]) && !r.Collinear {
			t.Errorf("size %v: equal columns have %v and nothing warns", size, r.Coefficients[0])
		}
	}
	edge := columns{line(500, func(i int) float64 { return math.Copysign(math.MaxFloat64, x[0][i]) })}
	if r := solve(t, fit.Problem{Source: edge, Features: 1, Classes: 2, Labels: y}); !r.Converged {
		t.Errorf("largest floats: %+v", r)
	}
}

// Repeating every row is the same as giving it twice the weight.
func TestFitDuplicateRows(t *testing.T) {
	x, y := normal(300, 2, 3)
	twice, labels := make(columns, 2), append(append([]uint16{}, y...), y...)
	for j := range x {
		twice[j] = append(append([]float64{}, x[j]...), x[j]...)
	}
	a := solve(t, fit.Problem{Source: twice, Features: 2, Classes: 3, Labels: labels})
	b := solve(t, fit.Problem{Source: x, Features: 2, Classes: 3, Labels: y, ClassWeight: []float64{2, 2, 2}})
	if d := cmp.Diff(b.Coefficients, a.Coefficients, cmpopts.EquateApprox(1e-9, 1e-12)); d != "" {
		t.Error(d)
	}
}

func TestFitRefuses(t *testing.T) {
	x := columns{line(4, func(i int) float64 { return float64(i) })}
	for name, p := range map[string]fit.Problem{
		"one class":        {Source: x, Features: 1, Classes: 1, Labels: make([]uint16, 4)},
		"class of no rows": {Source: x, Features: 1, Classes: 3, Labels: halves(4)},
		"negative C":       {Source: x, Features: 1, Classes: 2, Labels: halves(4), C: -1},
		"C not a number":   {Source: x, Features: 1, Classes: 2, Labels: halves(4), C: math.NaN()},
		"weights":          {Source: x, Features: 1, Classes: 2, Labels: halves(4), ClassWeight: []float64{1}},
		"nothing":          {Source: x, Features: 0, Classes: 2, Labels: halves(4), NoIntercept: true},
	} {
		if _, err := fit.Fit(t.Context(), p); !errors.Is(err, fit.ErrProblem) {
			t.Errorf("%s: error %v", name, err)
		}
	}
}

func TestFitEndsWithItsContext(t *testing.T) {
	x, y := normal(5_000, 3, 3)
	ctx, cancel := context.WithCancel(t.Context())
	p := fit.Problem{Source: x, Features: 3, Classes: 3, Labels: y, Progress: func(int, float64) { cancel() }}
	if _, err := fit.Fit(ctx, p); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
}
