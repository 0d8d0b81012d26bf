package duckdb

import (
	"strings"

	"github.com/snowpit-dev/snowpit/warehouse/dialect/rewrite"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/catalog"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/refusal"
)

// takenDatabase refuses a database under a name that DuckDB or the warehouse
// has for itself: attaching another one ends the whole instance.
func takenDatabase(name string) error {
	switch lower := strings.ToLower(name); lower {
	case "memory", "system", "main", catalog.Temp, catalog.Draft, strings.ToLower(rewrite.Macros):
		return refusal.Unsupported("a database named " + strings.ToUpper(lower))
	}
	return nil
}

// takenSchema is takenDatabase for the schemas that each of DuckDB's databases has.
func takenSchema(name string) error {
	switch lower := strings.ToLower(name); lower {
	case "main", "pg_catalog", strings.ToLower(catalog.InformationSchema):
		return refusal.Unsupported("a schema named " + strings.ToUpper(lower))
	}
	return nil
}
