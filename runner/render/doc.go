// Package render gives templates dbt's context: ref, source, config, var,
// env_var, this, target, is_incremental, the project's macros, and the other
// names that dbt's documentation lists.
//
// A [Library] holds a project's macros and the values every template sees. A
// template is rendered twice: first to find what it needs and how it is
// configured ([Library.Parse]), with execute false and nothing to ask a
// warehouse, then, just before it runs, for its SQL ([Library.Render]). What a
// template may not use yet is refused by name, at its place.
package render
