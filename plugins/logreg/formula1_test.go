package logreg_test

import (
	"encoding/csv"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// formula1 is the folder of the lab's data beside the repository.
func formula1(t testing.TB) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for parent := filepath.Dir(dir); parent != dir; dir, parent = parent, filepath.Dir(parent) {
		ml := filepath.Join(parent, "shared", "data", "formula1", "ml")
		if _, err := os.Stat(filepath.Join(ml, "reference.json")); err == nil {
			return ml
		}
	}
	if slices.Contains(strings.Fields(os.Getenv("SNOWPIT_MUST_RUN")), t.Name()) {
		t.Fatal("it must run, and there is no shared/data/formula1/ml beside the repository")
	}
	t.Skip("no shared/data/formula1/ml beside the repository: the real Formula 1 results are not there to compare with")
	return ""
}

// csvRows reads a CSV file of numbers; a column with a point anywhere is
// float64, the rest int64.
func csvRows(t testing.TB, path string) array.RecordReader {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	lines, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var columns []any
	for j := range lines[0] {
		var floats []float64
		var ints []int64
		whole := true
		for _, line := range lines[1:] {
			x, err := strconv.ParseFloat(line[j], 64)
			if err != nil {
				t.Fatal(err)
			}
			whole = whole && !strings.Contains(line[j], ".")
			floats, ints = append(floats, x), append(ints, int64(x))
		}
		if whole {
			columns = append(columns, ints)
		} else {
			columns = append(columns, floats)
		}
	}
	return reader(t, lines[0], columns, 500)
}

const formula1Config = `{"target": "POSITION_LABEL", "split": {"train_size": 0.7, "random_state": 42}}`

func TestFormula1IsTheReference(t *testing.T) {
	dir := formula1(t)
	data, err := os.ReadFile(filepath.Join(dir, "reference.json"))
	if err != nil {
		t.Fatal(err)
	}
	var ref struct {
		FirstTrain []int `json:"first_train_rows"`
		FirstTest  []int `json:"first_test_rows"`
		Optimum    struct {
			Loss      float64
			Coef      [][]float64
			Intercept []float64
			Lab       float64        `json:"lab_balanced_accuracy"`
			Balanced  float64        `json:"balanced_accuracy"`
			Accuracy  float64        `json:"accuracy"`
			LogLoss   float64        `json:"log_loss_test"`
			Confusion [][]int        `json:"confusion_matrix"`
			HoldOut   map[string]int `json:"hold_out_counts"`
		}
	}
	if err := json.Unmarshal(data, &ref); err != nil {
		t.Fatal(err)
	}
	out, err := train(t, formula1Config, csvRows(t, filepath.Join(dir, "train_test_dataset.csv")))
	if err != nil {
		t.Fatal(err)
	}
	a, want := artifactOf(t, out), ref.Optimum
	if math.Abs(a.Objective-want.Loss) > 1e-9*want.Loss || !a.Converged {
		t.Errorf("objective %v, converged %v, want %v", a.Objective, a.Converged, want.Loss)
	}
	t.Logf("objective %.12f, gradient norm %.3g, %d steps", a.Objective, a.GradientNorm, a.Iterations)
	if d := cmp.Diff(want.Coef, a.Coefficients, cmpopts.EquateApprox(1e-5, 1e-7)) + cmp.Diff(want.Intercept, a.Intercepts, cmpopts.EquateApprox(1e-5, 0)); d != "" {
		t.Error(d)
	}
	m := a.Metrics
	if d := cmp.Diff([]float64{want.Lab, want.Balanced, want.Accuracy, want.LogLoss}, []float64{*m.Lab, m.BalancedAccuracy, m.Accuracy, m.LogLoss}, cmpopts.EquateApprox(1e-8, 0)); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff(want.Confusion, m.Confusion); d != "" {
		t.Error(d)
	}
	for set, rows := range map[string][]int{"train": ref.FirstTrain, "test": ref.FirstTest} {
		for _, row := range rows {
			if !strings.HasSuffix(out.rows[row], "|"+set) {
				t.Errorf("row %d is not in %s: %s", row, set, out.rows[row])
			}
		}
	}
	got, err := predict(t, `{"output": "POSITION_PREDICTED"}`, out.artifact.String(), csvRows(t, filepath.Join(dir, "hold_out_dataset_for_prediction.csv")))
	if err != nil {
		t.Fatal(err)
	}
	counts := map[string]int{}
	for _, row := range got.rows {
		counts[row[strings.LastIndex(row, "|")+1:]]++
	}
	if d := cmp.Diff(want.HoldOut, counts); d != "" {
		t.Error(d)
	}
}
