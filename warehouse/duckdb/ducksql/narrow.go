package ducksql

import (
	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/types"
)

// Narrow reports the types whose columns need a cast before them.
func Narrow(t types.Type) bool {
	return (t.Timestamp() || t.Is(warehouse.Time)) && t.Precision < StoredDigits
}

// StoredDigits is how many digits of a second DuckDB's types of times have.
const StoredDigits = 6
