package rewrite

import (
	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/types"
)

// foreign is a call of what runs code in another language than SQL: it takes the
// code and the arguments, as a JSON array of texts, and gives a text. How types
// are written, package javascript says.
func (r *rewriter) foreign(c *ast.Call) ast.Expr {
	list := call("LIST_VALUE")
	for _, a := range c.Args {
		list.Args = append(list.Args, ast.Arg{Value: foreignText(a.Value, r.info.Type(a.Value))})
	}
	var args ast.Expr = text("[]")
	if len(list.Args) > 0 {
		args = cast(call("TO_JSON", list), "VARCHAR")
	}
	t := types.Foreign(c.Foreign)
	if c.Foreign.Code == "" { // the arguments alone
		r.info.Set(args, t)
		return args
	}
	out := foreignValue(call("__sf_javascript", text(c.Foreign.Code), args), t)
	r.info.Set(out, t)
	return out
}

// foreignText is a value of a type as text.
func foreignText(x ast.Expr, t types.Type) ast.Expr {
	switch {
	case t.Is(warehouse.Varchar):
		return x
	case t.Is(warehouse.Binary):
		return call("HEX", x)
	case t.Is(warehouse.TimestampLTZ):
		x = call("EPOCH_MS", x)
	}
	return cast(x, "VARCHAR")
}

// foreignValue is the value that a text stands for.
func foreignValue(x ast.Expr, t types.Type) ast.Expr {
	switch {
	case t.JSON():
		return cast(x, "JSON")
	case t.Is(warehouse.Float):
		return cast(x, "DOUBLE")
	case t.Is(warehouse.Boolean):
		return cast(x, "BOOLEAN")
	case t.Is(warehouse.Binary):
		return call("UNHEX", x)
	case t.Is(warehouse.TimestampLTZ):
		return call("TIMEZONE", text("UTC"), cast(x, "TIMESTAMP"))
	}
	return x
}
