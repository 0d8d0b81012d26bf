// Package render gives templates dbt's context: ref, source, config, var,
// env_var, this, target, adapter, run_query, graph, the macros of the project
// and its packages, and the other names that dbt's documentation lists.
//
// A [Library] holds the macros of a project, of its packages and of dbt itself,
// and the values every template sees; a [Scope] is what one template sees
// beside it. A template is rendered twice: first to find what it needs and how
// it is configured, with execute false and a scope that takes notes, then, just
// before it runs, for its SQL. Both are [Library.Render]. [Library.Call] calls
// one macro, such as a generic test, and [Library.Value] evaluates one
// expression, such as a test's argument.
//
// A macro sees the macros of its own package by their bare names, then those of
// the project, then dbt's; all others as package.macro. adapter.dispatch takes
// the macro for Snowflake, or else the default one, of the packages in the
// search order of the project. The macros of dbt that give each database its
// own SQL are in the folder macros, written for Snowflake by their
// documentation.
//
// # Two phases
//
// In the first phase nothing is asked of the warehouse: run_query gives none,
// adapter.get_columns_in_relation an empty list. What is undefined may be called
// and looked into, as dbt allows then. In the second phase a [Scope] with a
// session has the warehouse answer, and whatever is undefined is refused by
// name, at its place, with the name that was probably meant. The few names that
// are not there yet, such as submit_python_job, are refused when they are
// called, printed or looped over.
package render
