package ducksql

import (
	"strings"

	"github.com/google/uuid"
)

// Name writes an identifier for DuckDB.
func Name(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

// Text writes a string literal for DuckDB.
func Text(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }

// FreshName is a name that begins so and that nothing else has.
func FreshName(prefix string) string {
	return prefix + strings.ReplaceAll(uuid.Must(uuid.NewV7()).String(), "-", "")
}
