// Package refusal says no in Snowflake's words, with its codes: what DuckDB or a
// stage has refused, and what the local warehouse refuses of its own.
package refusal
