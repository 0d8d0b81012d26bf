package duckdb

import (
	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/types"
)

// Raw has a session run DuckDB's own SQL, for tests of what no statement of
// Snowflake's brings forth.
func Raw(s warehouse.Session) warehouse.Session {
	s.(*session).translator = func(sql string, _ []types.Type) (*translation, error) {
		return &translation{original: sql, text: sql}, nil
	}
	return s
}
