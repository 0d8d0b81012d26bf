package rewrite_test

import (
	_ "embed"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/snowpit-dev/snowpit/warehouse/dialect/parse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/rewrite"
)

// model is a model of sixty lines as people write them.
//
//go:embed testdata/model.sql
var model string

// sqlglot times another translator, in Python, on standard input: the best of
// several runs, in nanoseconds.
const sqlglot = `
import sys, time, sqlglot
sql, best = sys.stdin.read(), None
for _ in range(10):
    at = time.perf_counter_ns()
    sqlglot.transpile(sql, read="snowflake", write="duckdb")
    took = time.perf_counter_ns() - at
    best = took if best is None else min(best, took)
print(best)
`

// BenchmarkDuckDB translates a model, and says how many times longer sqlglot
// takes for the same where that is installed (Debian's python3-sqlglot).
func BenchmarkDuckDB(b *testing.B) {
	best := time.Hour
	for b.Loop() {
		at := time.Now()
		tree, err := parse.Statement(model)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := rewrite.DuckDB(tree, rewrite.Config{}); err != nil {
			b.Fatal(err)
		}
		best = min(best, time.Since(at))
	}
	b.ReportMetric(float64(strings.Count(model, "\n")), "lines")
	b.ReportMetric(float64(best.Nanoseconds())/1e3, "µs-at-best")
	cmd := exec.Command("/usr/bin/python3", "-c", sqlglot)
	cmd.Stdin = strings.NewReader(model)
	out, err := cmd.Output()
	if err != nil {
		b.Log("there is no sqlglot to compare with: ", err)
		return
	}
	other, err := strconv.Atoi(strings.TrimSpace(string(out)))
	if err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(float64(other)/float64(best.Nanoseconds()), "times-sqlglot")
}
