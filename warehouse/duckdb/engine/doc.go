// Package engine speaks to DuckDB, in DuckDB's own dialect and by the chunk.
//
// The driver's database/sql face hands out single values, and its Arrow bridge
// wants a build tag. This package stands on the driver's mapping of DuckDB's C
// API instead: an [Engine] gives connections, a [Conn] prepares statements, a
// [Cursor] runs one and reads it as Arrow batches, and an [Appender] takes such
// batches into a table. A context that ends interrupts what runs. What DuckDB
// refuses is an [*Error] with the type that DuckDB gave it.
//
// Nothing here knows of sessions, or of Snowflake beyond the types that its
// rows have in Arrow; package duckdb does.
package engine
