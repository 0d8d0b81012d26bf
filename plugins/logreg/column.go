package logreg

import (
	"math"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/decimal128"
	"gonum.org/v1/gonum/blas/blas64"
)

// The kinds of number a feature may be. Types of one kind stand in for each
// other.
const (
	kindInteger = "integer"
	kindDecimal = "decimal"
	kindFloat   = "float"
	kindBoolean = "boolean"
)

// kindOf is "" for types that no feature has.
func kindOf(t arrow.DataType) string {
	switch t := t.(type) {
	case *arrow.Int8Type, *arrow.Int16Type, *arrow.Int32Type, *arrow.Int64Type,
		*arrow.Uint8Type, *arrow.Uint16Type, *arrow.Uint32Type, *arrow.Uint64Type:
		return kindInteger
	case *arrow.Float32Type, *arrow.Float64Type:
		return kindFloat
	case *arrow.Decimal128Type:
		if t.Scale <= 0 {
			return kindInteger
		}
		return kindDecimal
	case *arrow.BooleanType:
		return kindBoolean
	}
	return ""
}

// fill writes the values of col from row number from on into dst. col is of a
// type that [kindOf] knows.
func fill(dst []float64, col arrow.Array, from int) {
	switch col := col.(type) {
	case *array.Float64:
		copy(dst, col.Float64Values()[from:])
	case *array.Float32:
		convert(dst, col.Float32Values()[from:])
	case *array.Int64:
		convert(dst, col.Int64Values()[from:])
	case *array.Int32:
		convert(dst, col.Int32Values()[from:])
	case *array.Int16:
		convert(dst, col.Int16Values()[from:])
	case *array.Int8:
		convert(dst, col.Int8Values()[from:])
	case *array.Uint64:
		convert(dst, col.Uint64Values()[from:])
	case *array.Uint32:
		convert(dst, col.Uint32Values()[from:])
	case *array.Uint16:
		convert(dst, col.Uint16Values()[from:])
	case *array.Uint8:
		convert(dst, col.Uint8Values()[from:])
	case *array.Decimal128:
		fillDecimals(dst, col.Values()[from:], col.DataType().(*arrow.Decimal128Type).Scale)
	case *array.Boolean:
		for i := range dst {
			dst[i] = 0
			if col.Value(from + i) {
				dst[i] = 1
			}
		}
	default:
		panic("logreg: fill of " + col.DataType().String())
	}
}

func convert[T int8 | int16 | int32 | int64 | uint8 | uint16 | uint32 | uint64 | float32](dst []float64, src []T) {
	for i := range dst {
		dst[i] = float64(src[i])
	}
}

func fillDecimals(dst []float64, src []decimal128.Num, scale int32) {
	exact := scale >= 0 && scale <= 22 // 10^22 is the last that a float64 holds
	unit := math.Pow10(int(scale))
	for i := range dst {
		v := src[i]
		if small := int64(v.LowBits()); exact && v.HighBits() == small>>63 && small>>53 == small>>63 {
			dst[i] = float64(small) / unit
			continue
		}
		dst[i] = v.ToFloat64(scale)
	}
}

// A fault is what makes a column unusable.
type fault struct {
	what  string // such as "null"
	count int64
	row   int64  // the first, from 1
	value string // the first, where it is text
}

func (f *fault) add(what string, row int64, value string) {
	if f.count == 0 {
		f.what, f.row, f.value = what, row, value
	}
	if f.what == what {
		f.count++
	}
}

// scan adds what is wrong with a feature in a batch whose first row is row
// first, from 1.
func (f *fault) scan(col arrow.Array, first int64) {
	text, isText := col.(interface{ Value(int) string })
	for i := range col.Len() {
		switch {
		case col.IsNull(i):
			f.add("null", first+int64(i), "")
		case isText:
			f.add("text", first+int64(i), text.Value(i))
		}
	}
	switch col := col.(type) {
	case *array.Float64:
		scanFloats(f, col.Float64Values(), first, col)
	case *array.Float32:
		scanFloats(f, col.Float32Values(), first, col)
	}
}

// clean is whether scan would find nothing, found out fast.
func clean(col arrow.Array) bool {
	if !whole(col) {
		return false
	}
	switch col := col.(type) {
	case *array.Float64:
		return finite(col.Float64Values())
	case *array.Float32:
		for _, v := range col.Float32Values() {
			if v-v != 0 {
				return false
			}
		}
	}
	return true
}

// whole is whether col has numbers only, if not all finite.
func whole(col arrow.Array) bool { return col.NullN() == 0 && kindOf(col.DataType()) != "" }

var zeros [1024]float64

// finite uses that x*0 is 0 but for infinities and what is not a number.
func finite(values []float64) bool {
	for len(values) > 0 {
		n := min(len(values), len(zeros))
		x := blas64.Vector{N: n, Data: values, Inc: 1}
		if blas64.Dot(x, blas64.Vector{N: n, Data: zeros[:], Inc: 1}) != 0 {
			return false
		}
		values = values[n:]
	}
	return true
}

func scanFloats[T float32 | float64](f *fault, values []T, first int64, col arrow.Array) {
	for i, v := range values {
		if v-v != 0 && col.IsValid(i) {
			f.add("not a finite number", first+int64(i), "")
		}
	}
}

func (f *fault) refuse(role, column string, rows int64) error {
	message := "%s %s: %d of %d values are %s, the first in row %d"
	args := []any{role, column, f.count, rows, f.what, f.row}
	if f.what == "text" {
		message += " (%q)"
		args = append(args, f.value)
	}
	if role == "feature" {
		message += "; turn them into numbers in the query, drop those rows there, or leave the column out"
	} else {
		message += "; drop those rows in the query"
	}
	err := refusal(message, args...)
	err.Column, err.Row = column, f.row
	return err
}
