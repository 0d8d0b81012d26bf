// Package inferschema is the table function INFER_SCHEMA: which columns staged files
// have, and of which types.
package inferschema
