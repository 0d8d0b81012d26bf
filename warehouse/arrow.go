package warehouse

import (
	"fmt"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/extensions"
)

// ZonedType is the Arrow type of a TIMESTAMP_TZ: Arrow's own extension for
// timestamps with an offset. It is microseconds or nanoseconds.
func ZonedType(unit arrow.TimeUnit) *extensions.TimestampWithOffsetType {
	return extensions.NewTimestampWithOffsetType(unit)
}

// ColumnOf is the column that an Arrow field becomes, for rows that did not
// come from a warehouse. A field of a type no column can hold, such as a union,
// is an error.
func ColumnOf(f arrow.Field) (Column, error) {
	c := Column{Name: f.Name, Nullable: f.Nullable}
	switch t := f.Type.(type) {
	case *arrow.Decimal128Type:
		c.Type, c.Precision, c.Scale = Number, int(t.Precision), int(t.Scale)
	case *arrow.Float16Type, *arrow.Float32Type, *arrow.Float64Type:
		c.Type = Float
	case *arrow.StringType, *arrow.LargeStringType, *arrow.StringViewType:
		c.Type = Varchar
	case *arrow.BinaryType, *arrow.LargeBinaryType, *arrow.FixedSizeBinaryType:
		c.Type = Binary
	case *arrow.BooleanType:
		c.Type = Boolean
	case *arrow.Date32Type, *arrow.Date64Type:
		c.Type = Date
	case *arrow.Time32Type, *arrow.Time64Type:
		c.Type, c.Precision = Time, 9
	case *arrow.TimestampType:
		c.Type, c.Precision = TimestampNTZ, 9
		if t.TimeZone != "" {
			c.Type = TimestampTZ
		}
	case *extensions.TimestampWithOffsetType:
		c.Type, c.Precision = TimestampTZ, 9
	case *arrow.DictionaryType:
		return ColumnOf(arrow.Field{Name: f.Name, Type: t.ValueType, Nullable: f.Nullable})
	default:
		if !arrow.IsInteger(t.ID()) {
			return Column{}, fmt.Errorf("column %s: Arrow type %s has no place in a table", f.Name, f.Type)
		}
		c.Type, c.Precision = Number, 38
	}
	return c, nil
}
