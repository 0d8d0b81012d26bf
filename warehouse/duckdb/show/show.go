package show

import (
	"cmp"
	"context"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/catalog"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/listing"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/refusal"
)

// A row is one of SHOW's, with the name that it goes by.
type row struct {
	at    catalog.Name // parts that mean nothing to its kind are ""
	cells []any
}

// Show answers SHOW of what can be shown, with rows as [listing.Batch] takes them,
// and refuses the others by name.
func (v *Viewer) Show(ctx context.Context, stmt *ast.Show) ([]warehouse.Column, [][]any, error) {
	k, ok := kinds[stmt.Object]
	if !ok {
		return nil, nil, refusal.Unsupported("SHOW " + stmt.Object)
	}
	in, err := v.place(ctx, stmt)
	if err != nil {
		return nil, nil, err
	}
	all, err := k.rows(v, ctx, in)
	if err != nil {
		return nil, nil, err
	}
	columns, rows := k.table(stmt, clauses(stmt, all))
	return columns, rows, nil
}

// clauses leaves the rows that LIKE, STARTS WITH and LIMIT … FROM let through, in
// the order of their names; those of a table's columns keep theirs.
func clauses(stmt *ast.Show, all []row) (rows [][]any) {
	matches := func(string) bool { return true }
	if stmt.Like != nil {
		matches = likePattern(stmt.Like.Value)
	}
	limit := -1
	if n, ok := stmt.Limit.(*ast.Number); ok {
		limit, _ = strconv.Atoi(n.Text)
	}
	byColumn := stmt.Object == "COLUMNS" || strings.HasSuffix(stmt.Object, "KEYS")
	slices.SortStableFunc(all, func(a, b row) int {
		order := cmp.Or(cmp.Compare(a.at.Database, b.at.Database), cmp.Compare(a.at.Schema, b.at.Schema))
		if byColumn {
			return order
		}
		return cmp.Or(order, cmp.Compare(a.at.Table, b.at.Table))
	})
	for _, r := range all {
		name := r.at.Table
		if len(rows) == limit {
			break
		}
		if !matches(name) || stmt.Starts != nil && !strings.HasPrefix(name, stmt.Starts.Value) || stmt.From != nil && name <= stmt.From.Value {
			continue
		}
		rows = append(rows, r.cells)
	}
	return rows
}

// likePattern matches as SHOW … LIKE does: % and _ in any case, and, behind a
// backslash, themselves.
func likePattern(pattern string) func(string) bool {
	var quoted strings.Builder
	literal := false
	for _, c := range pattern {
		switch {
		case literal || c != '%' && c != '_' && c != '\\':
			quoted.WriteString(regexp.QuoteMeta(string(c)))
			literal = false
		case c == '\\':
			literal = true
		case c == '%':
			quoted.WriteString(".*")
		default:
			quoted.WriteString(".")
		}
	}
	return regexp.MustCompile("(?is)^(?:" + quoted.String() + ")$").MatchString
}

// table is the rows with their columns, as HISTORY and TERSE have them.
func (k kind) table(stmt *ast.Show, rows [][]any) ([]warehouse.Column, [][]any) {
	columns := listing.Columns(k.columns)
	if stmt.History {
		columns = append(columns, warehouse.Column{Name: "dropped_on", Type: warehouse.TimestampLTZ})
		for i := range rows {
			rows[i] = append(rows[i], nil)
		}
	}
	if stmt.Terse && k.terse != "" {
		return shorten(columns, rows, listing.Columns(k.terse), stmt.Object)
	}
	return columns, rows
}

// kindOf is the kind that TERSE gives all objects of one kind of SHOW.
var kindOf = map[string]any{"VIEWS": "VIEW", "SEQUENCES": "SEQUENCE", "DATABASES": "STANDARD", "HYBRID TABLES": "HYBRID TABLE", "INDEXES": "INDEX"}

// shorten leaves some columns. A kind that is no column is the object's.
func shorten(columns []warehouse.Column, rows [][]any, left []warehouse.Column, object string) ([]warehouse.Column, [][]any) {
	var out [][]any
	for _, row := range rows {
		short := make([]any, len(left))
		for i, l := range left {
			j := slices.IndexFunc(columns, func(c warehouse.Column) bool { return c.Name == l.Name })
			switch {
			case l.Name == "kind" && object != "TABLES" && object != "OBJECTS":
				short[i] = kindOf[object]
			case j >= 0:
				short[i] = row[j]
			}
		}
		out = append(out, short)
	}
	return left, out
}
