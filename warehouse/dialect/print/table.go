package print

import (
	"strconv"

	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
)

// tables writes a word and the tables behind it, nothing if there are none.
func (p *printer) tables(word string, tables []ast.Table) {
	if tables != nil {
		p.word(word)
		comma(p, tables, p.table)
	}
}

func (p *printer) table(t ast.Table) {
	if p.spelt(t) {
		return
	}
	switch t := t.(type) {
	case *ast.TableName:
		p.name(t.Name)
		p.alias(t.Alias)
	case *ast.Piped:
		p.word("$" + strconv.Itoa(t.Back))
		p.alias(t.Alias)
	case *ast.Derived:
		p.when(t.Lateral, "LATERAL")
		p.parenQuery(t.Query)
		p.alias(t.Alias)
	case *ast.TableFunction:
		p.tableFunction(t)
	case *ast.StageTable:
		p.location(t.Location)
		if t.Args != nil {
			p.open("(")
			comma(p, t.Args, p.arg)
			p.close(")")
		}
		p.alias(t.Alias)
	case *ast.ValuesTable:
		p.values(t.Values)
		p.alias(t.Alias)
	case *ast.ParenTable:
		p.open("(")
		p.table(t.Table)
		p.close(")")
		p.alias(t.Alias)
	case *ast.Join:
		p.join(t)
	case *ast.Pivot:
		p.pivot(t)
	case *ast.Unpivot:
		p.unpivot(t)
	case *ast.Sample:
		p.sample(t)
	}
}

// term writes a table where no join can stand, in parentheses if it is one.
func (p *printer) term(t ast.Table) {
	if _, ok := t.(*ast.Join); !ok {
		p.table(t)
		return
	}
	p.open("(")
	p.table(t)
	p.close(")")
}

func (p *printer) alias(a *ast.Alias) {
	if a == nil {
		return
	}
	p.word("AS")
	p.ident(a.Name)
	p.columns(a.Columns)
}

func (p *printer) tableFunction(t *ast.TableFunction) {
	p.when(t.Lateral, "LATERAL")
	if !t.Table {
		p.expr(t.X)
		p.alias(t.Alias)
		return
	}
	p.open("TABLE(")
	c, _ := t.X.(*ast.Call)
	if c != nil && c.Over != nil {
		inner := *c
		inner.Over = nil
		p.call(&inner)
	} else {
		p.expr(t.X)
	}
	p.close(")")
	if c != nil && c.Over != nil {
		p.over(c.Over)
	}
	p.alias(t.Alias)
}

func (p *printer) join(j *ast.Join) {
	p.table(j.Left)
	p.when(j.Natural, "NATURAL")
	p.when(j.Kind != "INNER", j.Kind)
	p.word("JOIN")
	p.term(j.Right)
	if j.Match != nil {
		p.open("MATCH_CONDITION (")
		p.expr(j.Match)
		p.close(")")
	}
	p.clause("ON", j.On)
	if j.Using != nil {
		p.word("USING")
		p.columns(j.Using)
	}
}

func (p *printer) pivot(t *ast.Pivot) {
	p.term(t.Input)
	p.open("PIVOT (")
	comma(p, t.Aggregates, p.item)
	p.word("FOR")
	p.expr(t.For)
	p.open("IN (")
	switch {
	case t.Query != nil:
		p.query(t.Query)
	case t.Any:
		p.word("ANY")
		if t.AnyOrder != nil {
			p.orderBy(t.AnyOrder)
		}
	default:
		comma(p, t.In, p.item)
	}
	p.close(")")
	if t.Default != nil {
		p.open("DEFAULT ON NULL (")
		p.expr(t.Default)
		p.close(")")
	}
	p.close(")")
	p.alias(t.Alias)
}

func (p *printer) unpivot(t *ast.Unpivot) {
	p.term(t.Input)
	p.word("UNPIVOT")
	if t.Nulls != "" {
		p.word(t.Nulls)
		p.word("NULLS")
	}
	p.open("(")
	p.ident(t.Value)
	p.word("FOR")
	p.ident(t.Name)
	p.open("IN (")
	comma(p, t.Columns, func(it ast.Item) {
		p.expr(it.X)
		switch {
		case it.Alias == nil:
		case it.Alias.Quoted:
			p.word("AS")
			p.quoted(it.Alias.Name)
		default:
			p.word("AS")
			p.ident(*it.Alias)
		}
	})
	p.close(")")
	p.close(")")
	p.alias(t.Alias)
}

func (p *printer) sample(t *ast.Sample) {
	p.term(t.Input)
	p.word("SAMPLE")
	p.when(t.Method != "", t.Method)
	p.open("(")
	p.expr(t.Size)
	p.when(t.Rows, "ROWS")
	p.close(")")
	if t.Seed != nil {
		p.open("SEED (")
		p.expr(t.Seed)
		p.close(")")
	}
	p.alias(t.Alias)
}
