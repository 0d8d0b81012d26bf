package parse

import (
	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/token"
)

// How tightly operators bind, the loosest first.
const (
	precLowest = iota
	precOr
	precAnd
	precNot
	precCompare // =, LIKE, IN, BETWEEN, IS
	precConcat
	precAdd
	precMultiply
	precUnary
)

// expr reads an expression.
func (p *parser) expr() ast.Expr { return p.exprAbove(precLowest) }

// exprAbove reads an expression of operators that bind tighter than prec.
func (p *parser) exprAbove(prec int) ast.Expr {
	p.enter()
	defer p.leave()
	outer := p.height
	p.height = 0
	e := p.operators(p.unary(prec), prec)
	p.height = max(outer, p.height+1)
	return e
}

// grow counts one more level of the tree that is being built upwards, from an
// operand to its operator.
func (p *parser) grow() {
	p.height++
	if p.height > MaxHeight {
		p.refuse("an expression of more than 10000 operators", p.tok.Pos)
	}
}

// operators reads what follows left as long as it binds tighter than prec.
func (p *parser) operators(left ast.Expr, prec int) ast.Expr {
	most := precUnary // what comes behind a IS NULL cannot bind tighter than IS
	for {
		op, its := binaryOperator(p.tok)
		switch {
		case op != "" && its > prec && its <= most:
			p.grow()
			most = its
			b := &ast.Binary{At: p.here(), Op: op, Left: left}
			p.next()
			b.Right = p.rightOf(its)
			left = b
		case prec < precCompare && p.atPredicate() && most >= precCompare:
			p.grow()
			most = precCompare
			left = p.predicate(left)
		default:
			return left
		}
	}
}

// rightOf reads the right operand of an operator, ANY (query) included.
func (p *parser) rightOf(prec int) ast.Expr {
	if prec == precCompare && p.atAny("ANY", "ALL", "SOME") {
		q := &ast.Quantified{At: p.here(), Word: p.tok.Value}
		p.next()
		q.Query = p.parenQuery()
		return q
	}
	return p.exprAbove(prec)
}

// binaryOperator is the operator that t is and how it binds, or "".
func binaryOperator(t token.Token) (op string, prec int) {
	switch t.Kind {
	case token.Word:
		switch t.Value {
		case "OR":
			return "OR", precOr
		case "AND":
			return "AND", precAnd
		}
	case token.Equal, token.NotEqual, token.Less, token.LessEqual, token.Greater, token.GreaterEqual:
		return t.Kind.String(), precCompare
	case token.Concat:
		return "||", precConcat
	case token.Plus, token.Minus:
		return t.Kind.String(), precAdd
	case token.Star, token.Slash, token.Percent:
		return t.Kind.String(), precMultiply
	}
	return "", 0
}

// atPredicate reports whether IS, IN, LIKE, BETWEEN and so on come next.
func (p *parser) atPredicate() bool {
	return p.atAny("IS", "NOT", "IN", "BETWEEN", "LIKE", "ILIKE", "RLIKE", "REGEXP")
}

func (p *parser) predicate(x ast.Expr) ast.Expr {
	at := p.here()
	if p.accept("IS") {
		return p.isPredicate(at, x)
	}
	not := p.accept("NOT")
	switch {
	case p.accept("IN"):
		return p.in(at, x, not)
	case p.accept("BETWEEN"):
		b := &ast.Between{At: at, X: x, Not: not, Low: p.exprAbove(precCompare)}
		p.expect("AND")
		b.High = p.exprAbove(precCompare)
		return b
	}
	return p.like(at, x, not)
}

func (p *parser) isPredicate(at ast.At, x ast.Expr) ast.Expr {
	is := &ast.Is{At: at, X: x, Not: p.accept("NOT")}
	switch {
	case p.atAny("NULL", "TRUE", "FALSE"):
		is.What = p.tok.Value
		p.next()
	case p.at("DISTINCT"):
		p.expect("DISTINCT", "FROM")
		is.What = "DISTINCT FROM"
		is.Y = p.exprAbove(precCompare)
	default:
		p.unexpected()
	}
	return is
}

func (p *parser) in(at ast.At, x ast.Expr, not bool) ast.Expr {
	in := &ast.In{At: at, X: x, Not: not}
	if p.opensQuery() {
		q, e := p.bracketed()
		if q != nil {
			in.Query = q
			return in
		}
		in.List = itemsOf(e)
		return in
	}
	p.need(token.LeftParen)
	in.List = list(p, p.expr)
	p.need(token.RightParen)
	return in
}

// itemsOf takes a list apart that was read as a value in parentheses.
func itemsOf(e ast.Expr) []ast.Expr {
	switch e := e.(type) {
	case *ast.Tuple:
		return e.Items
	case *ast.Parens:
		return []ast.Expr{e.X}
	}
	return []ast.Expr{e}
}

func (p *parser) like(at ast.At, x ast.Expr, not bool) ast.Expr {
	l := &ast.Like{At: at, X: x, Not: not, Op: p.tok.Value}
	if !p.atAny("LIKE", "ILIKE", "RLIKE", "REGEXP") {
		p.unexpected()
		return l
	}
	p.next()
	if p.atAny("ANY", "ALL") && (l.Op == "LIKE" || l.Op == "ILIKE") {
		l.Quantifier = p.tok.Value
		p.next()
		l.Pattern = p.parens()
	} else {
		l.Pattern = p.exprAbove(precCompare)
	}
	if p.accept("ESCAPE") {
		l.Escape = p.exprAbove(precCompare)
	}
	return l
}

// unary reads prefix operators and the operand behind them, itself an operand
// of an operator of precedence outer.
func (p *parser) unary(outer int) ast.Expr {
	at, op := p.here(), ""
	switch {
	case p.is(token.Minus), p.is(token.Plus), p.is(token.DoubleStar):
		op = p.tok.Kind.String()
	case p.at("NOT"):
		p.next()
		not := &ast.Unary{At: at, Op: "NOT", X: p.exprAbove(precNot - 1)}
		if outer >= precNot {
			return &ast.Parens{At: at, X: not} // a = NOT b
		}
		return not
	case p.at("PRIOR") && p.connecting && isName(p.peek(1)):
		op = "PRIOR"
	case p.at("CONNECT_BY_ROOT") && isName(p.peek(1)):
		op = "CONNECT_BY_ROOT"
	default:
		return p.postfix(p.primary())
	}
	p.next()
	return &ast.Unary{At: at, Op: op, X: p.exprAbove(precUnary - 1)}
}

// postfix reads casts, subscripts, paths and collations behind e.
func (p *parser) postfix(e ast.Expr) ast.Expr {
	for {
		at := p.here()
		switch {
		case p.take(token.DoubleColon):
			e = &ast.Cast{At: at, X: e, Type: p.dataType(), Colons: true}
		case p.take(token.LeftBracket):
			e = &ast.Index{At: at, X: e, I: p.expr()}
			p.need(token.RightBracket)
		case p.take(token.Colon):
			e = &ast.Path{At: at, X: e, Key: p.key(), Colon: true}
		case p.is(token.Dot) && steps(e):
			p.next()
			e = &ast.Path{At: at, X: e, Key: p.key()}
		case p.accept("COLLATE"):
			e = &ast.Collate{At: at, X: e, Name: p.text().Value}
		default:
			return e
		}
		p.grow()
	}
}

// steps reports whether a dot behind e is a step into it.
func steps(e ast.Expr) bool {
	switch e.(type) {
	case *ast.Path, *ast.Index, *ast.Position:
		return true
	}
	return false
}

// key reads one step of a path, which keeps its case.
func (p *parser) key() string {
	t := p.tok
	switch t.Kind {
	case token.Word:
		p.next()
		return t.Text
	case token.Quoted:
		p.next()
		return t.Value
	}
	p.unexpected()
	return ""
}

// parens reads what stands in parentheses: an expression, several, or a query.
func (p *parser) parens() ast.Expr {
	at := p.here()
	if p.opensQuery() {
		q, e := p.bracketed()
		if q != nil {
			return &ast.Subquery{At: at, Query: q}
		}
		return e
	}
	p.need(token.LeftParen)
	if p.take(token.RightParen) {
		return &ast.Tuple{At: at}
	}
	return p.closing(at, p.expr())
}

// closing reads the rest of parentheses that hold e, and maybe more.
func (p *parser) closing(at ast.At, e ast.Expr) ast.Expr {
	if !p.is(token.Comma) {
		p.need(token.RightParen)
		return &ast.Parens{At: at, X: e}
	}
	t := &ast.Tuple{At: at, Items: []ast.Expr{e}}
	for p.take(token.Comma) {
		t.Items = append(t.Items, p.expr())
	}
	p.need(token.RightParen)
	return t
}

// opensQuery reports whether here are parentheses, one or more, and a query
// right behind them. What they hold can still be an expression that begins
// with a subquery.
func (p *parser) opensQuery() bool {
	if !p.is(token.LeftParen) {
		return false
	}
	if p.i >= p.runEnd {
		p.runEnd = p.i
		for p.runEnd < p.end && p.toks[p.runEnd].Kind == token.LeftParen {
			p.runEnd++
		}
	}
	return p.runEnd < p.end && beginsQuery(p.toks[p.runEnd])
}

func beginsQuery(t token.Token) bool {
	return t.Is("SELECT") || t.Is("WITH") || t.Is("VALUES")
}

// bracketed reads parentheses for which opensQuery holds. It returns the query
// in them, or the expression, its own parentheses included.
func (p *parser) bracketed() (*ast.Query, ast.Expr) {
	p.enter()
	defer p.leave()
	at := p.here()
	p.need(token.LeftParen)
	if !p.is(token.LeftParen) {
		q := p.query()
		p.need(token.RightParen)
		return q, nil
	}
	inner := p.here()
	q, e := p.bracketed()
	p.grow()
	if q != nil {
		if p.is(token.RightParen) || p.continuesQuery() {
			q = p.queryFrom(&ast.ParenQuery{At: inner, Query: q})
			p.need(token.RightParen)
			return q, nil
		}
		e = &ast.Subquery{At: inner, Query: q}
	}
	return nil, p.closing(at, p.operators(p.postfix(e), precLowest))
}

// dataType reads a type.
func (p *parser) dataType() *ast.Type {
	p.enter()
	defer p.leave()
	t := &ast.Type{At: p.here()}
	if !p.is(token.Word) || token.Reserved(p.tok.Value) {
		p.unexpected()
		return t
	}
	t.Name = p.tok.Value
	p.next()
	p.typeWords(t)
	if p.take(token.LeftParen) {
		p.typeArgs(t)
		p.need(token.RightParen)
	}
	return t
}

// typeWords reads the further words of types that have several.
func (p *parser) typeWords(t *ast.Type) {
	switch t.Name {
	case "DOUBLE":
		if p.accept("PRECISION") {
			t.Name += " PRECISION"
		}
	case "CHAR", "CHARACTER", "NCHAR":
		if p.accept("VARYING") {
			t.Name += " VARYING"
		}
	case "TIMESTAMP", "TIME":
		for _, zone := range [][]string{{"WITH", "TIME", "ZONE"}, {"WITHOUT", "TIME", "ZONE"}, {"WITH", "LOCAL", "TIME", "ZONE"}} {
			if p.accept(zone...) {
				for _, word := range zone {
					t.Name += " " + word
				}
				return
			}
		}
	}
}

func (p *parser) typeArgs(t *ast.Type) {
	switch {
	case t.Name == "OBJECT":
		t.Fields = []ast.TypeField{}
		if !p.is(token.RightParen) {
			t.Fields = list(p, func() ast.TypeField {
				return ast.TypeField{Name: p.typeKey(), Type: p.elementType()}
			})
		}
	case p.is(token.Word):
		t.Elems = append(t.Elems, p.elementType())
		for p.take(token.Comma) {
			if p.is(token.Number) {
				t.Args = append(t.Args, p.digits())
				continue
			}
			t.Elems = append(t.Elems, p.elementType())
		}
	default:
		t.Args = list(p, p.digits)
	}
}

// typeKey reads the name of a key of an OBJECT, which keeps its case.
func (p *parser) typeKey() ast.Ident {
	word, text := p.is(token.Word), p.tok.Text
	id := p.anyIdent()
	if word {
		id.Name = text
	}
	return ast.Ident{At: id.At, Name: id.Name}
}

func (p *parser) elementType() *ast.Type {
	t := p.dataType()
	t.NotNull = p.accept("NOT", "NULL")
	return t
}

// digits reads a whole number.
func (p *parser) digits() string {
	n := p.tok.Value
	if !p.is(token.Number) || !allDigits(n) {
		p.unexpected()
		return ""
	}
	p.next()
	return n
}
