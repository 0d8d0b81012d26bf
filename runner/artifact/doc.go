// Package artifact writes and reads the files that dbt leaves in its target
// folder: manifest.json, run_results.json, catalog.json, sources.json and the
// compiled SQL.
//
// Field names and types are those of dbt's published schemas: version 12 of
// the manifest, 6 of the run results, 1 of the catalog and 3 of the sources.
// Tools that read dbt's files read these.
//
// A [State] is such files of an earlier run, which selection compares with.
package artifact
