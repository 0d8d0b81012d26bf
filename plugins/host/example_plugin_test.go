package host_test

import (
	"bytes"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"github.com/snowpit-dev/snowpit/plugins"
	"github.com/snowpit-dev/snowpit/plugins/host"
)

// The plugin that authors copy, built as they build it, found in a project's
// plugins folder, trains and predicts.
func TestExampleExecutable(t *testing.T) {
	dir := t.TempDir()
	build := exec.Command("go", "build", "-o", filepath.Join(dir, plugins.ExecutablePrefix+"centroid"), "../sdk/example/centroid")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	p := start(t, host.New(host.Config{Dirs: []string{dir}}), "centroid")
	schema := arrow.NewSchema([]arrow.Field{
		{Name: "LENGTH", Type: arrow.PrimitiveTypes.Float64}, {Name: "KIND", Type: arrow.BinaryTypes.String},
	}, nil)
	garden := func() array.RecordReader {
		const text = `[{"LENGTH": 1, "KIND": "aster"}, {"LENGTH": 2, "KIND": "aster"}, {"LENGTH": 9, "KIND": "lily"}]`
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
	var trained collector
	if err := p.Train(t.Context(), plugins.Call{Model: "flowers", Config: map[string]any{"target": "KIND"}}, garden(), &trained); err != nil {
		t.Fatal(err)
	}
	scored := &lastColumn{}
	if err := p.Predict(t.Context(), plugins.Call{Model: "scored"}, bytes.NewReader(trained.artifact.Bytes()), garden(), scored); err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(scored.values, " "); trained.rows != 3 || got != "aster aster lily" {
		t.Errorf("%d rows trained, and it predicts %s", trained.rows, got)
	}
	began := time.Now()
	err := p.Train(t.Context(), plugins.Call{Model: "flowers", Config: map[string]any{"target": "SORT"}}, garden(), &collector{})
	check(t, err, nil, []string{"plugin centroid, model flowers: config target: column SORT is not in the query"}, began)
}

// lastColumn keeps the values of the last column.
type lastColumn struct {
	collector
	values []string
}

func (l *lastColumn) Rows(batch arrow.RecordBatch) error {
	col := batch.Column(int(batch.NumCols()) - 1)
	for i := range col.Len() {
		l.values = append(l.values, col.ValueStr(i))
	}
	return nil
}
