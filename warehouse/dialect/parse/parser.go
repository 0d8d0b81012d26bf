package parse

import (
	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/token"
)

// A parser reads one statement. Its first error stays: from then on every
// token is EOF, so that all loops end, and the tree is thrown away.
type parser struct {
	src  string
	toks []token.Token
	i    int // of tok
	end  int // behind the statement's last token
	tok  token.Token
	err  *warehouse.Error

	depth      int  // of the reading: how many calls of enter are open
	height     int  // of the highest tree read since the last expression began
	runEnd     int  // behind the run of parentheses that opensQuery last saw
	links      int  // how many statements stand before this one in its chain
	connecting bool // inside CONNECT BY, where PRIOR is an operator
	blocks     int  // how many blocks of scripting are open
}

func (p *parser) next() {
	if p.i < p.end {
		p.i++
	}
	p.load()
}

// load sets tok from i. The statement's end is an EOF at the place of whatever
// stands there in the script.
func (p *parser) load() {
	p.tok = p.toks[p.i]
	if p.i >= p.end {
		p.tok = token.Token{Kind: token.EOF, Pos: p.tok.Pos}
	}
}

// peek is the token n behind the current one.
func (p *parser) peek(n int) token.Token {
	if p.i+n >= p.end {
		return token.Token{Kind: token.EOF}
	}
	return p.toks[p.i+n]
}

// fail keeps the first error and ends the reading.
func (p *parser) fail(err *warehouse.Error) {
	if p.err == nil {
		p.err = err
	}
	p.i, p.end = min(p.i, p.end), min(p.i, p.end)
	p.load()
}

// unexpected refuses the current token.
func (p *parser) unexpected() { p.fail(syntaxError(p.tok)) }

// refuse says that Snowpit does not do what stands at pos.
func (p *parser) refuse(what string, pos token.Pos) { p.fail(unsupported(what, pos)) }

// since is the text from start up to the token before the current one.
func (p *parser) since(start token.Pos) string {
	if p.i == 0 || p.err != nil {
		return ""
	}
	return p.src[start.Offset:p.toks[p.i-1].End()]
}

func (p *parser) here() ast.At { return ast.At{Position: p.tok.Pos} }

// at reports whether the next tokens are these words, in upper case.
func (p *parser) at(words ...string) bool {
	if !p.tok.Is(words[0]) {
		return false
	}
	for n, word := range words[1:] {
		if !p.peek(n + 1).Is(word) {
			return false
		}
	}
	return true
}

// atAny reports whether the current token is one of these words.
func (p *parser) atAny(words ...string) bool {
	for _, word := range words {
		if p.tok.Is(word) {
			return true
		}
	}
	return false
}

// accept moves behind these words if they all come next.
func (p *parser) accept(words ...string) bool {
	if !p.at(words...) {
		return false
	}
	for range words {
		p.next()
	}
	return true
}

// expect demands these words.
func (p *parser) expect(words ...string) {
	for _, word := range words {
		if !p.accept(word) {
			p.unexpected()
			return
		}
	}
}

func (p *parser) is(kind token.Kind) bool { return p.tok.Kind == kind }

func (p *parser) take(kind token.Kind) bool {
	if p.tok.Kind != kind {
		return false
	}
	p.next()
	return true
}

func (p *parser) need(kind token.Kind) {
	if !p.take(kind) {
		p.unexpected()
	}
}

// enter counts one level of nesting; leave it with leave.
func (p *parser) enter() {
	p.depth++
	if p.depth > MaxDepth {
		p.refuse("more than 1000 levels of nesting", p.tok.Pos)
	}
}

func (p *parser) leave() { p.depth-- }

// list reads one or more items with commas between them.
func list[T any](p *parser, item func() T) []T {
	out := []T{item()}
	for p.take(token.Comma) {
		out = append(out, item())
	}
	return out
}

// isName reports whether t can stand where a name must.
func isName(t token.Token) bool {
	return t.Kind == token.Quoted || t.Kind == token.Word && !token.Reserved(t.Value)
}

func (p *parser) ident() ast.Ident {
	if !isName(p.tok) {
		p.unexpected()
		return ast.Ident{}
	}
	return p.anyIdent()
}

// anyIdent reads an identifier where no keyword can stand, behind a dot. A
// reserved word there counts as quoted, since elsewhere it must be.
func (p *parser) anyIdent() ast.Ident {
	if !p.is(token.Word) && !p.is(token.Quoted) {
		p.unexpected()
		return ast.Ident{}
	}
	id := ast.Ident{At: p.here(), Name: p.tok.Value, Quoted: p.is(token.Quoted) || token.Reserved(p.tok.Value)}
	p.next()
	return id
}

// name reads the name of an object.
func (p *parser) name() *ast.Name {
	n := &ast.Name{At: p.here()}
	if p.at("IDENTIFIER") && p.peek(1).Kind == token.LeftParen {
		p.next()
		p.next()
		n.Dynamic = p.nameArgument()
		p.need(token.RightParen)
		return n
	}
	n.Parts = append(n.Parts, p.ident())
	for p.take(token.Dot) {
		if p.is(token.Dot) {
			n.Parts = append(n.Parts, ast.Ident{At: p.here()})
			continue
		}
		n.Parts = append(n.Parts, p.columnName())
	}
	p.refuseMethod(n.Parts)
	if len(n.Parts) > 4 {
		p.fail(syntaxError(p.toks[p.i-1]))
	}
	return n
}

// refuseMethod refuses the call of an instance's method, name!method(…), behind
// the name.
func (p *parser) refuseMethod(name []ast.Ident) {
	if p.is(token.Exclamation) && p.peek(2).Kind == token.LeftParen {
		p.refuse("the method "+name[len(name)-1].Name+"!"+p.peek(1).Value+" of an instance", name[0].Position)
	}
}

// nameArgument is what identifier(…) takes: a string, a bind or a variable.
func (p *parser) nameArgument() ast.Expr {
	if p.is(token.String) || p.is(token.Dollar) {
		return p.text()
	}
	if e := p.bind(); e != nil {
		return e
	}
	if isName(p.tok) {
		n := p.name()
		return &ast.Column{At: n.At, Parts: n.Parts}
	}
	p.unexpected()
	return &ast.Null{}
}

// bind reads ?, :1, :name or $name, or returns nil.
func (p *parser) bind() ast.Expr {
	at := p.here()
	switch p.tok.Kind {
	case token.Question:
		p.next()
		return &ast.Bind{At: at}
	case token.Variable:
		name := p.tok.Value
		p.next()
		return &ast.Variable{At: at, Name: name}
	case token.Colon:
		p.next()
		name := p.tok.Value
		if !p.is(token.Word) && !(p.is(token.Number) && allDigits(name)) {
			p.unexpected()
		}
		p.next()
		return &ast.Bind{At: at, Name: name}
	}
	return nil
}

func allDigits(s string) bool {
	for i := range len(s) {
		if !isDigit(s[i]) {
			return false
		}
	}
	return true
}

// text reads a string literal.
func (p *parser) text() *ast.String {
	s := &ast.String{At: p.here(), Value: p.tok.Value, Dollar: p.is(token.Dollar)}
	if p.is(token.Variable) {
		p.refuse("a session variable in the place of this literal", p.tok.Pos)
	}
	if !p.is(token.String) && !p.is(token.Dollar) {
		p.unexpected()
	}
	p.next()
	return s
}

// identifierCall reads identifier(…) where an expression can stand.
func (p *parser) identifierCall() ast.Expr {
	return nameExpr(p.name())
}
