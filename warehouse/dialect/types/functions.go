package types

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
)

// results are the types of functions' results: a type for those that have
// always the same, else the name of a rule.
const resultTable = `
NUMBER(18,0)   COUNT COUNT_IF LENGTH LEN ASCII UNICODE OCTET_LENGTH BIT_LENGTH CHARINDEX POSITION REGEXP_COUNT REGEXP_INSTR
NUMBER(18,0)   EDITDISTANCE ROW_NUMBER RANK DENSE_RANK NTILE APPROX_COUNT_DISTINCT HLL REGR_COUNT JAROWINKLER_SIMILARITY
NUMBER(9,0)    ARRAY_SIZE ARRAY_POSITION MAP_SIZE
NUMBER(4,0)    YEAR YEAROFWEEK YEAROFWEEKISO
NUMBER(2,0)    QUARTER MONTH DAY DAYOFMONTH DAYOFWEEK DAYOFWEEKISO DAYOFWEEK_ISO WEEK WEEKOFYEAR WEEKISO HOUR MINUTE SECOND
NUMBER(3,0)    DAYOFYEAR
NUMBER(38,0)   DATE_PART SIGN FACTORIAL WIDTH_BUCKET BITAND BITOR BITXOR BITNOT BITSHIFTLEFT BITSHIFTRIGHT BITAND_AGG BITOR_AGG BITXOR_AGG
NUMBER(38,0)   RANDOM SEQ1 SEQ2 SEQ4 SEQ8 AS_INTEGER HASH HASH_AGG GROUPING GROUPING_ID CONDITIONAL_CHANGE_EVENT CONDITIONAL_TRUE_EVENT
FLOAT          ACOS ASIN ATAN ATAN2 CBRT COS COT SIN TAN DEGREES RADIANS EXP LN LOG PI POWER POW SQRT HAVERSINE AS_DOUBLE AS_REAL
FLOAT          CORR COVAR_POP COVAR_SAMP CUME_DIST PERCENT_RANK KURTOSIS SKEW STDDEV STDDEV_POP STDDEV_SAMP APPROX_PERCENTILE
FLOAT          TO_DOUBLE TRY_TO_DOUBLE MONTHS_BETWEEN NORMAL
FLOAT          REGR_AVGX REGR_AVGY REGR_INTERCEPT REGR_R2 REGR_SLOPE REGR_SXX REGR_SXY REGR_SYY
VARCHAR        UPPER LOWER TRIM LTRIM RTRIM REPLACE REVERSE REPEAT INITCAP LPAD RPAD CONCAT_WS SPACE
VARCHAR        SPLIT_PART STRTOK TRANSLATE CHR CHAR REGEXP_REPLACE REGEXP_SUBSTR SHA2 SHA2_HEX SOUNDEX
VARCHAR(32)    MD5 MD5_HEX
VARCHAR(40)    SHA1 SHA1_HEX
VARCHAR        BASE64_ENCODE BASE64_DECODE_STRING HEX_ENCODE HEX_DECODE_STRING TO_CHAR TO_VARCHAR LISTAGG STRING_AGG DAYNAME MONTHNAME
VARCHAR        TO_JSON TYPEOF UUID_STRING ARRAY_TO_STRING CHECK_JSON AS_VARCHAR AS_CHAR RANDSTR CURRENT_DATABASE CURRENT_SCHEMA CURRENT_ROLE
VARCHAR        CURRENT_USER CURRENT_WAREHOUSE CURRENT_ACCOUNT CURRENT_REGION CURRENT_VERSION CURRENT_SESSION LAST_QUERY_ID SYSTEM$WAIT
BOOLEAN        CONTAINS STARTSWITH ENDSWITH EQUAL_NULL BOOLAND BOOLOR BOOLXOR BOOLNOT BOOLAND_AGG BOOLOR_AGG BOOLXOR_AGG REGEXP_LIKE RLIKE
BOOLEAN        TO_BOOLEAN TRY_TO_BOOLEAN IS_NULL_VALUE IS_INTEGER IS_DECIMAL IS_DOUBLE IS_REAL IS_VARCHAR IS_CHAR IS_BOOLEAN IS_ARRAY IS_OBJECT
BOOLEAN        IS_DATE IS_TIME IS_BINARY IS_TIMESTAMP_NTZ AS_BOOLEAN ARRAY_CONTAINS ARRAYS_OVERLAP
BINARY         TO_BINARY TRY_TO_BINARY SHA2_BINARY MD5_BINARY SHA1_BINARY AS_BINARY COMPRESS BASE64_DECODE_BINARY HEX_DECODE_BINARY
DATE           TO_DATE TRY_TO_DATE DATE CURRENT_DATE DATE_FROM_PARTS DATEFROMPARTS LAST_DAY NEXT_DAY PREVIOUS_DAY AS_DATE
TIME           TO_TIME TRY_TO_TIME TIME CURRENT_TIME LOCALTIME TIME_FROM_PARTS TIMEFROMPARTS AS_TIME
TIMESTAMP_NTZ  TO_TIMESTAMP TO_TIMESTAMP_NTZ TRY_TO_TIMESTAMP TRY_TO_TIMESTAMP_NTZ TIMESTAMP_FROM_PARTS TIMESTAMP_NTZ_FROM_PARTS SYSDATE
TIMESTAMP_LTZ  CURRENT_TIMESTAMP GETDATE LOCALTIMESTAMP SYSTIMESTAMP TO_TIMESTAMP_LTZ TRY_TO_TIMESTAMP_LTZ TIMESTAMP_LTZ_FROM_PARTS
TIMESTAMP_TZ   TO_TIMESTAMP_TZ TRY_TO_TIMESTAMP_TZ TIMESTAMP_TZ_FROM_PARTS TIMESTAMPTZFROMPARTS
VARIANT        PARSE_IP TRY_PARSE_IP PARSE_JSON TRY_PARSE_JSON TO_VARIANT GET GET_PATH GET_IGNORE_CASE STRIP_NULL_VALUE ARRAY_MAX ARRAY_MIN REDUCE
ARRAY          ARRAY_AGG ARRAYAGG ARRAYS_ZIP ARRAY_CONSTRUCT ARRAY_CONSTRUCT_COMPACT ARRAY_APPEND ARRAY_PREPEND ARRAY_CAT ARRAY_COMPACT ARRAY_SLICE
ARRAY          ARRAY_DISTINCT ARRAY_INTERSECTION ARRAY_EXCEPT ARRAY_SORT ARRAY_INSERT ARRAY_REMOVE ARRAY_REVERSE ARRAY_FLATTEN
ARRAY          APPROX_TOP_K ARRAY_GENERATE_RANGE ARRAY_UNIQUE_AGG ARRAY_UNION_AGG SPLIT STRTOK_TO_ARRAY OBJECT_KEYS TO_ARRAY AS_ARRAY FILTER TRANSFORM
OBJECT         OBJECT_CONSTRUCT OBJECT_CONSTRUCT_KEEP_NULL OBJECT_AGG OBJECT_INSERT OBJECT_DELETE OBJECT_PICK TO_OBJECT AS_OBJECT PARSE_URL
NUMBER(18,0)   APPROXIMATE_COUNT_DISTINCT RTRIMMED_LENGTH
NUMBER(38,0)   GETBIT BIT_AND BIT_OR BIT_XOR BIT_NOT BIT_SHIFTLEFT BIT_SHIFTRIGHT BITANDAGG BIT_ANDAGG BIT_AND_AGG BITORAGG BIT_ORAGG BIT_OR_AGG
NUMBER(38,0)   BITMAP_BIT_POSITION BITMAP_BUCKET_NUMBER BITMAP_COUNT BITXORAGG BIT_XORAGG BIT_XOR_AGG MD5_NUMBER_LOWER64 MD5_NUMBER_UPPER64
FLOAT          ACOSH ASINH ATANH COSH SINH TANH REGR_VALX REGR_VALY
VARCHAR        JSON_EXTRACT_PATH_TEXT SYS_CONNECT_BY_PATH INSERT SOUNDEX_P123 TRY_HEX_DECODE_STRING TRY_BASE64_DECODE_STRING
BOOLEAN        MAP_CONTAINS_KEY IS_DATE_VALUE IS_TIMESTAMP_LTZ IS_TIMESTAMP_TZ REGEXP
BINARY         BITMAP_CONSTRUCT_AGG BITMAP_OR_AGG TRY_HEX_DECODE_BINARY TRY_BASE64_DECODE_BINARY
TIMESTAMP_NTZ  TIMESTAMPFROMPARTS TIMESTAMPNTZFROMPARTS AS_TIMESTAMP_NTZ
TIMESTAMP_LTZ  TIMESTAMPLTZFROMPARTS AS_TIMESTAMP_LTZ
TIMESTAMP_TZ   AS_TIMESTAMP_TZ
ARRAY          ARRAY_REMOVE_AT REGEXP_SUBSTR_ALL REGEXP_EXTRACT_ALL
OBJECT         OBJECTAGG ARRAYS_TO_OBJECT
first          MAX MIN ANY_VALUE FIRST_VALUE LAST_VALUE NTH_VALUE MODE NULLIF NULLIFZERO
common         COALESCE NVL IFNULL GREATEST LEAST GREATEST_IGNORE_NULLS LEAST_IGNORE_NULLS UNIFORM ZEROIFNULL
branches       IFF NVL2
cut            LEFT RIGHT SUBSTR SUBSTRING
variance       VARIANCE VARIANCE_SAMP VARIANCE_POP VAR_SAMP VAR_POP
`

// rules are the results that go by the arguments' types.
var rules = map[string]func(c *ast.Call, args []Type) Type{
	"first":           func(_ *ast.Call, args []Type) Type { return arg(args, 0) },
	"common":          func(_ *ast.Call, args []Type) Type { return Common(args...) },
	"variance":        func(_ *ast.Call, args []Type) Type { return Variance(arg(args, 0)) },
	"cut":             func(_ *ast.Call, args []Type) Type { return cut(arg(args, 0)) },
	"branches":        func(_ *ast.Call, args []Type) Type { return Common(args[min(1, len(args)):]...) },
	"ABS":             func(_ *ast.Call, args []Type) Type { return numeric(arg(args, 0)) },
	"CONCAT":          concatenated,
	"MAX_BY":          by,
	"MIN_BY":          by,
	"LAG":             shifted,
	"LEAD":            shifted,
	"PERCENTILE_DISC": func(_ *ast.Call, args []Type) Type { return arg(args, len(args)-1) },
	"SUM":             sum,
	"AVG":             average,
	"MEDIAN":          median,
	"ROUND":           rounded,
	"CEIL":            rounded,
	"FLOOR":           rounded,
	"TRUNC":           truncated,
	"TRUNCATE":        truncated,
	"MOD":             func(_ *ast.Call, args []Type) Type { return Arithmetic("%", arg(args, 0), arg(args, 1)) },
	"DIV0":            quotient,
	"DIV0NULL":        quotient,
	"SQUARE":          func(_ *ast.Call, args []Type) Type { return Arithmetic("*", arg(args, 0), arg(args, 0)) },
	"DECODE":          decoded,
	"DATEDIFF":        between,
	"TIMEDIFF":        between,
	"TIMESTAMPDIFF":   between,
	"DATEADD":         moved,
	"TIMEADD":         moved,
	"TIMESTAMPADD":    moved,
	"ADD_MONTHS":      func(_ *ast.Call, args []Type) Type { return point(arg(args, 0)) },
	"DATE_TRUNC":      dateTruncated,
	"TIME_SLICE":      func(_ *ast.Call, args []Type) Type { return point(arg(args, 0)) },
	"TO_NUMBER":       toNumber,
	"TO_DECIMAL":      toNumber,
	"TO_NUMERIC":      toNumber,
	"AS_NUMBER":       toNumber,
	"AS_DECIMAL":      toNumber,
	"TRY_TO_NUMBER":   toNumber, "TRY_TO_DECIMAL": toNumber, "TRY_TO_NUMERIC": toNumber,
	"RATIO_TO_REPORT":  quotientOfSum,
	"PERCENTILE_CONT":  median,
	"CONVERT_TIMEZONE": func(_ *ast.Call, args []Type) Type { return converted(args) },
}

// results is resultTable by function.
var results = sync.OnceValue(func() map[string]func(*ast.Call, []Type) Type {
	out := map[string]func(*ast.Call, []Type) Type{}
	for line := range strings.Lines(strings.TrimSpace(resultTable)) {
		words := strings.Fields(line)
		rule := rules[words[0]]
		if rule == nil {
			t := named(words[0])
			rule = func(*ast.Call, []Type) Type { return t }
		}
		for _, name := range words[1:] {
			out[name] = rule
		}
	}
	for name, rule := range rules {
		out[name] = rule
	}
	return out
})

// named reads a type of the table.
func named(text string) Type {
	name, args, _ := strings.Cut(strings.TrimSuffix(text, ")"), "(")
	t := &ast.Type{Name: name}
	if args != "" {
		t.Args = strings.Split(args, ",")
	}
	out := Of(t)
	if !out.Known() {
		panic(fmt.Sprintf("types: %s is neither a type nor a rule", text))
	}
	return out
}

// result is the type of a call of one of Snowflake's functions.
func result(c *ast.Call, args []Type) Type {
	rule := results()[c.Name.Last()]
	if rule == nil {
		return Type{}
	}
	return rule(c, args)
}

// arg is the type of an argument, not known where there is none.
func arg(args []Type, i int) Type {
	if i >= 0 && i < len(args) {
		return args[i]
	}
	return Type{}
}

// constantAt is the whole number that an argument is, if it is one.
func constantAt(c *ast.Call, i int) (int, bool) {
	if i >= len(c.Args) {
		return 0, false
	}
	e, sign := c.Args[i].Value, 1
	if u, ok := e.(*ast.Unary); ok && u.Op == "-" {
		e, sign = u.X, -1
	}
	n, ok := e.(*ast.Number)
	if !ok {
		return 0, false
	}
	v, err := strconv.Atoi(n.Text)
	return sign * v, err == nil
}

// concatenated is the type of CONCAT.
func concatenated(_ *ast.Call, args []Type) Type {
	out := arg(args, 0)
	if len(args) == 0 || !out.Is(warehouse.Varchar, warehouse.Binary) {
		return Text
	}
	for _, t := range args[1:] {
		out = joined(out, t)
	}
	return out
}

// sum keeps the scale, with all digits there are; of text it is a FLOAT.
func sum(_ *ast.Call, args []Type) Type {
	switch t := arg(args, 0); {
	case t.Is(warehouse.Number):
		return Number(MaxPrecision, t.Scale)
	case t.Known():
		return Double
	}
	return Type{}
}

// average is a sum divided by a count.
func average(c *ast.Call, args []Type) Type {
	switch t := arg(args, 0); {
	case t.Is(warehouse.Number) && Slides(c, t):
		return Number(MaxPrecision, slidingDigits)
	case t.Is(warehouse.Number):
		return Number(MaxPrecision, Arithmetic("/", t, Whole).Scale)
	case t.Known():
		return Double
	}
	return Type{}
}

// slidingDigits are those of an average over a frame that slides.
const slidingDigits = 3

// Slides reports a window whose frame begins and ends so many rows away: there an
// average of whole numbers of 38 digits has fewer than elsewhere, and is cut to them.
func Slides(c *ast.Call, of Type) bool {
	if c.Over == nil || c.Over.Frame == nil || c.Over.Frame.End == nil || of.Scale > 0 || of.Precision < MaxPrecision {
		return false
	}
	start, end := c.Over.Frame.Start, *c.Over.Frame.End
	bounded := func(b ast.Bound) bool { return !strings.HasPrefix(b.Kind, "UNBOUNDED") }
	return bounded(start) && bounded(end) && (start.Offset != nil || end.Offset != nil)
}

// Variance is the type of the variance of t: a quotient of squares.
func Variance(t Type) Type {
	if !t.Is(warehouse.Number) {
		return Double
	}
	return Number(MaxPrecision, Arithmetic("/", Number(MaxPrecision, min(2*t.Scale, MaxPrecision-1)), Whole).Scale)
}

// cut is the type of a part of t: bytes of bytes, else text.
func cut(t Type) Type {
	if t.Is(warehouse.Binary) {
		return Type{Kind: warehouse.Binary}
	}
	return Text
}

// numeric is what t counts as to a function of numbers.
func numeric(t Type) Type {
	if t.Is(warehouse.Varchar) {
		return Number(MaxPrecision, Coerced.Scale)
	}
	return asNumber(t)
}

// median, which may lie between two values, has three digits more.
func median(_ *ast.Call, args []Type) Type {
	t := arg(args, len(args)-1)
	if t.Is(warehouse.Number) {
		return Number(t.Precision+3, min(t.Scale+3, MaxPrecision-1))
	}
	return t
}

// rounded has the digits it is rounded to, if that is said by a literal.
func rounded(c *ast.Call, args []Type) Type {
	t := numeric(arg(args, 0))
	if !t.Is(warehouse.Number) {
		return t
	}
	digits, known := constantAt(c, 1)
	if !known && len(c.Args) > 1 {
		return Number(t.Precision+1, t.Scale)
	}
	scale := min(max(digits, 0), t.Scale)
	return Number(t.Precision-t.Scale+scale+1, scale)
}

func truncated(c *ast.Call, args []Type) Type {
	if t := arg(args, 0); t.Is(warehouse.Date) || t.Timestamp() {
		return t
	}
	return rounded(c, args)
}

// shifted is the type of LAG and LEAD: the value's, with room for the one that
// stands where there is none.
func shifted(_ *ast.Call, args []Type) Type {
	if t := Common(arg(args, 0), arg(args, 2)); t.Kind == arg(args, 0).Kind {
		return t
	}
	return arg(args, 0)
}

func quotient(_ *ast.Call, args []Type) Type { return Arithmetic("/", arg(args, 0), arg(args, 1)) }

func quotientOfSum(c *ast.Call, args []Type) Type {
	return Arithmetic("/", arg(args, 0), sum(c, args))
}

// decoded is the type of DECODE's results, which are its second, fourth and so
// on, and the last.
func decoded(_ *ast.Call, args []Type) Type {
	out := Type{Kind: Null}
	for i := 2; i < len(args); i += 2 {
		out = Common(out, args[i])
	}
	if len(args)%2 == 0 {
		out = Common(out, args[len(args)-1])
	}
	return out
}

// moved is the type of DATEADD: a DATE stays one unless hours or less are
// added.
func moved(c *ast.Call, args []Type) Type {
	t := point(arg(args, 2))
	if t.Is(warehouse.Date) && !daily(unitAt(c, 0)) {
		return timestamp
	}
	return finest(t)
}

// between is the type of DATEDIFF, whose seconds and less take more digits than
// days do.
func between(c *ast.Call, _ []Type) Type {
	if daily(unitAt(c, 0)) {
		return Number(9, 0)
	}
	return Number(18, 0)
}

// finest is t with all digits of a second, which what is added may have.
func finest(t Type) Type {
	if t.Timestamp() || t.Is(warehouse.Time) {
		t.Precision = 9
	}
	return t
}

// point is t as a point in time, which text counts as.
func point(t Type) Type {
	if t.Is(warehouse.Varchar) || t.Kind == Null {
		return timestamp
	}
	return t
}

// units are the arguments of functions that name a unit of time.
var units = map[string][]int{
	"DATEADD": {0}, "TIMEADD": {0}, "TIMESTAMPADD": {0}, "DATEDIFF": {0}, "TIMEDIFF": {0}, "TIMESTAMPDIFF": {0},
	"DATE_PART": {0}, "DATE_TRUNC": {0, 1}, "TRUNC": {1}, "LAST_DAY": {1}, "TIME_SLICE": {2}, "NEXT_DAY": {1}, "PREVIOUS_DAY": {1},
}

// isUnit reports whether argument i of c may be a unit of time.
func isUnit(c *ast.Call, i int) bool {
	if !slices.Contains(units[c.Name.Last()], i) {
		return false
	}
	if i == 1 && c.Name.Last() == "DATE_TRUNC" && isUnit(c, 0) {
		return false // d is a column there
	}
	unit := unitAt(c, i)
	return daily(unit) || clock[strings.ToLower(unit)]
}

// clock are the units less than a day, and the parts of a date that are no
// units.
var clock = func() map[string]bool {
	out := map[string]bool{}
	for _, unit := range strings.Fields(`hour h hh hr hours hrs minute m mi min minutes mins second s sec seconds secs
		millisecond ms msec milliseconds microsecond us usec microseconds nanosecond ns nsec nanosec nsecond nanoseconds nanosecs nseconds
		dayofweek weekday dow dw dayofweekiso weekday_iso dow_iso dw_iso dayofweek_iso dayofyear yearday doy dy
		weekiso week_iso weekofyeariso weekofyear_iso yearofweek yearofweekiso
		epoch_second epoch epoch_seconds epoch_millisecond epoch_milliseconds epoch_microsecond epoch_microseconds
		epoch_nanosecond epoch_nanoseconds timezone_hour tzh timezone_minute tzm`) {
		out[unit] = true
	}
	return out
}()

// unitAt is the unit of time that an argument names.
func unitAt(c *ast.Call, i int) string {
	if i >= len(c.Args) {
		return ""
	}
	switch e := c.Args[i].Value.(type) {
	case *ast.String:
		return e.Value
	case *ast.Column:
		return e.Parts[len(e.Parts)-1].Name
	}
	return ""
}

// dateTruncated is DATE_TRUNC's, whose arguments may come either way round.
func dateTruncated(c *ast.Call, args []Type) Type {
	if t := arg(args, 1); t.Is(warehouse.Date, warehouse.Time) || t.Timestamp() {
		return t
	}
	if t := arg(args, 0); t.Is(warehouse.Date, warehouse.Time) || t.Timestamp() {
		return t
	}
	if arg(args, 1).Is(warehouse.Varchar) {
		return timestamp
	}
	return Type{}
}

func toNumber(c *ast.Call, _ []Type) Type {
	args := len(c.Args)
	if args > 1 {
		if _, format := c.Args[1].Value.(*ast.String); format {
			args--
		}
	}
	first := len(c.Args) - args + 1
	precision, scale := MaxPrecision, 0
	if n, ok := constantAt(c, first); ok {
		precision = n
	}
	if n, ok := constantAt(c, first+1); ok {
		scale = n
	}
	return Number(precision, scale)
}

// converted is CONVERT_TIMEZONE's: with a source zone there is none behind the
// result.
func converted(args []Type) Type {
	if len(args) == 3 {
		return timestamp
	}
	return Type{Kind: warehouse.TimestampTZ, Precision: 9}
}

// by is the result of MAX_BY and MIN_BY: a value, or an ARRAY of as many as the
// third argument says.
func by(_ *ast.Call, args []Type) Type {
	if len(args) > 2 {
		return Array
	}
	return arg(args, 0)
}
