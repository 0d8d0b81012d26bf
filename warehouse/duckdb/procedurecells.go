package duckdb

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/extensions"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/javascript"
)

// inProcedure is an error of a procedure that none of its statements is to blame
// for.
func inProcedure(format string, args ...any) error {
	return &warehouse.Error{Code: 90236, State: "42601", Message: "Stored procedure execution error: " + fmt.Sprintf(format, args...)}
}

// cell is a value of a result as a procedure gets it.
func cell(c warehouse.Column, a arrow.Array, row int) javascript.Cell {
	if a.IsNull(row) {
		return javascript.Cell{}
	}
	out := javascript.Cell{Text: a.ValueStr(row)}
	switch a := a.(type) {
	case *array.Int64:
		out.Value = float64(a.Value(row))
	case *array.Decimal128:
		t := a.DataType().(*arrow.Decimal128Type)
		out.Value, out.Text = a.Value(row).ToFloat64(t.Scale), a.Value(row).ToString(t.Scale)
	case *array.Float64:
		out.Value = a.Value(row)
	case *array.Boolean:
		out.Value = a.Value(row)
	case *array.Binary:
		out.Value, out.Text = bytes.Clone(a.Value(row)), fmt.Sprintf("%X", a.Value(row))
	case *array.Date32:
		out.Value = a.Value(row).ToTime()
	case *array.Timestamp:
		out.Value = a.Value(row).ToTime(a.DataType().(*arrow.TimestampType).Unit)
	case *extensions.TimestampWithOffsetArray:
		out.Value = a.Value(row)
	case *warehouse.FarArray:
		out.Value = a.Value(row)
	case *array.Time64:
		unit := a.DataType().(*arrow.Time64Type).Unit
		out.Text = a.Value(row).ToTime(unit).Format("15:04:05")
		out.Value = out.Text
	case *array.String:
		out.Text = strings.Clone(a.Value(row))
		out.Value = out.Text
	default:
		out.Value = out.Text
	}
	return out
}
