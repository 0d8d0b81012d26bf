// Package dialect is the root of Snowflake's SQL as Snowpit reads it.
//
// The work is split as Go splits its own front end:
//
//   - [github.com/snowpit-dev/snowpit/warehouse/dialect/token] names the
//     pieces of a text and where they stand;
//   - [github.com/snowpit-dev/snowpit/warehouse/dialect/ast] is the tree;
//   - [github.com/snowpit-dev/snowpit/warehouse/dialect/parse] makes a tree of
//     a text, or says what is wrong with it in Snowflake's words;
//   - [github.com/snowpit-dev/snowpit/warehouse/dialect/print] makes a text of
//     a tree;
//   - [github.com/snowpit-dev/snowpit/warehouse/dialect/types] says what type
//     each expression has;
//   - [github.com/snowpit-dev/snowpit/warehouse/dialect/rewrite] makes DuckDB's
//     SQL of a tree.
//
// None of them runs anything.
package dialect
