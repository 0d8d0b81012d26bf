package print

import "github.com/snowpit-dev/snowpit/warehouse/dialect/ast"

func (p *printer) insert(s *ast.Insert) {
	p.word("INSERT")
	p.when(s.Overwrite, "OVERWRITE")
	p.word("INTO")
	p.name(s.Into)
	p.columns(s.Columns)
	p.query(s.Query)
}

func (p *printer) multiInsert(s *ast.MultiInsert) {
	p.word("INSERT")
	p.when(s.Overwrite, "OVERWRITE")
	if s.First {
		p.word("FIRST")
	} else {
		p.word("ALL")
	}
	for _, w := range s.Whens {
		if w.Cond != nil {
			p.clause("WHEN", w.Cond)
			p.word("THEN")
		}
		p.when(w.Else, "ELSE")
		for _, in := range w.Into {
			p.word("INTO")
			p.name(in.Table)
			p.columns(in.Columns)
			if in.Values != nil {
				p.open("VALUES (")
				comma(p, in.Values, p.expr)
				p.close(")")
			}
		}
	}
	p.query(s.Query)
}

func (p *printer) assigns(set []ast.Assign) {
	p.word("SET")
	comma(p, set, func(a ast.Assign) {
		p.dotted(a.Column)
		p.word("=")
		p.expr(a.Value)
	})
}

func (p *printer) update(s *ast.Update) {
	p.word("UPDATE")
	p.table(s.Table)
	p.assigns(s.Set)
	p.tables("FROM", s.From)
	p.clause("WHERE", s.Where)
}

func (p *printer) delete(s *ast.Delete) {
	p.word("DELETE FROM")
	p.table(s.From)
	p.tables("USING", s.Using)
	p.clause("WHERE", s.Where)
}

func (p *printer) merge(s *ast.Merge) {
	p.word("MERGE INTO")
	p.table(s.Into)
	p.word("USING")
	p.term(s.Using)
	p.clause("ON", s.On)
	for _, w := range s.Whens {
		p.mergeWhen(w)
	}
}

func (p *printer) mergeWhen(w ast.MergeWhen) {
	p.word("WHEN")
	p.when(w.Not, "NOT")
	p.word("MATCHED")
	p.clause("AND", w.Cond)
	p.word("THEN")
	p.word(w.Action)
	switch {
	case w.ByName:
		p.word("ALL BY NAME")
	case w.Action == "UPDATE":
		p.assigns(w.Set)
	case w.Action == "INSERT":
		p.columns(w.Columns)
		p.open("VALUES (")
		comma(p, w.Values, p.expr)
		p.close(")")
	}
}

func (p *printer) copyInto(s *ast.CopyInto) {
	p.word("COPY INTO")
	p.name(s.Into)
	p.columns(s.Columns)
	p.word("FROM")
	if s.Query != nil {
		p.parenQuery(s.Query)
	} else {
		p.location(s.From)
	}
	p.options(s.Options)
}

func (p *printer) copyFiles(s *ast.CopyFiles) {
	p.word("COPY FILES INTO")
	p.location(s.Into)
	p.word("FROM")
	if s.Query != nil {
		p.parenQuery(s.Query)
	} else {
		p.location(s.From)
	}
	p.options(s.Options)
}

func (p *printer) copyUnload(s *ast.CopyUnload) {
	p.word("COPY INTO")
	p.location(s.Into)
	p.word("FROM")
	if s.Query != nil {
		p.parenQuery(s.Query)
	} else {
		p.name(s.From)
	}
	if s.Partition != nil {
		p.word("PARTITION BY")
		p.operand(s.Partition, precConcat)
	}
	p.options(s.Options)
}
