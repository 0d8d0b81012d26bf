// Package graph orders a project's nodes and selects among them.
//
// It is pure: a [Graph] is made of ids, what each needs, and the attributes
// that selection asks for. Nothing here reads a file or a database; what only
// a state folder knows (what is new, what failed last time) comes in with the
// [Selection].
//
// # Selection
//
// A criterion is dbt's: [@][N+][method[.argument]:]value[+N]. Criteria
// separated by spaces are united, those joined by commas intersected; what
// exclude selects is taken away. Without a method, a value with a slash is a
// path, one that ends in .sql, .py or .csv a file, and any other a name: a
// node's own, or a dotted path of package, folders and name. A star matches
// anything, a question mark one character, brackets one of a set.
//
// A selection that is written out, as in selectors.yml, is an [Expr].
//
// Tests are chosen with the nodes they are about; how eagerly is
// Selection.Indirect.
package graph
