package parse

import (
	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
)

func (p *parser) drop() ast.Statement {
	s := &ast.Drop{At: p.here()}
	if !p.accept("DROP", "STAGE") {
		return p.other()
	}
	s.Object = "STAGE"
	s.IfExists = p.accept("IF", "EXISTS")
	s.Name = p.name()
	return s
}
