// Package render gives templates dbt's context: ref, source, config, var,
// env_var, this, target, is_incremental, the project's macros, and the other
// names that dbt's documentation lists.
//
// A [Library] holds a project's macros and the values every template sees; a
// [Scope] is what one template sees beside it. A template is rendered twice:
// first to find what it needs and how it is configured, with execute false and
// a scope that takes notes, then, just before it runs, for its SQL. Both are
// [Library.Render]. [Library.Call] calls one macro, such as a generic test,
// and [Library.Value] evaluates one expression, such as a test's argument.
//
// What a template may not use yet, such as run_query and adapter, is refused
// by name when it is called, printed or looped over, at its place; a template
// that only asks whether it is there goes on.
package render
