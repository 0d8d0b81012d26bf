// Package javascript runs functions and procedures that are written in
// JavaScript, as Snowflake does: arguments and results change their types by
// Snowflake's documented rules, and what is thrown is an error in its words.
//
// A [Program] is a function's code with its types; [Load] makes it a [Function],
// which one goroutine at a time calls row by row. [Run] is one call of a
// procedure, whose object snowflake asks a [Database] for what it needs.
//
// # What code may do
//
// It sees its arguments and the language: no file, no network, no clock but the
// present, no module, no eval. Its calls go some thousand deep and no deeper; it
// ends when it is interrupted. Its memory is the process's own and has no limit.
package javascript
