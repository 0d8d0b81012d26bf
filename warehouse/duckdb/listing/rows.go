package listing

import (
	"slices"
	"strings"
	"time"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/engine"
)

// Batch is rows as a batch, of VARCHAR (string), NUMBER (int64), BOOLEAN (bool) and
// TIMESTAMP_LTZ (time.Time) columns. A value of another type, nil for one, is a
// null, and so the columns become nullable.
func Batch(columns []warehouse.Column, rows [][]any) arrow.RecordBatch {
	fields := make([]arrow.Field, len(columns))
	for i := range columns {
		columns[i].Nullable = true
		fields[i] = arrow.Field{Name: columns[i].Name, Type: madeHere(columns[i].Type), Nullable: true}
	}
	b := array.NewRecordBuilder(memory.DefaultAllocator, arrow.NewSchema(fields, nil))
	defer b.Release()
	for _, row := range rows {
		for i, v := range row {
			appendMade(b.Field(i), v)
		}
	}
	return b.NewRecordBatch()
}

// Reader reads batches, which it releases. Those without rows are left out.
func Reader(schema *arrow.Schema, batches ...arrow.RecordBatch) array.RecordReader {
	return warehouse.ReaderOf(schema, func() (arrow.RecordBatch, error) {
		for len(batches) > 0 {
			batch := batches[0]
			if batches = batches[1:]; batch.NumRows() > 0 {
				return batch, nil
			}
			batch.Release()
		}
		return nil, nil
	})
}

// madeHere is the Arrow type of a column made here.
func madeHere(t warehouse.Type) arrow.DataType {
	switch t {
	case warehouse.Number:
		return arrow.PrimitiveTypes.Int64
	case warehouse.Boolean:
		return arrow.FixedWidthTypes.Boolean
	case warehouse.TimestampLTZ:
		return engine.UTC
	}
	return arrow.BinaryTypes.String
}

func appendMade(b array.Builder, v any) {
	switch v := v.(type) {
	case string:
		if b, ok := b.(*array.StringBuilder); ok {
			b.Append(v)
			return
		}
	case int64:
		if b, ok := b.(*array.Int64Builder); ok {
			b.Append(v)
			return
		}
	case bool:
		if b, ok := b.(*array.BooleanBuilder); ok {
			b.Append(v)
			return
		}
	case time.Time:
		if b, ok := b.(*array.TimestampBuilder); ok && !v.IsZero() {
			b.Append(arrow.Timestamp(v.UnixMicro()))
			return
		}
	}
	b.AppendNull()
}

// Sort orders rows by the texts of some columns.
func Sort(rows [][]any, by ...int) {
	slices.SortStableFunc(rows, func(a, b []any) int {
		for _, i := range by {
			x, _ := a[i].(string)
			y, _ := b[i].(string)
			if c := strings.Compare(x, y); c != 0 {
				return c
			}
		}
		return 0
	})
}
