package duckdb

import (
	"context"
	"regexp"
	"strconv"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/types"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/ducksql"
)

// Some types have values that DuckDB's type for them would take and Snowflake's
// does not hold: TIME(3) has no microseconds. What goes into a column of such a
// type is cast to it. As long as no table has one, which w.narrow tells, no
// statement pays for that.

// short reports the types of times that are declared with fewer digits than all.
// Clients are told of them.
func short(t types.Type) bool {
	return (t.Timestamp() || t.Is(warehouse.Time)) && t.Precision < allDigits
}

// long reports the texts whose columns are longer than a VARCHAR that says
// nothing of its length. Clients are told of them.
func long(t types.Type) bool { return t.Is(warehouse.Varchar) && t.Length > maxText }

// maxText is the length of a VARCHAR that says nothing of it.
const maxText = 16777216

// allDigits is how many they have if nothing is said of it.
const allDigits = 9

// noteNarrow remembers that a statement may make a column whose declaration says
// more than DuckDB's type.
func (w *Warehouse) noteNarrow(tree ast.Statement) {
	if _, ok := tree.(*ast.Query); ok || w.narrow.Load() {
		return
	}
	ast.Inspect(tree, func(n ast.Node) bool {
		if t, ok := n.(*ast.Type); ok && (short(types.Of(t)) || long(types.Of(t))) {
			w.narrow.Store(true)
		}
		return true
	})
}

// narrowTypes are those types as the JSON of a table's comment has them.
var narrowTypes = `"type":"(TIME[A-Z_]*\([0-` + strconv.Itoa(allDigits-1) + `]|VARCHAR\((\d{9}|1[7-9]\d{6}|[2-9]\d{7}))\)"`

// findNarrow looks for such columns in a database that was just attached.
func (w *Warehouse) findNarrow(ctx context.Context, database string) error {
	rows, err := w.admin.Texts(ctx, `select 1 from duckdb_tables() where database_name = $1 and regexp_matches(comment, $2) limit 1`, database, narrowTypes)
	if len(rows) > 0 {
		w.narrow.Store(true)
	}
	return err
}

// narrowText are the narrow types as DESCRIBE has them.
var narrowText = regexp.MustCompile(`^TIME[A-Z_]*\([0-` + strconv.Itoa(ducksql.StoredDigits-1) + `]\)`)
