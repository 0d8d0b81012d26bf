package logreg

import (
	"cmp"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/decimal128"
	"github.com/apache/arrow-go/v18/arrow/memory"
)

// maxClasses is how many classes a target may have: more are numbers to
// estimate, not classes.
const maxClasses = 1000

// A label is a string, an int64 or a bool.
type label any

// labels numbers the labels of a column in the order of their first rows.
type labels struct {
	number map[label]uint16
	values []label
}

// labelType says whether a column of type t may be a target.
func labelType(t arrow.DataType) bool {
	switch t := t.(type) {
	case *arrow.StringType, *arrow.LargeStringType, *arrow.BooleanType:
		return true
	case *arrow.Decimal128Type:
		return t.Scale == 0
	}
	return kindOf(t) == kindInteger
}

// append adds the number of each row's label to y. Where a row has none it
// adds to f and goes on.
func (l *labels) append(y []uint16, col arrow.Array, first int64, f *fault) ([]uint16, error) {
	for i := range col.Len() {
		if col.IsNull(i) {
			f.add("null", first+int64(i), "")
			continue
		}
		v, err := labelAt(col, i)
		if err != nil {
			return nil, err
		}
		n, ok := l.number[v]
		if !ok {
			if len(l.values) == maxClasses {
				return nil, refusal("more than %d different labels by row %d; a target has few, so group its values in the query", maxClasses, first+int64(i))
			}
			n = uint16(len(l.values))
			l.number[v] = n
			l.values = append(l.values, v)
		}
		y = append(y, n)
	}
	return y, nil
}

func labelAt(col arrow.Array, i int) (label, error) {
	switch col := col.(type) {
	case *array.String:
		return col.Value(i), nil
	case *array.LargeString:
		return col.Value(i), nil
	case *array.Boolean:
		return col.Value(i), nil
	case *array.Int64:
		return col.Value(i), nil
	case *array.Int32:
		return int64(col.Value(i)), nil
	case *array.Int16:
		return int64(col.Value(i)), nil
	case *array.Int8:
		return int64(col.Value(i)), nil
	case *array.Uint64:
		if v := col.Value(i); v <= math.MaxInt64 {
			return int64(v), nil
		}
	case *array.Uint32:
		return int64(col.Value(i)), nil
	case *array.Uint16:
		return int64(col.Value(i)), nil
	case *array.Uint8:
		return int64(col.Value(i)), nil
	case *array.Decimal128:
		if v := col.Value(i); v.HighBits() == int64(v.LowBits())>>63 {
			return int64(v.LowBits()), nil
		}
	}
	return nil, refusal("label %s is beyond 64 bits; use text or smaller numbers", col.ValueStr(i))
}

// sorted renumbers labels and y in the order of the labels: numbers by value,
// text by bytes, false before true.
func (l *labels) sorted(y []uint16) {
	old := slices.Clone(l.values)
	slices.SortFunc(l.values, compareLabels)
	to := make([]uint16, len(old))
	for n, v := range l.values {
		to[l.number[v]] = uint16(n)
	}
	for n, v := range l.values {
		l.number[v] = uint16(n)
	}
	for i, n := range y {
		y[i] = to[n]
	}
}

func compareLabels(a, b label) int {
	switch a := a.(type) {
	case string:
		return cmp.Compare(a, b.(string))
	case int64:
		return cmp.Compare(a, b.(int64))
	}
	return cmp.Compare(labelNumber(a), labelNumber(b))
}

// labelNumber is the label as a number, NaN for text.
func labelNumber(v label) float64 {
	switch v := v.(type) {
	case int64:
		return float64(v)
	case bool:
		if v {
			return 1
		}
		return 0
	}
	return math.NaN()
}

// readLabel turns a label of an artifact back into what it was.
func readLabel(v any, t arrow.DataType) (label, error) {
	switch v := v.(type) {
	case string:
		if t.ID() == arrow.STRING || t.ID() == arrow.LARGE_STRING {
			return v, nil
		}
	case bool:
		if t.ID() == arrow.BOOL {
			return v, nil
		}
	case json.Number:
		if n, err := strconv.ParseInt(v.String(), 10, 64); err == nil && kindOf(t) == kindInteger {
			return n, nil
		}
	}
	return nil, fmt.Errorf("class %v is not of type %s", v, t)
}

// readLabelType finds the Arrow type of that name.
func readLabelType(name string) (arrow.DataType, error) {
	for _, t := range []arrow.DataType{
		arrow.BinaryTypes.String, arrow.BinaryTypes.LargeString, arrow.FixedWidthTypes.Boolean,
		arrow.PrimitiveTypes.Int64, arrow.PrimitiveTypes.Int32, arrow.PrimitiveTypes.Int16, arrow.PrimitiveTypes.Int8,
		arrow.PrimitiveTypes.Uint64, arrow.PrimitiveTypes.Uint32, arrow.PrimitiveTypes.Uint16, arrow.PrimitiveTypes.Uint8,
	} {
		if t.String() == name {
			return t, nil
		}
	}
	for precision := range int32(38) {
		if t := (&arrow.Decimal128Type{Precision: precision + 1}); t.String() == name {
			return t, nil
		}
	}
	return nil, fmt.Errorf("no label has type %q", name)
}

// buildLabels makes a column of the given classes.
func buildLabels(t arrow.DataType, classes []label, picks []uint16) arrow.Array {
	if t.ID() == arrow.INT64 {
		return buildInt64s(classes, picks)
	}
	b := array.NewBuilder(memory.DefaultAllocator, t)
	defer b.Release()
	b.Reserve(len(picks))
	for _, k := range picks {
		appendLabel(b, classes[k])
	}
	return b.NewArray()
}

// buildInt64s is buildLabels for the commonest type, several times as fast.
func buildInt64s(classes []label, picks []uint16) arrow.Array {
	of := make([]int64, len(classes))
	for k, v := range classes {
		of[k] = v.(int64)
	}
	out := make([]int64, len(picks))
	for i, k := range picks {
		out[i] = of[k]
	}
	data := array.NewData(arrow.PrimitiveTypes.Int64, len(out),
		[]*memory.Buffer{nil, memory.NewBufferBytes(arrow.Int64Traits.CastToBytes(out))}, nil, 0, 0)
	defer data.Release()
	return array.NewInt64Data(data)
}

func appendLabel(b array.Builder, v label) {
	switch b := b.(type) {
	case *array.StringBuilder:
		b.Append(v.(string))
	case *array.LargeStringBuilder:
		b.Append(v.(string))
	case *array.BooleanBuilder:
		b.Append(v.(bool))
	case *array.Decimal128Builder:
		b.Append(decimal128.FromI64(v.(int64)))
	case *array.Int64Builder:
		b.Append(v.(int64))
	case *array.Int32Builder:
		b.Append(int32(v.(int64)))
	case *array.Int16Builder:
		b.Append(int16(v.(int64)))
	case *array.Int8Builder:
		b.Append(int8(v.(int64)))
	case *array.Uint64Builder:
		b.Append(uint64(v.(int64)))
	case *array.Uint32Builder:
		b.Append(uint32(v.(int64)))
	case *array.Uint16Builder:
		b.Append(uint16(v.(int64)))
	case *array.Uint8Builder:
		b.Append(uint8(v.(int64)))
	}
}
