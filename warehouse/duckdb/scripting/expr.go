package scripting

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/token"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/types"
)

// eval is the value of an expression.
func (m *machine) eval(x ast.Expr) (Value, error) {
	if v, ok := m.quick(x); ok {
		return v, nil
	}
	if r, ok := x.(*ast.ResultOf); ok {
		q, ok := r.Statement.Statement.(*ast.Query)
		if !ok {
			return Value{}, unsupported(x.Pos(), "a statement as the value of a variable that is no RESULTSET")
		}
		return m.compute(x, &ast.Subquery{At: r.At, Query: q})
	}
	return m.compute(x, x)
}

// compute has the database compute an expression. Its error is an exception where
// the block has what it is for.
func (m *machine) compute(at ast.Node, x ast.Expr) (Value, error) {
	x = ast.Clone(x)
	var err error
	x, err = m.filled(x)
	if err != nil {
		return Value{}, err
	}
	v, err := m.db.Compute(m.ctx, x)
	if err != nil {
		err = m.raisedBy(err, expressionError, start(at))
	}
	return v, err
}

// start is where an expression begins: an operator's own place is behind what is on
// its left.
func start(n ast.Node) token.Pos {
	first := n.Pos()
	ast.Inspect(n, func(n ast.Node) bool {
		if at := n.Pos(); at.IsValid() && (at.Offset < first.Offset || !first.IsValid()) {
			first = at
		}
		return true
	})
	return first
}

// raisedBy is an error of the database's as an exception, or as it is where no
// handler may have it.
func (m *machine) raisedBy(err error, class string, at token.Pos) error {
	var e *warehouse.Error
	switch {
	case err == nil:
		return nil
	case m.ctx.Err() != nil:
		return context.Cause(m.ctx)
	case !errors.As(err, &e):
		return err
	case errors.Is(err, warehouse.ErrUnsupported):
		again := *e
		if again.Line == 0 {
			again.Message += fmt.Sprintf(" (line %d)", at.Line)
		}
		again.Line, again.Column, again.Err = at.Line, at.Column, nil // the place is one in the block
		return &again
	}
	return &exception{name: class, at: at, err: e}
}

// filled puts values in the places of the variables in an expression: names, but
// inside of queries only those with a colon.
func (m *machine) filled(x ast.Expr) (ast.Expr, error) {
	names := map[*ast.Column]bool{}
	ast.Inspect(x, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.Query:
			return false
		case *ast.Column:
			names[n] = true
		}
		return true
	})
	return m.substitute(x, names)
}

// substitute puts values in the places of binds, and of the columns in names that
// are variables.
func (m *machine) substitute(x ast.Expr, names map[*ast.Column]bool) (ast.Expr, error) {
	var failed error
	out := ast.Rewrite(ast.Node(x), func(n ast.Node) ast.Node {
		switch n := n.(type) {
		case *ast.Column:
			if names[n] {
				if v, ok := m.valueOf(n.Parts); ok {
					return v.Literal()
				}
			}
		case *ast.Name:
			nameOf(n)
		case *ast.Path: // :row.column
			if v, ok := m.fieldOf(n); ok {
				return v.Literal()
			}
		case *ast.Bind:
			v, ok := m.valueOf([]ast.Ident{{Name: n.Name}})
			if !ok && m.lookup(n.Name) == nil && failed == nil {
				failed = notSet(n)
			}
			if ok {
				return v.Literal()
			}
		}
		return n
	})
	return out.(ast.Expr), failed
}

// fieldOf is the value of :row.column.
func (m *machine) fieldOf(p *ast.Path) (Value, bool) {
	b, ok := p.X.(*ast.Bind)
	if !ok || p.Colon {
		return Value{}, false
	}
	return m.valueOf([]ast.Ident{{Name: b.Name}, {Name: strings.ToUpper(p.Key)}})
}

// nameOf makes what a variable put into identifier(…) a text.
func nameOf(n *ast.Name) {
	if c, ok := n.Dynamic.(*ast.Cast); ok {
		n.Dynamic = c.X
	}
}

// truth is whether a condition holds: null does not.
func (m *machine) truth(x ast.Expr) (bool, error) {
	v, err := m.eval(x)
	if err == nil && !v.Null && v.Type.Kind != warehouse.Boolean {
		v, err = m.compute(x, &ast.Cast{X: v.Literal(), Type: typeTree(types.Boolean)})
	}
	return err == nil && !v.Null && v.Text == "true", err
}

// assign gives a variable a value of its type.
func (m *machine) assign(at ast.Node, v *variable, name string, value Value) error {
	want := v.inferred
	if v.declared != nil {
		want = types.Of(v.declared)
	}
	number, exact := value.as(want)
	switch {
	case !want.Known():
		v.inferred = value.Type
		if value.Type.Kind == warehouse.Number {
			v.inferred = types.Number(types.MaxPrecision, value.Type.Scale)
		}
		v.inferred.Length = 0
	case value.Null:
		value.Type = want
	case fits(value, want):
		value.Type = want
	case exact:
		value = number
	case value.Type.Kind == warehouse.Varchar && want.Kind == warehouse.Varchar:
		return &exception{name: expressionError, at: start(at), err: &warehouse.Error{Code: 100078, State: "22000",
			Message: "String '" + value.Text + "' is too long and would be truncated"}}
	case v.declared == nil && loses(value, want):
		return unsupported(start(at), "a number with more digits behind the point than the first value of "+name+" has; declare its type")
	default:
		tree := v.declared
		if tree == nil {
			tree = typeTree(want)
		}
		cast, err := m.compute(at, &ast.Cast{X: value.Literal(), Type: tree})
		if err != nil {
			return err
		}
		value, value.Type = cast, want
	}
	v.value = value
	return nil
}

// loses reports a number that has digits which a type has no place for.
func loses(v Value, t types.Type) bool {
	if v.Type.Kind != warehouse.Number && v.Type.Kind != warehouse.Float || t.Kind != warehouse.Number {
		return false
	}
	_, digits, _ := strings.Cut(v.String(), ".")
	return len(strings.TrimRight(digits, "0")) > t.Scale || v.Type.Kind == warehouse.Float && strings.Contains(v.String(), "e-")
}
