package parse

import (
	"strings"

	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/token"
)

// primary reads an operand.
func (p *parser) primary() ast.Expr {
	at, t := p.here(), p.tok
	switch t.Kind {
	case token.Word:
		return p.wordPrimary()
	case token.Quoted:
		return p.namedPrimary()
	case token.Number:
		p.next()
		return &ast.Number{At: at, Text: t.Value}
	case token.String, token.Dollar:
		return p.text()
	case token.Hex:
		p.next()
		return &ast.Hex{At: at, Digits: t.Value}
	case token.Column:
		p.next()
		return &ast.Position{At: at, Number: t.Value}
	case token.LeftParen:
		return p.parens()
	case token.LeftBracket:
		return p.array()
	case token.LeftBrace:
		return p.object()
	}
	if e := p.bind(); e != nil {
		return e
	}
	p.unexpected()
	return &ast.Null{At: at}
}

// wordPrimary reads an operand that begins with a word.
func (p *parser) wordPrimary() ast.Expr {
	at := p.here()
	next := p.peek(1).Kind
	switch p.tok.Value {
	case "NULL":
		p.next()
		return &ast.Null{At: at}
	case "TRUE", "FALSE":
		p.next()
		return &ast.Bool{At: at, Value: p.toks[p.i-1].Value == "TRUE"}
	case "CASE":
		return p.caseExpr()
	case "CAST", "TRY_CAST":
		return p.cast()
	case "EXISTS":
		p.next()
		return &ast.Exists{At: at, Query: p.parenQuery()}
	case "INTERVAL":
		if next == token.String {
			return p.interval()
		}
	case "DATE", "TIME", "TIMESTAMP", "TIMESTAMP_NTZ", "TIMESTAMP_LTZ", "TIMESTAMP_TZ", "DATETIME":
		if next == token.String {
			lit := &ast.Typed{At: at, Type: p.tok.Value}
			p.next()
			lit.Value = p.text().Value
			return lit
		}
	case "EXTRACT":
		if next == token.LeftParen {
			return p.extract()
		}
	case "POSITION":
		if next == token.LeftParen {
			return p.position()
		}
	case "CURRENT_DATE", "CURRENT_TIME", "CURRENT_TIMESTAMP", "CURRENT_USER", "LOCALTIME", "LOCALTIMESTAMP":
		if next != token.LeftParen {
			return &ast.Call{At: at, Name: p.functionName(), Bare: true}
		}
		return p.call(p.functionName())
	case "LEFT", "RIGHT", "INSERT", "LIKE", "ILIKE", "RLIKE", "REGEXP":
		if next == token.LeftParen {
			return p.call(p.functionName())
		}
	}
	return p.namedPrimary()
}

// functionName reads a name of one word, reserved or not.
func (p *parser) functionName() *ast.Name {
	n := &ast.Name{At: p.here(), Parts: []ast.Ident{{At: p.here(), Name: p.tok.Value}}}
	p.next()
	return n
}

// namedPrimary reads a column, a star behind a name, or a call.
func (p *parser) namedPrimary() ast.Expr {
	at := p.here()
	if p.at("IDENTIFIER") && p.peek(1).Kind == token.LeftParen {
		n := p.name()
		if p.is(token.LeftParen) {
			return p.call(n)
		}
		return &ast.Identifier{At: at, Arg: n.Dynamic}
	}
	parts := []ast.Ident{p.ident()}
	for p.is(token.Dot) {
		switch p.peek(1).Kind {
		case token.Star:
			p.next()
			return p.star(at, parts)
		case token.Column:
			p.next()
			pos := &ast.Position{At: at, Qualifier: parts, Number: p.tok.Value}
			p.next()
			return pos
		case token.Dot:
			p.next()
			parts = append(parts, ast.Ident{At: p.here()})
		default:
			p.next()
			parts = append(parts, p.columnName())
		}
	}
	p.refuseMethod(parts)
	if p.is(token.LeftParen) {
		if p.peek(1).Kind == token.Plus && p.peek(2).Kind == token.RightParen {
			p.i += 3
			p.load()
			return &ast.Column{At: at, Parts: parts, Outer: true}
		}
		return p.call(&ast.Name{At: at, Parts: parts})
	}
	return &ast.Column{At: at, Parts: parts}
}

// call reads the arguments of a function and what can follow them.
func (p *parser) call(name *ast.Name) ast.Expr {
	c := &ast.Call{At: name.At, Name: name}
	p.need(token.LeftParen)
	if p.is(token.Stage) { // only functions of files' addresses take one
		p.refuse("the function "+name.Last(), name.Position)
	}
	if p.accept("DISTINCT") {
		c.Distinct = true
	} else if p.at("ALL") && p.peek(1).Kind != token.RightParen {
		p.next()
	}
	if !p.is(token.RightParen) {
		c.Args = list(p, p.arg)
	}
	p.nulls(c)
	p.need(token.RightParen)
	if p.accept("WITHIN", "GROUP") {
		p.need(token.LeftParen)
		c.WithinGroup = p.orderBy()
		p.need(token.RightParen)
	}
	if p.accept("FROM", "LAST") {
		c.FromLast = true
	} else {
		p.accept("FROM", "FIRST")
	}
	p.nulls(c)
	if p.accept("OVER") {
		c.Over = p.over()
	}
	return c
}

// nulls reads IGNORE NULLS, which may stand in the parentheses or behind.
func (p *parser) nulls(c *ast.Call) {
	if p.at("IGNORE", "NULLS") || p.at("RESPECT", "NULLS") {
		c.Nulls = p.tok.Value
		p.next()
		p.next()
	}
}

func (p *parser) arg() ast.Arg {
	if (p.is(token.Word) || p.is(token.Quoted)) && p.peek(1).Kind == token.FatArrow {
		return p.namedArg()
	}
	if p.is(token.Star) {
		return ast.Arg{Value: p.star(p.here(), nil)}
	}
	if p.atLambda() {
		return ast.Arg{Value: p.lambda()}
	}
	if p.atAny("SELECT", "WITH") {
		return ast.Arg{Value: &ast.Subquery{At: p.here(), Query: p.query()}}
	}
	return ast.Arg{Value: p.expr()}
}

// namedArg reads name => value.
func (p *parser) namedArg() ast.Arg {
	name := p.anyIdent()
	p.need(token.FatArrow)
	return ast.Arg{Name: &name, Value: p.expr()}
}

func (p *parser) over() *ast.Over {
	o := &ast.Over{At: p.here()}
	p.need(token.LeftParen)
	if p.at("PARTITION") {
		p.expect("PARTITION", "BY")
		o.PartitionBy = list(p, p.expr)
	}
	if p.at("ORDER") {
		o.OrderBy = p.orderBy()
	}
	if p.atAny("ROWS", "RANGE", "GROUPS") {
		o.Frame = p.frame()
	}
	p.need(token.RightParen)
	return o
}

func (p *parser) frame() *ast.Frame {
	f := &ast.Frame{Unit: p.tok.Value}
	p.next()
	if !p.accept("BETWEEN") {
		f.Start = p.bound()
		return f
	}
	f.Start = p.bound()
	p.expect("AND")
	end := p.bound()
	f.End = &end
	return f
}

func (p *parser) bound() ast.Bound {
	switch {
	case p.at("CURRENT"):
		p.expect("CURRENT", "ROW")
		return ast.Bound{Kind: "CURRENT ROW"}
	case p.accept("UNBOUNDED", "PRECEDING"):
		return ast.Bound{Kind: "UNBOUNDED PRECEDING"}
	case p.accept("UNBOUNDED", "FOLLOWING"):
		return ast.Bound{Kind: "UNBOUNDED FOLLOWING"}
	}
	b := ast.Bound{Offset: p.exprAbove(precCompare), Kind: p.tok.Value}
	if !p.accept("PRECEDING") && !p.accept("FOLLOWING") {
		p.unexpected()
	}
	return b
}

func (p *parser) caseExpr() ast.Expr {
	c := &ast.Case{At: p.here()}
	p.expect("CASE")
	if !p.at("WHEN") {
		c.Operand = p.expr()
	}
	for p.accept("WHEN") {
		w := ast.When{Cond: p.expr()}
		p.expect("THEN")
		w.Then = p.expr()
		c.Whens = append(c.Whens, w)
	}
	if c.Whens == nil {
		p.unexpected()
	}
	if p.accept("ELSE") {
		c.Else = p.expr()
	}
	p.expect("END")
	return c
}

func (p *parser) cast() ast.Expr {
	c := &ast.Cast{At: p.here(), Try: p.at("TRY_CAST")}
	p.next()
	p.need(token.LeftParen)
	c.X = p.expr()
	p.expect("AS")
	c.Type = p.dataType()
	for _, change := range []string{"RENAME", "ADD"} {
		if p.accept(change, "FIELDS") {
			c.Change = change + " FIELDS"
		}
	}
	p.need(token.RightParen)
	return c
}

func (p *parser) interval() ast.Expr {
	i := &ast.Interval{At: p.here()}
	p.next()
	i.Value = p.text().Value
	if isUnit(p.tok) {
		i.Unit = p.tok.Value
		p.next()
		if p.at("TO") && isUnit(p.peek(1)) {
			p.next()
			i.Unit += " TO " + p.tok.Value
			p.next()
		}
	}
	return i
}

func isUnit(t token.Token) bool {
	if t.Kind != token.Word {
		return false
	}
	switch t.Value {
	case "YEAR", "MONTH", "DAY", "HOUR", "MINUTE", "SECOND":
		return true
	}
	return false
}

// extract reads EXTRACT(part FROM x).
func (p *parser) extract() ast.Expr {
	e := &ast.Extract{At: p.here()}
	p.next()
	p.need(token.LeftParen)
	if p.is(token.String) {
		e.Part = p.text()
	} else {
		e.Part = &ast.Column{At: p.here(), Parts: []ast.Ident{p.ident()}}
	}
	if !p.take(token.Comma) { // EXTRACT(part, x) is the same
		p.expect("FROM")
	}
	e.X = p.expr()
	p.need(token.RightParen)
	return e
}

// position reads POSITION(a IN b), which is POSITION(a, b), or any other call
// of it.
func (p *parser) position() ast.Expr {
	name := p.functionName()
	c := &ast.Call{At: name.At, Name: name}
	p.need(token.LeftParen)
	if p.is(token.Stage) { // only functions of files' addresses take one
		p.refuse("the function "+name.Last(), name.Position)
	}
	first := p.exprAbove(precCompare)
	if p.accept("IN") {
		c.Args = []ast.Arg{{Value: first}, {Value: p.expr()}}
	} else {
		c.Args = []ast.Arg{{Value: p.operators(first, precLowest)}}
		for p.take(token.Comma) {
			c.Args = append(c.Args, p.arg())
		}
	}
	p.need(token.RightParen)
	return c
}

func (p *parser) array() ast.Expr {
	a := &ast.Array{At: p.here()}
	p.need(token.LeftBracket)
	if !p.is(token.RightBracket) {
		a.Items = list(p, p.expr)
	}
	p.need(token.RightBracket)
	return a
}

func (p *parser) object() ast.Expr {
	o := &ast.Object{At: p.here()}
	p.need(token.LeftBrace)
	switch {
	case p.is(token.Star):
		o.Star = p.star(p.here(), nil).(*ast.Star)
	case isName(p.tok) && p.peek(1).Kind == token.Dot:
		p.refuse("{*} of one table", p.tok.Pos)
	case !p.is(token.RightBrace):
		o.Fields = list(p, func() ast.Field {
			f := ast.Field{Key: p.text()}
			p.need(token.Colon)
			f.Value = p.expr()
			return f
		})
	}
	p.need(token.RightBrace)
	return o
}

// atLambda reports whether a lambda comes next, its parameters in parentheses
// or not.
func (p *parser) atLambda() bool {
	if isName(p.tok) {
		return p.peek(1).Kind == token.Arrow || p.peek(1).Kind == token.Word && p.peek(2).Kind == token.Arrow
	}
	if !p.is(token.LeftParen) {
		return false
	}
	depth := 0
	for n := 0; ; n++ {
		switch p.peek(n).Kind {
		case token.LeftParen:
			if depth++; depth > 2 || depth == 2 && p.peek(n-1).Kind != token.Word {
				return false
			}
		case token.RightParen:
			if depth--; depth == 0 {
				return p.peek(n+1).Kind == token.Arrow
			}
		case token.Word, token.Quoted, token.Comma, token.Number:
		default:
			return false
		}
	}
}

// lambda reads x -> body, or (x INT, y) -> body.
func (p *parser) lambda() ast.Expr {
	l := &ast.Lambda{At: p.here()}
	if p.take(token.LeftParen) {
		l.Params = list(p, func() ast.Param {
			param := ast.Param{At: p.here(), Name: p.ident()}
			if !p.is(token.Comma) && !p.is(token.RightParen) {
				param.Type = p.dataType()
			}
			return param
		})
		p.need(token.RightParen)
	} else {
		l.Params = []ast.Param{{At: p.here(), Name: p.ident()}}
		if !p.is(token.Arrow) {
			l.Params[0].Type = p.dataType()
		}
	}
	p.need(token.Arrow)
	l.Body = p.expr()
	return l
}

// star reads * and what narrows it.
func (p *parser) star(at ast.At, qualifier []ast.Ident) ast.Expr {
	s := &ast.Star{At: at, Qualifier: qualifier}
	p.need(token.Star)
	if p.accept("ILIKE") {
		s.Ilike = p.text()
	}
	if p.accept("EXCLUDE") {
		s.Exclude = oneOrMore(p, p.columnName)
	}
	if p.accept("REPLACE") {
		s.Replace = oneOrMore(p, func() ast.Item {
			it := ast.Item{At: p.here(), X: p.expr()}
			p.expect("AS")
			alias := p.columnName()
			it.Alias = &alias
			return it
		})
	}
	if p.accept("RENAME") {
		s.Rename = oneOrMore(p, func() ast.Rename {
			r := ast.Rename{From: p.columnName()}
			p.expect("AS")
			r.To = p.columnName()
			return r
		})
	}
	return s
}

// oneOrMore reads one item, or several in parentheses.
func oneOrMore[T any](p *parser, item func() T) []T {
	if !p.take(token.LeftParen) {
		return []T{item()}
	}
	items := list(p, item)
	p.need(token.RightParen)
	return items
}

// words reads a run of words and joins them.
func (p *parser) words(n int) string {
	var b strings.Builder
	for i := range n {
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(p.tok.Value)
		p.next()
	}
	return b.String()
}
