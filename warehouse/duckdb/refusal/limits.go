package refusal

import (
	"errors"
	"regexp"
	"strings"

	"github.com/snowpit-dev/snowpit/warehouse/dialect/rewrite"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/ducksql"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/engine"
)

// unread is what DuckDB says of text, or of a number, that does not become the
// number it should.
var unread = regexp.MustCompile(`(?s)^(?:Could not (?:convert string|cast value)|Failed to cast decimal value|Casting value) ["']?(.*?)["']? to (?:type )?(?:DECIMAL|INT|DOUBLE|FLOAT).*?( when casting .*)?$`)

// Overflows reports a value that 64 bits have no room for.
func Overflows(err error) bool {
	var e *engine.Error
	if !errors.As(err, &e) || e.Type != engine.TypeRange && e.Type != engine.TypeConversion && e.Type != engine.TypeInvalid {
		return false
	}
	if m := unread.FindStringSubmatch(e.Message); m != nil && !ducksql.IsNumber(m[1]) {
		return false
	}
	return strings.Contains(e.Message, "INT64") // DuckDB has no other word for it
}

// NeedsFine reports a value that six digits have no room for.
func NeedsFine(err error) bool {
	var e *engine.Error
	return errors.Is(err, rewrite.ErrFine) || errors.As(err, &e) && strings.Contains(e.Message, rewrite.NeedsFine) // DuckDB has no other word for it
}

// overflow is what DuckDB says of a sum, difference or product that has too many
// digits.
var overflow = regexp.MustCompile(`^Overflow in \w+ of (U?INT\d+|DECIMAL\([\d, ]+\)) \((.*?)\)[!.;]`)
