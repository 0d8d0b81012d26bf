package rows

import (
	"fmt"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/extensions"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"github.com/snowpit-dev/snowpit/warehouse"
)

// A Codec is how the values of one Arrow type stand in a Parquet file, and how
// SQL reads them there. What Snowflake might take for something else (times,
// nanoseconds, zones) goes as text.
type Codec struct {
	Form  arrow.DataType
	value func(arrow.Array) func(int) string // for those that become text
	cast  arrow.DataType                     // for those that become wider
}

// microseconds is how times of day and of the calendar that have no more go.
var microseconds = &arrow.TimestampType{Unit: arrow.Microsecond}

// CodecOf is the codec of an Arrow type.
func CodecOf(t arrow.DataType) (Codec, error) {
	text := Codec{Form: arrow.BinaryTypes.String}
	switch t := t.(type) {
	case *arrow.Int64Type, *arrow.Float64Type, *arrow.StringType, *arrow.BinaryType, *arrow.BooleanType, *arrow.Date32Type, *arrow.Decimal128Type:
		return Codec{Form: t}, nil
	case *arrow.Int8Type, *arrow.Int16Type, *arrow.Int32Type, *arrow.Uint8Type, *arrow.Uint16Type, *arrow.Uint32Type:
		return Codec{Form: arrow.PrimitiveTypes.Int64, cast: t}, nil
	case *arrow.Float16Type, *arrow.Float32Type:
		return Codec{Form: arrow.PrimitiveTypes.Float64, cast: t}, nil
	case *arrow.LargeBinaryType, *arrow.FixedSizeBinaryType:
		return Codec{Form: arrow.BinaryTypes.Binary, cast: t}, nil
	case *arrow.Time32Type, *arrow.Time64Type:
		text.value = timeText
		return text, nil
	case *arrow.TimestampType:
		if t.TimeZone == "" && t.Unit == arrow.Microsecond {
			return Codec{Form: microseconds}, nil
		}
		text.value = timestampText
		return text, nil
	case *extensions.TimestampWithOffsetType:
		text.value = zonedText
		return text, nil
	}
	if _, err := warehouse.ColumnOf(arrow.Field{Name: "C", Type: t}); err != nil {
		return Codec{}, fmt.Errorf("Arrow type %s has no place in a table", t)
	}
	text.value = func(a arrow.Array) func(int) string { return a.ValueStr }
	return text, nil
}

// Encode is a in the codec's form. The caller releases it.
func (c Codec) Encode(a arrow.Array) (arrow.Array, error) {
	switch {
	case c.value != nil:
		return textOf(a, c.value(a)), nil
	case c.cast != nil:
		return widened(c.Form, a)
	}
	a.Retain()
	return a, nil
}

func textOf(a arrow.Array, value func(int) string) arrow.Array {
	b := array.NewStringBuilder(memory.DefaultAllocator)
	defer b.Release()
	b.Reserve(a.Len())
	for i := range a.Len() {
		if a.IsNull(i) {
			b.AppendNull()
		} else {
			b.Append(value(i))
		}
	}
	return b.NewArray()
}

// widened is an array of smaller numbers, or of bytes in another form, as one of
// the usual type.
func widened(to arrow.DataType, a arrow.Array) (arrow.Array, error) {
	switch a := a.(type) {
	case *array.Uint8:
		return int64s(to, a, func(i int) int64 { return int64(a.Value(i)) }), nil
	case *array.Uint16:
		return int64s(to, a, func(i int) int64 { return int64(a.Value(i)) }), nil
	case *array.Uint32:
		return int64s(to, a, func(i int) int64 { return int64(a.Value(i)) }), nil
	case *array.Float32:
		return float64s(a, func(i int) float64 { return float64(a.Value(i)) }), nil
	case *array.LargeBinary:
		return bytesOf(a, a.Value), nil
	case *array.FixedSizeBinary:
		return bytesOf(a, a.Value), nil
	case *array.Float16:
		return float64s(a, func(i int) float64 { return float64(a.Value(i).Float32()) }), nil
	}
	get, ok := whole(a)
	if !ok {
		return nil, fmt.Errorf("a batch has a column of Arrow's %s where smaller numbers were due", a.DataType())
	}
	return int64s(to, a, get), nil
}

func float64s(a arrow.Array, get func(int) float64) arrow.Array {
	values := make([]float64, a.Len())
	for i := range values {
		if !a.IsNull(i) {
			values[i] = get(i)
		}
	}
	return fixed(arrow.PrimitiveTypes.Float64, a, arrow.Float64Traits.CastToBytes(values))
}

// bytesOf is an array of bytes in another form as the usual one.
func bytesOf(a arrow.Array, value func(int) []byte) arrow.Array {
	b := array.NewBinaryBuilder(memory.DefaultAllocator, arrow.BinaryTypes.Binary)
	defer b.Release()
	for i := range a.Len() {
		if a.IsNull(i) {
			b.AppendNull()
		} else {
			b.Append(value(i))
		}
	}
	return b.NewArray()
}

func timeText(a arrow.Array) func(int) string {
	const layout = "15:04:05.000000000"
	switch a := a.(type) {
	case *array.Time64:
		unit := a.DataType().(*arrow.Time64Type).Unit
		return func(i int) string { return a.Value(i).ToTime(unit).Format(layout) }
	case *array.Time32:
		unit := a.DataType().(*arrow.Time32Type).Unit
		return func(i int) string { return a.Value(i).ToTime(unit).Format(layout) }
	}
	return a.ValueStr
}

// timestampText writes what has a zone as UTC, as Arrow keeps it.
func timestampText(a arrow.Array) func(int) string {
	ts, ok := a.(*array.Timestamp)
	if !ok {
		return a.ValueStr
	}
	t := ts.DataType().(*arrow.TimestampType)
	layout := "2006-01-02T15:04:05.000000000"
	if t.TimeZone != "" {
		layout += "+00:00"
	}
	return func(i int) string { return ts.Value(i).ToTime(t.Unit).UTC().Format(layout) }
}

// zonedText writes what has an offset with it.
func zonedText(a arrow.Array) func(int) string {
	zoned, ok := a.(*extensions.TimestampWithOffsetArray)
	if !ok {
		return a.ValueStr
	}
	return func(i int) string { return zoned.Value(i).Format("2006-01-02T15:04:05.000000000-07:00") }
}

// Stands reports whether the values stand in a file as the column has them.
func (c Codec) Stands(col warehouse.Column) bool {
	switch col.Type {
	case warehouse.Variant, warehouse.Object, warehouse.Array, warehouse.Map:
		return false
	}
	return true
}

// Type is a column's type as a definition has it. Whole numbers of 64 bits go
// into an INT, which is another word for NUMBER(38, 0) that says less of how
// they are to be kept.
func (c Codec) Type(col warehouse.Column) string {
	switch col.Type {
	case warehouse.Time, warehouse.TimestampNTZ, warehouse.TimestampLTZ, warehouse.TimestampTZ:
		if col.Precision > 0 {
			return fmt.Sprintf("%s(%d)", col.Type, col.Precision)
		}
	case warehouse.Number:
		if c.whole(col) && col.Precision == 38 {
			return "INT"
		}
	}
	return col.SQL()
}

// whole reports whether a column of numbers has neither digits after the point
// nor more than 64 bits.
func (c Codec) whole(col warehouse.Column) bool {
	return col.Scale == 0 && c.Form.ID() == arrow.INT64
}

// Expression reads a column of a file for a column of a table. It casts
// to the widest form of the type: whether a value fits is for the table's
// column to say, which COPY names when it does not.
func (c Codec) Expression(name string, col warehouse.Column) string {
	at := "$1:" + warehouse.QuoteIdent(name)
	switch col.Type {
	case warehouse.Number:
		if c.whole(col) {
			return at + "::int"
		}
		return fmt.Sprintf("%s::number(38, %d)", at, col.Scale)
	case warehouse.Variant:
		return fmt.Sprintf("parse_json(%s::varchar)", at)
	case warehouse.Object, warehouse.Array, warehouse.Map:
		return fmt.Sprintf("parse_json(%s::varchar)::%s", at, col.SQL())
	}
	return fmt.Sprintf("%s::%s", at, col.Type)
}
