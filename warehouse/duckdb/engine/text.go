package engine

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math"
	"math/big"
	"strconv"
	"time"
	"unsafe"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/decimal128"
	"github.com/duckdb/duckdb-go/v2/mapping"
	"github.com/google/uuid"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/variant"
)

// textKind is how a type appears that Snowflake has no form of its own for:
// semi-structured ones as JSON, the others as text.
func textKind(lt mapping.LogicalType) (ColumnKind, error) {
	k := ColumnKind{Column: Varchar, arrow: arrow.BinaryTypes.String}
	switch mapping.GetTypeId(lt) {
	case mapping.TypeVarchar:
		k.text = stringText
		if mapping.LogicalTypeGetAlias(lt) == "JSON" {
			k.Column, k.text = warehouse.Column{Type: warehouse.Variant}, variantText
		}
		return k, nil
	case mapping.TypeList, mapping.TypeArray:
		k.Column = warehouse.Column{Type: warehouse.Array}
	case mapping.TypeStruct, mapping.TypeMap:
		k.Column = warehouse.Column{Type: warehouse.Object}
	}
	f, err := formatOf(lt)
	if err != nil {
		return k, err
	}
	k.text = func(dst []byte, vec mapping.Vector, _ unsafe.Pointer, row int) ([]byte, error) {
		return f.text(dst, vec, row)
	}
	return k, nil
}

// stringT is DuckDB's string: 12 bytes inside, or a prefix and a pointer.
type stringT struct {
	length uint32
	inside [12]byte
}

func (s *stringT) bytes() []byte {
	if s.length <= 12 {
		return s.inside[:s.length]
	}
	data := *(**byte)(unsafe.Pointer(&s.inside[4]))
	return unsafe.Slice(data, s.length)
}

// StringAt is the text or bytes in a row of a vector, as long as the chunk lives.
func StringAt(src unsafe.Pointer, row int) []byte {
	return (*stringT)(unsafe.Add(src, row*16)).bytes()
}

func stringText(dst []byte, _ mapping.Vector, src unsafe.Pointer, row int) ([]byte, error) {
	return append(dst, StringAt(src, row)...), nil
}

// variantText is a semi-structured value as users see it.
func variantText(dst []byte, _ mapping.Vector, src unsafe.Pointer, row int) ([]byte, error) {
	return variant.Shown(dst, StringAt(src, row)), nil
}

// format writes values of one type, row by row.
type format struct {
	quoted bool // in JSON it is a string
	bare   func(dst []byte, vec mapping.Vector, row int) ([]byte, error)
	nested func(dst []byte, vec mapping.Vector, row int) ([]byte, error)
}

// json appends the value as JSON.
func (f *format) json(dst []byte, vec mapping.Vector, row int) ([]byte, error) {
	if !Valid((*uint64)(mapping.VectorGetValidity(vec)), row) {
		return append(dst, "null"...), nil
	}
	if f.nested != nil {
		return f.nested(dst, vec, row)
	}
	if !f.quoted {
		return f.bare(dst, vec, row)
	}
	text, err := f.bare(nil, vec, row)
	if err != nil {
		return dst, err
	}
	return appendJSONString(dst, string(text)), nil
}

// text appends the value as it stands outside of JSON.
func (f *format) text(dst []byte, vec mapping.Vector, row int) ([]byte, error) {
	if f.nested != nil {
		return f.nested(dst, vec, row)
	}
	return f.bare(dst, vec, row)
}

func appendJSONString(dst []byte, s string) []byte {
	quoted, err := json.Marshal(s)
	if err != nil { // no string can be the cause
		panic(err)
	}
	return append(dst, quoted...)
}

// at is the value of a vector of Ts.
func at[T any](vec mapping.Vector, row int) T {
	return *(*T)(unsafe.Add(mapping.VectorGetData(vec), row*int(unsafe.Sizeof(*new(T)))))
}

func bareInt[T int8 | int16 | int32 | int64](dst []byte, vec mapping.Vector, row int) ([]byte, error) {
	return strconv.AppendInt(dst, int64(at[T](vec, row)), 10), nil
}

func bareUint[T uint8 | uint16 | uint32 | uint64](dst []byte, vec mapping.Vector, row int) ([]byte, error) {
	return strconv.AppendUint(dst, uint64(at[T](vec, row)), 10), nil
}

// bareFloat writes a number that JSON has, and a word for those it has not.
func bareFloat[T float32 | float64](dst []byte, vec mapping.Vector, row int) ([]byte, error) {
	v := float64(at[T](vec, row))
	switch {
	case math.IsNaN(v):
		return append(dst, `"NaN"`...), nil
	case math.IsInf(v, 0):
		return append(dst, map[bool]string{true: `"inf"`, false: `"-inf"`}[v > 0]...), nil
	}
	return strconv.AppendFloat(dst, v, 'g', -1, 64), nil
}

// formatOf is how values of type lt are written.
func formatOf(lt mapping.LogicalType) (*format, error) {
	switch mapping.GetTypeId(lt) {
	case mapping.TypeSQLNull:
		return &format{bare: func(dst []byte, _ mapping.Vector, _ int) ([]byte, error) { return append(dst, "null"...), nil }}, nil
	case mapping.TypeBoolean:
		return &format{bare: func(dst []byte, v mapping.Vector, i int) ([]byte, error) {
			return strconv.AppendBool(dst, at[bool](v, i)), nil
		}}, nil
	case mapping.TypeTinyInt:
		return &format{bare: bareInt[int8]}, nil
	case mapping.TypeSmallInt:
		return &format{bare: bareInt[int16]}, nil
	case mapping.TypeInteger:
		return &format{bare: bareInt[int32]}, nil
	case mapping.TypeBigInt:
		return &format{bare: bareInt[int64]}, nil
	case mapping.TypeUTinyInt:
		return &format{bare: bareUint[uint8]}, nil
	case mapping.TypeUSmallInt:
		return &format{bare: bareUint[uint16]}, nil
	case mapping.TypeUInteger:
		return &format{bare: bareUint[uint32]}, nil
	case mapping.TypeUBigInt:
		return &format{bare: bareUint[uint64]}, nil
	case mapping.TypeFloat:
		return &format{bare: bareFloat[float32]}, nil
	case mapping.TypeDouble:
		return &format{bare: bareFloat[float64]}, nil
	case mapping.TypeHugeInt:
		return &format{bare: bareHuge}, nil
	case mapping.TypeUHugeInt:
		return &format{bare: bareUhuge}, nil
	case mapping.TypeDecimal:
		return decimalFormat(lt), nil
	case mapping.TypeVarchar:
		if mapping.LogicalTypeGetAlias(lt) == "JSON" {
			return &format{bare: bareVariant}, nil
		}
		return &format{quoted: true, bare: bareString}, nil
	case mapping.TypeBlob:
		return &format{quoted: true, bare: bareBlob}, nil
	case mapping.TypeUUID:
		return &format{quoted: true, bare: bareUUID}, nil
	case mapping.TypeInterval:
		return &format{quoted: true, bare: bareInterval}, nil
	}
	if f := clockFormat(lt); f != nil {
		return f, nil
	}
	return nestedFormat(lt)
}

// clockFormat writes dates and times as Snowflake's default formats do, or is
// nil for another type.
func clockFormat(lt mapping.LogicalType) *format {
	write := func(layout string, t func(mapping.Vector, int) time.Time) *format {
		return &format{quoted: true, bare: func(dst []byte, v mapping.Vector, i int) ([]byte, error) {
			return t(v, i).UTC().AppendFormat(dst, layout), nil
		}}
	}
	switch mapping.GetTypeId(lt) {
	case mapping.TypeDate:
		return write(time.DateOnly, func(v mapping.Vector, i int) time.Time { return time.Unix(int64(at[int32](v, i))*86400, 0) })
	case mapping.TypeTime:
		return write("15:04:05.999999", func(v mapping.Vector, i int) time.Time { return time.UnixMicro(at[int64](v, i)) })
	case mapping.TypeTimeNS:
		return write("15:04:05.999999999", func(v mapping.Vector, i int) time.Time { return time.Unix(0, at[int64](v, i)) })
	case mapping.TypeTimeTZ:
		// 40 bits of microseconds, then 24 of the offset.
		return write("15:04:05.999999", func(v mapping.Vector, i int) time.Time { return time.UnixMicro(int64(at[uint64](v, i) >> 24)) })
	case mapping.TypeTimestampS:
		return write("2006-01-02 15:04:05.000", func(v mapping.Vector, i int) time.Time { return time.Unix(at[int64](v, i), 0) })
	case mapping.TypeTimestampMS:
		return write("2006-01-02 15:04:05.000", func(v mapping.Vector, i int) time.Time { return time.UnixMilli(at[int64](v, i)) })
	case mapping.TypeTimestamp:
		return write("2006-01-02 15:04:05.000", func(v mapping.Vector, i int) time.Time { return time.UnixMicro(at[int64](v, i)) })
	case mapping.TypeTimestampNS:
		return write("2006-01-02 15:04:05.000", func(v mapping.Vector, i int) time.Time { return time.Unix(0, at[int64](v, i)) })
	case mapping.TypeTimestampTZ:
		return write("2006-01-02 15:04:05.000 Z", func(v mapping.Vector, i int) time.Time { return time.UnixMicro(at[int64](v, i)) })
	}
	return nil
}

func bareString(dst []byte, vec mapping.Vector, row int) ([]byte, error) {
	return append(dst, StringAt(mapping.VectorGetData(vec), row)...), nil
}

func bareVariant(dst []byte, vec mapping.Vector, row int) ([]byte, error) {
	return variant.Shown(dst, StringAt(mapping.VectorGetData(vec), row)), nil
}

func bareBlob(dst []byte, vec mapping.Vector, row int) ([]byte, error) {
	return base64.StdEncoding.AppendEncode(dst, StringAt(mapping.VectorGetData(vec), row)), nil
}

func bareHuge(dst []byte, vec mapping.Vector, row int) ([]byte, error) {
	return at[decimal128.Num](vec, row).BigInt().Append(dst, 10), nil
}

func bareUhuge(dst []byte, vec mapping.Vector, row int) ([]byte, error) {
	v := at[[2]uint64](vec, row)
	n := new(big.Int).SetUint64(v[1])
	n.Lsh(n, 64).Or(n, new(big.Int).SetUint64(v[0]))
	return n.Append(dst, 10), nil
}

// bareUUID undoes the flipped sign bit that makes DuckDB's UUIDs sort.
func bareUUID(dst []byte, vec mapping.Vector, row int) ([]byte, error) {
	v := at[[2]uint64](vec, row)
	var u uuid.UUID
	for i := range 8 {
		u[i] = byte((v[1] ^ 1<<63) >> (56 - 8*i))
		u[8+i] = byte(v[0] >> (56 - 8*i))
	}
	return append(dst, u.String()...), nil
}

func bareInterval(dst []byte, vec mapping.Vector, row int) ([]byte, error) {
	v := at[mapping.Interval](vec, row)
	months, days, micros := mapping.IntervalMembers(&v)
	for _, part := range []struct {
		n    int32
		unit string
	}{{months / 12, "year"}, {months % 12, "month"}, {days, "day"}} {
		if part.n == 0 {
			continue
		}
		dst = fmt.Appendf(dst, "%d %s", part.n, part.unit)
		if part.n != 1 {
			dst = append(dst, 's')
		}
		dst = append(dst, ' ')
	}
	sign := ""
	if micros < 0 {
		sign, micros = "-", -micros
	}
	return fmt.Appendf(dst, "%s%02d:%02d:%02d.%06d", sign, micros/3600e6, micros/60e6%60, micros/1e6%60, micros%1e6), nil
}

func decimalFormat(lt mapping.LogicalType) *format {
	scale := int32(mapping.DecimalScale(lt))
	internal := mapping.DecimalInternalType(lt)
	return &format{bare: func(dst []byte, v mapping.Vector, i int) ([]byte, error) {
		var n decimal128.Num
		switch internal {
		case mapping.TypeSmallInt:
			n = decimal128.FromI64(int64(at[int16](v, i)))
		case mapping.TypeInteger:
			n = decimal128.FromI64(int64(at[int32](v, i)))
		case mapping.TypeBigInt:
			n = decimal128.FromI64(at[int64](v, i))
		default:
			n = at[decimal128.Num](v, i)
		}
		return append(dst, n.ToString(scale)...), nil
	}}
}
