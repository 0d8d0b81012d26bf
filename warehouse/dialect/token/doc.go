// Package token names the pieces of a Snowflake SQL text: their kinds, where
// they stand, and which words are reserved.
package token
