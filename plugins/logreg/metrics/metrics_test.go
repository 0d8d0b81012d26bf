package metrics_test

import (
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/snowpit-dev/snowpit/plugins/logreg/metrics"
)

var near = cmpopts.EquateApprox(1e-12, 0)

// The wanted figures are what scikit-learn 1.2.1 gives for
// y=[0,0,1,1,1,2], answers [0,1,1,1,0,1].
func counted() *metrics.Counter {
	c := metrics.New(3)
	for i, p := range [][]float64{{.7, .2, .1}, {.3, .6, .1}, {.1, .8, .1}, {.2, .5, .3}, {.4, .3, .3}, {.3, .4, .3}} {
		c.Add([]int{0, 0, 1, 1, 1, 2}[i], p)
	}
	return c
}

func TestFigures(t *testing.T) {
	c := counted()
	logs := 0.0
	for _, p := range []float64{.7, .3, .8, .5, .3, .3} {
		logs -= math.Log(p)
	}
	got := []float64{c.Accuracy(), c.BalancedAccuracy(), c.LogLoss()}
	if d := cmp.Diff([]float64{0.5, (0.5 + 2.0/3) / 3, logs / 6}, got, near); d != "" {
		t.Error(d)
	}
	want := []metrics.Class{{0.5, 0.5, 0.5, 2}, {0.5, 2.0 / 3, 4.0 / 7, 3}, {0, 0, 0, 1}}
	if d := cmp.Diff(want, c.Classes(), near); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([][]int{{1, 1, 0}, {1, 2, 0}, {0, 1, 0}}, c.Confusion); d != "" {
		t.Error(d)
	}
}

func TestLabTakesRoundedProbabilityForALabel(t *testing.T) {
	c := counted() // the second class is above one half in rows 2 and 3
	for _, x := range []struct {
		labels []float64
		want   float64
	}{
		{[]float64{1, 2, 3}, 0.5 / 3},
		{[]float64{0, 1, 2}, (0.5 + 1.0/3) / 3},
		{[]float64{5, 6, 7}, 0},
	} {
		if got := c.Lab(x.labels); math.Abs(got-x.want) > 1e-15 {
			t.Errorf("labels %v: %v, want %v", x.labels, got, x.want)
		}
	}
}

func TestMergeIsAdding(t *testing.T) {
	whole, part := counted(), counted()
	whole.Merge(part)
	if whole.Rows() != 12 || whole.Accuracy() != part.Accuracy() || math.Abs(whole.LogLoss()-part.LogLoss()) > 1e-15 {
		t.Errorf("%d rows, accuracy %v, log loss %v", whole.Rows(), whole.Accuracy(), whole.LogLoss())
	}
}

func TestClassTheModelDoesNotKnow(t *testing.T) {
	c := metrics.New(3)
	c.Add(2, []float64{0.5, 0.5})
	if c.Confusion[2][0] != 1 || math.IsInf(c.LogLoss(), 0) || c.BalancedAccuracy() != 0 {
		t.Errorf("%v, log loss %v", c.Confusion, c.LogLoss())
	}
}

func TestNoRows(t *testing.T) {
	c := metrics.New(2)
	if got := []float64{c.Accuracy(), c.BalancedAccuracy(), c.LogLoss(), c.Lab([]float64{0, 1})}; !cmp.Equal(got, []float64{0, 0, 0, 0}) {
		t.Error(got)
	}
}
