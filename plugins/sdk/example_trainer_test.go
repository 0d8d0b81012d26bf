package sdk_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"github.com/snowpit-dev/snowpit/plugins/sdk"
)

// mean learns the mean of a column.
type mean struct{}

func (mean) Train(_ context.Context, call sdk.Call, rows array.RecordReader, out sdk.Output) error {
	target, _ := call.Config["target"].(string)
	at := rows.Schema().FieldIndices(target)
	if len(at) == 0 {
		return &sdk.Error{Message: fmt.Sprintf("config target: the query has no column %q", target), Column: target}
	}
	sum, n := 0.0, 0
	for rows.Next() {
		col := rows.RecordBatch().Column(at[0])
		value := sdk.Numbers(col)
		if value == nil {
			return &sdk.Error{Message: "column " + target + " is no number", Column: target}
		}
		for i := range col.Len() {
			if col.IsValid(i) {
				sum, n = sum+value(i), n+1
			}
		}
		if err := out.Rows(rows.RecordBatch()); err != nil { // the model's table
			return err
		}
	}
	if err := rows.Err(); err != nil {
		return err
	}
	if n == 0 {
		return &sdk.Error{Message: "column " + target + " has no values", Column: target}
	}
	if err := out.Event(sdk.Event{Metric: &sdk.Metric{Name: "train_rows", Value: n}}); err != nil {
		return err
	}
	artifact, err := json.Marshal(map[string]float64{"mean": sum / float64(n)})
	if err != nil {
		return err
	}
	return out.Artifact(artifact)
}

// A plugin that trains is tested like any other code: with rows and an output
// of one's own.
func ExampleTrainer() {
	schema := arrow.NewSchema([]arrow.Field{{Name: "LAPS", Type: arrow.PrimitiveTypes.Int64}}, nil)
	laps, _, err := array.RecordFromJSON(memory.DefaultAllocator, schema, strings.NewReader(`[{"LAPS": 50}, {"LAPS": 61}]`))
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, target := range []string{"LAPS", "LAP"} {
		rows, err := array.NewRecordReader(schema, []arrow.RecordBatch{laps})
		if err != nil {
			fmt.Println(err)
			return
		}
		var trainer sdk.Trainer = mean{}
		call := sdk.Call{Model: "pace", Config: map[string]any{"target": target}}
		if err := trainer.Train(context.Background(), call, rows, printer{}); err != nil {
			fmt.Println("error:", err)
		}
	}
	// Output:
	// rows: 2
	// metric train_rows: 2
	// artifact: {"mean":55.5}
	// error: config target: the query has no column "LAP"
}
