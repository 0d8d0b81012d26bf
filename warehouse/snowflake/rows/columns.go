package rows

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/snowflakedb/gosnowflake"

	"github.com/snowpit-dev/snowpit/warehouse"
)

// The lengths that Snowflake gives columns whose length nobody set.
const (
	maxChars = 16777216
	maxBytes = 8388608
)

// types are Snowflake's types by their names on the wire.
var types = map[string]warehouse.Type{
	"fixed": warehouse.Number, "real": warehouse.Float, "text": warehouse.Varchar, "boolean": warehouse.Boolean,
	"date": warehouse.Date, "time": warehouse.Time, "binary": warehouse.Binary,
	"timestamp_ntz": warehouse.TimestampNTZ, "timestamp_ltz": warehouse.TimestampLTZ, "timestamp_tz": warehouse.TimestampTZ,
	"variant": warehouse.Variant, "object": warehouse.Object, "array": warehouse.Array, "map": warehouse.Map,
	"geography": warehouse.Object, "geometry": warehouse.Object,
}

// ColumnsOf are the columns of what the driver gives.
func ColumnsOf(loader gosnowflake.ArrowStreamLoader) ([]warehouse.Column, error) {
	text, err := json.Marshal(loader.RowTypes()) // the driver's type for fields has no name outside of it
	if err != nil {
		return nil, fmt.Errorf("columns of a result: %w", err)
	}
	var found []rowType
	if err := json.Unmarshal(text, &found); err != nil {
		return nil, fmt.Errorf("columns of a result: %w", err)
	}
	return columnsOf(found)
}

// A rowType is a column, or what a structured type holds, as the driver has it.
type rowType struct {
	Name                     string
	Type                     string
	Nullable                 bool
	Length, Precision, Scale int64
	Fields                   []rowType
}

func columnsOf(found []rowType) ([]warehouse.Column, error) {
	var columns []warehouse.Column
	for _, t := range found {
		c := warehouse.Column{Name: t.Name, Nullable: t.Nullable}
		var known bool
		if c.Type, known = types[strings.ToLower(t.Type)]; !known {
			return nil, fmt.Errorf("column %s is a %s, which is not supported: cast it to a VARIANT or a VARCHAR", t.Name, strings.ToUpper(t.Type))
		}
		switch c.Type {
		case warehouse.Number:
			c.Precision, c.Scale = int(t.Precision), int(t.Scale)
		case warehouse.Varchar:
			c.Length = below(t.Length, maxChars)
		case warehouse.Binary:
			c.Length = below(t.Length, maxBytes)
		case warehouse.Time, warehouse.TimestampNTZ, warehouse.TimestampLTZ, warehouse.TimestampTZ:
			c.Precision = int(t.Scale)
		}
		var err error
		if c.Fields, err = columnsOf(t.Fields); err != nil {
			return nil, err
		}
		columns = append(columns, c)
	}
	return columns, nil
}

// below is a length, or 0 for one that is the most there can be.
func below(length, most int64) int {
	if length >= most {
		return 0
	}
	return int(length)
}

// plainForms are the Arrow types of columns that have but one.
var plainForms = map[warehouse.Type]arrow.DataType{
	warehouse.Float: arrow.PrimitiveTypes.Float64, warehouse.Varchar: arrow.BinaryTypes.String, warehouse.Binary: arrow.BinaryTypes.Binary,
	warehouse.Boolean: arrow.FixedWidthTypes.Boolean, warehouse.Date: arrow.FixedWidthTypes.Date32,
	warehouse.Variant: arrow.BinaryTypes.String, warehouse.Object: arrow.BinaryTypes.String, warehouse.Array: arrow.BinaryTypes.String,
	warehouse.Map: arrow.BinaryTypes.String,
}

// A Width says which of two Arrow forms a column's values need.
type Width struct {
	wide bool // NUMBER: more than 64 bits
	fine bool // TIME, TIMESTAMP: more than microseconds
}

// form is the Arrow type a column's values arrive in.
func form(c warehouse.Column, w Width) arrow.DataType {
	unit := arrow.Microsecond
	if w.fine {
		unit = arrow.Nanosecond
	}
	switch c.Type {
	case warehouse.Number:
		if c.Scale > 0 || w.wide {
			return &arrow.Decimal128Type{Precision: int32(c.Precision), Scale: int32(c.Scale)}
		}
		return arrow.PrimitiveTypes.Int64
	case warehouse.Time:
		return &arrow.Time64Type{Unit: unit}
	case warehouse.TimestampNTZ:
		return &arrow.TimestampType{Unit: unit}
	case warehouse.TimestampLTZ:
		return &arrow.TimestampType{Unit: unit, TimeZone: "UTC"}
	case warehouse.TimestampTZ:
		return warehouse.ZonedType(unit)
	}
	return plainForms[c.Type]
}

// SchemaOf is the Arrow schema of columns whose values have these widths.
func SchemaOf(columns []warehouse.Column, widths []Width) *arrow.Schema {
	fields := make([]arrow.Field, len(columns))
	for i, c := range columns {
		fields[i] = arrow.Field{Name: c.Name, Type: form(c, widths[i]), Nullable: c.Nullable}
	}
	return arrow.NewSchema(fields, nil)
}
