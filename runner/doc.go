// Package runner runs a dbt project on a warehouse and its stages.
//
// A [Project] is made of [Node]s: models, seeds, tests and sources, each with
// the nodes it needs. [Run] builds those of a [Plan] in the order of their
// needs, several at a time, and reports every one to a [Reporter]. A model
// whose config names a plugin is a query whose rows stream through that
// plugin on their way to the model's table.
//
// The runner knows a warehouse, a stage volume and a plugin host only through
// the root packages that say what they promise. Reading a project from disk
// is the work of [github.com/snowpit-dev/snowpit/runner/project], templates of
// [github.com/snowpit-dev/snowpit/runner/render], order and selection of
// [github.com/snowpit-dev/snowpit/runner/graph], output of
// [github.com/snowpit-dev/snowpit/runner/report].
package runner
