package rows

import (
	"fmt"
	"math"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/decimal128"
	"github.com/apache/arrow-go/v18/arrow/extensions"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"github.com/snowpit-dev/snowpit/warehouse"
)

// Converted is batch with its columns in the forms of schema, in place of
// those they have on the wire. The caller releases it.
func Converted(columns []warehouse.Column, schema *arrow.Schema, batch arrow.RecordBatch) (arrow.RecordBatch, error) {
	if int(batch.NumCols()) != len(columns) {
		return nil, fmt.Errorf("a batch has %d columns, and the result %d", batch.NumCols(), len(columns))
	}
	arrays := make([]arrow.Array, len(columns))
	defer func() {
		for _, a := range arrays {
			if a != nil {
				a.Release()
			}
		}
	}()
	for i, c := range columns {
		a, err := convert(c, schema.Field(i).Type, batch.Column(i))
		if err != nil {
			return nil, fmt.Errorf("column %s: %w", c.Name, err)
		}
		arrays[i] = a
	}
	return array.NewRecordBatch(schema, arrays, batch.NumRows()), nil
}

// convert gives one column's values the form to. The caller releases them.
func convert(c warehouse.Column, to arrow.DataType, a arrow.Array) (arrow.Array, error) {
	switch c.Type {
	case warehouse.Number:
		return numbers(to, a)
	case warehouse.Time:
		return ticks(c, to, a)
	case warehouse.TimestampNTZ, warehouse.TimestampLTZ, warehouse.TimestampTZ:
		return ticks(c, to, a)
	}
	if !arrow.TypeEqual(to, a.DataType()) {
		return nil, fmt.Errorf("Arrow's %s arrived where %s was due", a.DataType(), to)
	}
	a.Retain()
	return a, nil
}

// whole are the values of an integer array of any width.
func whole(a arrow.Array) (func(int) int64, bool) {
	switch a := a.(type) {
	case *array.Int64:
		return a.Value, true
	case *array.Int32:
		return func(i int) int64 { return int64(a.Value(i)) }, true
	case *array.Int16:
		return func(i int) int64 { return int64(a.Value(i)) }, true
	case *array.Int8:
		return func(i int) int64 { return int64(a.Value(i)) }, true
	}
	return nil, false
}

// numbers are a NUMBER's values, which arrive as integers of any width or as
// decimals, unscaled.
func numbers(to arrow.DataType, a arrow.Array) (arrow.Array, error) {
	get, isWhole := whole(a)
	dec, isDecimal := a.(*array.Decimal128)
	if !isWhole && !isDecimal {
		return nil, fmt.Errorf("a NUMBER arrived as Arrow's %s", a.DataType())
	}
	if to.ID() == arrow.INT64 {
		if a.DataType().ID() == arrow.INT64 {
			a.Retain()
			return a, nil
		}
		if isDecimal {
			get = func(i int) int64 { return int64(dec.Value(i).LowBits()) }
			if err := fit(dec); err != nil {
				return nil, err
			}
		}
		return int64s(to, a, get), nil
	}
	if isDecimal && arrow.TypeEqual(to, a.DataType()) {
		a.Retain()
		return a, nil
	}
	values := make([]decimal128.Num, a.Len())
	for i := range values {
		switch {
		case a.IsNull(i):
		case isWhole:
			values[i] = decimal128.FromI64(get(i))
		default:
			values[i] = dec.Value(i)
		}
	}
	return fixed(to, a, arrow.Decimal128Traits.CastToBytes(values)), nil
}

// fit refuses a number that 64 bits have no room for, in a column whose first
// rows all had room.
func fit(a *array.Decimal128) error {
	for i := range a.Len() {
		v := a.Value(i)
		if !a.IsNull(i) && v.HighBits() != int64(v.LowBits())>>63 {
			return &warehouse.Error{Code: 100046, State: "22003", Message: fmt.Sprintf(
				"Number out of representable range: %s needs over 64 bits, and those before it did not: multiply the column by 1.0, which makes decimals of all", v.BigInt())}
		}
	}
	return nil
}

// int64s is an array of a's length, with its nulls.
func int64s(to arrow.DataType, a arrow.Array, get func(int) int64) arrow.Array {
	values := make([]int64, a.Len())
	for i := range values {
		if !a.IsNull(i) {
			values[i] = get(i)
		}
	}
	return fixed(to, a, arrow.Int64Traits.CastToBytes(values))
}

// fixed is an array of values with a's nulls.
func fixed(to arrow.DataType, a arrow.Array, values []byte) arrow.Array {
	data := array.NewData(to, a.Len(), []*memory.Buffer{validityOf(a), memory.NewBufferBytes(values)}, nil, a.NullN(), 0)
	defer data.Release()
	return array.MakeFromData(data)
}

// validityOf is which of a's values are no nulls, nil if none is one.
func validityOf(a arrow.Array) *memory.Buffer {
	if a.NullN() == 0 {
		return nil
	}
	bits := make([]byte, (a.Len()+7)/8)
	for i := range a.Len() {
		if a.IsValid(i) {
			bits[i/8] |= 1 << (i % 8)
		}
	}
	return memory.NewBufferBytes(bits)
}

// An instant is a point in time, or a time of day: seconds and, above them,
// nanoseconds.
type instant struct{ seconds, nanos int64 }

// powers are those of ten, by the digits of a second.
var powers = [...]int64{1, 10, 100, 1000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000, 1_000_000_000}

// instants are the values of a TIME or TIMESTAMP column with so many digits of
// a second. They arrive as whole ticks, or as a struct: seconds or ticks, then
// nanoseconds where there are three fields, or two and no zone, then the zone.
func instants(c warehouse.Column, a arrow.Array) (func(int) instant, error) {
	if c.Precision < 0 || c.Precision > 9 {
		return nil, fmt.Errorf("a %s arrived with %d digits of a second", c.Type, c.Precision)
	}
	per := powers[c.Precision]
	split := func(get func(int) int64) func(int) instant {
		return func(i int) instant {
			v := get(i)
			s := v / per
			if v%per < 0 {
				s--
			}
			return instant{s, (v - s*per) * (powers[9] / per)}
		}
	}
	if get, ok := whole(a); ok {
		return split(get), nil
	}
	st, ok := a.(*array.Struct)
	if !ok || st.NumField() < 2 {
		return nil, fmt.Errorf("a %s arrived as Arrow's %s", c.Type, a.DataType())
	}
	first, ok := whole(st.Field(0))
	second, ok2 := whole(st.Field(1))
	switch {
	case !ok || !ok2:
		return nil, fmt.Errorf("a %s arrived as Arrow's %s", c.Type, a.DataType())
	case c.Type == warehouse.TimestampTZ && st.NumField() == 2: // ticks and zone
		return split(first), nil
	}
	return func(i int) instant { return instant{first(i), second(i)} }, nil
}

// The seconds that fit a count of nanoseconds.
const (
	minSeconds = math.MinInt64/1_000_000_000 + 1
	maxSeconds = math.MaxInt64/1_000_000_000 - 1
)

// ticks are a TIME's or TIMESTAMP's values in the unit of to.
func ticks(c warehouse.Column, to arrow.DataType, a arrow.Array) (arrow.Array, error) {
	get, err := instants(c, a)
	if err != nil {
		return nil, err
	}
	fine := unitOf(to) == arrow.Nanosecond
	values := make([]int64, a.Len())
	for i := range values {
		if a.IsNull(i) {
			continue
		}
		t := get(i)
		switch {
		case fine && (t.seconds < minSeconds || t.seconds > maxSeconds):
			return nil, misfit(c, "a date outside 1677 to 2262", "nanoseconds")
		case fine:
			values[i] = t.seconds*1_000_000_000 + t.nanos
		case t.nanos%1000 != 0:
			return nil, misfit(c, "nanoseconds", "none")
		default:
			values[i] = t.seconds*1_000_000 + t.nanos/1000
		}
	}
	if zoned, ok := to.(*extensions.TimestampWithOffsetType); ok {
		return withOffsets(zoned, a, values), nil
	}
	return fixed(to, a, arrow.Int64Traits.CastToBytes(values)), nil
}

// withOffsets are a TIMESTAMP_TZ's values: their moments, and the minutes that
// the last field of a's structs has, and 1440.
func withOffsets(to *extensions.TimestampWithOffsetType, a arrow.Array, moments []int64) arrow.Array {
	ahead := make([]int16, len(moments))
	if st, ok := a.(*array.Struct); ok {
		if zone, ok := whole(st.Field(st.NumField() - 1)); ok {
			for i := range ahead {
				if a.IsValid(i) {
					ahead[i] = int16(zone(i) - 1440)
				}
			}
		}
	}
	storage := to.StorageType().(*arrow.StructType)
	part := func(i int, values []byte) arrow.ArrayData {
		return array.NewData(storage.Field(i).Type, len(moments), []*memory.Buffer{nil, memory.NewBufferBytes(values)}, nil, 0, 0)
	}
	parts := []arrow.ArrayData{part(0, arrow.Int64Traits.CastToBytes(moments)), part(1, arrow.Int16Traits.CastToBytes(ahead))}
	data := array.NewData(to, len(moments), []*memory.Buffer{validityOf(a)}, parts, a.NullN(), 0)
	defer data.Release()
	for _, p := range parts {
		p.Release()
	}
	return array.MakeFromData(data)
}

// misfit is a value that the column's form has no room for: the form follows
// from the first rows.
func misfit(c warehouse.Column, has, before string) error {
	return &warehouse.Error{Code: 100035, State: "22007", Message: fmt.Sprintf(
		"A %s has %s, and those before it had %s: cast the column to %s(6)", c.Type, has, before, c.Type)}
}

func unitOf(t arrow.DataType) arrow.TimeUnit {
	switch t := t.(type) {
	case *arrow.TimestampType:
		return t.Unit
	case *arrow.Time64Type:
		return t.Unit
	case *extensions.TimestampWithOffsetType:
		return t.TimeUnit()
	}
	return arrow.Microsecond
}

// Widths finds out which forms the values of the first batches need; no batch
// needs the narrow ones.
func Widths(columns []warehouse.Column, batches []arrow.RecordBatch) ([]Width, error) {
	out := make([]Width, len(columns))
	for i, c := range columns {
		for _, b := range batches {
			if int(b.NumCols()) != len(columns) {
				return nil, fmt.Errorf("a batch has %d columns, and the result %d", b.NumCols(), len(columns))
			}
			a := b.Column(i)
			switch c.Type {
			case warehouse.Number:
				dec, ok := a.(*array.Decimal128)
				out[i].wide = out[i].wide || ok && fit(dec) != nil
			case warehouse.Time, warehouse.TimestampNTZ, warehouse.TimestampLTZ, warehouse.TimestampTZ:
				if fine, err := isFine(c, a); err != nil {
					return nil, fmt.Errorf("column %s: %w", c.Name, err)
				} else if fine {
					out[i].fine = true
				}
			}
		}
	}
	return out, nil
}

// isFine reports whether a value has more than microseconds.
func isFine(c warehouse.Column, a arrow.Array) (bool, error) {
	if c.Precision <= 6 {
		return false, nil
	}
	get, err := instants(c, a)
	if err != nil {
		return false, err
	}
	for i := range a.Len() {
		if !a.IsNull(i) && get(i).nanos%1000 != 0 {
			return true, nil
		}
	}
	return false, nil
}
