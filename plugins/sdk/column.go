package sdk

import (
	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
)

// Numbers reads a column of numbers as floats, whatever kind of number the
// warehouse gave: integers, floats, decimals, and booleans as 0 and 1. It is
// nil for a column of anything else. What it gives for a null row means
// nothing; ask the column.
func Numbers(col arrow.Array) func(row int) float64 {
	switch c := col.(type) {
	case *array.Float64:
		return c.Value
	case *array.Float32:
		return whole[float32](c)
	case *array.Int64:
		return whole[int64](c)
	case *array.Int32:
		return whole[int32](c)
	case *array.Int16:
		return whole[int16](c)
	case *array.Int8:
		return whole[int8](c)
	case *array.Uint64:
		return whole[uint64](c)
	case *array.Uint32:
		return whole[uint32](c)
	case *array.Uint16:
		return whole[uint16](c)
	case *array.Uint8:
		return whole[uint8](c)
	case *array.Decimal128:
		scale := c.DataType().(*arrow.Decimal128Type).Scale
		return func(row int) float64 { return c.Value(row).ToFloat64(scale) }
	case *array.Boolean:
		return func(row int) float64 {
			if c.Value(row) {
				return 1
			}
			return 0
		}
	}
	return nil
}

// whole reads a column of one of Go's kinds of number.
func whole[T int64 | int32 | int16 | int8 | uint64 | uint32 | uint16 | uint8 | float32](c interface{ Value(int) T }) func(int) float64 {
	return func(row int) float64 { return float64(c.Value(row)) }
}
