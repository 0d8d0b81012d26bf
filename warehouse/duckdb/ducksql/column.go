package ducksql

import (
	"fmt"

	"github.com/snowpit-dev/snowpit/warehouse/dialect/rewrite"
)

// Column is a column of a table as loading needs it.
type Column struct {
	Name     string
	Type     string // its type of DuckDB's
	Nullable bool
	Length   int  // how many characters it takes, 0 for any number
	Ticks    int  // how many microseconds lie between its times, 0 for one
	Six      bool // its times have no more than six digits of a second
}

// Stored is a value of the column's own type as the column holds it.
func (c Column) Stored(value string) string {
	if c.Ticks == 0 {
		return value
	}
	macro := "whole_ticks"
	if c.Type == rewrite.Zoned {
		macro = "whole_ticks_at"
	}
	return fmt.Sprintf("%s.MAIN.%s(%s, %d)", rewrite.Macros, macro, value, c.Ticks)
}
