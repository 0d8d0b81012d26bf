// Package snowflake is the real warehouse: Snowflake, through its Go driver.
//
// [Open] takes the config of an account, which package account reads from a
// target of profiles.yml as dbt writes it or from Snowflake's connections.toml.
// Each session is one connection of the driver's, with one session on the
// server; statements go there as they are.
//
// Rows come as Arrow, chunk by chunk: a few chunks are downloaded ahead of the
// reader, and never the whole result. Rows go as Parquet files that are put on
// a temporary stage and copied into a table, all or nothing.
//
// The driver repeats a request that got no answer, under the same request id,
// so that the server runs it once; this package repeats nothing.
//
// Passwords, keys, tokens and the signatures of URLs are taken out of every
// error, and the driver's own log is off.
package snowflake
