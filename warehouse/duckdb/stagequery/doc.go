// Package stagequery is queries that read staged files: what a statement wants of
// the files of each @stage in it, temporary views that have just that, and the
// statement with those in the stages' places.
package stagequery
