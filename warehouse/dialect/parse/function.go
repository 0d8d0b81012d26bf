package parse

import (
	"strings"

	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/token"
)

// atFunction reports whether FUNCTION or PROCEDURE comes next, behind SECURE
// or AGGREGATE.
func (p *parser) atFunction() bool {
	for n := range 3 {
		switch t := p.peek(n); {
		case t.Is("FUNCTION"), t.Is("PROCEDURE"):
			return true
		case !t.Is("SECURE") && !t.Is("AGGREGATE"):
			return false
		}
	}
	return false
}

func (p *parser) createFunction(at ast.At, c ast.Create) ast.Statement {
	f := &ast.CreateFunction{At: at, Create: c}
	for p.atAny("SECURE", "AGGREGATE") {
		f.Secure = f.Secure || p.at("SECURE")
		f.Aggregate = f.Aggregate || p.at("AGGREGATE")
		p.next()
	}
	f.Procedure = p.at("PROCEDURE")
	p.next()
	f.Name = p.named(&f.Create)
	p.functionRest(f)
	return f
}

// functionRest reads a function from its parameters on.
func (p *parser) functionRest(f *ast.CreateFunction) {
	p.need(token.LeftParen)
	if !p.is(token.RightParen) {
		f.Params = list(p, p.param)
	}
	p.need(token.RightParen)
	f.CopyGrants = p.accept("COPY", "GRANTS")
	p.expect("RETURNS")
	p.returns(f)
	f.Language = "SQL"
	for p.functionProperty(f) {
	}
	if !p.accept("AS") {
		return
	}
	if p.atAny("BEGIN", "DECLARE") && p.blocks > 0 {
		p.refuse("CREATE PROCEDURE inside a block without $$ around its body", p.tok.Pos)
	}
	if p.atAny("BEGIN", "DECLARE") {
		f.Body = p.bareBody()
		return
	}
	f.Body = p.text()
}

// bareBody reads a scripting block that stands without quotes as the text of
// a body. It is the last thing in its statement.
func (p *parser) bareBody() *ast.String {
	body := &ast.String{At: p.here(), Value: p.src[p.tok.Pos.Offset:p.toks[p.end-1].End()]}
	body.Dollar = !strings.Contains(body.Value, "$$") && !strings.HasSuffix(body.Value, "$")
	p.i = p.end
	p.load()
	return body
}

func (p *parser) param() ast.Param {
	param := ast.Param{At: p.here(), Name: p.ident()}
	param.Type = p.dataType()
	if p.accept("DEFAULT") {
		param.Default = p.expr()
	}
	return param
}

// returns reads what a function gives back, behind RETURNS.
func (p *parser) returns(f *ast.CreateFunction) {
	if !p.accept("TABLE") {
		f.Returns = p.dataType()
		f.NotNull = p.accept("NOT", "NULL")
		p.accept("NULL")
		return
	}
	f.IsTable = true
	p.need(token.LeftParen)
	if !p.is(token.RightParen) {
		f.ReturnsTable = list(p, func() ast.ColumnDef {
			return ast.ColumnDef{At: p.here(), Name: p.columnName(), Type: p.dataType()}
		})
	}
	p.need(token.RightParen)
}

// functionProperties are the properties that are words alone.
var functionProperties = [][]string{
	{"VOLATILE"}, {"IMMUTABLE"}, {"MEMOIZABLE"}, {"STRICT"}, {"CALLED", "ON", "NULL", "INPUT"},
	{"RETURNS", "NULL", "ON", "NULL", "INPUT"}, {"EXECUTE", "AS", "CALLER"}, {"EXECUTE", "AS", "OWNER"},
	{"EXECUTE", "AS", "RESTRICTED", "CALLER"},
}

func (p *parser) functionProperty(f *ast.CreateFunction) bool {
	if p.accept("LANGUAGE") {
		f.Language = p.ident().Name
		return true
	}
	for _, words := range functionProperties {
		if p.at(words...) {
			f.Properties = append(f.Properties, p.words(len(words)))
			return true
		}
	}
	if !p.atOption() {
		return false
	}
	f.Options = append(f.Options, p.option())
	return true
}

// withProcedure reads WITH name AS PROCEDURE … CALL name(…).
func (p *parser) withProcedure() ast.Statement {
	s := &ast.WithProcedure{At: p.here(), Procedure: &ast.CreateFunction{Procedure: true}}
	p.expect("WITH")
	s.Procedure.At = p.here()
	s.Procedure.Name = p.name()
	p.expect("AS", "PROCEDURE")
	p.functionRest(s.Procedure)
	if p.is(token.Comma) {
		p.refuse("common table expressions behind a procedure", p.tok.Pos)
	}
	p.expect("CALL")
	s.Call, _ = p.callOnly().(*ast.Call)
	if p.accept("INTO") {
		p.need(token.Colon)
		s.Into = p.ident().Name
	}
	return s
}

// signature reads the types in parentheses behind a function's name.
func (p *parser) signature() (types []*ast.Type, has bool) {
	if !p.take(token.LeftParen) {
		return nil, false
	}
	if !p.is(token.RightParen) {
		types = list(p, p.dataType)
	}
	p.need(token.RightParen)
	return types, true
}
