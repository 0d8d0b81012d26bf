package parse_test

import (
	"os"
	"strings"
	"testing"
	"time"

	"github.com/snowpit-dev/snowpit/warehouse/dialect/parse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/print"
)

// model is a typical model of sixty lines.
func model(t testing.TB) string {
	t.Helper()
	text, err := os.ReadFile("testdata/model.sql")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func BenchmarkStatement(b *testing.B) {
	sql := model(b)
	b.SetBytes(int64(len(sql)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := parse.Statement(sql); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkStatementAndPrint(b *testing.B) {
	sql := model(b)
	for b.Loop() {
		s, err := parse.Statement(sql)
		if err != nil {
			b.Fatal(err)
		}
		_ = print.SQL(s)
	}
}

func TestModel(t *testing.T) {
	s, err := parse.Statement(model(t))
	if err != nil {
		t.Fatal(err)
	}
	roundTrip(t, s, print.SQL(s))
}

// TestLinear reads long texts made to be hard. Reading takes under a tenth of a
// second where its time is in proportion to the text, and minutes where it is
// not, so that a generous limit tells them apart.
func TestLinear(t *testing.T) {
	const limit = 5 * time.Second
	tests := map[string]string{
		"list":           "select a from t where a in (" + fill("1,", "1)"),
		"columns":        "select " + fill("a b,", "a"),
		"tuples":         "select " + fill("(a,b,c),", "1"),
		"parentheses":    "select " + fill("((((((((1)))))))),", "1"),
		"subqueries":     "select " + fill("((((select 1)))),", "1"),
		"calls":          "select f(" + fill("(a,f(", "1"),
		"lambdas":        "select f(" + fill("(a b, c d) -> 1,", "1)"),
		"no lambdas":     "select f(" + fill("(a,a,a,a,a,a,a,a),", "1)"),
		"open lambda":    "select f((" + fill("a,", "a"),
		"paths":          "select " + fill("a:b.c[0]::int,", "1"),
		"strings":        "select " + fill(`'a''b\'c',`, "1"),
		"open string":    "select '" + fill(`''\'`, ""),
		"open comment":   "select /*" + fill(" /* *", ""),
		"comments":       "select " + fill("/* a */ -- b\n", "1"),
		"dollars":        "select " + fill("$$a$$,", "1"),
		"hex":            "select x'" + fill("aa", ""),
		"half hex":       "select " + fill("x'a ", ""),
		"quoted":         `select "` + fill(`""`, `"`),
		"stages":         "select 1 from " + fill(`@"a"."b"/c,`, "t"),
		"statements":     fill("select 1;", ""),
		"errors":         fill("select;", ""),
		"blocks":         fill("begin ", ""),
		"ends":           "begin " + fill("case end ", "end"),
		"interval":       "select " + fill("interval '1' day to", "1"),
		"options":        "create stage s " + fill("a = (b = 'c') ", ""),
		"cte":            "with " + fill("a as (select 1),", "b as (select 2) select 3"),
		"inserts":        "insert into t values " + fill("(1, 'a', default),", "(1, 2, 3)"),
		"case":           "select case " + fill("when a then b ", "end"),
		"grants":         "grant " + fill("a b c,", "d") + " on table t to role r",
		"table elements": "create table t (" + fill("a int default 1 not null,", "b int)"),
		"from":           "select * from " + fill("(((select 1) a cross join b)),", "t"),
		"semicolons":     fill(";", ""),
	}
	for name, sql := range tests {
		t.Run(name, func(t *testing.T) {
			start := time.Now()
			stmts, err := parse.Script(sql)
			for _, s := range stmts {
				_ = print.SQL(s)
			}
			parse.Lenient(sql)
			if took := time.Since(start); took > limit {
				t.Errorf("%d bytes took %v, error %.80v", len(sql), took, err)
			}
		})
	}
}

// fill repeats piece to 128 KiB.
func fill(piece, end string) string {
	return strings.Repeat(piece, 128<<10/len(piece)) + end
}
