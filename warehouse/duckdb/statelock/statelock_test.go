package statelock_test

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/statelock"
)

// TestTake takes a folder's lock twice, which names who has it, and once more
// when it is free.
func TestTake(t *testing.T) {
	dir := t.TempDir()
	first, err := statelock.Take(dir)
	if err != nil {
		t.Fatal(err)
	}
	_, err = statelock.Take(dir)
	if want := fmt.Sprintf("process %d has the folder open", os.Getpid()); !errors.Is(err, warehouse.ErrLocked) || !strings.Contains(err.Error(), want) {
		t.Errorf("the second gets %v, want ErrLocked and %q", err, want)
	}
	if err := first.Release(); err != nil {
		t.Fatal(err)
	}
	again, err := statelock.Take(dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := again.Release(); err != nil {
		t.Fatal(err)
	}
}
