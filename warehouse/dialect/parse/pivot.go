package parse

import (
	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/token"
)

func (p *parser) pivot(input ast.Table) ast.Table {
	v := &ast.Pivot{At: p.here(), Input: input}
	p.expect("PIVOT")
	p.need(token.LeftParen)
	v.Aggregates = list(p, p.pivotItem)
	p.expect("FOR")
	v.For = &ast.Column{At: p.here(), Parts: []ast.Ident{p.ident()}}
	for p.take(token.Dot) {
		v.For.Parts = append(v.For.Parts, p.columnName())
	}
	p.expect("IN")
	p.need(token.LeftParen)
	p.pivotIn(v)
	p.need(token.RightParen)
	if p.accept("DEFAULT", "ON", "NULL") {
		p.need(token.LeftParen)
		v.Default = p.expr()
		p.need(token.RightParen)
	}
	p.need(token.RightParen)
	v.Alias = p.tableAlias()
	return v
}

// pivotIn reads the values that become columns: a list, a query or ANY.
func (p *parser) pivotIn(v *ast.Pivot) {
	switch {
	case p.atAny("SELECT", "WITH"):
		v.Query = p.query()
	case p.accept("ANY"):
		v.Any = true
		if p.at("ORDER") {
			v.AnyOrder = p.orderBy()
		}
	default:
		v.In = list(p, p.pivotItem)
	}
}

func (p *parser) pivotItem() ast.Item {
	it := ast.Item{At: p.here(), X: p.exprAbove(precCompare)}
	it.Text = p.since(it.Position)
	it.Alias = p.columnAlias()
	return it
}

func (p *parser) unpivot(input ast.Table) ast.Table {
	u := &ast.Unpivot{At: p.here(), Input: input}
	p.expect("UNPIVOT")
	if p.at("INCLUDE", "NULLS") || p.at("EXCLUDE", "NULLS") {
		u.Nulls = p.words(1)
		p.next()
	}
	p.need(token.LeftParen)
	u.Value = p.ident()
	p.expect("FOR")
	u.Name = p.ident()
	p.expect("IN")
	p.need(token.LeftParen)
	u.Columns = list(p, p.unpivotColumn)
	p.need(token.RightParen)
	p.need(token.RightParen)
	u.Alias = p.tableAlias()
	return u
}

// unpivotColumn reads a column and what its rows are to be called, a name or
// a string.
func (p *parser) unpivotColumn() ast.Item {
	it := ast.Item{At: p.here()}
	it.X = &ast.Column{At: it.At, Parts: []ast.Ident{p.ident()}}
	if p.accept("AS") && p.is(token.String) {
		it.Alias = &ast.Ident{At: p.here(), Name: p.text().Value, Quoted: true}
		return it
	}
	if p.toks[p.i-1].Is("AS") || isName(p.tok) {
		id := p.ident()
		it.Alias = &id
	}
	return it
}

// sample reads SAMPLE [method] (size) [seed].
func (p *parser) sample(input ast.Table) ast.Table {
	s := &ast.Sample{At: p.here(), Input: input}
	p.next()
	switch {
	case p.accept("BERNOULLI"), p.accept("ROW"):
		s.Method = "BERNOULLI"
	case p.accept("SYSTEM"), p.accept("BLOCK"):
		s.Method = "SYSTEM"
	}
	p.need(token.LeftParen)
	s.Size = p.exprAbove(precCompare)
	s.Rows = p.accept("ROWS")
	p.need(token.RightParen)
	if p.accept("SEED") || p.accept("REPEATABLE") {
		p.need(token.LeftParen)
		s.Seed = p.expr()
		p.need(token.RightParen)
	}
	s.Alias = p.tableAlias()
	return s
}
