package duckdb

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/parse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/print"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/refusal"
)

// templateColumn is a column as a row of INFER_SCHEMA describes it.
type templateColumn struct {
	Name     string `json:"COLUMN_NAME"`
	Type     string `json:"TYPE"`
	Nullable *bool  `json:"NULLABLE"`
	Order    int    `json:"ORDER_ID"`
}

// createFromTemplate is CREATE TABLE … USING TEMPLATE: the query gives an array
// of objects, each of which is a column.
func (s *session) createFromTemplate(ctx context.Context, rec *record, stmt *ast.CreateTable) (*warehouse.Result, error) {
	if err := s.makeTables(ctx, stmt.Template); err != nil {
		return nil, err
	}
	query, err := s.rewritten(stmt.Template)
	if err != nil {
		return nil, err
	}
	found, err := s.conn.Texts(ctx, "select cast(columns(*) as varchar) from ("+query+")")
	if err != nil {
		return nil, err
	}
	var columns []templateColumn
	if len(found) != 1 || len(found[0]) != 1 || json.Unmarshal([]byte(found[0][0]), &columns) != nil || len(columns) == 0 {
		return nil, &warehouse.Error{Code: 2019, State: "0A000", Message: "SQL compilation error:\nUSING TEMPLATE needs a query that gives one array of the rows of INFER_SCHEMA"}
	}
	slices.SortStableFunc(columns, func(a, b templateColumn) int { return cmp.Compare(a.Order, b.Order) })
	stmt.Template = nil
	for _, c := range columns {
		typ, err := columnType(c.Type)
		if err != nil {
			return nil, err
		}
		stmt.Columns = append(stmt.Columns, ast.ColumnDef{Name: ast.Ident{Name: c.Name, Quoted: true}, Type: typ, NotNull: c.Nullable != nil && !*c.Nullable})
	}
	text := print.SQL(stmt)
	tree, err := parse.Statement(text)
	if err != nil {
		return nil, err
	}
	rec.tree = tree
	return s.change(ctx, rec, tree, text, nil)
}

// columnType reads a type as INFER_SCHEMA writes it.
func columnType(text string) (*ast.Type, error) {
	tree, err := parse.Statement("create table t (c " + text + ")")
	if err != nil {
		return nil, err
	}
	if t, ok := tree.(*ast.CreateTable); ok && len(t.Columns) == 1 && t.Columns[0].Type != nil {
		return t.Columns[0].Type, nil
	}
	return nil, refusal.Unsupported("the type " + text)
}
