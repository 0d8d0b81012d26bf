package snowflake_test

import (
	"bytes"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/ipc"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/parse"
	"github.com/snowpit-dev/snowpit/warehouse/snowflake"
)

// TestKinds holds what the first words say against what the parser says.
func TestKinds(t *testing.T) {
	for _, sql := range []string{
		"select 1", "-- no\n/* comment */ // at all\nSELECT 1", "with a as (select 1) select * from a", "(select 1)",
		"insert into t values (1)", "insert all into a into b select 1 as x", "update t set a = 1", "delete from t", "truncate table t",
		"merge into t using s on t.a = s.a when matched then delete", "create table t (a int)", "create or replace temporary table t as select 1 as a",
		"create table t (a varchar(10), b number(3, 2)) as select 1, 2", "create table t (a varchar default 'as')", "create or replace view v as select 1 as a",
		"create stage s", "create schema s", "drop table t", "alter table t rename to u", "alter session set timezone = 'UTC'",
		"copy into t from @s", "copy into @s from t", "put file:///a @s", "get @s file:///a", "list @s", "remove @s/a",
		"show tables", "describe table t", "use schema s", "set a = 1", "unset a", "begin", "begin transaction", "start transaction", "commit", "rollback",
		"call p(1)", "begin select 1; end", "declare a int; begin return 1; end", "grant select on table t to role r", "revoke select on table t from role r", "comment on table t is 'x'",
	} {
		tree, err := parse.Statement(sql)
		if err != nil {
			t.Errorf("%s: %v", sql, err)
		} else if got, want := snowflake.KindOf(sql), ast.Kind(tree); got != want {
			t.Errorf("%s: %s, want %s", sql, got, want)
		}
	}
	for _, sql := range []string{"", "  -- nothing", "frobnicate"} {
		if got := snowflake.KindOf(sql); got != "UNKNOWN" {
			t.Errorf("%q: %s", sql, got)
		}
	}
}

func TestCountBinds(t *testing.T) {
	for sql, want := range map[string]int{
		"select ?, ?": 2, "select '?', \"?\", $$?$$ -- ?": 0, "select 'it''s ?', ? /* ? */": 1, `select 'a\'?', ?`: 1, "select 'open ?": 0, "": 0,
	} {
		if got := snowflake.CountBinds(sql); got != want {
			t.Errorf("%s: %d, want %d", sql, got, want)
		}
	}
}

func FuzzKindOf(f *testing.F) {
	f.Add("create /* a */ table \"t\" (a varchar default $$)$$) as select ?")
	f.Add("'\\")
	f.Fuzz(func(t *testing.T, sql string) {
		if snowflake.KindOf(sql) == "" || snowflake.CountBinds(sql) > len(sql) {
			t.Error(sql)
		}
	})
}

var chunkColumns = []warehouse.Column{{Name: "N", Type: warehouse.Number, Precision: 9}, {Name: "T", Type: warehouse.Varchar}}

func arrowChunk(t testing.TB) []byte {
	t.Helper()
	schema := arrow.NewSchema([]arrow.Field{{Name: "N", Type: arrow.PrimitiveTypes.Int8}, {Name: "T", Type: arrow.BinaryTypes.String}}, nil)
	b := array.NewRecordBuilder(memory.DefaultAllocator, schema)
	defer b.Release()
	b.Field(0).(*array.Int8Builder).AppendValues([]int8{1, 2}, nil)
	b.Field(1).(*array.StringBuilder).AppendValues([]string{"a", "b"}, nil)
	batch := b.NewRecordBatch()
	defer batch.Release()
	var out bytes.Buffer
	w := ipc.NewWriter(&out, ipc.WithSchema(schema))
	if err := w.Write(batch); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// FuzzReadChunk: what a server sends as a chunk is rows or an error.
func FuzzReadChunk(f *testing.F) {
	f.Add(arrowChunk(f))
	f.Add([]byte(`["1","a"],["2",null]`))
	f.Add([]byte(`["1"]`))
	f.Add([]byte(`[["1"`))
	f.Fuzz(func(t *testing.T, chunk []byte) {
		batches, err := snowflake.ReadChunk(chunkColumns, bytes.NewReader(chunk))
		if err == nil {
			for _, b := range batches {
				b.Release()
			}
		}
	})
}
