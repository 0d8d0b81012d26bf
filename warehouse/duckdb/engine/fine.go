package engine

import (
	"context"
	"math"
	"slices"
	"unsafe"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/extensions"
	"github.com/apache/arrow-go/v18/arrow/memory"
	"github.com/duckdb/duckdb-go/v2/mapping"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/rewrite"
)

// Times of nine digits are structs of microseconds and nanoseconds to DuckDB; see
// rewrite.FineNaive and its like.

var (
	zonedNs = warehouse.ZonedType(arrow.Nanosecond)
	utcNs   = &arrow.TimestampType{Unit: arrow.Nanosecond, TimeZone: "UTC"}
)

// fineKinds are how such times appear.
var fineKinds = map[string]ColumnKind{
	rewrite.FineTime:  {Column: timed(warehouse.Time, 9), arrow: arrow.FixedWidthTypes.Time64ns, fine: true},
	rewrite.FineNaive: {Column: timed(warehouse.TimestampNTZ, 9), arrow: naiveNs, fine: true},
	rewrite.FineLocal: {Column: timed(warehouse.TimestampLTZ, 9), arrow: utcNs, fine: true},
	rewrite.FineZoned: {Column: timed(warehouse.TimestampTZ, 9), arrow: zonedNs, fine: true, zoned: true},
}

// structName is a struct of two as DuckDB writes its type, "" for one that has
// other fields than those of times.
func structName(lt mapping.LogicalType) string {
	if mapping.GetTypeId(lt) != mapping.TypeStruct || mapping.StructTypeChildCount(lt) != 2 {
		return ""
	}
	names := map[mapping.Type]string{mapping.TypeTime: "TIME", mapping.TypeTimestamp: "TIMESTAMP",
		mapping.TypeTimestampTZ: "TIMESTAMP WITH TIME ZONE", mapping.TypeSmallInt: "SMALLINT"}
	out := "STRUCT("
	for i := range mapping.IdxT(2) {
		child := mapping.StructTypeChildType(lt, i)
		name := names[mapping.GetTypeId(child)]
		if name == "" {
			name = structName(child)
		}
		mapping.DestroyLogicalType(&child)
		if name == "" {
			return ""
		}
		if i > 0 {
			out += ", "
		}
		out += mapping.StructTypeChildName(lt, i) + " " + name
	}
	return out + ")"
}

// appendFine adds a vector's rows behind the at rows that are there.
func (c *columnReader) appendFine(vec mapping.Vector, mask *uint64, rows, at int) {
	if c.kind.zoned {
		c.ahead = room(c.ahead, at, rows, 16)
		copyFrom[int16](c.ahead[at*2:], mapping.StructVectorGetChild(vec, 1), rows)
		vec = mapping.StructVectorGetChild(vec, 0)
	}
	c.values, c.nanos = room(c.values, at, rows, 64), room(c.nanos, at, rows, 16)
	micros := unsafe.Slice((*int64)(mapping.VectorGetData(mapping.StructVectorGetChild(vec, 0))), rows)
	copyFrom[int64](c.values[at*8:], mapping.StructVectorGetChild(vec, 0), rows)
	copyFrom[int16](c.nanos[at*2:], mapping.StructVectorGetChild(vec, 1), rows)
	for i, us := range micros {
		if (us > math.MaxInt64/1000-1 || us < math.MinInt64/1000) && Valid(mask, i) {
			c.far = true
		}
	}
}

// finishFine gives the rows collected as an array.
func (c *columnReader) finishFine(rows int, validity *memory.Buffer) arrow.Array {
	far, isFar := c.kind.arrow.(*warehouse.FarType)
	if isFar {
		parts := [][]byte{c.values, c.nanos, c.ahead}
		return c.parts(far, far.StorageType().(*arrow.StructType), rows, validity, parts...)
	}
	values := unsafe.Slice((*int64)(unsafe.Pointer(unsafe.SliceData(c.values))), rows)
	nanos := unsafe.Slice((*int16)(unsafe.Pointer(unsafe.SliceData(c.nanos))), rows)
	for i := range values {
		values[i] = values[i]*1000 + int64(nanos[i]) // those of nulls are anything
	}
	if c.kind.zoned {
		return c.finishZoned(rows, validity)
	}
	data := array.NewData(c.kind.arrow, rows, []*memory.Buffer{validity, memory.NewBufferBytes(c.values)}, nil, c.nulls, 0)
	defer data.Release()
	*c = columnReader{kind: c.kind}
	return array.MakeFromData(data)
}

// parts is an array of a struct's parts, starting anew.
func (c *columnReader) parts(t arrow.DataType, storage *arrow.StructType, rows int, validity *memory.Buffer, parts ...[]byte) arrow.Array {
	children := make([]arrow.ArrayData, storage.NumFields())
	for i := range children {
		children[i] = array.NewData(storage.Field(i).Type, rows, []*memory.Buffer{nil, memory.NewBufferBytes(parts[i])}, nil, 0, 0)
	}
	data := array.NewData(t, rows, []*memory.Buffer{validity}, children, c.nulls, 0)
	defer data.Release()
	for _, d := range children {
		d.Release()
	}
	*c = columnReader{kind: c.kind}
	return array.MakeFromData(data)
}

// Begin reads the first batch ahead where a column has times of nine digits: they
// tell whether Arrow's nanoseconds have room for them.
func (b *Batches) Begin(ctx context.Context) (err error) {
	for i := range b.columns {
		if b.columns[i].kind.fine {
			b.first, err = b.next(ctx)
			b.began = true
			return err
		}
	}
	return nil
}

// farther makes columns ones of far timestamps that turned out to have such. It is
// too late once rows are out.
func (b *Batches) farther() error {
	for i := range b.columns {
		c := &b.columns[i]
		if _, already := c.kind.arrow.(*warehouse.FarType); already || !c.far {
			continue
		}
		if b.began {
			return warehouse.Unsupported("a timestamp before 1677 or after 2262 that comes late among such with nine digits of a second; cast them to six, or sort them first")
		}
		fields := slices.Clone(b.Schema.Fields())
		c.kind.arrow = warehouse.NewFarType(c.kind.Column.Type)
		fields[i].Type = c.kind.arrow
		b.Schema = arrow.NewSchema(fields, nil)
	}
	return nil
}

// fineLogicalType is the type of such times. The caller destroys it.
func fineLogicalType(kind warehouse.Type) mapping.LogicalType {
	id := map[warehouse.Type]mapping.Type{warehouse.Time: mapping.TypeTime, warehouse.TimestampNTZ: mapping.TypeTimestamp}[kind]
	if id == 0 {
		id = mapping.TypeTimestampTZ
	}
	t := withSmallInt(mapping.CreateLogicalType(id), "us", "ns")
	if kind == warehouse.TimestampTZ {
		return withSmallInt(t, "utc", "ahead")
	}
	return t
}

// withSmallInt is a struct of a type, which it takes over, and a SMALLINT.
func withSmallInt(first mapping.LogicalType, names ...string) mapping.LogicalType {
	parts := []mapping.LogicalType{first, mapping.CreateLogicalType(mapping.TypeSmallInt)}
	defer func() {
		for i := range parts {
			mapping.DestroyLogicalType(&parts[i])
		}
	}()
	return mapping.CreateStructType(parts, names)
}

// fillFine writes nanoseconds as microseconds and what is over them.
func fillFine[T ~int64, A values[T]](v vector, at int, arr arrow.Array, from, n int) error {
	us, ns := child(v, 0), child(v, 1)
	micros, nanos := slots[int64](us, at, n), slots[int16](ns, at, n)
	for i, x := range arr.(A).Values()[from : from+n] {
		micros[i] = floorDiv(int64(x), 1000)
		nanos[i] = int16(int64(x) - micros[i]*1000)
		if arr.IsNull(from + i) { // so are its parts, to DuckDB
			clearBits(at+i, at+n, us, ns)
		}
	}
	return nil
}

// farWriter is for timestamps outside of what nanoseconds have.
func (w *ColumnWriter) farWriter(t *warehouse.FarType) {
	storage := t.StorageType().(*arrow.StructType)
	w.SQL = rewrite.FineNaive
	switch {
	case storage.NumFields() == 3:
		w.SQL = rewrite.FineZoned
	case storage.Field(0).Type.(*arrow.TimestampType).TimeZone != "":
		w.SQL = rewrite.FineLocal
	}
	w.fill = func(v vector, at int, arr arrow.Array, from, n int) error {
		far, moment := arr.(*warehouse.FarArray), v
		if far.Ahead() != nil {
			moment = child(v, 0)
			copy(slots[int16](child(v, 1), at, n), far.Ahead().Int16Values()[from:from+n])
		}
		us, ns := child(moment, 0), child(moment, 1)
		copy(slots[arrow.Timestamp](us, at, n), far.Micros().TimestampValues()[from:from+n])
		copy(slots[int16](ns, at, n), far.Nanos().Int16Values()[from:from+n])
		for i := range n {
			if arr.IsNull(from+i) && far.Ahead() != nil {
				clearBits(at+i, at+n, moment, us, ns, child(v, 1))
			} else if arr.IsNull(from + i) {
				clearBits(at+i, at+n, us, ns)
			}
		}
		return nil
	}
}

// HasNanos says of the columns of a batch whether they have times with more digits
// of a second than six.
func HasNanos(batch arrow.RecordBatch) []bool {
	out := make([]bool, batch.NumCols())
	for i, col := range batch.Columns() {
		out[i] = hasNanos(col)
	}
	return out
}

func hasNanos(col arrow.Array) bool {
	over := func(row int) bool { return false }
	switch col := col.(type) {
	case *array.Time64:
		over = func(row int) bool { return col.Value(row)%1000 != 0 }
		if col.DataType().(*arrow.Time64Type).Unit != arrow.Nanosecond {
			return false
		}
	case *array.Timestamp:
		over = func(row int) bool { return col.Value(row)%1000 != 0 }
		if col.DataType().(*arrow.TimestampType).Unit != arrow.Nanosecond {
			return false
		}
	case *extensions.TimestampWithOffsetArray:
		return hasNanos(col.Storage().(*array.Struct).Field(0))
	case *warehouse.FarArray:
		return true
	}
	for row := range col.Len() {
		if col.IsValid(row) && over(row) {
			return true
		}
	}
	return false
}
