// Package binds puts the values that a statement was given in the places of its
// bind variables, where DuckDB cannot.
package binds

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/refusal"
)

// Inline puts the values of a statement's bind variables in their places,
// for statements that DuckDB never sees as a whole.
func Inline(stmt ast.Statement, args []any) error {
	values := map[ast.Node]ast.Expr{}
	next := 0
	for _, b := range Of(stmt) {
		i, err := next, error(nil)
		if b.Name == "" {
			next++
		} else if i, err = strconv.Atoi(b.Name); err != nil {
			return refusal.Unsupported("the bind variable :" + b.Name + " by name")
		} else {
			i--
		}
		if i < 0 || i >= len(args) {
			return &warehouse.Error{Code: 2049, State: "42601", Line: b.Pos().Line, Column: b.Pos().Column,
				Message: fmt.Sprintf("SQL compilation error: error line %d at position %d\nBind variable %d not set.", b.Pos().Line, b.Pos().Column, i+1)}
		}
		if values[b], err = literal(args[i]); err != nil {
			return err
		}
	}
	if len(values) > 0 {
		ast.Rewrite(stmt, func(n ast.Node) ast.Node {
			if v := values[n]; v != nil {
				return v
			}
			return n
		})
	}
	return nil
}

// Number writes which value each question mark stands for, ahead of putting
// the parts of a statement into another order.
func Number(stmt ast.Statement) {
	next := 0
	for _, b := range Of(stmt) {
		if b.Name == "" {
			next++
			b.Name = strconv.Itoa(next)
		}
	}
}

// Of are a statement's bind variables in their order.
func Of(stmt ast.Statement) []*ast.Bind {
	var binds []*ast.Bind
	ast.Inspect(stmt, func(n ast.Node) bool {
		if b, ok := n.(*ast.Bind); ok {
			binds = append(binds, b)
		}
		return true
	})
	slices.SortFunc(binds, func(a, b *ast.Bind) int { return a.Pos().Offset - b.Pos().Offset })
	return binds
}

// literal is a bound value as it stands in SQL.
func literal(v any) (ast.Expr, error) {
	switch v := v.(type) {
	case nil:
		return &ast.Null{}, nil
	case bool:
		return &ast.Bool{Value: v}, nil
	case string:
		return &ast.String{Value: v}, nil
	case int64:
		return &ast.Parens{X: &ast.Number{Text: strconv.FormatInt(v, 10)}}, nil
	case float64:
		return &ast.Parens{X: &ast.Number{Text: strconv.FormatFloat(v, 'g', -1, 64)}}, nil
	}
	return nil, refusal.Unsupported(fmt.Sprintf("a bind variable of type %T in this statement", v))
}
