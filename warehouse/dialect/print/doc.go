// Package print writes a tree as Snowflake SQL, on one line, keywords in upper
// case.
//
// What it writes reads back as the same tree, places left out. A tree that a
// program made gets the quotes and parentheses that it needs.
package print
