package logreg_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/decimal128"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"github.com/snowpit-dev/snowpit/plugins"
	"github.com/snowpit-dev/snowpit/plugins/logreg"
)

// kept is an Output that keeps what it is given.
type kept struct {
	artifact bytes.Buffer
	rows     []string // each row as text, cells joined by |
	names    []string
	metrics  map[string]any
	warnings []string
}

func (k *kept) Rows(b arrow.RecordBatch) error {
	k.names = nil
	for _, f := range b.Schema().Fields() {
		k.names = append(k.names, f.Name+" "+f.Type.String())
	}
	for i := range int(b.NumRows()) {
		var cells []string
		for _, col := range b.Columns() {
			cells = append(cells, col.ValueStr(i))
		}
		k.rows = append(k.rows, strings.Join(cells, "|"))
	}
	return nil
}

func (k *kept) Artifact(p []byte) error { _, err := k.artifact.Write(p); return err }

func (k *kept) Event(e plugins.Event) error {
	if e.Metric != nil {
		if k.metrics == nil {
			k.metrics = map[string]any{}
		}
		k.metrics[e.Metric.Name] = e.Metric.Value
	}
	if e.Log != nil {
		k.warnings = append(k.warnings, e.Log.Message)
	}
	return nil
}

// config reads a config as a caller would have it.
func config(t testing.TB, text string) map[string]any {
	t.Helper()
	dec := json.NewDecoder(strings.NewReader(text))
	dec.UseNumber()
	var m map[string]any
	if err := dec.Decode(&m); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return m
}

// reader makes rows of columns: []int64, []float64, []string, []bool or an
// arrow.Array; a *T in a slice of pointers may be nil for null. The rows come
// in batches of the given size, 0 for one batch.
func reader(t testing.TB, names []string, columns []any, size int64) array.RecordReader {
	t.Helper()
	var fields []arrow.Field
	var cols []arrow.Array
	for i, c := range columns {
		col := column(t, c)
		cols = append(cols, col)
		fields = append(fields, arrow.Field{Name: names[i], Type: col.DataType(), Nullable: true})
	}
	schema := arrow.NewSchema(fields, nil)
	whole := array.NewRecordBatch(schema, cols, int64(cols[0].Len()))
	var parts []arrow.RecordBatch
	if size == 0 {
		size = max(whole.NumRows(), 1)
	}
	for from := int64(0); from < whole.NumRows(); from += size {
		parts = append(parts, whole.NewSlice(from, min(from+size, whole.NumRows())))
	}
	r, err := array.NewRecordReader(schema, parts)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func column(t testing.TB, values any) arrow.Array {
	mem := memory.DefaultAllocator
	switch v := values.(type) {
	case arrow.Array:
		return v
	case []int64:
		b := array.NewInt64Builder(mem)
		b.AppendValues(v, nil)
		return b.NewArray()
	case []float64:
		b := array.NewFloat64Builder(mem)
		b.AppendValues(v, nil)
		return b.NewArray()
	case []string:
		b := array.NewStringBuilder(mem)
		b.AppendValues(v, nil)
		return b.NewArray()
	case []bool:
		b := array.NewBooleanBuilder(mem)
		b.AppendValues(v, nil)
		return b.NewArray()
	case []any: // float64s and nils
		b := array.NewFloat64Builder(mem)
		for _, x := range v {
			if x == nil {
				b.AppendNull()
			} else {
				b.Append(x.(float64))
			}
		}
		return b.NewArray()
	}
	t.Fatalf("no column of %T", values)
	return nil
}

// decimals makes a decimal(18, scale) column.
func decimals(scale int32, values ...int64) arrow.Array {
	b := array.NewDecimal128Builder(memory.DefaultAllocator, &arrow.Decimal128Type{Precision: 18, Scale: scale})
	for _, v := range values {
		b.Append(decimal128.FromI64(v))
	}
	return b.NewArray()
}

func train(t testing.TB, text string, rows array.RecordReader) (*kept, error) {
	t.Helper()
	out := &kept{}
	err := logreg.New().Train(t.Context(), plugins.Call{Model: "m", Config: config(t, text)}, rows, out)
	return out, err
}

func predict(t testing.TB, text, artifact string, rows array.RecordReader) (*kept, error) {
	t.Helper()
	out := &kept{}
	err := logreg.New().Predict(t.Context(), plugins.Call{Model: "p", Config: config(t, text)}, strings.NewReader(artifact), rows, out)
	return out, err
}

// small is a problem of 12 rows with a text target.
func small(t testing.TB, size int64) array.RecordReader {
	return reader(t, []string{"A", "b", "flag", "PRICE", "KIND"}, []any{
		[]int64{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12},
		[]float64{2, 1, 4, 3, 6, 5, 8, 7, 10, 9, 12, 11},
		[]bool{true, false, true, true, false, false, true, false, true, false, false, true},
		decimals(2, 150, 250, 125, 175, 900, 850, 825, 975, 1600, 1700, 1550, 150),
		[]string{"low", "low", "low", "mid", "mid", "low", "mid", "mid", "top", "top", "top", "mid"},
	}, size)
}

func artifactOf(t testing.TB, out *kept) *logreg.Artifact {
	t.Helper()
	a, err := logreg.ReadArtifact(bytes.NewReader(out.artifact.Bytes()))
	if err != nil {
		t.Fatal(fmt.Errorf("%w\n%s", err, out.artifact.String()))
	}
	return a
}

// nullInts makes n integers, 0 and 1 by turns, with a null in row at.
func nullInts(n, at int) arrow.Array {
	b := array.NewInt64Builder(memory.DefaultAllocator)
	for i := range n {
		if i == at {
			b.AppendNull()
		} else {
			b.Append(int64(i % 2))
		}
	}
	return b.NewArray()
}

func dates(n int) arrow.Array {
	b := array.NewDate32Builder(memory.DefaultAllocator)
	for i := range n {
		b.Append(arrow.Date32(i))
	}
	return b.NewArray()
}
