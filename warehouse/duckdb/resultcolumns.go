package duckdb

import (
	"github.com/duckdb/duckdb-go/v2/mapping"

	"github.com/snowpit-dev/snowpit/warehouse/dialect/rewrite"
)

// resultColumn is a column of what a statement gives, or would give.
type resultColumn struct {
	name string
	kind columnKind
	open bool  // its type hangs on a value that is not bound yet
	err  error // why it has no kind here
}

// prepared are the columns of a statement that has not run.
func (cur *cursor) prepared() []resultColumn {
	out := make([]resultColumn, mapping.PreparedStatementColumnCount(cur.stmt))
	for i := range out {
		out[i] = resultColumnOf(mapping.PreparedStatementColumnName(cur.stmt, mapping.IdxT(i)),
			mapping.PreparedStatementColumnLogicalType(cur.stmt, mapping.IdxT(i)))
	}
	return out
}

// columns are those of the result.
func (cur *cursor) columns() []resultColumn {
	out := make([]resultColumn, mapping.ColumnCount(&cur.res))
	for i := range out {
		out[i] = resultColumnOf(mapping.ColumnName(&cur.res, mapping.IdxT(i)), mapping.ColumnLogicalType(&cur.res, mapping.IdxT(i)))
	}
	return out
}

// resultColumnOf takes the type over.
func resultColumnOf(name string, lt mapping.LogicalType) resultColumn {
	defer mapping.DestroyLogicalType(&lt)
	c := resultColumn{name: rewrite.Spelled(name)}
	if id := mapping.GetTypeId(lt); id == mapping.TypeInvalid || id == mapping.TypeAny {
		c.open = true
		return c
	}
	c.kind, c.err = kindOfColumn(lt)
	return c
}

// binds is how many values the statement takes.
func (cur *cursor) binds() int { return int(mapping.NParams(cur.stmt)) }

// givesRows reports a statement that has run and gives rows; another gives the
// number of those that it changed.
func (cur *cursor) givesRows() bool {
	return mapping.ResultReturnType(cur.res) == mapping.ResultTypeQueryResult
}

// count is the number of rows a statement changed, which DuckDB gives as its
// only value.
func (cur *cursor) count() (int64, error) {
	chunk, rows, err := cur.fetch()
	if err != nil {
		return 0, err
	}
	defer mapping.DestroyDataChunk(&chunk)
	if rows == 0 || mapping.ColumnType(&cur.res, 0) != mapping.TypeBigInt {
		return 0, nil
	}
	return at[int64](mapping.DataChunkGetVector(chunk, 0), 0), nil
}

// allowed are the statements that stay inside the warehouse. DuckDB's own
// parser says which a text is, so no spelling gets around the list; whatever
// else a statement opens is stopped by enable_external_access.
var allowed = map[mapping.StatementType]bool{
	mapping.StatementTypeSelect:  true,
	mapping.StatementTypeInsert:  true,
	mapping.StatementTypeUpdate:  true,
	mapping.StatementTypeDelete:  true,
	mapping.StatementTypeCreate:  true,
	mapping.StatementTypeAlter:   true,
	mapping.StatementTypeDrop:    true,
	mapping.StatementTypeExplain: true,
	statementTypeMerge:           true,
}

// statementTypeMerge is MERGE INTO, which the driver has no name for yet.
const statementTypeMerge mapping.StatementType = 30

// staysInside reports a statement that is no door out of the warehouse, and
// DuckDB's number of its type.
func (cur *cursor) staysInside() (bool, int) {
	t := cur.statementType()
	return allowed[t], int(t)
}

// change is the word for the way a statement changes rows, "" for one that
// does not.
func (cur *cursor) change() string {
	switch cur.statementType() {
	case mapping.StatementTypeInsert:
		return "INSERT"
	case mapping.StatementTypeUpdate:
		return "UPDATE"
	case mapping.StatementTypeDelete:
		return "DELETE"
	}
	return ""
}
