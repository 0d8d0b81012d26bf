package duckdb_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/snowpit-dev/snowpit/warehouse"
)

// TestQuickIsSQL holds what a block computes by itself against what the same
// expression is in a query.
func TestQuickIsSQL(t *testing.T) {
	_, s := openMemory(t)
	numbers := []string{"int:0", "int:7", "int:-12", "int:123456789012", "number(10,2):1.50", "number(10,2):-0.25", "number(20,6):12.345678", "float:0.1", "float:-2.5e10", "float:33.33"}
	for _, a := range numbers {
		for _, b := range numbers {
			for _, op := range []string{"+", "-", "*", "<", "=", ">="} {
				x, y := typedAs(a), typedAs(b)
				block := fmt.Sprintf("declare x %s := %s; y %s := %s; begin return x %s y; end", x.typ, x.value, y.typ, y.value, op)
				query := fmt.Sprintf("select cast(%s as %s) %s cast(%s as %s) as x", x.value, x.typ, op, y.value, y.typ)
				got, want := oneOf(t, s, block), oneOf(t, s, query)
				if got != want {
					t.Errorf("%s\n is %s, want %s", block, got, want)
				}
			}
		}
	}
}

type typedText struct{ typ, value string }

// typedAs reads TYPE:VALUE.
func typedAs(text string) typedText {
	typ, value, _ := strings.Cut(text, ":")
	return typedText{typ, value}
}

// oneOf is the one value of a statement, with its type but for a precision.
func oneOf(t *testing.T, s warehouse.Session, sql string) string {
	t.Helper()
	res, err := s.Query(t.Context(), sql)
	if err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	defer res.Close()
	for batch, err := range res.Batches() {
		if err != nil {
			t.Fatalf("%s: %v", sql, err)
		}
		c := res.Columns[0]
		return fmt.Sprintf("%s scale %d: %s", c.Type, c.Scale, batch.Column(0).ValueStr(0))
	}
	return "no row"
}

// TestVariablesKeepValues takes values of every type through a variable, a statement
// that it is bound in, and a cursor.
func TestVariablesKeepValues(t *testing.T) {
	_, s := openMemory(t)
	for _, c := range []typedText{
		{"int", "-42"}, {"number(38, 0)", "12345678901234567890123456789012345678"}, {"number(38, 10)", "-1.0000000001"}, {"number(3, 2)", "0.50"},
		{"float", "0.1"}, {"float", "'NaN'"}, {"float", "'-inf'"}, {"float", "1e300"}, {"float", "-2"},
		{"varchar", "'it''s\\n\\\\ \"x\" ü'"}, {"varchar", "''"}, {"boolean", "false"}, {"binary", "to_binary('00ff', 'HEX')"},
		{"date", "'0001-01-01'"}, {"date", "'9999-12-31'"}, {"time", "'12:34:56.123456'"}, {"time(3)", "'23:59:59.999'"},
		{"timestamp_ntz", "'2024-02-29 12:34:56.123456'"}, {"timestamp_ntz(0)", "'1969-12-31 23:59:59'"}, {"timestamp_ntz", "'2024-02-29 12:34:56.123456789'"},
		{"timestamp_ltz", "'2024-02-29 12:34:56 +0530'"}, {"timestamp_tz", "'2024-02-29 12:34:56.5 -0800'"},
		{"variant", "parse_json('{\"a\": [1, null, \"x\"]}')"}, {"array", "array_construct(1, 'a', null)"}, {"object", "object_construct('k', 1.5)"}, {"int", "null"}, {"date", "null"},
	} {
		want := oneOf(t, s, fmt.Sprintf("select %s::%s as x", c.value, c.typ))
		for _, how := range []string{"return x;", "let rs resultset := (select :x as x); return table(rs);", "let y %[1]s := x; return y;",
			"let c cursor for select :x as x; open c; let z %[1]s := null; fetch c into z; return z;", "let z %[1]s := null; select :x into z; return z;"} {
			if strings.Contains(how, "%") {
				how = fmt.Sprintf(how, c.typ)
			}
			block := fmt.Sprintf("declare x %s default %s; begin %s end", c.typ, c.value, how)
			if got := oneOf(t, s, block); got != want {
				t.Errorf("%s\n is %s, want %s", block, got, want)
			}
		}
	}
}

// TestBlockEnds ends a block with its context while its statements run, and the
// session goes on.
func TestBlockEnds(t *testing.T) {
	_, s := openMemory(t)
	ctx, stop := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer stop()
	_, err := s.Query(ctx, "begin create table t (i int); loop insert into t values (1); end loop; exception when other then return 1; end")
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("%v, want %v", err, context.DeadlineExceeded)
	}
	if got := oneOf(t, s, "select count(*) > 0 as x from t"); got != "BOOLEAN scale 0: true" {
		t.Error(got)
	}
}
