package duckdb_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb"
)

// A statement ends when it is told to, also where a function in Go has some two
// thousand rows at once and a tenth of a second for each.
func TestCancelWithinChunk(t *testing.T) {
	s := session(t, open(t, duckdb.Config{}))
	for name, f := range map[string]string{
		"editdistance": "editdistance(repeat('ab', 4000) || seq4(), repeat('ba', 4000))",
		"jarowinkler":  "jarowinkler_similarity(repeat('ab', 4000) || seq4(), repeat('bc', 4000))",
		"parse_json":   "array_size(parse_json('[' || repeat('{\"a\":1},', 40000) || seq4() || ']'))",
		"regexp":       "regexp_instr(repeat('ab', 400000) || seq4(), '(a|b|ab)*c(x)', 1, 1, 0, 'e', 1)",
	} {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
			defer cancel()
			begin := time.Now()
			_, err := warehouse.Exec(ctx, s, "select sum("+f+") from table(generator(rowcount => 2000))")
			if took := time.Since(begin); took > 10*time.Second { // of a minute and more; a machine that is busy takes its time
				t.Errorf("it went on for %s after its time", took)
			}
			var e *warehouse.Error
			if err == nil || errors.As(err, &e) && e.Code != 604 && e.Code != 630 {
				t.Errorf("it gave %v", err)
			}
		})
	}
	run(t, s, "select editdistance('duck', 'duke')")
}
