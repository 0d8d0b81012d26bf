// Package project reads a dbt project.
//
// [Load] reads dbt_project.yml, profiles.yml, the packages that are installed,
// models, seeds, snapshots, tests, analyses, macros, docs blocks and their YAML
// properties. It renders every template once, without running anything, to find
// what it needs and how it is configured, and gives a [Project]: the nodes with
// their needs resolved, the graph of them, and a compiler that renders a node's
// SQL just before it runs. [Install] puts packages of this machine where Load
// finds them, and [Project.Operation] calls a macro.
//
// What dbt warns about and passes over is a warning here too; what dbt refuses
// is an error with file, line and column. A Python model is read, with its needs
// and config, and refused when it is compiled, as there is no Python to run it.
//
// # Reading again
//
// With [Options].Cache, what was found out about each file is kept in the
// target folder. The next time, a template is rendered again only if its own
// text, the config around it, a macro, a variable or the target is another one.
//
// # Where a project is built
//
// profiles.yml is looked for where dbt looks for it. A project without one is
// built on the embedded DuckDB, in the database named like the project and the
// schema PUBLIC.
package project
