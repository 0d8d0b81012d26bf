// Package rewrite turns Snowflake's SQL into DuckDB's.
//
// [DuckDB] takes a tree from package parse and gives the text that means the
// same on DuckDB, or refuses by name what it cannot say there. It knows no
// engine. What type an expression has, package types tells it from the catalog;
// where a type decides and is not known, it calls a macro that goes by DuckDB's
// types. Macros stand in the database [Macros], which package duckdb makes. A function that Snowflake
// has not is unknown, whatever DuckDB has: what runs here runs there, and
// nothing reaches outside.
//
// # What differs
//
//   - Where a type is not known, that of a bind variable for one, a division is
//     a FLOAT with a NUMBER's digits, and DATEADD may give a TIMESTAMP where it
//     would give a DATE.
//   - Whole numbers are BIGINT unless [Config.Wide] asks for more: what needs
//     over 64 bits fails, and is never another value. NUMBER(38,0) has its 38
//     digits.
//   - Times have six digits of a second unless [Config.Fine] asks for nine: more
//     is told, see [NeedsFine], and never cut off.
//   - The SEQ of a FLATTEN behind another one is the same for equal inputs.
//   - HASH gives other numbers than Snowflake's, the same for equal values.
//   - An array has no gaps: what Snowflake prints as undefined is a null.
//   - SEQ4 and the like count from 0 without gaps; RANDOM(seed)
//     repeats where a query may number its rows.
package rewrite
