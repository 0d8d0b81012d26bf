package duckdb_test

import (
	"context"
	"testing"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb"
	"github.com/snowpit-dev/snowpit/warehouse/warehousetest"
)

// known are the promises not kept yet, each with its reason.
var known = map[string]string{}

func TestConformanceMemory(t *testing.T) {
	warehousetest.Run(t, func(ctx context.Context) (warehouse.Warehouse, error) {
		return duckdb.Open(ctx, duckdb.Config{})
	}, known)
}

func TestConformanceFolder(t *testing.T) {
	warehousetest.Run(t, func(ctx context.Context) (warehouse.Warehouse, error) {
		return duckdb.Open(ctx, duckdb.Config{Dir: t.TempDir()})
	}, known)
}
