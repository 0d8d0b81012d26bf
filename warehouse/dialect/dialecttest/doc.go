// Package dialecttest is a corpus of Snowflake's SQL, and the runner that
// holds a warehouse against it.
//
// What a statement must give comes from Snowflake's documentation and never
// from what some warehouse of ours happened to say. The same cases run in
// process, over the wire and, with credentials, on Snowflake itself.
//
// # A case
//
// Below corpus, one folder an area, lie txtar files, each of one behaviour.
// The first line of a file's comment names the documentation page that the
// values are from; more lines may say the rule in other words:
//
//	docs: sql-reference/functions/split_part
//	Part 0 counts as part 1, and negative parts count from the end.
//	-- from the end --
//	select split_part('11.22.33', '.', -1) as part
//	-- want --
//	PART VARCHAR
//	33
//	-- too few arguments --
//	select split_part('11.22.33', '.')
//	-- error --
//	000938 (22023) 1:7
//	SQL compilation error: error line 1 at position 7
//	not enough arguments for function [SPLIT_PART('11.22.33', '.')], expected 3, got 2
//
// A section is a statement, whose outcome is the section behind it: want, or
// error, or neither for one that has only to be accepted. Statements of one
// file share a session, in a schema of their own. A section named setup has
// statements that must work and are no case.
//
// The first line of want are the columns, the others are the rows, cells apart
// by |. A column is its name, its type, or both. A type without parentheses
// says nothing of precision, scale and length. A cell is the value as
// Snowflake's clients show it by default: NULL, true, 1.50, 2020-01-31,
// 2020-01-31 01:02:03.000 and, in UTC, 2020-01-31 01:02:03.000 Z, a TIMESTAMP_TZ
// with its own offset, 2020-01-31 01:02:03.000 +0100; bytes in
// hexadecimal digits, semi-structured values as JSON without spaces. Single
// quotes hold what else would be read amiss, such as a bar, and '\n' is a new
// line; nothing between two of them is the empty text. A * stands for any name, type or value. A FLOAT need agree
// in the digits that are written, if they are six or more.
//
// The first line of error is code, SQLSTATE in parentheses and, where it has a
// place, line:position. The message behind it may be left out.
package dialecttest
