// Package parse reads Snowflake SQL.
//
// [Statement] reads one statement, [Script] several, and [Split] only cuts a
// script at its semicolons. What is wrong is a *warehouse.Error with
// Snowflake's code, wording, line and position; one script can have several.
// What Snowflake accepts and Snowpit does not is refused by name, with code
// 2019.
//
// [Lenient] is for a backend that hands on what it does not translate: it
// takes a statement that begins like SQL and cannot be read as an ast.Other.
//
// Reading takes time in proportion to the text. A statement over [MaxBytes],
// of more than [MaxTokens], nested deeper than [MaxDepth] or of a tree higher than [MaxHeight] is
// refused.
package parse
