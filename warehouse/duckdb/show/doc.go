// Package show answers SHOW: which kinds of objects there are to show, with the
// columns of each, the place a statement looks in and the rows that its clauses
// leave. What there is it reads from the databases, and asks a session for what
// they do not tell.
package show
