package types

import "github.com/snowpit-dev/snowpit/warehouse/dialect/ast"

// Constants tells which columns of a query are constants that are never null,
// as Snowflake tells it of its results; nil for what is no plain SELECT of
// expressions.
func Constants(s ast.Statement) []bool {
	q, ok := s.(*ast.Query)
	if !ok {
		return nil
	}
	body, ok := q.Body.(*ast.Select)
	if !ok || body.GroupBy != nil {
		return nil
	}
	out := make([]bool, len(body.Items))
	for i, it := range body.Items {
		if _, star := it.X.(*ast.Star); star {
			return nil
		}
		out[i] = isConstant(it.X)
	}
	return out
}

// isConstant reports a literal, or a cast of one, which gives a value or an
// error.
func isConstant(e ast.Expr) bool {
	switch e := e.(type) {
	case *ast.Number, *ast.String, *ast.Bool, *ast.Hex, *ast.Typed:
		return true
	case *ast.Parens:
		return isConstant(e.X)
	case *ast.Unary:
		return e.Op == "-" && isConstant(e.X)
	case *ast.Cast:
		return !e.Try && isConstant(e.X)
	}
	return false
}
