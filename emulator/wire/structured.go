package wire

import (
	"encoding/json"
	"fmt"
	"math/big"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/decimal128"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/structure"
)

// A Form is how a client gets values, structured ones above all. The zero value
// is as if these were semi-structured, with dates and times as Snowflake writes them unless it
// is told otherwise.
type Form struct {
	Fields bool // tell what structured types hold
	Native bool // send lists, structs and maps of Arrow's own, where the format is Arrow

	Longest int // bytes of a text, at most; 0 for any number

	// Text is a session parameter, for the formats of times; nil for the defaults.
	Text func(name string) string
}

// Columns are a result's columns as the client is told of them.
func (f Form) Columns(columns []warehouse.Column) []warehouse.Column {
	if f.Fields || !slices.ContainsFunc(columns, structured) {
		return columns
	}
	out := slices.Clone(columns)
	for i := range out {
		if out[i].Fields = nil; out[i].Type == warehouse.Map {
			out[i].Type = warehouse.Object
		}
	}
	return out
}

func structured(c warehouse.Column) bool { return c.Fields != nil }

// text makes of a structured value, as it is kept, the JSON that is sent: nil
// where they are the same. A client that knows the fields reads it as JSON, in
// which nothing is undefined.
func (f Form) text(c warehouse.Column) func(dst []byte, value string) ([]byte, error) {
	switch {
	case !timed(c) && f.Fields && structured(c):
		return func(dst []byte, value string) ([]byte, error) { return structure.JSON(dst, []byte(value)), nil }
	case !timed(c):
		return nil
	}
	t := &textual{zone: time.UTC, layouts: map[warehouse.Type]string{}}
	if zone, err := time.LoadLocation(f.parameter("TIMEZONE", "UTC")); err == nil {
		t.zone = zone
	}
	all := f.parameter("TIMESTAMP_OUTPUT_FORMAT", "YYYY-MM-DD HH24:MI:SS.FF3 TZHTZM")
	t.layouts[warehouse.Date] = layout(f.parameter("DATE_OUTPUT_FORMAT", "YYYY-MM-DD"))
	t.layouts[warehouse.Time] = layout(f.parameter("TIME_OUTPUT_FORMAT", "HH24:MI:SS"))
	t.layouts[warehouse.TimestampNTZ] = layout(f.parameter("TIMESTAMP_NTZ_OUTPUT_FORMAT", all))
	t.layouts[warehouse.TimestampLTZ] = layout(f.parameter("TIMESTAMP_LTZ_OUTPUT_FORMAT", all))
	t.layouts[warehouse.TimestampTZ] = layout(f.parameter("TIMESTAMP_TZ_OUTPUT_FORMAT", all))
	return func(dst []byte, value string) ([]byte, error) { return t.append(dst, c, []byte(value)) }
}

func (f Form) parameter(name, otherwise string) string {
	if f.Text != nil {
		if text := f.Text(name); text != "" {
			return text
		}
	}
	return otherwise
}

// timed reports a type that holds dates or times.
func timed(c warehouse.Column) bool {
	switch c.Type {
	case warehouse.Date, warehouse.Time, warehouse.TimestampNTZ, warehouse.TimestampLTZ, warehouse.TimestampTZ:
		return true
	}
	return slices.ContainsFunc(c.Fields, timed)
}

// layouts are the parts of Snowflake's formats in Go's, the longer ones first.
var formatParts = strings.NewReplacer("YYYY", "2006", "UUUU", "2006", "YY", "06", "MMMM", "January", "MON", "Jan", "MM", "01", "DD", "02", "DY", "Mon",
	"HH24", "15", "HH12", "03", "AM", "PM", "PM", "PM", "MI", "04", "SS", "05", "TZH:TZM", "Z07:00", "TZHTZM", "Z0700", "TZH", "Z07", `"`, "",
	"FF0", "", "FF1", "0", "FF2", "00", "FF3", "000", "FF4", "0000", "FF5", "00000", "FF6", "000000", "FF7", "0000000", "FF8", "00000000", "FF9", "000000000", "FF", "000000000")

func layout(format string) string { return formatParts.Replace(format) }

// A textual writes values with their times in a session's formats.
type textual struct {
	zone    *time.Location
	layouts map[warehouse.Type]string
}

func (t *textual) append(dst []byte, c warehouse.Column, raw []byte) ([]byte, error) {
	switch {
	case string(raw) == "null" || !timed(c):
		return append(dst, raw...), nil
	case c.Fields == nil:
		at, err := timeIn(raw)
		if c.Type == warehouse.TimestampLTZ {
			at = at.In(t.zone)
		}
		return appendText(dst, at.Format(t.layouts[c.Type])), err
	}
	parts, err := structure.Decode(c, raw)
	if err != nil {
		return dst, err
	}
	open, end := byte('{'), byte('}')
	if c.Type == warehouse.Array {
		open, end = '[', ']'
	}
	dst = append(dst, open)
	for i, p := range parts {
		if i > 0 {
			dst = append(dst, ',')
		}
		if c.Type != warehouse.Array {
			dst = append(appendText(dst, p.Key), ':')
		}
		if dst, err = t.append(dst, p.Column, p.Value); err != nil {
			return dst, err
		}
	}
	return append(dst, end), nil
}

func timeIn(raw []byte) (time.Time, error) {
	var text string
	if err := json.Unmarshal(raw, &text); err != nil {
		return time.Time{}, err
	}
	at, ok := structure.ParseTime(text, time.UTC)
	if !ok {
		return at, fmt.Errorf("%q is no time", text)
	}
	return at, nil
}

// nativeType is the Arrow type that a structured value, or one inside of it, is
// sent as.
func nativeType(c warehouse.Column) arrow.DataType {
	if t := plainType(c); t != nil {
		return t
	}
	switch c.Type {
	case warehouse.Time:
		return arrow.PrimitiveTypes.Int64
	case warehouse.TimestampNTZ, warehouse.TimestampLTZ:
		if c.Precision <= wideScale {
			return arrow.PrimitiveTypes.Int64
		}
		return instant
	case warehouse.TimestampTZ:
		if c.Precision <= wideScale {
			return ticksZoned
		}
		return instantZoned
	}
	switch {
	case c.Fields == nil:
		return arrow.BinaryTypes.String
	case c.Type == warehouse.Array:
		return arrow.ListOfField(nativeField("element", c.Fields[0]))
	case c.Type == warehouse.Map:
		t := arrow.MapOfFields(nativeField("key", c.Fields[0]), nativeField("value", c.Fields[1]))
		return t
	}
	fields := make([]arrow.Field, len(c.Fields))
	for i, f := range c.Fields {
		fields[i] = nativeField(f.Name, f)
	}
	return arrow.StructOf(fields...)
}

func nativeField(name string, c warehouse.Column) arrow.Field {
	t := nativeType(c)
	return arrow.Field{Name: name, Type: t, Nullable: name != "key", Metadata: metadata(c, t)}
}

// native is a column of structured values as Arrow has such.
func native(c warehouse.Column) func(arrow.Array) (arrow.Array, error) {
	return func(a arrow.Array) (arrow.Array, error) {
		texts := a.(*array.String)
		b := array.NewBuilder(memory.DefaultAllocator, nativeType(c))
		defer b.Release()
		b.Reserve(texts.Len())
		for i := range texts.Len() {
			if texts.IsNull(i) {
				b.AppendNull()
			} else if err := appendNative(b, c, []byte(texts.Value(i))); err != nil {
				return nil, err
			}
		}
		return b.NewArray(), nil
	}
}

// appendNative adds one value, kept as JSON, to a builder of its type.
func appendNative(b array.Builder, c warehouse.Column, raw []byte) error {
	semi := c.Fields == nil && isSemiStructured(c.Type)
	if string(raw) == "null" && !semi {
		b.AppendNull()
		return nil
	}
	switch b := b.(type) {
	case *array.StructBuilder:
		if c.Fields == nil {
			return appendNativeTime(b, c, raw)
		}
		return appendMembers(b, c, raw)
	case *array.MapBuilder:
		parts, err := structure.Decode(c, raw)
		b.Append(true)
		for _, p := range parts {
			key := []byte(p.Key)
			if c.Fields[0].Type == warehouse.Varchar {
				key = appendText(nil, p.Key)
			}
			if err := appendNative(b.KeyBuilder(), c.Fields[0], key); err != nil {
				return err
			}
			if err := appendNative(b.ItemBuilder(), p.Column, p.Value); err != nil {
				return err
			}
		}
		return err
	case *array.ListBuilder:
		parts, err := structure.Decode(c, raw)
		b.Append(true)
		for _, p := range parts {
			if err := appendNative(b.ValueBuilder(), p.Column, p.Value); err != nil {
				return err
			}
		}
		return err
	}
	return appendNativeScalar(b, c, raw, semi)
}

func appendMembers(b *array.StructBuilder, c warehouse.Column, raw []byte) error {
	parts, err := structure.Decode(c, raw)
	if err != nil {
		return err
	}
	b.Append(true)
	for i, p := range parts {
		if err := appendNative(b.FieldBuilder(i), p.Column, p.Value); err != nil {
			return err
		}
	}
	return nil
}

func appendNativeScalar(b array.Builder, c warehouse.Column, raw []byte, semi bool) error {
	if semi {
		b.(*array.StringBuilder).Append(string(raw))
		return nil
	}
	var text string
	if json.Unmarshal(raw, &text) != nil {
		text = string(raw)
	}
	switch c.Type {
	case warehouse.Number:
		return appendDigits(b.(*array.Decimal128Builder), text, c.Scale)
	case warehouse.Boolean:
		b.(*array.BooleanBuilder).Append(text == "true")
		return nil
	case warehouse.Date, warehouse.Time, warehouse.TimestampNTZ, warehouse.TimestampLTZ:
		return appendNativeTime(b, c, raw)
	}
	return appendCell(b, c, text)
}

// appendDigits adds a number whose last digits, if they are zeros, may be missing.
func appendDigits(b *array.Decimal128Builder, text string, scale int) error {
	whole, fraction, _ := strings.Cut(text, ".")
	n, ok := new(big.Int).SetString(whole+fraction+strings.Repeat("0", max(0, scale-len(fraction))), 10)
	if !ok || len(fraction) > scale {
		return fmt.Errorf("%q is no number of scale %d", text, scale)
	}
	b.Append(decimal128.FromBigInt(n))
	return nil
}

// appendNativeTime adds a date or a time as a column of its type has it.
func appendNativeTime(b array.Builder, c warehouse.Column, raw []byte) error {
	at, err := timeIn(raw)
	if err != nil {
		return err
	}
	cut := int64(at.Nanosecond()) / powers[9-c.Precision]
	ticks := at.Unix()*powers[c.Precision] + cut
	switch b := b.(type) {
	case *array.Date32Builder:
		b.Append(arrow.Date32(floor(at.Unix(), 86400)))
	case *array.Int64Builder:
		if c.Type == warehouse.Time {
			midnight := time.Date(at.Year(), at.Month(), at.Day(), 0, 0, 0, 0, time.UTC)
			ticks = int64(at.Sub(midnight)) / powers[9-c.Precision]
		}
		b.Append(ticks)
	case *array.StructBuilder:
		b.Append(true)
		_, offset := at.Zone()
		first, rest := at.Unix(), []int32{int32(cut * powers[9-c.Precision]), int32(zoneUTC + offset/60)}
		switch {
		case c.Type == warehouse.TimestampNTZ, c.Type == warehouse.TimestampLTZ:
			rest = rest[:1]
		case c.Precision <= wideScale:
			first, rest = ticks, rest[1:]
		}
		b.FieldBuilder(0).(*array.Int64Builder).Append(first)
		for i, v := range rest {
			b.FieldBuilder(i + 1).(*array.Int32Builder).Append(v)
		}
	default:
		return fmt.Errorf("no time goes into %s", strconv.Quote(b.Type().String()))
	}
	return nil
}
