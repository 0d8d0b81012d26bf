package rewrite

import (
	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
)

// sameRow is (a, b) = (c, d) as its parts, a = c AND b = d, nil unless both are
// rows of one length. DuckDB takes a null in a row for equal to another.
func (r *rewriter) sameRow(x, y ast.Expr) ast.Expr {
	left, isRow := x.(*ast.Tuple)
	right, too := y.(*ast.Tuple)
	if !isRow || !too || len(left.Items) != len(right.Items) {
		return nil
	}
	var parts []ast.Expr
	for i := range left.Items {
		own := r.typed(ast.Clone(left.Items[i]), r.info.Type(left.Items[i])) // a row of IN stands beside many
		parts = append(parts, r.binary(&ast.Binary{At: left.At, Op: "=", Left: own, Right: right.Items[i]}))
	}
	return &ast.Parens{X: joined("AND", parts)}
}

// inRows is a row in a list of rows, nil if it is something else. A long list of
// literals is left to DuckDB, which looks them up, but for rows that have a null.
func (r *rewriter) inRows(e *ast.In) ast.Expr {
	row, ok := e.X.(*ast.Tuple)
	if !ok || e.Query != nil {
		return nil
	}
	looked := ast.Clone(e)
	looked.Not = false
	var same []ast.Expr
	for _, other := range e.List {
		one := r.sameRow(row, other)
		if one == nil {
			return nil
		}
		same = append(same, one)
	}
	var out ast.Expr = &ast.Parens{X: joined("OR", same)}
	if longList(e.List) {
		var nulls []ast.Expr
		for _, x := range row.Items {
			nulls = append(nulls, &ast.Is{X: ast.Clone(x), What: "NULL"})
		}
		out = &ast.Case{Whens: []ast.When{{Cond: joined("OR", nulls), Then: out}}, Else: looked}
	}
	return negated(out, e.Not)
}

// longList reports whether a list has many rows, all of literals that are not null.
func longList(list []ast.Expr) bool {
	const few = 8
	for _, row := range list {
		t, ok := row.(*ast.Tuple)
		if !ok {
			return false
		}
		for _, x := range t.Items {
			switch x.(type) {
			case *ast.Number, *ast.String, *ast.Bool:
			default:
				return false
			}
		}
	}
	return len(list) > few
}

// joined puts an operator between expressions, of which there is one at least.
// The tree is as low as can be: there may be thousands.
func joined(op string, all []ast.Expr) ast.Expr {
	if len(all) == 1 {
		return all[0]
	}
	half := len(all) / 2
	return &ast.Binary{Op: op, Left: joined(op, all[:half]), Right: joined(op, all[half:])}
}

func negated(x ast.Expr, not bool) ast.Expr {
	if !not {
		return x
	}
	return &ast.Unary{Op: "NOT", X: x}
}
