package fit

import (
	"math"
	"testing"
)

// waves is a Source of columns of different size that need no storage.
type waves struct{}

func (waves) Block(from int, cols [][]float64) {
	for j := range cols {
		for i := range cols[j] {
			cols[j][i] = math.Sin(float64((from+i)*(j+2))) * math.Pow(10, float64(j))
		}
	}
}

func TestDerivativesAgainstDifferences(t *testing.T) {
	for _, classes := range []int{2, 3, 5} {
		labels := make([]uint16, 2500)
		weight := make([]float64, classes)
		for i := range labels {
			labels[i] = uint16((i * i) % classes)
			if i%11 == 3 {
				labels[i] = Unused
			}
		}
		labels[0], labels[1], labels[2], labels[4], labels[5] = 0, 1, uint16(classes-1), uint16(3%classes), uint16(2%classes)
		for k := range weight {
			weight[k] = 0.5 + float64(k)
		}
		p := Problem{Source: waves{}, Features: 3, Classes: classes, Labels: labels, C: 0.1, ClassWeight: weight}
		p.setDefaults()
		s, err := newScale(t.Context(), &p)
		if err != nil {
			t.Fatal(err)
		}
		checkDerivatives(t, newObjective(&p, s, 1))
	}
}

func checkDerivatives(t *testing.T, o *objective) {
	t.Helper()
	at := func(theta []float64) *point {
		pt, err := o.at(t.Context(), theta, true)
		if err != nil {
			t.Fatal(err)
		}
		return pt
	}
	theta := make([]float64, o.size())
	for i := range theta {
		theta[i] = math.Cos(float64(i)) / 2
	}
	here := at(theta)
	h := o.hessian(here.curve)
	const step = 1e-5
	for i := range theta {
		e := make([]float64, len(theta))
		e[i] = 1
		up, down := at(moved(theta, step, e)), at(moved(theta, -step, e))
		near(t, "gradient", (up.value-down.value)/(2*step), here.grad[i])
		product, err := o.curveTimes(t.Context(), theta, e)
		if err != nil {
			t.Fatal(err)
		}
		for j := range theta {
			near(t, "Hessian", (up.grad[j]-down.grad[j])/(2*step), h.At(i, j))
			near(t, "product", product[j], h.At(i, j))
		}
	}
}

func near(t *testing.T, what string, want, got float64) {
	t.Helper()
	if math.Abs(want-got) > 1e-4+1e-6*math.Abs(want) {
		t.Errorf("%s %v, by differences %v", what, got, want)
	}
}
