package duckdb

import (
	"context"
	"fmt"

	"github.com/apache/arrow-go/v18/arrow"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/engine"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/listing"
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
	row := make([]any, len(names))
	for i := range row {
		row[i] = int64(0)
	}
	row[0] = n
	res := rec.table(listing.Wholes(names...), [][]any{row})
	for i := range res.Columns {
		res.Columns[i].Nullable = false
	}
	res.Affected = n
	return res
}

// status is the one-line result of a statement that gives no rows.
func (rec *record) status(message string) *warehouse.Result {
	return rec.table(listing.Columns("status"), [][]any{{message}})
}

// table is a result made here, of rows as [listing.Batch] takes them.
func (rec *record) table(columns []warehouse.Column, rows [][]any) *warehouse.Result {
	batch := listing.Batch(columns, rows)
	rec.statement.Rows = int64(len(rows))
	rec.s.results.Add(rec.statement.QueryID, columns, batch.Schema(), []arrow.RecordBatch{batch})
	return warehouse.NewResult(rec.statement.QueryID, rec.statement.Kind, columns, listing.Reader(batch.Schema(), batch))
}
