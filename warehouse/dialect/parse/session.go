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

// begin reads the start of a transaction, or a block, which begins with the same
// word.
func (p *parser) begin() ast.Statement {
	if p.at("BEGIN") && !isTransaction(p.peek(1)) {
		return p.block()
	}
	s := &ast.Begin{At: p.here()}
	if p.accept("START") {
		p.expect("TRANSACTION")
	} else {
		p.expect("BEGIN")
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
	if s.Into = p.into(); len(s.Into) > 1 {
		p.unexpected()
	}
	return s
}

// executable are the objects that EXECUTE knows.
var executable = words(`ALERT "DBT PROJECT" "DCM PROJECT" "IMMEDIATE FROM" "JOB SERVICE" "MANAGED TASK" NOTEBOOK "NOTEBOOK PROJECT"
	SERVICE TASK`)

func (p *parser) execute() ast.Statement {
	s := &ast.ExecuteImmediate{At: p.here()}
	p.expect("EXECUTE")
	if what := p.phrase(executable); what != "" {
		p.refuse("EXECUTE "+what, s.Position)
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
var describable = words(`AGENT ALERT "AGGREGATION POLICY" "API INTEGRATION" APPLICATION "APPLICATION PACKAGE"
	"AUTHENTICATION POLICY" "AVAILABLE LISTING" "BACKUP POLICY" "BACKUP SET" "CATALOG INTEGRATION" "COMPUTE POOL"
	"CORTEX SEARCH SERVICE" DATABASE "DBT PROJECT" "DCM PROJECT" "DYNAMIC TABLE" "EVENT TABLE"
	"EXTERNAL ACCESS INTEGRATION" "EXTERNAL TABLE" "EXTERNAL VOLUME" "FEATURE POLICY" "FILE FORMAT" FUNCTION
	"GIT REPOSITORY" "ICEBERG TABLE" INTEGRATION "JOIN POLICY" LISTING "MASKING POLICY" "MATERIALIZED VIEW"
	"MCP SERVER" "NETWORK POLICY" "NETWORK RULE" NOTEBOOK "NOTIFICATION INTEGRATION" "ORGANIZATION PROFILE"
	"PACKAGES POLICY" "PASSWORD POLICY" PIPE "PRIVACY POLICY" PROCEDURE "PROJECTION POLICY" ROLE "ROW ACCESS POLICY"
	SCHEMA "SEARCH OPTIMIZATION" SECRET "SECURITY INTEGRATION" "SEMANTIC VIEW" SEQUENCE SERVICE "SESSION POLICY"
	SHARE STAGE "STORAGE INTEGRATION" "STORAGE LIFECYCLE POLICY" STREAM STREAMLIT TABLE TASK TRANSACTION USER VIEW
	WAREHOUSE`)

func (p *parser) describe() ast.Statement {
	s := &ast.Describe{At: p.here()}
	p.next()
	if p.accept("RESULT") {
		s.Object, s.Query = "RESULT", p.exprAbove(precCompare)
		return s
	}
	if s.Object = p.kindOf(describable); s.Object == "" && !isName(p.tok) {
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
	s.Statement = p.single()
	return s
}
