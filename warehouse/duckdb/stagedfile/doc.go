// Package stagedfile finds, opens and reads the files of stages: which objects a
// statement means, their records as package datafile reads them, their rows in a
// temporary table or, of Parquet files, as a query of DuckDB's, and how loading
// each of them went. It knows nothing of where the rows go.
package stagedfile
