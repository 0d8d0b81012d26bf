package wire_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/rand"
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

// kinds are columns of every type in every form in which they arrive.
func kinds() (columns []warehouse.Column, fields []arrow.Field) {
	add := func(c warehouse.Column, t arrow.DataType) {
		c.Name, c.Nullable = fmt.Sprintf("C%d", len(columns)), true
		columns = append(columns, c)
		fields = append(fields, arrow.Field{Name: c.Name, Type: t, Nullable: true})
	}
	add(warehouse.Column{Type: warehouse.Number, Precision: 38}, arrow.PrimitiveTypes.Int64)
	for _, p := range []int{5, 18, 19, 38} {
		for _, scale := range []int{0, 2, p - 1} {
			add(warehouse.Column{Type: warehouse.Number, Precision: p, Scale: scale}, &arrow.Decimal128Type{Precision: int32(p), Scale: int32(scale)})
		}
	}
	add(warehouse.Column{Type: warehouse.Float}, arrow.PrimitiveTypes.Float64)
	add(warehouse.Column{Type: warehouse.Varchar}, arrow.BinaryTypes.String)
	add(warehouse.Column{Type: warehouse.Variant}, arrow.BinaryTypes.String)
	add(warehouse.Column{Type: warehouse.Binary}, arrow.BinaryTypes.Binary)
	add(warehouse.Column{Type: warehouse.Boolean}, arrow.FixedWidthTypes.Boolean)
	add(warehouse.Column{Type: warehouse.Date}, arrow.FixedWidthTypes.Date32)
	for _, digits := range []int{0, 3, 6, 9} {
		unit := arrow.Microsecond
		if digits > 6 {
			unit = arrow.Nanosecond
		}
		add(warehouse.Column{Type: warehouse.Time, Precision: digits}, &arrow.Time64Type{Unit: unit})
		add(warehouse.Column{Type: warehouse.TimestampNTZ, Precision: digits}, &arrow.TimestampType{Unit: unit})
		add(warehouse.Column{Type: warehouse.TimestampLTZ, Precision: digits}, &arrow.TimestampType{Unit: unit, TimeZone: "UTC"})
		add(warehouse.Column{Type: warehouse.TimestampTZ, Precision: digits}, warehouse.ZonedType(unit))
	}
	return columns, fields
}

// randomBatch has rows of values, a third of them null.
func randomBatch(r *rand.Rand, columns []warehouse.Column, fields []arrow.Field, rows int) arrow.RecordBatch {
	b := array.NewRecordBuilder(memory.DefaultAllocator, arrow.NewSchema(fields, nil))
	defer b.Release()
	for i, c := range columns {
		for range rows {
			if r.Intn(3) == 0 {
				b.Field(i).AppendNull()
				continue
			}
			appendRandom(r, c, b.Field(i))
		}
	}
	return b.NewRecordBatch()
}

func appendRandom(r *rand.Rand, c warehouse.Column, b array.Builder) {
	// so many ticks of the column's own digits, in the unit it arrives in
	step := int64(math.Pow10(max(0, 6-c.Precision)))
	switch b := b.(type) {
	case *array.Int64Builder:
		b.Append(r.Int63n(1<<uint(1+r.Intn(62))) - r.Int63n(1<<uint(1+r.Intn(62))))
	case *array.Decimal128Builder:
		digits := make([]byte, 1+r.Intn(c.Precision))
		for i := range digits {
			digits[i] = byte('0' + r.Intn(10))
		}
		n, err := decimal128.FromString(string(digits), int32(c.Precision), 0)
		if err != nil {
			panic(err)
		}
		if r.Intn(2) == 0 {
			n = n.Negate()
		}
		b.Append(n)
	case *array.Float64Builder:
		b.Append([]float64{0, 1.5, -1e300, math.Inf(1), math.Inf(-1), math.Pi}[r.Intn(6)])
	case *array.StringBuilder:
		b.Append([]string{"", "x", "é\"\\\n\x01", strings.Repeat("long ", 20)}[r.Intn(4)])
	case *array.BinaryBuilder:
		b.Append([]byte{byte(r.Intn(256)), 0xab})
	case *array.BooleanBuilder:
		b.Append(r.Intn(2) == 0)
	case *array.Date32Builder:
		b.Append(arrow.Date32(r.Intn(100_000) - 50_000))
	case *array.Time64Builder:
		limit := int64(86_400_000_000)
		if c.Precision > 6 {
			limit *= 1000
		}
		b.Append(arrow.Time64(r.Int63n(limit/step) * step))
	case *array.TimestampBuilder:
		b.Append(arrow.Timestamp((r.Int63n(4e15) - 2e15) / step * step))
	case *extensions.TimestampWithOffsetBuilder:
		at := time.UnixMicro((r.Int63n(4e15) - 2e15) / 1e6 * 1e6)
		b.Append(at.In(time.FixedZone("", (r.Intn(28*60)-14*60)*60)))
	}
}

// What is encoded is decoded to the same values, in both formats, of whole
// batches and of slices.
func TestRoundTrip(t *testing.T) {
	columns, fields := kinds()
	r := rand.New(rand.NewSource(1))
	for range 20 {
		whole := randomBatch(r, columns, fields, 40)
		for _, batch := range []arrow.RecordBatch{whole, whole.NewSlice(7, 29), whole.NewSlice(0, 0)} {
			var texts []string
			for _, format := range []string{wire.FormatJSON, wire.FormatArrow} {
				data := encode(t, format, columns, batch)
				back, err := wire.NewDecoder(columns).Decode(format, data)
				if err != nil {
					t.Fatalf("%s: %v", format, err)
				}
				texts = append(texts, string(encode(t, wire.FormatJSON, columns, back)))
			}
			if want := string(encode(t, wire.FormatJSON, columns, batch)); texts[0] != want || texts[1] != want {
				t.Fatalf("want %s\nJSON  %s\nArrow %s", want, texts[0], texts[1])
			}
		}
	}
}

func encode(t *testing.T, format string, columns []warehouse.Column, batch arrow.RecordBatch) []byte {
	t.Helper()
	if format == wire.FormatJSON {
		data, err := wire.NewJSONEncoder(columns, wire.Form{}).Append(nil, batch)
		if err != nil {
			t.Fatal(err)
		}
		return data
	}
	e, err := wire.NewArrowEncoder(columns, batch.Schema(), wire.Form{})
	if err != nil {
		t.Fatal(err)
	}
	data, err := e.Encode(batch)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// The Python driver reads six keys off every field, all of them numbers but
// for two, and the Go driver none of these types.
func TestArrowFields(t *testing.T) {
	columns, fields := kinds()
	batch := randomBatch(rand.New(rand.NewSource(2)), columns, fields, 10)
	r, err := ipc.NewReader(bytes.NewReader(encode(t, wire.FormatArrow, columns, batch)))
	if err != nil {
		t.Fatal(err)
	}
	defer r.Release()
	for i, f := range r.Schema().Fields() {
		for _, key := range []string{"logicalType", "precision", "scale", "charLength", "byteLength", "finalType"} {
			if v, ok := f.Metadata.GetValue(key); !ok || v == "" {
				t.Errorf("%s %s: no %s", columns[i].Type, f.Type, key)
			}
		}
		switch f.Type.ID() {
		case arrow.TIMESTAMP, arrow.TIME64, arrow.DICTIONARY, arrow.LARGE_STRING, arrow.UINT64:
			t.Errorf("%s is sent as %s", columns[i].Type, f.Type)
		}
	}
}

func TestRowTypes(t *testing.T) {
	for _, c := range []struct {
		column warehouse.Column
		want   string
	}{
		{warehouse.Column{Name: "A", Type: warehouse.Number, Precision: 10, Scale: 2, Nullable: true}, `"type":"fixed","nullable":true,"length":null,"byteLength":null,"precision":10,"scale":2`},
		{warehouse.Column{Name: "A", Type: warehouse.Varchar, Length: 5}, `"type":"text","nullable":false,"length":5,"byteLength":20,"precision":null,"scale":null`},
		{warehouse.Column{Name: "A", Type: warehouse.Varchar}, `"type":"text","nullable":false,"length":16777216,"byteLength":16777216`},
		{warehouse.Column{Name: "A", Type: warehouse.Float}, `"type":"real"`},
		{warehouse.Column{Name: "A", Type: warehouse.TimestampTZ, Precision: 9}, `"type":"timestamp_tz","nullable":false,"length":null,"byteLength":null,"precision":0,"scale":9`},
		{warehouse.Column{Name: "A", Type: warehouse.Object}, `"type":"object"`},
	} {
		text, err := json.Marshal(wire.RowTypes([]warehouse.Column{c.column}))
		if err != nil || !strings.Contains(string(text), c.want) {
			t.Errorf("%s, want %s", text, c.want)
		}
	}
}

func TestFailed(t *testing.T) {
	for _, c := range []struct {
		err  error
		want string
	}{
		{&warehouse.Error{Code: 2003, State: "42S02", Message: "no", Line: 2, Column: 7}, `"errorCode":"002003","age":0,"sqlState":"42S02","queryId":"id","line":2,"pos":7,"type":"COMPILATION"},"code":"002003","message":"no","success":false`},
		{fmt.Errorf("while: %w", &warehouse.Error{Code: 100051, State: "22012", Message: "Division by zero"}), `"line":-1,"pos":-1,"type":"EXECUTION"},"code":"100051"`},
		{errors.New("a disk broke"), `"code":"000603","message":"SQL execution internal error: a disk broke"`},
	} {
		text, err := json.Marshal(wire.Failed(c.err, "id"))
		if err != nil || !strings.Contains(string(text), c.want) {
			t.Errorf("%s, want %s", text, c.want)
		}
	}
}

func TestStatementTypes(t *testing.T) {
	for kind, change := range map[string]bool{"INSERT": true, "UPDATE": true, "DELETE": true, "MERGE": true, "MULTI_TABLE_INSERT": true,
		"SELECT": false, "COPY": false, "CREATE_TABLE_AS_SELECT": false, "SHOW": false, "CALL": false, "ANYTHING": false} {
		if wire.IsChange(kind) != change {
			t.Errorf("%s: a change is %v", kind, !change)
		}
	}
}

func TestBindings(t *testing.T) {
	var req wire.QueryRequest
	err := json.Unmarshal([]byte(`{"bindings":{"1":{"type":"FIXED","value":"1"},"2":{"type":"TEXT","value":["a",null]},"3":{"type":"ANY","value":null},"4":{"type":"FIXED","value":7}}}`), &req)
	if err != nil {
		t.Fatal(err)
	}
	b := req.Bindings
	if *b["1"].Values[0] != "1" || !b["2"].Array || len(b["2"].Values) != 2 || b["2"].Values[1] != nil || b["3"].Values[0] != nil || *b["4"].Values[0] != "7" {
		t.Errorf("%+v", b)
	}
	var odd wire.Binding
	err = json.Unmarshal([]byte(" { \"more\" : {\"a\":[\"]\",{}]} , \"value\" : [ \"it\\\"s\\u00e9\" , null,true ,\"\", -1.50,\"\xff\" ] , \"type\":\"TEXT\",\"fmt\":null } "), &odd)
	got, _ := json.Marshal(odd.Values)
	if want := "[\"it\\\"s\u00e9\",null,\"true\",\"\",\"-1.50\",\"\ufffd\"]"; err != nil || string(got) != want || odd.Type != "TEXT" {
		t.Errorf("%s, %+v, %v; want %s", got, odd, err, want)
	}
	for _, bad := range []string{`{"value":{}}`, `{"value":[{}]}`, `{"value":[[1]]}`} {
		var one wire.Binding
		if json.Unmarshal([]byte(bad), &one) == nil {
			t.Errorf("%s was taken", bad)
		}
	}
}

// A list is read as package json reads it, and what is no JSON ends.
func FuzzBinding(f *testing.F) {
	for _, s := range []string{`["a",null,"\u00e9\"]"]`, `[`, `["`, `[}`, `[1 2]`, `{}`, `"\`, `[[],{"a":"}"}]`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, value []byte) {
		var direct, b wire.Binding
		_ = direct.UnmarshalJSON(append(append([]byte(`{"type":"TEXT","value":`), value...), '}'))
		_ = direct.UnmarshalJSON(value)
		var want []*string
		if json.Unmarshal(value, &want) != nil || want == nil {
			return
		}
		if err := json.Unmarshal(append(append([]byte(`{"value":`), value...), '}'), &b); err != nil {
			t.Fatalf("%q: %v", value, err)
		}
		x, _ := json.Marshal(want)
		if y, _ := json.Marshal(b.Values); !b.Array || string(x) != string(y) && len(want) > 0 {
			t.Errorf("%q is %s, want %s", value, y, x)
		}
	})
}

// Any text is a JSON string that says the same, but for what is no UTF-8.
func FuzzText(f *testing.F) {
	for _, s := range []string{"", "é", "\"\\\n\t\x00\x7f", "\xff\xc3", "\u2028"} {
		f.Add(s)
	}
	columns := []warehouse.Column{{Name: "A", Type: warehouse.Varchar}}
	schema := arrow.NewSchema([]arrow.Field{{Name: "A", Type: arrow.BinaryTypes.String, Nullable: true}}, nil)
	f.Fuzz(func(t *testing.T, s string) {
		b := array.NewRecordBuilder(memory.DefaultAllocator, schema)
		b.Field(0).(*array.StringBuilder).Append(s)
		data, err := wire.NewJSONEncoder(columns, wire.Form{}).Append(nil, b.NewRecordBatch())
		if err != nil {
			t.Fatal(err)
		}
		var row []string
		if err := json.Unmarshal(data, &row); err != nil || row[0] != strings.ToValidUTF8(strings.Map(func(r rune) rune { return r }, s), "\ufffd") && !strings.Contains(row[0], "\ufffd") {
			t.Errorf("%q is %q, %v", s, row, err)
		}
	})
}

func FuzzDecode(f *testing.F) {
	columns, fields := kinds()
	batch := randomBatch(rand.New(rand.NewSource(3)), columns, fields, 3)
	json, _ := wire.NewJSONEncoder(columns, wire.Form{}).Append(nil, batch)
	f.Add(json)
	f.Add([]byte(`["1"]`))
	f.Fuzz(func(t *testing.T, data []byte) {
		if b, err := wire.NewDecoder(columns).Decode(wire.FormatJSON, data); err == nil {
			b.Release()
		}
	})
}

// TestIndented holds semi-structured values against how Snowflake prints them:
// two blanks for each level, in either format. Scalars stay as they are.
func TestIndented(t *testing.T) {
	columns := []warehouse.Column{{Name: "V", Type: warehouse.Variant}}
	schema := arrow.NewSchema([]arrow.Field{{Name: "V", Type: arrow.BinaryTypes.String, Nullable: true}}, nil)
	b := array.NewRecordBuilder(memory.DefaultAllocator, schema)
	defer b.Release()
	cells := b.Field(0).(*array.StringBuilder)
	cells.AppendValues([]string{`{"a":[1,{"b":"x:,{\\\""}],"c":{}}`, `[]`, `"a,b"`, `1.5`}, nil)
	cells.AppendNull()
	batch := b.NewRecordBatch()
	defer batch.Release()
	want := []string{"{\n  \"a\": [\n    1,\n    {\n      \"b\": \"x:,{\\\\\\\"\"\n    }\n  ],\n  \"c\": {}\n}", "[]", `"a,b"`, "1.5"}

	text, err := wire.NewJSONEncoder(columns, wire.Form{}).Append(nil, batch)
	if err != nil {
		t.Fatal(err)
	}
	var rows [][]*string
	if err := json.Unmarshal([]byte("["+string(text)+"]"), &rows); err != nil {
		t.Fatal(err)
	}
	e, err := wire.NewArrowEncoder(columns, schema, wire.Form{})
	if err != nil {
		t.Fatal(err)
	}
	stream, err := e.Encode(batch)
	if err != nil {
		t.Fatal(err)
	}
	r, err := ipc.NewReader(bytes.NewReader(stream))
	if err != nil {
		t.Fatal(err)
	}
	defer r.Release()
	if !r.Next() {
		t.Fatal("no batch", r.Err())
	}
	sent := r.RecordBatch().Column(0).(*array.String)
	for i, w := range want {
		if *rows[i][0] != w || sent.Value(i) != w {
			t.Errorf("row %d: JSON %q, Arrow %q, want %q", i, *rows[i][0], sent.Value(i), w)
		}
	}
	if rows[4][0] != nil || sent.IsValid(4) {
		t.Error("a null became a value")
	}
}
