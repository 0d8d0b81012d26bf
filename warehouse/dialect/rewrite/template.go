package rewrite

import (
	"strconv"

	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/parse"
)

// template reads text as an expression and puts args in the places of $1, $2.
func template(text string, args ...ast.Expr) ast.Expr {
	return templateQuery("SELECT "+text, args...).Body.(*ast.Select).Items[0].X
}

// templateQuery is template for a query.
func templateQuery(text string, args ...ast.Expr) *ast.Query {
	s, err := parse.Statement(text)
	if err != nil {
		panic("rewrite: a template is wrong: " + text + ": " + err.Error())
	}
	return ast.Rewrite(s, func(n ast.Node) ast.Node {
		if p, ok := n.(*ast.Position); ok {
			i, _ := strconv.Atoi(p.Number)
			return args[i-1]
		}
		return n
	}).(*ast.Query)
}

// call is a call of a function of DuckDB's.
func call(name string, args ...ast.Expr) *ast.Call {
	c := &ast.Call{Name: &ast.Name{Parts: []ast.Ident{{Name: name}}}}
	for _, a := range args {
		c.Args = append(c.Args, ast.Arg{Value: a})
	}
	return c
}

func cast(x ast.Expr, typ string) *ast.Cast { return &ast.Cast{X: x, Type: &ast.Type{Name: typ}} }

func text(value string) *ast.String { return &ast.String{Value: value} }
