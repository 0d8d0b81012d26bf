package print

import "github.com/snowpit-dev/snowpit/warehouse/dialect/ast"

func (p *printer) query(q *ast.Query) {
	if q.With != nil {
		p.word("WITH")
		p.when(q.With.Recursive, "RECURSIVE")
		comma(p, q.With.CTEs, func(c ast.CTE) {
			p.ident(c.Name)
			p.columns(c.Columns)
			p.word("AS")
			p.parenQuery(c.Query)
		})
	}
	p.body(q.Body)
	if q.OrderBy != nil {
		p.orderBy(q.OrderBy)
	}
	switch {
	case q.Limit != nil:
		p.word("LIMIT")
		p.operand(q.Limit, precConcat)
	case q.Offset != nil:
		p.word("LIMIT NULL")
	}
	if q.Offset != nil {
		p.word("OFFSET")
		p.operand(q.Offset, precConcat)
	}
}

func (p *printer) parenQuery(q *ast.Query) {
	p.open("(")
	p.query(q)
	p.close(")")
}

func (p *printer) body(b ast.Body) {
	switch b := b.(type) {
	case *ast.Select:
		p.selectBody(b)
	case *ast.SetOp:
		p.setOp(b)
	case *ast.Values:
		p.values(b)
	case *ast.ParenQuery:
		p.parenQuery(b.Query)
	}
}

func (p *printer) setOp(b *ast.SetOp) {
	p.side(b.Left, setPrec(b))
	p.word(b.Op)
	p.when(b.All, "ALL")
	p.when(b.ByName, "BY NAME")
	p.side(b.Right, setPrec(b)+1)
}

// setPrec is how tightly a set operation binds.
func setPrec(b *ast.SetOp) int {
	if b.Op == "INTERSECT" {
		return 2
	}
	return 1
}

// side writes one side of a set operation, in parentheses if it binds looser
// than prec.
func (p *printer) side(b ast.Body, prec int) {
	if op, ok := b.(*ast.SetOp); ok && setPrec(op) < prec {
		p.parenQuery(&ast.Query{Body: b})
		return
	}
	p.body(b)
}

func (p *printer) values(v *ast.Values) {
	p.word("VALUES")
	comma(p, v.Rows, func(row []ast.Expr) {
		p.open("(")
		comma(p, row, p.expr)
		p.close(")")
	})
}

func (p *printer) selectBody(s *ast.Select) {
	p.word("SELECT")
	p.when(s.Distinct, "DISTINCT")
	p.clause("TOP", s.Top)
	comma(p, s.Items, p.item)
	p.into(s.Into)
	p.tables("FROM", s.From)
	p.clause("WHERE", s.Where)
	if c := s.Connect; c != nil {
		p.clause("START WITH", c.Start)
		p.word("CONNECT BY")
		comma(p, c.By, p.expr)
	}
	p.groupBy(s.GroupBy)
	p.clause("HAVING", s.Having)
	p.clause("QUALIFY", s.Qualify)
}

// clause writes a word and the expression behind it, nothing if there is none.
func (p *printer) clause(word string, e ast.Expr) {
	if e != nil {
		p.word(word)
		p.expr(e)
	}
}

func (p *printer) groupBy(g *ast.GroupBy) {
	if g == nil {
		return
	}
	p.word("GROUP BY")
	p.when(g.All, "ALL")
	comma(p, g.Items, p.expr)
}

func (p *printer) item(it ast.Item) {
	p.expr(it.X)
	if it.Alias != nil {
		p.word("AS")
		p.ident(*it.Alias)
	}
}
