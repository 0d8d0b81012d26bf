// Package inline puts the bodies of users' functions in the place of their calls,
// with the arguments in the place of the parameters; a function in JavaScript becomes
// a call of its code.
package inline

import (
	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/types"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/catalog"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/routine"
)

// A Scope is where a statement that calls functions stands.
type Scope interface {
	// Functions are those that a name can mean in a schema; nil if it is none's.
	Functions(name *ast.Name, in catalog.Name) []*routine.Routine
	// Types are those of a statement's expressions.
	Types(tree ast.Statement) *types.Info
	// Zone is the time zone that code runs in.
	Zone() string
}
