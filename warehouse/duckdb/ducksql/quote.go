package ducksql

import "strings"

// Name writes an identifier for DuckDB.
func Name(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

// Text writes a string literal for DuckDB.
func Text(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }
