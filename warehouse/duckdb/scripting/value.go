package scripting

import (
	"strconv"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/types"
)

// A Value is a value of SQL's.
type Value struct {
	Type types.Type
	Null bool

	// Text is the value as a cast from text takes it: numbers in digits, times
	// with all theirs, bytes in hexadecimal ones, JSON.
	Text string

	whole bool // n has the value, and Text may be empty
	n     int64
}

// whole is a whole number.
func whole(n int64) Value { return Value{Type: types.Whole, whole: true, n: n} }

func text(s string) Value { return Value{Type: types.Text, Text: s} }

func boolean(b bool) Value {
	return Value{Type: types.Boolean, Text: strconv.FormatBool(b)}
}

func null(t types.Type) Value { return Value{Type: t, Null: true} }

// number is the value as a whole number, if it is one of 64 bits.
func (v Value) number() (n int64, ok bool) {
	if v.whole {
		return v.n, true
	}
	if v.Null || v.Type.Kind != warehouse.Number || v.Type.Scale != 0 {
		return 0, false
	}
	n, err := strconv.ParseInt(v.Text, 10, 64)
	return n, err == nil
}

// String is the value's text.
func (v Value) String() string {
	if v.whole {
		return strconv.FormatInt(v.n, 10)
	}
	return v.Text
}

// Literal is the value as it stands in SQL.
func (v Value) Literal() ast.Expr {
	if v.Null {
		if !v.Type.Known() || v.Type.Kind == types.Null {
			return &ast.Null{}
		}
		return &ast.Cast{X: &ast.Null{}, Type: typeTree(v.Type)}
	}
	s := &ast.String{Value: v.String()}
	switch v.Type.Kind {
	case warehouse.Number:
		if s.Value[0] == '-' {
			return &ast.Parens{X: &ast.Unary{Op: "-", X: &ast.Number{Text: s.Value[1:]}}}
		}
		return &ast.Number{Text: s.Value}
	case warehouse.Varchar:
		return s
	case warehouse.Boolean:
		return &ast.Bool{Value: s.Value == "true"}
	case warehouse.Binary:
		return call("TO_BINARY", s, &ast.String{Value: "HEX"})
	case warehouse.Variant:
		return call("PARSE_JSON", s)
	case warehouse.Array, warehouse.Object, warehouse.Map:
		return &ast.Cast{X: call("PARSE_JSON", s), Type: typeTree(v.Type)}
	}
	return &ast.Cast{X: s, Type: typeTree(v.Type)}
}

// Typed is the value as it stands in SQL, of its own type whatever it is.
func (v Value) Typed() ast.Expr {
	x := v.Literal()
	if v.Null || !v.Type.Known() || !v.Type.Is(warehouse.Number, warehouse.Varchar) {
		return x
	}
	return &ast.Cast{X: x, Type: typeTree(v.Type)}
}

func call(name string, args ...ast.Expr) *ast.Call {
	c := &ast.Call{Name: &ast.Name{Parts: []ast.Ident{{Name: name}}}}
	for _, a := range args {
		c.Args = append(c.Args, ast.Arg{Value: a})
	}
	return c
}
