package emulatortest_test

import (
	"database/sql"
	"testing"

	_ "github.com/snowflakedb/gosnowflake"

	"github.com/snowpit-dev/snowpit/emulator/emulatortest"
)

// What the package's page shows works, and tests do not see one another.
func TestStart(t *testing.T) {
	for range 2 {
		db, err := sql.Open("snowflake", emulatortest.Start(t))
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		if _, err := db.ExecContext(t.Context(), "create table t as select 1 as a"); err != nil {
			t.Fatal(err)
		}
		var place string
		if err := db.QueryRowContext(t.Context(), "select current_database() || '.' || current_schema() from t").Scan(&place); err != nil || place != "TEST.PUBLIC" {
			t.Errorf("it is in %s, %v", place, err)
		}
	}
}
