package tablelock_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/catalog"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/tablelock"
)

var table = catalog.NameOf("D", "S", "T")

// TestTake has two sessions want a table: one's transaction keeps the other out
// until its patience ends, and one's statement until it is over.
func TestTake(t *testing.T) {
	var locks tablelock.Locks
	one, other := new(int), new(int)
	take := func(by *int, tx string, wait time.Duration) error {
		return locks.Take(t.Context(), table, tablelock.New(by, "session", "query", tx), wait)
	}
	if err := take(one, "transaction", 0); err != nil {
		t.Fatal(err)
	}
	if err := take(one, "transaction", 0); err != nil {
		t.Errorf("whoever has it may have it again: %v", err)
	}
	var locked *warehouse.LockedError
	if err := take(other, "", time.Millisecond); !errors.As(err, &locked) || locked.Session != "session" {
		t.Errorf("the other gets %v", err)
	}
	if err := locks.Take(t.Context(), catalog.NameOf("D", "S", "U"), tablelock.New(other, "", "", ""), 0); err != nil {
		t.Errorf("another table: %v", err)
	}
	locks.Release(one)
	if err := take(one, "", 0); err != nil { // a statement of its own
		t.Fatal(err)
	}
	got := make(chan error)
	go func() { got <- take(other, "", time.Nanosecond) }()
	select {
	case err := <-got:
		t.Fatalf("it did not wait for the statement: %v", err)
	case <-time.After(20 * time.Millisecond):
	}
	locks.Release(one)
	if err := <-got; err != nil {
		t.Errorf("behind the statement: %v", err)
	}
}

// TestTakeCanceled ends with its context.
func TestTakeCanceled(t *testing.T) {
	var locks tablelock.Locks
	if err := locks.Take(t.Context(), table, tablelock.New(1, "", "", ""), 0); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
	defer cancel()
	if err := locks.Take(ctx, table, tablelock.New(2, "", "", ""), time.Hour); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
}
