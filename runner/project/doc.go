// Package project reads a dbt project.
//
// [Load] reads dbt_project.yml, profiles.yml, models, seeds, tests, macros and
// their YAML properties, renders every template once to find what it needs, and
// gives a [Project]: the nodes with their needs resolved, the graph of them,
// and a compiler that renders a node's SQL just before it runs.
//
// What dbt warns about and passes over is a warning here too; what dbt refuses
// is an error with file, line and column. What dbt can do and this package
// cannot yet (packages, snapshots, Python models, unit tests, ...) is refused
// by name.
//
// # Where a project is built
//
// profiles.yml is looked for where dbt looks for it. A project without one is
// built on the embedded DuckDB, in the database named like the project and the
// schema PUBLIC.
package project
