// Package rewrite turns Snowflake's SQL into DuckDB's.
//
// [DuckDB] takes a tree from package parse and gives the text that means the
// same on DuckDB, or refuses by name what it cannot say there. It knows no
// catalog and no engine: it sees what is written, not what type a column has.
// Functions it does not know pass through, since they may be the user's own;
// those of Snowflake that DuckDB lacks are refused.
//
// # What differs
//
// Without types, some results are less exact than Snowflake's:
//
//   - numbers: a division gives a DOUBLE, not a NUMBER with six more digits;
//   - DATEADD on a column gives a TIMESTAMP even where the column is a DATE;
//   - a VARIANT column that is used as text, without a cast and without a
//     path, keeps the quotes of its JSON;
//   - VARCHAR(n) does not refuse longer text.
package rewrite
