package duckdb

import (
	"slices"
	"strings"

	"github.com/snowpit-dev/snowpit/warehouse/duckdb/ducksql"
)

// An indexMeta is a secondary index of a hybrid table.
type indexMeta struct {
	Name    string   `json:"name"`
	Columns []string `json:"columns"`
	Include []string `json:"include,omitempty"`
}

// indexed reports whether a column of a hybrid table is part of a key or index.
func (m *meta) indexed(column string) bool {
	if !m.Hybrid {
		return false
	}
	return m.isKey("PRIMARY KEY", column) || m.isKey("UNIQUE", column) || slices.ContainsFunc(m.Indexes, func(x indexMeta) bool {
		return slices.Contains(x.Columns, column) || slices.Contains(x.Include, column)
	})
}

// keys are the keys of a hybrid table as a definition of DuckDB's has them.
func (m *meta) keys() (all []string) {
	for _, k := range m.Constraints {
		if !m.Hybrid || k.Kind != "PRIMARY KEY" && k.Kind != "UNIQUE" {
			continue
		}
		names := make([]string, len(k.Columns))
		for i, c := range k.Columns {
			names[i] = ducksql.Name(c)
		}
		all = append(all, k.Kind+" ("+strings.Join(names, ", ")+")")
	}
	return all
}
