// Package types says what type each expression of a statement has, by
// Snowflake's rules.
//
// [Check] walks a tree from package parse with a [Catalog] that knows the
// tables, and gives an [Info]. A type that cannot be known, that of a bind
// variable or of a table that the catalog lacks, is the zero [Type]; whoever
// asks must have an answer for it. Nothing in the tree changes.
//
// The rules for NUMBERs are those of Snowflake's documentation, "Arithmetic
// Operators"; those for values of several types in one place are of "Data Type
// Conversion".
package types
