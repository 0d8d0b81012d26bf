package plugintest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"math"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"github.com/snowpit-dev/snowpit/plugins"
)

// flowers is the schema of the sample table.
var flowers = arrow.NewSchema([]arrow.Field{
	{Name: "LENGTH", Type: arrow.PrimitiveTypes.Float64, Nullable: true},
	{Name: "WIDTH", Type: arrow.PrimitiveTypes.Float64, Nullable: true},
	{Name: "PETALS", Type: arrow.PrimitiveTypes.Int64, Nullable: true},
	{Name: "KIND", Type: arrow.BinaryTypes.String, Nullable: true},
}, nil)

// batch is n flowers of three kinds, from the first-th on. spoil may change a
// row's values; a nil value is null.
func batch(first, n int, spoil func(i int, row []any)) arrow.RecordBatch {
	b := array.NewRecordBuilder(memory.DefaultAllocator, flowers)
	defer b.Release()
	for i := first; i < first+n; i++ {
		kind := i % 3
		wobble := math.Sin(float64(i))
		row := []any{2*float64(kind) + wobble, 5 - float64(kind) + wobble/2, int64(3 + kind + i%2), []string{"aster", "lily", "rose"}[kind]}
		if spoil != nil {
			spoil(i, row)
		}
		for j, v := range row {
			put(b.Field(j), v)
		}
	}
	return b.NewRecordBatch()
}

func put(b array.Builder, v any) {
	switch v := v.(type) {
	case nil:
		b.AppendNull()
	case float64:
		b.(*array.Float64Builder).Append(v)
	case int64:
		b.(*array.Int64Builder).Append(v)
	case string:
		b.(*array.StringBuilder).Append(v)
	}
}

// sample is the sample table: 300 flowers in three batches.
func sample() array.RecordReader {
	return table(batch(0, 100, nil), batch(100, 100, nil), batch(200, 100, nil))
}

// table is rows of the sample's schema, or of the first batch's.
func table(batches ...arrow.RecordBatch) array.RecordReader {
	schema := flowers
	if len(batches) > 0 {
		schema = batches[0].Schema()
	}
	r, err := array.NewRecordReader(schema, batches)
	if err != nil {
		panic(err) // the kit's own batches have one schema
	}
	return r
}

// features are the columns of rows but the target.
func features(batches ...arrow.RecordBatch) array.RecordReader {
	schema := arrow.NewSchema(flowers.Fields()[:3], nil)
	var cut []arrow.RecordBatch
	for _, b := range batches {
		cut = append(cut, array.NewRecordBatch(schema, b.Columns()[:3], b.NumRows()))
	}
	return table(cut...)
}

// An output keeps what a call gave.
type output struct {
	rows     int64
	batches  int
	artifact bytes.Buffer
	arrived  chan struct{} // closed with the first batch, if not nil
}

func (o *output) Rows(b arrow.RecordBatch) error {
	if o.batches == 0 && o.arrived != nil {
		close(o.arrived)
	}
	o.rows += b.NumRows()
	o.batches++
	return nil
}

func (o *output) Artifact(p []byte) error {
	o.artifact.Write(p)
	return nil
}

func (o *output) Event(plugins.Event) error { return nil }

// call is a call with the subject's config, and with changes on top; a key
// changed to nil is left out.
func (e *env) call(action string, changes map[string]any) plugins.Call {
	config := map[string]any{"artifact": "@KIT/model"}
	if action == plugins.ActionTrain {
		config["target"] = "KIND"
	}
	maps.Copy(config, e.Config)
	maps.Copy(config, changes)
	maps.DeleteFunc(config, func(_ string, v any) bool { return v == nil })
	return plugins.Call{Model: "kit", Config: config}
}

// train trains on rows.
func (e *env) train(ctx context.Context, rows array.RecordReader, changes map[string]any) (*output, error) {
	out := &output{}
	err := e.process.Train(ctx, e.call(plugins.ActionTrain, changes), rows, out)
	return out, err
}

// predict scores rows.
func (e *env) predict(ctx context.Context, artifact []byte, rows array.RecordReader) (*output, error) {
	out := &output{}
	err := e.process.Predict(ctx, e.call(plugins.ActionPredict, nil), bytes.NewReader(artifact), rows, out)
	return out, err
}

// model is an artifact to predict with.
func (e *env) model(ctx context.Context) ([]byte, error) {
	if e.action(plugins.ActionTrain) == nil {
		if e.Artifact == nil {
			return nil, errors.New("the plugin predicts and does not train: give the kit an Artifact")
		}
		return e.Artifact, nil
	}
	out, err := e.train(ctx, sample(), nil)
	if err != nil {
		return nil, fmt.Errorf("training a model to predict with: %w", err)
	}
	return out.artifact.Bytes(), nil
}

// refused is nil for a [plugins.Error], which is how a plugin refuses what it
// was given.
func refused(what string, err error) error {
	var refusal *plugins.Error
	switch {
	case err == nil:
		return fmt.Errorf("%s is accepted", what)
	case !errors.As(err, &refusal):
		return fmt.Errorf("%s is not refused but: %w", what, err)
	case refusal.Message == "":
		return fmt.Errorf("%s is refused without a word", what)
	}
	return nil
}

// refusedOrFine is nil also where there was nothing to refuse.
func refusedOrFine(what string, err error) error {
	if err == nil {
		return nil
	}
	return refused(what, err)
}
