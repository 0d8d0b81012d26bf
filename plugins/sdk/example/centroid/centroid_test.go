package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"github.com/snowpit-dev/snowpit/plugins/sdk"
)

// flowers are rows from JSON.
func flowers(t *testing.T, text string) array.RecordReader {
	t.Helper()
	schema := arrow.NewSchema([]arrow.Field{
		{Name: "LENGTH", Type: arrow.PrimitiveTypes.Float64, Nullable: true},
		{Name: "PETALS", Type: arrow.PrimitiveTypes.Int64, Nullable: true},
		{Name: "KIND", Type: arrow.BinaryTypes.String, Nullable: true},
	}, nil)
	batch, _, err := array.RecordFromJSON(memory.DefaultAllocator, schema, strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	rows, err := array.NewRecordReader(schema, []arrow.RecordBatch{batch})
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

// kept is an output that keeps what it takes.
type kept struct {
	artifact bytes.Buffer
	last     []string // the last column
}

func (k *kept) Rows(batch arrow.RecordBatch) error {
	col := batch.Column(int(batch.NumCols()) - 1)
	for i := range col.Len() {
		k.last = append(k.last, col.ValueStr(i))
	}
	return nil
}

func (k *kept) Artifact(p []byte) error {
	k.artifact.Write(p)
	return nil
}

func (k *kept) Event(sdk.Event) error { return nil }

const garden = `[
	{"LENGTH": 1, "PETALS": 4, "KIND": "aster"}, {"LENGTH": 3, "PETALS": 4, "KIND": "aster"},
	{"LENGTH": 9, "PETALS": 6, "KIND": "lily"}]`

func call(config map[string]any) sdk.Call { return sdk.Call{Model: "flowers", Config: config} }

func TestTrainAndPredict(t *testing.T) {
	var trained kept
	if err := (centroid{}).Train(t.Context(), call(map[string]any{"target": "KIND"}), flowers(t, garden), &trained); err != nil {
		t.Fatal(err)
	}
	var m model
	if err := json.Unmarshal(trained.artifact.Bytes(), &m); err != nil || m.Means["aster"][0] != 2 || m.Means["lily"][1] != 6 {
		t.Fatalf("the artifact is %s, %v", trained.artifact.String(), err)
	}
	var scored kept
	rows := flowers(t, `[{"LENGTH": 2.5, "PETALS": 4}, {"LENGTH": 100, "PETALS": 0}]`)
	if err := (centroid{}).Predict(t.Context(), call(nil), &trained.artifact, rows, &scored); err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(scored.last, " "); got != "aster lily" {
		t.Errorf("predicts %s", got)
	}
}

func TestTrainRefuses(t *testing.T) {
	huge, _ := json.Marshal(math.MaxFloat64)
	for _, c := range []struct {
		config map[string]any
		rows   string
		want   string
		column string
		row    int64
	}{
		{nil, garden, "config target: missing", "", 0},
		{map[string]any{"target": 3}, garden, "config target: 3 is not a name", "", 0},
		{map[string]any{"target": "SORT"}, garden, "column SORT is not in the query", "SORT", 0},
		{map[string]any{"target": "LENGTH"}, garden, "column KIND is no number but utf8", "KIND", 0},
		{map[string]any{"target": "KIND"}, `[]`, "the query gives no rows", "", 0},
		{map[string]any{"target": "KIND"}, `[{"LENGTH": 1, "PETALS": 2, "KIND": "aster"}, {"LENGTH": 1, "KIND": "aster"}]`, "column PETALS is null in row 2", "PETALS", 2},
		{map[string]any{"target": "KIND"}, `[{"LENGTH": 1, "PETALS": 2}]`, "column KIND is null in row 1", "KIND", 1},
		{map[string]any{"target": "KIND"}, strings.ReplaceAll(`[{"LENGTH": X, "PETALS": 2, "KIND": "a"}, {"LENGTH": X, "PETALS": 2, "KIND": "a"}]`, "X", string(huge)), "column LENGTH has numbers too large", "LENGTH", 0},
	} {
		err := centroid{}.Train(t.Context(), call(c.config), flowers(t, c.rows), &kept{})
		var refused *sdk.Error
		if !errors.As(err, &refused) || !strings.Contains(refused.Message, c.want) || refused.Column != c.column || refused.Row != c.row {
			t.Errorf("%v\nwant %q, column %q, row %d", err, c.want, c.column, c.row)
		}
	}
}

func TestPredictRefuses(t *testing.T) {
	const good = `{"format": "centroid/1", "features": ["LENGTH"], "means": {"aster": [2]}}`
	for _, c := range []struct{ artifact, output, want string }{
		{``, "", "the artifact is no JSON"},
		{good[:30], "", "the artifact is no JSON"},
		{`{"format": "logreg"}`, "", "not one of plugin centroid"},
		{strings.Replace(good, "[2]", "[]", 1), "", "not one mean a feature for label aster"},
		{strings.Replace(good, "LENGTH", "WIDTH", 1), "", "column WIDTH is not in the query"},
		{good, "KIND", "the query has a column KIND already"},
	} {
		config := map[string]any{}
		if c.output != "" {
			config["output"] = c.output
		}
		err := centroid{}.Predict(t.Context(), call(config), strings.NewReader(c.artifact), flowers(t, garden), &kept{})
		var refused *sdk.Error
		if !errors.As(err, &refused) || !strings.Contains(refused.Message, c.want) {
			t.Errorf("artifact %s: %v\nwant %q", c.artifact, err, c.want)
		}
	}
}
