package duckdb

import (
	"context"
	"fmt"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"
	"github.com/duckdb/duckdb-go/v2/mapping"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
)

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

// startAllowed starts a statement unless it reaches outside the warehouse.
func (s *session) startAllowed(ctx context.Context, cur *cursor, args []any) error {
	if t := cur.statementType(); !allowed[t] {
		return unsupported(fmt.Sprintf("DuckDB's statement type %d", t))
	}
	return cur.start(ctx, args)
}

// result makes what the statement gave into a result. It takes cur over.
func (s *session) result(ctx context.Context, rec *record, cur *cursor) (*warehouse.Result, error) {
	kind := cur.statementType()
	if mapping.ResultReturnType(cur.res) == mapping.ResultTypeQueryResult {
		r, columns, err := newRowReader(ctx, s, cur, rec)
		if err != nil {
			cur.close()
			return nil, err
		}
		return warehouse.NewResult(rec.statement.QueryID, rec.statement.Kind, columns, r), nil
	}
	defer cur.close()
	changed, err := cur.count()
	if err != nil {
		return nil, err
	}
	switch kind {
	case mapping.StatementTypeInsert:
		return rec.counted(changed, "number of rows inserted"), nil
	case mapping.StatementTypeUpdate:
		return rec.counted(changed, "number of rows updated", "number of multi-joined rows updated"), nil
	case mapping.StatementTypeDelete:
		return rec.counted(changed, "number of rows deleted"), nil
	case statementTypeMerge:
		return rec.counted(changed, "number of rows merged"), nil
	}
	res := rec.status(rec.done())
	res.Affected = changed
	return res, nil
}

// done is Snowflake's word for a statement that worked.
func (rec *record) done() string {
	switch stmt := rec.tree.(type) {
	case *ast.CreateTable:
		return fmt.Sprintf("Table %s successfully created.", stmt.Name.Last())
	case *ast.CreateView:
		return fmt.Sprintf("View %s successfully created.", stmt.Name.Last())
	case *ast.CreateSequence:
		return fmt.Sprintf("Sequence %s successfully created.", stmt.Name.Last())
	case *ast.CreateObject:
		return fmt.Sprintf("Schema %s successfully created.", stmt.Name.Last())
	}
	return "Statement executed successfully."
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

// counted is the result of a change, with Snowflake's column names; columns
// behind the first are 0.
func (rec *record) counted(n int64, names ...string) *warehouse.Result {
	columns := make([]warehouse.Column, len(names))
	row := make([]any, len(names))
	for i, name := range names {
		columns[i] = integer
		columns[i].Name, row[i] = name, int64(0)
	}
	row[0] = n
	res := rec.table(columns, [][]any{row})
	res.Affected = n
	return res
}

// status is the one-line result of a statement that gives no rows.
func (rec *record) status(message string) *warehouse.Result {
	return rec.table([]warehouse.Column{{Name: "status", Type: warehouse.Varchar}}, [][]any{{message}})
}

// table is a result of VARCHAR (string) and NUMBER (int64) columns made here.
func (rec *record) table(columns []warehouse.Column, rows [][]any) *warehouse.Result {
	fields := make([]arrow.Field, len(columns))
	for i := range columns {
		columns[i].Nullable = true
		fields[i] = arrow.Field{Name: columns[i].Name, Type: arrow.BinaryTypes.String, Nullable: true}
		if columns[i].Type == warehouse.Number {
			fields[i].Type = arrow.PrimitiveTypes.Int64
		}
	}
	schema := arrow.NewSchema(fields, nil)
	b := array.NewRecordBuilder(memory.DefaultAllocator, schema)
	defer b.Release()
	for _, row := range rows {
		for i, v := range row {
			switch f := b.Field(i).(type) {
			case *array.Int64Builder:
				f.Append(v.(int64))
			case *array.StringBuilder:
				if text, ok := v.(string); ok {
					f.Append(text)
				} else {
					f.AppendNull()
				}
			}
		}
	}
	pending := b.NewRecordBatch()
	next := func() (arrow.RecordBatch, error) {
		batch := pending
		pending = nil
		if batch != nil && batch.NumRows() == 0 {
			batch = nil
		}
		return batch, nil
	}
	rec.statement.Rows = int64(len(rows))
	return warehouse.NewResult(rec.statement.QueryID, rec.statement.Kind, columns, warehouse.ReaderOf(schema, next))
}
