package parse

import (
	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/token"
)

func (p *parser) ifStatement() ast.Statement {
	s := &ast.If{At: p.here()}
	p.expect("IF")
	s.Branches = []ast.Branch{p.branch("ELSEIF", "ELSE", "END")}
	for p.accept("ELSEIF") {
		s.Branches = append(s.Branches, p.branch("ELSEIF", "ELSE", "END"))
	}
	if p.accept("ELSE") {
		s.Else = p.statements("END")
	}
	p.expect("END", "IF")
	return s
}

// branch reads a condition, THEN and statements.
func (p *parser) branch(ends ...string) ast.Branch {
	b := ast.Branch{Cond: p.expr()}
	p.expect("THEN")
	b.Body = p.statements(ends...)
	return b
}

func (p *parser) switchStatement() ast.Statement {
	s := &ast.Switch{At: p.here()}
	p.expect("CASE")
	if !p.at("WHEN") {
		s.Operand = p.expr()
	}
	if !p.at("WHEN") {
		p.unexpected()
	}
	for p.accept("WHEN") {
		s.Branches = append(s.Branches, p.branch("WHEN", "ELSE", "END"))
	}
	if p.accept("ELSE") {
		s.Else = p.statements("END")
	}
	p.expect("END")
	p.accept("CASE")
	return s
}

func (p *parser) forLoop() ast.Statement {
	s := &ast.For{At: p.here()}
	p.expect("FOR")
	s.Name = p.ident()
	p.expect("IN")
	if isName(p.tok) && (p.peek(1).Is("DO") || p.peek(1).Is("LOOP")) {
		rows := p.ident()
		s.Rows = &rows
	} else {
		s.Reverse = p.accept("REVERSE")
		s.From = p.expr()
		p.expect("TO")
		s.To = p.expr()
	}
	s.Body = p.loopBody()
	s.Label = p.endLoop("FOR")
	return s
}

// loopBody reads DO or LOOP and the statements of a loop.
func (p *parser) loopBody() []ast.Statement {
	if !p.accept("DO") {
		p.expect("LOOP")
	}
	return p.statements("END")
}

// endLoop reads END, the loop's word or LOOP, and a label.
func (p *parser) endLoop(word string) *ast.Ident {
	p.expect("END")
	if !p.accept(word) {
		p.expect("LOOP")
	}
	return p.label()
}

// label reads a label if one comes.
func (p *parser) label() *ast.Ident {
	if !isName(p.tok) {
		return nil
	}
	label := p.ident()
	return &label
}

func (p *parser) while() ast.Statement {
	s := &ast.While{At: p.here()}
	p.expect("WHILE")
	s.Cond = p.expr()
	s.Body = p.loopBody()
	s.Label = p.endLoop("WHILE")
	return s
}

func (p *parser) repeat() ast.Statement {
	s := &ast.Repeat{At: p.here()}
	p.expect("REPEAT")
	s.Body = p.statements("UNTIL")
	p.expect("UNTIL")
	s.Until = p.expr()
	p.expect("END", "REPEAT")
	s.Label = p.label()
	return s
}

func (p *parser) loop() ast.Statement {
	s := &ast.Loop{At: p.here()}
	p.expect("LOOP")
	s.Body = p.statements("END")
	s.Label = p.endLoop("LOOP")
	return s
}

func (p *parser) leaveLoop() ast.Statement {
	s := &ast.Leave{At: p.here(), Continue: p.atAny("CONTINUE", "ITERATE")}
	p.next()
	s.Label = p.label()
	return s
}

func (p *parser) returnStatement() ast.Statement {
	s := &ast.Return{At: p.here()}
	p.expect("RETURN")
	if p.is(token.Semicolon) {
		return s
	}
	if s.Table = p.at("TABLE") && p.peek(1).Kind == token.LeftParen; s.Table {
		p.next()
		p.next()
		s.Value = p.expr()
		p.need(token.RightParen)
		return s
	}
	s.Value = p.expr()
	return s
}

func (p *parser) openCursor() ast.Statement {
	s := &ast.Open{At: p.here()}
	p.expect("OPEN")
	s.Cursor = p.ident()
	if p.accept("USING") {
		p.need(token.LeftParen)
		s.Using = list(p, p.expr)
		p.need(token.RightParen)
	}
	return s
}

func (p *parser) fetch() ast.Statement {
	s := &ast.Fetch{At: p.here()}
	p.expect("FETCH")
	s.Cursor = p.ident()
	p.expect("INTO")
	s.Into = list(p, p.taker)
	return s
}

func (p *parser) closeCursor() ast.Statement {
	s := &ast.Close{At: p.here()}
	p.expect("CLOSE")
	s.Cursor = p.ident()
	return s
}

func (p *parser) raise() ast.Statement {
	s := &ast.Raise{At: p.here()}
	p.expect("RAISE")
	s.Name = p.label()
	return s
}

// taker reads a variable that INTO fills, with a colon before it or not.
func (p *parser) taker() ast.Ident {
	p.take(token.Colon)
	return p.ident()
}

// into reads INTO and its variables, which only statements of blocks have.
func (p *parser) into() []ast.Ident {
	if p.blocks == 0 || !p.accept("INTO") {
		return nil
	}
	return list(p, p.taker)
}
