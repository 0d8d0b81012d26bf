package duckdb_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/snowpit-dev/snowpit/warehouse/duckdb"
)

// TestJavaScriptIsCancelled ends code that never would, with the statement that
// called it, and the session goes on.
func TestJavaScriptIsCancelled(t *testing.T) {
	s := session(t, open(t, duckdb.Config{}))
	run(t, s, "create function spin(x float) returns float language javascript as 'for (;;) {}'", "create view spinning as select spin(1) as x")
	for _, sql := range []string{"select spin(1)", "select * from spinning", "select spin(seq4()) from table(generator(rowcount => 100000))"} {
		ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
		began := time.Now()
		_, err := rows(ctx, s, sql)
		cancel()
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%s: %v, want the end of its context", sql, err)
		}
		if took := time.Since(began); took > 10*time.Second {
			t.Errorf("%s took %v", sql, took)
		}
	}
	if got, err := rows(t.Context(), s, "select 1"); err != nil || got != "1" {
		t.Errorf("afterwards: %s (%v)", got, err)
	}
}

// TestJavaScriptOfManyRows calls a function on all of DuckDB's threads at once.
func TestJavaScriptOfManyRows(t *testing.T) {
	s := session(t, open(t, duckdb.Config{Threads: 4}))
	run(t, s, "create function twice(x float) returns float language javascript as 'return X * 2'",
		"create table numbers as select seq4() as n from table(generator(rowcount => 300000))")
	if got, err := rows(t.Context(), s, "select count(*), count_if(twice(n) = n * 2) from numbers"); err != nil || got != "300000|300000" {
		t.Errorf("%s (%v), want every row", got, err)
	}
}
