package duckdb

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/engine"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/refusal"
)

// startAllowed starts a statement unless it reaches outside the warehouse.
func (s *session) startAllowed(ctx context.Context, cur *engine.Cursor, args []any) error {
	if inside, number := cur.StaysInside(); !inside {
		return refusal.Unsupported(fmt.Sprintf("DuckDB's statement type %d", number))
	}
	return cur.Start(ctx, args)
}

// result makes what the statement gave into a result. It takes cur over.
func (s *session) result(ctx context.Context, rec *record, cur *engine.Cursor) (*warehouse.Result, error) {
	change := cur.Change()
	if cur.GivesRows() {
		r, columns, err := newRowReader(ctx, s, cur, rec)
		if err != nil {
			cur.Close()
			return nil, err
		}
		return warehouse.NewResult(rec.statement.QueryID, rec.statement.Kind, columns, r), nil
	}
	defer cur.Close()
	changed, err := cur.Count()
	if err != nil {
		return nil, err
	}
	switch change {
	case "INSERT":
		return rec.counted(changed, "number of rows inserted"), nil
	case "UPDATE":
		return rec.counted(changed, "number of rows updated", "number of multi-joined rows updated"), nil
	case "DELETE":
		return rec.counted(changed, "number of rows deleted"), nil
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

// counted is the result of a change, with Snowflake's column names; columns
// behind the first are 0.
func (rec *record) counted(n int64, names ...string) *warehouse.Result {
	columns := make([]warehouse.Column, len(names))
	row := make([]any, len(names))
	for i, name := range names {
		columns[i] = engine.Integer
		columns[i].Name, row[i] = name, int64(0)
	}
	row[0] = n
	res := rec.table(columns, [][]any{row})
	for i := range res.Columns {
		res.Columns[i].Nullable = false
	}
	res.Affected = n
	return res
}

// status is the one-line result of a statement that gives no rows.
func (rec *record) status(message string) *warehouse.Result {
	return rec.table([]warehouse.Column{{Name: "status", Type: warehouse.Varchar}}, [][]any{{message}})
}

// table is a result made here, of VARCHAR (string), NUMBER (int64), BOOLEAN
// (bool) and TIMESTAMP_LTZ (time.Time) columns. A value of another type, nil
// for one, is a null.
func (rec *record) table(columns []warehouse.Column, rows [][]any) *warehouse.Result {
	batch := batchOf(columns, rows)
	rec.statement.Rows = int64(len(rows))
	rec.s.results.add(rec.statement.QueryID, columns, batch.Schema(), []arrow.RecordBatch{batch})
	return warehouse.NewResult(rec.statement.QueryID, rec.statement.Kind, columns, readerOf(batch.Schema(), batch))
}

// readerOf reads batches, which it releases. Those without rows are left out.
func readerOf(schema *arrow.Schema, batches ...arrow.RecordBatch) array.RecordReader {
	return warehouse.ReaderOf(schema, func() (arrow.RecordBatch, error) {
		for len(batches) > 0 {
			batch := batches[0]
			if batches = batches[1:]; batch.NumRows() > 0 {
				return batch, nil
			}
			batch.Release()
		}
		return nil, nil
	})
}

// batchOf is rows made here as a batch.
func batchOf(columns []warehouse.Column, rows [][]any) arrow.RecordBatch {
	fields := make([]arrow.Field, len(columns))
	for i := range columns {
		columns[i].Nullable = true
		fields[i] = arrow.Field{Name: columns[i].Name, Type: madeHere(columns[i].Type), Nullable: true}
	}
	b := array.NewRecordBuilder(memory.DefaultAllocator, arrow.NewSchema(fields, nil))
	defer b.Release()
	for _, row := range rows {
		for i, v := range row {
			appendMade(b.Field(i), v)
		}
	}
	return b.NewRecordBatch()
}

// madeHere is the Arrow type of a column made here.
func madeHere(t warehouse.Type) arrow.DataType {
	switch t {
	case warehouse.Number:
		return arrow.PrimitiveTypes.Int64
	case warehouse.Boolean:
		return arrow.FixedWidthTypes.Boolean
	case warehouse.TimestampLTZ:
		return engine.UTC
	}
	return arrow.BinaryTypes.String
}

func appendMade(b array.Builder, v any) {
	switch v := v.(type) {
	case string:
		if b, ok := b.(*array.StringBuilder); ok {
			b.Append(v)
			return
		}
	case int64:
		if b, ok := b.(*array.Int64Builder); ok {
			b.Append(v)
			return
		}
	case bool:
		if b, ok := b.(*array.BooleanBuilder); ok {
			b.Append(v)
			return
		}
	case time.Time:
		if b, ok := b.(*array.TimestampBuilder); ok && !v.IsZero() {
			b.Append(arrow.Timestamp(v.UnixMicro()))
			return
		}
	}
	b.AppendNull()
}

// sortRows orders rows made here by the texts of some columns.
func sortRows(rows [][]any, by ...int) {
	slices.SortStableFunc(rows, func(a, b []any) int {
		for _, i := range by {
			x, _ := a[i].(string)
			y, _ := b[i].(string)
			if c := strings.Compare(x, y); c != 0 {
				return c
			}
		}
		return 0
	})
}
