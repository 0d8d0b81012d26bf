package binds_test

import (
	"errors"
	"testing"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/parse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/print"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/binds"
)

// TestInline puts values in the places of question marks and of numbers, in their
// order in the text.
func TestInline(t *testing.T) {
	for _, c := range []struct {
		sql  string
		args []any
		want string
	}{
		{"select ?, ?", []any{"it's", int64(-1)}, "SELECT 'it''s', (-1)"},
		{"select :2, :1, :2", []any{nil, true}, "SELECT TRUE, NULL, TRUE"},
		{"select 1", nil, "SELECT 1"},
	} {
		stmt, err := parse.Statement(c.sql)
		if err != nil {
			t.Fatal(err)
		}
		if err := binds.Inline(stmt, c.args); err != nil {
			t.Errorf("%s: %v", c.sql, err)
		}
		if got := print.SQL(stmt); got != c.want {
			t.Errorf("%s with %v is %s, want %s", c.sql, c.args, got, c.want)
		}
	}
}

// TestInlineRefuses what there is no value for, or no literal.
func TestInlineRefuses(t *testing.T) {
	for sql, args := range map[string][]any{"select ?, ?": {"one"}, "select :3": {"one"}, "select :name": {"one"}, "select ?": {[]byte{1}}} {
		stmt, err := parse.Statement(sql)
		if err != nil {
			t.Fatal(err)
		}
		var refused *warehouse.Error
		if err := binds.Inline(stmt, args); !errors.As(err, &refused) {
			t.Errorf("%s with %v: %v, want a refusal", sql, args, err)
		}
	}
}

// TestNumber says which value each question mark has, before they change places.
func TestNumber(t *testing.T) {
	stmt, err := parse.Statement("update t set a = ? where b = ?")
	if err != nil {
		t.Fatal(err)
	}
	binds.Number(stmt)
	for i, b := range binds.Of(stmt) {
		if want := []string{"1", "2"}[i]; b.Name != want {
			t.Errorf("bind %d is %q", i+1, b.Name)
		}
	}
}
