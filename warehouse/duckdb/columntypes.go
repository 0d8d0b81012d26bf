package duckdb

import (
	"context"
	"slices"
	"strings"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/print"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/types"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/catalog"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/ducksql"
)

// columnsOf are a table's or view's columns as DuckDB has them: preparing a
// query is the quickest way to ask it, sees what the session's transaction
// sees, and leaves the transaction as it is where there is no such table.
func (s *session) columnsOf(name []string) ([]types.Column, bool) {
	if last := len(name) - 1; fileLike(strings.ToLower(name[last])) && s.noFile(nameOf(name)) != nil {
		return nil, false
	}
	parts := make([]string, len(name))
	for i, p := range name {
		switch {
		case p == "":
			p = catalog.DefaultSchema
		case p == catalog.ShownInformationSchema && i+1 < len(name):
			p = catalog.InformationSchema
		}
		parts[i] = ducksql.Name(p)
	}
	cur, err := s.conn.Prepare(context.Background(), "from "+strings.Join(parts, "."))
	if err != nil {
		return nil, false
	}
	defer cur.Close()
	unsure := false
	found := cur.Prepared()
	columns := make([]types.Column, len(found))
	for i, c := range found {
		columns[i].Name = c.Name
		if c.Err == nil && !c.Open {
			columns[i].Type = c.Kind.Type()
			unsure = unsure || s.unsure(columns[i].Type)
		}
	}
	if unsure {
		s.declared(name, columns)
	}
	if s.w.filled.Load() {
		s.notNull(name, strings.Join(parts, "."), columns)
	}
	return columns, true
}

// notNull notes the columns of a table that are NOT NULL.
func (s *session) notNull(name []string, table string, columns []types.Column) {
	query, arg := `select name from pragma_table_info(?) where "notnull"`, table
	if name[0] == catalog.Temp { // the pragma cannot read such a name
		query, arg = "select column_name from duckdb_columns() where database_name = '"+catalog.Temp+"' and table_name = ? and not is_nullable", name[len(name)-1]
	}
	found, err := s.conn.Texts(context.Background(), query, arg)
	if err != nil {
		return
	}
	for i := range columns {
		columns[i].NotNull = slices.ContainsFunc(found, func(r []string) bool { return r[0] == columns[i].Name })
	}
}

// noteNotNull remembers that a statement may make a column that is NOT NULL.
func (w *Warehouse) noteNotNull(tree ast.Statement) {
	if !w.filled.Load() && saysNotNull(tree) {
		w.filled.Store(true)
	}
}

// saysNotNull reports a definition that may have a column that is NOT NULL. That
// of a table which a query makes has none.
func saysNotNull(tree ast.Statement) bool {
	switch stmt := tree.(type) {
	case *ast.CreateTable:
		if stmt.Template != nil || len(stmt.Columns) == 0 {
			return stmt.Template != nil
		}
	case *ast.Alter:
	default:
		return false
	}
	text := print.SQL(tree)
	return strings.Contains(text, "NOT NULL") || strings.Contains(text, "PRIMARY KEY")
}

// findNotNull looks for such columns in a database that was just attached.
func (w *Warehouse) findNotNull(ctx context.Context, database string) error {
	rows, err := w.admin.Texts(ctx, "select 1 from duckdb_columns() where database_name = $1 and not is_nullable limit 1", database)
	if len(rows) > 0 {
		w.filled.Store(true)
	}
	return err
}

// nameOf is a name of parts that are as they are.
func nameOf(parts []string) *ast.Name {
	n := &ast.Name{}
	for _, p := range parts {
		n.Parts = append(n.Parts, ast.Ident{Name: p, Quoted: true})
	}
	return n
}

// unsure reports the types of DuckDB's that stand for several of Snowflake's
// in some table or view.
func (s *session) unsure(t types.Type) bool {
	if t.MayBeFine() && (t.Fine || s.fine) {
		return true
	}
	return t.Is(warehouse.Variant, warehouse.Varchar, warehouse.Binary, warehouse.Number) || s.w.narrow.Load() && (t.Timestamp() || t.Is(warehouse.Time))
}
