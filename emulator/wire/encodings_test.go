package wire_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/decimal128"
	"github.com/apache/arrow-go/v18/arrow/extensions"
	"github.com/apache/arrow-go/v18/arrow/ipc"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"github.com/snowpit-dev/snowpit/emulator/wire"
	"github.com/snowpit-dev/snowpit/warehouse"
)

// An encoding is one value of a type and all that the wire has of it, as the
// clients read it: a row of each of the protocol's tables of encodings.
type encoding struct {
	column warehouse.Column
	in     arrow.DataType // as the warehouse gives it
	append func(array.Builder)

	cell    string // of JSON
	rowType string // a part of the column's description
	sent    string // the type in Arrow
	value   string // there
	meta    string // of the field: the keys that Python's extension cannot do without
}

func decimals(text string, p, scale int32) func(array.Builder) {
	return func(b array.Builder) {
		n, err := decimal128.FromString(text, p, scale)
		if err != nil {
			panic(err)
		}
		b.(*array.Decimal128Builder).Append(n)
	}
}

func moment(at time.Time, unit arrow.TimeUnit) func(array.Builder) {
	return func(b array.Builder) {
		ts, err := arrow.TimestampFromTime(at, unit)
		if err != nil {
			panic(err)
		}
		switch b := b.(type) {
		case *array.TimestampBuilder:
			b.Append(ts)
		case *extensions.TimestampWithOffsetBuilder:
			b.Append(at)
		}
	}
}

func encodings() []encoding {
	ns, us := arrow.Nanosecond, arrow.Microsecond
	at := time.Date(2024, 3, 1, 12, 0, 0, 123456789, time.UTC)
	before := time.Date(1969, 12, 31, 23, 59, 58, 500_000_000, time.UTC)
	text := func(s string) func(array.Builder) {
		return func(b array.Builder) { b.(*array.StringBuilder).Append(s) }
	}
	return []encoding{
		{warehouse.Column{Type: warehouse.Number, Precision: 38}, arrow.PrimitiveTypes.Int64, func(b array.Builder) { b.(*array.Int64Builder).Append(-7) },
			"-7", `"type":"fixed","nullable":true,"length":null,"byteLength":null,"precision":38,"scale":0`, "int8", "-7", "FIXED 38 0"},
		{warehouse.Column{Type: warehouse.Number, Precision: 10, Scale: 2}, &arrow.Decimal128Type{Precision: 10, Scale: 2}, decimals("-123.4", 10, 2),
			"-123.40", `"precision":10,"scale":2`, "int16", "-12340", "FIXED 10 2"},
		{warehouse.Column{Type: warehouse.Number, Precision: 38, Scale: 1}, &arrow.Decimal128Type{Precision: 38, Scale: 1}, decimals("1234567890123456789012345678901234567.8", 38, 1),
			"1234567890123456789012345678901234567.8", `"precision":38,"scale":1`, "decimal(38, 1)", "1234567890123456789012345678901234567.8", "FIXED 38 1"},
		{warehouse.Column{Type: warehouse.Float}, arrow.PrimitiveTypes.Float64, func(b array.Builder) { b.(*array.Float64Builder).Append(1e300) },
			"1e+300", `"type":"real","nullable":true,"length":null,"byteLength":null,"precision":null,"scale":null`, "float64", "1e+300", "REAL"},
		{warehouse.Column{Type: warehouse.Varchar, Length: 7}, arrow.BinaryTypes.String, text("Räikk\n"),
			"Räikk\n", `"type":"text","nullable":true,"length":7,"byteLength":28,"precision":null,"scale":null`, "utf8", "Räikk\n", "TEXT"},
		{warehouse.Column{Type: warehouse.Boolean}, arrow.FixedWidthTypes.Boolean, func(b array.Builder) { b.(*array.BooleanBuilder).Append(true) },
			"1", `"type":"boolean","nullable":true,"length":null,"byteLength":null,"precision":null,"scale":null`, "bool", "true", "BOOLEAN"},
		{warehouse.Column{Type: warehouse.Date}, arrow.FixedWidthTypes.Date32, func(b array.Builder) { b.(*array.Date32Builder).Append(-1) },
			"-1", `"type":"date","nullable":true,"length":null,"byteLength":null,"precision":null,"scale":null`, "date32", "1969-12-31", "DATE"},
		{warehouse.Column{Type: warehouse.Time, Precision: 9}, &arrow.Time64Type{Unit: ns}, func(b array.Builder) { b.(*array.Time64Builder).Append(45296123456789) },
			"45296.123456789", `"type":"time","nullable":true,"length":null,"byteLength":null,"precision":0,"scale":9`, "int64", "45296123456789", "TIME 0 9"},
		{warehouse.Column{Type: warehouse.Time, Precision: 0}, &arrow.Time64Type{Unit: us}, func(b array.Builder) { b.(*array.Time64Builder).Append(45296000000) },
			"45296", `"type":"time","nullable":true,"length":null,"byteLength":null,"precision":0,"scale":0`, "int64", "45296", "TIME 0 0"},
		{warehouse.Column{Type: warehouse.TimestampNTZ, Precision: 9}, &arrow.TimestampType{Unit: ns}, moment(at, ns),
			"1709294400.123456789", `"type":"timestamp_ntz","nullable":true,"length":null,"byteLength":null,"precision":0,"scale":9`,
			"struct<epoch: int64, fraction: int32>", `{"epoch":1709294400,"fraction":123456789}`, "TIMESTAMP_NTZ 0 9"},
		{warehouse.Column{Type: warehouse.TimestampNTZ, Precision: 3}, &arrow.TimestampType{Unit: us}, moment(at.Truncate(time.Millisecond), us),
			"1709294400.123", `"type":"timestamp_ntz","nullable":true,"length":null,"byteLength":null,"precision":0,"scale":3`, "int64", "1709294400123", "TIMESTAMP_NTZ 0 3"},
		{warehouse.Column{Type: warehouse.TimestampNTZ, Precision: 9}, &arrow.TimestampType{Unit: ns}, moment(before, ns), // JSON has sign and magnitude, Arrow the second before
			"-1.500000000", `"scale":9`, "struct<epoch: int64, fraction: int32>", `{"epoch":-2,"fraction":500000000}`, "TIMESTAMP_NTZ 0 9"},
		{warehouse.Column{Type: warehouse.TimestampLTZ, Precision: 9}, &arrow.TimestampType{Unit: ns, TimeZone: "UTC"}, moment(at, ns),
			"1709294400.123456789", `"type":"timestamp_ltz","nullable":true`, "struct<epoch: int64, fraction: int32>", `{"epoch":1709294400,"fraction":123456789}`, "TIMESTAMP_LTZ 0 9"},
		{warehouse.Column{Type: warehouse.TimestampTZ, Precision: 9}, warehouse.ZonedType(ns), moment(at.In(time.FixedZone("", 3600)), ns), // minutes ahead of UTC, and 1440
			"1709294400.123456789 1500", `"type":"timestamp_tz","nullable":true,"length":null,"byteLength":null,"precision":0,"scale":9`,
			"struct<epoch: int64, fraction: int32, timezone: int32>", `{"epoch":1709294400,"fraction":123456789,"timezone":1500}`, "TIMESTAMP_TZ 0 9 16"},
		{warehouse.Column{Type: warehouse.Binary}, arrow.BinaryTypes.Binary, func(b array.Builder) { b.(*array.BinaryBuilder).Append([]byte{0xde, 0xad}) },
			"DEAD", `"type":"binary","nullable":true,"length":8388608,"byteLength":8388608,"precision":null,"scale":null`, "binary", "3q0=", "BINARY"},
		{warehouse.Column{Type: warehouse.Variant}, arrow.BinaryTypes.String, text(`{"a":[1,null]}`),
			"{\n  \"a\": [\n    1,\n    null\n  ]\n}", `"type":"variant","nullable":true,"length":null,"byteLength":null,"precision":null,"scale":null`, "utf8", "{\n  \"a\": [\n    1,\n    null\n  ]\n}", "VARIANT"},
		{warehouse.Column{Type: warehouse.Object}, arrow.BinaryTypes.String, text(`{}`), "{}", `"type":"object"`, "utf8", "{}", "OBJECT"},
		{warehouse.Column{Type: warehouse.Array}, arrow.BinaryTypes.String, text(`["x"]`), "[\n  \"x\"\n]", `"type":"array"`, "utf8", "[\n  \"x\"\n]", "ARRAY"},
	}
}

// Every row of the tables of encodings: what a value is in JSON, what is said of
// its column, and what it is in Arrow.
func TestEncodings(t *testing.T) {
	for _, c := range encodings() {
		c.column.Name, c.column.Nullable = "C", true
		name := fmt.Sprintf("%s(%d,%d)", c.column.Type, c.column.Precision, c.column.Scale)
		b := array.NewRecordBuilder(memory.DefaultAllocator, arrow.NewSchema([]arrow.Field{{Name: "C", Type: c.in, Nullable: true}}, nil))
		c.append(b.Field(0))
		b.Field(0).AppendNull()
		batch, columns := b.NewRecordBatch(), []warehouse.Column{c.column}
		var rows [][]*string
		if err := json.Unmarshal([]byte("["+string(encode(t, wire.FormatJSON, columns, batch))+"]"), &rows); err != nil || len(rows) != 2 {
			t.Fatalf("%s: %v of %v", name, err, rows)
		}
		if got := rows[0][0]; got == nil || *got != c.cell || rows[1][0] != nil {
			t.Errorf("%s is %q in JSON, want %q and null", name, *got, c.cell)
		}
		if described, err := json.Marshal(wire.RowTypes(columns)); err != nil || !strings.Contains(string(described), c.rowType) {
			t.Errorf("%s is described as %s, want %s", name, described, c.rowType)
		}
		checkArrow(t, name, c, encode(t, wire.FormatArrow, columns, batch))
	}
}

func checkArrow(t *testing.T, name string, c encoding, data []byte) {
	t.Helper()
	r, err := ipc.NewReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	defer r.Release()
	f := r.Schema().Field(0)
	if got := physical(f.Type); got != c.sent {
		t.Errorf("%s goes as %s, want %s", name, got, c.sent)
	}
	keys := []string{"logicalType", "precision", "scale", "byteLength"}
	for i, want := range strings.Fields(c.meta) {
		if got, _ := f.Metadata.GetValue(keys[i]); got != want {
			t.Errorf("%s: its field's %s is %q, want %q", name, keys[i], got, want)
		}
	}
	if !r.Next() {
		t.Fatalf("%s: there is no batch", name)
	}
	column := r.RecordBatch().Column(0)
	got := column.ValueStr(0)
	if s, ok := column.(*array.Struct); ok {
		text, _ := json.Marshal(s.GetOneForMarshal(0))
		got = string(text)
	}
	if got != c.value || !column.IsNull(1) {
		t.Errorf("%s is %s in Arrow, want %s and null", name, got, c.value)
	}
}

// physical is a type with the names and types of its fields alone.
func physical(t arrow.DataType) string {
	s, ok := t.(*arrow.StructType)
	if !ok {
		return t.String()
	}
	var parts []string
	for _, f := range s.Fields() {
		parts = append(parts, f.Name+": "+f.Type.String())
	}
	return "struct<" + strings.Join(parts, ", ") + ">"
}
