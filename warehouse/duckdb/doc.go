// Package duckdb is the local warehouse: Snowflake's SQL on an embedded DuckDB.
//
// [Open] a [Warehouse] on a state folder, or in memory, and open sessions on
// it. Each Snowflake database is one DuckDB file in the folder, attached under
// its own name; a session's database and schema are created when it first
// names them. One process at a time has a state folder open; a second one gets
// an error that wraps [warehouse.ErrLocked] and names the first.
//
// A statement is read, answered here if DuckDB has no such thing (stages, USE),
// and otherwise translated and run; see translate.go for the place. Statements
// that would reach outside the warehouse, such as ATTACH, INSTALL or COPY to a
// file, are refused. PUT and GET reach local files only where [Config] says so.
//
// # Staged files
//
// COPY INTO, both ways, and queries on @stage read and write the files of
// [Config].Stages. Package stagedfile finds and reads them: CSV and JSON with
// package datafile, whose records go through a temporary table as texts, so that
// each fault has its file, line and character; Parquet with DuckDB, by way of
// copies in the one folder beside the databases that it may open. Packages
// copyinto and unload are COPY INTO a table and a location, stagequery is @stage
// in FROM and inferschema INFER_SCHEMA; the session says what their statements'
// names mean. What a database keeps of file formats, stages and loads are tables
// in the schema of its INFORMATION_SCHEMA: they commit with the rows.
//
// # Transactions
//
// A statement commits by itself unless a transaction is open; a definition
// commits the one that is. A statement that fails leaves the transaction as it
// was, as on Snowflake and unlike DuckDB: see transaction.go for how, and for
// the two cases that lose the transaction and say so. A statement that changes
// or removes rows locks their table until its transaction ends; another session
// waits for that as long as its LOCK_TIMEOUT says, two seconds where it says
// nothing, and is refused. Beyond these, a transaction sees what was committed
// when it first looked, not what is committed before each statement, so that
// it may be refused once it has waited; and it changes one database.
//
// # What DuckDB does not know of an object
//
// Comments, declared types, keys, clustering and the like stand as JSON in the
// object's own comment, so that they are made, moved and dropped with it; for
// databases, schemas and functions they stand in a table beside the views of
// INFORMATION_SCHEMA, and for what belongs to no database, roles and grants, in
// the state folder's account.json. Functions written in SQL are put into the
// statements that call them. Roles and grants are shown and forbid nothing.
//
// Results stream: a batch of rows is in memory at a time, whatever the result's
// size. Package engine is all that speaks to DuckDB, and package macros what
// its dialect is given to serve Snowflake's. Every statement ends in the query
// history, in memory or in the state folder's history.jsonl.
//
// # Where what stands
//
// A statement comes in by session.go, is read and sent on its way in statement.go
// and, if DuckDB is to run it, settled in settle.go and written in translate.go.
// What a statement does is in a file of its name: alter.go, merge.go, explain.go,
// or in the package of its name. This package imports the others below it, and none
// of them this one:
//
//	engine       DuckDB itself: connections, cursors, Arrow in and out
//	ducksql      names, texts, types and times in DuckDB's SQL
//	macros       functions of Snowflake's that DuckDB lacks; prebuilt keeps them
//	javascript   functions that users write in JavaScript
//	scripting    blocks of Snowflake Scripting; scripts.go is what they see of a session
//	refusal      what is refused, in Snowflake's words
//	catalog      what there is: names, objects, their columns and definitions
//	infoschema   INFORMATION_SCHEMA, and a database's own tables beside it
//	routine      users' functions and procedures
//	inline       users' functions in the statements that call them
//	show         SHOW
//	listing      results of rows that are made here
//	resultcache  results that RESULT_SCAN reads again
//	tablelock    who changes rows of which table
//	binds        values in the places of bind variables
//	param        the session's parameters
//	tag          which tags hold for what
//	account      roles, users, warehouses, tags and grants
//	history      the statements that ran
//	statelock    one process to a state folder
//	datafile     CSV and JSON, record by record, and compression
//	stagedfile   which files of a stage, and reading them
//	copyfiles    files copied from stage to stage, as COPY FILES does
//	putget       PUT and GET
//	stagequery   @stage in FROM
//	copyinto     COPY INTO a table
//	unload       COPY INTO a location
//	inferschema  INFER_SCHEMA
package duckdb
