package duckdb

import (
	"context"
	"slices"
	"strings"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/ducksql"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/refusal"
)

// A hybrid table is a table here whose keys DuckDB enforces, as Snowflake does
// there. Its secondary indexes are kept and shown, and speed nothing up.

// An indexMeta is a secondary index of a hybrid table.
type indexMeta struct {
	Name    string   `json:"name"`
	Columns []string `json:"columns"`
	Include []string `json:"include,omitempty"`
}

// indexesOf are the indexes that a definition has.
func indexesOf(stmt *ast.CreateTable) (all []indexMeta) {
	for _, i := range stmt.Indexes {
		all = append(all, indexMeta{i.Name.Name, identNames(i.Columns), identNames(i.Include)})
	}
	return all
}

// ddl is an index in a table's definition.
func (x *indexMeta) ddl() string {
	text := "index " + warehouse.QuoteIdent(x.Name) + nameList(x.Columns)
	if len(x.Include) > 0 {
		text += " include " + nameList(x.Include)
	}
	return text
}

// indexed reports whether a column of a hybrid table is part of a key or index.
func (m *meta) indexed(column string) bool {
	if !m.Hybrid {
		return false
	}
	return m.isKey("PRIMARY KEY", column) || m.isKey("UNIQUE", column) || slices.ContainsFunc(m.Indexes, func(x indexMeta) bool {
		return slices.Contains(x.Columns, column) || slices.Contains(x.Include, column)
	})
}

// keys are the keys of a hybrid table as a definition of DuckDB's has them.
func (m *meta) keys() (all []string) {
	for _, k := range m.Constraints {
		if !m.Hybrid || k.Kind != "PRIMARY KEY" && k.Kind != "UNIQUE" {
			continue
		}
		names := make([]string, len(k.Columns))
		for i, c := range k.Columns {
			names[i] = ducksql.Name(c)
		}
		all = append(all, k.Kind+" ("+strings.Join(names, ", ")+")")
	}
	return all
}

func replaceName(names []string, from, to string) {
	if i := slices.Index(names, from); i >= 0 {
		names[i] = to
	}
}

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
		json_extract(comment, '$.hybrid') = 'true' limit 1`, s.database, metaPrefix)
	if err != nil {
		return false
	}
	s.w.hybrid.Store(s.database, len(rows) > 0)
	return len(rows) > 0
}
