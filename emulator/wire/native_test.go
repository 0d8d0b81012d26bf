package wire_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/ipc"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"github.com/snowpit-dev/snowpit/emulator/wire"
	"github.com/snowpit-dev/snowpit/warehouse"
)

// Structured types go as lists, structs and maps of Arrow's own: what is inside
// of them as it would be in a column, with the keys of metadata on every field.
func TestNativeStructured(t *testing.T) {
	typed := func(typ warehouse.Type, precision, scale int, fields ...warehouse.Column) warehouse.Column {
		return warehouse.Column{Name: "V", Type: typ, Precision: precision, Scale: scale, Nullable: true, Fields: fields}
	}
	named := func(name string, c warehouse.Column) warehouse.Column { c.Name = name; return c }
	whole, text := typed(warehouse.Number, 38, 0), typed(warehouse.Varchar, 0, 0)
	for _, c := range []struct {
		name   string
		column warehouse.Column
		form   string // of Arrow's
		value  string // as a warehouse gives it
		want   string // as Arrow prints it
	}{
		{"numbers", typed(warehouse.Array, 0, 0, typed(warehouse.Number, 10, 2)), "list<element: decimal(10, 2)>", `[1.50,null,-2.00]`, `["1.5",null,"-2"]`},
		{"floats and flags", typed(warehouse.Object, 0, 0, named("f", typed(warehouse.Float, 0, 0)), named("b", typed(warehouse.Boolean, 0, 0))),
			"struct<f: float64, b: bool>", `{"f":0.5,"b":true}`, `{"b":true,"f":0.5}`},
		{"bytes", typed(warehouse.Array, 0, 0, typed(warehouse.Binary, 0, 0)), "list<element: binary>", `["00FF"]`, `["AP8="]`},
		{"days", typed(warehouse.Array, 0, 0, typed(warehouse.Date, 0, 0)), "list<element: date32>", `["1969-12-31"]`, `["1969-12-31"]`},
		{"times", typed(warehouse.Array, 0, 0, typed(warehouse.Time, 3, 0)), "list<element: int64>", `["00:00:01.5"]`, `[1500]`},
		{"microseconds", typed(warehouse.Array, 0, 0, typed(warehouse.TimestampNTZ, 6, 0)), "list<element: int64>", `["1970-01-01 00:00:01.000001"]`, `[1000001]`},
		{"nanoseconds", typed(warehouse.Array, 0, 0, typed(warehouse.TimestampLTZ, 9, 0)), "list<element: struct<epoch: int64, fraction: int32>>",
			`["1969-12-31 23:59:59.500000001"]`, `[{"epoch":-1,"fraction":500000001}]`},
		{"offsets", typed(warehouse.Array, 0, 0, typed(warehouse.TimestampTZ, 0, 0)), "list<element: struct<epoch: int64, timezone: int32>>",
			`["1970-01-01 01:00:00 +0100"]`, `[{"epoch":0,"timezone":1500}]`},
		{"a map", typed(warehouse.Map, 0, 0, text, whole), "map<utf8, decimal(38, 0), items_nullable>", `{"a":1,"b":null}`, `[{"key":"a","value":"1"},{"key":"b","value":null}]`},
		{"nested", typed(warehouse.Array, 0, 0, typed(warehouse.Object, 0, 0, named("x", whole), named("v", typed(warehouse.Variant, 0, 0)))),
			"list<element: struct<x: decimal(38, 0), v: utf8>>", `[{"x":1,"v":{"y":[2]}}]`, `[{"v":"{\"y\":[2]}","x":"1"}]`},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := array.NewStringBuilder(memory.DefaultAllocator)
			b.AppendValues([]string{c.value, ""}, []bool{true, false})
			schema := arrow.NewSchema([]arrow.Field{{Name: "V", Type: arrow.BinaryTypes.String, Nullable: true}}, nil)
			e, err := wire.NewArrowEncoder([]warehouse.Column{c.column}, schema, wire.Form{Fields: true, Native: true})
			if err != nil {
				t.Fatal(err)
			}
			data, err := e.Encode(array.NewRecordBatch(schema, []arrow.Array{b.NewArray()}, 2))
			if err != nil {
				t.Fatal(err)
			}
			r, err := ipc.NewReader(bytes.NewReader(data))
			if err != nil || !r.Next() {
				t.Fatal(err)
			}
			defer r.Release()
			got := r.RecordBatch().Column(0)
			if strings.NewReplacer(", nullable", "", " nullable", "").Replace(got.DataType().String()) != c.form {
				t.Errorf("it is sent as %s, want %s", got.DataType(), c.form)
			}
			text, err := array.NewRecordBatch(arrow.NewSchema([]arrow.Field{{Name: "v", Type: got.DataType()}}, nil), []arrow.Array{got}, 2).MarshalJSON()
			if want := `[{"v":` + c.want + "}\n,{\"v\":null}\n]"; err != nil || strings.TrimSpace(string(text)) != want {
				t.Errorf("%s, %v, want %s", text, err, want)
			}
			if _, err := wire.NewDecoder([]warehouse.Column{c.column}).Decode(wire.FormatArrow, data); err == nil {
				t.Error("it is read again as if it were text")
			}
		})
	}
}
