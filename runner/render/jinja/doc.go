// Package jinja renders Jinja templates as Python's Jinja2 does, down to the
// spelling of a printed list, for dbt projects.
//
// [Parse] reads a template once; [Env.Render] renders it with the globals,
// filters and tests of an [Env]. Values keep Python's meaning: lists and dicts
// are shared, not copied ([List], [Dict]); integers do not overflow; None,
// undefined and the empty string are three things. Objects of the host take
// part through small interfaces: [Attrer], [Itemer], [Caller], [Seq],
// [Hasher], [Mapping].
//
// What dbt adds is here too: the blocks test, data_test, materialization, docs
// and snapshot, return() through the error value [Return], macros bound to a
// package's own globals by [Bind], and the modules datetime and re.
//
// A parsed [Template] may be rendered by several goroutines at once, each with
// an Env of its own. Nothing a template says makes a render panic, run for ever
// or take memory without bound: recursion, ranges and repeats are limited.
//
// Left out, as dbt has no use for them: extends, include, import, block,
// autoescape, translations and line statements.
package jinja
