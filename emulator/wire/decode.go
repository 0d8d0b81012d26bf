package wire

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math/big"
	"strconv"
	"strings"
	"time"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/decimal128"
	"github.com/apache/arrow-go/v18/arrow/extensions"
	"github.com/apache/arrow-go/v18/arrow/ipc"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"github.com/snowpit-dev/snowpit/warehouse"
)

// A Decoder turns what the encoders wrote back into a warehouse's batches, for
// whoever asks for the rows of an earlier result. It is for one goroutine.
type Decoder struct {
	columns []warehouse.Column
	schema  *arrow.Schema
}

// NewDecoder is a decoder for results with these columns.
func NewDecoder(columns []warehouse.Column) *Decoder {
	fields := make([]arrow.Field, len(columns))
	for i, c := range columns {
		fields[i] = arrow.Field{Name: c.Name, Type: logicalArrow(c), Nullable: true}
	}
	return &Decoder{columns, arrow.NewSchema(fields, nil)}
}

// Schema is that of the batches.
func (d *Decoder) Schema() *arrow.Schema { return d.schema }

// plainType is the Arrow type of those that have the same one in a warehouse and
// inside of a structured value on the wire; nil for another.
func plainType(c warehouse.Column) arrow.DataType {
	switch c.Type {
	case warehouse.Number:
		return &arrow.Decimal128Type{Precision: int32(precision(c)), Scale: int32(c.Scale)}
	case warehouse.Float:
		return arrow.PrimitiveTypes.Float64
	case warehouse.Binary:
		return arrow.BinaryTypes.Binary
	case warehouse.Boolean:
		return arrow.FixedWidthTypes.Boolean
	case warehouse.Date:
		return arrow.FixedWidthTypes.Date32
	}
	return nil
}

// logicalArrow is the form in which a column arrives from here.
func logicalArrow(c warehouse.Column) arrow.DataType {
	if t := plainType(c); t != nil {
		return t
	}
	switch c.Type {
	case warehouse.Time:
		return arrow.FixedWidthTypes.Time64ns
	case warehouse.TimestampNTZ:
		return &arrow.TimestampType{Unit: unitOf(c)}
	case warehouse.TimestampLTZ:
		return &arrow.TimestampType{Unit: unitOf(c), TimeZone: "UTC"}
	case warehouse.TimestampTZ:
		return warehouse.ZonedType(unitOf(c))
	}
	return arrow.BinaryTypes.String
}

// unitOf has room for years beyond 2262 where the digits let it.
func unitOf(c warehouse.Column) arrow.TimeUnit {
	if c.Precision <= 6 {
		return arrow.Microsecond
	}
	return arrow.Nanosecond
}

// Decode reads one part of a result in a format: an Arrow stream, or JSON rows
// without brackets around them. The caller releases the batch.
func (d *Decoder) Decode(format string, data []byte) (arrow.RecordBatch, error) {
	b := array.NewRecordBuilder(memory.DefaultAllocator, d.schema)
	defer b.Release()
	var err error
	if format == FormatArrow {
		err = d.arrow(b, data)
	} else {
		err = d.json(b, data)
	}
	if err != nil {
		return nil, fmt.Errorf("read an earlier result: %w", err)
	}
	return b.NewRecordBatch(), nil
}

func (d *Decoder) json(b *array.RecordBuilder, data []byte) error {
	var rows [][]*string
	if err := json.Unmarshal(append(append([]byte{'['}, data...), ']'), &rows); err != nil {
		return err
	}
	for n, row := range rows {
		if len(row) != len(d.columns) {
			return fmt.Errorf("row %d has %d cells, not %d", n+1, len(row), len(d.columns))
		}
		for i, c := range d.columns {
			if row[i] == nil {
				b.Field(i).AppendNull()
				continue
			}
			if err := appendCell(b.Field(i), c, *row[i]); err != nil {
				return fmt.Errorf("column %s: %w", c.Name, err)
			}
		}
	}
	return nil
}

// appendCell reads one cell of JSON.
func appendCell(b array.Builder, c warehouse.Column, text string) (err error) {
	switch b := b.(type) {
	case *array.Decimal128Builder:
		n, ok := new(big.Int).SetString(strings.Replace(text, ".", "", 1), 10)
		if !ok {
			return fmt.Errorf("%q is no number", text)
		}
		b.Append(decimal128.FromBigInt(n))
	case *array.Float64Builder:
		var f float64
		f, err = strconv.ParseFloat(text, 64)
		b.Append(f)
	case *array.BinaryBuilder:
		var raw []byte
		raw, err = hex.DecodeString(text)
		b.Append(raw)
	case *array.BooleanBuilder:
		b.Append(text == "1")
	case *array.Date32Builder:
		var days int64
		days, err = strconv.ParseInt(text, 10, 32)
		b.Append(arrow.Date32(days))
	case *array.StringBuilder:
		b.Append(text)
	default:
		var ticks int64
		seconds, offset, _ := strings.Cut(text, " ")
		zone := zoneUTC
		if offset != "" {
			if zone, err = strconv.Atoi(offset); err != nil {
				return err
			}
		}
		if ticks, err = ticksIn(seconds, c.Precision); err == nil {
			err = appendTicks(b, ticks, c.Precision, zone)
		}
	}
	return err
}

// ticksIn reads seconds with digits behind the point.
func ticksIn(text string, digits int) (int64, error) {
	whole, fraction, _ := strings.Cut(text, ".")
	return strconv.ParseInt(whole+fraction+strings.Repeat("0", max(0, digits-len(fraction))), 10, 64)
}

// appendTicks adds a time of so many digits in the unit that the builder has,
// with its zone if it has one.
func appendTicks(b array.Builder, ticks int64, digits, zone int) error {
	switch b := b.(type) {
	case *array.Time64Builder:
		v, err := rescale(ticks, digits, 9)
		b.Append(arrow.Time64(v))
		return err
	case *array.TimestampBuilder:
		v, err := rescale(ticks, digits, digitsOf(b.Type().(*arrow.TimestampType).Unit))
		b.Append(arrow.Timestamp(v))
		return err
	case *extensions.TimestampWithOffsetBuilder:
		unit := powers[digits]
		seconds := floor(ticks, unit)
		at := time.Unix(seconds, (ticks-seconds*unit)*powers[9-digits])
		b.Append(at.In(time.FixedZone("", (zone-zoneUTC)*60)))
		return nil
	}
	return fmt.Errorf("no time goes into %s", b.Type())
}

func (d *Decoder) arrow(b *array.RecordBuilder, data []byte) error {
	if len(data) == 0 {
		return nil
	}
	r, err := ipc.NewReader(bytes.NewReader(data))
	if err != nil {
		return err
	}
	defer r.Release()
	for r.Next() {
		batch := r.RecordBatch()
		for i, c := range d.columns {
			for row := range int(batch.NumRows()) {
				if batch.Column(i).IsNull(row) {
					b.Field(i).AppendNull()
				} else if err := appendValue(b.Field(i), c, batch.Column(i), row); err != nil {
					return fmt.Errorf("column %s: %w", c.Name, err)
				}
			}
		}
	}
	return r.Err()
}

// appendValue reads one value in Snowflake's physical form.
func appendValue(b array.Builder, c warehouse.Column, a arrow.Array, row int) error {
	if _, text := a.(*array.String); structured(c) && !text {
		return warehouse.Unsupported("to read a result again whose " + string(c.Type) + " was sent in Arrow's own form")
	}
	switch a := a.(type) {
	case *array.Int8:
		return appendWhole(b, c, int64(a.Value(row)))
	case *array.Int16:
		return appendWhole(b, c, int64(a.Value(row)))
	case *array.Int32:
		return appendWhole(b, c, int64(a.Value(row)))
	case *array.Int64:
		return appendWhole(b, c, a.Value(row))
	case *array.Struct:
		return appendInstant(b, c, a, row)
	case *array.Decimal128:
		b.(*array.Decimal128Builder).Append(a.Value(row))
	case *array.Float64:
		b.(*array.Float64Builder).Append(a.Value(row))
	case *array.String:
		b.(*array.StringBuilder).Append(a.Value(row))
	case *array.Binary:
		b.(*array.BinaryBuilder).Append(a.Value(row))
	case *array.Boolean:
		b.(*array.BooleanBuilder).Append(a.Value(row))
	case *array.Date32:
		b.(*array.Date32Builder).Append(a.Value(row))
	default:
		return fmt.Errorf("an Arrow %s is none of the forms sent", a.DataType())
	}
	return nil
}

func appendWhole(b array.Builder, c warehouse.Column, v int64) error {
	if d, ok := b.(*array.Decimal128Builder); ok {
		d.Append(decimal128.FromI64(v))
		return nil
	}
	return appendTicks(b, v, c.Precision, zoneUTC)
}

// appendInstant reads a struct of seconds and nanoseconds, or of ticks and a zone.
func appendInstant(b array.Builder, c warehouse.Column, a *array.Struct, row int) error {
	epoch, zone := a.Field(0).(*array.Int64).Value(row), zoneUTC
	if c.Type == warehouse.TimestampTZ {
		zone = int(a.Field(a.NumField() - 1).(*array.Int32).Value(row))
	}
	if c.Precision <= wideScale {
		return appendTicks(b, epoch, c.Precision, zone)
	}
	nanos, err := rescale(epoch, 0, 9)
	if err != nil {
		return err
	}
	return appendTicks(b, nanos+int64(a.Field(1).(*array.Int32).Value(row)), 9, zone)
}
