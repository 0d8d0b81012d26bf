package parse

import (
	"strings"

	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/token"
)

// block reads a block of Snowflake Scripting.
func (p *parser) block() ast.Statement {
	p.enter()
	defer p.leave()
	p.blocks++
	defer func() { p.blocks-- }()
	b := &ast.Block{At: p.here()}
	if p.accept("DECLARE") {
		for p.err == nil && !p.at("BEGIN") {
			b.Declare = append(b.Declare, p.declaration())
			p.need(token.Semicolon)
		}
	}
	p.expect("BEGIN")
	b.Body = p.statements("END", "EXCEPTION")
	if p.accept("EXCEPTION") {
		b.Handlers = []ast.Handler{p.handler()}
		for p.at("WHEN") {
			b.Handlers = append(b.Handlers, p.handler())
		}
	}
	p.expect("END")
	return b
}

// statements reads those of a block, a branch or a loop up to one of some words.
func (p *parser) statements(ends ...string) (out []ast.Statement) {
	p.enter()
	defer p.leave()
	for {
		out = append(out, p.scripted())
		p.need(token.Semicolon)
		if p.err != nil || p.atAny(ends...) {
			return out
		}
	}
}

// scripted reads one statement of a block.
func (p *parser) scripted() ast.Statement {
	if isName(p.tok) && p.peek(1).Kind == token.Assign {
		s := &ast.SetVariable{At: p.here(), Name: p.ident()}
		p.next()
		s.Value = p.assigned()
		return s
	}
	if p.is(token.Word) {
		if read := scriptReader(p.tok.Value); read != nil {
			return read(p)
		}
	}
	if p.at("DECLARE") || p.at("BEGIN") && !isTransaction(p.peek(1)) {
		return p.block()
	}
	return p.plain(p.statement)
}

// plain reads a statement that could stand outside of a block.
func (p *parser) plain(read func() ast.Statement) *ast.SQL {
	links := p.links
	p.links = 0
	defer func() { p.links = links }()
	s := &ast.SQL{At: p.here()}
	s.Statement = read()
	s.Text = p.since(s.Position)
	return s
}

// scriptReader is what reads the statements of blocks alone that begin with word.
func scriptReader(word string) func(*parser) ast.Statement {
	switch word {
	case "LET":
		return (*parser).let
	case "IF":
		return (*parser).ifStatement
	case "CASE":
		return (*parser).switchStatement
	case "FOR":
		return (*parser).forLoop
	case "WHILE":
		return (*parser).while
	case "REPEAT":
		return (*parser).repeat
	case "LOOP":
		return (*parser).loop
	case "BREAK", "EXIT", "CONTINUE", "ITERATE":
		return (*parser).leaveLoop
	case "RETURN":
		return (*parser).returnStatement
	case "OPEN":
		return (*parser).openCursor
	case "FETCH":
		return (*parser).fetch
	case "CLOSE":
		return (*parser).closeCursor
	case "RAISE":
		return (*parser).raise
	case "NULL":
		return func(p *parser) ast.Statement {
			s := &ast.Nothing{At: p.here()}
			p.next()
			return s
		}
	case "ASYNC", "AWAIT", "CANCEL":
		return (*parser).refused
	}
	return nil
}

// let reads LET and what it names.
func (p *parser) let() ast.Statement {
	at := p.here()
	p.expect("LET")
	s := p.declaration()
	switch s := s.(type) {
	case *ast.Let:
		s.At = at
		if s.Value == nil {
			p.unexpected()
		}
	case *ast.LetCursor:
		s.At = at
	case *ast.LetException:
		p.fail(syntaxError(p.toks[p.i-1]))
	}
	return s
}

// declaration reads one item of DECLARE.
func (p *parser) declaration() ast.Statement {
	at := p.here()
	name := p.ident()
	switch {
	case p.accept("CURSOR"):
		p.expect("FOR")
		c := &ast.LetCursor{At: at, Name: name}
		if beginsQuery(p.tok) || p.is(token.LeftParen) {
			c.Query = p.plain(func() ast.Statement { return p.query() })
		} else {
			of := p.ident()
			c.Of = &of
		}
		return c
	case p.accept("EXCEPTION"):
		return p.exception(at, name)
	case p.at("PROCEDURE"):
		p.refuse("nested stored procedures", p.tok.Pos)
	}
	l := &ast.Let{At: at, Name: name}
	switch {
	case p.accept("RESULTSET"):
		l.ResultSet = true
	case !p.is(token.Assign) && !p.at("DEFAULT"):
		l.Type = p.dataType()
	}
	if p.accept("DEFAULT") || p.take(token.Assign) {
		l.Value = p.assigned()
	}
	return l
}

// exception reads a declared exception behind its name.
func (p *parser) exception(at ast.At, name ast.Ident) ast.Statement {
	e := &ast.LetException{At: at, Name: name}
	if !p.take(token.LeftParen) {
		return e
	}
	if p.take(token.Minus) {
		e.Number = "-"
	}
	e.Number += p.digits()
	p.need(token.Comma)
	e.Message = p.text()
	p.need(token.RightParen)
	return e
}

// assigned reads the value of a variable: an expression, or a statement whose
// rows a RESULTSET is.
func (p *parser) assigned() ast.Expr {
	at := p.here()
	if p.at("ASYNC") && p.peek(1).Kind == token.LeftParen {
		p.refuse("ASYNC", p.tok.Pos)
	}
	if !p.is(token.LeftParen) || !givesRows(p.peek(1), p.peek(2)) {
		return p.wholeQuery(p.expr())
	}
	p.next()
	r := &ast.ResultOf{At: at, Statement: p.plain(p.statement)}
	p.need(token.RightParen)
	return r
}

// wholeQuery is an expression that has just been read, as a [ast.ResultOf] where
// it is a query and nothing else.
func (p *parser) wholeQuery(x ast.Expr) ast.Expr {
	sub, ok := x.(*ast.Subquery)
	if !ok || p.err != nil {
		return x
	}
	end := p.toks[p.i-1].Pos.Offset // of the closing parenthesis
	text := strings.TrimSpace(p.src[sub.Query.Position.Offset:end])
	return &ast.ResultOf{At: sub.At, Statement: &ast.SQL{At: sub.Query.At, Text: text, Statement: sub.Query}}
}

// givesRows reports whether a statement other than a query begins with these.
func givesRows(first, second token.Token) bool {
	switch first.Value {
	case "SHOW", "DESCRIBE", "DESC", "CALL", "EXECUTE", "INSERT", "UPDATE", "DELETE", "MERGE":
		return first.Kind == token.Word && (second.Kind == token.Word || second.Kind == token.Quoted)
	case "LIST", "LS":
		return first.Kind == token.Word && second.Kind == token.Stage
	}
	return false
}

func (p *parser) handler() ast.Handler {
	h := ast.Handler{At: p.here()}
	p.expect("WHEN")
	h.Names = []ast.Ident{p.ident()}
	for p.accept("OR") {
		h.Names = append(h.Names, p.ident())
	}
	if !p.accept("EXIT") {
		h.Continue = p.accept("CONTINUE")
	}
	p.expect("THEN")
	h.Body = p.statements("WHEN", "END")
	return h
}
