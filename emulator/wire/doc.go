// Package wire is the shape of what Snowflake's clients send and read: the
// JSON envelope with its codes, the requests, a column's description, and the
// cells of a result, as JSON text or as Arrow in Snowflake's physical forms.
//
// It knows no HTTP and no session. A [warehouse.Result]'s batches go in, bytes
// that the Go, Python and Node drivers decode come out. What the drivers cannot
// do without is said at each shape.
package wire
