package sdk_test

import (
	"testing"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/decimal128"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"github.com/snowpit-dev/snowpit/plugins/sdk"
)

func TestNumbers(t *testing.T) {
	for _, c := range []struct {
		kind arrow.DataType
		text string
		want float64
	}{
		{arrow.PrimitiveTypes.Int8, "-7", -7},
		{arrow.PrimitiveTypes.Int16, "-7", -7},
		{arrow.PrimitiveTypes.Int32, "-7", -7},
		{arrow.PrimitiveTypes.Int64, "-7", -7},
		{arrow.PrimitiveTypes.Uint8, "7", 7},
		{arrow.PrimitiveTypes.Uint16, "7", 7},
		{arrow.PrimitiveTypes.Uint32, "7", 7},
		{arrow.PrimitiveTypes.Uint64, "7", 7},
		{arrow.PrimitiveTypes.Float32, "0.5", 0.5},
		{arrow.PrimitiveTypes.Float64, "0.1", 0.1},
		{arrow.FixedWidthTypes.Boolean, "true", 1},
		{arrow.FixedWidthTypes.Boolean, "false", 0},
	} {
		b := array.NewBuilder(memory.DefaultAllocator, c.kind)
		if err := b.AppendValueFromString(c.text); err != nil {
			t.Fatal(err)
		}
		if value := sdk.Numbers(b.NewArray()); value == nil || value(0) != c.want {
			t.Errorf("%s of type %v is not %v", c.text, c.kind, c.want)
		}
	}
	d := array.NewDecimal128Builder(memory.DefaultAllocator, &arrow.Decimal128Type{Precision: 38, Scale: 2})
	d.Append(decimal128.FromI64(-1250))
	if value := sdk.Numbers(d.NewArray()); value == nil || value(0) != -12.5 {
		t.Error("a decimal of -12.50 is not -12.5")
	}
	s := array.NewStringBuilder(memory.DefaultAllocator)
	s.Append("7")
	if sdk.Numbers(s.NewArray()) != nil {
		t.Error("text is taken for a number")
	}
}
