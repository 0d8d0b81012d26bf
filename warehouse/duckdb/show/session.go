package show

import (
	"context"
	"strconv"
	"strings"

	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/catalog"
)

func (v *Viewer) variables(context.Context, place) (all []row, _ error) {
	for _, x := range v.Own.Variables() {
		value, typ := variableText(x.Value)
		all = append(all, row{catalog.NameOf("", "", x.Name), []any{v.ID, x.Updated, x.Updated, x.Name, value, typ, ""}})
	}
	return all, nil
}

// variableText is a variable's value and its type as SHOW VARIABLES has them.
func variableText(x ast.Expr) (value any, typ string) {
	switch x := x.(type) {
	case *ast.String:
		return x.Value, "text"
	case *ast.Number:
		return x.Text, "fixed"
	case *ast.Bool:
		return strconv.FormatBool(x.Value), "boolean"
	case *ast.Parens:
		return variableText(x.X)
	case *ast.Unary:
		value, typ = variableText(x.X)
		if text, ok := value.(string); ok {
			value = x.Op + text
		}
		return value, typ
	case *ast.Cast:
		value, _ = variableText(x.X)
		return value, strings.ToLower(x.Type.Name)
	}
	return nil, "text"
}

func (v *Viewer) transactions(context.Context, place) (all []row, _ error) {
	for _, t := range v.Own.Transactions() {
		all = append(all, row{catalog.Name{}, []any{t.ID, owner, t.Session, t.Name, t.Started, "running", ""}})
	}
	return all, nil
}
