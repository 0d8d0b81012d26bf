package refusal

import (
	"regexp"
	"strings"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/ducksql"
)

// A saying is what DuckDB says of a mistake, in which its message is all there
// is, and what Snowflake says of it; $1 and $2 stand for what DuckDB names.
type saying struct {
	duckdb      *regexp.Regexp
	code        int
	state, text string
}

// compiled are those of statements that do not compile.
var compiled = []saying{
	{regexp.MustCompile(`^Subquery returns (\d+) columns - expected (\d+)`), 2000, "42000", "a subquery gives $1 columns where $2 is expected"},
	{regexp.MustCompile(`^ORDER term out of range - should be between 1 and (\d+)`), 2000, "42000", "a position in ORDER BY is not among those of the select list, which are 1 to $1"},
	{regexp.MustCompile(`^Duplicate CTE name "(.*)"`), 2000, "42000", "duplicate alias '$1'"},
	{regexp.MustCompile(`\(duplicate alias "(?:[^"]*\.)?([^".]*)", explicitly alias`), 2000, "42000", "duplicate alias '$1'"},
	{regexp.MustCompile(`^Multiple assignments to same column "(.*)"`), 2025, "42S21", "duplicate column name '$1'"},
	{regexp.MustCompile(`^WHERE clause cannot contain aggregates`), 2035, "42601", "Invalid aggregate function in where clause"},
	{regexp.MustCompile(`cannot contain window functions|window functions are not allowed in`), 2000, "42000", "Window function appears outside of SELECT, QUALIFY, and ORDER BY clauses."},
	{regexp.MustCompile(`^aggregate function calls cannot be nested`), 2000, "42000", "Aggregate functions cannot be nested"},
	{regexp.MustCompile(`^Separator argument to StringAgg must be a constant`), 2000, "42000", "the delimiter of LISTAGG has to be a constant"},
	{regexp.MustCompile(`^Referenced table "([^"]*)" not found`), 904, "42000", "invalid identifier '$1'"},
	{regexp.MustCompile(`^Can only (update|delete from) base table`), 2000, "42000", "a view takes no rows and gives none up: $1 its tables instead"},
	{regexp.MustCompile(`^DECIMAL type width must be between 1 and 38`), 2000, "42000", "the precision of a NUMBER has to be from 1 to 38"},
	{regexp.MustCompile(`^DECIMAL type scale cannot be greater than width`), 2000, "42000", "the scale of a NUMBER cannot be larger than its precision"},
	{regexp.MustCompile(`^GROUPING (?:statement cannot be used without groups|function is not supported here)`), 2000, "42000", "GROUPING function without a GROUP BY"},
	{regexp.MustCompile(`^(?:Missing|Multiple) ASOF JOIN inequalit`), 2000, "42000", "MATCH_CONDITION clause is invalid: Only comparison operators '>=', '>', '<=' and '<' are allowed."},
	{regexp.MustCompile(`^Sample sample_size (\S+?)(?:\.0+)? out of range`), 2000, "42000", "the size of a sample is $1, and has to be from 0 to 100 percent"},
	{regexp.MustCompile(`^(?:PERCENTILEs|APPROXIMATE QUANTILE) can only take parameters in`), 1008, "22023", "invalid value for parameter 'percentile': it has to be a constant from 0.0 to 1.0"},
}

// executed are those of values.
var executed = []saying{
	{regexp.MustCompile(`^Invalid string encoding found in Parquet file ".*?": value (".*") is not valid UTF8`), 100065, "22000", "Invalid UTF8 detected in string $1"},
	{regexp.MustCompile(`^TProtocolException: `), 603, "58030", "SQL execution error: the header of a page in a Parquet file cannot be read"},
	{regexp.MustCompile(`^Out of buffer$|^don't know what type: |(?i:parquet file ")|/staged/[^"]*"|[Dd]ecompression failure`), 100073, "22000", "Error parsing the Parquet file: it is damaged or no Parquet file"},
	{regexp.MustCompile(`^Malformed JSON at byte \d+ of input: (.*?)\.\s+Input: `), 100069, "22P02", "Error parsing JSON: $1"},
	{regexp.MustCompile(`^More than one row returned by a subquery`), 90150, "22000", "Single-row subquery returns more than one row."},
	{regexp.MustCompile(`^Argument for ntile must be greater than zero`), 1008, "22023", "NTILE argument must be at least 1"},
	{regexp.MustCompile(`^(?:invalid )?timestamp field format: "(.*?)", expected format`), 100035, "22007", "Timestamp '$1' is not recognized"},
	{regexp.MustCompile(`^(?:invalid )?date field format: "(.*?)", expected format`), 100040, "22007", "Date '$1' is not recognized"},
	{regexp.MustCompile(`^Could not convert string '(.*)' to BOOL`), 100037, "22018", "Boolean value '$1' is not recognized"},
	{regexp.MustCompile(`^Failed to cast value to numerical: (.*)$`), 100037, "22018", "Boolean value '$1' is not recognized"},
	{regexp.MustCompile(`^Invalid UTF8 Codepoint (-?\d+)`), 100065, "22000", "Invalid character code $1 in the CHR input"},
	{regexp.MustCompile(`^Could not decode string "(.*)" as base64`), 100115, "22000", "The following string is not a legal base64-encoded value: '$1'"},
	{regexp.MustCompile(`^Unknown TimeZone '(.*?)'`), 1008, "22023", "Unknown time zone: '$1'"},
	{regexp.MustCompile(`^Type \w+ with value (\S+) can't be cast because the value is out of range`), 100039, "22003", "Numeric value '$1' is out of range"},
	{regexp.MustCompile(`^Overflow in HUGEINT \w+: (.*)$`), 100046, "22003", "Number out of representable range: type FIXED[SB16](38,0){nullable}, value $1"},
	{regexp.MustCompile(`^(?:factorial of a negative number is undefined|Value out of range)$`), 100039, "22003", "Invalid argument for FACTORIAL: it has to be from 0 to 33"},
}

// uncastable is what DuckDB says of two types that no cast leads between.
var uncastable = regexp.MustCompile(`^Unimplemented type for cast \((.+) -> (.+?)\)( when casting .*)?$`)

// saidOf finds what Snowflake says for what DuckDB said.
func saidOf(r *warehouse.Error, message string) bool {
	if m := uncastable.FindStringSubmatch(message); m != nil {
		r.Code, r.State = 1038, "22023"
		r.Message = "SQL compilation error:\nCan not convert parameter of type [" + ducksql.SnowflakeType(m[1]) + "] into expected type [" + ducksql.SnowflakeType(m[2]) + "]" + m[3]
		return true
	}
	return say(r, message, compiled, "SQL compilation error:\n") || say(r, message, executed, "")
}

func say(r *warehouse.Error, message string, sayings []saying, prefix string) bool {
	for _, s := range sayings {
		if m := s.duckdb.FindStringSubmatchIndex(message); m != nil {
			r.Code, r.State = s.code, s.state
			r.Message = prefix + strings.TrimSpace(string(s.duckdb.ExpandString(nil, s.text, message, m)))
			return true
		}
	}
	return false
}
