// Package datafile reads and writes the files that are loaded into tables and
// unloaded from them: CSV and JSON as Snowflake understands them, compressed
// or not.
//
// Its readers stream: they hold one record at a time, and know where each
// begins and each of its fields, so that a refusal can name line and character
// as COPY INTO does. A record that cannot be read is a [Fault], and reading
// goes on behind it.
package datafile
