// Package scripting runs blocks of Snowflake Scripting: variables and their
// scopes, branches, loops, cursors and exceptions.
//
// What SQL does, it leaves to a [Database]: statements run there, with the values
// of variables in the places of their names, and an expression is whatever SQL
// makes of it. Only whole numbers, texts and truth in plain expressions are
// computed here, so that a loop costs no statement for each step.
//
// One goroutine at a time uses a database; [Run] starts none.
package scripting
