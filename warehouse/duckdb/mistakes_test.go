package duckdb_test

import (
	"errors"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb"
)

// engineWords are what no refusal may have: types, functions and errors of
// DuckDB's, and what it advises, but for those that the statement has itself.
var engineWords = regexp.MustCompile(`(?i)\b(?:bigint|hugeint|int(?:8|16|32|64|128)|blob|decimal|list_\w+|struct\w*|stringagg|macro|__sf\w*|(?:binder|catalog|conversion|parser) error|candidate|did you mean|duckdb|unimplemented|pragma|add explicit type casts)\b`)

// TestMistakes makes a few hundred mistakes. What each is refused with is for
// the corpus to say; here it is the words.
func TestMistakes(t *testing.T) {
	text, err := os.ReadFile("testdata/mistakes.txt")
	if err != nil {
		t.Fatal(err)
	}
	setup, mistakes, _ := strings.Cut(string(text), "\n\n")
	s := session(t, open(t, duckdb.Config{Stages: stages(t)}))
	for sql := range strings.Lines(setup) {
		if !strings.HasPrefix(sql, "#") {
			run(t, s, sql)
		}
	}
	n := 0
	for sql := range strings.Lines(mistakes) {
		sql = strings.TrimSuffix(sql, "\n")
		_, err := warehouse.Exec(t.Context(), s, sql)
		var refused *warehouse.Error
		switch n++; {
		case !errors.As(err, &refused):
			t.Errorf("%s\n\tgave %v, want a refusal", sql, err)
		default:
			for _, word := range engineWords.FindAllString(refused.Message, -1) {
				if !strings.Contains(strings.ToLower(sql), strings.ToLower(word)) {
					t.Errorf("%s\n\trefused in the engine's words: %v", sql, err)
				}
			}
		}
	}
	if n < 300 {
		t.Errorf("%d mistakes; is the list gone?", n)
	}
}
