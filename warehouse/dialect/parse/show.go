package parse

import (
	"strings"

	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/token"
)

// showable are the objects that SHOW knows.
var showable = words(`ACCOUNTS AGENTS "AGGREGATION POLICIES" ALERTS "APPLICATION PACKAGES" "APPLICATION ROLES" APPLICATIONS
	"AUTHENTICATION POLICIES" "AVAILABLE LISTINGS" "BACKUP POLICIES" "BACKUP SETS" "BUILTIN FUNCTIONS"
	"CATALOG INTEGRATIONS" CHANNELS "CLASSES" COLUMNS "COMPUTE POOLS" CONNECTIONS CONTACTS "CORTEX SEARCH SERVICES"
	"DATA METRIC FUNCTIONS" "DATABASE ROLES" DATABASES DATASETS "DBT PROJECTS" "DCM PROJECTS"
	"DELEGATED AUTHORIZATIONS" "DYNAMIC TABLES" ENDPOINTS "EVENT TABLES" "EXPORTED KEYS"
	"EXTERNAL ACCESS INTEGRATIONS" "EXTERNAL FUNCTIONS" "EXTERNAL TABLES" "EXTERNAL VOLUMES" "FAILOVER GROUPS"
	"FEATURE POLICIES" "FILE FORMATS" FUNCTIONS "FUTURE GRANTS" "GIT BRANCHES" "GIT REPOSITORIES" "GIT TAGS" GRANTS
	"HYBRID TABLES" "ICEBERG TABLES" "IMAGE REPOSITORIES" "IMPORTED KEYS" INDEXES INTEGRATIONS "JOIN POLICIES"
	LISTINGS LOCKS "MANAGED ACCOUNTS" "MASKING POLICIES" "MATERIALIZED VIEWS" "MCP SERVERS" MODELS "MODEL MONITORS"
	"NETWORK POLICIES" "NETWORK RULES" NOTEBOOKS "NOTIFICATION INTEGRATIONS" OBJECTS "ONLINE FEATURE TABLES"
	"ORGANIZATION ACCOUNTS" "PACKAGES POLICIES" PARAMETERS "PASSWORD POLICIES" PIPES "PRIMARY KEYS"
	"PRIVACY POLICIES" PROCEDURES "PROJECTION POLICIES" REGIONS "REPLICATION ACCOUNTS" "REPLICATION DATABASES"
	"REPLICATION GROUPS" "RESOURCE MONITORS" ROLES "ROW ACCESS POLICIES" SCHEMAS SECRETS "SEMANTIC VIEWS" SEQUENCES
	SERVICES "SESSION POLICIES" SESSIONS SHARES SNAPSHOTS STAGES "STORAGE INTEGRATIONS"
	"STORAGE LIFECYCLE POLICIES" STREAMLITS STREAMS TABLES TAGS TASKS TRANSACTIONS "UNIQUE KEYS" "USER FUNCTIONS"
	"USER PROCEDURES" USERS VARIABLES VIEWS WAREHOUSES WORKSPACES`)

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
	best, length := p.ahead(0, set)
	for range length {
		p.next()
	}
	return best
}

// kindOf is phrase where the kind of an object can be left out: it reads none
// without a name behind it, so that a table may be called like a kind.
func (p *parser) kindOf(set map[string]bool) string {
	if _, length := p.ahead(0, set); length > 0 && !isName(p.peek(length)) {
		return ""
	}
	return p.phrase(set)
}

// ahead is the longest run of at most three words that is in set and comes
// after n tokens, and how many words it has.
func (p *parser) ahead(n int, set map[string]bool) (best string, length int) {
	text := ""
	for i := 0; i < 3 && p.peek(n+i).Kind == token.Word; i++ {
		if text != "" {
			text += " "
		}
		if text += p.peek(n + i).Value; set[text] {
			best, length = text, i+1
		}
	}
	return best, length
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
