package rows

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/decimal128"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"github.com/snowpit-dev/snowpit/warehouse"
)

// JSONRows reads a chunk of rows as text: JSON arrays with commas between them.
func JSONRows(r io.Reader) ([][]*string, error) {
	var cells [][]*string
	dec := json.NewDecoder(io.MultiReader(strings.NewReader("["), r, strings.NewReader("]")))
	if err := dec.Decode(&cells); err != nil {
		return nil, fmt.Errorf("read a chunk: %w", err)
	}
	return cells, nil
}

// FromText makes a batch of rows that came as text, in forms as on the wire:
// times as seconds and nanoseconds.
func FromText(columns []warehouse.Column, cells [][]*string) (arrow.RecordBatch, error) {
	fields, arrays := make([]arrow.Field, len(columns)), make([]arrow.Array, len(columns))
	defer func() {
		for _, a := range arrays {
			if a != nil {
				a.Release()
			}
		}
	}()
	for i, c := range columns {
		a, err := column(c, i, cells)
		if err != nil {
			return nil, fmt.Errorf("column %s: %w", c.Name, err)
		}
		arrays[i], fields[i] = a, arrow.Field{Name: c.Name, Type: a.DataType(), Nullable: true}
	}
	return array.NewRecordBatch(arrow.NewSchema(fields, nil), arrays, int64(len(cells))), nil
}

// column makes an array of the i-th cells.
func column(c warehouse.Column, i int, cells [][]*string) (arrow.Array, error) {
	b := array.NewBuilder(memory.DefaultAllocator, wireForm(c, i, cells))
	defer b.Release()
	b.Reserve(len(cells))
	for _, row := range cells {
		switch {
		case i >= len(row):
			return nil, errors.New("a row is shorter than the columns are many")
		case row[i] == nil:
			b.AppendNull()
		default:
			if err := appendText(c, b, *row[i]); err != nil {
				return nil, fmt.Errorf("%.80q is no %s: %w", *row[i], c.Type, err)
			}
		}
	}
	return b.NewArray(), nil
}

// moment is a time as fromText makes it, zoned one with a zone.
var (
	moment = arrow.StructOf(
		arrow.Field{Name: "epoch", Type: arrow.PrimitiveTypes.Int64}, arrow.Field{Name: "fraction", Type: arrow.PrimitiveTypes.Int64})
	zoned = arrow.StructOf(append(moment.Fields(), arrow.Field{Name: "timezone", Type: arrow.PrimitiveTypes.Int64})...)
)

// wireForm is the Arrow type that has room for a column's cells.
func wireForm(c warehouse.Column, i int, cells [][]*string) arrow.DataType {
	switch c.Type {
	case warehouse.Number:
		return form(c, Width{wide: !allShort(i, cells)})
	case warehouse.TimestampTZ:
		return zoned
	case warehouse.Time, warehouse.TimestampNTZ, warehouse.TimestampLTZ:
		return moment
	}
	return form(c, Width{})
}

// allShort reports whether 64 bits have room for every number.
func allShort(i int, cells [][]*string) bool {
	for _, row := range cells {
		if i < len(row) && row[i] != nil {
			if _, err := strconv.ParseInt(*row[i], 10, 64); err != nil {
				return false
			}
		}
	}
	return true
}

func appendText(c warehouse.Column, b array.Builder, text string) error {
	switch b := b.(type) {
	case *array.StringBuilder:
		b.Append(text)
	case *array.Int64Builder:
		v, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return err
		}
		b.Append(v)
	case *array.Decimal128Builder:
		v, err := decimal128.FromString(text, int32(c.Precision), int32(c.Scale))
		if err != nil {
			return err
		}
		b.Append(v)
	case *array.Float64Builder:
		v, err := strconv.ParseFloat(text, 64)
		if err != nil {
			return err
		}
		b.Append(v)
	case *array.BooleanBuilder:
		v, err := strconv.ParseBool(text)
		if err != nil {
			return err
		}
		b.Append(v)
	case *array.Date32Builder:
		v, err := strconv.ParseInt(text, 10, 32)
		if err != nil {
			return err
		}
		b.Append(arrow.Date32(v))
	case *array.BinaryBuilder:
		v, err := hex.DecodeString(text)
		if err != nil {
			return err
		}
		b.Append(v)
	case *array.StructBuilder:
		return appendMoment(b, text)
	default:
		return fmt.Errorf("a %T takes no text", b)
	}
	return nil
}

// appendMoment appends seconds with a fraction, and behind a blank the zone.
func appendMoment(b *array.StructBuilder, text string) error {
	text, offset, _ := strings.Cut(text, " ")
	digits, negative := strings.CutPrefix(text, "-")
	whole, fraction, _ := strings.Cut(digits, ".")
	unsigned, err := strconv.ParseUint(whole, 10, 63)
	if err != nil {
		return err
	}
	if len(fraction) > 9 {
		return errors.New("it has over nine digits of a second")
	}
	fine, err := strconv.ParseUint(fraction+"000000000"[len(fraction):], 10, 63)
	if err != nil {
		return err
	}
	seconds, nanos := int64(unsigned), int64(fine)
	if negative {
		seconds = -seconds
		if nanos > 0 {
			seconds, nanos = seconds-1, 1_000_000_000-nanos
		}
	}
	zone := int64(1440)
	if offset != "" {
		if zone, err = strconv.ParseInt(offset, 10, 16); err != nil {
			return err
		}
	}
	b.Append(true)
	for i, v := range []int64{seconds, nanos, zone}[:b.NumField()] {
		b.FieldBuilder(i).(*array.Int64Builder).Append(v)
	}
	return nil
}
