package logreg_test

import (
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/apache/arrow-go/v18/arrow/array"

	"github.com/snowpit-dev/snowpit/plugins"
	"github.com/snowpit-dev/snowpit/plugins/logreg"
)

// refused checks that err is the plugin's, and says and names what it should.
func refused(t *testing.T, name string, err error, want, column string, row int64) {
	t.Helper()
	var e *plugins.Error
	if !errors.As(err, &e) || !strings.Contains(e.Message, want) || e.Column != column || e.Row != row {
		t.Errorf("%s: error %#v (%v)\nwant one with %q, column %q, row %d", name, e, err, want, column, row)
	}
}

func TestTrainRefusesConfig(t *testing.T) {
	for text, want := range map[string]string{
		`{}`:                                                                "config target: missing",
		`{"target": 3}`:                                                     "config target: 3 is not a name",
		`{"target": "KIND", "C": 0}`:                                        "config C: 0 is not a number above 0",
		`{"target": "KIND", "C": "1"}`:                                      `config C: "1" is not a number`,
		`{"target": "KIND", "tol": -1}`:                                     "config tol: -1",
		`{"target": "KIND", "max_iter": 1.5}`:                               "config max_iter: 1.5 is not a whole number",
		`{"target": "KIND", "fit_intercept": "no"}`:                         `config fit_intercept: "no" is neither`,
		`{"target": "KIND", "features": "A"}`:                               `config features: "A" is not a list`,
		`{"target": "KIND", "features": [1]}`:                               "config features: 1 is not a column name",
		`{"target": "KIND", "class_weight": "even"}`:                        `config class_weight: "even"`,
		`{"target": "KIND", "class_weight": {"low": -1}}`:                   "the weight of low is -1",
		`{"target": "KIND", "class_weight": {"lo": 1}}`:                     "names labels that no training row has",
		`{"target": "KIND", "split": 0.7}`:                                  "config split: 0.7 is not a map",
		`{"target": "KIND", "split": {"train_sise": 0.7}}`:                  `config split.train_sise: no such key; there are random_state, shuffle, stratify, test_size, train_size; did you mean "train_size"?`,
		`{"target": "KIND", "split": {"train_size": 1.5}}`:                  "config split.train_size: 1.5 is out of range",
		`{"target": "KIND", "split": {"train_size": 0}}`:                    "config split.train_size: 0 is out of range",
		`{"target": "KIND", "split": {"train_size": -0.1}}`:                 "config split.train_size: -0.1 is out of range",
		`{"target": "KIND", "split": {"train_size": 12}}`:                   "train_size is 12; a count is above 0 and below the 12 rows",
		`{"target": "KIND", "split": {"test_size": 1.0}}`:                   "config split.test_size: 1.0 is out of range",
		`{"target": "KIND", "split": {"test_size": "some"}}`:                `config split.test_size: "some" is neither`,
		`{"target": "KIND", "split": {"train_size": 0.01}}`:                 "no training rows",
		`{"target": "KIND", "split": {"random_state": -1}}`:                 "config split.random_state: -1",
		`{"target": "KIND", "split": {"stratify": "A"}}`:                    "config split.stratify: A is not the target",
		`{"target": "KIND", "split": {"stratify": true, "shuffle": false}}`: "stratify needs shuffle",
		`{"target": "KIND", "split": {"train_size": 1.0, "test_size": 2}}`:  "config split.test_size: train_size=1.0 leaves no test rows",
	} {
		_, err := train(t, text, small(t, 0))
		refused(t, text, err, want, "", 0)
	}
}

func TestTrainRefusesRows(t *testing.T) {
	x, y := []float64{1, 2, 3, 4}, []int64{1, 2, 1, 2}
	rows := func(names string, columns ...any) array.RecordReader {
		return reader(t, strings.Fields(names), columns, 3)
	}
	for name, c := range map[string]struct {
		rows   array.RecordReader
		want   string
		column string
		row    int64
	}{
		"no target":       {rows("x z", x, y), "target y: the rows have no such column; they have x, z", "y", 0},
		"float target":    {rows("x y", x, x), "target y is float64", "y", 0},
		"null feature":    {rows("x y", []any{1.0, 2.0, nil, nil}, y), "feature x: 2 of 4 values are null, the first in row 3", "x", 3},
		"text feature":    {rows("x name y", x, []string{"a", "b", "c", "d"}, y), `feature name: 4 of 4 values are text, the first in row 1 ("a")`, "name", 1},
		"not a number":    {rows("x y", []float64{1, 2, 3, math.NaN()}, y), "1 of 4 values are not a finite number, the first in row 4", "x", 4},
		"infinite":        {rows("x y", []float64{1, math.Inf(1), 3, math.Inf(-1)}, y), "2 of 4 values are not a finite number, the first in row 2", "x", 2},
		"null target":     {rows("x y", x, nullInts(4, 1)), "target y: 1 of 4 values are null, the first in row 2", "y", 2},
		"one class":       {rows("x y", x, []int64{5, 5, 5, 5}), "all 4 training rows are of one class, 5", "y", 0},
		"no rows":         {rows("x y", []float64{}, []int64{}), "no rows to train on", "", 0},
		"no features":     {rows("y", y), "no column but the target", "", 0},
		"own column":      {rows("x dataset_type y", x, x, y), "column dataset_type", "dataset_type", 0},
		"unusable column": {rows("x at y", x, dates(4), y), "feature at is date32", "at", 0},
	} {
		out, err := train(t, `{"target": "y"}`, c.rows)
		refused(t, name, err, c.want, c.column, c.row)
		if out.artifact.Len() > 0 || out.rows != nil {
			t.Errorf("%s: something was written", name)
		}
	}
	_, err := train(t, `{"target": "y", "features": ["x", "z"]}`, rows("x y", x, y))
	refused(t, "features", err, "feature z: the rows have no such column", "z", 0)
	_, err = train(t, `{"target": "y", "features": ["x", "Y"]}`, rows("x y", x, y))
	refused(t, "features", err, "feature Y: it is the target", "Y", 0)
	_, err = train(t, `{"target": "y", "features": ["x", "X"]}`, rows("x y", x, y))
	refused(t, "features", err, "feature X: named twice", "X", 0)
}

func TestPredictRefusesArtifacts(t *testing.T) {
	out, err := train(t, `{"target": "KIND"}`, small(t, 0))
	if err != nil {
		t.Fatal(err)
	}
	whole := out.artifact.String()
	for name, c := range map[string]struct{ artifact, want string }{
		"empty":        {"", "it is empty"},
		"cut off":      {whole[:len(whole)/2], "not whole JSON"},
		"not JSON":     {"\x80\x04pickle", "not whole JSON"},
		"other format": {`{"format": "onnx"}`, `its format is "onnx"`},
		"newer":        {strings.Replace(whole, `"format_version": 1`, `"format_version": 2`, 1), "its format version is 2 and this plugin (1.0.0) reads 1"},
		"class gone":   {strings.Replace(whole, `"low",`, ``, 1), "rows of coefficients"},
		"wrong class":  {strings.Replace(whole, `"low",`, `3,`, 1), "class 3 is not of type utf8"},
	} {
		_, err := predict(t, `{}`, c.artifact, small(t, 0))
		refused(t, name, err, c.want, "", 0)
	}
	for at := range whole {
		if at < len(strings.TrimSpace(whole)) {
			if _, err := logreg.ReadArtifact(strings.NewReader(whole[:at])); err == nil {
				t.Fatalf("the first %d bytes of %d pass for an artifact", at, len(whole))
			}
		}
	}
}

func TestPredictRefusesRows(t *testing.T) {
	trained, err := train(t, `{"target": "y"}`, reader(t, []string{"n", "x", "y"}, []any{[]int64{1, 2, 3, 4}, []float64{4, 3, 1, 2}, []int64{1, 2, 1, 2}}, 0))
	if err != nil {
		t.Fatal(err)
	}
	n, x := []int64{1, 2, 3}, []float64{1, 2, 3}
	for name, c := range map[string]struct {
		config string
		names  []string
		cols   []any
		want   string
		column string
		row    int64
	}{
		"missing":  {`{}`, []string{"n"}, []any{n}, "feature x (float64): the artifact was trained with it", "x", 0},
		"type":     {`{}`, []string{"n", "x"}, []any{n, n}, "feature x: the rows have it as int64 and the artifact was trained with float64", "x", 0},
		"text":     {`{}`, []string{"n", "x"}, []any{n, []string{"a", "b", "c"}}, "as utf8", "x", 0},
		"null":     {`{}`, []string{"n", "x"}, []any{n, []any{1.0, nil, nil}}, "feature x: 2 of 3 values are null, the first in row 2", "x", 2},
		"infinite": {`{}`, []string{"n", "x"}, []any{n, []float64{1, 2, math.Inf(-1)}}, "feature x: 1 of 3 values are not a finite number, the first in row 3", "x", 3},
		"output":   {`{"output": "N"}`, []string{"n", "x"}, []any{n, x}, "column N: predicting adds", "N", 0},
		"config":   {`{"probabilities": 1}`, []string{"n", "x"}, []any{n, x}, "config probabilities: 1", "", 0},
	} {
		_, err := predict(t, c.config, trained.artifact.String(), reader(t, c.names, c.cols, 2))
		refused(t, name, err, c.want, c.column, c.row)
	}
	if _, err := predict(t, `{}`, trained.artifact.String(), reader(t, []string{"n", "x"}, []any{decimals(0, 1, 2, 3), x}, 0)); err != nil {
		t.Errorf("decimals without a fraction for integers: %v", err)
	}
}

func FuzzReadArtifact(f *testing.F) {
	f.Add(`{"format": "snowpit.logreg", "format_version": 1, "target": {"name": "y", "type": "int64"}, "classes": [3, 8], "features": [{"name": "x", "type": "int64"}], "coefficients": [[1]], "intercepts": [0]}`)
	f.Add(`{"format": "snowpit.logreg"`)
	f.Fuzz(func(t *testing.T, text string) {
		a, err := logreg.ReadArtifact(strings.NewReader(text))
		var refusal *plugins.Error
		if (a == nil) == (err == nil) || err != nil && !errors.As(err, &refusal) {
			t.Errorf("artifact %v, error %v", a, err)
		}
	})
}
