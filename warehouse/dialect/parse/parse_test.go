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
		"select 1":                                     "SELECT",
		"((select 1) union select 2)":                  "SELECT",
		"with a as (select 1) select * from a":         "SELECT",
		"create or replace stage s":                    "CREATE",
		"create table t (a int)":                       "CREATE_TABLE",
		"create temporary table t as select 1":         "CREATE_TABLE_AS_SELECT",
		"create table t (a int) as (select 1)":         "CREATE_TABLE_AS_SELECT",
		"create or replace transient table t (as int)": "CREATE_TABLE",
		"create view v as select 1":                    "CREATE_VIEW",
		"create schema s":                              "CREATE",
		"insert into t values (1)":                     "INSERT",
		"insert all into t values (a) select 1 as a":   "MULTI_TABLE_INSERT",
		"update t set a = 1":                           "UPDATE",
		"copy into t from @s":                          "COPY",
		"copy into @s from t":                          "UNLOAD",
		"begin":                                        "BEGIN_TRANSACTION",
		"truncate table t":                             "TRUNCATE_TABLE",
		"list @s":                                      "LIST_FILES",
		"rm @s":                                        "REMOVE_FILES",
		"put file://a @s":                              "PUT_FILES",
		"get @s file://a":                              "GET_FILES",
		"show stages":                                  "SHOW",
		"drop stage s":                                 "DROP",
		"alter session set a = 1":                      "ALTER_SESSION",
		"desc table t":                                 "DESCRIBE",
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

func TestStatementLimits(t *testing.T) {
	tests := map[string]string{
		"long":  "select '" + strings.Repeat("x", parse.MaxBytes) + "'",
		"deep":  "create stage s x = " + strings.Repeat("(", 10_000),
		"deep2": "create stage s " + strings.Repeat("x = (x = (", 10_000),
	}
	for name, text := range tests {
		_, err := parse.Statement(text)
		var e *warehouse.Error
		if !errors.As(err, &e) || e.Code != 2019 || !errors.Is(err, warehouse.ErrUnsupported) {
			t.Errorf("%s: %v, want 2019", name, err)
		}
	}
}
