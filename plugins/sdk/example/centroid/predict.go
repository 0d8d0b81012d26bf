package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"math"
	"slices"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"github.com/snowpit-dev/snowpit/plugins/sdk"
)

// Predict adds the nearest label to each batch and hands it on.
func (centroid) Predict(ctx context.Context, call sdk.Call, artifact io.Reader, rows array.RecordReader, out sdk.Output) error {
	m, err := load(artifact)
	if err != nil {
		return err
	}
	output, err := text(call, "output", "PREDICTED")
	if err != nil {
		return err
	}
	if rows.Schema().HasField(output) {
		return &sdk.Error{Message: "config output: the query has a column " + output + " already", Column: output}
	}
	field := arrow.Field{Name: output, Type: arrow.BinaryTypes.String}
	schema := arrow.NewSchema(append(slices.Clone(rows.Schema().Fields()), field), nil)
	done, any := int64(0), false
	for rows.Next() {
		if err := m.predict(rows.RecordBatch(), done, schema, out); err != nil {
			return err
		}
		done, any = done+rows.RecordBatch().NumRows(), true
	}
	if rows.Err() != nil || any {
		return rows.Err()
	}
	empty := array.NewRecordBuilder(memory.DefaultAllocator, schema)
	defer empty.Release()
	return out.Rows(empty.NewRecordBatch()) // a table without rows is one empty batch
}

// load reads the artifact, and refuses one that is not ours.
func load(artifact io.Reader) (*model, error) {
	data, err := io.ReadAll(artifact)
	if err != nil {
		return nil, err
	}
	m := &model{}
	if err := json.Unmarshal(data, m); err != nil {
		return nil, &sdk.Error{Message: fmt.Sprintf("the artifact is no JSON (%v); train the model again", err)}
	}
	if m.Format != formatName || len(m.Means) == 0 {
		return nil, &sdk.Error{Message: "the artifact is not one of plugin centroid; train the model with it"}
	}
	for label, means := range m.Means {
		if len(means) != len(m.Features) {
			return nil, &sdk.Error{Message: "the artifact has not one mean a feature for label " + label + "; train the model again"}
		}
	}
	return m, nil
}

// predict hands on a batch with the nearest label of each row.
func (m *model) predict(batch arrow.RecordBatch, before int64, schema *arrow.Schema, out sdk.Output) error {
	features := make([]feature, len(m.Features))
	for j, name := range m.Features {
		var err error
		if features[j], err = featureOf(batch, name); err != nil {
			return err
		}
		if err := features[j].numbers(before); err != nil {
			return err
		}
	}
	labels := slices.Sorted(maps.Keys(m.Means)) // equally near labels go by the alphabet
	b := array.NewStringBuilder(memory.DefaultAllocator)
	defer b.Release()
	for i := range int(batch.NumRows()) {
		b.Append(m.nearest(labels, features, i))
	}
	col := b.NewArray()
	defer col.Release()
	scored := array.NewRecordBatch(schema, append(slices.Clone(batch.Columns()), col), batch.NumRows())
	defer scored.Release()
	return out.Rows(scored)
}

// nearest is the label whose means are nearest to a row.
func (m *model) nearest(labels []string, features []feature, row int) string {
	best, least := labels[0], math.Inf(1)
	for _, label := range labels {
		distance := 0.0
		for j, mean := range m.Means[label] {
			d := features[j].value(row) - mean
			distance += d * d
		}
		if distance < least {
			best, least = label, distance
		}
	}
	return best
}
