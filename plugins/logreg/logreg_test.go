package logreg_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/snowpit-dev/snowpit/plugins"
	"github.com/snowpit-dev/snowpit/plugins/logreg"
)

func TestTrainGivesRowsBackWithTheirSet(t *testing.T) {
	out, err := train(t, `{"target": "kind", "materialized": "table", "split": {"train_size": 8, "test_size": 3, "random_state": 5}}`, small(t, 5))
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"A int64", "b float64", "flag bool", "PRICE decimal(18, 2)", "KIND utf8", "DATASET_TYPE utf8"}
	if d := cmp.Diff(want, out.names); d != "" {
		t.Error(d)
	}
	sets := map[string]int{}
	for i, row := range out.rows {
		if !strings.HasPrefix(row, fmt.Sprintf("%d|", i+1)) {
			t.Errorf("row %d is %s", i+1, row)
		}
		sets[row[strings.LastIndex(row, "|")+1:]]++
	}
	if d := cmp.Diff(map[string]int{"train": 8, "test": 3, "(null)": 1}, sets); d != "" {
		t.Error(d)
	}
	a := artifactOf(t, out)
	if d := cmp.Diff([]any{"low", "mid", "top"}, a.Classes); d != "" {
		t.Error(d)
	}
	if a.Metrics.On != "test" || a.Metrics.Rows != 3 || a.Metrics.Lab != nil || out.metrics["train_rows"] != 8 {
		t.Errorf("metrics %+v, events %v", a.Metrics, out.metrics)
	}
}

func TestTrainIsTheSameForAnyBatchesAndThreads(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	var artifact string
	for _, threads := range []int{1, 2, 8} {
		for _, size := range []int64{0, 1, 7} {
			runtime.GOMAXPROCS(threads)
			out, err := train(t, `{"target": "KIND", "split": {"test_size": 0.25, "random_state": 1}}`, small(t, size))
			if err != nil {
				t.Fatal(err)
			}
			if got := out.artifact.String(); artifact == "" {
				artifact = got
			} else if d := cmp.Diff(artifact, got); d != "" {
				t.Errorf("%d threads, batches of %d:\n%s", threads, size, d)
			}
		}
	}
}

func TestWithoutTestRowsMetricsAreOfTrainingRows(t *testing.T) {
	for _, split := range []string{`null`, `{"train_size": 1.0}`} {
		out, err := train(t, `{"target": "KIND", "split": `+split+`}`, small(t, 0))
		if err != nil {
			t.Fatal(err)
		}
		if a := artifactOf(t, out); a.Metrics.On != "train" || a.Metrics.Rows != 12 || out.metrics["metrics_on"] != "train" || a.Split.TestRows != 0 {
			t.Errorf("split %s: %+v", split, a.Metrics)
		}
	}
}

func TestPredictAnswersWithTheTargetsType(t *testing.T) {
	x := []float64{-3, -2, -1, 1, 2, 3}
	for name, target := range map[string]any{
		"utf8":           []string{"no", "no", "no", "yes", "yes", "yes"},
		"int64":          []int64{-7, -7, -7, 4, 4, 4},
		"bool":           []bool{false, false, false, true, true, true},
		"decimal(18, 0)": decimals(0, 5, 5, 5, 9, 9, 9),
	} {
		out, err := train(t, `{"target": "y"}`, reader(t, []string{"x", "y"}, []any{x, target}, 0))
		if err != nil {
			t.Fatal(err)
		}
		rows := reader(t, []string{"extra", "X", "truth"}, []any{[]string{"a", "b", "c", "d", "e", "f"}, x, target}, 4)
		got, err := predict(t, `{"probabilities": true}`, out.artifact.String(), rows)
		if err != nil {
			t.Fatal(err)
		}
		if len(got.names) != 6 || got.names[3] != "y_PREDICTED "+name || !strings.HasPrefix(got.names[4], "PROBABILITY_") {
			t.Errorf("%s: columns %v", name, got.names)
		}
		for _, row := range got.rows {
			if cells := strings.Split(row, "|"); cells[2] != cells[3] {
				t.Errorf("%s: %s", name, row)
			}
		}
	}
}

func TestPredictTiesGoByClassOrder(t *testing.T) {
	const artifact = `{"format": "snowpit.logreg", "format_version": 1, "target": {"name": "y", "type": "int64"}, "classes": [3, 8],
		"features": [{"name": "x", "type": "int64"}], "coefficients": [[1]], "intercepts": [0]}`
	rows := reader(t, []string{"x"}, []any{[]int64{-1, 0, 1}}, 0)
	out, err := predict(t, `{"output": "ANSWER", "probabilities": true}`, artifact, rows)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(out.rows[1], "0|3|0.5|0.5") || !strings.HasPrefix(out.rows[2], "1|8|") {
		t.Error(out.rows)
	}
}

func TestPredictNoRows(t *testing.T) {
	trained, err := train(t, `{"target": "KIND"}`, small(t, 0))
	if err != nil {
		t.Fatal(err)
	}
	rows := reader(t, []string{"A", "b", "flag", "PRICE"}, []any{[]int64{}, []float64{}, []bool{}, decimals(2)}, 0)
	out, err := predict(t, `{}`, trained.artifact.String(), rows)
	if err != nil || len(out.names) != 5 || len(out.rows) != 0 {
		t.Errorf("error %v, columns %v, rows %v", err, out.names, out.rows)
	}
}

func TestWarnings(t *testing.T) {
	rows := reader(t, []string{"x", "same", "y"}, []any{[]float64{1, 2, 3, 4}, []int64{7, 7, 7, 7}, []int64{0, 0, 1, 1}}, 0)
	out, err := train(t, `{"target": "y"}`, rows)
	if err != nil {
		t.Fatal(err)
	}
	a := artifactOf(t, out)
	if text := strings.Join(a.Warnings, "\n"); !strings.Contains(text, "feature same has the same value") || !strings.Contains(text, "perfectly") {
		t.Error(text)
	}
	if !cmp.Equal(a.Warnings, out.warnings) || !a.Converged {
		t.Errorf("converged %v, log lines %q", a.Converged, out.warnings)
	}
}

func TestClassWeights(t *testing.T) {
	out, err := train(t, `{"target": "KIND", "class_weight": {"top": 2.5}, "C": 0.5, "fit_intercept": false}`, small(t, 0))
	if err != nil {
		t.Fatal(err)
	}
	a := artifactOf(t, out)
	if d := cmp.Diff(map[string]float64{"low": 1, "mid": 1, "top": 2.5}, a.ClassWeight); d != "" || a.C != 0.5 || a.FitIntercept {
		t.Errorf("%s C %v, intercept %v", d, a.C, a.FitIntercept)
	}
	balanced, err := train(t, `{"target": "KIND", "class_weight": "balanced"}`, small(t, 0))
	if err != nil {
		t.Fatal(err)
	}
	if w := artifactOf(t, balanced).ClassWeight["top"]; math.Abs(w-12.0/9) > 1e-15 {
		t.Errorf("weight of top %v", w)
	}
}

func TestTrainEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	call := plugins.Call{Config: config(t, `{"target": "KIND"}`)}
	if err := logreg.New().Train(ctx, call, small(t, 0), &kept{}); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
}

func TestDescribe(t *testing.T) {
	d, err := logreg.New().Describe(t.Context())
	if err != nil || d.Name != "logreg" || len(d.Actions) != 2 {
		t.Errorf("%+v, error %v", d, err)
	}
}
