package engine

import (
	"github.com/duckdb/duckdb-go/v2/mapping"

	"github.com/snowpit-dev/snowpit/warehouse/dialect/rewrite"
)

// ResultColumn is a column of what a statement gives, or would give.
type ResultColumn struct {
	Name string
	Kind ColumnKind
	Open bool  // its type hangs on a value that is not bound yet
	Err  error // why it has no kind here
}

// Prepared are the columns of a statement that has not run.
func (cur *Cursor) Prepared() []ResultColumn {
	out := make([]ResultColumn, mapping.PreparedStatementColumnCount(cur.stmt))
	for i := range out {
		out[i] = resultColumnOf(mapping.PreparedStatementColumnName(cur.stmt, mapping.IdxT(i)),
			mapping.PreparedStatementColumnLogicalType(cur.stmt, mapping.IdxT(i)))
	}
	return out
}

// Columns are those of the result.
func (cur *Cursor) Columns() []ResultColumn {
	out := make([]ResultColumn, mapping.ColumnCount(&cur.res))
	for i := range out {
		out[i] = resultColumnOf(mapping.ColumnName(&cur.res, mapping.IdxT(i)), mapping.ColumnLogicalType(&cur.res, mapping.IdxT(i)))
	}
	return out
}

// resultColumnOf takes the type over.
func resultColumnOf(name string, lt mapping.LogicalType) ResultColumn {
	defer mapping.DestroyLogicalType(&lt)
	c := ResultColumn{Name: rewrite.Spelled(name)}
	if id := mapping.GetTypeId(lt); id == mapping.TypeInvalid || id == mapping.TypeAny {
		c.Open = true
		return c
	}
	c.Kind, c.Err = kindOfColumn(lt)
	return c
}

// Binds is how many values the statement takes.
func (cur *Cursor) Binds() int { return int(mapping.NParams(cur.stmt)) }

// GivesRows reports a statement that has run and gives rows; another gives the
// number of those that it changed.
func (cur *Cursor) GivesRows() bool {
	return mapping.ResultReturnType(cur.res) == mapping.ResultTypeQueryResult
}

// Count is the number of rows a statement changed, which DuckDB gives as its
// only value.
func (cur *Cursor) Count() (int64, error) {
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

// StaysInside reports a statement that is no door out of the warehouse, and
// DuckDB's number of its type.
func (cur *Cursor) StaysInside() (bool, int) {
	t := cur.statementType()
	return allowed[t], int(t)
}

// Change is the word for the way a statement changes rows, "" for one that
// does not.
func (cur *Cursor) Change() string {
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
