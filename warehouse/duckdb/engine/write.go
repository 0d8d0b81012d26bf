package engine

import (
	"fmt"
	"runtime"
	"unicode/utf8"
	"unsafe"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/bitutil"
	"github.com/apache/arrow-go/v18/arrow/decimal128"
	"github.com/apache/arrow-go/v18/arrow/extensions"
	"github.com/duckdb/duckdb-go/v2/mapping"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/rewrite"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/variant"
)

// ColumnWriter puts one Arrow column into DuckDB vectors.
type ColumnWriter struct {
	column warehouse.Column
	SQL    string // the vector's DuckDB type
	// fill writes n values of arr, from on, into the vector at row at. Values
	// under a null may be anything.
	fill func(v vector, at int, arr arrow.Array, from, n int) error
}

// vector is a writable DuckDB vector.
type vector struct {
	vec  mapping.Vector
	data unsafe.Pointer
	pin  *runtime.Pinner // keeps what the vector points at until it is appended
}

// logicalType is the DuckDB type that a columnWriter's sql names. The caller
// destroys it.
func logicalType(sql string) mapping.LogicalType {
	if sql == rewrite.Zoned {
		return zonedLogicalType()
	}
	if kind := rewrite.FineKind(sql); kind != "" {
		return fineLogicalType(kind)
	}
	if t, ok := plainTypes[sql]; ok {
		return mapping.CreateLogicalType(t)
	}
	var width, scale uint8
	if _, err := fmt.Sscanf(sql, "DECIMAL(%d,%d)", &width, &scale); err != nil {
		panic("duckdb: no logical type for " + sql)
	}
	return mapping.CreateDecimalType(width, scale)
}

var plainTypes = map[string]mapping.Type{
	"BOOLEAN":                  mapping.TypeBoolean,
	"BIGINT":                   mapping.TypeBigInt,
	"DOUBLE":                   mapping.TypeDouble,
	"VARCHAR":                  mapping.TypeVarchar,
	"BLOB":                     mapping.TypeBlob,
	"DATE":                     mapping.TypeDate,
	"TIME":                     mapping.TypeTime,
	"TIMESTAMP":                mapping.TypeTimestamp,
	"TIMESTAMP WITH TIME ZONE": mapping.TypeTimestampTZ,
}

// slots are n of the vector's values as Ts, from at on.
func slots[T any](v vector, at, n int) []T {
	return unsafe.Slice((*T)(unsafe.Add(v.data, at*int(unsafe.Sizeof(*new(T))))), n)
}

// write fills the vector with n values and their nulls.
func (w *ColumnWriter) write(v vector, at int, arr arrow.Array, from, n int) error {
	if err := w.fill(v, at, arr, from, n); err != nil {
		return err
	}
	if dict, ok := arr.(*array.Dictionary); ok {
		return writeDictionaryNulls(v, at, dict, from, n)
	}
	if arr.NullN() == 0 {
		return nil
	}
	if bits := arr.NullBitmapBytes(); len(bits) > 0 {
		copyNulls(v, at, bits, arr.Data().Offset()+from, n)
		return nil
	}
	if arr.DataType().ID() == arrow.NULL {
		bitutil.SetBitsTo(nullMask(v, at+n), int64(at), int64(n), false)
	}
	return nil
}

func copyNulls(v vector, at int, bits []byte, from, n int) {
	bitutil.CopyBitmap(bits, from, n, nullMask(v, at+n), at)
}

// nullMask is the vector's mask for so many rows.
func nullMask(v vector, rows int) []byte {
	mapping.VectorEnsureValidityWritable(v.vec)
	return unsafe.Slice((*byte)(mapping.VectorGetValidity(v.vec)), (rows+63)/64*8)
}

func writeDictionaryNulls(v vector, at int, dict *array.Dictionary, from, n int) error {
	for i := range n {
		if dict.IsNull(from+i) || dict.Dictionary().IsNull(dict.GetValueIndex(from+i)) {
			bitutil.ClearBit(nullMask(v, at+n), at+i)
		}
	}
	return nil
}

// misfit refuses a value that its column has no room for.
func (w *ColumnWriter) misfit(value any) error {
	return &warehouse.Error{Code: 100039, State: "22003",
		Message: fmt.Sprintf("Column %s: the value '%v' does not fit %s", w.column.Name, value, w.column.SQL())}
}

// NewColumnWriter is how rows of Arrow type t go into DuckDB, in the DuckDB
// type that takes them without a conversion.
func NewColumnWriter(col warehouse.Column, t arrow.DataType) (*ColumnWriter, error) {
	w := &ColumnWriter{column: col}
	switch t := t.(type) {
	case *arrow.NullType:
		w.SQL, w.fill = "VARCHAR", func(vector, int, arrow.Array, int, int) error { return nil }
	case *arrow.BooleanType:
		w.SQL, w.fill = "BOOLEAN", fillBool
	case *arrow.Int8Type:
		w.SQL, w.fill = "BIGINT", fillInts[int8, *array.Int8]
	case *arrow.Int16Type:
		w.SQL, w.fill = "BIGINT", fillInts[int16, *array.Int16]
	case *arrow.Int32Type:
		w.SQL, w.fill = "BIGINT", fillInts[int32, *array.Int32]
	case *arrow.Int64Type:
		w.SQL, w.fill = "BIGINT", fillSame[int64, *array.Int64]
	case *arrow.Uint8Type:
		w.SQL, w.fill = "BIGINT", fillInts[uint8, *array.Uint8]
	case *arrow.Uint16Type:
		w.SQL, w.fill = "BIGINT", fillInts[uint16, *array.Uint16]
	case *arrow.Uint32Type:
		w.SQL, w.fill = "BIGINT", fillInts[uint32, *array.Uint32]
	case *arrow.Uint64Type:
		w.SQL, w.fill = "DECIMAL(38,0)", fillUint64
	case *arrow.Float32Type:
		w.SQL, w.fill = "DOUBLE", fillFloat32
	case *arrow.Float64Type:
		w.SQL, w.fill = "DOUBLE", fillSame[float64, *array.Float64]
	case *arrow.Decimal128Type:
		w.SQL, w.fill = fmt.Sprintf("DECIMAL(%d,%d)", t.Precision, t.Scale), w.decimalFill(t)
	case *arrow.StringType, *arrow.LargeStringType, *arrow.BinaryType, *arrow.LargeBinaryType, *arrow.FixedSizeBinaryType:
		w.textWriter(t)
	case *arrow.DictionaryType:
		return dictionaryWriter(col, t)
	default:
		return w.clockWriter(t)
	}
	return w, nil
}

// clockWriter is for dates and times.
func (w *ColumnWriter) clockWriter(t arrow.DataType) (*ColumnWriter, error) {
	switch t := t.(type) {
	case *arrow.Date32Type:
		w.SQL, w.fill = "DATE", fillSame[arrow.Date32, *array.Date32]
	case *arrow.Date64Type:
		w.SQL, w.fill = "DATE", fillDate64
	case *arrow.Time32Type:
		w.SQL, w.fill = "TIME", fillScaled[arrow.Time32, *array.Time32](w, t.Unit)
	case *arrow.Time64Type:
		w.SQL, w.fill = "TIME", fillScaled[arrow.Time64, *array.Time64](w, t.Unit)
		if t.Unit == arrow.Nanosecond {
			w.SQL, w.fill = rewrite.FineTime, fillFine[arrow.Time64, *array.Time64]
		}
	case *arrow.TimestampType:
		w.SQL, w.fill = "TIMESTAMP", fillScaled[arrow.Timestamp, *array.Timestamp](w, t.Unit)
		if t.TimeZone != "" {
			w.SQL = "TIMESTAMP WITH TIME ZONE"
		}
		if t.Unit == arrow.Nanosecond {
			w.SQL, w.fill = rewrite.Fine(w.SQL), fillFine[arrow.Timestamp, *array.Timestamp]
		}
	case *extensions.TimestampWithOffsetType:
		return w.zonedWriter(t)
	case *warehouse.FarType:
		w.farWriter(t)
	default:
		return nil, warehouse.Unsupported(fmt.Sprintf("the local warehouse does not have column %s: loading the Arrow type %s", w.column.Name, t))
	}
	return w, nil
}

// values is an Arrow array with all its values in one slice.
type values[T any] interface {
	arrow.Array
	Values() []T
}

func fillSame[T any, A values[T]](v vector, at int, arr arrow.Array, from, n int) error {
	copy(slots[T](v, at, n), arr.(A).Values()[from:from+n])
	return nil
}

func fillInts[T int8 | int16 | int32 | uint8 | uint16 | uint32, A values[T]](v vector, at int, arr arrow.Array, from, n int) error {
	out := slots[int64](v, at, n)
	for i, x := range arr.(A).Values()[from : from+n] {
		out[i] = int64(x)
	}
	return nil
}

func fillUint64(v vector, at int, arr arrow.Array, from, n int) error {
	out := slots[decimal128.Num](v, at, n)
	for i, x := range arr.(*array.Uint64).Values()[from : from+n] {
		out[i] = decimal128.FromU64(x)
	}
	return nil
}

func fillFloat32(v vector, at int, arr arrow.Array, from, n int) error {
	out := slots[float64](v, at, n)
	for i, x := range arr.(*array.Float32).Values()[from : from+n] {
		out[i] = float64(x)
	}
	return nil
}

func fillBool(v vector, at int, arr arrow.Array, from, n int) error {
	out := slots[bool](v, at, n)
	bools := arr.(*array.Boolean)
	for i := range out {
		out[i] = bools.Value(from + i)
	}
	return nil
}

func fillDate64(v vector, at int, arr arrow.Array, from, n int) error {
	out := slots[int32](v, at, n)
	for i, x := range arr.(*array.Date64).Values()[from : from+n] {
		out[i] = int32(floorDiv(int64(x), 86_400_000))
	}
	return nil
}

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

// fillScaled writes times as microseconds; what is finer is cut off.
func fillScaled[T ~int32 | ~int64, A values[T]](w *ColumnWriter, unit arrow.TimeUnit) func(vector, int, arrow.Array, int, int) error {
	times, by := map[arrow.TimeUnit]int64{arrow.Second: 1e6, arrow.Millisecond: 1e3}[unit], int64(1)
	if unit == arrow.Nanosecond {
		by = 1000
	}
	return func(v vector, at int, arr arrow.Array, from, n int) error {
		out := slots[int64](v, at, n)
		for i, x := range arr.(A).Values()[from : from+n] {
			switch {
			case times == 0:
				out[i] = floorDiv(int64(x), by)
			case arr.IsValid(from+i) && int64(x)*times/times != int64(x):
				return w.misfit(x)
			default:
				out[i] = int64(x) * times
			}
		}
		return nil
	}
}

// decimalFill writes decimals in the integer that DuckDB keeps them in.
func (w *ColumnWriter) decimalFill(t *arrow.Decimal128Type) func(vector, int, arrow.Array, int, int) error {
	put := func(v vector, i int, x decimal128.Num) { slots[decimal128.Num](v, i, 1)[0] = x }
	switch {
	case t.Precision <= 4:
		put = func(v vector, i int, x decimal128.Num) { slots[int16](v, i, 1)[0] = int16(x.LowBits()) }
	case t.Precision <= 9:
		put = func(v vector, i int, x decimal128.Num) { slots[int32](v, i, 1)[0] = int32(x.LowBits()) }
	case t.Precision <= 18:
		put = func(v vector, i int, x decimal128.Num) { slots[int64](v, i, 1)[0] = int64(x.LowBits()) }
	}
	return func(v vector, at int, arr arrow.Array, from, n int) error {
		dec := arr.(*array.Decimal128)
		for i, x := range dec.Values()[from : from+n] {
			if dec.IsNull(from + i) {
				continue
			}
			if !x.FitsInPrecision(t.Precision) {
				return w.misfit(x.ToString(t.Scale))
			}
			put(v, at+i, x)
		}
		return nil
	}
}

func (w *ColumnWriter) textWriter(t arrow.DataType) {
	w.SQL = "VARCHAR"
	text := true
	if t.ID() == arrow.BINARY || t.ID() == arrow.LARGE_BINARY || t.ID() == arrow.FIXED_SIZE_BINARY {
		w.SQL, text = "BLOB", false
	}
	w.fill = func(v vector, at int, arr arrow.Array, from, n int) error {
		out := slots[stringT](v, at, n)
		value := valueAt(arr)
		for i := range out {
			if arr.IsNull(from + i) {
				out[i] = stringT{}
				continue
			}
			b := value(from + i)
			if text {
				var err error
				if b, err = w.checkText(b); err != nil {
					return err
				}
			}
			out[i].set(b, v.pin)
		}
		return nil
	}
}

// checkText refuses what is no text, text over the column's length, and what a
// semi-structured column cannot keep, which goes in in its canonical form.
func (w *ColumnWriter) checkText(b []byte) ([]byte, error) {
	if !utf8.Valid(b) {
		return nil, &warehouse.Error{Code: 100078, State: "22000",
			Message: fmt.Sprintf("Column %s: the value %q is not UTF-8", w.column.Name, b)}
	}
	if limit := w.column.Length; limit > 0 && len(b) > limit && utf8.RuneCount(b) > limit {
		return nil, &warehouse.Error{Code: 100078, State: "22000",
			Message: fmt.Sprintf("Column %s: String '%.100s' is too long and would be truncated", w.column.Name, b)}
	}
	switch w.column.Type {
	case warehouse.Variant, warehouse.Object, warehouse.Array:
		json, err := variant.Canonical(nil, b)
		if err != nil {
			return nil, &warehouse.Error{Code: 100069, State: "22P02",
				Message: fmt.Sprintf("Column %s: Error parsing JSON: %v", w.column.Name, err), Err: err}
		}
		return json, nil
	}
	return b, nil
}

// valueAt gives the bytes of arr's values without copying them.
func valueAt(arr arrow.Array) func(int) []byte {
	switch a := arr.(type) {
	case *array.String:
		return func(i int) []byte { s := a.Value(i); return unsafe.Slice(unsafe.StringData(s), len(s)) }
	case *array.LargeString:
		return func(i int) []byte { s := a.Value(i); return unsafe.Slice(unsafe.StringData(s), len(s)) }
	case *array.Binary:
		return a.Value
	case *array.LargeBinary:
		return a.Value
	case *array.FixedSizeBinary:
		return a.Value
	}
	return func(int) []byte { return nil }
}

// set makes s the string b: inside if it is short, and otherwise as a pointer
// to b itself, which pin keeps where it is until DuckDB has copied it.
func (s *stringT) set(b []byte, pin *runtime.Pinner) {
	*s = stringT{length: uint32(len(b))}
	if len(b) <= len(s.inside) {
		copy(s.inside[:], b)
		return
	}
	copy(s.inside[:4], b)
	data := unsafe.SliceData(b)
	pin.Pin(data)
	*(*uintptr)(unsafe.Pointer(&s.inside[4])) = uintptr(unsafe.Pointer(data))
}

// dictionaryWriter writes the values that a dictionary's indices mean.
func dictionaryWriter(col warehouse.Column, t *arrow.DictionaryType) (*ColumnWriter, error) {
	inner, err := NewColumnWriter(col, t.ValueType)
	if err != nil {
		return nil, err
	}
	return &ColumnWriter{column: col, SQL: inner.SQL, fill: func(v vector, at int, arr arrow.Array, from, n int) error {
		dict := arr.(*array.Dictionary)
		for i := range n {
			if dict.IsNull(from + i) {
				continue
			}
			if err := inner.fill(v, at+i, dict.Dictionary(), dict.GetValueIndex(from+i), 1); err != nil {
				return err
			}
		}
		return nil
	}}, nil
}
