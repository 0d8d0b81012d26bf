package parse_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/parse"
)

func TestLocation(t *testing.T) {
	id := func(names ...string) (ids []ast.Ident) {
		for _, name := range names {
			ids = append(ids, ast.Ident{Name: name, Quoted: strings.ToUpper(name) != name})
		}
		return ids
	}
	tests := map[string]ast.Location{
		`@modelstage`:              {Name: id("MODELSTAGE")},
		`@db.sch.st/Dir/f.json`:    {Name: id("DB", "SCH", "ST"), Path: "Dir/f.json"},
		`@"my st"/a`:               {Name: id("my st"), Path: "a"},
		`@"db"."s""c".st/a-b_1.0/`: {Name: id("db", `s"c`, "ST"), Path: "a-b_1.0/"},
		`@~`:                       {Kind: ast.UserStage},
		`@~/staged/a.csv.gz`:       {Kind: ast.UserStage, Path: "staged/a.csv.gz"},
		`@%t/x`:                    {Kind: ast.TableStage, Name: id("T"), Path: "x"},
		`@db.sch.%"t"`:             {Kind: ast.TableStage, Name: id("DB", "SCH", "t")},
		`'@s/with space,(1).csv'`:  {Name: id("S"), Path: "with space,(1).csv"},
		`'@s/it''s'`:               {Name: id("S"), Path: "it's"},
		`$$@s/a b$$`:               {Name: id("S"), Path: "a b"},
		`@s//a`:                    {Name: id("S"), Path: "/a"},
	}
	for text, want := range tests {
		s, err := parse.Statement("list " + text + " ;")
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if diff := cmp.Diff(&want, s.(*ast.List).Location, sameTree); diff != "" {
			t.Errorf("%s: want -, got +:\n%s", text, diff)
		}
	}
}

func TestStringEscapes(t *testing.T) {
	tests := map[string]string{
		`'plain'`:             "plain",
		`''`:                  "",
		`'it''s'`:             "it's",
		`'it\'s "\"" \\'`:     `it's """ \`,
		`'a\tb\nc\r\b\f'`:     "a\tb\nc\r\b\f",
		`'\z\%'`:              "z%",
		`'\x41\u00e4\101\0'`:  "Aä" + "A" + "\x00",
		`'\ud83d\ude26'`:      "😦",
		`'\xg\u12\8'`:         "xgu128",
		`$$a'b\n$c$$`:         `a'b\n$c`,
		"'line\nbreak -- no'": "line\nbreak -- no",
	}
	for text, want := range tests {
		s, err := parse.Statement("list @s pattern = " + text)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if got := s.(*ast.List).Pattern.Value; got != want {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
}

func TestKind(t *testing.T) {
	tests := map[string]string{
		"select 1":                                    "SELECT",
		"((select 1) union select 2)":                 "SELECT",
		"with a as (select 1) select * from a":        "SELECT",
		"create or replace stage s":                   "CREATE",
		"create table t (a int)":                      "CREATE_TABLE",
		"create temporary table t as select 1":        "CREATE_TABLE_AS_SELECT",
		"create table t (a int) as (select 1)":        "CREATE_TABLE_AS_SELECT",
		"create or replace transient table t (a int)": "CREATE_TABLE",
		"create view v as select 1":                   "CREATE_VIEW",
		"create schema s":                             "CREATE",
		"insert into t values (1)":                    "INSERT",
		"insert all into t values (a) select 1 as a":  "MULTI_TABLE_INSERT",
		"update t set a = 1":                          "UPDATE",
		"copy into t from @s":                         "COPY",
		"copy into @s from t":                         "UNLOAD",
		"begin":                                       "BEGIN_TRANSACTION",
		"truncate table t":                            "TRUNCATE_TABLE",
		"list @s":                                     "LIST_FILES",
		"rm @s":                                       "REMOVE_FILES",
		"put file://a @s":                             "PUT_FILES",
		"get @s file://a":                             "GET_FILES",
		"show stages":                                 "SHOW",
		"drop stage s":                                "DROP",
		"alter session set a = 1":                     "ALTER_SESSION",
		"desc table t":                                "DESCRIBE",
	}
	for text, want := range tests {
		s, err := parse.Statement(text)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if got := ast.Kind(s); got != want {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
	}
}

func TestScriptReportsEveryError(t *testing.T) {
	stmts, err := parse.Script("list @s;\nlist s;\n  put 'a' @s;\nrm @~")
	if len(stmts) != 2 {
		t.Errorf("%d statements, want the 2 good ones", len(stmts))
	}
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok || len(joined.Unwrap()) != 2 {
		t.Fatalf("error %v, want 2 joined", err)
	}
	wants := []struct{ line, column int }{{2, 5}, {3, 6}}
	for i, err := range joined.Unwrap() {
		var e *warehouse.Error
		if !errors.As(err, &e) || e.Line != wants[i].line || e.Column != wants[i].column {
			t.Errorf("error %d: %+v, want line %d column %d", i, e, wants[i].line, wants[i].column)
		}
	}
}

func TestLenient(t *testing.T) {
	tests := map[string]string{
		"select * from range(10)":                             "SELECT",
		"(select * from range(10))":                           "SELECT",
		"with a as (select #1) select 1 +":                    "",
		"with a as (select 1) select * from f(1)":             "SELECT",
		"create macro f(x) as x + 1":                          "CREATE",
		"create table t as from u":                            "CREATE_TABLE",
		"create or replace table t as select * from range(3)": "CREATE_TABLE_AS_SELECT",
		"select * from t match_recognize (x)":                 "SELECT",
		"update t as u set a = 1 returning *":                 "UPDATE",
		"begin select 1; end":                                 "CALL",
		"select 1":                                            "SELECT",
		"pragma x":                                            "",
		"create stage s nonsense":                             "",
		"list s":                                              "",
		"select 'a":                                           "",
		"select 1; select 2":                                  "",
		"":                                                    "",
	}
	for text, want := range tests {
		s, err := parse.Lenient(text)
		if err != nil {
			if want != "" {
				t.Errorf("%s: %v", text, err)
			}
			continue
		}
		if got := ast.Kind(s); got != want {
			t.Errorf("%s: %s, want %q", text, got, want)
		}
		if o, ok := s.(*ast.Other); ok && o.Text != text {
			t.Errorf("%s: text %q", text, o.Text)
		}
	}
}

func TestStatementLimits(t *testing.T) {
	tests := map[string]string{
		"long":           "select '" + strings.Repeat("x", parse.MaxBytes) + "'",
		"many":           "select " + strings.Repeat("1,", parse.MaxTokens/2) + "1",
		"options":        "create stage s x = " + strings.Repeat("(", 10_000),
		"nested options": "create stage s " + strings.Repeat("x = (x = (", 10_000),
		"parentheses":    "select " + strings.Repeat("(", 10_000) + "1" + strings.Repeat(")", 10_000),
		"calls":          "select " + strings.Repeat("f(", 10_000),
		"subqueries":     strings.Repeat("(select ", 10_000),
		"queries":        strings.Repeat("(", 10_000) + "select 1",
		"from":           "select * from " + strings.Repeat("(", 10_000) + "select 1",
		"tables":         "select * from " + strings.Repeat("(", 10_000) + "t",
		"not":            "select " + strings.Repeat("not ", 10_000) + "a",
		"minus":          "select " + strings.Repeat("- ", 10_000) + "a",
		"arrays":         "select " + strings.Repeat("[", 10_000),
		"objects":        "select " + strings.Repeat("{'a':", 10_000),
		"case":           "select " + strings.Repeat("case when ", 10_000),
		"types":          "select a::" + strings.Repeat("array(", 10_000),
		"lambdas":        "select f(" + strings.Repeat("x -> f(", 10_000),
		"explain":        strings.Repeat("explain ", 10_000) + "select 1",
		"pluses":         "select " + strings.Repeat("1+", 100_000) + "1",
		"ands":           "select " + strings.Repeat("a and ", 100_000) + "1",
		"casts":          "select a" + strings.Repeat("::int", 100_000),
		"subscripts":     "select a" + strings.Repeat("[0]", 100_000),
		"unions":         strings.Repeat("select 1 union ", 50_000) + "select 1",
		"joins":          "select * from t" + strings.Repeat(" join t", 50_000),
		"predicates":     "select a" + strings.Repeat(" is null", 50_000),
		"cubes":          "select a group by " + strings.Repeat("cube(", 50_000),
		"with":           strings.Repeat("with a as (", 50_000),
		"pivots":         "select * from t" + strings.Repeat(" sample (1)", 50_000),
	}
	for name, text := range tests {
		_, err := parse.Statement(text)
		var e *warehouse.Error
		if !errors.As(err, &e) || e.Code != 2019 || !errors.Is(err, warehouse.ErrUnsupported) {
			t.Errorf("%s: %v, want 2019", name, err)
		}
	}
}

// A long value is no long statement.
func TestLongValue(t *testing.T) {
	value := strings.Repeat("x", 16<<20)
	s, err := parse.Statement("select '" + value + "'")
	if err != nil {
		t.Fatal(err)
	}
	if text := s.(*ast.Query).Body.(*ast.Select).Items[0].X.(*ast.String); text.Value != value {
		t.Errorf("%d bytes of %d", len(text.Value), len(value))
	}
}
