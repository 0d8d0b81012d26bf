package types

import (
	"fmt"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/print"
)

// aggregates are the functions that no WHERE may have.
var aggregates = nameSet(`ANY_VALUE APPROX_COUNT_DISTINCT APPROX_PERCENTILE ARRAY_AGG ARRAY_UNION_AGG ARRAY_UNIQUE_AGG AVG BITAND_AGG BITMAP_CONSTRUCT_AGG BITMAP_OR_AGG BITOR_AGG BITXOR_AGG
	BOOLAND_AGG BOOLOR_AGG BOOLXOR_AGG CORR COUNT COUNT_IF COVAR_POP COVAR_SAMP HASH_AGG HLL KURTOSIS LISTAGG MAX MAX_BY MEDIAN MIN MIN_BY MODE
	OBJECT_AGG PERCENTILE_CONT PERCENTILE_DISC SKEW STDDEV STDDEV_POP STDDEV_SAMP SUM VARIANCE VAR_POP VAR_SAMP`)

// noAggregates refuses an aggregate in a WHERE, outside the queries in it.
func (c *checker) noAggregates(where ast.Expr) {
	if where == nil {
		return
	}
	ast.Inspect(where, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.Query:
			return false
		case *ast.Call:
			if aggregates[builtin(n)] && n.Over == nil && n.Pos().IsValid() && c.info.Err == nil {
				pos := n.Pos()
				c.info.Err = &warehouse.Error{Code: 2035, State: "42601", Line: pos.Line, Column: pos.Column,
					Message: fmt.Sprintf("SQL compilation error:\nInvalid aggregate function in where clause [%s]", print.SQL(n))}
			}
		}
		return true
	})
}

// notInValues are the functions that no VALUES may have: rows of such come from
// a SELECT.
var notInValues = nameSet(`PARSE_JSON ARRAY_CONSTRUCT OBJECT_CONSTRUCT`)

// constantRow refuses what VALUES may not have.
func (c *checker) constantRow(row []ast.Expr) {
	for _, e := range row {
		call, ok := e.(*ast.Call)
		if ok && notInValues[builtin(call)] && !ofBind(call) && call.Pos().IsValid() && c.info.Err == nil {
			pos := call.Pos()
			c.info.Err = &warehouse.Error{Code: 2014, State: "22000", Line: pos.Line, Column: pos.Column,
				Message: fmt.Sprintf("SQL compilation error:\nInvalid expression [%s] in VALUES clause", print.SQL(call))}
		}
	}
}

// ofBind reports a call of a bind variable, which is how clients bind arrays and
// objects.
func ofBind(c *ast.Call) bool {
	if len(c.Args) != 1 {
		return false
	}
	_, ok := c.Args[0].Value.(*ast.Bind)
	return ok
}

// ordered are the window functions that say nothing without an order.
var ordered = nameSet(`CUME_DIST DENSE_RANK FIRST_VALUE LAG LAST_VALUE LEAD NTH_VALUE NTILE PERCENT_RANK RANK ROW_NUMBER
	CONDITIONAL_CHANGE_EVENT CONDITIONAL_TRUE_EVENT`)

// windowOrder refuses one of those over a window without ORDER BY.
func (c *checker) windowOrder(e *ast.Call) {
	if e.Over == nil || len(e.Over.OrderBy) > 0 || !ordered[builtin(e)] || !e.Pos().IsValid() || c.info.Err != nil {
		return
	}
	pos := e.Pos()
	c.info.Err = &warehouse.Error{Code: 2000, State: "42000", Line: pos.Line, Column: pos.Column,
		Message: fmt.Sprintf("SQL compilation error:\nWindow function type [%s] requires ORDER BY in window specification.", builtin(e))}
}

// recursive refuses a common table expression that reads itself in a UNION
// without ALL.
func (c *checker) recursive(cte ast.CTE) {
	union, ok := cte.Query.Body.(*ast.SetOp)
	if !ok || union.Op != "UNION" || union.All || c.info.Err != nil {
		return
	}
	if t := readsItself(union, cte.Name.Name); t != nil {
		pos := t.Pos()
		c.info.Err = &warehouse.Error{Code: 1102, State: "42601", Line: pos.Line, Column: pos.Column,
			Message: "SQL compilation error:\nUNION not yet supported within a Recursive CTE"}
	}
}
