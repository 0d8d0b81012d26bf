package print

import "github.com/snowpit-dev/snowpit/warehouse/dialect/ast"

func (p *printer) call(c *ast.Call) {
	p.functionName(c.Name)
	if c.Bare {
		return
	}
	p.glueOpen("(")
	if c.Distinct {
		p.word("DISTINCT")
	}
	comma(p, c.Args, p.arg)
	p.close(")")
	if c.WithinGroup != nil {
		p.open("WITHIN GROUP (")
		p.orderBy(c.WithinGroup)
		p.close(")")
	}
	p.when(c.FromLast, "FROM LAST")
	if c.Nulls != "" {
		p.word(c.Nulls)
		p.word("NULLS")
	}
	if c.Over != nil {
		p.over(c.Over)
	}
}

// functionName writes a name that may be a reserved word, LEFT for one.
func (p *printer) functionName(n *ast.Name) {
	if len(n.Parts) == 1 && !n.Parts[0].Quoted && plain(n.Parts[0].Name) {
		p.word(n.Parts[0].Name)
		return
	}
	p.name(n)
}

func (p *printer) arg(a ast.Arg) {
	if a.Name != nil {
		p.ident(*a.Name)
		p.word("=>")
	}
	p.expr(a.Value)
}

func (p *printer) over(o *ast.Over) {
	p.open("OVER (")
	if o.PartitionBy != nil {
		p.word("PARTITION BY")
		comma(p, o.PartitionBy, p.expr)
	}
	if o.OrderBy != nil {
		p.orderBy(o.OrderBy)
	}
	if f := o.Frame; f != nil {
		p.word(f.Unit)
		p.when(f.End != nil, "BETWEEN")
		p.bound(f.Start)
		if f.End != nil {
			p.word("AND")
			p.bound(*f.End)
		}
	}
	p.close(")")
}

func (p *printer) bound(b ast.Bound) {
	if b.Offset != nil {
		p.operand(b.Offset, precConcat)
	}
	p.word(b.Kind)
}

func (p *printer) orderBy(keys []ast.Order) {
	p.word("ORDER BY")
	comma(p, keys, p.order)
}

func (p *printer) order(o ast.Order) {
	if o.X == nil {
		p.word("ALL")
	} else {
		p.expr(o.X)
	}
	p.when(o.Direction != "", o.Direction)
	if o.Nulls != "" {
		p.word("NULLS")
		p.word(o.Nulls)
	}
}
