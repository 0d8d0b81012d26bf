// Package structure deals with the values of structured types: ARRAY(INT),
// OBJECT(a INT, b DATE), MAP(VARCHAR, INT).
//
// Such a value is kept as JSON in one form: an OBJECT has its keys in the order
// of its type, a MAP in the order of its keys, a number has no digits that say
// nothing, binary is hexadecimal, dates and times are text, TIMESTAMP_LTZ in
// UTC. Two values of one type are equal where their texts are, but for those of
// TIMESTAMP_TZ, which keep their offsets: they are where their keys are.
//
// A [Caster] makes such values of others, [Key] puts them in order, and
// [Decode] takes them apart.
//
// Source: Snowflake's documentation, "Structured data types".
package structure
