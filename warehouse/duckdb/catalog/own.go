package catalog

import "github.com/snowpit-dev/snowpit/warehouse/dialect/rewrite"

// Hidden reports the name of a database or schema that is the warehouse's own.
func Hidden(name string) bool {
	return name == rewrite.Macros || name == InformationSchema || name == "memory" || name == "system" || name == Draft
}

// InformationSchema is where a database keeps the views of its
// INFORMATION_SCHEMA, which is a name that DuckDB has taken. A translation puts the
// one for the other.
const InformationSchema = "SNOWPIT_INFORMATION_SCHEMA"

// ShownInformationSchema is what Snowflake calls it, which DuckDB has for
// one of its own.
const ShownInformationSchema = "INFORMATION_SCHEMA"

// Draft is the name of a database's file while it is made.
const Draft = "snowpit_draft"

// DefaultSchema is where a session starts in its database. Every database has it.
const DefaultSchema = "PUBLIC"
