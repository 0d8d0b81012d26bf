package parse

import (
	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
)

func (p *parser) create() ast.Statement {
	at, start := p.here(), p.i
	c := p.createHead()
	if p.accept("STAGE") {
		return p.createStage(at, c)
	}
	p.i = start
	p.load()
	return p.other()
}

// createHead reads CREATE and the words before the kind of object.
func (p *parser) createHead() ast.Create {
	var c ast.Create
	p.expect("CREATE")
	if p.accept("OR", "REPLACE") {
		c.Replace = true
	} else if p.accept("OR", "ALTER") {
		c.OrAlter = true
	}
	c.Scoped = p.accept("SCOPED")
	if p.atAny("LOCAL", "GLOBAL") {
		p.next()
	}
	switch {
	case p.accept("TEMPORARY"), p.accept("TEMP"), p.accept("VOLATILE"):
		c.Temporary = true
	case p.accept("TRANSIENT"):
		c.Transient = true
	}
	return c
}

// named reads IF NOT EXISTS before or behind the name, as Snowflake lets it
// stand in both places.
func (p *parser) named(c *ast.Create) *ast.Name {
	c.IfNotExists = p.accept("IF", "NOT", "EXISTS")
	name := p.name()
	if !c.IfNotExists {
		c.IfNotExists = p.accept("IF", "NOT", "EXISTS")
	}
	return name
}

func (p *parser) createStage(at ast.At, c ast.Create) ast.Statement {
	s := &ast.CreateStage{At: at, Create: c}
	s.Name = p.named(&s.Create)
	switch {
	case p.accept("LIKE"):
		s.Like = p.name()
	case p.accept("CLONE"):
		s.Clone = p.name()
	}
	s.Options, s.Tags = p.properties()
	return s
}
