// Package result keeps the results of statements, in the form in which clients
// will fetch them.
//
// A [Spool] reads a warehouse's result to its end, so that the session is free
// for its next statement however slow the client is, and keeps it encoded: its
// first rows to go inline, the others in chunks. What does not fit into the
// spool's memory goes to a file that is deleted with the result.
package result
