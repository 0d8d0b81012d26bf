package duckdb_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/snowpit-dev/snowpit/warehouse"
)

// TestQuickIsSQL holds what a block computes by itself against what the same
// expression is in a query.
func TestQuickIsSQL(t *testing.T) {
	_, s := openMemory(t)
	numbers := []string{"int:0", "int:7", "int:-12", "int:123456789012", "number(10,2):1.50", "number(10,2):-0.25", "number(20,6):12.345678", "float:0.1", "float:-2.5e10", "float:33.33"}
	for _, a := range numbers {
		for _, b := range numbers {
			for _, op := range []string{"+", "-", "*", "<", "=", ">="} {
				x, y := typedAs(a), typedAs(b)
				block := fmt.Sprintf("declare x %s := %s; y %s := %s; begin return x %s y; end", x.typ, x.value, y.typ, y.value, op)
				query := fmt.Sprintf("select cast(%s as %s) %s cast(%s as %s) as x", x.value, x.typ, op, y.value, y.typ)
				got, want := oneOf(t, s, block), oneOf(t, s, query)
				if got != want {
					t.Errorf("%s\n is %s, want %s", block, got, want)
				}
			}
		}
	}
}

type typedText struct{ typ, value string }

// typedAs reads TYPE:VALUE.
func typedAs(text string) typedText {
	typ, value, _ := strings.Cut(text, ":")
	return typedText{typ, value}
}

// oneOf is the one value of a statement, with its type but for a precision.
func oneOf(t *testing.T, s warehouse.Session, sql string) string {
	t.Helper()
	res, err := s.Query(t.Context(), sql)
	if err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	defer res.Close()
	for batch, err := range res.Batches() {
		if err != nil {
			t.Fatalf("%s: %v", sql, err)
		}
		c := res.Columns[0]
		return fmt.Sprintf("%s scale %d: %s", c.Type, c.Scale, batch.Column(0).ValueStr(0))
	}
	return "no row"
}
