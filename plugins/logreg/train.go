package logreg

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"github.com/snowpit-dev/snowpit/plugins"
	"github.com/snowpit-dev/snowpit/plugins/logreg/fit"
	"github.com/snowpit-dev/snowpit/plugins/logreg/split"
)

// The set a row is in.
const (
	setNone uint8 = iota
	setTrain
	setTest
)

// Train is that of [plugins.Trainer].
func (*Plugin) Train(ctx context.Context, call plugins.Call, rows array.RecordReader, out plugins.Output) error {
	config, err := readTrainConfig(call.Config)
	if err != nil {
		return err
	}
	t, err := newTable(rows.Schema(), config)
	if err != nil {
		return err
	}
	defer t.release()
	if err := t.read(ctx, rows); err != nil {
		return err
	}
	job := &training{table: t, config: config, model: call.Model}
	a, seconds, err := job.run(ctx, out)
	if err != nil {
		return err
	}
	data, err := a.encode()
	if err != nil {
		return fmt.Errorf("write artifact: %w", err)
	}
	if err := out.Artifact(data); err != nil {
		return err
	}
	if err := a.report(out, seconds); err != nil {
		return err
	}
	return t.emit(ctx, job.sets, out)
}

// A training is one fit on its way.
type training struct {
	*table
	config  *trainConfig
	model   string
	sets    []uint8 // the set of each row
	counts  [3]int  // rows of each set
	classes int     // classes with training rows: the first labels
}

func (j *training) run(ctx context.Context, out plugins.Output) (*Artifact, float64, error) {
	if err := j.divide(); err != nil {
		return nil, 0, err
	}
	if err := j.knownFirst(); err != nil {
		return nil, 0, err
	}
	weights, err := j.weights()
	if err != nil {
		return nil, 0, err
	}
	var told error
	start := time.Now()
	result, err := fit.Fit(ctx, fit.Problem{
		Source: j.table, Features: len(j.features), Classes: j.classes, Labels: j.trainLabels(),
		C: j.config.c, ClassWeight: weights, NoIntercept: j.config.noIntercept,
		MaxIter: j.config.maxIter, Tol: j.config.tol,
		Progress: func(step int, _ float64) {
			told = errors.Join(told, out.Event(plugins.Event{Progress: &plugins.Progress{Step: "fit", Done: int64(step)}}))
		},
	})
	seconds := time.Since(start).Seconds()
	if err = errors.Join(err, told); err != nil {
		return nil, 0, err
	}
	a := j.artifact(result, weights)
	if a.Data, err = j.fingerprint(ctx); err != nil {
		return nil, 0, err
	}
	a.Metrics, err = j.evaluate(ctx, a)
	return a, seconds, err
}

// divide puts each row into its set.
func (j *training) divide() error {
	if j.rows == 0 {
		return refusal("no rows to train on; does the query's filter leave any?")
	}
	j.sets = make([]uint8, j.rows)
	c := j.config.split
	if c == nil || c.all {
		for i := range j.sets {
			j.sets[i] = setTrain
		}
		j.counts[setTrain] = j.rows
		return nil
	}
	options := c.Options
	if c.stratify != "" {
		target := j.schema.Field(j.target).Name
		if c.stratify != "true" && !strings.EqualFold(c.stratify, target) {
			return refusal("config split.stratify: %s is not the target; only stratify=true or the target %s is there", c.stratify, target)
		}
		options.Stratify = j.y
	}
	train, test, err := split.Rows(j.rows, options)
	if err != nil {
		return refusal("config split: %v", err)
	}
	for _, row := range train {
		j.sets[row] = setTrain
	}
	for _, row := range test {
		j.sets[row] = setTest
	}
	j.counts = [3]int{j.rows - len(train) - len(test), len(train), len(test)}
	return nil
}

// knownFirst renumbers labels so that those of training rows come first, in
// their order.
func (j *training) knownFirst() error {
	known := make([]bool, len(j.labels.values))
	for i, y := range j.y {
		known[y] = known[y] || j.sets[i] == setTrain
	}
	var first, rest []label
	for n, v := range j.labels.values {
		if known[n] {
			first = append(first, v)
		} else {
			rest = append(rest, v)
		}
	}
	target := j.schema.Field(j.target).Name
	if len(first) < 2 {
		err := refusal("target %s: all %d training rows are of one class, %v; a classifier needs two", target, j.counts[setTrain], first[0])
		err.Column = target
		return err
	}
	j.classes = len(first)
	if rest == nil {
		return nil
	}
	to := make([]uint16, len(j.labels.values))
	for n, v := range append(first, rest...) {
		to[j.labels.number[v]] = uint16(n)
	}
	j.labels.values = append(first, rest...)
	for i, y := range j.y {
		j.y[i] = to[y]
	}
	return nil
}

func (j *training) trainLabels() []uint16 {
	out := slices.Clone(j.y)
	for i, set := range j.sets {
		if set != setTrain {
			out[i] = fit.Unused
		}
	}
	return out
}

// weights are the classes' weights; nil where all are 1.
func (j *training) weights() ([]float64, error) {
	if !j.config.balanced && j.config.weights == nil {
		return nil, nil
	}
	w := make([]float64, j.classes)
	if j.config.balanced {
		counts := make([]int, j.classes)
		for i, y := range j.y {
			if j.sets[i] == setTrain {
				counts[y]++
			}
		}
		for k, n := range counts {
			w[k] = float64(j.counts[setTrain]) / (float64(j.classes) * float64(n))
		}
		return w, nil
	}
	used := 0
	for k, v := range j.labels.values[:j.classes] {
		x, ok := j.config.weights[fmt.Sprint(v)]
		if w[k] = x; ok {
			used++
		} else {
			w[k] = 1
		}
	}
	if used < len(j.config.weights) {
		return nil, refusal("config class_weight: it names labels that no training row has; the classes are %v", j.labels.values[:j.classes])
	}
	return w, nil
}

func (j *training) artifact(r *fit.Result, weights []float64) *Artifact {
	target := j.schema.Field(j.target)
	a := &Artifact{
		Format: Format, FormatVersion: FormatVersion, Model: j.model,
		Target:       ColumnType{target.Name, target.Type.String()},
		Coefficients: r.Coefficients, Intercepts: r.Intercepts,
		Objective: r.Objective, GradientNorm: r.GradientNorm, Gap: r.Gap,
		Iterations: r.Iterations, Converged: r.Converged, Warnings: j.warnings(r),
		C: j.config.c, FitIntercept: !j.config.noIntercept,
		Split: Split{
			TrainSize: "unset", TestSize: "unset",
			TrainRows: j.counts[setTrain], TestRows: j.counts[setTest], UnusedRows: j.counts[setNone],
		},
		Versions: map[string]string{"logreg": Version, "go": runtime.Version()},
	}
	for _, v := range j.labels.values[:j.classes] {
		a.Classes = append(a.Classes, v)
	}
	for _, at := range j.features {
		f := j.schema.Field(at)
		a.Features = append(a.Features, ColumnType{f.Name, f.Type.String()})
	}
	if weights != nil {
		a.ClassWeight = map[string]float64{}
		for k, w := range weights {
			a.ClassWeight[fmt.Sprint(j.labels.values[k])] = w
		}
	}
	if c := j.config.split; c != nil {
		a.Split.TrainSize, a.Split.TestSize = c.Train.String(), c.Test.String()
		a.Split.RandomState, a.Split.Shuffle, a.Split.Stratify = c.RandomState, !c.NoShuffle, c.stratify != ""
	}
	return a
}

func (j *training) warnings(r *fit.Result) []string {
	out := []string{}
	for _, at := range r.Constant {
		out = append(out, fmt.Sprintf("feature %s has the same value in all training rows; its coefficients are 0", j.schema.Field(j.features[at]).Name))
	}
	if r.Separated {
		out = append(out, fmt.Sprintf("the features separate the classes of the training rows perfectly; how large the coefficients are is set by C=%v alone", j.config.c))
	}
	if r.Collinear {
		out = append(out, "some features follow from others so closely that how they share a coefficient is not certain; the predictions are not affected")
	}
	if !r.Converged {
		out = append(out, fmt.Sprintf("not converged after %d steps: the objective may be %.3g above its optimum; raise max_iter", r.Iterations, r.Gap))
	}
	if n := len(j.labels.values) - j.classes; n > 0 {
		out = append(out, fmt.Sprintf("labels that no training row has, so that they are never predicted: %v", j.labels.values[j.classes:]))
	}
	return out
}

// emit writes the rows with their set, letting go of each batch.
func (t *table) emit(ctx context.Context, sets []uint8, out plugins.Output) error {
	fields := append(slices.Clone(t.schema.Fields()), arrow.Field{Name: datasetColumn, Type: arrow.BinaryTypes.String, Nullable: true})
	meta := t.schema.Metadata()
	schema := arrow.NewSchema(fields, &meta)
	for len(t.batches) > 0 {
		if err := ctx.Err(); err != nil {
			return err
		}
		batch := t.batches[0]
		n := int(batch.NumRows())
		column := setColumn(sets[:n])
		wide := array.NewRecordBatch(schema, append(slices.Clone(batch.Columns()), column), int64(n))
		err := out.Rows(wide)
		wide.Release()
		column.Release()
		if err != nil {
			return err
		}
		sets = sets[n:]
		batch.Release()
		t.batches[0] = nil
		t.batches = t.batches[1:]
	}
	return nil
}

func setColumn(sets []uint8) arrow.Array {
	b := array.NewStringBuilder(memory.DefaultAllocator)
	defer b.Release()
	b.Reserve(len(sets))
	for _, set := range sets {
		switch set {
		case setTrain:
			b.Append("train")
		case setTest:
			b.Append("test")
		default:
			b.AppendNull()
		}
	}
	return b.NewArray()
}
