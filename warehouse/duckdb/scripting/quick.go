package scripting

import (
	"cmp"
	"math/bits"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/types"
)

// quick computes an expression of whole numbers, texts and truth without the
// database; ok is false for every other, and where a number gets too long.
func (m *machine) quick(x ast.Expr) (v Value, ok bool) {
	switch x := x.(type) {
	case *ast.Number:
		d, ok := parseDecimal(x.Text)
		return d.value(), ok
	case *ast.String:
		return text(x.Value), true
	case *ast.Bool:
		return boolean(x.Value), true
	case *ast.Null:
		return null(types.Type{}), true
	case *ast.Parens:
		return m.quick(x.X)
	case *ast.Column:
		return m.valueOf(x.Parts)
	case *ast.Bind:
		return m.valueOf([]ast.Ident{{Name: x.Name}})
	case *ast.Unary:
		return m.quickUnary(x)
	case *ast.Binary:
		return m.quickBinary(x)
	case *ast.Is:
		v, ok := m.quick(x.X)
		if x.What != "NULL" {
			return Value{}, false
		}
		return boolean(v.Null != x.Not), ok
	}
	return Value{}, false
}

func (m *machine) quickUnary(x *ast.Unary) (Value, bool) {
	v, ok := m.quick(x.X)
	if !ok || v.Null {
		return Value{}, false
	}
	switch d, isNumber := v.decimal(); {
	case x.Op == "-" && isNumber:
		return numbers("-", decimal{}, d)
	case x.Op == "NOT" && v.Type.Kind == warehouse.Boolean:
		return boolean(v.Text != "true"), true
	}
	return Value{}, false
}

func (m *machine) quickBinary(x *ast.Binary) (Value, bool) {
	left, ok := m.quick(x.Left)
	if !ok || left.Null {
		return Value{}, false
	}
	right, ok := m.quick(x.Right)
	if !ok || right.Null {
		return Value{}, false
	}
	kind := left.Type.Kind
	switch {
	case x.Op == "||" && left.plain() && right.plain():
		return text(left.String() + right.String()), true
	case left.Type.Numeric() && right.Type.Numeric():
		return quickNumbers(x.Op, left, right)
	case kind != right.Type.Kind:
		return Value{}, false
	case kind == warehouse.Varchar:
		return compared(x.Op, cmp.Compare(left.Text, right.Text))
	case kind == warehouse.Boolean && x.Op == "AND":
		return boolean(left.Text == "true" && right.Text == "true"), true
	case kind == warehouse.Boolean && x.Op == "OR":
		return boolean(left.Text == "true" || right.Text == "true"), true
	}
	return Value{}, false
}

// plain reports a text, and a whole number, whose text is known.
func (v Value) plain() bool {
	_, isWhole := v.number()
	return isWhole || v.Type.Kind == warehouse.Varchar
}

// quickNumbers is quickBinary of two numbers.
func quickNumbers(op string, left, right Value) (Value, bool) {
	if left.Type.Kind == warehouse.Float || right.Type.Kind == warehouse.Float {
		a, ok1 := left.float()
		b, ok2 := right.float()
		if !ok1 || !ok2 {
			return Value{}, false
		}
		return floats(op, a, b)
	}
	a, ok1 := left.decimal()
	b, ok2 := right.decimal()
	if !ok1 || !ok2 {
		return Value{}, false
	}
	return numbers(op, a, b)
}

// arithmetic is what an operator makes of two whole numbers, if that is one.
func arithmetic(op string, a, b int64) (Value, bool) {
	switch op {
	case "+":
		sum := a + b
		return whole(sum), (sum > a) == (b > 0)
	case "-":
		difference := a - b
		return whole(difference), (difference < a) == (b > 0)
	case "*":
		high, _ := bits.Mul64(magnitude(a), magnitude(b))
		product := a * b
		return whole(product), high == 0 && magnitude(product) == magnitude(a)*magnitude(b) && magnitude(product) < 1<<62
	case "%":
		if b != 0 && b != -1 {
			return whole(a % b), true
		}
	}
	return Value{}, false
}

func magnitude(n int64) uint64 {
	if n < 0 {
		return uint64(-n)
	}
	return uint64(n)
}

// compared is what a comparison makes of an order.
func compared(op string, order int) (Value, bool) {
	switch op {
	case "=":
		return boolean(order == 0), true
	case "<>":
		return boolean(order != 0), true
	case "<":
		return boolean(order < 0), true
	case "<=":
		return boolean(order <= 0), true
	case ">":
		return boolean(order > 0), true
	case ">=":
		return boolean(order >= 0), true
	}
	return Value{}, false
}
