package duckdb_test

import (
	"testing"

	"github.com/snowpit-dev/snowpit/warehouse/dialect/dialecttest"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb"
)

// TestCorpus runs Snowflake's SQL and compares what comes out with what its
// documentation says. SNOWPIT_UPDATE=1 deletes from the list what holds now.
func TestCorpus(t *testing.T) {
	dialecttest.Run(t, open(t, duckdb.Config{Stages: stages(t)}), "testdata/known.txt")
}
