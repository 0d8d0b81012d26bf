package rewrite

import (
	"strconv"
	"strings"
	"sync"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/print"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/types"
)

// same are the functions that mean the same on DuckDB, under the same name.
var same = words(`ABS ANY_VALUE ASINH COSH SINH TANH ASCII ATAN ATAN2 AVG CEIL COALESCE CORR COS COUNT
	COVAR_POP COVAR_SAMP CUME_DIST DEGREES DENSE_RANK EXP FLOOR GROUPING GROUPING_ID
	KURTOSIS LAG LEAD  LOWER LTRIM MAX MAX_BY MD5 MEDIAN MIN MIN_BY MODE NTILE NULLIF PERCENT_RANK
	PERCENTILE_CONT PERCENTILE_DISC PI POW POWER RADIANS RANK REGR_AVGX REGR_AVGY REGR_COUNT
	REGR_INTERCEPT REGR_R2 REGR_SLOPE REGR_SXX REGR_SXY REGR_SYY  REVERSE  ROUND
	ROW_NUMBER RTRIM SIGN SIN SUM TAN TRANSLATE TRIM  UPPER
	LAST_DAY FLATTEN GENERATOR SPLIT_TO_TABLE STRTOK_SPLIT_TO_TABLE SUBSTR SUBSTRING`)

// numeric are those of them that take numbers; the others take text or anything.
var numeric = words(`ABS ASINH COSH SINH TANH ATAN ATAN2 AVG CEIL CORR COS COVAR_POP COVAR_SAMP DEGREES EXP
	FLOOR KURTOSIS MEDIAN POW POWER RADIANS ROUND SIGN SIN STDDEV STDDEV_POP STDDEV_SAMP SUM TAN
	VAR_POP VAR_SAMP`)

// arities are the numbers of arguments that same functions may have, where
// more or fewer mean something else.
var arities = map[string][2]int{"CEIL": {1, 1}, "FLOOR": {1, 1}, "ROUND": {1, 2},
	"LAST_DAY": {1, 1}, "SUBSTR": {2, 3}, "SUBSTRING": {2, 3}, "MIN_BY": {2, 2}, "MAX_BY": {2, 2}}

// templates are the functions that an expression of DuckDB's can say, by name
// and number of arguments.
const templateTable = `
IFF/3                 CASE WHEN $1 THEN $2 ELSE $3 END
NVL/2                 COALESCE($1, $2)
IFNULL/2              COALESCE($1, $2)
NVL2/3                CASE WHEN $1 IS NOT NULL THEN $2 ELSE $3 END
ZEROIFNULL/1          COALESCE($1, 0)
NULLIFZERO/1          NULLIF($1, 0)
EQUAL_NULL/2          ($1 IS NOT DISTINCT FROM $2)
BOOLAND/2             (CAST($1 AS BOOLEAN) AND CAST($2 AS BOOLEAN))
BOOLOR/2              (CAST($1 AS BOOLEAN) OR CAST($2 AS BOOLEAN))
BOOLNOT/1             (NOT CAST($1 AS BOOLEAN))
CONTAINS/2            CONTAINS($1, $2)
STARTSWITH/2          STARTS_WITH($1, $2)
ENDSWITH/2            ENDS_WITH($1, $2)
LEN/1                 LENGTH($1)
LENGTH/1              LENGTH($1)
CHARINDEX/2           STRPOS($2, $1)
POSITION/2            STRPOS($2, $1)
CHARINDEX/3           CASE WHEN CONTAINS(SUBSTR($2, __SF.MAIN.from_first($3, 'start_pos')), $1) THEN STRPOS(SUBSTR($2, $3), $1) + $3 - 1 ELSE 0 END
POSITION/3            CASE WHEN CONTAINS(SUBSTR($2, __SF.MAIN.from_first($3, 'start_pos')), $1) THEN STRPOS(SUBSTR($2, $3), $1) + $3 - 1 ELSE 0 END
LPAD/2                __SF.MAIN.lpad_to($1, $2, ' ')
LPAD/3                __SF.MAIN.lpad_to($1, $2, $3)
RPAD/2                __SF.MAIN.rpad_to($1, $2, ' ')
RPAD/3                __SF.MAIN.rpad_to($1, $2, $3)
FACTORIAL/1           FACTORIAL(CAST($1 AS INTEGER))
CBRT/1                __SF.MAIN.cube_root(CAST($1 AS DOUBLE))
LIKE/2                ($1 LIKE $2)
LIKE/3                ($1 LIKE $2 ESCAPE $3)
ILIKE/2               ($1 ILIKE $2)
ILIKE/3               ($1 ILIKE $2 ESCAPE $3)
REPLACE/2             REPLACE($1, $2, '')
REPLACE/3             __SF.MAIN.replace_text($1, $2, $3)
CHR/1                 CHR(CAST($1 AS INTEGER))
CHAR/1                CHR(CAST($1 AS INTEGER))
SPACE/1               __SF.MAIN.repeat_text(' ', CAST($1 AS BIGINT))
SPLIT/2               TO_JSON(__SF.MAIN.split($1, $2))
SHA2/1                SHA256($1)
SHA1/1                SHA1($1)
SHA1_HEX/1            SHA1($1)
MD5_HEX/1             MD5($1)
BASE64_ENCODE/1       TO_BASE64(ENCODE($1))
BASE64_DECODE_STRING/1 DECODE(FROM_BASE64($1))
HEX_ENCODE/1          HEX($1)
HEX_DECODE_STRING/1   DECODE(__SF.MAIN.unhexed($1))
EDITDISTANCE/2        __SF.MAIN.edit_distance($1, $2)
REGEXP_LIKE/2         REGEXP_FULL_MATCH($1, $2)
RLIKE/2               REGEXP_FULL_MATCH($1, $2)
REGEXP_REPLACE/2      REGEXP_REPLACE($1, $2, '', 'g')
REGEXP_REPLACE/3      __SF.MAIN.re_replace_all($1, $2, $3)
REGEXP_SUBSTR/2       CASE WHEN REGEXP_MATCHES($1, $2) THEN REGEXP_EXTRACT($1, $2) END
REGEXP_COUNT/2        LENGTH(REGEXP_EXTRACT_ALL($1, $2))
SQUARE/1              ($1 * $1)
SQRT/1                __SF.MAIN.real_root(CAST($1 AS DOUBLE))
LN/1                  __SF.MAIN.natural_log(CAST($1 AS DOUBLE))
LOG/2                 __SF.MAIN.log_to(CAST($1 AS DOUBLE), CAST($2 AS DOUBLE))
ACOS/1                __SF.MAIN.arc('acos', ACOS(CAST($1 AS DOUBLE)), CAST($1 AS DOUBLE))
ASIN/1                __SF.MAIN.arc('asin', ASIN(CAST($1 AS DOUBLE)), CAST($1 AS DOUBLE))
ATANH/1               __SF.MAIN.arc('atanh', ATANH(CAST($1 AS DOUBLE)), CAST($1 AS DOUBLE))
ACOSH/1               __SF.MAIN.arc_cosh(CAST($1 AS DOUBLE))
COT/1                 __SF.MAIN.cotangent(CAST($1 AS DOUBLE))
TRUNC/1               TRUNC($1)
TRUNCATE/1            TRUNC($1)
TRUNCATE/2            TRUNC($1, CAST($2 AS INTEGER))
TRUNC/2               TRUNC($1, CAST($2 AS INTEGER))
HAVERSINE/4           (2 * 6371 * ASIN(SQRT(POWER(SIN(RADIANS($3 - $1) / 2), 2) + COS(RADIANS($1)) * COS(RADIANS($3)) * POWER(SIN(RADIANS($4 - $2) / 2), 2))))
YEAR/1                YEAR($1)
QUARTER/1             QUARTER($1)
MONTH/1               MONTH($1)
DAY/1                 DAY($1)
DAYOFMONTH/1          DAY($1)
DAYOFYEAR/1           DAYOFYEAR($1)
DAYOFWEEK/1           DAYOFWEEK($1)
DAYOFWEEKISO/1        ISODOW($1)
DAYOFWEEK_ISO/1       ISODOW($1)
WEEK/1                WEEK($1)
WEEKOFYEAR/1          WEEK($1)
WEEKISO/1             WEEK($1)
YEAROFWEEK/1          ISOYEAR($1)
YEAROFWEEKISO/1       ISOYEAR($1)
HOUR/1                HOUR($1)
MINUTE/1              MINUTE($1)
SECOND/1              SECOND($1)
DAYNAME/1             LEFT(DAYNAME($1), 3)
MONTHNAME/1           LEFT(MONTHNAME($1), 3)
DATE_FROM_PARTS/3     CAST(MAKE_DATE(CAST($1 AS BIGINT), 1, 1) + TO_MONTHS(CAST($2 AS INTEGER) - 1) + TO_DAYS(CAST($3 AS INTEGER) - 1) AS DATE)
DATEFROMPARTS/3       CAST(MAKE_DATE(CAST($1 AS BIGINT), 1, 1) + TO_MONTHS(CAST($2 AS INTEGER) - 1) + TO_DAYS(CAST($3 AS INTEGER) - 1) AS DATE)
CURRENT_DATE/0        CAST(CAST(GET_CURRENT_TIMESTAMP() AS TIMESTAMP) AS DATE)
CURRENT_TIMESTAMP/0   DATE_TRUNC('milliseconds', GET_CURRENT_TIMESTAMP())
CURRENT_TIMESTAMP/1   DATE_TRUNC('milliseconds', GET_CURRENT_TIMESTAMP())
GETDATE/0             DATE_TRUNC('milliseconds', GET_CURRENT_TIMESTAMP())
LOCALTIMESTAMP/0      DATE_TRUNC('milliseconds', GET_CURRENT_TIMESTAMP())
SYSTIMESTAMP/0        DATE_TRUNC('milliseconds', GET_CURRENT_TIMESTAMP())
SYSDATE/0             TIMEZONE('UTC', GET_CURRENT_TIMESTAMP())
CONVERT_TIMEZONE/3    TIMEZONE($2, TIMEZONE($1, CAST($3 AS TIMESTAMP)))
TO_DOUBLE/1           CAST($1 AS DOUBLE)
TRY_TO_DOUBLE/1       TRY_CAST($1 AS DOUBLE)
BOOLAND_AGG/1         BOOL_AND(CAST($1 AS BOOLEAN))
BOOLOR_AGG/1          BOOL_OR(CAST($1 AS BOOLEAN))
BITAND_AGG/1          BIT_AND(CAST($1 AS BIGINT))
BITOR_AGG/1           BIT_OR(CAST($1 AS BIGINT))
BITXOR_AGG/1          BIT_XOR(CAST($1 AS BIGINT))
SKEW/1                SKEWNESS($1)
APPROX_COUNT_DISTINCT/1 APPROX_COUNT_DISTINCT($1)
HLL/1                 APPROX_COUNT_DISTINCT($1)
APPROX_PERCENTILE/2   APPROX_QUANTILE(CAST($1 AS DOUBLE), $2)
SEQ1/1                (ROW_NUMBER() OVER () - 1)
SEQ2/1                (ROW_NUMBER() OVER () - 1)
SEQ4/1                (ROW_NUMBER() OVER () - 1)
SEQ8/1                (ROW_NUMBER() OVER () - 1)
SEQ1/0                (ROW_NUMBER() OVER () - 1)
SEQ2/0                (ROW_NUMBER() OVER () - 1)
SEQ4/0                (ROW_NUMBER() OVER () - 1)
SEQ8/0                (ROW_NUMBER() OVER () - 1)
RANDOM/0              CAST(TRUNC((RANDOM() - 0.5) * 18446744073709549568.0) AS BIGINT)
UUID_STRING/0         CAST(UUID() AS VARCHAR)
TRY_PARSE_JSON/1      __SF.MAIN.try_parse_json($1)
TO_VARIANT/1          TO_JSON($1)
TO_JSON/1             __SF_SHOWN(CAST(TO_JSON($1) AS VARCHAR))
ARRAY_SIZE/1          CASE WHEN JSON_TYPE($1) = 'ARRAY' THEN CAST(JSON_ARRAY_LENGTH($1) AS BIGINT) END
ARRAY_CONTAINS/2      CASE WHEN $1 IS NOT NULL THEN LIST_CONTAINS(__SF.MAIN.items($2), TO_JSON($1)) WHEN LEN(LIST_FILTER(__SF.MAIN.items($2), x -> NOT __SF.MAIN.is_full(x))) > 0 THEN TRUE END
OBJECT_KEYS/1         TO_JSON(JSON_KEYS($1))
OBJECT_AGG/2          __SF.MAIN.object_of(LIST(__SF.MAIN.member($1, $2)))
GREATEST_IGNORE_NULLS/2 GREATEST($1, $2)
LEAST_IGNORE_NULLS/2  LEAST($1, $2)
DIV0/2                CASE WHEN $2 = 0 AND $1 IS NOT NULL THEN 0 WHEN $2 <> 0 THEN __SF.MAIN.div($1, $2) END
DIV0NULL/2            CASE WHEN $1 IS NULL THEN NULL WHEN COALESCE($2, 0) = 0 THEN 0 ELSE __SF.MAIN.div($1, $2) END
MOD/2                 __SF.MAIN.mod($1, $2)
CEIL/2                __SF.MAIN.ceil_to($1, $2)
FLOOR/2               __SF.MAIN.floor_to($1, $2)
WIDTH_BUCKET/4        __SF.MAIN.width_bucket($1, $2, $3, $4)
BITAND/2              __SF.MAIN.bitand($1, $2)
BITOR/2               __SF.MAIN.bitor($1, $2)
BITXOR/2              XOR(CAST($1 AS BIGINT), CAST($2 AS BIGINT))
BITNOT/1              (-1 - CAST($1 AS BIGINT))
BITSHIFTLEFT/2        __SF.MAIN.bitshiftleft($1, $2)
BITSHIFTRIGHT/2       __SF.MAIN.bitshiftright($1, $2)
TO_BOOLEAN/1          __SF.MAIN.to_boolean($1)
TRY_TO_BOOLEAN/1      __SF.MAIN.try_to_boolean($1)
STRTOK/3              __SF.MAIN.strtok($1, $2, $3)
STRTOK/2              __SF.MAIN.strtok($1, $2, 1)
STRTOK/1              __SF.MAIN.strtok($1, ' ', 1)
INITCAP/1             __SF.MAIN.initcap($1)
INITCAP/2             __SF.MAIN.initcap_by($1, $2)
REPEAT/2              __SF.MAIN.repeat_text(CAST($1 AS VARCHAR), CAST($2 AS BIGINT))
UNICODE/1             CASE WHEN $1 = '' THEN 0 ELSE UNICODE($1) END
LEFT/2                LEFT($1, CASE WHEN $2 < 0 THEN 0 ELSE $2 END)
RIGHT/2               RIGHT($1, CASE WHEN $2 < 0 THEN 0 ELSE $2 END)
MAX_BY/3              TO_JSON(MAX_BY($1, $2, $3))
MIN_BY/3              TO_JSON(MIN_BY($1, $2, $3))
NEXT_DAY/2            __SF.MAIN.next_day($1, $2)
PREVIOUS_DAY/2        __SF.MAIN.previous_day($1, $2)
MONTHS_BETWEEN/2      __SF.MAIN.months_between($1, $2)
TIME_FROM_PARTS/3     __SF.MAIN.time_from_parts($1, $2, $3, 0)
TIME_FROM_PARTS/4     __SF.MAIN.time_from_parts($1, $2, $3, $4)
TIMEFROMPARTS/3       __SF.MAIN.time_from_parts($1, $2, $3, 0)
TIMESTAMP_FROM_PARTS/6 __SF.MAIN.timestamp_from_parts($1, $2, $3, $4, $5, $6, 0)
TIMESTAMP_FROM_PARTS/7 __SF.MAIN.timestamp_from_parts($1, $2, $3, $4, $5, $6, $7)
TIMESTAMP_NTZ_FROM_PARTS/6 __SF.MAIN.timestamp_from_parts($1, $2, $3, $4, $5, $6, 0)
TIMESTAMP_NTZ_FROM_PARTS/7 __SF.MAIN.timestamp_from_parts($1, $2, $3, $4, $5, $6, $7)
PARSE_JSON/1          __SF.MAIN.parse_json($1)
CHECK_JSON/1          __SF_CHECK_JSON($1)
STRIP_NULL_VALUE/1    CASE WHEN JSON_TYPE($1) <> 'NULL' THEN $1 END
TYPEOF/1              __SF.MAIN.type_name($1)
IS_NULL_VALUE/1       (JSON_TYPE($1) = 'NULL')
IS_INTEGER/1          __SF.MAIN.is_integer($1)
IS_DECIMAL/1          __SF.MAIN.is_decimal($1)
IS_VARCHAR/1          (__SF.MAIN.type_name($1) = 'VARCHAR')
IS_CHAR/1             (__SF.MAIN.type_name($1) = 'VARCHAR')
IS_BOOLEAN/1          (JSON_TYPE($1) = 'BOOLEAN')
IS_ARRAY/1            (JSON_TYPE($1) = 'ARRAY')
IS_OBJECT/1           (JSON_TYPE($1) = 'OBJECT')
AS_INTEGER/1          CASE WHEN __SF.MAIN.is_decimal($1) THEN CAST(JSON_EXTRACT_STRING($1, '$') AS BIGINT) END
AS_VARCHAR/1          CASE WHEN __SF.MAIN.type_name($1) = 'VARCHAR' THEN __SF.MAIN.text_in($1) END
AS_CHAR/1             CASE WHEN __SF.MAIN.type_name($1) = 'VARCHAR' THEN __SF.MAIN.text_in($1) END
AS_BOOLEAN/1          CASE WHEN JSON_TYPE($1) = 'BOOLEAN' THEN CAST($1 AS BOOLEAN) END
AS_DOUBLE/1           __SF.MAIN.real_of($1)
AS_ARRAY/1            CASE WHEN JSON_TYPE($1) = 'ARRAY' THEN $1 END
AS_OBJECT/1           CASE WHEN JSON_TYPE($1) = 'OBJECT' THEN $1 END
ARRAY_APPEND/2        CASE WHEN $1 IS NOT NULL THEN TO_JSON(LIST_APPEND(__SF.MAIN.items($1), __SF.MAIN.or_gap($2))) END
ARRAY_PREPEND/2       CASE WHEN $1 IS NOT NULL THEN TO_JSON(LIST_PREPEND(__SF.MAIN.or_gap($2), __SF.MAIN.items($1))) END
ARRAY_CAT/2           CASE WHEN $1 IS NOT NULL AND $2 IS NOT NULL THEN TO_JSON(LIST_CONCAT(__SF.MAIN.items($1), __SF.MAIN.items($2))) END
ARRAY_COMPACT/1       TO_JSON(LIST_FILTER(__SF.MAIN.items($1), x -> __SF.MAIN.is_full(x)))
ARRAY_SLICE/3         __SF.MAIN.array_slice($1, $2, $3)
ARRAY_DISTINCT/1      __SF.MAIN.array_distinct($1)
ARRAY_POSITION/2      (NULLIF(LIST_POSITION(__SF.MAIN.items($2), TO_JSON($1)), 0) - 1)
ARRAY_INTERSECTION/2  CASE WHEN $1 IS NOT NULL AND $2 IS NOT NULL THEN __SF.MAIN.array_intersection($1, $2) END
ARRAY_EXCEPT/2        CASE WHEN $1 IS NOT NULL AND $2 IS NOT NULL THEN __SF.MAIN.array_except($1, $2) END
ARRAYS_OVERLAP/2      LIST_HAS_ANY(__SF.MAIN.items($1), __SF.MAIN.items($2))
OBJECT_INSERT/3       __SF.MAIN.object_insert($1, $2, $3)
OBJECT_INSERT/4       __SF.MAIN.object_insert(CASE WHEN $4 THEN __SF.MAIN.object_delete($1, LIST_VALUE($2)) ELSE $1 END, $2, $3)
`

// texts are the functions that take text, and which of their arguments are:
// numbers, dates and the rest are converted to it.
var texts = arguments(`ASCII/1 BASE64_DECODE_STRING/1 BASE64_ENCODE/1 CHARINDEX/12 CONTAINS/12 EDITDISTANCE/12 ENDSWITH/12 HEX_DECODE_STRING/1 HEX_ENCODE/1 INITCAP/1
	LEFT/1 LIKE/12 ILIKE/12 LENGTH/1 LEN/1 LOWER/1 LPAD/13 LTRIM/12 MD5/1 MD5_HEX/1 POSITION/12 REGEXP_COUNT/12 REGEXP_INSTR/12 REGEXP_LIKE/12
	REGEXP_REPLACE/123 REGEXP_SUBSTR/12 REPEAT/1 REPLACE/123 REVERSE/1 RIGHT/1 RLIKE/12 RPAD/13 RTRIM/12 SHA1/1 SHA1_HEX/1 SHA2/1
	SHA2_HEX/1 SPLIT/12 SPLIT_PART/12 STARTSWITH/12 STRTOK/12 SUBSTR/1 SUBSTRING/1 TRANSLATE/123 TRIM/12 UNICODE/1 UPPER/1`)

// wholes are the functions that DuckDB has for BIGINTs alone, and which of their
// arguments are such: other NUMBERs, and text, are converted to it.
var wholes = arguments(`ARRAY_GENERATE_RANGE/123 ARRAY_INSERT/2 CHARINDEX/3 LEFT/2 LPAD/2 POSITION/3 REGEXP_COUNT/3 REGEXP_EXTRACT_ALL/346
	REGEXP_INSTR/3457 REGEXP_REPLACE/45 REGEXP_SUBSTR/346 REGEXP_SUBSTR_ALL/346 RIGHT/2 RPAD/2 SPLIT_PART/3 STRTOK/3 SUBSTR/23 SUBSTRING/23 TIME_SLICE/2`)

// variants are the functions that put values into semi-structured ones, and
// which of their arguments those are.
var variants = arguments(`ARRAY_APPEND/2 ARRAY_CONTAINS/1 ARRAY_INSERT/3 ARRAY_POSITION/1 ARRAY_PREPEND/2 ARRAY_REMOVE/2 OBJECTAGG/2 OBJECT_AGG/2
	OBJECT_INSERT/3 REDUCE/2 TO_ARRAY/1 TO_VARIANT/1`)

func arguments(list string) map[string]string {
	out := map[string]string{}
	for _, f := range strings.Fields(list) {
		name, places, _ := strings.Cut(f, "/")
		out[name] = places
	}
	return out
}

// textArguments converts those arguments of c that are to be text. Bytes stay
// such to the functions that count or cut them.
func (r *rewriter) textArguments(name string, args []ast.Expr) {
	for _, place := range texts[name] {
		i := int(place - '1')
		if i >= len(args) {
			continue
		}
		if t := r.info.Type(args[i]); t.Known() && !t.Is(warehouse.Binary) && !t.JSON() {
			args[i] = r.textOf(args[i])
		}
	}
}

// otherArguments converts those arguments of c that are to be whole numbers, or
// values in semi-structured ones.
func (r *rewriter) otherArguments(name string, args []ast.Expr) {
	for places, as := range map[string]func(ast.Expr) ast.Expr{wholes[name]: r.wholeNumber, variants[name]: r.inJSON} {
		for _, place := range places {
			if i := int(place - '1'); i < len(args) {
				args[i] = as(args[i])
			}
		}
	}
}

// wholeNumber is e for a place where DuckDB takes a BIGINT and no wider number.
// What is neither number nor text stays, and is refused there.
func (r *rewriter) wholeNumber(e ast.Expr) ast.Expr {
	digits, _ := signedNumber(e)
	if _, err := strconv.ParseInt(digits, 10, 64); err == nil {
		return e
	}
	switch t := r.info.Type(e); {
	case r.isJSON(e):
		return cast(unquote(e), "BIGINT")
	case t.Is(warehouse.Float):
		return cast(call("ROUND", e), "BIGINT")
	case !t.Known(), t.Is(warehouse.Number, warehouse.Varchar, types.Null):
		return cast(e, "BIGINT")
	}
	return e
}

// keepsJSON are the templates that take semi-structured values as they are.
var keepsJSON = words(`IFF NVL IFNULL NVL2 ZEROIFNULL EQUAL_NULL TO_VARIANT TO_JSON ARRAY_SIZE ARRAY_CONTAINS OBJECT_KEYS
	OBJECT_AGG
	STRIP_NULL_VALUE TYPEOF IS_NULL_VALUE IS_INTEGER IS_DECIMAL IS_VARCHAR IS_CHAR IS_BOOLEAN IS_ARRAY IS_OBJECT AS_INTEGER AS_VARCHAR AS_CHAR AS_BOOLEAN AS_DOUBLE
	AS_ARRAY AS_OBJECT ARRAY_APPEND ARRAY_PREPEND ARRAY_CAT ARRAY_COMPACT ARRAY_SLICE ARRAY_DISTINCT ARRAY_POSITION ARRAY_INTERSECTION
	ARRAY_EXCEPT ARRAYS_OVERLAP OBJECT_INSERT IS_DOUBLE IS_REAL IS_BINARY IS_DATE IS_DATE_VALUE IS_TIME IS_TIMESTAMP_NTZ IS_TIMESTAMP_LTZ
	IS_TIMESTAMP_TZ AS_BINARY AS_DATE AS_TIME AS_TIMESTAMP_NTZ AS_TIMESTAMP_LTZ AS_TIMESTAMP_TZ AS_REAL AS_NUMBER AS_DECIMAL ARRAY_INSERT ARRAY_REMOVE ARRAY_REMOVE_AT ARRAY_REVERSE ARRAY_FLATTEN ARRAY_MAX ARRAY_MIN ARRAY_SORT
	ARRAY_GENERATE_RANGE ARRAYS_TO_OBJECT OBJECTAGG GET_IGNORE_CASE TO_ARRAY TO_OBJECT HASH`)

// asksVariant are those that ask what is in one, of whatever can become one.
var asksVariant = words(`ARRAY_SIZE TYPEOF IS_ARRAY IS_BINARY IS_BOOLEAN IS_CHAR IS_DATE IS_DATE_VALUE IS_DECIMAL IS_DOUBLE IS_INTEGER IS_NULL_VALUE IS_OBJECT IS_REAL IS_TIME
	IS_TIMESTAMP_LTZ IS_TIMESTAMP_NTZ IS_TIMESTAMP_TZ IS_VARCHAR AS_ARRAY AS_BINARY AS_BOOLEAN AS_CHAR AS_DATE AS_DECIMAL AS_DOUBLE AS_INTEGER AS_NUMBER
	AS_OBJECT AS_REAL AS_TIME AS_TIMESTAMP_LTZ AS_TIMESTAMP_NTZ AS_TIMESTAMP_TZ AS_VARCHAR`)

// refused are Snowflake's functions that are documented and not translated.
var refused = func() map[string]bool {
	out := map[string]bool{}
	for _, f := range families {
		for name := range words(f.names) {
			out[name] = true
		}
	}
	return out
}()

func words(list string) map[string]bool {
	set := map[string]bool{}
	for _, w := range strings.Fields(list) {
		set[w] = true
	}
	return set
}

// templates is templateTable by function and number of arguments.
var templates = sync.OnceValue(func() map[string]string {
	out := map[string]string{}
	for line := range strings.Lines(strings.TrimSpace(templateTable + numberTemplates + textTemplates + dateTemplates + structuredTemplates)) {
		if name, text, ok := strings.Cut(strings.TrimSpace(line), " "); ok {
			out[name] = strings.TrimSpace(text)
		}
	}
	return out
})

// call translates a call whose arguments are translated already.
func (r *rewriter) call(c *ast.Call) ast.Expr {
	if c.Foreign != nil {
		return r.foreign(c)
	}
	if c.Over != nil {
		r.ranked(c)
		r.orders(c.Over.OrderBy)
		r.orderedKeys(c.Over.OrderBy)
		r.orderVariants(c.Over.OrderBy)
		for i := range c.Over.PartitionBy {
			c.Over.PartitionBy[i] = r.moment(c.Over.PartitionBy[i])
		}
	}
	name := known(c)
	if name == "" {
		r.unknownPlace(c)
		return c
	}
	args := make([]ast.Expr, len(c.Args))
	for i, a := range c.Args {
		args[i] = a.Value
	}
	r.textArguments(name, args)
	r.otherArguments(name, args)
	for i := range args {
		c.Args[i].Value = args[i]
	}
	if e, ok := r.fineCall(name, c, args); ok {
		return e
	}
	if e, ok := r.zonedCall(name, c, args); ok {
		return e
	}
	r.orders(c.WithinGroup)
	r.orderedKeys(c.WithinGroup)
	if value, ok := r.cfg.Context[name]; ok && len(args) == 0 {
		if value == "" { // a session may stand in no schema
			return cast(&ast.Null{At: c.At}, "VARCHAR")
		}
		return text(value)
	}
	if r.counters[c] {
		return &ast.Column{At: c.At, Parts: []ast.Ident{generated}}
	}
	if e, ok := r.structuredCall(name, c, args); ok {
		return r.restructured(name, c, e)
	}
	if e, ok := r.special(name, c, args); ok {
		return r.restructured(name, c, e)
	}
	if _, ok := templates()[name+"/"+strconv.Itoa(len(args))]; ok {
		return r.restructured(name, c, r.fromTemplate(name, c, args))
	}
	if same[name] {
		return r.sameCall(name, c)
	}
	if refused[name] || byHand[name] || r.hasTemplate(name) || strings.HasPrefix(name, "SYSTEM$") {
		r.refuse(c, "the function %s with %d arguments", name, len(args))
	} else {
		r.unknown(c, name)
	}
	return c
}

// unknownPlace refuses a function by its full name. Those of INFORMATION_SCHEMA
// that Snowflake has, and those of its database SNOWFLAKE, are refused as such.
func (r *rewriter) unknownPlace(c *ast.Call) {
	name := print.SQL(c.Name)
	if stand := r.cfg.InformationSchema; stand != "" {
		name = strings.Replace(name, stand+".", "INFORMATION_SCHEMA.", 1)
	}
	if n := c.Name.Last(); strings.HasSuffix(name, "INFORMATION_SCHEMA."+n) && refused[n] {
		r.refuse(c, "the function %s", name)
		return
	}
	if parts := c.Name.Parts; len(parts) == 3 && parts[0].Name == "SNOWFLAKE" {
		r.refuse(c, "the function %s", name)
		return
	}
	r.unknown(c, name)
}

// unknown refuses a function that Snowflake has not either. DuckDB's own are
// among them: they would be red in production, and some reach outside.
func (r *rewriter) unknown(c *ast.Call, name string) {
	if r.err == nil {
		pos := c.Pos()
		r.err = &warehouse.Error{Code: 2140, State: "42601", Line: pos.Line, Column: pos.Column, Kind: warehouse.ErrNotExist,
			Message: "SQL compilation error:\nUnknown function " + name}
	}
}

// hasTemplate reports whether name has a template for some number of
// arguments.
func (r *rewriter) hasTemplate(name string) bool {
	for n := range 5 {
		if _, ok := templates()[name+"/"+strconv.Itoa(n)]; ok {
			return true
		}
	}
	return false
}

// fromTemplate is c as its template says it, a window and DISTINCT kept.
func (r *rewriter) fromTemplate(name string, c *ast.Call, args []ast.Expr) ast.Expr {
	switch name {
	case "IFF", "NVL2":
		r.alike(places(args[1:]))
	case "NVL", "IFNULL", "GREATEST_IGNORE_NULLS", "LEAST_IGNORE_NULLS":
		r.alike(places(args))
	case "EQUAL_NULL":
		r.matching(places(args))
	case "DIV0", "DIV0NULL":
		return r.divideOr0(name, args)
	}
	if !keepsJSON[name] {
		for i := range args {
			args[i] = r.asText(args[i])
		}
	}
	if asksVariant[name] {
		if t := r.info.Type(args[0]); t.Known() && !t.JSON() && t.Kind != types.Null {
			args[0] = toJSON(r.inJSON(args[0]))
		}
	}
	e := template(templates()[name+"/"+strconv.Itoa(len(args))], args...)
	ast.Inspect(e, func(n ast.Node) bool {
		if c, ok := n.(*ast.Call); ok && len(c.Name.Parts) == 3 && c.Name.Parts[0].Name == Macros {
			r.untyped(c)
		}
		return true
	})
	if c.Distinct || c.Over != nil {
		out, ok := e.(*ast.Call)
		if !ok || c.Nulls != "" {
			r.refuse(c, "%s as a window function", name)
			return c
		}
		if len(out.Name.Parts) > 1 && len(out.Args) == 1 { // a macro, which no window takes, of an aggregate
			if of, ok := out.Args[0].Value.(*ast.Call); ok {
				out = of
			}
		}
		out.Distinct, out.Over = c.Distinct, c.Over
	}
	return e
}

// sameCall is a call that DuckDB understands, with arguments of types it
// takes.
func (r *rewriter) sameCall(name string, c *ast.Call) ast.Expr {
	if a, ok := arities[name]; ok && (len(c.Args) < a[0] || len(c.Args) > a[1]) {
		r.refuse(c, "%s with %d arguments", name, len(c.Args))
		return c
	}
	switch name {
	case "COUNT":
		if len(c.Args) == 1 {
			if star, ok := c.Args[0].Value.(*ast.Star); ok && len(star.Qualifier) > 0 {
				return r.countRowsWithoutNulls(c, star)
			}
		}
		return c
	case "ANY_VALUE", "MIN_BY", "MAX_BY", "LAG", "LEAD", "FLATTEN", "GENERATOR", "SPLIT_TO_TABLE", "STRTOK_SPLIT_TO_TABLE", "NULLIF":
		return c
	case "COALESCE":
		sides := make([]*ast.Expr, len(c.Args))
		for i := range c.Args {
			sides[i] = &c.Args[i].Value
		}
		r.alike(sides)
		return c
	case "SUBSTR", "SUBSTRING":
		c.Args[1].Value = fromOne(c.Args[1].Value)
	}
	for i := range c.Args {
		if numeric[name] {
			c.Args[i].Value = r.asNumber(c.Args[i].Value)
		} else {
			c.Args[i].Value = r.asText(c.Args[i].Value)
		}
	}
	return c
}

// countRowsWithoutNulls is COUNT(t.*), which leaves out rows with a null.
func (r *rewriter) countRowsWithoutNulls(c *ast.Call, star *ast.Star) ast.Expr {
	var all ast.Expr = &ast.Bool{Value: true}
	for _, col := range r.starColumns(c, star) {
		all = &ast.Binary{Op: "AND", Left: all, Right: &ast.Is{X: col, Not: true, What: "NULL"}}
	}
	out := call("COUNT", template("CASE WHEN $1 THEN 1 END", all))
	out.Over = c.Over
	return out
}

// fromOne is a position, where 0 counts as 1.
func fromOne(e ast.Expr) ast.Expr {
	switch e := e.(type) {
	case *ast.Number:
		if strings.Trim(e.Text, "0") == "" {
			return &ast.Number{At: e.At, Text: "1"}
		}
		return e
	case *ast.Unary:
		return e
	}
	return template("CASE WHEN $1 = 0 THEN 1 ELSE $1 END", e)
}

// ranked refuses ranks within a frame that begins behind its partition's first
// row: Snowflake counts in the frame, DuckDB in the partition.
func (r *rewriter) ranked(c *ast.Call) {
	frame := c.Over.Frame
	if frame == nil || frame.Start.Kind == "UNBOUNDED PRECEDING" {
		return
	}
	switch name := known(c); name {
	case "RANK", "DENSE_RANK", "PERCENT_RANK", "CUME_DIST", "ROW_NUMBER", "NTILE":
		r.refuse(c, "%s with a frame that begins within its partition", name)
	}
}
