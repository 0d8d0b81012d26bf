// Package param knows Snowflake's session parameters: what they are called,
// which values they take, and what they are when nobody sets them.
//
// It holds no values itself. A session keeps those that were set by their
// names, and asks [Lookup] about a name and [Param.Read] about a value.
package param
