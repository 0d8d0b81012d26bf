// Package report tells how a run goes: on a terminal, line by line for a log,
// as JSON for a machine, and as the files dbt writes. It also prints the rows
// of a result.
//
// The lines have dbt's shape, as people grep for it. Text that comes from
// data, plugins or a database is stripped of control characters first.
package report
