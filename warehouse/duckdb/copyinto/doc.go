// Package copyinto is COPY INTO a table: what its options ask for, how the values
// of files become those of columns, which rows cannot, with their places, and what
// is done about them. The files are read by package stagedfile; what the names in
// the statement stand for is known before a load begins.
package copyinto
