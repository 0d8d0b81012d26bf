package dialecttest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/parse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/print"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb"
)

const sample = `docs: sql-reference/functions/iff
The rule.
-- setup --
create table t (a int); insert into t values (1);
-- first case --
select a as "A b", 'x' as c, null as d, '' as e from t
-- want --
A b NUMBER(38,0) | C VARCHAR | D | *
1 | 'x' | NULL | ''
-- refused --
select nothing from t
-- error --
000904 (42000) 1:7
-- just runs --
drop table t
`

func TestReadFile(t *testing.T) {
	f, err := readFile("area/name", []byte(sample))
	if err != nil {
		t.Fatal(err)
	}
	want := &File{Name: "area/name", Docs: "sql-reference/functions/iff", Rule: "The rule.",
		Setup: []string{"create table t (a int)", "insert into t values (1)"},
		Cases: []*Case{
			{Name: "area/name/first_case", SQL: `select a as "A b", 'x' as c, null as d, '' as e from t`,
				Want: &Table{Columns: []Column{{"A b", "NUMBER(38,0)"}, {"C", "VARCHAR"}, {"D", ""}, {}}, Rows: [][]string{{"1", "x", null, ""}}}},
			{Name: "area/name/refused", SQL: "select nothing from t", Fail: &Fail{Code: 904, State: "42000", Line: 1, Column: 7}},
			{Name: "area/name/just_runs", SQL: "drop table t"},
		}}
	if diff := cmp.Diff(want, f); diff != "" {
		t.Error(diff)
	}
	if f.Area() != "area" {
		t.Errorf("area %q", f.Area())
	}
}

func TestReadFileRefuses(t *testing.T) {
	tests := map[string]string{
		"-- a --\nselect 1\n":      "names no page",
		"docs: x\n-- want --\nA\n": "belongs to no statement",
		"docs: x\n-- a --\nselect 1\n-- want --\nA\n-- want --\nA\n":        "two outcomes",
		"docs: x\n-- a --\nselect 1\n-- a --\nselect 1\n":                   "two of that name",
		"docs: x\n-- a --\nselect 1\n-- want --\nA | B\n1\n":                "1 cells for 2 columns",
		"docs: x\n-- a --\nselect 1\n-- error --\n904\n":                    "want CODE (STATE)",
		"docs: x\n-- a --\nselect 1\n-- want --\nA\n'\\q'\n":                "the cell",
		"docs: x\n-- setup --\nselect 1\n-- error --\n000904 (42000) 1:1\n": "belongs to no statement",
	}
	for text, want := range tests {
		if _, err := readFile("x", []byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
	if _, err := readFiles(fstest.MapFS{"corpus/a/b.txtar": {Data: []byte(sample)}}, 4); err == nil || !strings.Contains(err.Error(), "is the corpus gone") {
		t.Errorf("a corpus that has shrunk: %v", err)
	}
}

func TestReadCells(t *testing.T) {
	tests := map[string][]string{
		"a | b":           {"a", "b"},
		"":                {""},
		"1":               {"1"},
		"'a | b' | NULL":  {"a | b", null},
		`'it\'s' | '\t'`:  {"it's", "\t"},
		`'NULL' | '' | *`: {"NULL", "", anything},
		`"x" | 'it's'`:    {`"x"`, "it's"},
		`'"q"'`:           {`"q"`},
		"' a '":           {" a "},
		`a\n | \\`:        {`a\n`, `\\`},
	}
	for line, want := range tests {
		got, err := readCells(line)
		if err != nil {
			t.Errorf("%s: %v", line, err)
		} else if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s\n%s", line, diff)
		}
	}
}

func TestAgrees(t *testing.T) {
	tests := []struct {
		kind      warehouse.Type
		want, got string
		agrees    bool
	}{
		{warehouse.Float, "1.414213562", "1.4142135623730951", true},
		{warehouse.Float, "1.41421", "1.4142135623730951", true},
		{warehouse.Float, "1.414", "1.4142135623730951", false},
		{warehouse.Float, "2", "2", true},
		{warehouse.Float, "60", "59.99999999999999", true},
		{warehouse.Float, "60", "59.999999999999", false},
		{warehouse.Float, "1e+20", "100000000000000000000", true},
		{warehouse.Float, "x", "1", false},
		{warehouse.Float, "0.500000", "0.5", true},
		{warehouse.Number, "0.500000", "0.5", false},
		{warehouse.Variant, `{"a": [1, 2]}`, `{"a":[1,2]}`, true},
		{warehouse.Variant, `{"a":1}`, `{"a":1.0}`, false},
		{warehouse.Array, `[1,undefined]`, "[\n  1,\n  undefined\n]", true},
		{warehouse.Array, `[undefined]`, `["undefined"]`, false},
		{warehouse.Array, `["a undefined b"]`, `["a undefined b" ]`, true},
		{warehouse.Array, `["a undefined b"]`, `["a  undefined b"]`, false},
		{warehouse.Varchar, `[1, 2]`, `[1,2]`, false},
		{warehouse.Varchar, anything, "whatever", true},
		{warehouse.Varchar, null, "NULL", false},
		{warehouse.Varchar, "NULL", null, false},
		{warehouse.Varchar, null, null, true},
	}
	for _, tt := range tests {
		if agrees(tt.kind, tt.want, tt.got) != tt.agrees {
			t.Errorf("%s %q %q: want %t", tt.kind, tt.want, tt.got, tt.agrees)
		}
	}
}

// The whole corpus is SQL: what is not meant to be refused parses, and prints
// as a text of the same meaning.
func TestPrints(t *testing.T) {
	files, err := Files()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		for _, c := range f.Cases {
			tree, err := parse.Statement(c.SQL)
			if err != nil {
				continue // for Run to judge
			}
			once := print.SQL(tree)
			again, err := parse.Statement(once)
			if err != nil {
				t.Errorf("%s: printed as\n%s\n%v", c.Name, once, err)
			} else if twice := print.SQL(again); twice != once {
				t.Errorf("%s: printed as\n%s\nand then as\n%s", c.Name, once, twice)
			}
		}
	}
}

// Wrong expectations are found: each section below differs from what the
// database gives, in its columns or in its rows.
const wrong = `docs: x
-- setup --
create table t (a int, b varchar);
insert into t values (1, 'x');
-- name columns --
select a as n from t
-- want --
M
1
-- type columns --
select a from t
-- want --
VARCHAR
1
-- precision columns --
select a::number(5,2) as a from t
-- want --
NUMBER(6,2)
1.00
-- fewer columns columns --
select a, a from t
-- want --
A
1
-- value --
select b from t
-- want --
B VARCHAR
y
-- null is not NULL --
select null as b
-- want --
B
'NULL'
-- too many rows --
select b from t
-- want --
B
-- too few rows --
select b from t
-- want --
B
x
x
-- accepted --
select b from t
-- error --
000904 (42000)
-- other code --
select c from t
-- error --
000905 (42000)
-- other state --
select c from t
-- error --
000904 (42001)
-- other place --
select c from t
-- error --
000904 (42000) 1:8
-- other message --
select c from t
-- error --
000904 (42000)
no
-- refused --
select c from t
-- want --
C
x
-- does not run --
drop table nothing
`

func open(t *testing.T) warehouse.Warehouse {
	t.Helper()
	w, err := duckdb.Open(t.Context(), duckdb.Config{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { w.Close() })
	return w
}

func TestCheckFindsWhatIsWrong(t *testing.T) {
	f, err := readFile("kit/wrong", []byte(wrong))
	if err != nil {
		t.Fatal(err)
	}
	findings, err := Check(t.Context(), open(t), f)
	if err != nil {
		t.Fatal(err)
	}
	if len(findings) != len(f.Cases) {
		t.Fatalf("%d findings for %d cases", len(findings), len(f.Cases))
	}
	for _, found := range findings {
		if columns := strings.HasSuffix(found.Case.Name, "_columns"); columns != (found.Columns != nil) || found.Holds() {
			t.Errorf("%s: columns %v, rows %v", found.Case.Name, found.Columns, found.Rows)
		}
		if found.Refused {
			t.Errorf("%s: counts as not supported", found.Case.Name)
		}
	}
}

func TestCheckPasses(t *testing.T) {
	f, err := readFile("kit/right", []byte(strings.Replace(sample, "A b NUMBER", "A b NUMBER", 1)))
	if err != nil {
		t.Fatal(err)
	}
	w := open(t)
	for range 2 { // the schema of the first is in nobody's way
		findings, err := Check(t.Context(), w, f)
		if err != nil {
			t.Fatal(err)
		}
		for _, found := range findings {
			if !found.Holds() {
				t.Errorf("%s: columns %v, rows %v", found.Case.Name, found.Columns, found.Rows)
			}
		}
	}
}

// A setup that fails is the reason given for what does not hold behind it.
func TestCheckTellsOfTheSetup(t *testing.T) {
	f, err := readFile("kit/setup", []byte("docs: x\n-- setup --\ncreate table t (a nonsense);\n-- a --\nselect a from t\n-- want --\nA\n1\n"))
	if err != nil {
		t.Fatal(err)
	}
	findings, err := Check(t.Context(), open(t), f)
	if err != nil || findings[0].Holds() || !strings.Contains(findings[0].Rows.Error(), "setup: create table") {
		t.Errorf("%v, %v", findings, err)
	}
}

// closed is a warehouse that opens no session.
type closed struct{ warehouse.Warehouse }

var errClosed = errors.New("closed")

func (closed) Open(context.Context, warehouse.SessionOptions) (warehouse.Session, error) {
	return nil, errClosed
}

func TestCheckOfNoWarehouse(t *testing.T) {
	if _, err := Check(t.Context(), closed{}, &File{Name: "x"}); !errors.Is(err, errClosed) {
		t.Error(err)
	}
}

func TestVerdict(t *testing.T) {
	bad := errors.New("bad")
	plain, columns := known{why: "reason"}, known{columns: true, why: "reason"}
	tests := []struct {
		name          string
		columns, rows error
		listed        *known
		says          string // "" for nil
		healed        bool
	}{
		{"holds", nil, nil, nil, "", false},
		{"rows differ", nil, bad, nil, "bad", false},
		{"columns differ", bad, nil, nil, "bad", false},
		{"both differ", bad, bad, nil, "bad\nbad", false},
		{"listed and holds", nil, nil, &plain, "holds now", true},
		{"listed columns and holds", nil, nil, &columns, "holds now", true},
		{"listed", nil, bad, &plain, "", false},
		{"listed columns", bad, nil, &columns, "", false},
		{"listed columns, rows differ", bad, bad, &columns, "were right", false},
		{"listed, columns alone differ", bad, nil, &plain, "only its columns", false},
	}
	for _, tt := range tests {
		f, list := Finding{Case: &Case{Name: "c"}, Columns: tt.columns, Rows: tt.rows}, map[string]known{}
		if tt.listed != nil {
			list["c"] = *tt.listed
		}
		err, healed := verdict(f, list)
		if healed != tt.healed || (err == nil) != (tt.says == "") || !strings.Contains(fmt.Sprint(err), tt.says) && err != nil {
			t.Errorf("%s: %v, healed %t", tt.name, err, healed)
		}
	}
}

func TestKnownList(t *testing.T) {
	path := filepath.Join(t.TempDir(), "known.txt")
	write := func(text string) {
		t.Helper()
		if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	write("# above\nb/c columns: it is so\n\na/b: as it is\n")
	list, err := readKnown(path)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]known{"a/b": {why: "as it is"}, "b/c": {columns: true, why: "it is so"}}
	if diff := cmp.Diff(want, list, cmp.AllowUnexported(known{})); diff != "" {
		t.Error(diff)
	}
	if err := writeKnown(path, map[string]bool{"a/b": true}); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(path)
	if err != nil || string(text) != "# above\nb/c columns: it is so\n" {
		t.Errorf("%q, %v", text, err)
	}
	for _, text := range []string{"a/b\n", "a: x\na: y\n"} {
		write(text)
		if _, err := readKnown(path); err == nil {
			t.Errorf("%q is read", text)
		}
	}
	if list, err := readKnown(); err != nil || len(list) != 0 {
		t.Errorf("no list: %v, %v", list, err)
	}
	if _, err := readKnown(path + "x"); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a list that is not there: %v", err)
	}
}

func TestTally(t *testing.T) {
	bad, counts := errors.New("bad"), tally{}
	for _, f := range []Finding{{}, {}, {Columns: bad}, {Rows: bad}, {Rows: bad, Refused: true}} {
		counts.add("area", f)
	}
	if got, want := *counts["area"], (count{works: 2, columns: 1, differs: 1, refused: 1}); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
	if text := counts.String(); !strings.Contains(text, "area") || !strings.Contains(text, "5") {
		t.Error(text)
	}
}
