// Package rewrite turns Snowflake's SQL into DuckDB's.
//
// [DuckDB] takes a tree from package parse and gives the text that means the
// same on DuckDB, or refuses by name what it cannot say there. It knows no
// catalog and no engine: it sees what is written, not what type a column has.
// Where the type decides, it calls a macro that goes by types; those stand in
// the database [Macros], which package duckdb makes. A function that Snowflake
// has not is unknown, whatever DuckDB has: what runs here runs there, and
// nothing reaches outside.
//
// # What differs
//
//   - A division of NUMBERs has Snowflake's digits and the type FLOAT.
//   - DATEADD, DATE_TRUNC and TIME_SLICE of an aggregate, of a window or of an
//     alias of the same SELECT give a TIMESTAMP where they would give a DATE.
//   - Whole numbers are BIGINT: more than 18 digits in an INT column is an
//     error. NUMBER(38,0) has its 38 digits.
//   - An OBJECT keeps the order of its keys as they were written; Snowflake
//     sorts them. A VARIANT column that is used as text, without a cast and
//     without a path, keeps the quotes of its JSON.
//   - FLATTEN has no SEQ column and no RECURSIVE.
//   - SEQ4 and the like count from 0 without gaps; RANDOM(seed) does not repeat.
package rewrite
