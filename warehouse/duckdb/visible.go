package duckdb

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/snowpit-dev/snowpit/stage"
	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/refusal"
)

// visible says which objects of a schema SHOW shows: those of the current schema
// unless it names another place.
func (s *session) visible(stmt *ast.Show) (func(stage.Name) bool, error) {
	database, schema := s.database, s.schema
	if in := stmt.Where; in != nil {
		name := parts(in.Name)
		switch {
		case in.Object == "ACCOUNT":
			database, schema = "", ""
		case in.Object == "DATABASE" && len(name) <= 1:
			schema = ""
			if len(name) == 1 {
				database = name[0]
			}
		case in.Object != "SCHEMA" && in.Object != "" || len(name) > 2:
			return nil, refusal.Unsupported("SHOW " + stmt.Object + " " + in.Preposition + " " + in.Object)
		case len(name) == 2:
			database, schema = name[0], name[1]
		case len(name) == 1:
			schema = name[0]
		}
	}
	like := func(string) bool { return true }
	if stmt.Like != nil {
		like = likePattern(stmt.Like.Value)
	}
	return func(n stage.Name) bool {
		return (database == "" || strings.EqualFold(n.Database, database)) && (schema == "" || strings.EqualFold(n.Schema, schema)) &&
			like(n.Stage) && (stmt.Starts == nil || strings.HasPrefix(n.Stage, stmt.Starts.Value))
	}, nil
}

// cut sorts rows by database, schema and name, which are the columns 2, 3 and 1,
// and leaves those that LIMIT … FROM lets through.
func cut(stmt *ast.Show, rows [][]any) [][]any {
	slices.SortStableFunc(rows, func(a, b []any) int {
		of := func(i int) int { return cmp.Compare(a[i].(string), b[i].(string)) }
		return cmp.Or(of(2), of(3), of(1))
	})
	if stmt.From != nil {
		rows = slices.DeleteFunc(rows, func(r []any) bool { return r[1].(string) <= stmt.From.Value })
	}
	if n, ok := stmt.Limit.(*ast.Number); ok {
		if limit, err := strconv.Atoi(n.Text); err == nil && limit < len(rows) {
			rows = rows[:limit]
		}
	}
	return rows
}

// moments makes the first column one of points in time.
func moments(columns []warehouse.Column) []warehouse.Column {
	columns[0].Type = warehouse.TimestampLTZ
	return columns
}

// momentOf is a number of milliseconds as a point in time, nil for no number.
func momentOf(milliseconds string) any {
	n, err := strconv.ParseInt(milliseconds, 10, 64)
	if err != nil {
		return nil
	}
	return time.UnixMilli(n).UTC()
}

// databaseNames are the names of the databases that are attached, in order.
func (w *Warehouse) databaseNames() (names []string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for name := range w.databases {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}
