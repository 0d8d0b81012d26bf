package parse

import (
	"strconv"

	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/token"
)

// table reads one item of FROM: a table and what is joined to it.
func (p *parser) table() ast.Table {
	p.enter()
	defer p.leave()
	outer := p.height
	p.height = 0
	t := p.joins(p.tableTerm())
	p.height = max(outer, p.height+1)
	return t
}

// joins reads what is joined to left.
func (p *parser) joins(left ast.Table) ast.Table {
	for {
		j := &ast.Join{At: p.here(), Left: left}
		if !p.joinWords(j) {
			return left
		}
		p.grow()
		j.Right = p.tableTerm()
		if p.at("MATCH_CONDITION") && j.Kind == "ASOF" {
			p.next()
			p.need(token.LeftParen)
			j.Match = p.expr()
			p.need(token.RightParen)
		}
		switch {
		case p.accept("ON"):
			j.On = p.expr()
		case p.accept("USING"):
			j.Using = p.needIdents()
		}
		left = j
	}
}

// joinWords reads the words up to and with JOIN into j, if they come.
func (p *parser) joinWords(j *ast.Join) bool {
	if p.accept("ASOF", "JOIN") {
		j.Kind = "ASOF"
		return true
	}
	j.Natural = p.accept("NATURAL")
	j.Kind = "INNER"
	switch {
	case p.accept("INNER"):
	case p.atAny("LEFT", "RIGHT", "FULL"):
		j.Kind = p.words(1)
		p.accept("OUTER")
	case p.accept("CROSS"):
		j.Kind = "CROSS"
	case !p.at("JOIN") && !p.at("DIRECTED", "JOIN"):
		if j.Natural {
			p.unexpected()
		}
		return false
	}
	p.accept("DIRECTED") // the order in which tables are read; rows are the same
	p.expect("JOIN")
	return true
}

// tableTerm reads one table with its alias and what is applied to it.
func (p *parser) tableTerm() ast.Table { return p.applied(p.tableSource()) }

// applied reads PIVOT, UNPIVOT and SAMPLE behind t.
func (p *parser) applied(t ast.Table) ast.Table {
	for {
		switch {
		case p.at("PIVOT") && p.peek(1).Kind == token.LeftParen:
			t = p.pivot(t)
		case p.at("UNPIVOT"):
			t = p.unpivot(t)
		case p.at("SAMPLE"), p.at("TABLESAMPLE"):
			t = p.sample(t)
		case p.at("MATCH_RECOGNIZE") && p.peek(1).Kind == token.LeftParen:
			p.refuse("MATCH_RECOGNIZE", p.tok.Pos)
		default:
			return t
		}
		p.grow()
	}
}

func (p *parser) tableSource() ast.Table {
	at := p.here()
	lateral := p.accept("LATERAL")
	switch {
	case p.is(token.LeftParen):
		return p.tableParens(at, lateral)
	case p.at("TABLE") && p.peek(1).Kind == token.LeftParen:
		return p.tableFunction(at, lateral)
	case lateral:
		f := &ast.TableFunction{At: at, Lateral: true, X: p.callOnly()}
		f.Alias = p.tableAlias()
		return f
	case p.at("VALUES"):
		v := &ast.ValuesTable{At: at, Values: p.values()}
		v.Alias = p.tableAlias()
		return v
	case p.atLocation():
		return p.stageTable()
	case p.is(token.Column) && p.links > 0:
		return p.piped()
	case p.at("DIRECTORY") && p.peek(1).Kind == token.LeftParen:
		p.refuse("directory tables", at.Position)
	}
	t := &ast.TableName{At: at, Name: p.name()}
	p.refuseTravel()
	t.Alias = p.tableAlias()
	return t
}

// piped reads the result of an earlier statement of the chain.
func (p *parser) piped() ast.Table {
	t := &ast.Piped{At: p.here()}
	back, err := strconv.Atoi(p.tok.Value)
	if err != nil || back < 1 || back > p.links {
		p.unexpected()
	}
	p.next()
	t.Back, t.Alias = back, p.tableAlias()
	return t
}

// refuseTravel refuses the clauses that read a table's past.
func (p *parser) refuseTravel() {
	if p.atAny("AT", "BEFORE", "CHANGES") && p.peek(1).Kind == token.LeftParen {
		p.refuse("time travel with "+p.tok.Value, p.tok.Pos)
	}
}

// callOnly reads a function call and nothing else.
func (p *parser) callOnly() ast.Expr {
	name := p.name()
	if !p.is(token.LeftParen) {
		p.unexpected()
	}
	return p.call(name)
}

// tableParens reads parentheses that hold a query or a join.
func (p *parser) tableParens(at ast.At, lateral bool) ast.Table {
	if p.opensQuery() {
		q, t := p.bracketedTable()
		if q != nil {
			d := &ast.Derived{At: at, Lateral: lateral, Query: q}
			d.Alias = p.tableAlias()
			return d
		}
		return p.aliased(at, t)
	}
	p.need(token.LeftParen)
	t := p.table()
	p.need(token.RightParen)
	return p.aliased(at, t)
}

func (p *parser) aliased(at ast.At, t ast.Table) ast.Table {
	pt := &ast.ParenTable{At: at, Table: t}
	pt.Alias = p.tableAlias()
	return pt
}

// bracketedTable reads parentheses for which opensQuery holds. It returns the
// query in them, or the table, without parentheses.
func (p *parser) bracketedTable() (*ast.Query, ast.Table) {
	p.enter()
	defer p.leave()
	p.need(token.LeftParen)
	if !p.is(token.LeftParen) {
		q := p.query()
		if v, ok := q.Body.(*ast.Values); ok && !p.is(token.RightParen) { // a table with its own name
			t := p.joins(p.applied(&ast.ValuesTable{At: q.At, Values: v, Alias: p.tableAlias()}))
			p.need(token.RightParen)
			return nil, t
		}
		p.need(token.RightParen)
		return q, nil
	}
	at := p.here()
	q, t := p.bracketedTable()
	p.grow()
	if q != nil && (p.is(token.RightParen) || p.continuesQuery()) {
		q = p.queryFrom(&ast.ParenQuery{At: at, Query: q})
		p.need(token.RightParen)
		return q, nil
	}
	if q != nil {
		d := &ast.Derived{At: at, Query: q}
		d.Alias = p.tableAlias()
		t = d
	} else {
		t = p.aliased(at, t)
	}
	t = p.joins(p.applied(t))
	p.need(token.RightParen)
	return nil, t
}

// tableFunction reads TABLE(…), whose inside is a call or names a table.
func (p *parser) tableFunction(at ast.At, lateral bool) ast.Table {
	f := &ast.TableFunction{At: at, Lateral: lateral, Table: true}
	p.expect("TABLE")
	p.need(token.LeftParen)
	switch {
	case p.is(token.String), p.is(token.Dollar), p.is(token.Variable), p.is(token.Question), p.is(token.Colon):
		f.X = p.primary()
	case isName(p.tok):
		n := p.name()
		if p.is(token.LeftParen) {
			f.X = p.call(n)
		} else {
			f.X = nameExpr(n)
		}
	default:
		p.unexpected()
	}
	p.need(token.RightParen)
	if c, ok := f.X.(*ast.Call); ok && p.accept("OVER") {
		c.Over = p.over()
	}
	f.Alias = p.tableAlias()
	return f
}

// nameExpr is n as an expression.
func nameExpr(n *ast.Name) ast.Expr {
	if n.Dynamic != nil {
		return &ast.Identifier{At: n.At, Arg: n.Dynamic}
	}
	return &ast.Column{At: n.At, Parts: n.Parts}
}

func (p *parser) stageTable() ast.Table {
	s := &ast.StageTable{At: p.here(), Location: p.location()}
	if p.take(token.LeftParen) {
		s.Args = list(p, p.namedArg)
		p.need(token.RightParen)
	}
	s.Alias = p.tableAlias()
	return s
}

// tableAlias reads [AS] name [(columns)].
func (p *parser) tableAlias() *ast.Alias {
	as := p.accept("AS")
	if !as && (!isName(p.tok) || p.endsTable()) {
		return nil
	}
	a := &ast.Alias{At: p.here(), Name: p.ident()}
	if p.is(token.LeftParen) {
		a.Columns = p.identList()
	}
	return a
}

// endsTable reports whether the word here goes on with the statement and is
// no alias.
func (p *parser) endsTable() bool {
	if !p.is(token.Word) {
		return false
	}
	next := p.peek(1)
	switch p.tok.Value {
	case "LIMIT", "OFFSET", "FETCH", "EXCEPT", "MATCH_CONDITION":
		return true
	case "PIVOT", "MATCH_RECOGNIZE", "AT", "BEFORE", "CHANGES":
		return next.Kind == token.LeftParen
	case "UNPIVOT":
		return next.Kind == token.LeftParen || next.Is("INCLUDE") || next.Is("EXCLUDE")
	case "ASOF":
		return next.Is("JOIN")
	}
	return false
}
