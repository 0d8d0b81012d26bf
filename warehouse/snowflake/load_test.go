package snowflake_test

import (
	"context"
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/float16"
	"github.com/apache/arrow-go/v18/arrow/memory"
	"github.com/google/go-cmp/cmp"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/snowflake/account"
)

// batchOf makes a batch of one column for each array of JSON.
func batchOf(t testing.TB, types []arrow.DataType, values []string) (arrow.RecordBatch, []warehouse.Column) {
	t.Helper()
	fields, arrays := make([]arrow.Field, len(types)), make([]arrow.Array, len(types))
	columns := make([]warehouse.Column, len(types))
	var err error
	for i, typ := range types {
		fields[i] = arrow.Field{Name: string(rune('A' + i)), Type: typ, Nullable: true}
		if arrays[i], _, err = array.FromJSON(memory.DefaultAllocator, typ, strings.NewReader(values[i])); err != nil {
			t.Fatalf("%s: %v", typ, err)
		}
		defer arrays[i].Release()
		if columns[i], err = warehouse.ColumnOf(fields[i]); err != nil {
			t.Fatal(err)
		}
	}
	return array.NewRecordBatch(arrow.NewSchema(fields, nil), arrays, int64(arrays[0].Len())), columns
}

func load(ctx context.Context, t testing.TB, s warehouse.Session, table string, mode warehouse.LoadMode, columns []warehouse.Column, batches ...arrow.RecordBatch) (int64, error) {
	t.Helper()
	r, err := array.NewRecordReader(batches[0].Schema(), batches)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Release()
	return s.(warehouse.Loader).Load(ctx, table, mode, columns, r)
}

// TestLoadsEveryArrowType loads what plugins may produce, and reads it again in
// the forms of its columns.
func TestLoadsEveryArrowType(t *testing.T) {
	_, s := open(t)
	p := arrow.PrimitiveTypes
	types := []arrow.DataType{p.Int8, p.Int16, p.Int32, p.Uint8, p.Uint16, p.Uint32, p.Uint64, p.Int64, p.Float32, p.Float64,
		&arrow.Decimal128Type{Precision: 10, Scale: 2}, arrow.BinaryTypes.String, arrow.BinaryTypes.LargeString, arrow.BinaryTypes.Binary,
		&arrow.FixedSizeBinaryType{ByteWidth: 2}, arrow.FixedWidthTypes.Boolean, arrow.FixedWidthTypes.Date32, arrow.FixedWidthTypes.Time64us,
		&arrow.TimestampType{Unit: arrow.Microsecond}, &arrow.TimestampType{Unit: arrow.Second}, &arrow.TimestampType{Unit: arrow.Millisecond, TimeZone: "UTC"}}
	values := []string{"[-8, null]", "[-16, null]", "[-32, null]", "[8, null]", "[16, null]", "[32, null]", "[18446744073709551615, null]", "[-64, null]",
		"[0.5, null]", "[0.1, null]", `["-12.50", null]`, `["ä", null]`, `["ö", null]`, `["AP8=", null]`, `["AP8=", null]`, "[true, null]", `["1969-12-31", null]`,
		`["23:59:58.5", null]`, `["1969-12-31T23:59:58.5", null]`, `["2020-02-29T23:59:58", null]`, `["2020-02-29T23:59:58.25Z", null]`}
	batch, columns := batchOf(t, types, values)
	defer batch.Release()
	if n, err := load(t.Context(), t, s, "loaded", warehouse.LoadReplace, columns, batch); n != 2 || err != nil {
		t.Fatalf("%d rows, %v", n, err)
	}
	_, _, lines := rows(t, s, "select * from loaded order by a nulls last")
	want := []string{
		"-8|-16|-32|8|16|32|18446744073709551615|-64|0.5|0.1|-12.5|ä|ö|AP8=|AP8=|true|1969-12-31|23:59:58.5|1969-12-31T23:59:58.5|2020-02-29T23:59:58|2020-02-29 23:59:58.25 +0000 UTC+00:00",
		strings.TrimSuffix(strings.Repeat("(null)|", len(types)), "|"),
	}
	for i := range lines { // clocks may print more noughts than there are
		lines[i] = strings.NewReplacer("58.500000", "58.5", "58.250000", "58.25", "58.000000", "58").Replace(lines[i])
	}
	if diff := cmp.Diff(want, lines); diff != "" {
		t.Errorf("want -, got +:\n%s", diff)
	}
}

func TestLoadsHalfFloats(t *testing.T) {
	_, s := open(t)
	schema := arrow.NewSchema([]arrow.Field{{Name: "A", Type: arrow.FixedWidthTypes.Float16}}, nil)
	b := array.NewRecordBuilder(memory.DefaultAllocator, schema)
	defer b.Release()
	b.Field(0).(*array.Float16Builder).Append(float16.New(0.5))
	batch := b.NewRecordBatch()
	defer batch.Release()
	if _, err := load(t.Context(), t, s, "halves", warehouse.LoadReplace, []warehouse.Column{{Name: "A", Type: warehouse.Float}}, batch); err != nil {
		t.Fatal(err)
	}
	if got := one(t, s, "select a from halves"); got != "0.5" {
		t.Errorf("got %s", got)
	}
}

// TestLoadsSemiStructured loads JSON into the columns that hold it, beside
// names that SQL quotes.
func TestLoadsSemiStructured(t *testing.T) {
	_, s := open(t)
	text := arrow.BinaryTypes.String
	batch, columns := batchOf(t, []arrow.DataType{text, text, text, text}, []string{`["{\"a\": 1}", "[2]", null]`, `["{\"b\": 2}", null, null]`, `["[1, 2]", null, null]`, `["x", "y", null]`})
	defer batch.Release()
	columns[0].Type, columns[1].Type, columns[2].Type = warehouse.Variant, warehouse.Object, warehouse.Array
	columns[3].Name = `a "name"`
	if _, err := load(t.Context(), t, s, "semi", warehouse.LoadReplace, columns, batch); err != nil {
		t.Fatal(err)
	}
	_, _, lines := rows(t, s, `select a:a, b:b, c[1], "a ""name""", typeof(a) from semi order by 4 nulls last`)
	if diff := cmp.Diff([]string{"1|2|2|x|OBJECT", "(null)|(null)|(null)|y|ARRAY", "(null)|(null)|(null)|(null)|(null)"}, lines); diff != "" {
		t.Errorf("want -, got +:\n%s", diff)
	}
}

// TestLoadInManyFiles splits the rows into files; all of them arrive, and none
// is left, here or on the stage.
func TestLoadInManyFiles(t *testing.T) {
	dir := t.TempDir()
	_, s := open(t, func(c *account.Config) { c.FileSize, c.TempDir = 10_000, dir })
	var batches []arrow.RecordBatch
	schema := arrow.NewSchema([]arrow.Field{{Name: "N", Type: arrow.PrimitiveTypes.Int64}}, nil)
	for i := range 50 {
		b := array.NewRecordBuilder(memory.DefaultAllocator, schema)
		for j := range 1000 {
			b.Field(0).(*array.Int64Builder).Append(int64(i*1000 + j))
		}
		batches = append(batches, b.NewRecordBatch())
		defer batches[i].Release()
		b.Release()
	}
	exec(t, s, "create table numbers (n int)", "begin")
	if n, err := load(t.Context(), t, s, "numbers", warehouse.LoadAppend, nil, batches...); n != 50_000 || err != nil {
		t.Errorf("%d rows, %v", n, err)
	}
	exec(t, s, "commit")
	if got := one(t, s, "select count(distinct n) || ' ' || min(n) || ' ' || max(n) from numbers"); got != "50000 0 49999" {
		t.Errorf("got %s", got)
	}
	if files, err := os.ReadDir(dir); err != nil || len(files) > 0 {
		t.Errorf("left here: %v, %v", files, err)
	}
	_, _, stages := rows(t, s, "show stages")
	if len(stages) != 1 {
		t.Fatalf("stages %q", stages)
	}
	name := strings.Split(stages[0], "|")[1]
	if _, _, left := rows(t, s, "list @"+name); len(left) > 0 {
		t.Errorf("left on the stage: %q", left)
	}
}

func TestLoadRefuses(t *testing.T) {
	dir := t.TempDir()
	_, s := open(t, func(c *account.Config) { c.TempDir = dir })
	exec(t, s, "create table two (a int, b varchar(3))")
	text := arrow.BinaryTypes.String
	short, columns := batchOf(t, []arrow.DataType{text}, []string{`["x"]`})
	defer short.Release()
	if _, err := load(t.Context(), t, s, "two", warehouse.LoadAppend, nil, short); err == nil || !strings.Contains(err.Error(), "the rows have 1 columns and the table 2") {
		t.Errorf("too few columns: %v", err)
	}
	long, _ := batchOf(t, []arrow.DataType{arrow.PrimitiveTypes.Int64, text}, []string{"[1]", `["abcd"]`})
	defer long.Release()
	var refused *warehouse.Error
	if _, err := load(t.Context(), t, s, "two", warehouse.LoadAppend, nil, long); !errors.As(err, &refused) {
		t.Errorf("a text that is too long: %v", err)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := load(ended, t, s, "one", warehouse.LoadReplace, columns, short); !errors.Is(err, context.Canceled) {
		t.Errorf("of an ended context: %v", err)
	}
	schema := arrow.NewSchema([]arrow.Field{{Name: "A", Type: arrow.Null}}, nil)
	nothing := array.NewRecordBatch(schema, []arrow.Array{array.NewNull(1)}, 1)
	defer nothing.Release()
	if _, err := load(t.Context(), t, s, "one", warehouse.LoadReplace, columns, nothing); err == nil || !strings.Contains(err.Error(), "column A: Arrow type null") {
		t.Errorf("a type that no column has: %v", err)
	}
	if got := one(t, s, "select count(*) from two"); got != "0" {
		t.Errorf("%s rows are there", got)
	}
	if files, err := os.ReadDir(dir); err != nil || len(files) > 0 {
		t.Errorf("left: %v, %v", files, err)
	}
}

// TestReplacesInOneStatement fills a table that is made anew by the statement
// that makes it.
func TestReplacesInOneStatement(t *testing.T) {
	w, s := open(t)
	batch, columns := batchOf(t, []arrow.DataType{&arrow.Decimal128Type{Precision: 10, Scale: 2}, arrow.BinaryTypes.Binary}, []string{`["-12.50", null]`, `["AP8=", null]`})
	defer batch.Release()
	exec(t, s, "create view anew as select 1 as one")
	for range 2 { // once a view, once a table
		if n, err := load(t.Context(), t, s, "anew", warehouse.LoadReplace, columns, batch); n != 2 || err != nil {
			t.Fatalf("%d rows, %v", n, err)
		}
	}
	writes := map[string]int{}
	for st, err := range warehouse.History(t.Context(), w, warehouse.HistoryFilter{}) {
		if err != nil {
			t.Fatal(err)
		}
		if st.Status == warehouse.Success {
			writes[st.Kind]++
		}
	}
	if writes["CREATE_TABLE_AS_SELECT"] != 2 || writes["COPY"]+writes["INSERT"]+writes["CREATE_TABLE"] > 0 {
		t.Errorf("want 2 CREATE_TABLE_AS_SELECT and nothing else that writes, got %v", writes)
	}
	_, _, lines := rows(t, s, "select a, b from anew order by a nulls last")
	if diff := cmp.Diff([]string{"-12.5|AP8=", "(null)|(null)"}, lines); diff != "" {
		t.Errorf("want -, got +:\n%s", diff)
	}
}
