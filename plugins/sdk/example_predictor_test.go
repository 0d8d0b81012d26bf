package sdk_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"github.com/snowpit-dev/snowpit/plugins/sdk"
)

// constant predicts the number in its artifact for every row.
type constant struct{}

func (constant) Predict(_ context.Context, _ sdk.Call, artifact io.Reader, rows array.RecordReader, out sdk.Output) error {
	var m struct{ Mean *float64 }
	if err := json.NewDecoder(artifact).Decode(&m); err != nil || m.Mean == nil {
		return &sdk.Error{Message: "the artifact holds no mean; train the model again"}
	}
	fields := append(slices.Clone(rows.Schema().Fields()), arrow.Field{Name: "PREDICTED", Type: arrow.PrimitiveTypes.Float64})
	for rows.Next() { // batch by batch, so that the table may be of any size
		b := array.NewFloat64Builder(memory.DefaultAllocator)
		for range rows.RecordBatch().NumRows() {
			b.Append(*m.Mean)
		}
		columns := append(slices.Clone(rows.RecordBatch().Columns()), b.NewArray())
		scored := array.NewRecordBatch(arrow.NewSchema(fields, nil), columns, rows.RecordBatch().NumRows())
		if err := out.Rows(scored); err != nil {
			return err
		}
	}
	return rows.Err()
}

// A plugin that predicts reads its artifact, and then rows as they come.
func ExamplePredictor() {
	schema := arrow.NewSchema([]arrow.Field{{Name: "DRIVER", Type: arrow.BinaryTypes.String}}, nil)
	drivers, _, err := array.RecordFromJSON(memory.DefaultAllocator, schema, strings.NewReader(`[{"DRIVER": "Lewis Hamilton"}]`))
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, artifact := range []string{`{"mean": 55.5}`, `{}`} {
		rows, err := array.NewRecordReader(schema, []arrow.RecordBatch{drivers})
		if err != nil {
			fmt.Println(err)
			return
		}
		var predictor sdk.Predictor = constant{}
		if err := predictor.Predict(context.Background(), sdk.Call{Model: "pace"}, strings.NewReader(artifact), rows, printer{}); err != nil {
			fmt.Println("error:", err)
		}
	}
	// Output:
	// rows: 1, the last column [55.5]
	// error: the artifact holds no mean; train the model again
}

// printer is an output that says what it takes.
type printer struct{}

func (printer) Rows(batch arrow.RecordBatch) error {
	last := batch.Column(int(batch.NumCols()) - 1)
	if batch.NumCols() > 1 {
		fmt.Printf("rows: %d, the last column %v\n", batch.NumRows(), last)
		return nil
	}
	fmt.Printf("rows: %d\n", batch.NumRows())
	return nil
}

func (printer) Artifact(p []byte) error {
	fmt.Printf("artifact: %s\n", p)
	return nil
}

func (printer) Event(e sdk.Event) error {
	if e.Metric != nil {
		fmt.Printf("metric %s: %v\n", e.Metric.Name, e.Metric.Value)
	}
	return nil
}
