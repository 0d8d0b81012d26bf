// Package catalog is what there is in databases: the names of tables, views and
// sequences, what Snowflake knows of them and DuckDB does not, which stands as
// JSON in their comments, and, read from a connection, the objects themselves,
// their columns and the statements that would make them.
package catalog
