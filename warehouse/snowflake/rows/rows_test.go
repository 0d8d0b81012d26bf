package rows_test

import (
	"errors"
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/decimal128"
	"github.com/apache/arrow-go/v18/arrow/extensions"
	"github.com/apache/arrow-go/v18/arrow/float16"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/snowflake/rows"
)

// arrived is one column as a caller gets it, by way of the forms of the wire.
func arrived(c warehouse.Column, wire arrow.Array) (arrow.Array, error) {
	columns := []warehouse.Column{c}
	batch := array.NewRecordBatch(arrow.NewSchema([]arrow.Field{{Name: c.Name, Type: wire.DataType(), Nullable: true}}, nil), []arrow.Array{wire}, int64(wire.Len()))
	defer batch.Release()
	widths, err := rows.Widths(columns, []arrow.RecordBatch{batch})
	if err != nil {
		return nil, err
	}
	out, err := rows.Converted(columns, rows.SchemaOf(columns, widths), batch)
	if err != nil {
		return nil, err
	}
	defer out.Release()
	out.Column(0).Retain()
	return out.Column(0), nil
}

// texts is one column of cells, nil for NULL.
func texts(c warehouse.Column, cells ...*string) (arrow.Array, error) {
	table := make([][]*string, len(cells))
	for i, cell := range cells {
		table[i] = []*string{cell}
	}
	batch, err := rows.FromText([]warehouse.Column{c}, table)
	if err != nil {
		return nil, err
	}
	defer batch.Release()
	return arrived(c, batch.Column(0))
}

// unscaled is a NUMBER's value without its point.
func unscaled(t *testing.T, a arrow.Array, i int) *big.Int {
	t.Helper()
	switch a := a.(type) {
	case *array.Int64:
		return big.NewInt(a.Value(i))
	case *array.Decimal128:
		return a.Value(i).BigInt()
	}
	t.Fatalf("a NUMBER became Arrow's %s", a.DataType())
	return nil
}

// TestNumbers sends random NUMBERs as text, as decimals and, where they fit, as
// integers of each width: each comes back to the last digit.
func TestNumbers(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 3000 {
		digits := 1 + random.IntN(38)
		scale := random.IntN(digits + 1)
		c := warehouse.Column{Name: "N", Type: warehouse.Number, Precision: digits, Scale: scale, Nullable: true}
		n := new(big.Int)
		for range 1 + random.IntN(digits) {
			n.Add(n.Mul(n, big.NewInt(10)), big.NewInt(int64(random.IntN(10))))
		}
		if random.IntN(2) == 0 {
			n.Neg(n)
		}
		text := new(big.Rat).SetFrac(n, new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(scale)), nil)).FloatString(scale)
		got, err := texts(c, nil, &text)
		if err != nil || got.Len() != 2 || got.IsValid(0) || unscaled(t, got, 1).Cmp(n) != 0 {
			t.Fatalf("NUMBER(%d,%d) %s as text: %v, error %v", digits, scale, text, got, err)
		}
		wire := map[string]arrow.Array{}
		dec := array.NewDecimal128Builder(memory.DefaultAllocator, &arrow.Decimal128Type{Precision: int32(digits), Scale: int32(scale)})
		dec.AppendNull()
		dec.Append(decimal128.FromBigInt(n))
		wire["decimal"] = dec.NewArray()
		if n.IsInt64() {
			v := n.Int64()
			b := array.NewInt64Builder(memory.DefaultAllocator)
			b.AppendValues([]int64{0, v}, []bool{false, true})
			wire["int64"] = b.NewArray()
			if int64(int8(v)) == v {
				b := array.NewInt8Builder(memory.DefaultAllocator)
				b.AppendValues([]int8{0, int8(v)}, []bool{false, true})
				wire["int8"] = b.NewArray()
			}
			if int64(int32(v)) == v {
				b := array.NewInt32Builder(memory.DefaultAllocator)
				b.AppendValues([]int32{0, int32(v)}, []bool{false, true})
				wire["int32"] = b.NewArray()
			}
		}
		for form, a := range wire {
			for _, a := range []arrow.Array{a, array.NewSlice(a, 1, 2)} { // a slice begins elsewhere in its buffers
				got, err := arrived(c, a)
				if last := a.Len() - 1; err != nil || unscaled(t, got, last).Cmp(n) != 0 || got.NullN() != last {
					t.Fatalf("NUMBER(%d,%d) %s as %s: %v, error %v", digits, scale, n, form, got, err)
				}
			}
		}
	}
}

// TestNumbersThatDoNotFit come when the form of a column is settled: an error
// with Snowflake's code, and never another number.
func TestNumbersThatDoNotFit(t *testing.T) {
	c := warehouse.Column{Name: "N", Type: warehouse.Number, Precision: 38}
	b := array.NewDecimal128Builder(memory.DefaultAllocator, &arrow.Decimal128Type{Precision: 38})
	for _, v := range []decimal128.Num{decimal128.FromU64(math.MaxInt64 + 1), decimal128.FromI64(math.MinInt64).Sub(decimal128.FromI64(1)), decimal128.New(1, 0)} {
		b.Append(v)
		a := b.NewArray()
		batch := array.NewRecordBatch(arrow.NewSchema([]arrow.Field{{Name: "N", Type: a.DataType()}}, nil), []arrow.Array{a}, 1)
		_, err := rows.Converted([]warehouse.Column{c}, rows.SchemaOf([]warehouse.Column{c}, []rows.Width{{}}), batch)
		var refused *warehouse.Error
		if !errors.As(err, &refused) || refused.Code != 100046 || !strings.Contains(err.Error(), v.BigInt().String()) {
			t.Errorf("%s: error %v", v.BigInt(), err)
		}
	}
	for _, v := range []int64{math.MaxInt64, math.MinInt64, -1, 0} {
		b.Append(decimal128.FromI64(v))
		if got, err := arrived(c, b.NewArray()); err != nil || got.(*array.Int64).Value(0) != v {
			t.Errorf("%d: %v, error %v", v, got, err)
		}
	}
}

// structs is a struct of whole numbers.
func structs(values ...int64) arrow.Array {
	var fields []arrow.Field
	for i := range values {
		fields = append(fields, arrow.Field{Name: strconv.Itoa(i), Type: arrow.PrimitiveTypes.Int64})
	}
	b := array.NewStructBuilder(memory.DefaultAllocator, arrow.StructOf(fields...))
	b.Append(true)
	for i, v := range values {
		b.FieldBuilder(i).(*array.Int64Builder).Append(v)
	}
	return b.NewArray()
}

// TestMoments sends times in each form they have on the wire; the package time
// says what they are.
func TestMoments(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	for range 3000 {
		digits := random.IntN(10)
		unit := int64(math.Pow10(9 - digits)) // nanoseconds
		seconds := random.Int64N(16_000_000_000) - 8_000_000_000
		nanos := random.Int64N(1_000_000_000) / unit * unit
		want := time.Unix(seconds, nanos).UTC()
		for _, typ := range []warehouse.Type{warehouse.TimestampNTZ, warehouse.TimestampLTZ, warehouse.TimestampTZ} {
			c := warehouse.Column{Name: "T", Type: typ, Precision: digits}
			whole, rest := new(big.Int).DivMod(big.NewInt(seconds*int64(math.Pow10(digits))+nanos/unit), big.NewInt(int64(math.Pow10(digits))), new(big.Int))
			ticks := seconds*int64(math.Pow10(digits)) + nanos/unit
			if whole.Int64() != seconds || rest.Int64() != nanos/unit {
				continue // so many ticks are over 64 bits; such come as seconds and nanoseconds
			}
			forms := map[string]arrow.Array{"seconds and nanoseconds": structs(seconds, nanos)}
			if typ == warehouse.TimestampTZ {
				forms = map[string]arrow.Array{"ticks and zone": structs(ticks, 1440+120), "seconds, nanoseconds and zone": structs(seconds, nanos, 1440-90)}
			} else {
				b := array.NewInt64Builder(memory.DefaultAllocator)
				b.Append(ticks)
				forms["ticks"] = b.NewArray()
			}
			text := new(big.Rat).SetFrac(big.NewInt(ticks), big.NewInt(int64(math.Pow10(digits)))).FloatString(digits)
			if typ == warehouse.TimestampTZ {
				text += " 1440"
			}
			check := func(form string, got arrow.Array, err error) {
				if nanos%1000 != 0 && (want.Year() < 1678 || want.Year() > 2261) {
					if err == nil && !moment(got).Equal(want) {
						t.Fatalf("%s(%d) as %s: got %s, want %s or an error", typ, digits, form, moment(got), want)
					}
					return
				}
				if err != nil || !moment(got).Equal(want) {
					t.Fatalf("%s(%d) %s as %s: got %v, error %v, want %s", typ, digits, text, form, got, err, want)
				}
			}
			for form, a := range forms {
				got, err := arrived(c, a)
				check(form, got, err)
			}
			got, err := texts(c, &text)
			check("text", got, err)
		}
	}
}

func moment(a arrow.Array) time.Time {
	if zoned, ok := a.(*extensions.TimestampWithOffsetArray); ok {
		return zoned.Value(0).UTC()
	}
	ts := a.(*array.Timestamp)
	return ts.Value(0).ToTime(ts.DataType().(*arrow.TimestampType).Unit).UTC()
}

// TestOffsets are those of TIMESTAMP_TZ, in every form in which they arrive.
func TestOffsets(t *testing.T) {
	text := "1582993800.250 1110"
	c := warehouse.Column{Name: "T", Type: warehouse.TimestampTZ, Precision: 3}
	for form, arrive := range map[string]func() (arrow.Array, error){
		"ticks and zone":                func() (arrow.Array, error) { return arrived(c, structs(1582993800250, 1110)) },
		"seconds, nanoseconds and zone": func() (arrow.Array, error) { return arrived(c, structs(1582993800, 250_000_000, 1110)) },
		"text":                          func() (arrow.Array, error) { return texts(c, &text) },
	} {
		got, err := arrive()
		if err != nil {
			t.Errorf("%s: %v", form, err)
			continue
		}
		at := got.(*extensions.TimestampWithOffsetArray).Value(0).Format(time.RFC3339Nano)
		if want := "2020-02-29T11:00:00.25-05:30"; at != want {
			t.Errorf("%s: got %s, want %s", form, at, want)
		}
	}
}

// TestForeignForms are what no column may arrive as: errors, no panics.
func TestForeignForms(t *testing.T) {
	text := array.NewStringBuilder(memory.DefaultAllocator)
	text.Append("x")
	foreign := []arrow.Array{text.NewArray(), structs(1), structs(), structs(1, 2, 3, 4)}
	nested := array.NewStructBuilder(memory.DefaultAllocator, arrow.StructOf(arrow.Field{Name: "a", Type: arrow.BinaryTypes.String}, arrow.Field{Name: "b", Type: arrow.BinaryTypes.String}))
	nested.AppendNull()
	foreign = append(foreign, nested.NewArray())
	for _, typ := range []warehouse.Type{warehouse.Number, warehouse.Float, warehouse.Boolean, warehouse.Date, warehouse.Time, warehouse.TimestampTZ, warehouse.Binary} {
		for _, a := range foreign {
			if a.DataType().ID() == arrow.STRUCT && a.(*array.Struct).NumField() > 3 && typ != warehouse.Number {
				continue
			}
			for _, digits := range []int{0, 9, 10, -1} {
				c := warehouse.Column{Name: "C", Type: typ, Precision: digits}
				if got, err := arrived(c, a); err == nil {
					t.Errorf("a %s(%d) arrived as Arrow's %s and became %v", typ, digits, a.DataType(), got)
				} else if !strings.Contains(err.Error(), "column C: ") {
					t.Errorf("error %v names no column", err)
				}
			}
		}
	}
	for typ, cell := range map[warehouse.Type]string{
		warehouse.Number: "1.x", warehouse.Float: "one", warehouse.Boolean: "perhaps", warehouse.Date: "2020-01-01", warehouse.Time: "1.1234567890",
		warehouse.TimestampNTZ: "now", warehouse.TimestampLTZ: "1.-5", warehouse.TimestampTZ: " 1440", warehouse.Binary: "0g",
	} {
		c := warehouse.Column{Name: "C", Type: typ, Precision: 9}
		if got, err := texts(c, &cell); err == nil || !strings.Contains(err.Error(), strconv.Quote(cell)) {
			t.Errorf("%q as a %s: %v, error %v", cell, typ, got, err)
		}
	}
	for _, cell := range []string{"--5", "-", "+1", "1.+5", "9223372036854775808"} {
		if got, err := texts(warehouse.Column{Name: "C", Type: warehouse.TimestampNTZ, Precision: 9}, &cell); err == nil {
			t.Errorf("%q became %v", cell, got)
		}
	}
	if _, err := rows.FromText([]warehouse.Column{{Name: "A", Type: warehouse.Varchar}, {Name: "B", Type: warehouse.Varchar}}, [][]*string{{nil}}); err == nil {
		t.Error("a short row was taken")
	}
}

// TestCodec writes what goes into a Parquet file as text, in the form that
// Snowflake reads whatever the session's settings are.
func TestCodec(t *testing.T) {
	noon := time.Date(2024, 2, 29, 12, 30, 15, 123456789, time.UTC)
	one := func(typ arrow.DataType, add func(array.Builder)) arrow.Array {
		b := array.NewBuilder(memory.DefaultAllocator, typ)
		b.AppendNull()
		add(b)
		return b.NewArray()
	}
	for want, a := range map[string]arrow.Array{
		"255":                  one(arrow.PrimitiveTypes.Uint8, func(b array.Builder) { b.(*array.Uint8Builder).Append(255) }),
		"4294967295":           one(arrow.PrimitiveTypes.Uint32, func(b array.Builder) { b.(*array.Uint32Builder).Append(math.MaxUint32) }),
		"18446744073709551615": one(arrow.PrimitiveTypes.Uint64, func(b array.Builder) { b.(*array.Uint64Builder).Append(math.MaxUint64) }),
		"-128":                 one(arrow.PrimitiveTypes.Int8, func(b array.Builder) { b.(*array.Int8Builder).Append(-128) }),
		"0.5":                  one(arrow.PrimitiveTypes.Float32, func(b array.Builder) { b.(*array.Float32Builder).Append(0.5) }),
		"-2.5":                 one(arrow.FixedWidthTypes.Float16, func(b array.Builder) { b.(*array.Float16Builder).Append(float16.New(-2.5)) }),
		"text":                 one(arrow.BinaryTypes.LargeString, func(b array.Builder) { b.(*array.LargeStringBuilder).Append("text") }),
		"12:30:15.123456789": one(arrow.FixedWidthTypes.Time64ns, func(b array.Builder) {
			b.(*array.Time64Builder).Append(arrow.Time64((12*3600+30*60+15)*1_000_000_000 + 123456789))
		}),
		"12:30:15.123000000":            one(arrow.FixedWidthTypes.Time32ms, func(b array.Builder) { b.(*array.Time32Builder).Append(arrow.Time32((12*3600+30*60+15)*1000 + 123)) }),
		"2024-02-29T12:30:15.123456789": one(&arrow.TimestampType{Unit: arrow.Nanosecond}, func(b array.Builder) { b.(*array.TimestampBuilder).Append(arrow.Timestamp(noon.UnixNano())) }),
		"2024-02-29T12:30:15.123000000": one(&arrow.TimestampType{Unit: arrow.Millisecond}, func(b array.Builder) { b.(*array.TimestampBuilder).Append(arrow.Timestamp(noon.UnixMilli())) }),
		"2024-02-29T12:30:15.123456000+00:00": one(&arrow.TimestampType{Unit: arrow.Microsecond, TimeZone: "Europe/Amsterdam"}, func(b array.Builder) {
			b.(*array.TimestampBuilder).Append(arrow.Timestamp(noon.UnixMicro()))
		}),
	} {
		codec, err := rows.CodecOf(a.DataType())
		if err != nil {
			t.Errorf("%s: %v", a.DataType(), err)
			continue
		}
		got, err := codec.Encode(a)
		if err != nil || got.Len() != 2 || got.IsValid(0) || got.ValueStr(1) != want || !arrow.TypeEqual(got.DataType(), codec.Form) {
			t.Errorf("%s: got %v, error %v, want %s as %s", a.DataType(), got, err, want, codec.Form)
		}
	}
	for _, bytes := range []arrow.DataType{arrow.BinaryTypes.LargeBinary, &arrow.FixedSizeBinaryType{ByteWidth: 2}} {
		a := one(bytes, func(b array.Builder) {
			switch b := b.(type) {
			case *array.BinaryBuilder:
				b.Append([]byte("\x00\xff"))
			case *array.FixedSizeBinaryBuilder:
				b.Append([]byte("\x00\xff"))
			}
		})
		codec, err := rows.CodecOf(bytes)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := codec.Encode(a); err != nil || got.IsValid(0) || string(got.(*array.Binary).Value(1)) != "\x00\xff" {
			t.Errorf("%s: %v, error %v", bytes, got, err)
		}
	}
	for _, nowhere := range []arrow.DataType{arrow.Null, arrow.FixedWidthTypes.Duration_s} {
		if _, err := rows.CodecOf(nowhere); err == nil || !strings.Contains(err.Error(), nowhere.String()) {
			t.Errorf("%s: error %v", nowhere, err)
		}
	}
}

// TestBindFloat binds each float64 so that Snowflake gets that number: the
// driver writes the fewest digits that make the float32.
func TestBindFloat(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 6))
	values := []float64{0, 1, -1, 0.1, 0.5, 1.0 / 3, math.Pi, 1e300, 5e-324, math.MaxFloat64, 16777217, math.Inf(1), math.Inf(-1)}
	for range 5000 {
		values = append(values, math.Float64frombits(random.Uint64()), float64(math.Float32frombits(random.Uint32())), float64(random.Int64()))
	}
	for _, f := range values {
		if math.IsNaN(f) {
			continue
		}
		text := ""
		switch v := rows.BindFloat(f).(type) {
		case float64:
			text = strconv.FormatFloat(v, 'g', -1, 32)
		case string:
			text = v
		}
		if back, err := strconv.ParseFloat(text, 64); err != nil || back != f {
			t.Errorf("%v is bound as %s, error %v", f, text, err)
		}
	}
	if got := fmt.Sprint(rows.BindFloat(math.NaN())); got != "NaN" {
		t.Errorf("NaN is bound as %s", got)
	}
}

// FuzzJSONRows reads any bytes as a chunk of rows.
func FuzzJSONRows(f *testing.F) {
	f.Add(`["1",null],["2","x"]`)
	f.Add(`["1"`)
	f.Add(`null, [null]`)
	columns := []warehouse.Column{{Name: "A", Type: warehouse.Number, Precision: 38, Scale: 2}, {Name: "B", Type: warehouse.TimestampTZ, Precision: 9}, {Name: "C", Type: warehouse.Binary}}
	f.Fuzz(func(t *testing.T, text string) {
		cells, err := rows.JSONRows(strings.NewReader(text))
		if err != nil {
			return
		}
		batch, err := rows.FromText(columns, cells)
		if err != nil {
			return
		}
		defer batch.Release()
		widths, err := rows.Widths(columns, []arrow.RecordBatch{batch})
		if err != nil {
			t.Fatal(err)
		}
		if out, err := rows.Converted(columns, rows.SchemaOf(columns, widths), batch); err == nil {
			out.Release()
		}
	})
}
