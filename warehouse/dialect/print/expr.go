package print

import (
	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
)

func (p *printer) expr(e ast.Expr) {
	switch e := e.(type) {
	case *ast.Null:
		p.word("NULL")
	case *ast.Bool:
		p.word(map[bool]string{true: "TRUE", false: "FALSE"}[e.Value])
	case *ast.Number:
		p.word(e.Text)
	case *ast.String:
		p.text(e)
	case *ast.Hex:
		p.word("X'" + e.Digits + "'")
	case *ast.Column:
		p.dotted(e.Parts)
	case *ast.Variable:
		p.word("$" + e.Name)
	case *ast.Bind:
		p.bind(e)
	case *ast.Tuple:
		p.open("(")
		comma(p, e.Items, p.expr)
		p.close(")")
	case *ast.Identifier:
		p.open("IDENTIFIER(")
		p.expr(e.Arg)
		p.close(")")
	}
}

func (p *printer) bind(b *ast.Bind) {
	if b.Name == "" {
		p.word("?")
		return
	}
	p.word(":" + b.Name)
}
