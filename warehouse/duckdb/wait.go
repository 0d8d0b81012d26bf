package duckdb

import (
	"context"
	"strings"
	"time"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/rewrite"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/engine"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/refusal"
)

// callSystem is CALL of a system function, which is what a SELECT of it gives, or
// of a procedure.
func (s *session) callSystem(ctx context.Context, rec *record, stmt *ast.CallProcedure, args []any) (*warehouse.Result, error) {
	name := stmt.Call.Name.Last()
	if !callsSystem(stmt) {
		return s.callProcedure(ctx, rec, stmt, args)
	}
	rec.tree = &ast.Query{At: stmt.At, Body: &ast.Select{At: stmt.At,
		Items: []ast.Item{{X: stmt.Call, Alias: &ast.Ident{Name: name, Quoted: true}}}}}
	rec.settled = true
	return s.translated(ctx, rec, rec.statement.Text, args)
}

func callsSystem(stmt *ast.CallProcedure) bool {
	return len(stmt.Call.Name.Parts) == 1 && strings.HasPrefix(stmt.Call.Name.Last(), "SYSTEM$")
}

// wait waits as long as the statement's calls of SYSTEM$WAIT say, or until ctx
// ends. In a SELECT with a FROM it would be for every row and is refused.
func (s *session) wait(ctx context.Context, stmt ast.Statement) error {
	var all time.Duration
	var refused error
	ast.Inspect(stmt, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CreateView, *ast.CreateFunction:
			return false
		case *ast.Call:
			if d, _, ok := rewrite.Waits(n); ok {
				all += d
			}
		case *ast.Select:
			if len(n.From) > 0 && waitsIn(n) {
				refused = refusal.Unsupported("SYSTEM$WAIT for every row of a table")
			}
		}
		return refused == nil
	})
	if refused != nil || all == 0 {
		return refused
	}
	timer := time.NewTimer(all)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return engine.Ended(ctx)
	}
}

// waitsIn reports whether a query waits.
func waitsIn(q *ast.Select) (found bool) {
	ast.Inspect(q, func(n ast.Node) bool {
		if c, ok := n.(*ast.Call); ok {
			_, _, waits := rewrite.Waits(c)
			found = found || waits
		}
		return !found
	})
	return found
}
