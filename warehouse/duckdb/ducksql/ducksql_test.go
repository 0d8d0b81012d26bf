package ducksql_test

import (
	"testing"

	"github.com/snowpit-dev/snowpit/warehouse/dialect/rewrite"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/ducksql"
)

// TestQuoting writes names and texts with quotes in them.
func TestQuoting(t *testing.T) {
	if got, want := ducksql.Name(`a"b`), `"a""b"`; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	if got, want := ducksql.Text(`it's \n`), `'it''s \n'`; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	if a, b := ducksql.FreshName("x_"), ducksql.FreshName("x_"); a == b {
		t.Errorf("%s twice", a)
	}
}

// TestTypes knows types of DuckDB's by their names.
func TestTypes(t *testing.T) {
	for duck, want := range map[string][2]string{
		"DECIMAL(10,2)": {"number", "NUMBER(10,2)"}, "BIGINT": {"number", "NUMBER(38,0)"}, "DOUBLE": {"number", "FLOAT"},
		"VARCHAR": {"text", "VARCHAR(16777216)"}, "BLOB": {"bytes", "BINARY(8388608)"}, "BOOLEAN": {"boolean", "BOOLEAN"}, "DATE": {"date", "DATE"},
		"TIMESTAMP": {"date", "TIMESTAMP_NTZ(9)"}, "TIMESTAMP WITH TIME ZONE": {"date", "TIMESTAMP_LTZ(9)"}, "TIME": {"time", "TIME(9)"},
		"INTEGER[]": {"nested", "ARRAY"}, "STRUCT(a INTEGER)": {"nested", "OBJECT"}, "JSON": {"nested", "VARIANT"},
	} {
		if got := [2]string{ducksql.Family(duck), ducksql.SnowflakeType(duck)}; got != want {
			t.Errorf("%s: %v, want %v", duck, got, want)
		}
	}
	if coarse, ok := ducksql.Coarse(rewrite.FineNaive); coarse != "TIMESTAMP" || !ok {
		t.Errorf("nine digits in six: %q, %t", coarse, ok)
	}
	if _, ok := ducksql.Coarse("TIMESTAMP"); ok {
		t.Error("six digits are nine")
	}
}

// TestIsNumber takes no number that Snowflake would not.
func TestIsNumber(t *testing.T) {
	for text, want := range map[string]bool{" -1.5e3 ": true, ".5": true, "1.": true, "1_000": false, "0x1F": false, "": false, "e3": false} {
		if got := ducksql.IsNumber(text); got != want {
			t.Errorf("%q: %t", text, got)
		}
	}
	column, length, ok := ducksql.CheckedLength(`(length("odd name") <= 20)`)
	if column != `"odd name"` || length != "20" || !ok {
		t.Errorf("the length of %s is %s, %t", column, length, ok)
	}
}
