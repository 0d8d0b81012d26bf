package ducksql

import (
	"regexp"
	"strings"

	"github.com/snowpit-dev/snowpit/warehouse/dialect/rewrite"
)

// Family is what kind of values a type of DuckDB's has.
func Family(duck string) string {
	switch {
	case duck == "VARCHAR":
		return "text"
	case duck == "BLOB":
		return "bytes"
	case duck == "BOOLEAN":
		return "boolean"
	case duck == "TIME", duck == "TIME_NS":
		return "time"
	case duck == "DATE", strings.HasPrefix(duck, "TIMESTAMP"):
		return "date"
	case strings.HasPrefix(duck, "DECIMAL"), strings.HasSuffix(duck, "INT"), strings.HasSuffix(duck, "INTEGER"), duck == "DOUBLE", duck == "FLOAT":
		return "number"
	}
	return "nested"
}

// SnowflakeType is how DESCRIBE spells a type of DuckDB's.
func SnowflakeType(duck string) string {
	if kind := rewrite.FineKind(duck); kind != "" {
		return string(kind) + "(9)"
	}
	args, isDecimal := strings.CutPrefix(duck, "DECIMAL")
	switch {
	case isDecimal:
		return "NUMBER" + args
	case strings.HasSuffix(duck, "INT"), duck == "INTEGER":
		return "NUMBER(38,0)"
	case duck == "DOUBLE", duck == "FLOAT":
		return "FLOAT"
	case duck == "BLOB":
		return "BINARY(8388608)"
	case duck == "BOOLEAN", duck == "DATE":
		return duck
	case duck == "TIME":
		return "TIME(9)"
	case duck == "TIMESTAMP WITH TIME ZONE":
		return "TIMESTAMP_LTZ(9)"
	case duck == rewrite.Zoned:
		return "TIMESTAMP_TZ(9)"
	case strings.HasPrefix(duck, "TIMESTAMP"):
		return "TIMESTAMP_NTZ(9)"
	case duck == "JSON":
		return "VARIANT"
	case strings.HasSuffix(duck, "]"):
		return "ARRAY"
	case strings.HasPrefix(duck, "STRUCT"), strings.HasPrefix(duck, "MAP"):
		return "OBJECT"
	}
	return "VARCHAR(16777216)"
}

var numberForm = regexp.MustCompile(`^\s*[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?\s*$`)

// IsNumber reports whether text is a number, of whatever size.
func IsNumber(text string) bool { return numberForm.MatchString(text) }

// Sorted is semi-structured data in Snowflake's form.
func Sorted(json string) string { return rewrite.Macros + ".MAIN.sorted(" + json + ")" }

// Shown is semi-structured data as text, as users see it.
func Shown(json string) string { return "__sf_shown(cast(" + json + " as varchar))" }

var lengthCheck = regexp.MustCompile(`(?i)length\((.+)\) <= (\d+)`)

// CheckedLength reads the constraint that keeps a VARCHAR(n) to its length: the
// column, as SQL has it, and n.
func CheckedLength(check string) (column, length string, ok bool) {
	m := lengthCheck.FindStringSubmatch(check)
	if m == nil {
		return "", "", false
	}
	return m[1], m[2], true
}
