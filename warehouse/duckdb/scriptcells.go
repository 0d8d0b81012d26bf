package duckdb

import (
	"strconv"
	"time"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/types"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/scripting"
)

type arrowBatch = arrow.RecordBatch

// readAll reads a result of the session's to its end and closes it: the session
// is held already.
func (s *session) readAll(res *warehouse.Result, each func(arrowBatch)) error {
	next, finish := res.Reader().Next, func() { res.Close() }
	if r, ok := res.Reader().(*rowReader); ok {
		next, finish = r.next, func() { r.finish(nil) }
	}
	defer finish()
	for next() {
		each(res.Reader().RecordBatch())
	}
	return res.Reader().Err()
}

// scriptValue is a value of a result as a block gets it.
func scriptValue(c warehouse.Column, a arrow.Array, row int) scripting.Value {
	v := scripting.Value{Type: types.OfColumn(c)}
	of := cell(c, a, row)
	switch value := of.Value.(type) {
	case nil:
		v.Null = true
	case float64:
		if v.Text = of.Text; c.Type == warehouse.Float {
			v.Text = strconv.FormatFloat(value, 'g', -1, 64)
		}
	case time.Time:
		v.Text = value.Format(timeLayouts[c.Type])
	default:
		v.Text = of.Text
	}
	if t, ok := a.(*array.Time64); ok && !v.Null {
		v.Text = t.Value(row).ToTime(t.DataType().(*arrow.Time64Type).Unit).Format("15:04:05.999999999")
	}
	return v
}

// timeLayouts write the times that have a day, with all their digits.
var timeLayouts = map[warehouse.Type]string{
	warehouse.Date: "2006-01-02", warehouse.TimestampNTZ: "2006-01-02 15:04:05.999999999",
	warehouse.TimestampLTZ: "2006-01-02 15:04:05.999999999 -0700", warehouse.TimestampTZ: "2006-01-02 15:04:05.999999999 -0700",
}
