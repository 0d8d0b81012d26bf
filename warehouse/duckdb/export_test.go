package duckdb

import "github.com/snowpit-dev/snowpit/warehouse"

// Raw has a session run DuckDB's own SQL, for tests of what no statement of
// Snowflake's brings forth.
func Raw(s warehouse.Session) warehouse.Session {
	s.(*session).translator = func(sql string) (*translation, error) { return &translation{original: sql, text: sql}, nil }
	return s
}
