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
//
// # Columns
//
// [Info.Columns] and [Info.Made] are what a result, a view and a table that a
// query makes have as columns, by one derivation: literals have the length and
// the digits that they are written with, columns those they were declared with;
// || adds lengths up, and what stands for one another (CASE, COALESCE, UNION)
// has the widest; a function whose result's length is not documented has the
// longest, and so has what a recursive query comes to. A length of 0 is the
// longest. Whoever stores values by these types must have an answer for one that
// has no room: the rules are Snowflake's as far as it documents them.
package types
