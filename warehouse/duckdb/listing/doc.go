// Package listing makes results of rows that are made here, not by DuckDB: what
// SHOW, DESCRIBE, LIST and the like give.
package listing
