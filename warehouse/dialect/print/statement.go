package print

import (
	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
)

func (p *printer) statement(s ast.Statement) {
	switch s := s.(type) {
	case *ast.Other:
		p.word(s.Text)
	case *ast.CreateStage:
		p.createStage(s)
	case *ast.Drop:
		p.drop(s)
	case *ast.Show:
		p.show(s)
	case *ast.List:
		p.word("LIST")
		p.location(s.Location)
		p.pattern(s.Pattern)
	case *ast.Remove:
		p.word("REMOVE")
		p.location(s.Location)
		p.pattern(s.Pattern)
	case *ast.Put:
		p.word("PUT")
		p.file(s.File)
		p.location(s.Location)
		p.options(s.Options)
	case *ast.Get:
		p.word("GET")
		p.location(s.Location)
		p.file(s.File)
		p.options(s.Options)
	}
}
