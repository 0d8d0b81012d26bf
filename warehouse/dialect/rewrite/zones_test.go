package rewrite_test

import (
	"strings"
	"testing"

	"github.com/snowpit-dev/snowpit/warehouse/dialect/parse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/rewrite"
)

// TestNestedOffsets translates calls in calls that take a TIMESTAMP_TZ: each is
// written once, however deep it is.
func TestNestedOffsets(t *testing.T) {
	size := func(depth int) int {
		sql := "select " + strings.Repeat("dateadd(day, 1, date_trunc('month', ", depth) + "convert_timezone('UTC', x)" + strings.Repeat("))", depth) +
			" from (select '2024-01-01 00:00:00'::timestamp_tz as x)"
		s, err := parse.Statement(sql)
		if err != nil {
			t.Fatal(err)
		}
		out, err := rewrite.DuckDB(s, rewrite.Config{})
		if err != nil {
			t.Fatal(err)
		}
		return len(out.Text)
	}
	if five, twenty := size(5), size(20); twenty > 8*five {
		t.Errorf("5 calls in calls are %d bytes, 20 are %d", five, twenty)
	}
}
