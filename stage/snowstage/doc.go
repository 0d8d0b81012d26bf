// Package snowstage keeps objects on Snowflake's own stages, with the
// statements PUT, GET, LIST and REMOVE on sessions of a warehouse.
//
// An object goes over a file on this machine's disk: it is written there in
// full before PUT begins, so that a reader that fails leaves the stage as it
// was, and GET has fetched it in full when Open returns. Upload and download
// are the driver's, and so are their retries.
//
// # What Snowflake does otherwise
//
// Stages made here are encrypted by the server. On a stage that was made with
// encryption by the client, which is Snowflake's default, List tells the size
// and the MD5 of what is encrypted; Put and Open tell those of the object.
//
// PUT takes an object's name from a file's, so that a part of a name over 255
// bytes, or one with a quotation mark, a control character or one of *?[ in it,
// is refused, and so is a name that ends in a full stop. Two processes that put the same new name with
// KeepExisting at the same moment may both succeed.
package snowstage
