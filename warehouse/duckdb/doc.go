// Package duckdb is the local warehouse: Snowflake's SQL on an embedded DuckDB.
//
// [Open] a [Warehouse] on a state folder, or in memory, and open sessions on
// it. Each Snowflake database is one DuckDB file in the folder, attached under
// its own name; a session's database and schema are created when it first
// names them. One process at a time has a state folder open; a second one gets
// an error that wraps [warehouse.ErrLocked] and names the first.
//
// A statement is read, answered here if DuckDB has no such thing (stages, USE),
// and otherwise translated and run; see translate.go for the place. Statements
// that would reach outside the warehouse, such as ATTACH, INSTALL or COPY to a
// file, are refused. PUT and GET reach local files only where [Config] says so.
//
// # Staged files
//
// COPY INTO, both ways, and queries on @stage read and write the files of
// [Config].Stages. CSV and JSON are read by package datafile, whose records go
// through a temporary table as texts, so that each fault has its file, line and
// character; Parquet is read and written by DuckDB, by way of copies in the one
// folder beside the databases that it may open. What a database keeps of file
// formats, stages and loads are tables in the schema of its INFORMATION_SCHEMA:
// they commit with the rows.
//
// Results stream: a batch of rows is in memory at a time, whatever the result's
// size. Every statement ends in the query history, in memory or in the state
// folder's history.jsonl.
package duckdb
