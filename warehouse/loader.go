package warehouse

import (
	"context"

	"github.com/apache/arrow-go/v18/arrow/array"
)

// LoadMode says what happens to rows the table has already.
type LoadMode int

const (
	// LoadAppend adds to a table that exists.
	LoadAppend LoadMode = iota
	// LoadReplace creates the table, in place of one of that name if there is
	// one, with the columns given.
	LoadReplace
)

// A Loader is a [Session] that can fill a table from Arrow rows.
//
// Load reads rows to their end and reports how many it wrote. It is all or
// nothing: when rows end in an error, when ctx ends, or when the process dies,
// the table is as it was before. Readers see the old table until Load returns.
// In an open transaction the load belongs to that transaction.
//
// table is a name as it stands in SQL, qualified or not. Columns are matched
// by position; for LoadReplace, columns names and types them, and for
// LoadAppend columns may be nil. A value that does not fit its column is an
// [*Error] that names the column.
type Loader interface {
	Load(ctx context.Context, table string, mode LoadMode, columns []Column, rows array.RecordReader) (int64, error)
}
