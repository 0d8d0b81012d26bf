package main

import (
	"context"
	"encoding/json"
	"fmt"
	"math"

	"github.com/apache/arrow-go/v18/arrow"

	"github.com/snowpit-dev/snowpit/plugins/sdk"
)

func main() { sdk.Serve(centroid{}) }

// centroid is the plugin. It keeps nothing between calls.
type centroid struct{}

// Describe is what snowpit plugin describe centroid shows. A config key that
// is not listed here is refused before the plugin hears of it.
func (centroid) Describe(context.Context) (sdk.Description, error) {
	artifact := sdk.Option{Name: "artifact", Doc: "where on a stage the model is", Required: true}
	return sdk.Description{
		Name: "centroid", Version: "1.0.0", Summary: "classifies by the nearest mean",
		Actions: []sdk.Action{
			{Name: sdk.ActionTrain, Doc: "take the mean of every column for each label", Config: []sdk.Option{
				{Name: "target", Doc: "the column to predict", Required: true}, artifact,
			}},
			{Name: sdk.ActionPredict, Doc: "return the rows with the nearest label", Config: []sdk.Option{
				artifact, {Name: "output", Doc: "name of the column of labels", Default: `"PREDICTED"`},
			}},
		},
	}, nil
}

// A model is the artifact. JSON, so that SQL can read it from the stage too.
type model struct {
	Format   string               `json:"format"` // formatName, to know our own
	Features []string             `json:"features"`
	Means    map[string][]float64 `json:"means"` // by label, in the order of the features
}

const formatName = "centroid/1"

// text reads a config key that holds a name.
func text(call sdk.Call, key, otherwise string) (string, error) {
	value, ok := call.Config[key]
	if !ok {
		return otherwise, nil
	}
	name, ok := value.(string)
	if !ok || name == "" {
		shown, _ := json.Marshal(value)
		return "", &sdk.Error{Message: "config " + key + ": " + string(shown) + " is not a name"}
	}
	return name, nil
}

// A feature is one column of numbers.
type feature struct {
	name  string
	col   arrow.Array
	value func(row int) float64
}

// featureOf reads one column of a batch as numbers, or refuses it.
func featureOf(batch arrow.RecordBatch, name string) (feature, error) {
	at := batch.Schema().FieldIndices(name)
	if len(at) == 0 {
		return feature{}, &sdk.Error{Message: "column " + name + " is not in the query", Column: name}
	}
	col := batch.Column(at[0])
	value := sdk.Numbers(col)
	if value == nil {
		return feature{}, &sdk.Error{
			Message: "column " + name + " is no number but " + col.DataType().String() + "; leave it out of the query", Column: name,
		}
	}
	return feature{name, col, value}, nil
}

// full refuses a null. before is how many rows came in earlier batches.
func full(name string, col arrow.Array, before int64) error {
	for i := range col.Len() {
		if col.IsNull(i) {
			return unusable(name, "null", before+int64(i)+1)
		}
	}
	return nil
}

// numbers refuses a null, and what is no finite number.
func (f feature) numbers(before int64) error {
	if err := full(f.name, f.col, before); err != nil {
		return err
	}
	for i := range f.col.Len() {
		if v := f.value(i); math.IsNaN(v) || math.IsInf(v, 0) {
			return unusable(f.name, fmt.Sprint(v), before+int64(i)+1)
		}
	}
	return nil
}

func unusable(column, value string, row int64) error {
	return &sdk.Error{
		Message: fmt.Sprintf("column %s is %s in row %d; filter such rows or fill them in", column, value, row),
		Column:  column, Row: row,
	}
}
