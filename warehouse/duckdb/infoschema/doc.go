// Package infoschema is what every database has from the start: the views of its
// INFORMATION_SCHEMA and, in the same schema of DuckDB's, the tables of what is
// kept of file formats, stages and loads and of what has no comment to keep it in.
// It is SQL, and runs nothing.
package infoschema
