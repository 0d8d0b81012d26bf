package parse

import (
	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/token"
)

// droppable are the objects that Snowflake can create, alter and drop.
var droppable = words(`AGENT ALERT "AGGREGATION POLICY" "API INTEGRATION" APPLICATION "APPLICATION PACKAGE" "APPLICATION ROLE"
	"AUTHENTICATION POLICY" "BACKUP POLICY" "BACKUP SET" "CATALOG INTEGRATION" "COMPUTE POOL" CONNECTION CONTACT
	"CORTEX SEARCH SERVICE" "DATA METRIC FUNCTION" DATABASE "DATABASE ROLE" DATASET "DBT PROJECT" "DCM PROJECT"
	"DYNAMIC ICEBERG TABLE" "DYNAMIC TABLE" "EVENT TABLE" "EXTERNAL ACCESS INTEGRATION" "EXTERNAL FUNCTION"
	"EXTERNAL TABLE" "EXTERNAL VOLUME" "FAILOVER GROUP" "FEATURE POLICY" "FILE FORMAT" FUNCTION "GIT REPOSITORY"
	"HYBRID TABLE" "ICEBERG TABLE" "IMAGE REPOSITORY" INDEX INTEGRATION "INTERACTIVE MATERIALIZED VIEW"
	"INTERACTIVE TABLE" "INTERACTIVE WAREHOUSE" "JOIN POLICY" LISTING "MANAGED ACCOUNT" "MASKING POLICY"
	"MATERIALIZED VIEW" "MCP SERVER" MODEL "MODEL MONITOR" "NETWORK POLICY" "NETWORK RULE" NOTEBOOK
	"NOTEBOOK PROJECT" "NOTIFICATION INTEGRATION" "ONLINE FEATURE TABLE" "ORGANIZATION ACCOUNT"
	"ORGANIZATION LISTING" "ORGANIZATION PROFILE" "PACKAGES POLICY" "PASSWORD POLICY" PIPE "PRIVACY POLICY"
	PROCEDURE "PROJECTION POLICY" "PROVISIONED THROUGHPUT" "READ ONLY TABLE" "REPLICATION GROUP" "RESOURCE MONITOR"
	ROLE "ROW ACCESS POLICY" SCHEMA SECRET "SECURITY INTEGRATION" "SEMANTIC VIEW" SEQUENCE SERVICE "SESSION POLICY"
	SHARE SNAPSHOT "SNAPSHOT POLICY" "SNAPSHOT SET" STAGE "STORAGE INTEGRATION" "STORAGE LIFECYCLE POLICY" STREAM
	STREAMLIT TABLE TAG TASK USER "VERSIONED SCHEMA" VIEW WAREHOUSE WORKSPACE`)

func (p *parser) drop() ast.Statement {
	s := &ast.Drop{At: p.here()}
	p.expect("DROP")
	if p.at("SNOWFLAKE") && p.peek(1).Kind == token.Dot {
		p.refuse("DROP of an instance of a class", s.Position)
	}
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
