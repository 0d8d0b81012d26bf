package rewrite

import "strings"

// differences are how translated functions differ from Snowflake's, the names
// before the words.
const differences = `
HASH HASH_AGG: the numbers are others; equal values have equal ones
APPROX_TOP_K: the numbers are exact; as an aggregate alone
RANDOM: the numbers are others; a seed makes them repeat in a SELECT and its ORDER BY, not in WHERE, aggregates and windows
UNIFORM NORMAL RANDSTR: the values are others; the same generator gives the same
SEQ1 SEQ2 SEQ4 SEQ8: they count from 0 without gaps and do not wrap around
APPROX_COUNT_DISTINCT APPROXIMATE_COUNT_DISTINCT HLL APPROX_PERCENTILE: the estimate may be another
FLATTEN SPLIT_TO_TABLE STRTOK_SPLIT_TO_TABLE: behind another table function, SEQ is the same for equal inputs
GENERATOR: with TIMELIMIT alone, at most two million rows a second
TO_TIME TRY_TO_TIME TIME TO_TIMESTAMP TO_TIMESTAMP_NTZ TO_TIMESTAMP_LTZ TO_TIMESTAMP_TZ TRY_TO_TIMESTAMP_TZ TRY_TO_TIMESTAMP TRY_TO_TIMESTAMP_NTZ TRY_TO_TIMESTAMP_LTZ: a format is a literal
TO_DATE TRY_TO_DATE DATE: a format is a literal
TO_CHAR TO_VARCHAR: a format of dates is a literal; one of numbers has no exponent, FX or alternatives
TO_NUMBER TO_DECIMAL TO_NUMERIC TRY_TO_NUMBER TRY_TO_DECIMAL TRY_TO_NUMERIC: a format is a literal without exponent, FX or alternatives
HAVERSINE: the last digits may be others
CURRENT_ACCOUNT CURRENT_REGION CURRENT_USER CURRENT_VERSION: those of the local warehouse, always the same
CONDITIONAL_CHANGE_EVENT: over one table or subquery that has a name
`

// differs is how a function differs, "" if it is as Snowflake's.
func differs(name string) string {
	for line := range strings.Lines(differences) {
		names, how, _ := strings.Cut(line, ": ")
		for n := range strings.FieldsSeq(names) {
			if n == name {
				return strings.TrimSpace(how)
			}
		}
	}
	return ""
}
