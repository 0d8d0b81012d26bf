package main

import (
	"context"
	"encoding/json"
	"fmt"
	"math"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"

	"github.com/snowpit-dev/snowpit/plugins/sdk"
)

// Train adds up each feature by label. The rows go on to the model's table as
// they came, so no more than one batch is held.
func (centroid) Train(ctx context.Context, call sdk.Call, rows array.RecordReader, out sdk.Output) error {
	target, err := text(call, "target", "")
	if err != nil {
		return err
	}
	s, err := newSums(target, rows.Schema())
	if err != nil {
		return err
	}
	for rows.Next() {
		if err := s.add(rows.RecordBatch()); err != nil {
			return err
		}
		if err := out.Rows(rows.RecordBatch()); err != nil {
			return err
		}
		if err := out.Event(sdk.Event{Progress: &sdk.Progress{Step: "read", Done: s.rows}}); err != nil {
			return err
		}
	}
	if err := rows.Err(); err != nil {
		return err
	}
	if s.rows == 0 {
		return &sdk.Error{Message: "the query gives no rows to train on"}
	}
	if err := out.Event(sdk.Event{Metric: &sdk.Metric{Name: "train_rows", Value: s.rows}}); err != nil {
		return err
	}
	m, err := s.model()
	if err != nil {
		return err
	}
	artifact, err := json.Marshal(m)
	if err != nil {
		return fmt.Errorf("artifact: %w", err)
	}
	return out.Artifact(artifact)
}

// sums are what training has added up so far.
type sums struct {
	target   string
	features []string
	rows     int64
	counts   map[string]int64
	totals   map[string][]float64 // by label, in the order of the features
}

// newSums takes every column but the target for a feature.
func newSums(target string, schema *arrow.Schema) (*sums, error) {
	s := &sums{target: target, counts: map[string]int64{}, totals: map[string][]float64{}}
	if target == "" {
		return nil, &sdk.Error{Message: "config target: missing; name the column to predict, such as target='KIND'"}
	}
	if !schema.HasField(target) {
		return nil, &sdk.Error{Message: "config target: column " + target + " is not in the query", Column: target}
	}
	for _, field := range schema.Fields() {
		if field.Name != target {
			s.features = append(s.features, field.Name)
		}
	}
	return s, nil
}

// add takes in one batch.
func (s *sums) add(batch arrow.RecordBatch) error {
	label := batch.Column(batch.Schema().FieldIndices(s.target)[0])
	if err := full(s.target, label, s.rows); err != nil {
		return err
	}
	for j, name := range s.features {
		f, err := featureOf(batch, name)
		if err != nil {
			return err
		}
		if err := f.numbers(s.rows); err != nil {
			return err
		}
		for i := range int(batch.NumRows()) {
			s.total(label.ValueStr(i))[j] += f.value(i)
		}
	}
	for i := range int(batch.NumRows()) {
		s.counts[label.ValueStr(i)]++
	}
	s.rows += batch.NumRows()
	return nil
}

func (s *sums) total(label string) []float64 {
	if s.totals[label] == nil {
		s.totals[label] = make([]float64, len(s.features))
	}
	return s.totals[label]
}

// model takes the means.
func (s *sums) model() (model, error) {
	m := model{Format: formatName, Features: s.features, Means: map[string][]float64{}}
	for label, n := range s.counts {
		m.Means[label] = []float64{}
		for j, total := range s.total(label) {
			if math.IsInf(total, 0) || math.IsNaN(total) {
				return m, &sdk.Error{Message: "column " + s.features[j] + " has numbers too large to add up; scale it in the query", Column: s.features[j]}
			}
			m.Means[label] = append(m.Means[label], total/float64(n))
		}
	}
	return m, nil
}
