package print_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/parse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/print"
)

func col(name string) *ast.Column { return &ast.Column{Parts: []ast.Ident{{Name: name}}} }

func binary(left ast.Expr, op string, right ast.Expr) *ast.Binary {
	return &ast.Binary{Op: op, Left: left, Right: right}
}

// A tree that a program made gets the parentheses that keep its meaning.
func TestParentheses(t *testing.T) {
	a, b, c := col("A"), col("B"), col("C")
	tests := map[string]ast.Expr{
		"(A + B) * C":                   binary(binary(a, "+", b), "*", c),
		"A - (B - C)":                   binary(a, "-", binary(b, "-", c)),
		"A - B - C":                     binary(binary(a, "-", b), "-", c),
		"(A OR B) AND C":                binary(binary(a, "OR", b), "AND", c),
		"A AND (B OR C)":                binary(a, "AND", binary(b, "OR", c)),
		"NOT (A AND B)":                 &ast.Unary{Op: "NOT", X: binary(a, "AND", b)},
		"NOT A = B":                     &ast.Unary{Op: "NOT", X: binary(a, "=", b)},
		"(NOT A) = B":                   binary(&ast.Unary{Op: "NOT", X: a}, "=", b),
		"- -A":                          &ast.Unary{Op: "-", X: &ast.Unary{Op: "-", X: a}},
		"-(A + B)":                      &ast.Unary{Op: "-", X: binary(a, "+", b)},
		"(A + B)::INT":                  &ast.Cast{X: binary(a, "+", b), Type: &ast.Type{Name: "INT"}, Colons: true},
		"(-A)::INT":                     &ast.Cast{X: &ast.Unary{Op: "-", X: a}, Type: &ast.Type{Name: "INT"}, Colons: true},
		"CAST(A + B AS INT)":            &ast.Cast{X: binary(a, "+", b), Type: &ast.Type{Name: "INT"}},
		"(A || B)[0]":                   &ast.Index{X: binary(a, "||", b), I: &ast.Number{Text: "0"}},
		"A:b.c":                         &ast.Path{X: &ast.Path{X: a, Key: "b", Colon: true}, Key: "c"},
		`A:"b c"`:                       &ast.Path{X: a, Key: "b c"},
		`A:"é"`:                         &ast.Path{X: a, Key: "é"},
		"A BETWEEN (B OR C) AND C":      &ast.Between{X: a, Low: binary(b, "OR", c), High: c},
		"A LIKE (B = C) ESCAPE '!'":     &ast.Like{X: a, Op: "LIKE", Pattern: binary(b, "=", c), Escape: &ast.String{Value: "!"}},
		"A IS DISTINCT FROM (B = C)":    &ast.Is{X: a, What: "DISTINCT FROM", Y: binary(b, "=", c)},
		"A IN (B, C)":                   &ast.In{X: a, List: []ast.Expr{b, c}},
		"F((X, Y) -> X) OVER ()":        &ast.Call{Name: &ast.Name{Parts: []ast.Ident{{Name: "F"}}}, Over: &ast.Over{}, Args: []ast.Arg{{Value: &ast.Lambda{Params: []ast.Param{{Name: ast.Ident{Name: "X"}}, {Name: ast.Ident{Name: "Y"}}}, Body: col("X")}}}},
		`"a b"."SELECT".C`:              &ast.Column{Parts: []ast.Ident{{Name: "a b"}, {Name: "SELECT"}, {Name: "C"}}},
		`'it''s \\ back'`:               &ast.String{Value: `it's \ back`},
		"'a$$b'":                        &ast.String{Value: "a$$b", Dollar: true},
		"'a$'":                          &ast.String{Value: "a$", Dollar: true},
		"$$'$$":                         &ast.String{Value: "'", Dollar: true},
		"LEFT(A, B)":                    &ast.Call{Name: &ast.Name{Parts: []ast.Ident{{Name: "LEFT"}}}, Args: []ast.Arg{{Value: a}, {Value: b}}},
		`"left"(A)`:                     &ast.Call{Name: &ast.Name{Parts: []ast.Ident{{Name: "left"}}}, Args: []ast.Arg{{Value: a}}},
		"CASE WHEN A THEN B ELSE C END": &ast.Case{Whens: []ast.When{{Cond: a, Then: b}}, Else: c},
	}
	for want, e := range tests {
		if got := print.SQL(e); got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
		if _, err := parse.Statement("select " + want); err != nil {
			t.Errorf("%s: %v", want, err)
		}
	}
}

func sel(name string) *ast.Select { return &ast.Select{Items: []ast.Item{{X: col(name)}}} }

// Set operations and joins that a program nested get parentheses likewise.
func TestParenthesesAroundQueries(t *testing.T) {
	union := &ast.SetOp{Op: "UNION", Left: sel("A"), Right: sel("B")}
	table := func(name string) ast.Table { return &ast.TableName{Name: &ast.Name{Parts: []ast.Ident{{Name: name}}}} }
	join := &ast.Join{Kind: "INNER", Left: table("T"), Right: table("U"), On: &ast.Bool{Value: true}}
	tests := map[string]ast.Node{
		"SELECT A UNION SELECT B EXCEPT SELECT C":          &ast.SetOp{Op: "EXCEPT", Left: union, Right: sel("C")},
		"SELECT C EXCEPT (SELECT A UNION SELECT B)":        &ast.SetOp{Op: "EXCEPT", Left: sel("C"), Right: union},
		"(SELECT A UNION SELECT B) INTERSECT ALL SELECT C": &ast.SetOp{Op: "INTERSECT", All: true, Left: union, Right: sel("C")},
		"V CROSS JOIN (T JOIN U ON TRUE)":                  &ast.Join{Kind: "CROSS", Left: table("V"), Right: join},
		"T JOIN U ON TRUE CROSS JOIN V":                    &ast.Join{Kind: "CROSS", Left: join, Right: table("V")},
		"(T JOIN U ON TRUE) SAMPLE (1)":                    &ast.Sample{Input: join, Size: &ast.Number{Text: "1"}},
		"SELECT A LIMIT NULL OFFSET 2":                     &ast.Query{Body: sel("A"), Offset: &ast.Number{Text: "2"}},
		"SET DATA_RETENTION_TIME_IN_DAYS = 1":              &ast.SetOptions{Options: []ast.Option{{Key: "DATA_RETENTION_TIME_IN_DAYS", Value: &ast.Number{Text: "1"}}}},
		"ARRAY(NUMBER(3, 1) NOT NULL)":                     &ast.Type{Name: "ARRAY", Elems: []*ast.Type{{Name: "NUMBER", Args: []string{"3", "1"}, NotNull: true}}},
		"DB..T":                                            &ast.Name{Parts: []ast.Ident{{Name: "DB"}, {}, {Name: "T"}}},
	}
	for want, n := range tests {
		if got := print.SQL(n); got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	}
}

// A location prints with quotes only where its path needs them, and reads back.
func TestLocation(t *testing.T) {
	tests := map[string]*ast.Location{
		"@~":               {Kind: ast.UserStage},
		"@~/a/b.csv":       {Kind: ast.UserStage, Path: "a/b.csv"},
		"@S/x":             {Name: []ast.Ident{{Name: "S"}}, Path: "x"},
		"@SELECT":          {Name: []ast.Ident{{Name: "SELECT"}}},
		`@DB."s t".%T/x`:   {Kind: ast.TableStage, Name: []ast.Ident{{Name: "DB"}, {Name: "s t", Quoted: true}, {Name: "T"}}, Path: "x"},
		`'@"a''b"/c d'`:    {Name: []ast.Ident{{Name: "a'b", Quoted: true}}, Path: "c d"},
		`'@S/it''s,(1);x'`: {Name: []ast.Ident{{Name: "S"}}, Path: "it's,(1);x"},
	}
	for want, loc := range tests {
		if got := print.SQL(loc); got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
		s, err := parse.Statement("list " + want)
		if err != nil {
			t.Errorf("%s: %v", want, err)
			continue
		}
		if diff := cmp.Diff(loc, s.(*ast.List).Location, cmpopts.IgnoreTypes(ast.At{})); diff != "" {
			t.Errorf("%s: want -, got +:\n%s", want, diff)
		}
	}
	if got := print.Location(tests[`'@"a''b"/c d'`]); got != `@"a'b"/c d` {
		t.Errorf("without quotes: %s", got)
	}
}
