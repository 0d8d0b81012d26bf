package parse

import (
	"strings"

	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/token"
)

// showable are the objects that SHOW knows.
var showable = words(`ACCOUNTS ALERTS "CLASSES" COLUMNS CONNECTIONS "CORTEX SEARCH SERVICES"
	"DATABASE ROLES" DATABASES "DYNAMIC TABLES" "EVENT TABLES" "EXTERNAL FUNCTIONS" "EXTERNAL TABLES"
	"EXTERNAL VOLUMES" "FILE FORMATS" FUNCTIONS "FUTURE GRANTS" "GIT REPOSITORIES" GRANTS "HYBRID TABLES"
	"ICEBERG TABLES" "IMAGE REPOSITORIES" "IMPORTED KEYS" "EXPORTED KEYS" INDEXES INTEGRATIONS LOCKS "MASKING POLICIES"
	"MATERIALIZED VIEWS" MODELS "NETWORK POLICIES" "NETWORK RULES" NOTEBOOKS OBJECTS PARAMETERS
	"PASSWORD POLICIES" PIPES "PRIMARY KEYS" PROCEDURES REGIONS "RESOURCE MONITORS" ROLES
	"ROW ACCESS POLICIES" SCHEMAS SECRETS SEQUENCES SERVICES "SESSION POLICIES" SESSIONS SHARES STAGES
	STREAMLITS STREAMS TABLES TAGS TASKS TRANSACTIONS "UNIQUE KEYS" "USER FUNCTIONS" "USER PROCEDURES"
	USERS VARIABLES VIEWS WAREHOUSES "BUILTIN FUNCTIONS"`)

// scopes are the objects that narrow SHOW and that grants are on.
var scopes = words(`ACCOUNT APPLICATION CLASS DATABASE "DATABASE ROLE" "FILE FORMAT" FUNCTION
	INTEGRATION PIPE PROCEDURE ROLE SCHEMA SEQUENCE SESSION SHARE STAGE STREAM TABLE TASK USER VIEW
	WAREHOUSE "MATERIALIZED VIEW" "EXTERNAL TABLE" "DYNAMIC TABLE"`)

// words makes a set of a list of words, those in double quotes kept together.
func words(text string) map[string]bool {
	set := map[string]bool{}
	for i, part := range strings.Split(text, `"`) {
		if i%2 == 1 {
			set[part] = true
			continue
		}
		for _, word := range strings.Fields(part) {
			set[word] = true
		}
	}
	return set
}

// phrase reads the longest run of at most three words that is in set, "" if
// none is.
func (p *parser) phrase(set map[string]bool) string {
	best, length, text := "", 0, ""
	for n := 0; n < 3 && p.peek(n).Kind == token.Word; n++ {
		if text != "" {
			text += " "
		}
		if text += p.peek(n).Value; set[text] {
			best, length = text, n+1
		}
	}
	for range length {
		p.next()
	}
	return best
}

func (p *parser) show() ast.Statement {
	s := &ast.Show{At: p.here()}
	p.expect("SHOW")
	s.Terse = p.accept("TERSE")
	if s.Object = p.phrase(showable); s.Object == "" {
		p.unexpected()
	}
	s.History = p.accept("HISTORY")
	if p.accept("LIKE") {
		s.Like = p.text()
	}
	if p.atAny("IN", "FOR", "ON", "TO", "OF") {
		s.Where = p.scope()
	}
	if p.accept("STARTS", "WITH") {
		s.Starts = p.text()
	}
	if p.accept("LIMIT") {
		s.Limit = p.optionValue()
		if p.accept("FROM") {
			s.From = p.text()
		}
	}
	return s
}

func (p *parser) scope() *ast.Scope {
	s := &ast.Scope{At: p.here(), Preposition: p.tok.Value}
	p.next()
	// A name can be spelt like a kind of object; it is one if a dot follows.
	if p.peek(1).Kind != token.Dot {
		s.Object = p.phrase(scopes)
	}
	if s.Object == "" || isName(p.tok) && !p.at("STARTS", "WITH") && !p.atLimit() {
		s.Name = p.name()
	}
	return s
}

// atLimit reports whether LIMIT and a number come next.
func (p *parser) atLimit() bool {
	return p.at("LIMIT") && (p.peek(1).Kind == token.Number || p.peek(1).Kind == token.Question)
}
