// Package macros holds what translated statements call and DuckDB has not: the
// macros of prelude.sql, in a database of their own, and behind them functions
// written in Go. No statement of Snowflake's can name either; package rewrite
// writes the calls.
//
// A function that refuses its arguments says so as [code:SQLSTATE] and a
// message, since DuckDB keeps only the text of an error.
package macros
