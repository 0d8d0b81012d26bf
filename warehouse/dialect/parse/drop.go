package parse

import (
	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
)

// droppable are the objects that Snowflake can create, alter and drop.
var droppable = words(`ALERT "AGGREGATION POLICY" "API INTEGRATION" "APPLICATION" "AUTHENTICATION POLICY"
	"CATALOG INTEGRATION" "COMPUTE POOL" CONNECTION "CORTEX SEARCH SERVICE" DATABASE "DATABASE ROLE"
	"DYNAMIC TABLE" "EVENT TABLE" "EXTERNAL FUNCTION" "EXTERNAL TABLE" "EXTERNAL VOLUME"
	"FAILOVER GROUP" "FILE FORMAT" FUNCTION "GIT REPOSITORY" "HYBRID TABLE" "ICEBERG TABLE"
	"IMAGE REPOSITORY" INDEX INTEGRATION "MANAGED ACCOUNT" "MASKING POLICY" "MATERIALIZED VIEW" MODEL
	"NETWORK POLICY" "NETWORK RULE" NOTEBOOK "NOTIFICATION INTEGRATION" "PACKAGES POLICY"
	"PASSWORD POLICY" PIPE PROCEDURE "PROJECTION POLICY" "REPLICATION GROUP" "RESOURCE MONITOR" ROLE
	"ROW ACCESS POLICY" SCHEMA SECRET "SECURITY INTEGRATION" SEQUENCE SERVICE "SESSION POLICY" SHARE
	STAGE "STORAGE INTEGRATION" STREAM STREAMLIT TABLE TAG TASK USER VIEW WAREHOUSE`)

func (p *parser) drop() ast.Statement {
	s := &ast.Drop{At: p.here()}
	p.expect("DROP")
	if s.Object = p.phrase(droppable); s.Object == "" {
		p.unexpected()
	}
	s.IfExists = p.accept("IF", "EXISTS")
	s.Name = p.name()
	if s.Object == "FUNCTION" || s.Object == "PROCEDURE" {
		s.Args, s.HasArgs = p.signature()
	}
	if p.atAny("CASCADE", "RESTRICT") {
		s.Behavior = p.words(1)
	}
	return s
}

func (p *parser) comment() ast.Statement {
	s := &ast.Comment{At: p.here()}
	p.expect("COMMENT")
	s.IfExists = p.accept("IF", "EXISTS")
	p.expect("ON")
	if p.accept("COLUMN") {
		s.Object = "COLUMN"
	} else if s.Object = p.phrase(droppable); s.Object == "" {
		p.unexpected()
	}
	s.Name = p.name()
	if s.Object == "FUNCTION" || s.Object == "PROCEDURE" {
		s.Args, s.HasArgs = p.signature()
	}
	p.expect("IS")
	s.Text = p.text()
	return s
}
