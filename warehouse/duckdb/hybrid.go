package duckdb

import (
	"context"
	"slices"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/catalog"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/refusal"
)

// A hybrid table is a table here whose keys DuckDB enforces, as Snowflake does
// there. Its secondary indexes are kept and shown, and speed nothing up.

// checkHybrid refuses what a hybrid table cannot be on Snowflake, and what this
// one cannot be here.
func checkHybrid(stmt *ast.CreateTable) error {
	switch {
	case stmt.Temporary || stmt.Transient || stmt.ClusterBy != nil || stmt.Clone != nil || stmt.Template != nil:
		return hybridRefusal(stmt, "Hybrid tables are neither temporary nor transient, have no clustering key, and are not made by CLONE or USING TEMPLATE.")
	case stmt.Like != nil:
		return nil
	}
	constraints := slices.Clone(stmt.Constraints)
	columns := map[string]bool{}
	for _, c := range stmt.Columns {
		if c.Type == nil {
			return refusal.Unsupported("CREATE HYBRID TABLE … AS of columns without types")
		}
		columns[c.Name.Name] = true
		constraints = append(constraints, c.Constraints...)
	}
	if slices.ContainsFunc(constraints, func(c ast.Constraint) bool { return c.Kind == "FOREIGN KEY" || c.Kind == "CHECK" }) {
		return refusal.Unsupported("foreign keys and checks of hybrid tables, which Snowflake enforces")
	}
	if !slices.ContainsFunc(constraints, func(c ast.Constraint) bool { return c.Kind == "PRIMARY KEY" }) {
		return hybridRefusal(stmt, "A hybrid table must have a PRIMARY KEY constraint.")
	}
	for _, i := range stmt.Indexes {
		for _, c := range slices.Concat(i.Columns, i.Include) {
			if !columns[c.Name] {
				return &warehouse.Error{Code: 904, State: "42000", Line: i.Position.Line, Column: i.Position.Column,
					Message: "SQL compilation error:\ninvalid identifier '" + c.Name + "'"}
			}
		}
	}
	return nil
}

func hybridRefusal(stmt *ast.CreateTable, why string) error {
	return &warehouse.Error{Code: 2, State: "0A000", Line: stmt.Position.Line, Column: stmt.Position.Column, Message: "SQL compilation error:\n" + why}
}

// changesKeys reports an action that would change what a table is held to.
func changesKeys(action ast.Action) bool {
	switch act := action.(type) {
	case *ast.AddConstraint, *ast.DropConstraint, *ast.SwapWith:
		return true
	case *ast.AddColumn:
		return slices.ContainsFunc(act.Columns, func(c ast.ColumnDef) bool { return len(c.Constraints) > 0 })
	}
	return false
}

// HasHybridTables reports whether the session's database has any.
func (s *session) HasHybridTables() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if known, ok := s.w.hybrid.Load(s.database); ok || s.closed || s.database == "" {
		return ok && known.(bool)
	}
	rows, err := s.conn.Texts(context.Background(), `select 1 from duckdb_tables() where database_name = ? and starts_with(comment, ?) and
		json_extract(comment, '$.hybrid') = 'true' limit 1`, s.database, catalog.MetaPrefix)
	if err != nil {
		return false
	}
	s.w.hybrid.Store(s.database, len(rows) > 0)
	return len(rows) > 0
}
