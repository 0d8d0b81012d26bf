package duckdb_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb"
)

// TestLongStatementsEnd cancels statements that take a minute: they end at
// once, and the session goes on.
func TestLongStatementsEnd(t *testing.T) {
	s := session(t, open(t, duckdb.Config{}))
	for _, sql := range []string{
		"call system$wait(60)",
		"select system$wait(1, 'minutes')",
		"select count(*) from table(generator(timelimit => 60))",
		"select distinct 1 from table(generator(timelimit => 60))",
	} {
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		start := time.Now()
		res, err := s.Query(ctx, sql)
		if err == nil {
			for res.Reader().Next() {
			}
			err = res.Reader().Err()
			res.Close()
		}
		cancel()
		if err == nil || time.Since(start) > 10*time.Second {
			t.Errorf("%s: error %v after %v", sql, err, time.Since(start))
		}
	}
	want(t, s, "select 1", "1")
}

// TestWaitTakesAsLong holds SYSTEM$WAIT against the clock, and what it cannot
// do against its refusals.
func TestWaitTakesAsLong(t *testing.T) {
	s := session(t, open(t, duckdb.Config{}))
	start := time.Now()
	want(t, s, "call system$wait(60, 'milliseconds')", "waited 60 milliseconds")
	if took := time.Since(start); took < 60*time.Millisecond {
		t.Errorf("it waited %v", took)
	}
	for _, sql := range []string{
		"select system$wait(0) from (values (1), (2))",
		"select system$wait(1 + 1)",
		"select system$wait(1, 'fortnights')",
	} {
		_, err := s.Query(t.Context(), sql)
		var refused *warehouse.Error
		if !errors.As(err, &refused) || !errors.Is(err, warehouse.ErrUnsupported) {
			t.Errorf("%s: error %v", sql, err)
		}
	}
}
