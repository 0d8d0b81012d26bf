package parse

import (
	"strings"

	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/token"
)

// grant reads GRANT and REVOKE.
func (p *parser) grant() ast.Statement {
	s := &ast.Grant{At: p.here(), Revoke: p.at("REVOKE")}
	p.next()
	s.OptionOnly = s.Revoke && p.accept("GRANT", "OPTION", "FOR")
	switch {
	case p.at("ROLE"):
		s.RoleKind, s.Role = p.words(1), p.name()
	case p.at("DATABASE", "ROLE"), p.at("APPLICATION", "ROLE"):
		s.RoleKind, s.Role = p.words(2), p.name()
	default:
		s.Privileges = list(p, p.privilege)
		p.expect("ON")
		p.grantObject(s)
	}
	if s.Revoke {
		p.expect("FROM")
	} else {
		p.expect("TO")
	}
	s.ToKind = p.grantee()
	s.To = p.name()
	if p.at("IN", "APPLICATION", "PACKAGE") {
		p.refuse("grants to a share in an application package", p.tok.Pos)
	}
	p.grantSuffix(s)
	return s
}

// privilege reads the words of one privilege.
func (p *parser) privilege() string {
	var words []string
	for p.is(token.Word) && !p.at("ON") {
		words = append(words, p.words(1))
	}
	if words == nil {
		p.unexpected()
	}
	return strings.Join(words, " ")
}

// grantObject reads what privileges are on.
func (p *parser) grantObject(s *ast.Grant) {
	switch {
	case p.accept("ACCOUNT"):
		s.Object = "ACCOUNT"
		return
	case p.atAny("ALL", "FUTURE"):
		s.Quantity = p.words(1)
		if s.Object = p.phrase(showable); s.Object == "" {
			p.unexpected()
		}
		p.expect("IN")
		if !p.atAny("SCHEMA", "DATABASE") {
			p.unexpected()
		}
		s.In, s.Name = p.words(1), p.name()
		return
	}
	// Without a kind it is a table or a view.
	if s.Object = p.kindOf(droppable); s.Object == "" && !isName(p.tok) {
		p.unexpected()
	}
	s.Name = p.name()
	if s.Object == "FUNCTION" || s.Object == "PROCEDURE" {
		s.Args, s.HasArgs = p.signature()
	}
}

// grantee reads the kind of what is granted to; "" if it was left out.
func (p *parser) grantee() string {
	switch {
	case p.at("DATABASE", "ROLE"), p.at("APPLICATION", "ROLE"):
		return p.words(2)
	case p.atAny("ROLE", "USER", "SHARE", "APPLICATION") && isName(p.peek(1)):
		return p.words(1)
	}
	return ""
}

func (p *parser) grantSuffix(s *ast.Grant) {
	for _, words := range [][]string{{"WITH", "GRANT", "OPTION"}, {"COPY", "CURRENT", "GRANTS"}, {"REVOKE", "CURRENT", "GRANTS"}, {"CASCADE"}, {"RESTRICT"}} {
		if p.at(words...) {
			s.Suffix = p.words(len(words))
			return
		}
	}
}
