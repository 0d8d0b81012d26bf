package rewrite

// Strptime is a format model of Snowflake's, YYYY-MM-DD for one, as DuckDB's
// STRPTIME and STRFTIME take it. It is not ok where DuckDB has no equal.
func Strptime(model string) (format string, ok bool) { return strftime(model) }
