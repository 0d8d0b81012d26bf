package duckdb

import "github.com/snowpit-dev/snowpit/warehouse/dialect/rewrite"

// hidden are the names of what is the warehouse's own.
func hidden(name string) bool {
	return name == rewrite.Macros || name == informationSchemaName || name == "memory" || name == "system" || name == draftName
}

// informationSchemaName is where a database keeps the views of its
// INFORMATION_SCHEMA, which is a name that DuckDB has taken. translate puts the
// one for the other.
const informationSchemaName = "SNOWPIT_INFORMATION_SCHEMA"

// snowflakesInformationSchema is what Snowflake calls it, which DuckDB has for
// one of its own.
const snowflakesInformationSchema = "INFORMATION_SCHEMA"

// draftName is the name of a database's file while it is made.
const draftName = "snowpit_draft"
