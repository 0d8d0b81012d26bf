package engine

import (
	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/bitutil"
	"github.com/apache/arrow-go/v18/arrow/extensions"
	"github.com/apache/arrow-go/v18/arrow/memory"
	"github.com/duckdb/duckdb-go/v2/mapping"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/rewrite"
)

// A TIMESTAMP_TZ is rewrite.Zoned to DuckDB: a struct of its moment and of how
// many minutes its clock is ahead of UTC.

func zonedKind() ColumnKind {
	return ColumnKind{Column: timed(warehouse.TimestampTZ, 9), arrow: zonedUs, zoned: true}
}

// appendZoned adds a vector's rows behind the at rows that are there.
func (c *columnReader) appendZoned(vec mapping.Vector, rows, at int) {
	c.values, c.ahead = room(c.values, at, rows, 64), room(c.ahead, at, rows, 16)
	copyFrom[int64](c.values[at*8:], mapping.StructVectorGetChild(vec, 0), rows)
	copyFrom[int16](c.ahead[at*2:], mapping.StructVectorGetChild(vec, 1), rows)
}

func copyFrom[T int16 | int64](dst []byte, vec mapping.Vector, n int) {
	_ = same[T](dst, mapping.VectorGetData(vec), n) // it copies, and has no error
}

// finishZoned gives the rows collected as an array.
func (c *columnReader) finishZoned(rows int, validity *memory.Buffer) arrow.Array {
	whole := c.kind.arrow.(*extensions.TimestampWithOffsetType)
	return c.parts(whole, whole.StorageType().(*arrow.StructType), rows, validity, c.values, c.ahead)
}

// zonedLogicalType is that type. The caller destroys it.
func zonedLogicalType() mapping.LogicalType {
	parts := []mapping.LogicalType{mapping.CreateLogicalType(mapping.TypeTimestampTZ), mapping.CreateLogicalType(mapping.TypeSmallInt)}
	defer func() {
		for i := range parts {
			mapping.DestroyLogicalType(&parts[i])
		}
	}()
	return mapping.CreateStructType(parts, []string{"utc", "ahead"})
}

// zonedWriter is for TIMESTAMP_TZ.
func (w *ColumnWriter) zonedWriter(t *extensions.TimestampWithOffsetType) (*ColumnWriter, error) {
	if t.OffsetType().ID() != arrow.INT16 {
		return nil, warehouse.Unsupported("the local warehouse does not have column " + w.column.Name + ": loading offsets of the Arrow type " + t.OffsetType().String())
	}
	w.SQL = rewrite.Zoned
	moments := fillScaled[arrow.Timestamp, *array.Timestamp](w, t.TimeUnit())
	if t.TimeUnit() == arrow.Nanosecond {
		w.SQL, moments = rewrite.FineZoned, fillFine[arrow.Timestamp, *array.Timestamp]
	}
	w.fill = func(v vector, at int, arr arrow.Array, from, n int) error {
		storage := arr.(array.ExtensionArray).Storage().(*array.Struct)
		utc, ahead := child(v, 0), child(v, 1)
		for i := range n {
			if arr.IsNull(from + i) { // so are its parts, to DuckDB
				clearBits(at+i, at+n, utc, ahead)
				if w.SQL == rewrite.FineZoned {
					clearBits(at+i, at+n, child(utc, 0), child(utc, 1))
				}
			}
		}
		if err := moments(utc, at, storage.Field(0), from, n); err != nil {
			return err
		}
		return fillSame[int16, *array.Int16](ahead, at, storage.Field(1), from, n)
	}
	return w, nil
}

// clearBits makes a row of vectors null, of so many rows.
func clearBits(row, rows int, all ...vector) {
	for _, v := range all {
		bitutil.ClearBit(nullMask(v, rows), row)
	}
}

// child is one of a struct vector's own vectors.
func child(v vector, i int) vector {
	vec := mapping.StructVectorGetChild(v.vec, mapping.IdxT(i))
	return vector{vec: vec, data: mapping.VectorGetData(vec), pin: v.pin}
}
