package print

import "github.com/snowpit-dev/snowpit/warehouse/dialect/ast"

func (p *printer) use(s *ast.Use) {
	p.word("USE")
	p.when(s.Object != "", s.Object)
	if s.Object == "SECONDARY ROLES" {
		p.word(s.Name.Last())
		return
	}
	p.name(s.Name)
}

func (p *printer) alterSession(s *ast.AlterSession) {
	p.word("ALTER SESSION")
	if s.Set != nil {
		p.word("SET")
		p.options(s.Set)
		return
	}
	p.word("UNSET")
	comma(p, s.Unset, p.word)
}

func (p *printer) set(s *ast.Set) {
	p.word("SET")
	if len(s.Names) == 1 {
		p.ident(s.Names[0])
	} else {
		p.columns(s.Names)
	}
	p.word("=")
	if len(s.Values) == 1 {
		p.expr(s.Values[0])
		return
	}
	p.open("(")
	comma(p, s.Values, p.expr)
	p.close(")")
}

func (p *printer) unset(s *ast.Unset) {
	p.word("UNSET")
	if len(s.Names) == 1 {
		p.ident(s.Names[0])
		return
	}
	p.columns(s.Names)
}

func (p *printer) begin(s *ast.Begin) {
	p.word("BEGIN")
	if s.Name != nil {
		p.word("NAME")
		p.ident(*s.Name)
	}
}

func (p *printer) execute(s *ast.ExecuteImmediate) {
	p.word("EXECUTE IMMEDIATE")
	p.operand(s.Text, precConcat)
	if s.Using != nil {
		p.open("USING (")
		comma(p, s.Using, p.expr)
		p.close(")")
	}
}

func (p *printer) describe(s *ast.Describe) {
	p.word("DESCRIBE")
	p.when(s.Object != "", s.Object)
	if s.Query != nil {
		p.operand(s.Query, precConcat)
		return
	}
	p.name(s.Name)
	p.signature(s.Args, s.HasArgs)
	p.options(s.Options)
}

func (p *printer) explain(s *ast.Explain) {
	p.word("EXPLAIN")
	if s.Format != "" {
		p.word("USING")
		p.word(s.Format)
	}
	p.statement(s.Statement)
}
