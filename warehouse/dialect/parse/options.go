package parse

import (
	"strings"

	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/token"
)

// properties reads KEY = value pairs and WITH TAG lists until neither comes.
func (p *parser) properties() (opts []ast.Option, tags []ast.Tag) {
	for {
		switch {
		case p.atTags():
			p.accept("WITH")
			p.expect("TAG")
			tags = append(tags, p.tags()...)
		case p.atOption():
			opts = append(opts, p.option())
			p.take(token.Comma)
		default:
			return opts, tags
		}
	}
}

// atTags reports whether [WITH] TAG (…) comes next.
func (p *parser) atTags() bool {
	return p.at("WITH", "TAG") || p.at("TAG") && p.peek(1).Kind == token.LeftParen
}

// options reads KEY = value pairs until none comes.
func (p *parser) options() []ast.Option {
	var opts []ast.Option
	for p.atOption() {
		opts = append(opts, p.option())
		p.take(token.Comma)
	}
	return opts
}

func (p *parser) atOption() bool {
	if !p.is(token.Word) {
		return false
	}
	next := p.peek(1).Kind
	return next == token.Equal || p.at("COMMENT") && next == token.String
}

func (p *parser) option() ast.Option {
	p.enter()
	defer p.leave()
	o := ast.Option{At: p.here(), Key: p.tok.Value}
	p.need(token.Word)
	switch {
	case p.take(token.Equal):
	case o.Key == "COMMENT" && p.is(token.String):
	case o.Key == "INCREMENT" && p.accept("BY"):
		p.take(token.Equal)
	case o.Key == "INCREMENT" && (p.is(token.Number) || p.is(token.Minus)):
	default:
		p.unexpected()
	}
	if p.is(token.LeftParen) && p.peek(1).Kind == token.Word && p.peek(2).Kind == token.Equal {
		p.next()
		o.Nested = p.options()
		p.need(token.RightParen)
		return o
	}
	o.Value = p.optionValue()
	return o
}

// optionValue reads what stands behind KEY =: a literal, a name, a word, or
// several in parentheses.
func (p *parser) optionValue() ast.Expr {
	p.enter()
	defer p.leave()
	at := p.here()
	switch p.tok.Kind {
	case token.LeftParen:
		p.next()
		t := &ast.Tuple{At: at}
		if !p.is(token.RightParen) {
			t.Items = list(p, p.optionItem)
		}
		p.need(token.RightParen)
		return t
	case token.String, token.Dollar:
		return p.text()
	case token.Number, token.Plus, token.Minus:
		return p.signedNumber()
	case token.Word, token.Quoted:
		return p.optionWord()
	}
	if e := p.bind(); e != nil {
		return e
	}
	p.unexpected()
	return &ast.Null{}
}

// optionItem reads one of several values, which may have a name: 'key' = secret.
func (p *parser) optionItem() ast.Expr {
	at := p.here()
	item := p.optionValue()
	if p.take(token.Equal) {
		return &ast.Binary{At: at, Op: "=", Left: item, Right: p.optionValue()}
	}
	return item
}

// optionWord reads TRUE, NULL, CSV, db.schema.format or SKIP_FILE_10%.
func (p *parser) optionWord() ast.Expr {
	at := p.here()
	switch {
	case p.accept("TRUE"):
		return &ast.Bool{At: at, Value: true}
	case p.accept("FALSE"):
		return &ast.Bool{At: at}
	case p.accept("NULL"):
		return &ast.Null{At: at}
	case p.at("ALL"):
		return &ast.Column{At: at, Parts: []ast.Ident{p.anyIdent()}}
	case p.at("IDENTIFIER") && p.peek(1).Kind == token.LeftParen:
		return p.identifierCall()
	}
	c := &ast.Column{At: at, Parts: []ast.Ident{p.ident()}}
	for p.take(token.Dot) {
		c.Parts = append(c.Parts, p.columnName())
	}
	if word := c.Parts[0].Name; p.is(token.Percent) && strings.HasPrefix(word, "SKIP_FILE_") {
		p.next()
		return &ast.String{At: at, Value: word + "%"}
	}
	return c
}

// signedNumber reads a number with a sign or none.
func (p *parser) signedNumber() *ast.Number {
	n := &ast.Number{At: p.here()}
	if p.take(token.Minus) {
		n.Text = "-"
	} else {
		p.take(token.Plus)
	}
	n.Text += p.tok.Value
	p.need(token.Number)
	return n
}

// tags reads (name = 'value', …).
func (p *parser) tags() []ast.Tag {
	p.need(token.LeftParen)
	tags := list(p, p.tag)
	p.need(token.RightParen)
	return tags
}

func (p *parser) tag() ast.Tag {
	t := ast.Tag{At: p.here(), Name: p.name()}
	p.need(token.Equal)
	t.Value = p.text()
	return t
}
