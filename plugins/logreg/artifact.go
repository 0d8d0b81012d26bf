package logreg

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math"

	"github.com/apache/arrow-go/v18/arrow"

	"github.com/snowpit-dev/snowpit/plugins"
)

// The format of an artifact. A change that old readers would misread has a
// higher version.
const (
	Format        = "snowpit.logreg"
	FormatVersion = 1
)

// Version is the plugin's own.
const Version = "1.0.0"

// An Artifact is a trained model as its file has it. The probability of class
// k is the softmax of intercepts[k] + coefficients[k]·features; where there
// are two classes there is one row of coefficients, for the second class, and
// the first one's score is 0.
type Artifact struct {
	Format        string     `json:"format"`
	FormatVersion int        `json:"format_version"`
	Model         string     `json:"model"`
	Target        ColumnType `json:"target"`
	Classes       []any      `json:"classes"` // labels in sorted order

	Features     []ColumnType `json:"features"`
	Coefficients [][]float64  `json:"coefficients"` // in the order of Features
	Intercepts   []float64    `json:"intercepts"`

	Objective    float64  `json:"objective"`     // Σ weight·cross-entropy + ‖coefficients‖²/(2C)
	GradientNorm float64  `json:"gradient_norm"` // largest absolute derivative of it, unscaled
	Gap          float64  `json:"objective_gap"` // estimate of how far it is above the optimum
	Iterations   int      `json:"iterations"`
	Converged    bool     `json:"converged"`
	Warnings     []string `json:"warnings"`

	C            float64            `json:"C"`
	ClassWeight  map[string]float64 `json:"class_weight"` // as used, by label; null: all 1
	FitIntercept bool               `json:"fit_intercept"`

	Split   Split   `json:"split"`
	Metrics Metrics `json:"metrics"`

	// Data is "sha256:" and the hex SHA-256 over the training rows in input
	// order: for each the features as IEEE 754 binary64, little-endian, then
	// the label as text and a line feed.
	Data     string            `json:"data_fingerprint"`
	Versions map[string]string `json:"versions"`
}

// A ColumnType is a column's name and Arrow type.
type ColumnType struct {
	Name string `json:"name"`
	Type string `json:"type"`
}

// A Split is how the rows were divided.
type Split struct {
	TrainSize   string `json:"train_size"` // as asked for, "unset" where it was not
	TestSize    string `json:"test_size"`
	RandomState uint32 `json:"random_state"`
	Shuffle     bool   `json:"shuffle"`
	Stratify    bool   `json:"stratify"`
	TrainRows   int    `json:"train_rows"`
	TestRows    int    `json:"test_rows"`
	UnusedRows  int    `json:"unused_rows"`
}

// Metrics are the model's figures on the rows that On names.
type Metrics struct {
	On               string       `json:"on"` // "test", or "train" where there are no test rows
	Rows             int          `json:"rows"`
	BalancedAccuracy float64      `json:"balanced_accuracy"`
	Accuracy         float64      `json:"accuracy"`
	LogLoss          float64      `json:"log_loss"`
	Lab              *float64     `json:"lab_balanced_accuracy"` // null where labels are text
	Confusion        [][]int      `json:"confusion_matrix"`      // [true class][predicted class]
	Classes          []any        `json:"classes"`               // the model's, then those only test rows have
	PerClass         []ClassScore `json:"per_class"`
}

// A ClassScore is how well one class is recognised.
type ClassScore struct {
	Class     any     `json:"class"`
	Precision float64 `json:"precision"`
	Recall    float64 `json:"recall"`
	F1        float64 `json:"f1"`
	Support   int     `json:"support"`
}

// ReadArtifact reads and checks an artifact. What is not a whole artifact of
// this format and version is a [*plugins.Error] that says so.
func ReadArtifact(r io.Reader) (*Artifact, error) {
	data, err := io.ReadAll(r)
	if err != nil {
		return nil, fmt.Errorf("read artifact: %w", err)
	}
	var head struct {
		Format  string `json:"format"`
		Version int    `json:"format_version"`
	}
	if len(bytes.TrimSpace(data)) == 0 {
		return nil, refusal("artifact: it is empty; run the model that trains it again")
	}
	if err := json.Unmarshal(data, &head); err != nil {
		return nil, refusal("artifact: not whole JSON, cut off or overwritten (%v in %d bytes); run the model that trains it again", err, len(data))
	}
	if head.Format != Format {
		return nil, refusal("artifact: its format is %q, not %q; was another plugin's artifact named?", head.Format, Format)
	}
	if head.Version != FormatVersion {
		return nil, refusal("artifact: its format version is %d and this plugin (%s) reads %d; use the newer snowpit, or train again with this one", head.Version, Version, FormatVersion)
	}
	a := &Artifact{}
	decode := json.NewDecoder(bytes.NewReader(data))
	decode.UseNumber()
	if err := decode.Decode(a); err != nil {
		return nil, refusal("artifact: %v; run the model that trains it again", err)
	}
	if err := a.check(); err != nil {
		return nil, refusal("artifact: %v; it was changed by hand or damaged, run the model that trains it again", err)
	}
	return a, nil
}

// check holds that the parts fit each other, and restores the classes' types.
func (a *Artifact) check() error {
	t, err := readLabelType(a.Target.Type)
	if err != nil {
		return err
	}
	if len(a.Classes) < 2 || len(a.Features) == 0 || len(a.Classes) > maxClasses {
		return fmt.Errorf("%d classes and %d features", len(a.Classes), len(a.Features))
	}
	for k, v := range a.Classes {
		if a.Classes[k], err = readLabel(v, t); err != nil {
			return err
		}
	}
	vectors := len(a.Classes)
	if vectors == 2 {
		vectors = 1
	}
	if len(a.Coefficients) != vectors || len(a.Intercepts) != vectors {
		return fmt.Errorf("%d rows of coefficients and %d intercepts for %d classes", len(a.Coefficients), len(a.Intercepts), len(a.Classes))
	}
	for k, row := range a.Coefficients {
		if len(row) != len(a.Features) {
			return fmt.Errorf("row %d of the coefficients has %d numbers for %d features", k+1, len(row), len(a.Features))
		}
	}
	return nil
}

func (a *Artifact) labelType() arrow.DataType {
	t, err := readLabelType(a.Target.Type)
	if err != nil {
		panic(err) // check has seen it
	}
	return t
}

// encode writes the artifact; the same artifact gives the same bytes.
func (a *Artifact) encode() ([]byte, error) {
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", " ")
	err := enc.Encode(a)
	return out.Bytes(), err
}

// report sends the figures as events.
func (a *Artifact) report(out plugins.Output, seconds float64) error {
	m := a.Metrics
	figures := []plugins.Metric{
		{Name: plugins.MetricBalancedAccuracy, Value: m.BalancedAccuracy},
		{Name: plugins.MetricAccuracy, Value: m.Accuracy},
		{Name: plugins.MetricLogLoss, Value: m.LogLoss},
		{Name: plugins.MetricConfusionMatrix, Value: m.Confusion},
		{Name: plugins.MetricClasses, Value: m.Classes},
		{Name: plugins.MetricPerClass, Value: m.PerClass},
		{Name: plugins.MetricTrainRows, Value: a.Split.TrainRows},
		{Name: plugins.MetricTestRows, Value: a.Split.TestRows},
		{Name: plugins.MetricFitSeconds, Value: seconds},
		{Name: "metrics_on", Value: m.On},
		{Name: "objective", Value: a.Objective},
		{Name: "gradient_norm", Value: a.GradientNorm},
		{Name: "iterations", Value: a.Iterations},
		{Name: "converged", Value: a.Converged},
	}
	if m.Lab != nil && !math.IsNaN(*m.Lab) {
		figures = append(figures, plugins.Metric{Name: plugins.MetricLabBalancedAccuracy, Value: *m.Lab})
	}
	for i := range figures {
		if err := out.Event(plugins.Event{Metric: &figures[i]}); err != nil {
			return err
		}
	}
	for _, w := range a.Warnings {
		if err := out.Event(plugins.Event{Log: &plugins.Log{Level: "warn", Message: w}}); err != nil {
			return err
		}
	}
	return nil
}
