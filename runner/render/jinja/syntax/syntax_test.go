package syntax_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/snowpit-dev/snowpit/runner/render/jinja/syntax"
)

var ops = map[syntax.Op]string{
	syntax.Add: "+", syntax.Sub: "-", syntax.Mul: "*", syntax.Div: "/", syntax.FloorDiv: "//", syntax.Mod: "%", syntax.Pow: "**", syntax.And: "and",
	syntax.Or: "or", syntax.Not: "not", syntax.Eq: "==", syntax.Ne: "!=", syntax.Lt: "<", syntax.Le: "<=", syntax.Gt: ">", syntax.Ge: ">=", syntax.In: "in", syntax.NotIn: "not-in",
}

// show writes an expression with its structure in brackets.
func show(x syntax.Expr) string {
	switch n := x.(type) {
	case nil:
		return "_"
	case *syntax.Const:
		return fmt.Sprintf("%#v", n.Value)
	case *syntax.Name:
		return n.Name
	case *syntax.List:
		return fmt.Sprintf("(%s %s)", map[bool]string{true: "tuple", false: "list"}[n.Tuple], all(n.Items))
	case *syntax.Dict:
		return fmt.Sprintf("(dict %s / %s)", all(n.Keys), all(n.Values))
	case *syntax.Attr:
		return show(n.X) + "." + n.Name
	case *syntax.Item:
		return show(n.X) + "[" + show(n.Key) + "]"
	case *syntax.Slice:
		return fmt.Sprintf("%s:%s:%s", show(n.Low), show(n.High), show(n.Step))
	case *syntax.Call:
		return show(n.Fn) + arguments(n.Args)
	case *syntax.Filter:
		return fmt.Sprintf("(%s|%s%s)", show(n.X), n.Name, arguments(n.Args))
	case *syntax.Test:
		return fmt.Sprintf("(%s is %v %s%s)", show(n.X), !n.Not, n.Name, arguments(n.Args))
	case *syntax.Unary:
		return fmt.Sprintf("(%s %s)", ops[n.Op], show(n.X))
	case *syntax.Binary:
		return fmt.Sprintf("(%s %s %s)", show(n.X), ops[n.Op], show(n.Y))
	case *syntax.Compare:
		text := show(n.First)
		for i, op := range n.Ops {
			text += " " + ops[op] + " " + show(n.Rest[i])
		}
		return "(" + text + ")"
	case *syntax.Concat:
		return "(~ " + all(n.Items) + ")"
	case *syntax.Cond:
		return fmt.Sprintf("(%s ? %s : %s)", show(n.Test), show(n.Yes), show(n.No))
	}
	return fmt.Sprintf("%T", x)
}

func all(xs []syntax.Expr) string {
	var texts []string
	for _, x := range xs {
		texts = append(texts, show(x))
	}
	return strings.Join(texts, " ")
}

func arguments(args []syntax.Arg) string {
	var texts []string
	for _, a := range args {
		texts = append(texts, [...]string{"", a.Name + "=", "*", "**"}[a.Kind]+show(a.Value))
	}
	return "(" + strings.Join(texts, ", ") + ")"
}

// TestExpressions is how operators group, which is not always Python's way.
func TestExpressions(t *testing.T) {
	for src, want := range map[string]string{
		"1 + 2 * 3 - 4":             "((1 + (2 * 3)) - 4)",
		"a ~ b + c ~ d":             "((~ a b) + (~ c d))",
		"2 ** 3 ** 2":               "((2 ** 3) ** 2)",
		"-2 ** 2":                   "((- 2) ** 2)",
		"-a|abs":                    "((- a)|abs())",
		"-a.b(1)[2]":                "(- a.b(1)[2])",
		"+-1":                       "(+ (- 1))",
		"a|b|c(1, x=2)":             "((a|b())|c(1, x=2))",
		"a ~ b|c":                   "(~ a (b|c()))",
		"a + b|c":                   "(a + (b|c()))",
		"not a in b":                "(not (a in b))",
		"not a == b and c or d":     "(((not (a == b)) and c) or d)",
		"a and b or c and d":        "((a and b) or (c and d))",
		"a < b <= c != d":           "(a < b <= c != d)",
		"a not in b in c":           "(a not-in b in c)",
		"a if b else c if d else e": "(b ? a : (d ? c : e))",
		"a if b":                    "(b ? a : _)",
		"a is b":                    "(a is true b())",
		"a is not b(1)":             "(a is false b(1))",
		"a is divisibleby 3 and b":  "((a is true divisibleby(3)) and b)",
		"a is in [1]":               "(a is true in((list 1)))",
		"a is b.c":                  "(a is true b.c())",
		"not a is b":                "(not (a is true b()))",
		"a == b is c":               "(a == (b is true c()))",
		"a.b.c":                     "a.b.c",
		"a.0.1":                     "a[0][1]",
		"a['x'][1:2]":               `a["x"][1:2:_]`,
		"a[:]":                      "a[_:_:_]",
		"a[::2]":                    "a[_:_:2]",
		"a[1:]":                     "a[1:_:_]",
		"a[-1:b:c]":                 "a[(- 1):b:c]",
		"a[1, 2]":                   "a[(tuple 1 2)]",
		"a(*b, **c)":                "a(*b, **c)",
		"a(b, c=d, )":               "a(b, c=d)",
		"a(b=1)(c)":                 "a(b=1)(c)",
		"a|b(1)(2)":                 "(a|b(1))(2)",
		"[1, [2], ]":                "(list 1 (list 2))",
		"{'a': 1, b: {}}":           `(dict "a" b / 1 (dict  / ))`,
		"()":                        "(tuple )",
		"(1,)":                      "(tuple 1)",
		"1, 2":                      "(tuple 1 2)",
		"1,":                        "(tuple 1)",
		"(1)":                       "1",
		"'a' \"b\" 'c'":             `"abc"`,
		"true, True, none, False":   "(tuple true true <nil> false)",
		"1_000 ~ 0x1f ~ 0b11 ~ 0o17 ~ 1.5e3 ~ 1e2": "(~ 1000 31 3 15 1500 100)",
		`'\n\x41\u00e9\101\q\''`:                   "\"\\nAéA\\\\q'\"",
		"nøme._x9":                                 "nøme._x9",
	} {
		f, err := syntax.Parse("t", "{{ "+src+" }}")
		if err != nil {
			t.Errorf("%s: %v", src, err)
			continue
		}
		if got := show(f.Body[0].(*syntax.Print).X); got != want {
			t.Errorf("%s\ngot  %s\nwant %s", src, got, want)
		}
	}
}

// TestStatements is what a template consists of, and where it stands.
func TestStatements(t *testing.T) {
	src := "text {# gone #}{% if a %}b{% elif c %}{% else %}d{% endif %}\n" +
		"{% for x, (y, z) in a if b recursive %}{% continue %}{% else %}e{% endfor %}{% set n.a, b = 1, 2 %}\n" +
		"{% set x | f | g(1) %}y{% endset %}{% macro m(a, b: map[string, int]=1) %}{{ varargs }}{% endmacro m %}\n" +
		"{% call(u) f(1) %}v{% endcall %}{% filter f|g %}w{% endfilter %}{% do f() %}{% with a = 1, b = 2 %}{% endwith %}" +
		"{% raw %}{{ raw }}{% endraw %}{% materialization m, default %}{% endmaterialization %}"
	f, err := syntax.Parse("t.sql", src)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, s := range f.Body {
		if d, ok := s.(*syntax.Data); ok {
			got = append(got, fmt.Sprintf("Data %q", d.Text))
			continue
		}
		line, col := f.Position(s.Pos())
		got = append(got, fmt.Sprintf("%s %d:%d", strings.TrimPrefix(fmt.Sprintf("%T", s), "*syntax."), line, col))
	}
	want := []string{
		`Data "text "`, "If 1:19", `Data "\n"`, "For 2:4", "Set 2:80", `Data "\n"`, "SetBlock 3:4", "Macro 3:39", `Data "\n"`,
		"CallBlock 4:4", "FilterBlock 4:36", "Do 4:68", "With 4:80", `Data "{{ raw }}"`, "Macro 4:146",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("want -, got +:\n%s", diff)
	}
	loop := f.Body[3].(*syntax.For)
	if got := show(loop.Target) + show(loop.Over) + show(loop.Filter); got != "(tuple x (tuple y z))ab" || !loop.Recursive || loop.Captured || len(loop.Else) != 1 {
		t.Errorf("the loop is %s, %+v", got, loop)
	}
	m := f.Macros[0]
	if len(f.Macros) != 2 || m.Name != "m" || len(m.Params) != 2 || !m.Varargs || m.Kwargs || m.Caller || f.Macros[1].Adapter != "default" {
		t.Errorf("the macros are %+v", f.Macros)
	}
	if file, line, col := f.Body[9].(*syntax.CallBlock).Call.Position(); file != "t.sql" || line != 4 || col != 12 {
		t.Errorf("the call stands at %s:%d:%d", file, line, col)
	}
}

// TestCaptured notes which loops a macro or a call block may outlive.
func TestCaptured(t *testing.T) {
	for src, want := range map[string]bool{
		"{{ x }}": false, "{% macro m() %}{% endmacro %}": true, "{% call f() %}{% endcall %}": true, "{% if a %}{% for y in x %}{% call f() %}{% endcall %}{% endfor %}{% endif %}": true,
	} {
		f, err := syntax.Parse("t", "{% macro before() %}{% endmacro %}{% for x in y %}"+src+"{% endfor %}{% macro after() %}{% endmacro %}")
		if err != nil {
			t.Fatal(err)
		}
		if got := f.Body[1].(*syntax.For).Captured; got != want {
			t.Errorf("%s: got %v", src, got)
		}
	}
}

// TestSpace is what signs in tags do to the white space around them.
func TestSpace(t *testing.T) {
	for src, want := range map[string]string{
		"a \n {{ 1 }} \n b":                      "a \n |1| \n b",
		"a \n {{- 1 -}} \n b":                    "a|1|b",
		"a \n {%- set x = 1 -%} \n b":            "a|Set|b",
		"a {%+ set x = 1 +%} b":                  "a |Set| b",
		"a {#- c -#} b":                          "a|b",
		"a {#- c #} b":                           "a| b",
		"a {%- raw -%} {{ b }} {%- endraw -%} c": "a|{{ b }}|c",
		"a {% raw %} {# {% endraw %} c":          "a | {# | c",
		"a\r\nb\rc\n":                            "a\nb\nc",
		"a\n\n":                                  "a\n",
		"\u00a0{{- 1 -}}\u2003b":                 "1|b",
		"{ { a } } %} }} #} {":                   "{ { a } } %} }} #} {",
		"":                                       "",
		"\n":                                     "",
	} {
		f, err := syntax.Parse("t", src)
		if err != nil {
			t.Errorf("%q: %v", src, err)
			continue
		}
		var got []string
		for _, s := range f.Body {
			switch s := s.(type) {
			case *syntax.Data:
				got = append(got, s.Text)
			case *syntax.Print:
				got = append(got, show(s.X))
			default:
				got = append(got, strings.TrimPrefix(fmt.Sprintf("%T", s), "*syntax."))
			}
		}
		if text := strings.Join(got, "|"); text != want {
			t.Errorf("%q: got %q, want %q", src, text, want)
		}
	}
}

// TestPosition counts lines and, in characters, columns.
func TestPosition(t *testing.T) {
	f, err := syntax.Parse("t", "é\n\nab日c")
	if err != nil {
		t.Fatal(err)
	}
	for pos, want := range map[syntax.Pos]string{0: "1:1", 2: "1:2", 3: "2:1", 4: "3:1", 6: "3:3", 9: "3:4", 10: "3:5", 999: "3:5"} {
		line, col := f.Position(pos)
		if got := fmt.Sprintf("%d:%d", line, col); got != want {
			t.Errorf("%d: got %s, want %s", pos, got, want)
		}
	}
	inner := f.At(6, errors.New("why"))
	if got := fmt.Sprint(f.At(0, fmt.Errorf("around: %w", inner))); got != "around: t:3:3: why" {
		t.Errorf("an error with a place: got %s", got)
	}
	if f.At(0, nil) != nil || f.Name() != "t" {
		t.Error("no error has a place")
	}
}

// FuzzParse reads arbitrary bytes: a tree or an [*syntax.Error], and soon.
func FuzzParse(f *testing.F) {
	for _, src := range []string{
		"{% if a %}{{ b|c(1, *d) }}{% endif %}", "{% for a, (b, c) in d recursive %}{% else %}{% endfor %}", "{%- raw -%}{{{%- endraw +%}", "{{ {'a': [1.5e3, 0x1f, '\\u00e9']} }}",
		"{% macro m(a: map[x, y]=1) %}{% endmacro m %}", "{% materialization m, adapter='x' %}{% endmaterialization %}", "{{ a[1:2, ::3] }}", "{% set a.b, c = 1 %}{% call(x) y() %}{% endcall %}",
	} {
		f.Add(src)
	}
	f.Fuzz(func(t *testing.T, src string) {
		file, err := syntax.Parse("fuzz", src)
		var placed *syntax.Error
		if (err == nil) == (file == nil) || err != nil && !errors.As(err, &placed) {
			t.Errorf("got %v, error %v", file, err)
		}
	})
}
