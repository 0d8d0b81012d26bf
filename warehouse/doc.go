// Package warehouse says what Snowpit asks of a database.
//
// A [Warehouse] opens sessions, and a [Session] runs statements written in
// Snowflake's dialect. Results come back as Arrow record batches with
// Snowflake's column types beside them. A backend that speaks another dialect
// translates first; callers never see which one they have.
//
// # Writing a backend
//
// Implement [Warehouse] and [Session], then hand the result to
// [github.com/snowpit-dev/snowpit/warehouse/warehousetest.Run] from a test.
// The kit is the full list of what callers rely on. What a backend can do
// beyond that are interfaces of their own ([Loader], [Historian], [Describer],
// [Locator], [Translator]), each with a function that says what happens without it.
package warehouse
