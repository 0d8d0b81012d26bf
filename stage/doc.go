// Package stage says what Snowpit asks of a Snowflake stage.
//
// A [Stage] is a flat set of named objects, such as
// driver_position_1.0/driver_position_1.0.json in the stage MODELSTAGE. A
// [Volume] holds an account's stages and finds one by its database, schema and
// name. Locations as SQL writes them, @db.schema.stage/path, are read by
// [ParseLocation].
//
// # Writing a backend
//
// Implement [Volume] and [Stage], then hand the volume to
// [github.com/snowpit-dev/snowpit/stage/stagetest.Run] from a test.
package stage
