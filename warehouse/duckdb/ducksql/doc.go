// Package ducksql writes pieces of DuckDB's SQL and knows its types by their
// names: quoting, what kind of values a type has and what Snowflake calls it,
// and how a value of one type becomes one of another. It runs nothing.
package ducksql
