package duckdb

import (
	"fmt"
	"strings"

	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/print"
)

// nameColumns gives a query's columns without a name of their own the one that
// Snowflake makes: the expression's text in upper case, or COLUMN1, COLUMN2, …
// DuckDB has others, such as count_star().
func nameColumns(stmt ast.Statement, columns []string) {
	query, ok := stmt.(*ast.Query)
	if !ok {
		return
	}
	switch body := firstBody(query.Body).(type) {
	case *ast.Select:
		nameItems(body.Items, columns)
	case *ast.Values:
		for i := range columns {
			columns[i] = fmt.Sprintf("COLUMN%d", i+1)
		}
	}
}

// firstBody is the part of a query that names its columns.
func firstBody(body ast.Body) ast.Body {
	for {
		switch b := body.(type) {
		case *ast.SetOp:
			body = b.Left
		case *ast.ParenQuery:
			body = b.Query.Body
		default:
			return body
		}
	}
}

// nameItems names the columns that come before the first star, and those
// behind the last.
func nameItems(items []ast.Item, columns []string) {
	for i := 0; i < len(items) && i < len(columns) && !isStar(items[i]); i++ {
		nameItem(items[i], &columns[i])
	}
	for i := 1; i <= len(items) && i <= len(columns) && !isStar(items[len(items)-i]); i++ {
		nameItem(items[len(items)-i], &columns[len(columns)-i])
	}
}

func isStar(it ast.Item) bool {
	_, ok := it.X.(*ast.Star)
	return ok
}

func nameItem(it ast.Item, name *string) {
	if _, ok := it.X.(*ast.Column); !ok && it.Alias == nil {
		*name = strings.ToUpper(print.Item(&it))
	}
}
