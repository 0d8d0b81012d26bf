package print

import "github.com/snowpit-dev/snowpit/warehouse/dialect/ast"

func (p *printer) block(b *ast.Block) {
	if b.Declare != nil {
		p.word("DECLARE")
		for _, s := range b.Declare {
			p.declared(s)
			p.glue(";")
		}
	}
	p.word("BEGIN")
	p.statements(b.Body)
	if b.Handlers != nil {
		p.word("EXCEPTION")
	}
	for _, h := range b.Handlers {
		p.word("WHEN")
		for i, name := range h.Names {
			p.when(i > 0, "OR")
			p.ident(name)
		}
		p.when(h.Continue, "CONTINUE")
		p.word("THEN")
		p.statements(h.Body)
	}
	p.word("END")
}

// statements writes those of a block, each with its semicolon.
func (p *printer) statements(all []ast.Statement) {
	for _, s := range all {
		switch s.(type) {
		case *ast.Let, *ast.LetCursor:
			p.word("LET")
		}
		p.statement(s)
		p.glue(";")
	}
}

// declared writes what LET and DECLARE have behind that word.
func (p *printer) declared(s ast.Statement) {
	switch s := s.(type) {
	case *ast.Let:
		p.ident(s.Name)
		p.when(s.ResultSet, "RESULTSET")
		if s.Type != nil {
			p.dataType(s.Type)
		}
		if s.Value != nil {
			p.word(":=")
			p.expr(s.Value)
		}
	case *ast.LetCursor:
		p.ident(s.Name)
		p.word("CURSOR FOR")
		if s.Of != nil {
			p.ident(*s.Of)
		} else {
			p.statement(s.Query.Statement)
		}
	case *ast.LetException:
		p.ident(s.Name)
		p.word("EXCEPTION")
		if s.Message != nil {
			p.open("(")
			p.word(s.Number)
			p.glue(",")
			p.text(s.Message)
			p.close(")")
		}
	}
}

func (p *printer) scripted(s ast.Statement) {
	switch s := s.(type) {
	case *ast.Block:
		p.block(s)
	case *ast.SQL:
		p.statement(s.Statement)
	case *ast.Let, *ast.LetCursor, *ast.LetException:
		p.declared(s)
	case *ast.SetVariable:
		p.ident(s.Name)
		p.word(":=")
		p.expr(s.Value)
	case *ast.Return:
		p.word("RETURN")
		switch {
		case s.Table:
			p.open("TABLE(")
			p.expr(s.Value)
			p.close(")")
		case s.Value != nil:
			p.expr(s.Value)
		}
	case *ast.Raise:
		p.word("RAISE")
		p.label(s.Name)
	case *ast.Nothing:
		p.word("NULL")
	case *ast.Open, *ast.Fetch, *ast.Close:
		p.cursor(s)
	default:
		p.flow(s)
	}
}

func (p *printer) cursor(s ast.Statement) {
	switch s := s.(type) {
	case *ast.Open:
		p.word("OPEN")
		p.ident(s.Cursor)
		if s.Using != nil {
			p.open("USING (")
			comma(p, s.Using, p.expr)
			p.close(")")
		}
	case *ast.Fetch:
		p.word("FETCH")
		p.ident(s.Cursor)
		p.into(s.Into)
	case *ast.Close:
		p.word("CLOSE")
		p.ident(s.Cursor)
	}
}

// into writes INTO and variables if there are any.
func (p *printer) into(names []ast.Ident) {
	if names == nil {
		return
	}
	p.word("INTO")
	comma(p, names, func(id ast.Ident) {
		p.open(":")
		p.ident(id)
	})
}

func (p *printer) flow(s ast.Statement) {
	switch s := s.(type) {
	case *ast.If:
		for i, b := range s.Branches {
			p.branch([]string{"IF", "ELSEIF"}[min(i, 1)], b)
		}
		p.otherwise(s.Else)
		p.word("END IF")
	case *ast.Switch:
		p.word("CASE")
		if s.Operand != nil {
			p.expr(s.Operand)
		}
		for _, b := range s.Branches {
			p.branch("WHEN", b)
		}
		p.otherwise(s.Else)
		p.word("END CASE")
	case *ast.For:
		p.forLoop(s)
	case *ast.While:
		p.word("WHILE")
		p.expr(s.Cond)
		p.word("DO")
		p.statements(s.Body)
		p.word("END WHILE")
		p.label(s.Label)
	case *ast.Repeat:
		p.word("REPEAT")
		p.statements(s.Body)
		p.word("UNTIL")
		p.expr(s.Until)
		p.word("END REPEAT")
		p.label(s.Label)
	case *ast.Loop:
		p.word("LOOP")
		p.statements(s.Body)
		p.word("END LOOP")
		p.label(s.Label)
	case *ast.Leave:
		p.word(map[bool]string{true: "CONTINUE", false: "BREAK"}[s.Continue])
		p.label(s.Label)
	}
}

func (p *printer) branch(word string, b ast.Branch) {
	p.word(word)
	p.expr(b.Cond)
	p.word("THEN")
	p.statements(b.Body)
}

func (p *printer) otherwise(body []ast.Statement) {
	if body != nil {
		p.word("ELSE")
		p.statements(body)
	}
}

func (p *printer) forLoop(s *ast.For) {
	p.word("FOR")
	p.ident(s.Name)
	p.word("IN")
	if s.Rows != nil {
		p.ident(*s.Rows)
	} else {
		p.when(s.Reverse, "REVERSE")
		p.expr(s.From)
		p.word("TO")
		p.expr(s.To)
	}
	p.word("DO")
	p.statements(s.Body)
	p.word("END FOR")
	p.label(s.Label)
}

func (p *printer) label(id *ast.Ident) {
	if id != nil {
		p.ident(*id)
	}
}
