package wire

import (
	"bytes"
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/decimal128"
	"github.com/apache/arrow-go/v18/arrow/extensions"
	"github.com/apache/arrow-go/v18/arrow/ipc"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"github.com/snowpit-dev/snowpit/warehouse"
)

// An ArrowEncoder turns a result's batches into Arrow streams as Snowflake
// sends them: scaled integers for numbers and times, structs for what has
// nanoseconds or a zone, metadata on every field. It is for one goroutine.
type ArrowEncoder struct {
	columns []arrowColumn
}

// arrowColumn is how one column is sent.
type arrowColumn struct {
	name   string
	column warehouse.Column
	whole  bool                                   // integers, sent in as few bytes as hold them all
	encode func(arrow.Array) (arrow.Array, error) // nil to send it as it is
}

// wideScale is the number of digits of a second above which Snowflake sends
// seconds and nanoseconds apart. The Python driver wants whole integers below.
const wideScale = 6

// NewArrowEncoder is an encoder for batches of schema that hold columns.
func NewArrowEncoder(columns []warehouse.Column, schema *arrow.Schema, form Form) (*ArrowEncoder, error) {
	if len(columns) != schema.NumFields() {
		return nil, fmt.Errorf("a result has %d columns and %d Arrow fields", len(columns), schema.NumFields())
	}
	e := &ArrowEncoder{columns: make([]arrowColumn, len(columns))}
	for i, c := range columns {
		col, err := physical(c, schema.Field(i).Type, form)
		if err != nil {
			return nil, fmt.Errorf("column %s: %w", c.Name, err)
		}
		col.name, col.column = c.Name, form.Columns(columns[i : i+1])[0]
		e.columns[i] = col
	}
	return e, nil
}

// Encode writes one batch as a stream of its own.
func (e *ArrowEncoder) Encode(batch arrow.RecordBatch) ([]byte, error) {
	arrays, fields := make([]arrow.Array, len(e.columns)), make([]arrow.Field, len(e.columns))
	defer func() {
		for _, a := range arrays {
			if a != nil {
				a.Release()
			}
		}
	}()
	for i, c := range e.columns {
		sent, err := c.form(batch.Column(i))
		if err != nil {
			return nil, fmt.Errorf("column %s: %w", c.name, err)
		}
		arrays[i] = sent
		fields[i] = arrow.Field{Name: c.name, Type: sent.DataType(), Nullable: true, Metadata: metadata(c.column, sent.DataType())}
	}
	schema := arrow.NewSchema(fields, nil)
	sent := array.NewRecordBatch(schema, arrays, batch.NumRows())
	defer sent.Release()
	var buf bytes.Buffer
	buf.Grow(sizeOf(sent))
	w := ipc.NewWriter(&buf, ipc.WithSchema(schema))
	if err := w.Write(sent); err != nil {
		return nil, fmt.Errorf("encode a batch: %w", err)
	}
	if err := w.Close(); err != nil {
		return nil, fmt.Errorf("encode a batch: %w", err)
	}
	return buf.Bytes(), nil
}

// form is a column's array as it is sent.
func (c arrowColumn) form(a arrow.Array) (arrow.Array, error) {
	sent := a
	if c.encode == nil {
		a.Retain()
	} else {
		var err error
		if sent, err = c.encode(a); err != nil {
			return nil, err
		}
	}
	if whole, ok := sent.(*array.Int64); ok && c.whole {
		return narrowed(whole), nil
	}
	return sent, nil
}

// narrowed is a in the smallest integers that hold all its values. It takes a
// over.
func narrowed(a *array.Int64) arrow.Array {
	low, high := int64(0), int64(0)
	for i, v := range a.Int64Values() {
		if a.IsValid(i) {
			low, high = min(low, v), max(high, v)
		}
	}
	defer a.Release()
	switch {
	case low >= math.MinInt8 && high <= math.MaxInt8:
		return narrow[int8](a, arrow.PrimitiveTypes.Int8)
	case low >= math.MinInt16 && high <= math.MaxInt16:
		return narrow[int16](a, arrow.PrimitiveTypes.Int16)
	case low >= math.MinInt32 && high <= math.MaxInt32:
		return narrow[int32](a, arrow.PrimitiveTypes.Int32)
	}
	a.Retain()
	return a
}

func narrow[T int8 | int16 | int32](a *array.Int64, t arrow.DataType) arrow.Array {
	out := make([]T, a.Len())
	for i, v := range a.Int64Values() {
		out[i] = T(v)
	}
	var validity *memory.Buffer
	if a.NullN() > 0 {
		validity = shifted(a)
	}
	data := array.NewData(t, len(out), []*memory.Buffer{validity, memory.NewBufferBytes(arrow.GetBytes(out))}, nil, a.NullN(), 0)
	defer data.Release()
	return array.MakeFromData(data)
}

// sizeOf is about how many bytes a batch's stream has.
func sizeOf(batch arrow.RecordBatch) int {
	n := 1024 + 512*int(batch.NumCols())
	for _, col := range batch.Columns() {
		for _, b := range col.Data().Buffers() {
			if b != nil {
				n += b.Len()
			}
		}
	}
	return n
}

// metadata are the six keys that the Python driver reads off every field.
func metadata(c warehouse.Column, sent arrow.DataType) arrow.Metadata {
	r := rowType(c)
	at := func(n *int) string {
		if n == nil {
			return "0"
		}
		return strconv.Itoa(*n)
	}
	width := at(r.ByteLength)
	switch t := sent.(type) {
	case *arrow.StructType:
		width = "16"
		if t.NumFields() == 2 && c.Type == warehouse.TimestampTZ {
			width = "8"
		}
	case arrow.FixedWidthDataType:
		width = strconv.Itoa(max(t.BitWidth()/8, 1))
	}
	return arrow.MetadataFrom(map[string]string{
		"logicalType": strings.ToUpper(r.Type), "precision": at(r.Precision), "scale": at(r.Scale),
		"charLength": at(r.Length), "byteLength": width, "finalType": "T",
	})
}

// physical is how a column that arrives as given is sent.
func physical(c warehouse.Column, given arrow.DataType, form Form) (arrowColumn, error) {
	scale := c.Precision
	if structured(c) && form.Native {
		return arrowColumn{encode: native(c)}, nil
	}
	switch c.Type {
	case warehouse.Number:
		return physicalNumber(c, given)
	case warehouse.Time:
		return arrowColumn{encode: func(a arrow.Array) (arrow.Array, error) { return ticks(a, scale) }}, nil
	case warehouse.TimestampNTZ, warehouse.TimestampLTZ:
		if scale <= wideScale {
			return arrowColumn{encode: func(a arrow.Array) (arrow.Array, error) { return ticks(a, scale) }}, nil
		}
		return arrowColumn{encode: func(a arrow.Array) (arrow.Array, error) { return instants(a, instant) }}, nil
	case warehouse.TimestampTZ:
		if scale <= wideScale {
			return arrowColumn{encode: func(a arrow.Array) (arrow.Array, error) { return zonedTicks(a, scale) }}, nil
		}
		return arrowColumn{encode: func(a arrow.Array) (arrow.Array, error) { return instants(a, instantZoned) }}, nil
	case warehouse.Variant, warehouse.Object, warehouse.Array, warehouse.Map:
		if given.ID() == arrow.STRING {
			text := form.text(c)
			return arrowColumn{encode: func(a arrow.Array) (arrow.Array, error) { return indented(a, text) }}, nil
		}
	}
	return arrowColumn{}, nil
}

// physicalNumber sends integers, unscaled, where every value there is fits one,
// and the decimals where not.
func physicalNumber(c warehouse.Column, given arrow.DataType) (arrowColumn, error) {
	switch given.(type) {
	case *arrow.Int64Type:
		return arrowColumn{whole: true}, nil
	case *arrow.Decimal128Type:
		return arrowColumn{encode: unscaled, whole: true}, nil
	}
	return arrowColumn{}, fmt.Errorf("a NUMBER came as Arrow %s", given)
}

// unscaled are decimals as the integers they are kept as, or a itself where one
// of them is too long.
func unscaled(a arrow.Array) (arrow.Array, error) {
	values := a.(*array.Decimal128).Values()
	out := make([]int64, len(values))
	for i, v := range values {
		out[i] = int64(v.LowBits())
		if v.HighBits() != out[i]>>63 && a.IsValid(i) {
			a.Retain()
			return a, nil
		}
	}
	return int64s(a, out), nil
}

// int64s is an array of values with a's nulls.
func int64s(a arrow.Array, values []int64) arrow.Array {
	validity, offset := nulls(a)
	if offset != 0 { // the values begin at 0, the validity does not
		validity = shifted(a)
	}
	data := array.NewData(arrow.PrimitiveTypes.Int64, len(values), []*memory.Buffer{validity, bufferOf(values)}, nil, a.NullN(), 0)
	defer data.Release()
	return array.NewInt64Data(data)
}

func bufferOf(values []int64) *memory.Buffer {
	return memory.NewBufferBytes(arrow.Int64Traits.CastToBytes(values))
}

// nulls is a's validity, nil where it has no null, and where it begins.
func nulls(a arrow.Array) (*memory.Buffer, int) {
	if a.NullN() == 0 {
		return nil, 0
	}
	return a.Data().Buffers()[0], a.Data().Offset()
}

// shifted is a's validity from its own first row on.
func shifted(a arrow.Array) *memory.Buffer {
	bits := make([]byte, (a.Len()+7)/8)
	for i := range a.Len() {
		if a.IsValid(i) {
			bits[i/8] |= 1 << (i % 8)
		}
	}
	return memory.NewBufferBytes(bits)
}

// clock reads the ticks of a time or a timestamp, and how many digits of a
// second they have.
func clock(a arrow.Array) (values []int64, digits int, err error) {
	switch a := a.(type) {
	case *array.Time64:
		return arrow.Int64Traits.CastFromBytes(arrow.Time64Traits.CastToBytes(a.Time64Values())), digitsOf(a.DataType().(*arrow.Time64Type).Unit), nil
	case *array.Timestamp:
		return arrow.Int64Traits.CastFromBytes(arrow.TimestampTraits.CastToBytes(a.TimestampValues())), digitsOf(a.DataType().(*arrow.TimestampType).Unit), nil
	case *warehouse.FarArray:
		values, digits, err := clock(a.Micros())
		return values, digits, err
	case *extensions.TimestampWithOffsetArray:
		return clock(a.Storage().(*array.Struct).Field(0))
	}
	return nil, 0, fmt.Errorf("a time came as Arrow %s", a.DataType())
}

func digitsOf(u arrow.TimeUnit) int { return 3 * int(u) }

var powers = [...]int64{1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9}

// rescale is ticks of one size as ticks of another, cut downwards.
func rescale(v int64, from, to int) (int64, error) {
	if from >= to {
		return floor(v, powers[from-to]), nil
	}
	by := powers[to-from]
	if v > math.MaxInt64/by || v < math.MinInt64/by {
		return 0, &warehouse.Error{Code: 100035, State: "22007", Message: "Timestamp is out of the range that nanoseconds have"}
	}
	return v * by, nil
}

func floor(v, by int64) int64 {
	q := v / by
	if v%by < 0 {
		q--
	}
	return q
}

// ticks are times as integers of scale digits of a second.
func ticks(a arrow.Array, scale int) (arrow.Array, error) {
	values, digits, err := clock(a)
	if err != nil {
		return nil, err
	}
	if digits == scale {
		return int64s(a, values), nil
	}
	out := make([]int64, len(values))
	for i, v := range values {
		if a.IsNull(i) {
			continue
		}
		if out[i], err = rescale(v, digits, scale); err != nil {
			return nil, err
		}
	}
	return int64s(a, out), nil
}

// The structs of timestamps. The Go driver reads the parts by position, the
// Python driver by name.
var (
	epochField    = arrow.Field{Name: "epoch", Type: arrow.PrimitiveTypes.Int64, Nullable: true}
	fractionField = arrow.Field{Name: "fraction", Type: arrow.PrimitiveTypes.Int32, Nullable: true}
	zoneField     = arrow.Field{Name: "timezone", Type: arrow.PrimitiveTypes.Int32, Nullable: true}

	instant      = arrow.StructOf(epochField, fractionField)
	ticksZoned   = arrow.StructOf(epochField, zoneField)
	instantZoned = arrow.StructOf(epochField, fractionField, zoneField)
)

// zoneUTC is the offset of UTC: minutes, and 1440.
const zoneUTC = 1440

// zonedTicks are timestamps as integers with their zone.
func zonedTicks(a arrow.Array, scale int) (arrow.Array, error) {
	epochs, err := ticks(a, scale)
	if err != nil {
		return nil, err
	}
	defer epochs.Release()
	return structOf(a, ticksZoned, epochs, zones(a)), nil
}

// instants are timestamps as seconds and nanoseconds, and their zone if t has one.
func instants(a arrow.Array, t *arrow.StructType) (arrow.Array, error) {
	values, digits, err := clock(a)
	if err != nil {
		return nil, err
	}
	seconds, fractions := make([]int64, len(values)), make([]int32, len(values))
	over := nanosOver(a)
	for i, v := range values {
		seconds[i] = floor(v, powers[digits])
		fractions[i] = int32((v-seconds[i]*powers[digits])*powers[9-digits]) + over(i)
	}
	epochs := int64s(a, seconds)
	defer epochs.Release()
	parts := []arrow.Array{epochs, int32s(a, fractions)}
	if t.NumFields() == 3 {
		parts = append(parts, zones(a))
	}
	return structOf(a, t, parts...), nil
}

// zones are the offsets of timestamps, that of UTC for those that have none.
func zones(a arrow.Array) arrow.Array {
	out := make([]int32, a.Len())
	ahead := aheadOf(a)
	for i := range out {
		out[i] = zoneUTC + ahead(i)
	}
	return int32s(a, out)
}

// nanosOver tells how many nanoseconds a timestamp has over its ticks.
func nanosOver(a arrow.Array) func(row int) int32 {
	if far, ok := a.(*warehouse.FarArray); ok {
		nanos := far.Nanos()
		return func(row int) int32 { return int32(nanos.Value(row)) }
	}
	return func(int) int32 { return 0 }
}

// aheadOf tells how many minutes a timestamp is ahead of UTC.
func aheadOf(a arrow.Array) func(row int) int32 {
	if far, ok := a.(*warehouse.FarArray); ok && far.Ahead() != nil {
		ahead := far.Ahead()
		return func(row int) int32 { return int32(ahead.Value(row)) }
	}
	if zoned, ok := a.(*extensions.TimestampWithOffsetArray); ok {
		if minutes, ok := zoned.Storage().(*array.Struct).Field(1).(*array.Int16); ok {
			return func(row int) int32 { return int32(minutes.Value(row)) }
		}
	}
	return func(int) int32 { return 0 }
}

func int32s(a arrow.Array, values []int32) arrow.Array {
	var validity *memory.Buffer
	if a.NullN() > 0 {
		validity = shifted(a)
	}
	data := array.NewData(arrow.PrimitiveTypes.Int32, len(values),
		[]*memory.Buffer{validity, memory.NewBufferBytes(arrow.Int32Traits.CastToBytes(values))}, nil, a.NullN(), 0)
	defer data.Release()
	return array.NewInt32Data(data)
}

// structOf puts parts together under a's nulls.
func structOf(a arrow.Array, t *arrow.StructType, parts ...arrow.Array) arrow.Array {
	var validity *memory.Buffer
	if a.NullN() > 0 {
		validity = shifted(a)
	}
	children := make([]arrow.ArrayData, len(parts))
	for i, p := range parts {
		children[i] = p.Data()
	}
	data := array.NewData(t, a.Len(), []*memory.Buffer{validity}, children, a.NullN(), 0)
	defer data.Release()
	return array.NewStructData(data)
}

// appendDecimal writes a decimal with its point, and as many digits behind it
// as scale says.
func appendDecimal(dst []byte, v decimal128.Num, scale int) []byte {
	digits := v.BigInt().String()
	if digits[0] == '-' {
		dst, digits = append(dst, '-'), digits[1:]
	}
	if scale == 0 {
		return append(dst, digits...)
	}
	if pad := scale + 1 - len(digits); pad > 0 {
		digits = strings.Repeat("0", pad) + digits
	}
	point := len(digits) - scale
	dst = append(dst, digits[:point]...)
	return append(append(dst, '.'), digits[point:]...)
}
