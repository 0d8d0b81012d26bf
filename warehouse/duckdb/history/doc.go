// Package history keeps the query history: in memory, where the oldest give way,
// or in the state folder's history.jsonl, one line a statement, which outlives a
// process that dies in the middle of one.
package history
