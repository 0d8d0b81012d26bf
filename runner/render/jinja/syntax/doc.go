// Package syntax reads Jinja templates into trees.
//
// [Parse] takes the text of a template and gives a [File]: its statements in
// order and, beside them, the blocks that dbt defines by name (macro, test,
// materialization, docs, snapshot). Nothing is looked up or evaluated here.
//
// Every node has a [Pos], an offset that the file's [Source] turns into a line
// and a column, and every complaint is an [*Error] that says them. Reading
// takes time in proportion to the length of the text, and a text nested too
// deeply for a machine's stack is refused.
package syntax
