package duckdb_test

import (
	"testing"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb"
)

// Loads cut what a column of few digits has no room for, as INSERT does, and a
// warehouse that is opened again still knows which columns those are.
func TestLoadIntoFewDigits(t *testing.T) {
	dir := t.TempDir()
	w := open(t, duckdb.Config{Dir: dir})
	s := session(t, w)
	for _, sql := range []string{"create table t (a timestamp_ntz(3), b time(0))"} {
		if _, err := warehouse.Exec(t.Context(), s, sql); err != nil {
			t.Fatal(err)
		}
	}
	s.Close()
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	w = open(t, duckdb.Config{Dir: dir})
	s = session(t, w)
	schema := arrow.NewSchema([]arrow.Field{
		{Name: "A", Type: &arrow.TimestampType{Unit: arrow.Microsecond}}, {Name: "B", Type: arrow.FixedWidthTypes.Time64us}}, nil)
	b := array.NewRecordBuilder(memory.DefaultAllocator, schema)
	b.Field(0).(*array.TimestampBuilder).Append(1_234_567)
	b.Field(1).(*array.Time64Builder).Append(1_234_567)
	batch := b.NewRecordBatch()
	rows, err := array.NewRecordReader(schema, []arrow.RecordBatch{batch})
	if err != nil {
		t.Fatal(err)
	}
	columns := []warehouse.Column{{Name: "A", Type: warehouse.TimestampNTZ, Precision: 6}, {Name: "B", Type: warehouse.Time, Precision: 6}}
	if _, err := s.(warehouse.Loader).Load(t.Context(), "T", warehouse.LoadAppend, columns, rows); err != nil {
		t.Fatal(err)
	}
	if _, err := warehouse.Exec(t.Context(), s, "insert into t select '1970-01-01 00:00:02.345678', '00:00:02.9'"); err != nil {
		t.Fatal(err)
	}
	res, err := s.Query(t.Context(), "select count(*) from t where (a, b) in (('1970-01-01 00:00:01.234', '00:00:01'), ('1970-01-01 00:00:02.345', '00:00:02'))")
	if err != nil {
		t.Fatal(err)
	}
	defer res.Close()
	for batch, err := range res.Batches() {
		if err != nil {
			t.Fatal(err)
		}
		if n := batch.Column(0).(*array.Int64).Value(0); n != 2 {
			t.Errorf("%d rows are cut, want 2", n)
		}
	}
}
