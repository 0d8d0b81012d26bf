package fit_test

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"os"
	"runtime"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/snowpit-dev/snowpit/plugins/logreg/fit"
)

// columns is a Source held in memory, one slice a feature.
type columns [][]float64

func (c columns) Block(from int, cols [][]float64) {
	for j := range cols {
		copy(cols[j], c[j][from:])
	}
}

func byRow(rows [][]float64) columns {
	c := make(columns, len(rows[0]))
	for j := range c {
		for _, row := range rows {
			c[j] = append(c[j], row[j])
		}
	}
	return c
}

func solve(t testing.TB, p fit.Problem) *fit.Result {
	t.Helper()
	r, err := fit.Fit(t.Context(), p)
	if err != nil {
		t.Fatal(err)
	}
	checkResult(t, p, r)
	return r
}

// checkResult holds what every result promises.
func checkResult(t testing.TB, p fit.Problem, r *fit.Result) {
	t.Helper()
	for i := 1; i < len(r.Trace); i++ {
		if r.Trace[i] > r.Trace[i-1] {
			t.Errorf("step %d raises the objective from %v to %v", i, r.Trace[i-1], r.Trace[i])
		}
	}
	numbers := append([]float64{r.Objective, r.GradientNorm, r.Gap}, r.Intercepts...)
	for _, row := range r.Coefficients {
		numbers = append(numbers, row...)
	}
	for _, v := range numbers {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			t.Fatalf("not finite: %+v", r)
		}
	}
}

func TestFitIsScikitLearnsOptimum(t *testing.T) {
	data, err := os.ReadFile("testdata/golden.json")
	if err != nil {
		t.Fatal(err)
	}
	var cases []struct {
		Name       string
		X          [][]float64
		Y          []uint16
		Classes    int
		C          float64
		Weight     []float64
		Intercept  bool
		Objective  float64
		Coef       [][]float64
		Intercepts []float64
	}
	if err := json.Unmarshal(data, &cases); err != nil || len(cases) < 10 {
		t.Fatalf("%d cases, error %v; is the corpus gone?", len(cases), err)
	}
	for _, c := range cases {
		t.Run(c.Name, func(t *testing.T) {
			r := solve(t, fit.Problem{
				Source: byRow(c.X), Features: len(c.X[0]), Classes: c.Classes, Labels: c.Y,
				C: c.C, ClassWeight: c.Weight, NoIntercept: !c.Intercept,
			})
			if !r.Converged || math.Abs(r.Objective-c.Objective) > 1e-9*c.Objective {
				t.Errorf("objective %v, converged %v; want %v", r.Objective, r.Converged, c.Objective)
			}
			if r.GradientNorm > 1e-9*float64(len(c.Y)) {
				t.Errorf("gradient norm %v", r.GradientNorm)
			}
			near := cmpopts.EquateApprox(1e-6, 1e-7)
			if d := cmp.Diff(c.Coef, r.Coefficients, near) + cmp.Diff(center(c.Intercepts), center(r.Intercepts), near); d != "" {
				t.Errorf("want -, got +:\n%s", d)
			}
		})
	}
}

// center takes out what several intercepts have in common, which no
// probability depends on.
func center(x []float64) []float64 {
	if len(x) == 1 {
		return x
	}
	mean := 0.0
	for _, v := range x {
		mean += v / float64(len(x))
	}
	out := make([]float64, len(x))
	for i := range x {
		out[i] = x[i] - mean
	}
	return out
}

// normal makes rows of independent normal features with labels drawn from a
// true model of them.
func normal(rows, features, classes int) (columns, []uint16) {
	rng := rand.New(rand.NewPCG(7, uint64(rows)))
	w := make([][]float64, classes)
	for k := range w {
		w[k] = make([]float64, features)
		for j := range w[k] {
			w[k][j] = rng.NormFloat64()
		}
	}
	c, y := make(columns, features), make([]uint16, rows)
	for j := range c {
		c[j] = make([]float64, rows)
	}
	for i := range y {
		best := math.Inf(-1)
		for j := range c {
			c[j][i] = rng.NormFloat64()
		}
		for k := range w {
			s := -math.Log(rng.ExpFloat64())
			for j := range c {
				s += w[k][j] * c[j][i]
			}
			if s > best {
				best, y[i] = s, uint16(k)
			}
		}
	}
	return c, y
}

func TestFitIsTheSameOnAnyNumberOfThreads(t *testing.T) {
	x, y := normal(100_000, 5, 3)
	for i := range y {
		if i%7 == 0 {
			y[i] = fit.Unused
		}
	}
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	var first *fit.Result
	for _, threads := range []int{1, 2, 8, 3} {
		runtime.GOMAXPROCS(threads)
		r := solve(t, fit.Problem{Source: x, Features: 5, Classes: 3, Labels: y})
		if first == nil {
			first = r
		}
		if d := cmp.Diff(first, r); d != "" {
			t.Errorf("%d threads:\n%s", threads, d)
		}
	}
}

func TestFitManyParameters(t *testing.T) {
	x, y := normal(3_000, 150, 4) // 453 parameters: conjugate gradients
	r := solve(t, fit.Problem{Source: x, Features: 150, Classes: 4, Labels: y})
	if !r.Converged || r.GradientNorm > 1e-3 {
		t.Errorf("converged %v after %d steps, gradient norm %v", r.Converged, r.Iterations, r.GradientNorm)
	}
	if g := slopeAt(x, y, r, 1); g > 1e-3 {
		t.Errorf("gradient norm by rows %v", g)
	}
}

// slopeAt computes the raw gradient anew, in the plainest way.
func slopeAt(x columns, y []uint16, r *fit.Result, c float64) float64 {
	k := len(r.Coefficients)
	grad := make([][]float64, k)
	for a := range grad {
		grad[a] = make([]float64, len(x)+1)
		for j, w := range r.Coefficients[a] {
			grad[a][j] = w / c
		}
	}
	for i := range y {
		p := probabilities(x, i, r)
		for a := range p {
			if int(y[i]) == a {
				p[a]--
			}
			for j := range x {
				grad[a][j] += p[a] * x[j][i]
			}
			grad[a][len(x)] += p[a]
		}
	}
	top := 0.0
	for a := range grad {
		for _, g := range grad[a] {
			top = max(top, math.Abs(g))
		}
	}
	return top
}

func probabilities(x columns, i int, r *fit.Result) []float64 {
	z, sum := make([]float64, len(r.Coefficients)), 0.0
	for a := range z {
		z[a] = r.Intercepts[a]
		for j := range x {
			z[a] += r.Coefficients[a][j] * x[j][i]
		}
	}
	for a := range z {
		z[a] = math.Exp(z[a])
		sum += z[a]
	}
	for a := range z {
		z[a] /= sum
	}
	return z
}
