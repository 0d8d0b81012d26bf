package duckdb_test

import (
	"testing"

	"github.com/snowpit-dev/snowpit/warehouse/duckdb"
)

// TestOverloadOfBoundValue calls functions of one name with bound values: their
// types choose.
func TestOverloadOfBoundValue(t *testing.T) {
	s := session(t, open(t, duckdb.Config{}))
	run(t, s,
		"create function which(x varchar) returns varchar as $$ 'text ' || x $$",
		"create function which(x number) returns varchar as $$ 'number ' || x $$",
		"create function which(x boolean) returns varchar as $$ 'boolean ' || x $$")
	for _, c := range []struct {
		value any
		want  string
	}{{"a", "text a"}, {int64(7), "number 7"}, {true, "boolean true"}} {
		if got, err := rows(t.Context(), s, "select which(?)", c.value); err != nil || got != c.want {
			t.Errorf("%v: %s (%v), want %s", c.value, got, err, c.want)
		}
	}
}
