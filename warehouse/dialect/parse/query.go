package parse

import (
	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/token"
)

// query reads a query from its WITH to its LIMIT.
func (p *parser) query() *ast.Query {
	p.enter()
	defer p.leave()
	outer := p.height
	p.height = 0
	at := p.here()
	with := p.with()
	q := p.queryFrom(p.bodyTerm())
	q.At, q.With = at, with
	p.height = max(outer, p.height+1)
	return q
}

// parenQuery reads a query in parentheses.
func (p *parser) parenQuery() *ast.Query {
	p.need(token.LeftParen)
	q := p.query()
	p.need(token.RightParen)
	return q
}

// queryFrom reads the rest of a query whose first body is left.
func (p *parser) queryFrom(left ast.Body) *ast.Query {
	q := &ast.Query{At: ast.At{Position: left.Pos()}, Body: p.setOps(left, 0)}
	if p.at("ORDER") {
		q.OrderBy = p.orderBy()
	}
	p.limit(q)
	if p.at("FOR", "UPDATE") {
		p.refuse("FOR UPDATE", p.tok.Pos)
	}
	return q
}

// continuesQuery reports whether what comes next goes on with a query whose
// body was just read.
func (p *parser) continuesQuery() bool {
	return p.atAny("UNION", "INTERSECT", "EXCEPT", "MINUS", "ORDER", "LIMIT", "OFFSET", "FETCH")
}

func (p *parser) with() *ast.With {
	if !p.at("WITH") {
		return nil
	}
	w := &ast.With{At: p.here()}
	p.next()
	if p.at("RECURSIVE") && !p.peek(1).Is("AS") {
		p.next()
		w.Recursive = true
	}
	w.CTEs = list(p, func() ast.CTE {
		c := ast.CTE{At: p.here(), Name: p.ident()}
		c.Columns = p.identList()
		p.expect("AS")
		c.Query = p.parenQuery()
		return c
	})
	return w
}

// identList reads names in parentheses if they come.
func (p *parser) identList() []ast.Ident {
	if !p.take(token.LeftParen) {
		return nil
	}
	ids := list(p, p.ident)
	p.need(token.RightParen)
	return ids
}

// needIdents reads names in parentheses, which must come.
func (p *parser) needIdents() []ast.Ident {
	if !p.is(token.LeftParen) {
		p.unexpected()
	}
	return p.identList()
}

// setOps reads set operations behind left. INTERSECT, of precedence 1, binds
// tighter than the others.
func (p *parser) setOps(left ast.Body, prec int) ast.Body {
	for {
		its := 0
		switch {
		case p.at("INTERSECT"):
			its = 2
		case p.atAny("UNION", "EXCEPT", "MINUS"):
			its = 1
		}
		if its <= prec {
			return left
		}
		p.grow()
		op := &ast.SetOp{At: p.here(), Op: p.tok.Value, Left: left}
		p.next()
		if p.accept("ALL") {
			op.All = true
		} else {
			p.accept("DISTINCT")
		}
		op.ByName = p.accept("BY", "NAME")
		op.Right = p.setOps(p.bodyTerm(), its)
		left = op
	}
}

// bodyTerm reads SELECT, VALUES or a query in parentheses.
func (p *parser) bodyTerm() ast.Body {
	at := p.here()
	switch {
	case p.at("SELECT"):
		return p.selectBody()
	case p.at("VALUES"):
		return p.values()
	case p.is(token.LeftParen):
		return &ast.ParenQuery{At: at, Query: p.parenQuery()}
	}
	p.unexpected()
	return &ast.Values{At: at}
}

func (p *parser) values() *ast.Values {
	v := &ast.Values{At: p.here()}
	p.expect("VALUES")
	v.Rows = list(p, func() []ast.Expr {
		p.need(token.LeftParen)
		row := list(p, p.value)
		p.need(token.RightParen)
		return row
	})
	return v
}

// value reads an expression or DEFAULT.
func (p *parser) value() ast.Expr {
	if at := p.here(); p.at("DEFAULT") {
		switch p.peek(1).Kind {
		case token.Comma, token.RightParen, token.EOF:
			p.next()
			return &ast.Default{At: at}
		}
	}
	return p.expr()
}

func (p *parser) selectBody() *ast.Select {
	s := &ast.Select{At: p.here()}
	p.expect("SELECT")
	if p.accept("DISTINCT") {
		s.Distinct = true
	} else {
		p.accept("ALL")
	}
	if p.at("TOP") && (p.peek(1).Kind == token.Number || p.peek(1).Kind == token.Question) {
		p.next()
		s.Top = p.primary()
	}
	s.Items = p.items()
	s.Into = p.into()
	if p.accept("FROM") {
		s.From = list(p, p.table)
	}
	if p.accept("WHERE") {
		s.Where = p.expr()
	}
	s.Connect = p.connect()
	s.GroupBy = p.groupBy()
	if p.accept("HAVING") {
		s.Having = p.expr()
	}
	if p.accept("QUALIFY") {
		s.Qualify = p.expr()
	}
	return s
}

// items reads the select list. A comma may stand behind the last item.
func (p *parser) items() []ast.Item {
	items := []ast.Item{p.item()}
	for p.take(token.Comma) {
		if p.at("FROM") {
			break
		}
		items = append(items, p.item())
	}
	return items
}

func (p *parser) item() ast.Item {
	it := ast.Item{At: p.here()}
	if p.is(token.Star) {
		it.X = p.star(it.At, nil)
		return it
	}
	it.X = p.expr()
	if _, isStar := it.X.(*ast.Star); isStar {
		return it
	}
	it.Text = p.since(it.Position)
	it.Alias = p.columnAlias()
	return it
}

// columnAlias reads [AS] name.
func (p *parser) columnAlias() *ast.Ident {
	if p.accept("AS") {
		if p.is(token.Word) && limited(p.tok.Value) {
			id := p.anyIdent()
			return &id
		}
		id := p.ident()
		return &id
	}
	if !isName(p.tok) || p.atAny("LIMIT", "OFFSET", "FETCH", "EXCEPT") {
		return nil
	}
	id := p.ident()
	return &id
}

// limited reports whether a reserved word may still be a column's alias.
func limited(word string) bool {
	switch word {
	case "CROSS", "FULL", "INNER", "JOIN", "LATERAL", "LEFT", "NATURAL", "RIGHT", "USING":
		return true
	}
	return false
}

func (p *parser) connect() *ast.Connect {
	if !p.at("START") && !p.at("CONNECT") {
		return nil
	}
	c := &ast.Connect{At: p.here()}
	if p.at("START") {
		p.expect("START", "WITH")
		c.Start = p.expr()
	}
	p.expect("CONNECT", "BY")
	was := p.connecting
	p.connecting = true
	c.By = list(p, p.expr)
	p.connecting = was
	if c.Start == nil && p.accept("START", "WITH") {
		c.Start = p.expr()
	}
	return c
}

func (p *parser) groupBy() *ast.GroupBy {
	if !p.at("GROUP") {
		return nil
	}
	g := &ast.GroupBy{At: p.here()}
	p.expect("GROUP", "BY")
	if g.All = p.accept("ALL"); !g.All {
		g.Items = list(p, p.groupItem)
	}
	return g
}

func (p *parser) groupItem() ast.Expr {
	p.enter()
	defer p.leave()
	g := &ast.Grouping{At: p.here()}
	switch {
	case (p.at("CUBE") || p.at("ROLLUP")) && p.peek(1).Kind == token.LeftParen:
		g.Kind = p.words(1)
	case p.accept("GROUPING", "SETS"):
		g.Kind = "GROUPING SETS"
	default:
		return p.expr()
	}
	p.need(token.LeftParen)
	g.Sets = list(p, p.groupItem)
	p.need(token.RightParen)
	return g
}

// orderBy reads ORDER BY and its keys.
func (p *parser) orderBy() []ast.Order {
	p.expect("ORDER", "BY")
	return list(p, func() ast.Order {
		o := ast.Order{At: p.here()}
		if !p.accept("ALL") {
			o.X = p.expr()
		}
		if p.atAny("ASC", "DESC") {
			o.Direction = p.words(1)
		}
		if p.at("NULLS", "FIRST") || p.at("NULLS", "LAST") {
			p.next()
			o.Nulls = p.words(1)
		}
		return o
	})
}

// count reads how many rows, which is no negative number.
func (p *parser) count() ast.Expr {
	if p.is(token.Minus) {
		p.unexpected()
	}
	return p.exprAbove(precCompare)
}

// limit reads LIMIT n OFFSET m, or OFFSET m ROWS FETCH FIRST n ROWS ONLY.
func (p *parser) limit(q *ast.Query) {
	if p.accept("LIMIT") {
		q.Limit = p.count()
		if p.accept("OFFSET") {
			q.Offset = p.count()
		}
		return
	}
	if p.accept("OFFSET") {
		q.Offset = p.count()
		if !p.accept("ROW") {
			p.accept("ROWS")
		}
		if !p.at("FETCH") {
			p.unexpected()
		}
	}
	if p.accept("FETCH") {
		if !p.accept("FIRST") {
			p.accept("NEXT")
		}
		q.Limit = p.count()
		if !p.accept("ROW") {
			p.accept("ROWS")
		}
		p.accept("ONLY")
	}
}
