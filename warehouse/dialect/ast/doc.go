// Package ast is the tree of a Snowflake SQL text.
//
// A tree holds what was written, not what it means: names are not looked up
// and nothing is typed. Names without quotes are folded to upper case, as
// Snowflake folds them; comments and white space are gone.
//
// The families [Statement], [Expr], [Table], [Body] and [Action], and [Node]
// above them, are sealed: their types are those of this package, so that a
// switch over one can be complete. [Inspect] and [Rewrite] walk any tree.
//
// Trees are plain data. Several goroutines may read one at once; whoever
// changes one must have it alone.
package ast
