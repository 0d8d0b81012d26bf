package warehousetest

import (
	"context"
	"strings"
	"testing"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb"
)

// sound is the backend that the broken ones are made of.
func sound(ctx context.Context) (warehouse.Warehouse, error) {
	return duckdb.Open(ctx, duckdb.Config{})
}

// unkept are the promises that sound itself does not keep.
var unkept = map[string]string{}

// TestBreakers is the test of the kit: for each promise there is a backend that
// breaks it, and trying the promise finds out.
func TestBreakers(t *testing.T) {
	breakers := breakers()
	for _, p := range promises() {
		t.Run(p.name, func(t *testing.T) {
			broken, ok := breakers[p.name]
			delete(breakers, p.name)
			if _, known := unkept[p.name]; known {
				if p.try(t.Context(), sound) == nil {
					t.Error("sound keeps it now; give it a breaker")
				}
				return
			}
			if !ok {
				t.Fatal("no backend breaks it")
			}
			err := p.try(t.Context(), func(ctx context.Context) (warehouse.Warehouse, error) {
				w, err := sound(ctx)
				if err != nil {
					return nil, err
				}
				return broken(&wrapped{Warehouse: w, historian: w.(warehouse.Historian)}), nil
			})
			if err == nil {
				t.Fatal("a backend that breaks it passes")
			}
			if !strings.HasPrefix(err.Error(), p.name+": ") || !strings.Contains(err.Error(), "rule: ") {
				t.Errorf("the error names neither promise nor rule: %v", err)
			}
		})
	}
	for name := range breakers {
		t.Errorf("a backend breaks %q, which is no promise", name)
	}
}

// TestWrapper checks that the wrapper by itself breaks nothing, so that it is
// the faults that TestBreakers finds.
func TestWrapper(t *testing.T) {
	Run(t, func(ctx context.Context) (warehouse.Warehouse, error) {
		w, err := sound(ctx)
		if err != nil {
			return nil, err
		}
		return &wrapped{Warehouse: w, historian: w.(warehouse.Historian)}, nil
	}, unkept)
}

// TestCheck reports every broken promise, and nothing of those that are kept.
func TestCheck(t *testing.T) {
	err := Check(t.Context(), sound)
	for name := range unkept {
		if err == nil || !strings.Contains(err.Error(), name+": ") {
			t.Errorf("Check does not report %q: %v", name, err)
		}
	}
	if err != nil && strings.Count(err.Error(), "\nrule: ") != len(unkept) {
		t.Errorf("Check reports more than %v:\n%v", unkept, err)
	}
	broken := func(ctx context.Context) (warehouse.Warehouse, error) {
		w, err := sound(ctx)
		if err != nil {
			return nil, err
		}
		return breakers()["syntax error"](&wrapped{Warehouse: w, historian: w.(warehouse.Historian)}), nil
	}
	if err := Check(t.Context(), broken); err == nil || !strings.Contains(err.Error(), "syntax error: ") {
		t.Errorf("Check says of a broken warehouse %v", err)
	}
}
