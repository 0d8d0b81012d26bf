package inline_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/parse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/print"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/types"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/catalog"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/inline"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/routine"
)

// scope has functions of one schema.
type scope []*routine.Routine

func (s scope) Functions(name *ast.Name, in catalog.Name) (found []*routine.Routine) {
	for _, f := range s {
		if f.Name == name.Last() && f.Schema == in.Schema {
			found = append(found, f)
		}
	}
	return found
}

func (s scope) Types(tree ast.Statement) *types.Info { return types.Check(tree, types.Config{}) }

func (s scope) Zone() string { return "UTC" }

func function(name, body, returns string, params ...string) *routine.Routine {
	f := &routine.Routine{Database: "D", Schema: "S", Name: name, Body: body, Returns: returns}
	for _, p := range params {
		name, typ, _ := strings.Cut(p, " ")
		typ, value, _ := strings.Cut(typ, " = ")
		f.Params = append(f.Params, routine.Parameter{Name: name, Type: typ, Default: value})
	}
	return f
}

var functions = scope{
	function("TWICE", "x * 2", "NUMBER(38,0)", "X NUMBER(38,0)"),
	function("FOUR_TIMES", "twice(twice(x))", "NUMBER(38,0)", "X NUMBER(38,0)"),
	function("OVER", "'number'", "VARCHAR(6)", "X NUMBER(38,0)"),
	function("OVER", "'text'", "VARCHAR(6)", "X VARCHAR(16777216)"),
	function("WITH_DEFAULT", "x + y", "NUMBER(38,0)", "X NUMBER(38,0)", "Y NUMBER(38,0) = 7"),
	function("MOST", "select max(a) from t where b = x", "NUMBER(38,0)", "X NUMBER(38,0)"),
	function("FOREVER", "forever(x) + 1", "NUMBER(38,0)", "X NUMBER(38,0)"),
	{Database: "D", Schema: "S", Name: "ROWS_OF", Body: "select a from t where b = x", Params: []routine.Parameter{{Name: "X", Type: "NUMBER(38,0)"}},
		Table: []catalog.ColumnMeta{{Name: "A", Type: "NUMBER(38,0)"}}},
}

func inlined(t *testing.T, sql string) (string, bool, error) {
	t.Helper()
	tree, err := parse.Statement(sql)
	if err != nil {
		t.Fatal(err)
	}
	changed, err := inline.Statement(functions, catalog.NameOf("D", "S", ""), tree, types.Check(tree, types.Config{}))
	return print.SQL(tree), changed, err
}

func TestStatement(t *testing.T) {
	for sql, parts := range map[string][]string{
		"select twice(3)":                 {`CAST((3) AS NUMBER(38, 0)) * 2) AS NUMBER(38, 0))`, `AS "TWICE(3)"`}, // the column keeps its name
		"select four_times(1)":            {`* 2`, `"FOUR_TIMES(1)"`},
		"select over(1)":                  {`'number'`},
		"select over('a')":                {`'text'`},
		"select with_default(1)":          {`CAST((7) AS NUMBER(38, 0))`},
		"select most(1)":                  {`FROM D.S.T AS T`},             // of the function's schema, whoever calls it
		"select a from table(rows_of(1))": {`D.S.T`, `LATERAL`, `ROWS_OF`}, // goes by the function's name
	} {
		got, changed, err := inlined(t, sql)
		if err != nil || !changed {
			t.Errorf("%s: changed %v, %v", sql, changed, err)
		}
		for _, part := range parts {
			if !strings.Contains(strings.ReplaceAll(got, `"D"."S"`, "D.S"), part) {
				t.Errorf("%s: %s\nlacks %s", sql, got, part)
			}
		}
		if again, err := parse.Statement(got); err != nil || print.SQL(again) != got {
			t.Errorf("%s: what comes of it cannot be read again: %s: %v", sql, got, err)
		}
	}
}

func TestUntouched(t *testing.T) {
	for _, sql := range []string{"select 1", "select upper('twice(1)')", `select "twice"(1)`} {
		if got, changed, err := inlined(t, sql); changed || err != nil {
			t.Errorf("%s: %s, changed %v, %v", sql, got, changed, err)
		}
	}
}

func TestRefused(t *testing.T) {
	for sql, want := range map[string]int{
		"select twice()":                  1044,
		"select twice(1, 2)":              1044,
		"select forever(1)":               2057,
		"select * from table(twice(1))":   2140,
		"select with_default(y => 1)":     1044,
		"select 1 where twice(1, 2) > 0":  1044,
		"select rows_of(1) as not_scalar": 0, // a table's call is left for who finds it there
	} {
		_, _, err := inlined(t, sql)
		var refused *warehouse.Error
		if got := errors.As(err, &refused); got != (want != 0) || got && refused.Code != want {
			t.Errorf("%s: %v, want %06d", sql, err, want)
		}
	}
}
