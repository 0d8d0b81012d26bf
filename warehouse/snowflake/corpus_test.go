package snowflake_test

import (
	"testing"

	"github.com/snowpit-dev/snowpit/emulator"
	"github.com/snowpit-dev/snowpit/emulator/emulatortest"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/dialecttest"
	"github.com/snowpit-dev/snowpit/warehouse/snowflake"
)

// TestCorpusEmulator runs Snowflake's SQL through the driver on an emulator and
// expects what the same cases give in process: values, columns and refusals.
// What differs in process does so here; the list of its own has what the way
// there adds. SNOWPIT_UPDATE=1 deletes from the lists what holds now.
func TestCorpusEmulator(t *testing.T) {
	config := local(t, emulatortest.Serve(t, emulator.Config{}))
	config.Database = "SNOWPIT" // where sessions in process start
	w, err := snowflake.Open(config)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	dialecttest.Run(t, w, "../duckdb/testdata/known.txt", "testdata/known.txt")
}
