package rewrite

import (
	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
)

// lambdaFunction translates FILTER, TRANSFORM and REDUCE, whose last argument
// is a lambda. Its parameters are semi-structured unless it gives them a type.
func (r *rewriter) lambdaFunction(name string, args []ast.Expr) (ast.Expr, bool) {
	if len(args) < 2 {
		return nil, false
	}
	l, ok := last(args).(*ast.Lambda)
	if !ok || len(l.Params) != len(args)-1 {
		return nil, false
	}
	item := l.Params[len(l.Params)-1]
	list := ast.Expr(r.macro("full_or_null", args[0]))
	typed := item.Type != nil && item.Type.Name != "JSON"
	if typed {
		x := ast.Ident{Name: "_X", Quoted: true}
		value := &ast.Cast{X: plain(&ast.Column{Parts: []ast.Ident{x}}), Type: item.Type}
		list = call("LIST_TRANSFORM", list, &ast.Lambda{Params: []ast.Param{{Name: x}}, Body: value})
	}
	if !typed && name != "FILTER" && r.info.Type(l.Body).Is(warehouse.Float) { // what VARIANTs are worth together
		l.Body = r.macro("number_json", l.Body)
	}
	switch {
	case name == "FILTER" && len(args) == 2:
		return call("TO_JSON", call("LIST_FILTER", list, l)), true
	case name == "TRANSFORM" && len(args) == 2:
		return call("TO_JSON", call("LIST_TRANSFORM", list, l)), true
	case name == "REDUCE" && len(args) == 3 && typed:
		return call("TO_JSON", call("LIST_REDUCE", list, l, &ast.Cast{X: args[1], Type: item.Type})), true
	case name == "REDUCE" && len(args) == 3:
		l.Body = call("TO_JSON", l.Body)
		return call("LIST_REDUCE", list, l, call("TO_JSON", args[1])), true
	}
	return nil, false
}
