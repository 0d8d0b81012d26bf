package parse

import (
	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
)

// statement reads one statement by its first word.
func (p *parser) statement() ast.Statement {
	switch {
	case p.at("PUT"):
		return p.put()
	case p.at("GET"):
		return p.get()
	case p.atAny("LIST", "LS"):
		return p.list()
	case p.atAny("REMOVE", "RM"):
		return p.remove()
	case p.at("SHOW"):
		return p.show()
	case p.at("DROP"):
		return p.drop()
	case p.at("CREATE"):
		return p.create()
	}
	return p.other()
}

// other takes the whole statement as it stands.
func (p *parser) other() ast.Statement {
	first, last := p.toks[p.i], p.toks[p.end-1]
	s := &ast.Other{At: p.here(), Kind: kindOf(p.toks[p.i:p.end]), Text: p.src[first.Pos.Offset:last.End()]}
	p.i = p.end
	p.load()
	return s
}
