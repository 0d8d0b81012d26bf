package snowflake

// What tests from outside look at.
var (
	KindOf     = kindOfStatement
	CountBinds = countBinds
	ReadChunk  = readChunk
)
