package catalog

import (
	"slices"
	"strings"

	"github.com/snowpit-dev/snowpit/warehouse/duckdb/ducksql"
)

// An IndexMeta is a secondary index of a hybrid table.
type IndexMeta struct {
	Name    string   `json:"name"`
	Columns []string `json:"columns"`
	Include []string `json:"include,omitempty"`
}

// Indexed reports whether a column of a hybrid table is part of a key or index.
func (m *Meta) Indexed(column string) bool {
	if !m.Hybrid {
		return false
	}
	return m.IsKey("PRIMARY KEY", column) || m.IsKey("UNIQUE", column) || slices.ContainsFunc(m.Indexes, func(x IndexMeta) bool {
		return slices.Contains(x.Columns, column) || slices.Contains(x.Include, column)
	})
}

// Keys are the keys of a hybrid table as a definition of DuckDB's has them.
func (m *Meta) Keys() (all []string) {
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
