package duckdb

import (
	"fmt"

	"github.com/snowpit-dev/snowpit/warehouse/dialect/rewrite"
)

// tableColumn is a column of a table as loading needs it.
type tableColumn struct {
	name     string
	duck     string // its type of DuckDB's
	nullable bool
	length   int  // how many characters it takes, 0 for any number
	ticks    int  // how many microseconds lie between its times, 0 for one
	six      bool // its times have no more than six digits of a second
}

// stored is a value of the column's own type as the column holds it.
func (c tableColumn) stored(value string) string {
	if c.ticks == 0 {
		return value
	}
	macro := "whole_ticks"
	if c.duck == rewrite.Zoned {
		macro = "whole_ticks_at"
	}
	return fmt.Sprintf("%s.MAIN.%s(%s, %d)", rewrite.Macros, macro, value, c.ticks)
}
