package duckdb

import (
	"context"
	"strings"

	"github.com/duckdb/duckdb-go/v2/mapping"

	"github.com/snowpit-dev/snowpit/warehouse/dialect/types"
)

// columnsOf are a table's or view's columns as DuckDB has them: preparing a
// query is the quickest way to ask it, sees what the session's transaction
// sees, and leaves the transaction as it is where there is no such table.
func (s *session) columnsOf(name []string) ([]types.Column, bool) {
	parts := make([]string, len(name))
	for i, p := range name {
		switch {
		case p == "":
			p = defaultSchema
		case p == "INFORMATION_SCHEMA" && i+1 < len(name):
			p = informationSchemaName
		}
		parts[i] = quoteName(p)
	}
	cur, err := s.conn.prepare(context.Background(), "from "+strings.Join(parts, "."))
	if err != nil {
		return nil, false
	}
	defer cur.close()
	columns := make([]types.Column, mapping.PreparedStatementColumnCount(cur.stmt))
	for i := range columns {
		lt := mapping.PreparedStatementColumnLogicalType(cur.stmt, mapping.IdxT(i))
		kind, err := kindOfColumn(lt)
		mapping.DestroyLogicalType(&lt)
		columns[i].Name = mapping.PreparedStatementColumnName(cur.stmt, mapping.IdxT(i))
		if err == nil {
			columns[i].Type = types.OfColumn(kind.column)
		}
	}
	return columns, true
}
