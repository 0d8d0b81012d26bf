package parse

import (
	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/token"
)

func (p *parser) use() ast.Statement {
	s := &ast.Use{At: p.here()}
	p.expect("USE")
	if p.accept("SECONDARY", "ROLES") {
		s.Object = "SECONDARY ROLES"
		if p.accept("ALL") {
			s.Name = &ast.Name{Parts: []ast.Ident{{Name: "ALL"}}}
			return s
		}
	} else if p.atAny("DATABASE", "SCHEMA", "ROLE", "WAREHOUSE") && p.peek(1).Kind != token.Dot {
		s.Object = p.words(1)
	}
	s.Name = p.name()
	return s
}

func (p *parser) set() ast.Statement {
	s := &ast.Set{At: p.here()}
	p.expect("SET")
	if p.is(token.LeftParen) {
		s.Names = p.identList()
		p.need(token.Equal)
		s.Values = itemsOf(p.parens())
		query := false
		if len(s.Values) == 1 {
			_, query = s.Values[0].(*ast.Subquery)
		}
		if len(s.Values) != len(s.Names) && !query {
			p.unexpected()
		}
		return s
	}
	s.Names = []ast.Ident{p.ident()}
	p.need(token.Equal)
	s.Values = []ast.Expr{p.expr()}
	return s
}

func (p *parser) unset() ast.Statement {
	s := &ast.Unset{At: p.here()}
	p.expect("UNSET")
	if p.is(token.LeftParen) {
		s.Names = p.identList()
	} else {
		s.Names = []ast.Ident{p.ident()}
	}
	return s
}

// begin reads the start of a transaction. A scripting block begins with the
// same word.
func (p *parser) begin() ast.Statement {
	s := &ast.Begin{At: p.here()}
	if p.accept("START") {
		p.expect("TRANSACTION")
	} else {
		p.expect("BEGIN")
		if !p.is(token.EOF) && !isTransaction(p.tok) {
			p.refuse("Snowflake Scripting blocks outside a procedure", s.Position)
		}
		_ = p.accept("TRANSACTION") || p.accept("WORK")
	}
	if p.accept("NAME") {
		name := p.ident()
		s.Name = &name
	}
	return s
}

func (p *parser) commit() ast.Statement {
	s := &ast.Commit{At: p.here()}
	p.expect("COMMIT")
	p.accept("WORK")
	return s
}

func (p *parser) rollback() ast.Statement {
	s := &ast.Rollback{At: p.here()}
	p.expect("ROLLBACK")
	p.accept("WORK")
	return s
}

func (p *parser) callProcedure() ast.Statement {
	s := &ast.CallProcedure{At: p.here()}
	p.expect("CALL")
	s.Call, _ = p.callOnly().(*ast.Call)
	return s
}

func (p *parser) execute() ast.Statement {
	s := &ast.ExecuteImmediate{At: p.here()}
	p.expect("EXECUTE")
	if p.atAny("TASK", "ALERT", "NOTEBOOK", "SERVICE", "JOB") || p.at("IMMEDIATE", "FROM") {
		p.refuse("EXECUTE "+p.words(1), s.Position)
	}
	p.expect("IMMEDIATE")
	s.Text = p.exprAbove(precCompare)
	if p.accept("USING") {
		p.need(token.LeftParen)
		s.Using = list(p, p.expr)
		p.need(token.RightParen)
	}
	return s
}

// describable are the objects that DESCRIBE knows.
var describable = words(`ALERT DATABASE "DYNAMIC TABLE" "EVENT TABLE" "EXTERNAL TABLE" "FILE FORMAT" FUNCTION
	INTEGRATION "MASKING POLICY" "MATERIALIZED VIEW" "NETWORK POLICY" PIPE PROCEDURE ROLE SCHEMA
	SEQUENCE SHARE STAGE STREAM TABLE TASK USER VIEW WAREHOUSE "ICEBERG TABLE" "ROW ACCESS POLICY"`)

func (p *parser) describe() ast.Statement {
	s := &ast.Describe{At: p.here()}
	p.next()
	if p.accept("RESULT") {
		s.Object, s.Query = "RESULT", p.exprAbove(precCompare)
		return s
	}
	if s.Object = p.phrase(describable); s.Object == "" && !isName(p.tok) {
		p.unexpected()
	}
	s.Name = p.name()
	if s.Object == "FUNCTION" || s.Object == "PROCEDURE" {
		s.Args, s.HasArgs = p.signature()
	}
	s.Options = p.options()
	return s
}

func (p *parser) explain() ast.Statement {
	s := &ast.Explain{At: p.here()}
	p.expect("EXPLAIN")
	if p.accept("USING") {
		if !p.atAny("TABULAR", "JSON", "TEXT") {
			p.unexpected()
		}
		s.Format = p.words(1)
	}
	p.enter()
	defer p.leave()
	s.Statement = p.statement()
	return s
}
