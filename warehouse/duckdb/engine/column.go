package engine

import (
	"fmt"
	"math"
	"slices"
	"unsafe"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/bitutil"
	"github.com/apache/arrow-go/v18/arrow/decimal128"
	"github.com/apache/arrow-go/v18/arrow/memory"
	"github.com/duckdb/duckdb-go/v2/mapping"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/rewrite"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/types"
)

// ColumnKind is how one DuckDB type appears in a result.
type ColumnKind struct {
	Column warehouse.Column
	arrow  arrow.DataType
	// fixed copies n values of a vector to dst, which has room for them, and
	// text appends row's value; one of the two is there.
	fixed func(dst []byte, src unsafe.Pointer, n int) error
	text  func(dst []byte, vec mapping.Vector, src unsafe.Pointer, row int) ([]byte, error)
	zoned bool // a TIMESTAMP_TZ, which is two vectors
	fine  bool // a time of nine digits, which is two as well
}

func number(precision, scale int) warehouse.Column {
	return warehouse.Column{Type: warehouse.Number, Precision: precision, Scale: scale}
}

func timed(t warehouse.Type, digits int) warehouse.Column {
	return warehouse.Column{Type: t, Precision: digits}
}

var (
	Varchar   = warehouse.Column{Type: warehouse.Varchar}
	Integer   = number(38, 0)
	UTC       = &arrow.TimestampType{Unit: arrow.Microsecond, TimeZone: "UTC"}
	naiveUs   = &arrow.TimestampType{Unit: arrow.Microsecond}
	zonedUs   = warehouse.ZonedType(arrow.Microsecond)
	naiveNs   = &arrow.TimestampType{Unit: arrow.Nanosecond}
	wholeHuge = &arrow.Decimal128Type{Precision: 38}
)

// kindOfColumn is how a column of type lt appears.
func kindOfColumn(lt mapping.LogicalType) (ColumnKind, error) {
	switch mapping.GetTypeId(lt) {
	case mapping.TypeBoolean:
		return ColumnKind{Column: warehouse.Column{Type: warehouse.Boolean}, arrow: arrow.FixedWidthTypes.Boolean}, nil
	case mapping.TypeTinyInt:
		return ColumnKind{Column: Integer, arrow: arrow.PrimitiveTypes.Int64, fixed: widen[int8]}, nil
	case mapping.TypeSmallInt:
		return ColumnKind{Column: Integer, arrow: arrow.PrimitiveTypes.Int64, fixed: widen[int16]}, nil
	case mapping.TypeInteger:
		return ColumnKind{Column: Integer, arrow: arrow.PrimitiveTypes.Int64, fixed: widen[int32]}, nil
	case mapping.TypeBigInt:
		return ColumnKind{Column: Integer, arrow: arrow.PrimitiveTypes.Int64, fixed: same[int64]}, nil
	case mapping.TypeUTinyInt:
		return ColumnKind{Column: Integer, arrow: arrow.PrimitiveTypes.Int64, fixed: widen[uint8]}, nil
	case mapping.TypeUSmallInt:
		return ColumnKind{Column: Integer, arrow: arrow.PrimitiveTypes.Int64, fixed: widen[uint16]}, nil
	case mapping.TypeUInteger:
		return ColumnKind{Column: Integer, arrow: arrow.PrimitiveTypes.Int64, fixed: widen[uint32]}, nil
	case mapping.TypeUBigInt:
		return ColumnKind{Column: Integer, arrow: wholeHuge, fixed: hugeOf[uint64]}, nil
	case mapping.TypeHugeInt:
		return ColumnKind{Column: Integer, arrow: wholeHuge, fixed: hugeints}, nil
	case mapping.TypeDecimal:
		return decimalKind(lt), nil
	case mapping.TypeFloat:
		return ColumnKind{Column: warehouse.Column{Type: warehouse.Float}, arrow: arrow.PrimitiveTypes.Float64, fixed: floats}, nil
	case mapping.TypeDouble:
		return ColumnKind{Column: warehouse.Column{Type: warehouse.Float}, arrow: arrow.PrimitiveTypes.Float64, fixed: same[float64]}, nil
	case mapping.TypeDate:
		return ColumnKind{Column: warehouse.Column{Type: warehouse.Date}, arrow: arrow.FixedWidthTypes.Date32, fixed: same[int32]}, nil
	case mapping.TypeTime:
		return ColumnKind{Column: timed(warehouse.Time, 9), arrow: arrow.FixedWidthTypes.Time64us, fixed: same[int64]}, nil
	case mapping.TypeTimeNS:
		return ColumnKind{Column: timed(warehouse.Time, 9), arrow: arrow.FixedWidthTypes.Time64ns, fixed: same[int64]}, nil
	case mapping.TypeTimestamp:
		return ColumnKind{Column: timed(warehouse.TimestampNTZ, 9), arrow: naiveUs, fixed: same[int64]}, nil
	case mapping.TypeTimestampS:
		return ColumnKind{Column: timed(warehouse.TimestampNTZ, 0), arrow: naiveUs, fixed: scaled(1e6)}, nil
	case mapping.TypeTimestampMS:
		return ColumnKind{Column: timed(warehouse.TimestampNTZ, 3), arrow: naiveUs, fixed: scaled(1e3)}, nil
	case mapping.TypeTimestampNS:
		return ColumnKind{Column: timed(warehouse.TimestampNTZ, 9), arrow: naiveNs, fixed: same[int64]}, nil
	case mapping.TypeTimestampTZ:
		return ColumnKind{Column: timed(warehouse.TimestampLTZ, 9), arrow: UTC, fixed: same[int64]}, nil
	case mapping.TypeStruct:
		name := structName(lt)
		if name == rewrite.Zoned {
			return zonedKind(), nil
		}
		if k, ok := fineKinds[name]; ok {
			return k, nil
		}
	case mapping.TypeBlob:
		return ColumnKind{Column: warehouse.Column{Type: warehouse.Binary}, arrow: arrow.BinaryTypes.Binary, text: stringText}, nil
	}
	return textKind(lt)
}

// Type is the type of the column's values.
func (k ColumnKind) Type() types.Type {
	t := types.OfColumn(k.Column)
	t.Fine = k.fine
	return t
}

// As is k under the type that Snowflake gives the same values, where that says
// more than DuckDB's: how many digits a NUMBER may have, whether a VARIANT is
// an OBJECT or an ARRAY.
func (k ColumnKind) As(t types.Type) ColumnKind {
	col := t.Column("")
	switch {
	case t.Is(warehouse.Number) && k.Column.Type == t.Kind && k.Column.Scale == t.Scale:
		if dec, ok := k.arrow.(*arrow.Decimal128Type); ok {
			k.arrow = &arrow.Decimal128Type{Precision: int32(t.Precision), Scale: dec.Scale}
		}
	case t.JSON() && k.Column.Type == warehouse.Variant:
	case (t.Timestamp() || t.Is(warehouse.Time, warehouse.Varchar, warehouse.Binary)) && k.Column.Type == t.Kind:
	default:
		return k
	}
	k.Column = col
	return k
}

// decimalKind is DECIMAL's, which DuckDB keeps in the smallest integer that
// has room.
func decimalKind(lt mapping.LogicalType) ColumnKind {
	width, scale := int(mapping.DecimalWidth(lt)), int(mapping.DecimalScale(lt))
	col := number(width, scale)
	dec := &arrow.Decimal128Type{Precision: int32(width), Scale: int32(scale)}
	internal := mapping.DecimalInternalType(lt)
	if scale == 0 {
		switch internal {
		case mapping.TypeSmallInt:
			return ColumnKind{Column: col, arrow: arrow.PrimitiveTypes.Int64, fixed: widen[int16]}
		case mapping.TypeInteger:
			return ColumnKind{Column: col, arrow: arrow.PrimitiveTypes.Int64, fixed: widen[int32]}
		case mapping.TypeBigInt:
			return ColumnKind{Column: col, arrow: arrow.PrimitiveTypes.Int64, fixed: same[int64]}
		}
	}
	switch internal {
	case mapping.TypeSmallInt:
		return ColumnKind{Column: col, arrow: dec, fixed: hugeOf[int16]}
	case mapping.TypeInteger:
		return ColumnKind{Column: col, arrow: dec, fixed: hugeOf[int32]}
	case mapping.TypeBigInt:
		return ColumnKind{Column: col, arrow: dec, fixed: hugeOf[int64]}
	}
	return ColumnKind{Column: col, arrow: dec, fixed: same[decimal128.Num]}
}

// same copies values that are the same on both sides.
func same[T any](dst []byte, src unsafe.Pointer, n int) error {
	copy(dst, unsafe.Slice((*byte)(src), n*int(unsafe.Sizeof(*new(T)))))
	return nil
}

func widen[T int8 | int16 | int32 | uint8 | uint16 | uint32](dst []byte, src unsafe.Pointer, n int) error {
	out := unsafe.Slice((*int64)(unsafe.Pointer(unsafe.SliceData(dst))), n)
	for i, v := range unsafe.Slice((*T)(src), n) {
		out[i] = int64(v)
	}
	return nil
}

func floats(dst []byte, src unsafe.Pointer, n int) error {
	out := unsafe.Slice((*float64)(unsafe.Pointer(unsafe.SliceData(dst))), n)
	for i, v := range unsafe.Slice((*float32)(src), n) {
		out[i] = float64(v)
	}
	return nil
}

func scaled(by int64) func([]byte, unsafe.Pointer, int) error {
	return func(dst []byte, src unsafe.Pointer, n int) error {
		out := unsafe.Slice((*int64)(unsafe.Pointer(unsafe.SliceData(dst))), n)
		for i, v := range unsafe.Slice((*int64)(src), n) {
			out[i] = v * by
		}
		return nil
	}
}

func hugeOf[T int16 | int32 | int64 | uint64](dst []byte, src unsafe.Pointer, n int) error {
	out := unsafe.Slice((*decimal128.Num)(unsafe.Pointer(unsafe.SliceData(dst))), n)
	for i, v := range unsafe.Slice((*T)(src), n) {
		high := int64(0)
		if v < 0 {
			high = -1
		}
		out[i] = decimal128.New(high, uint64(v))
	}
	return nil
}

// hugeints copies HUGEINTs and reports those over 38 digits, of which only the
// caller knows whether they are nulls: DuckDB leaves its smallest number there.
func hugeints(dst []byte, src unsafe.Pointer, n int) error {
	out := unsafe.Slice((*decimal128.Num)(unsafe.Pointer(unsafe.SliceData(dst))), n)
	copy(out, unsafe.Slice((*decimal128.Num)(src), n))
	var wide tooWide
	for i, v := range out {
		if high := v.HighBits(); (high >= maxHigh || high < -maxHigh) && !v.FitsInPrecision(38) {
			wide = append(wide, wideNumber{i, v})
		}
	}
	if wide != nil {
		return wide
	}
	return nil
}

// A tooWide is the numbers over 38 digits in a vector.
type tooWide []wideNumber

type wideNumber struct {
	row   int
	value decimal128.Num
}

func (w tooWide) Error() string {
	return fmt.Sprintf("Number out of representable range: type FIXED[SB16](38,0){nullable}, value %s", w[0].value.BigInt())
}

// refuse is the refusal of those that are no nulls, nil if all are.
func (w tooWide) refuse(mask *uint64) error {
	for i, n := range w {
		if Valid(mask, n.row) {
			return &warehouse.Error{Code: 100046, State: "22003", Message: w[i:].Error()}
		}
	}
	return nil
}

// maxHigh is the high half of 10^38, the first number of 39 digits.
const maxHigh = 0x4b3b4ca85a86c47a

// columnReader collects one column of a batch.
type columnReader struct {
	kind    ColumnKind
	values  []byte
	offsets []int32
	ahead   []byte // of a TIMESTAMP_TZ: how many minutes, an int16 a row
	nanos   []byte // of times of nine digits, likewise
	far     bool   // one of these is outside of what nanoseconds have
	valid   []byte // nil while no null was seen
	nulls   int
}

// append adds a vector's rows behind the at rows that are there.
func (c *columnReader) append(vec mapping.Vector, rows, at int) error {
	data := mapping.VectorGetData(vec)
	mask := (*uint64)(mapping.VectorGetValidity(vec))
	c.appendValidity(mask, rows, at)
	switch {
	case c.kind.fine:
		c.appendFine(vec, mask, rows, at)
		return nil
	case c.kind.zoned:
		c.appendZoned(vec, rows, at)
		return nil
	case c.kind.fixed != nil:
		width := c.kind.arrow.(arrow.FixedWidthDataType).Bytes()
		c.values = room(c.values, at, rows, width*8)
		err := c.kind.fixed(c.values[at*width:], data, rows)
		if wide, ok := err.(tooWide); ok {
			return wide.refuse(mask)
		}
		return err
	case c.kind.text != nil:
		return c.appendText(vec, data, rows, mask)
	}
	c.values = room(c.values, at, rows, 1)
	for i, b := range unsafe.Slice((*byte)(data), rows) {
		if b != 0 {
			bitutil.SetBit(c.values, at+i)
		}
	}
	return nil
}

// room gives values space for rows more, each of so many bits: what a single
// chunk takes, so that a small result stays small, then that of a whole batch.
func room(values []byte, at, rows, bits int) []byte {
	if (at+rows)*bits <= len(values)*8 {
		return values
	}
	size := batchCapacity
	if at == 0 {
		size = rows
	}
	grown := make([]byte, (size*bits+63)/64*8)
	copy(grown, values)
	return grown
}

// batchCapacity has room for the chunk that fills a batch over.
const batchCapacity = batchRows + 2048

func (c *columnReader) appendText(vec mapping.Vector, data unsafe.Pointer, rows int, mask *uint64) (err error) {
	if c.offsets == nil {
		c.offsets = make([]int32, 1, rows+1)
	} else {
		c.offsets = slices.Grow(c.offsets, min(rows, batchCapacity+1-len(c.offsets)))
	}
	for i := range rows {
		if Valid(mask, i) {
			if c.values, err = c.kind.text(c.values, vec, data, i); err != nil {
				return err
			}
			if len(c.values) > math.MaxInt32 {
				return &warehouse.Error{Code: 100078, State: "22000",
					Message: "a batch of one column's texts is over 2 GB"}
			}
		}
		c.offsets = append(c.offsets, int32(len(c.values)))
	}
	return nil
}

// Valid says whether row is not null; a nil mask says so of every row.
func Valid(mask *uint64, row int) bool {
	if mask == nil {
		return true
	}
	word := *(*uint64)(unsafe.Add(unsafe.Pointer(mask), row/64*8))
	return word>>(row%64)&1 == 1
}

// appendValidity copies the mask, which has Arrow's form on a little-endian
// machine: bit i is row i, set where there is a value.
func (c *columnReader) appendValidity(mask *uint64, rows, at int) {
	if mask == nil {
		if c.valid != nil {
			c.valid = room(c.valid, at, rows, 1)
			bitutil.SetBitsTo(c.valid, int64(at), int64(rows), true)
		}
		return
	}
	bits := unsafe.Slice((*byte)(unsafe.Pointer(mask)), (rows+7)/8)
	set := bitutil.CountSetBits(bits, 0, rows)
	if set == rows && c.valid == nil {
		return
	}
	if c.valid == nil {
		c.valid = room(nil, at, rows, 1)
		bitutil.SetBitsTo(c.valid, 0, int64(at), true)
	}
	c.valid = room(c.valid, at, rows, 1)
	bitutil.CopyBitmap(bits, 0, rows, c.valid, at)
	c.nulls += rows - set
}

// finish gives the rows collected as an array and starts anew.
func (c *columnReader) finish(rows int) arrow.Array {
	var validity *memory.Buffer
	if c.valid != nil {
		validity = memory.NewBufferBytes(c.valid)
	}
	switch {
	case c.kind.fine:
		return c.finishFine(rows, validity)
	case c.kind.zoned:
		return c.finishZoned(rows, validity)
	}
	buffers := []*memory.Buffer{validity, memory.NewBufferBytes(c.values)}
	if c.kind.text != nil {
		offsets := unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(c.offsets))), len(c.offsets)*4)
		buffers = []*memory.Buffer{validity, memory.NewBufferBytes(offsets), memory.NewBufferBytes(c.values)}
	}
	data := array.NewData(c.kind.arrow, rows, buffers, nil, c.nulls, 0)
	defer data.Release()
	*c = columnReader{kind: c.kind}
	return array.MakeFromData(data)
}
