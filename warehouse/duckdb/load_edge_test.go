package duckdb_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/decimal128"
	arrowmem "github.com/apache/arrow-go/v18/arrow/memory"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb"
)

// one is a single column of one row, as JSON.
func one(t testing.TB, name string, typ arrow.DataType, json string) array.RecordReader {
	t.Helper()
	schema := arrow.NewSchema([]arrow.Field{{Name: name, Type: typ, Nullable: true}}, nil)
	return reader(t, schema, 1, 1, func(int) string { return fmt.Sprintf(`{"%s": %s}`, name, json) }, nil)
}

// batches is a reader over batches that are there already.
func batches(t testing.TB, schema *arrow.Schema, of ...arrow.RecordBatch) array.RecordReader {
	t.Helper()
	r, err := array.NewRecordReader(schema, of)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.Release)
	return r
}

// TestLoadMisfits loads values that have no room in their column.
func TestLoadMisfits(t *testing.T) {
	s := session(t, open(t, duckdb.Config{}))
	invalid := array.NewStringBuilder(arrowmem.DefaultAllocator)
	invalid.Append("\xff\xfe is no text, and it is long")
	text := arrow.NewSchema([]arrow.Field{{Name: "A", Type: arrow.BinaryTypes.String}}, nil)
	for name, c := range map[string]struct {
		column warehouse.Column
		rows   array.RecordReader
		code   int
	}{
		"number":         {warehouse.Column{Type: warehouse.Number, Precision: 3}, one(t, "A", arrow.PrimitiveTypes.Int64, "1000"), 100039},
		"scale":          {warehouse.Column{Type: warehouse.Number, Precision: 4, Scale: 2}, one(t, "A", arrow.PrimitiveTypes.Float64, "123.4"), 100039},
		"decimal":        {warehouse.Column{Type: warehouse.Number, Precision: 38}, overPrecise(t), 100039},
		"uint64":         {warehouse.Column{Type: warehouse.Number, Precision: 18}, one(t, "A", arrow.PrimitiveTypes.Uint64, "18446744073709551615"), 100039},
		"length":         {warehouse.Column{Type: warehouse.Varchar, Length: 3}, one(t, "A", arrow.BinaryTypes.String, `"äöüß"`), 100078},
		"no text":        {warehouse.Column{Type: warehouse.Varchar}, batches(t, text, array.NewRecordBatch(text, []arrow.Array{invalid.NewArray()}, 1)), 100078},
		"no number":      {warehouse.Column{Type: warehouse.Number, Precision: 38}, one(t, "A", arrow.BinaryTypes.String, `"x"`), 100038},
		"no json":        {warehouse.Column{Type: warehouse.Variant}, one(t, "A", arrow.BinaryTypes.String, `"{"`), 100069},
		"far in time":    {warehouse.Column{Type: warehouse.TimestampNTZ}, farAway(t), 100039},
		"null":           {warehouse.Column{Type: warehouse.Number}, one(t, "A", arrow.PrimitiveTypes.Int64, "null"), 100072},
		"unknown column": {warehouse.Column{Type: warehouse.Varchar}, one(t, "A", arrow.ListOf(arrow.PrimitiveTypes.Int8), "[1]"), 2019},
	} {
		t.Run(name, func(t *testing.T) {
			run(t, s, "create or replace table kept as select 'old' as x")
			c.column.Name, c.column.Nullable = "A", name != "null"
			_, err := s.(warehouse.Loader).Load(t.Context(), "kept", warehouse.LoadReplace, []warehouse.Column{c.column}, c.rows)
			var e *warehouse.Error
			if !errors.As(err, &e) || e.Code != c.code || !strings.Contains(e.Error(), "A") {
				t.Errorf("error %v, want one of code %d that names the column A", err, c.code)
			}
			want(t, s, "select x from kept", "old")
		})
	}
}

// farAway is a second that microseconds cannot count to.
func farAway(t testing.TB) array.RecordReader {
	typ := &arrow.TimestampType{Unit: arrow.Second}
	b := array.NewTimestampBuilder(arrowmem.DefaultAllocator, typ)
	b.Append(1 << 60)
	schema := arrow.NewSchema([]arrow.Field{{Name: "A", Type: typ}}, nil)
	return batches(t, schema, array.NewRecordBatch(schema, []arrow.Array{b.NewArray()}, 1))
}

// overPrecise is a decimal of more digits than its type says.
func overPrecise(t testing.TB) array.RecordReader {
	typ := &arrow.Decimal128Type{Precision: 3}
	b := array.NewDecimal128Builder(arrowmem.DefaultAllocator, typ)
	b.Append(decimal128.FromI64(1234))
	schema := arrow.NewSchema([]arrow.Field{{Name: "A", Type: typ}}, nil)
	return batches(t, schema, array.NewRecordBatch(schema, []arrow.Array{b.NewArray()}, 1))
}

// TestLoadSlices loads arrays that begin in the middle of their memory, with
// nulls, over the bounds of chunks.
func TestLoadSlices(t *testing.T) {
	s := session(t, open(t, duckdb.Config{}))
	schema := arrow.NewSchema([]arrow.Field{
		{Name: "N", Type: arrow.PrimitiveTypes.Int64, Nullable: true},
		{Name: "T", Type: arrow.BinaryTypes.String, Nullable: true},
		{Name: "B", Type: arrow.FixedWidthTypes.Boolean, Nullable: true},
		{Name: "D", Type: &arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Uint8, ValueType: arrow.BinaryTypes.String}, Nullable: true},
	}, nil)
	b := array.NewRecordBuilder(arrowmem.DefaultAllocator, schema)
	const n = 10_000
	for i := range n {
		row := fmt.Sprintf(`{"N": %d, "T": "text %d", "B": %t, "D": "word %d"}`, i, i, i%2 == 0, i%5)
		if i%7 == 0 {
			row = `{"N": null, "T": null, "B": null, "D": null}`
		}
		if err := b.UnmarshalJSON([]byte(row)); err != nil {
			t.Fatal(err)
		}
	}
	whole := b.NewRecordBatch()
	rows := batches(t, schema, whole.NewSlice(3, 5003), whole.NewSlice(5003, 5003), whole.NewSlice(5003, n))
	if got, err := load(t, s, "sliced", warehouse.LoadReplace, rows); err != nil || got != n-3 {
		t.Fatalf("%d rows, error %v", got, err)
	}
	const nulls = n/7 + 1 - 1 // row 0 is not among them
	want(t, s, "select count(*), count(N), count(T), count(B), count(D) from sliced",
		fmt.Sprintf("%d|%[2]d|%[2]d|%[2]d|%[2]d", n-3, n-3-nulls))
	want(t, s, "select count(*) from sliced where T <> 'text ' || N or B <> (N % 2 = 0) or D <> 'word ' || (N % 5)", "0")
}

// TestLoadShapes gives rows and columns that do not belong together.
func TestLoadShapes(t *testing.T) {
	s := session(t, open(t, duckdb.Config{}))
	l := s.(warehouse.Loader)
	run(t, s, "create table two (a int, b int)", "create view v as select 1 as a")
	for name, err := range map[string]error{
		"too few columns": second(l.Load(t.Context(), "two", warehouse.LoadAppend, nil, reader(t, ints, 1, 1, number, nil))),
		"no columns":      second(l.Load(t.Context(), "new", warehouse.LoadReplace, nil, reader(t, ints, 1, 1, number, nil))),
		"no name":         second(l.Load(t.Context(), "a b", warehouse.LoadReplace, nil, reader(t, ints, 1, 1, number, nil))),
		"a view":          second(l.Load(t.Context(), "v", warehouse.LoadAppend, nil, reader(t, ints, 1, 1, number, nil))),
		"no schema":       second(l.Load(t.Context(), "nowhere.new", warehouse.LoadReplace, columnsOf(t, ints), reader(t, ints, 1, 1, number, nil))),
	} {
		var e *warehouse.Error
		if !errors.As(err, &e) {
			t.Errorf("%s: error %v, want an *Error", name, err)
		}
	}
	want(t, s, "select count(*) from two", "0")
	want(t, s, "select a from v", "1")
}

func second(_ int64, err error) error { return err }

// TestLoadNames loads into names of every form, and over a temporary table.
func TestLoadNames(t *testing.T) {
	s := session(t, open(t, duckdb.Config{}))
	for _, name := range []string{`plain`, `PUBLIC.plain`, `t.public.PLAIN`, `"with ""quotes"" and.dots"`, `"T"."PUBLIC"."select"`} {
		if n, err := load(t, s, name, warehouse.LoadReplace, reader(t, ints, 2, 2, number, nil)); err != nil || n != 2 {
			t.Errorf("%s: %d rows, error %v", name, n, err)
		}
		want(t, s, "select sum(A) from "+name, "1")
	}
	run(t, s, "create temporary table plain (a int)")
	if _, err := load(t, s, "plain", warehouse.LoadAppend, reader(t, ints, 3, 3, number, nil)); err != nil {
		t.Error(err)
	}
	want(t, s, "select sum(a) from plain", "3")
	want(t, s, "select sum(a) from t.public.plain", "3") // which hides the other until it is dropped
	run(t, s, "drop table plain")
	want(t, s, "select sum(A) from t.public.plain", "1")
}

// TestLoadCancel ends the context of a load whose rows never end.
func TestLoadCancel(t *testing.T) {
	s := session(t, open(t, duckdb.Config{}))
	run(t, s, "create table kept as select 1 as A")
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	endless := reader(t, ints, 1<<40, 1000, number, nil)
	_, err := s.(warehouse.Loader).Load(ctx, "kept", warehouse.LoadReplace, columnsOf(t, ints), endless)
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("error %v, want DeadlineExceeded", err)
	}
	want(t, s, "select A from kept", "1")
}

// TestManyLoads loads into different tables from many sessions at once.
func TestManyLoads(t *testing.T) {
	w := open(t, duckdb.Config{Dir: t.TempDir()})
	done := make(chan error)
	const sessions = 6
	for i := range sessions {
		s, rows := session(t, w), reader(t, ints, 50_000, 10_000, number, nil)
		go func() {
			_, err := s.(warehouse.Loader).Load(context.Background(), fmt.Sprint("L", i), warehouse.LoadReplace, []warehouse.Column{{Name: "A", Type: warehouse.Number}}, rows)
			done <- err
		}()
	}
	for range sessions {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	want(t, session(t, w), "select count(*) from (select * from l0 union all select * from l5)", "100000")
}

// FuzzQuery runs any text: it may be refused, and the session goes on.
func FuzzQuery(f *testing.F) {
	for _, sql := range []string{
		"select 1", "select 'a\\'b', $$c$$ // d\n, \"e\"", "create table t (a number, b float default 1)", "use schema x", "use",
		"drop", "drop stage", "create", "create schema a.b", "create or replace", "list @a/b pattern='c'", "begin; commit",
		"select cast(1 as", "insert into t values (?)", "alter table t add column x int", "show stages like 'a'", "with a as (select 1) select * from a",
		"put file://a @b", "get @b file://a", "rm @a", "create temporary stage s", "select a:b.c from t", "merge into a using b on", "\x00\xff'",
	} {
		f.Add(sql)
	}
	s := session(f, open(f, duckdb.Config{Stages: stages(f)}))
	f.Fuzz(func(t *testing.T, sql string) {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		_, err := rows(ctx, s, sql)
		var e *warehouse.Error
		if err != nil && !errors.As(err, &e) && ctx.Err() == nil {
			t.Fatalf("%q: %v", sql, err)
		}
		if _, err := rows(context.Background(), s, "rollback"); err != nil {
			t.Fatalf("after %q: %v", sql, err)
		}
		if got, err := rows(context.Background(), s, "select 1"); err != nil || got != "1" {
			t.Fatalf("after %q: %q, %v", sql, got, err)
		}
	})
}

// TestLoadVariant loads JSON as it comes, and finds it as PARSE_JSON has it.
func TestLoadVariant(t *testing.T) {
	s := session(t, open(t, duckdb.Config{}))
	columns := []warehouse.Column{{Name: "V", Type: warehouse.Variant, Nullable: true}}
	rows := one(t, "V", arrow.BinaryTypes.String, `"{ \"b\": 1.50, \"a\": [ ] }"`)
	if _, err := s.(warehouse.Loader).Load(t.Context(), "loaded", warehouse.LoadReplace, columns, rows); err != nil {
		t.Fatal(err)
	}
	want(t, s, `select v = parse_json('{"a":[],"b":1.5}') from loaded`, "true")
}
