package types

import (
	"fmt"
	"strconv"
	"strings"
	"sync"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/print"
)

// arityTable is how many arguments functions take, from and to; * is no limit.
const arityTable = `
0 0 CUME_DIST DENSE_RANK GETDATE PERCENT_RANK PI RANK ROW_NUMBER SYSDATE SYSTIMESTAMP
0 1 RANDOM SEQ1 SEQ2 SEQ4 SEQ8
0 2 UUID_STRING
1 * CONCAT COUNT GREATEST GREATEST_IGNORE_NULLS LEAST LEAST_IGNORE_NULLS
1 1 ABS ACOS ACOSH ANY_VALUE ARRAYAGG ARRAY_AGG ARRAY_COMPACT ARRAY_DISTINCT ARRAY_FLATTEN ARRAY_MAX ARRAY_MIN ARRAY_REVERSE ARRAY_SIZE
1 1 ARRAY_UNIQUE_AGG ASCII ASIN ASINH AS_ARRAY AS_BOOLEAN AS_CHAR AS_DOUBLE AS_OBJECT AS_REAL AS_VARCHAR ATAN ATANH AVG BITAND_AGG BITNOT
1 1 BITMAP_BIT_POSITION BITMAP_BUCKET_NUMBER BITMAP_CONSTRUCT_AGG BITMAP_COUNT BITMAP_OR_AGG BITOR_AGG BITXOR_AGG BIT_LENGTH BOOLAND_AGG BOOLNOT BOOLOR_AGG BOOLXOR_AGG CBRT CHAR CHECK_JSON CHR CONDITIONAL_CHANGE_EVENT
1 1 CONDITIONAL_TRUE_EVENT COS COSH COT COUNT_IF DAY DAYNAME DAYOFMONTH DAYOFWEEK DAYOFWEEKISO DAYOFYEAR DEGREES EXP FACTORIAL
1 1 HEX_DECODE_BINARY HEX_DECODE_STRING HOUR IS_ARRAY IS_BOOLEAN IS_NULL_VALUE IS_OBJECT KURTOSIS LEN LENGTH LN LOWER MD5 MD5_BINARY
1 1 MD5_HEX MEDIAN MINUTE MODE MONTH MONTHNAME NTILE NULLIFZERO OBJECT_KEYS OCTET_LENGTH QUARTER RADIANS REVERSE
1 1 RTRIMMED_LENGTH SECOND SHA1 SHA1_BINARY SHA1_HEX SIGN SIN SINH SKEW SOUNDEX SOUNDEX_P123 SPACE SQRT SQUARE STDDEV STDDEV_POP
1 1 STDDEV_SAMP STRIP_NULL_VALUE SUM TAN TANH TO_BOOLEAN TO_JSON TO_OBJECT TO_VARIANT TRY_HEX_DECODE_STRING TRY_TO_BOOLEAN
1 1 TYPEOF UNICODE UPPER VARIANCE VARIANCE_POP VARIANCE_SAMP VAR_POP VAR_SAMP WEEK WEEKISO WEEKOFYEAR YEAR YEAROFWEEK YEAROFWEEKISO ZEROIFNULL
1 2 PARSE_JSON TRY_PARSE_JSON BASE64_DECODE_STRING CEIL FLOOR HEX_ENCODE INITCAP LAST_DAY LISTAGG LTRIM PARSE_URL RTRIM SHA2 SHA2_HEX STRTOK_TO_ARRAY TO_BINARY
1 2 TO_CHAR TO_DATE TO_DOUBLE TO_TIME TO_TIMESTAMP TO_TIMESTAMP_LTZ TO_TIMESTAMP_NTZ TO_TIMESTAMP_TZ TO_VARCHAR TRIM TRY_TO_DATE
1 2 TRY_TO_TIME TRY_TO_TIMESTAMP TRY_TO_TIMESTAMP_NTZ
1 3 ARRAY_SORT BASE64_ENCODE LAG LEAD ROUND STRTOK
1 4 TO_DECIMAL TO_NUMBER TO_NUMERIC TRY_TO_DECIMAL TRY_TO_NUMBER TRY_TO_NUMERIC
2 * COALESCE CONCAT_WS OBJECT_DELETE OBJECT_PICK
2 2 ADD_MONTHS APPROX_PERCENTILE ARRAYS_OVERLAP ARRAYS_TO_OBJECT ARRAY_APPEND ARRAY_CAT ARRAY_CONTAINS ARRAY_EXCEPT ARRAY_INTERSECTION
2 2 ARRAY_POSITION ARRAY_PREPEND ARRAY_REMOVE ARRAY_REMOVE_AT ARRAY_TO_STRING ATAN2 BITAND BITOR BITSHIFTLEFT BITSHIFTRIGHT BITXOR BOOLAND
2 2 BOOLOR BOOLXOR CONTAINS CORR COVAR_POP COVAR_SAMP DATE_PART DATE_TRUNC DIV0 DIV0NULL ENDSWITH EQUAL_NULL GETBIT GET GET_IGNORE_CASE
2 2 GET_PATH IFNULL JAROWINKLER_SIMILARITY LEFT LOG MOD MONTHS_BETWEEN NEXT_DAY NTH_VALUE NULLIF NVL OBJECT_AGG POW POWER PREVIOUS_DAY
2 2 RANDSTR REGR_AVGX REGR_AVGY REGR_COUNT REGR_INTERCEPT REGR_R2 REGR_SLOPE REGR_SXX REGR_SXY REGR_SYY REGR_VALX REGR_VALY REPEAT RIGHT
2 2 SPLIT STARTSWITH
2 3 ARRAY_GENERATE_RANGE CHARINDEX CONVERT_TIMEZONE EDITDISTANCE LPAD MAX_BY MIN_BY POSITION REGEXP_LIKE REPLACE RLIKE RPAD SUBSTR SUBSTRING
2 4 REGEXP_COUNT
2 6 REGEXP_REPLACE REGEXP_SUBSTR REGEXP_SUBSTR_ALL
2 7 REGEXP_INSTR
3 * DECODE
3 3 ARRAY_INSERT ARRAY_SLICE DATEADD DATEDIFF DATEFROMPARTS DATE_FROM_PARTS IFF NORMAL NVL2 SPLIT_PART TIMEADD TIMEDIFF TIMESTAMPADD
3 3 TIMESTAMPDIFF TRANSLATE UNIFORM
3 4 OBJECT_INSERT TIMEFROMPARTS TIME_FROM_PARTS TIME_SLICE
4 4 HAVERSINE INSERT WIDTH_BUCKET
`

// arities are the numbers by function; most is -1 where there is no limit.
var arities = sync.OnceValue(func() map[string]struct{ least, most int } {
	out := map[string]struct{ least, most int }{}
	for line := range strings.Lines(strings.TrimSpace(arityTable)) {
		words := strings.Fields(line)
		least, _ := strconv.Atoi(words[0])
		most, err := strconv.Atoi(words[1])
		if err != nil {
			most = -1
		}
		for _, name := range words[2:] {
			out[name] = struct{ least, most int }{least, most}
		}
	}
	return out
})

// builtin is the name of a function of Snowflake's own, "" for another.
func builtin(e *ast.Call) string {
	if len(e.Name.Parts) != 1 {
		return ""
	}
	return e.Name.Parts[0].Name
}

// arity refuses a call that has too few or too many arguments.
func (c *checker) arity(e *ast.Call) {
	want, ok := arities()[builtin(e)]
	if !ok || c.info.Err != nil || !e.Pos().IsValid() {
		return
	}
	for _, a := range e.Args {
		if _, isStar := a.Value.(*ast.Star); isStar || a.Name != nil {
			return
		}
	}
	n, pos := len(e.Args), e.Pos()
	switch {
	case n < want.least:
		c.info.Err = &warehouse.Error{Code: 938, State: "22023", Line: pos.Line, Column: pos.Column, Message: fmt.Sprintf(
			"SQL compilation error: error %s\nnot enough arguments for function [%s], expected %d, got %d", pos, print.SQL(e), want.least, n)}
	case want.most >= 0 && n > want.most:
		c.info.Err = &warehouse.Error{Code: 939, State: "22023", Line: pos.Line, Column: pos.Column, Message: fmt.Sprintf(
			"SQL compilation error: error %s\ntoo many arguments for function [%s] expected %d, got %d", pos, print.SQL(e), want.most, n)}
	}
}

// numbersOnly are the functions whose arguments are numbers, and text that can
// be read as one.
var numbersOnly = nameSet(`ABS ACOS ACOSH ASIN ASINH ATAN ATAN2 ATANH AVG CBRT CEIL COS COSH COT DEGREES EXP FACTORIAL FLOOR
		KURTOSIS LN LOG MEDIAN MOD POW POWER RADIANS SIGN SIN SINH SKEW SQRT SQUARE STDDEV STDDEV_POP STDDEV_SAMP SUM TAN TANH VARIANCE VAR_POP VAR_SAMP`)

// nameSet are words as a set.
func nameSet(list string) map[string]bool {
	out := map[string]bool{}
	for name := range strings.FieldsSeq(list) {
		out[name] = true
	}
	return out
}

// variantsOnly are the functions that ask what is in a VARIANT.
var variantsOnly = nameSet(`TYPEOF IS_ARRAY IS_BINARY IS_BOOLEAN IS_CHAR IS_DATE IS_DATE_VALUE IS_DECIMAL IS_DOUBLE IS_INTEGER IS_NULL_VALUE IS_OBJECT IS_REAL IS_TIME
		IS_TIMESTAMP_LTZ IS_TIMESTAMP_NTZ IS_TIMESTAMP_TZ IS_VARCHAR AS_ARRAY AS_BINARY AS_BOOLEAN AS_CHAR AS_DATE AS_DECIMAL AS_DOUBLE AS_INTEGER AS_NUMBER
		AS_OBJECT AS_REAL AS_TIME AS_TIMESTAMP_LTZ AS_TIMESTAMP_NTZ AS_TIMESTAMP_TZ AS_VARCHAR`)

// takesVariant reports a function that what is no text becomes a VARIANT for, as
// Snowpark's suite has it of TYPEOF and ARRAY_SIZE.
func takesVariant(name string) bool { return variantsOnly[name] || name == "ARRAY_SIZE" }

// structuresFirst are the functions whose first argument is an ARRAY or an
// OBJECT, or a VARIANT that holds one.
var structuresFirst = nameSet(`ARRAYS_OVERLAP ARRAY_APPEND ARRAY_CAT ARRAY_COMPACT ARRAY_DISTINCT ARRAY_EXCEPT ARRAY_FLATTEN ARRAY_INSERT
		ARRAY_INTERSECTION ARRAY_MAX ARRAY_MIN ARRAY_PREPEND ARRAY_REMOVE ARRAY_REMOVE_AT ARRAY_REVERSE ARRAY_SIZE ARRAY_SLICE ARRAY_SORT
		ARRAY_TO_STRING OBJECT_DELETE OBJECT_INSERT OBJECT_KEYS OBJECT_PICK`)

// momentsFirst are the functions whose first argument is a date or a time, as
// text is none.
var momentsFirst = nameSet(`DAY DAYNAME DAYOFMONTH DAYOFWEEK DAYOFWEEKISO DAYOFYEAR HOUR LAST_DAY MINUTE MONTH MONTHNAME QUARTER SECOND WEEK WEEKISO
		WEEKOFYEAR YEAR YEAROFWEEK YEAROFWEEKISO`)

// kindsOfArguments refuses what can be no number where only numbers do, what is
// no VARIANT where only that does, and what holds nothing where a part of it is
// asked for.
func (c *checker) kindsOfArguments(e *ast.Call, args []Type) {
	name := builtin(e)
	zoned := name == "CONVERT_TIMEZONE" && len(args) == 3 && args[2].Is(warehouse.TimestampTZ) || name == "TO_DOUBLE" && len(args) == 1 && args[0].Is(warehouse.Boolean)
	if c.info.Err != nil || !numbersOnly[name] && !variantsOnly[name] && !structuresFirst[name] && !momentsFirst[name] && !zoned || !e.Pos().IsValid() {
		return
	}
	wrong, names := zoned, make([]string, len(args))
	for i, t := range args {
		switch t.Kind {
		case warehouse.Varchar, warehouse.Number, warehouse.Float, warehouse.Boolean:
			if takesVariant(name) && !t.Is(warehouse.Varchar) {
				break
			}
			wrong = wrong || variantsOnly[name] || structuresFirst[name] && i == 0 || momentsFirst[name] && i == 0 && t.Is(warehouse.Varchar)
		case warehouse.Date, warehouse.Time, warehouse.TimestampNTZ, warehouse.TimestampLTZ, warehouse.TimestampTZ, warehouse.Binary:
			wrong = wrong || !takesVariant(name) && !momentsFirst[name] && (!structuresFirst[name] || i == 0)
		case warehouse.Array, warehouse.Object:
			wrong = wrong || numbersOnly[name]
		}
		names[i] = t.signature()
		if names[i] == "" {
			return
		}
	}
	if wrong && (name == "AS_DECIMAL" || name == "AS_NUMBER") {
		c.invalidType(e, names[0], name+"(variantValue...)")
	} else if wrong {
		pos := e.Pos()
		c.info.Err = &warehouse.Error{Code: 1044, State: "42P13", Line: pos.Line, Column: pos.Column, Message: fmt.Sprintf(
			"SQL compilation error: error %s\nInvalid argument types for function '%s': (%s)", pos, builtin(e), strings.Join(names, ", "))}
	}
}

// signature is a type as refusals of arguments name it, "" if it is not known.
func (t Type) signature() string {
	switch t.Kind {
	case warehouse.Number:
		return fmt.Sprintf("NUMBER(%d,%d)", t.Precision, t.Scale)
	case warehouse.Varchar:
		const longest = 16777216
		length := t.Length
		if length == 0 {
			length = longest
		}
		return fmt.Sprintf("VARCHAR(%d)", length)
	case warehouse.Time, warehouse.TimestampNTZ, warehouse.TimestampLTZ, warehouse.TimestampTZ:
		return fmt.Sprintf("%s(%d)", t.Kind, t.Precision)
	case warehouse.Binary:
		return "BINARY(8388608)"
	}
	if !t.Known() {
		return ""
	}
	return string(t.Kind)
}
