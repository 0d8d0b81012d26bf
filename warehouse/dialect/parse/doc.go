// Package parse reads Snowflake SQL.
//
// [Statement] reads one statement, [Script] several, and [Split] only cuts a
// script at its semicolons. What is wrong is a *warehouse.Error with
// Snowflake's code, wording, line and position; one script can have several.
// What Snowflake accepts and Snowpit does not is refused by name.
//
// Reading takes time in proportion to the text. A statement over [MaxBytes],
// or nested deeper than [MaxDepth], is refused.
package parse
