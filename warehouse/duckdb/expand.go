package duckdb

import (
	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/types"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/catalog"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/inline"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/routine"
)

// expand puts users' functions into a statement.
func (s *session) expand(tree ast.Statement) (changed bool, err error) {
	if s.w.functions.Empty() && s.functions.Empty() {
		return false, nil
	}
	config := types.Config{Catalog: s.columnsOf, Variables: s.variables}
	if s.running != nil {
		config.Binds = s.running.binds
	}
	return inline.Statement(calling{s}, catalog.Name{Database: s.database, Schema: s.schema}, tree, types.Check(tree, config))
}

// calling is what calls of functions see of a session.
type calling struct{ s *session }

// Functions are the session's and those of the schema.
func (c calling) Functions(name *ast.Name, in catalog.Name) []*routine.Routine {
	return c.s.functionNamed(name, in)
}

// Types are those that the session's tables and variables give.
func (c calling) Types(tree ast.Statement) *types.Info {
	return types.Check(tree, types.Config{Catalog: c.s.columnsOf, Variables: c.s.variables})
}

// Zone is the session's.
func (c calling) Zone() string { return c.s.parameter("TIMEZONE") }
