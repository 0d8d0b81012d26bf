package duckdb_test

import (
	"errors"
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

// Text that is bound becomes binary by its hexadecimal digits, as text that is
// written does, and bytes that are bound stay what they are:
// https://docs.snowflake.com/en/sql-reference/binary-input-output.
func TestBoundBinary(t *testing.T) {
	s := session(t, open(t, duckdb.Config{}))
	for _, stmt := range []struct {
		sql  string
		args []any
	}{
		{"create table b (id int, c binary)", nil},
		{"insert into b values (1, ?)", []any{"ff00"}},
		{"insert into b select 2, ?", []any{"ff00"}},
		{"insert into b values (3, ?)", []any{[]byte{1, 2}}},
		{"insert into b select 4, ?", []any{[]byte{1, 2}}},
		{"update b set c = ? where id = 4", []any{"abcd"}},
		{"insert into b select 5, ?::binary", []any{"0a"}},
		{"insert into b select 6, ?::binary", []any{[]byte{9}}},
		{"merge into b using (select 7 as id) x on b.id = x.id when not matched then insert (id, c) values (x.id, ?)", []any{"77"}},
	} {
		if _, err := warehouse.Exec(t.Context(), s, stmt.sql, stmt.args...); err != nil {
			t.Fatalf("%s: %v", stmt.sql, err)
		}
	}
	res, err := s.Query(t.Context(), "select listagg(hex_encode(c), ' ') within group (order by id) as l from b")
	if err != nil {
		t.Fatal(err)
	}
	defer res.Close()
	for batch, err := range res.Batches() {
		if err != nil {
			t.Fatal(err)
		}
		if got, want := batch.Column(0).ValueStr(0), "FF00 FF00 0102 ABCD 0A 09 77"; got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	}
	for _, sql := range []string{"insert into b values (8, ?)", "select ?::binary"} {
		_, err := warehouse.Exec(t.Context(), s, sql, "0g")
		var e *warehouse.Error
		if !errors.As(err, &e) || e.Code != 100115 || e.Message != "The following string is not a legal hex-encoded value: '0g'" {
			t.Errorf("%s: error %v", sql, err)
		}
	}
}

// Each bound value goes where its question mark stands, whatever order the
// parts of a statement are run in.
func TestPlacesOfBinds(t *testing.T) {
	s := session(t, open(t, duckdb.Config{}))
	exec := func(sql string, args ...any) {
		t.Helper()
		if _, err := warehouse.Exec(t.Context(), s, sql, args...); err != nil {
			t.Fatalf("%s: %v", sql, err)
		}
	}
	want := func(want string) {
		t.Helper()
		res, err := s.Query(t.Context(), "select listagg(id || '=' || v, ' ') within group (order by id) as l from t")
		if err != nil {
			t.Fatal(err)
		}
		defer res.Close()
		for batch, err := range res.Batches() {
			if err != nil || batch.Column(0).ValueStr(0) != want {
				t.Errorf("got  %v, error %v\nwant %s", batch.Column(0), err, want)
			}
		}
	}
	exec("create table t (id int, v varchar)")
	exec("insert into t values (1, 'a'), (2, 'b'), (3, 'c')")
	exec("merge into t using (select id, ? as v from t where id = ?) x on t.id = x.id and t.v = ? when matched and t.v <> ? then update set v = x.v || ? when not matched then insert values (?, ?)",
		"new", int64(1), "a", "zz", "!", int64(9), "no")
	want("1=new! 2=b 3=c")
	exec("merge into t using (select ? as id) x on t.id = x.id when matched then update set v = ? when not matched then insert (id, v) values (x.id + ?, ?)", int64(4), "no", int64(10), "yes")
	want("1=new! 2=b 3=c 14=yes")
	exec("update t set v = ? || x.w from (select ? as i, ? as w) x where t.id = x.i and t.v <> ?", "p", int64(2), "w", "q")
	want("1=new! 2=pw 3=c 14=yes")
	exec("begin")
	exec("update t set v = ? where id = ?", "tx", int64(3))
	exec("delete from t using (select ? as i) x where t.id = x.i and t.v = ?", int64(14), "yes")
	exec("commit")
	want("1=new! 2=pw 3=tx")
	exec("insert all when i > ? then into t (id, v) values (i, ?) else into t (id, v) values (i, ?) select i from (select ? as i union all select ?)", int64(50), "big", "small", int64(60), int64(40))
	want("1=new! 2=pw 3=tx 40=small 60=big")
}
