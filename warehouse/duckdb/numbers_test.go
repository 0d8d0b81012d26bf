package duckdb_test

import (
	"os"
	"strings"
	"testing"

	"github.com/snowpit-dev/snowpit/warehouse/duckdb"
)

// TestWholeNumbers: to Snowflake a whole number is one, of however many digits
// its column is. DuckDB has a type for each, and functions for some.
func TestWholeNumbers(t *testing.T) {
	text, err := os.ReadFile("testdata/whole_numbers.txt")
	if err != nil {
		t.Fatal(err)
	}
	s := session(t, open(t, duckdb.Config{}))
	run(t, s, "create table numbers (i int, small number(3,0), large number(20,0), most number(38,0), d number(12,2))", "insert into numbers values (2, 2, 2, 2, 2)")
	tried := 0
	for line := range strings.Lines(string(text)) {
		if strings.HasPrefix(line, "--") {
			continue
		}
		tried++
		var columns []string
		for _, number := range []string{"i", "small", "large", "most", "round(d)", "abs(most)", "sum(most) over ()"} {
			if !strings.Contains(line, "over (") || !strings.Contains(number, "over (") {
				columns = append(columns, strings.ReplaceAll(strings.TrimSpace(line), "#", "("+number+")"))
			}
		}
		got, err := rows(t.Context(), s, "select "+strings.Join(columns, ", ")+" from numbers")
		if err != nil {
			t.Errorf("%s: %v", line, err)
			continue
		}
		all := strings.Split(got, "|")
		for i, value := range all {
			if value != all[0] {
				t.Errorf("%s is %s, and %s is %s", columns[0], all[0], columns[i], value)
			}
		}
	}
	if tried < 200 {
		t.Errorf("%d expressions; is the list gone?", tried)
	}
}
