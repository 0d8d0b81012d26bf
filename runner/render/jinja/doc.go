// Package jinja renders Jinja templates as Python's Jinja2 does, down to the
// spelling of a printed list, for dbt projects.
//
// [Parse] reads a template once; [Env.Render] renders it with the names,
// filters and tests of an [Env] and those that Jinja2 itself has. What a
// template handles are the values of package value: lists and dicts are
// shared, integers do not overflow, and None, undefined and the empty text are
// three things. A host adds functions ([Func]), and objects that take part
// through the small interfaces of package value and [Caller].
//
// What dbt adds is here too: the blocks test, data_test, materialization, docs
// and snapshot, return() through the error value [Return], and macros bound to
// the names of their own package by [Bind]. Package pylib has the modules
// datetime and re.
//
// # Errors and limits
//
// A template that is wrong is an [*Error] with a file, a line and a column, in
// Jinja2's or Python's words, and with a suggestion where a name is misspelt.
// Nothing a template says makes a render panic or take memory without bound:
// what is nested too deeply, calls itself too often, or gets too large is such
// an error. A render stops when its context is done.
//
// # What is left out
//
// The tags extends, include, import, block, autoescape and trans, which dbt
// does not have either, and the filters and tests random, urlize and escaped.
// Each is refused by its name.
package jinja
