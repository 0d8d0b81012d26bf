package duckdb_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb"
)

// reader gives n rows of the JSON that row makes, a batch of size each, and
// then err.
func reader(t testing.TB, schema *arrow.Schema, n, size int, row func(i int) string, err error) array.RecordReader {
	t.Helper()
	i := 0
	r := warehouse.ReaderOf(schema, func() (arrow.RecordBatch, error) {
		if i >= n {
			return nil, err
		}
		b := array.NewRecordBuilder(memory.DefaultAllocator, schema)
		defer b.Release()
		for end := min(n, i+size); i < end; i++ {
			if err := b.UnmarshalJSON([]byte(row(i))); err != nil {
				return nil, fmt.Errorf("row %d: %w", i, err)
			}
		}
		return b.NewRecordBatch(), nil
	})
	t.Cleanup(r.Release)
	return r
}

func columnsOf(t testing.TB, schema *arrow.Schema) []warehouse.Column {
	t.Helper()
	var columns []warehouse.Column
	for _, f := range schema.Fields() {
		c, err := warehouse.ColumnOf(f)
		if err != nil {
			t.Fatal(err)
		}
		columns = append(columns, c)
	}
	return columns
}

func load(t testing.TB, s warehouse.Session, table string, mode warehouse.LoadMode, rows array.RecordReader) (int64, error) {
	t.Helper()
	return s.(warehouse.Loader).Load(t.Context(), table, mode, columnsOf(t, rows.Schema()), rows)
}

// TestLoadTypes loads a value and a null of every Arrow type that is accepted.
func TestLoadTypes(t *testing.T) {
	s := session(t, open(t, duckdb.Config{}))
	dictionary := &arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int8, ValueType: arrow.BinaryTypes.String}
	for _, c := range []struct {
		arrow       arrow.DataType
		json, value string
	}{
		{arrow.FixedWidthTypes.Boolean, `true`, "true"},
		{arrow.PrimitiveTypes.Int8, `-8`, "-8"},
		{arrow.PrimitiveTypes.Int16, `-16`, "-16"},
		{arrow.PrimitiveTypes.Int32, `-32`, "-32"},
		{arrow.PrimitiveTypes.Int64, `-9223372036854775808`, "-9223372036854775808"},
		{arrow.PrimitiveTypes.Uint8, `255`, "255"},
		{arrow.PrimitiveTypes.Uint16, `65535`, "65535"},
		{arrow.PrimitiveTypes.Uint32, `4294967295`, "4294967295"},
		{arrow.PrimitiveTypes.Uint64, `18446744073709551615`, "18446744073709551615"},
		{arrow.PrimitiveTypes.Float32, `0.5`, "0.5"},
		{arrow.PrimitiveTypes.Float64, `0.1`, "0.1"},
		{&arrow.Decimal128Type{Precision: 4, Scale: 2}, `"-12.34"`, "-12.34"},
		{&arrow.Decimal128Type{Precision: 9, Scale: 2}, `"-1234567.89"`, "-1234567.89"},
		{&arrow.Decimal128Type{Precision: 18, Scale: 0}, `"-123456789012345678"`, "-123456789012345678"},
		{&arrow.Decimal128Type{Precision: 38, Scale: 5}, `"-123456789012345678901234.56789"`, "-123456789012345678901234.56789"},
		{arrow.BinaryTypes.String, `"short"`, "short"},
		{arrow.BinaryTypes.String, `"a text that is longer than twelve bytes"`, "a text that is longer than twelve bytes"},
		{arrow.BinaryTypes.LargeString, `"a large text that is longer than twelve"`, "a large text that is longer than twelve"},
		{dictionary, `"a dictionary's word, and a long one"`, "a dictionary's word, and a long one"},
		{arrow.BinaryTypes.Binary, `"YWI="`, "YWI="},
		{arrow.FixedWidthTypes.Date32, `"2020-02-29"`, "2020-02-29"},
		{arrow.FixedWidthTypes.Date64, `"1969-12-31"`, "1969-12-31"},
		{arrow.FixedWidthTypes.Time32s, `"12:34:56"`, "12:34:56.000000"},
		{arrow.FixedWidthTypes.Time64ns, `"12:34:56.789"`, "12:34:56.789000"},
		{&arrow.TimestampType{Unit: arrow.Second}, `"2020-02-29 12:34:56"`, "2020-02-29T12:34:56"},
		{&arrow.TimestampType{Unit: arrow.Millisecond}, `"1920-02-29 12:34:56.789"`, "1920-02-29T12:34:56.789"},
		{&arrow.TimestampType{Unit: arrow.Microsecond}, `"2020-02-29 12:34:56.789012"`, "2020-02-29T12:34:56.789012"},
		{&arrow.TimestampType{Unit: arrow.Nanosecond}, `"2020-02-29 12:34:56.789012345"`, "2020-02-29T12:34:56.789012345"},
		{&arrow.TimestampType{Unit: arrow.Nanosecond, TimeZone: "UTC"}, `"2020-02-29 12:34:56.789012Z"`, "2020-02-29T12:34:56.789012Z"},
	} {
		t.Run(c.arrow.String(), func(t *testing.T) {
			schema := arrow.NewSchema([]arrow.Field{{Name: "X", Type: c.arrow, Nullable: true}}, nil)
			row := func(i int) string { return `{"X": ` + []string{c.json, "null"}[i] + `}` }
			for _, mode := range []warehouse.LoadMode{warehouse.LoadReplace, warehouse.LoadAppend} {
				if n, err := load(t, s, "LOADED", mode, reader(t, schema, 2, 2, row, nil)); err != nil || n != 2 {
					t.Fatalf("mode %d: %d rows, error %v", mode, n, err)
				}
			}
			want(t, s, "select X from LOADED", c.value, "NULL", c.value, "NULL")
		})
	}
}

var ints = arrow.NewSchema([]arrow.Field{{Name: "A", Type: arrow.PrimitiveTypes.Int64, Nullable: true}}, nil)

func number(i int) string { return fmt.Sprintf(`{"A": %d}`, i) }

// TestLoadAllOrNothing breaks loads at every stage: the old rows stay.
func TestLoadAllOrNothing(t *testing.T) {
	s := session(t, open(t, duckdb.Config{}))
	run(t, s, "create table KEPT (A bigint)", "insert into KEPT values (1)")
	broken := errors.New("the plugin died")
	for _, mode := range []warehouse.LoadMode{warehouse.LoadAppend, warehouse.LoadReplace} {
		if _, err := load(t, s, "KEPT", mode, reader(t, ints, 500_000, 100_000, number, broken)); !errors.Is(err, broken) {
			t.Errorf("error %v, want the reader's own", err)
		}
		want(t, s, "select A from KEPT", "1")
	}
}
