// Package fileformat knows Snowflake's file formats: which options each type
// of file has, what they are where nobody says, and which values they take.
//
// A [Format] is made by [New] and changed by [Format.Set] from the options of
// CREATE FILE FORMAT, of a stage, or of the statement itself. It is data alone:
// nothing here opens a file.
package fileformat
