package duckdb

import (
	"context"
	"errors"
	"fmt"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/parse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/types"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/refusal"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/resultcache"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/routine"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/scripting"
)

// script is the block that a procedure in SQL is.
func script(f *routine.Routine) (*ast.Block, error) {
	stmt, err := parse.Statement(f.Body)
	if err != nil {
		return nil, err
	}
	b, ok := stmt.(*ast.Block)
	if !ok {
		return nil, refusal.Unsupported("a procedure whose body is no block, BEGIN … END")
	}
	return b, nil
}

// callScript is CALL of a procedure in SQL with values for its parameters.
func (s *session) callScript(ctx context.Context, rec *record, stmt *ast.CallProcedure, f *routine.Routine, values map[string]ast.Expr, args []any) (*warehouse.Result, error) {
	b, err := script(f)
	if err != nil {
		return nil, err
	}
	params, err := s.scriptParams(ctx, rec, f, values, args)
	if err != nil {
		return nil, err
	}
	db := &ofScript{s}
	var result scripting.Result
	err = s.asProcedure(ctx, f, func() (err error) {
		result, err = scripting.Run(ctx, b, params, db)
		return err
	})
	if err != nil {
		return nil, err
	}
	if f.Table != nil {
		return s.tableOf(rec, f, result.Rows)
	}
	if result.Rows != nil {
		return nil, inProcedure("%s returns a table, and is declared to return %s.", f.Name, f.Returns)
	}
	returns, err := parse.Type(f.Returns)
	if err != nil {
		return nil, err
	}
	return s.oneValue(ctx, rec, stmt.At, &ast.Cast{X: result.Value.Literal(), Type: returns}, f.Name)
}

// scriptParams are a procedure's arguments as its variables.
func (s *session) scriptParams(ctx context.Context, rec *record, f *routine.Routine, given map[string]ast.Expr, args []any) ([]scripting.Param, error) {
	items, params := make([]ast.Expr, len(f.Params)), make([]scripting.Param, len(f.Params))
	for i, p := range f.Params {
		t, err := parse.Type(p.Type)
		if err != nil {
			return nil, err
		}
		items[i], params[i] = given[p.Name], scripting.Param{Name: p.Name, Type: t}
	}
	values, err := s.computed(ctx, items, args, rec.binds)
	for i := range values {
		params[i].Value = values[i]
		params[i].Value.Type = types.Of(params[i].Type)
	}
	return params, err
}

// tableOf is the table that a procedure has returned, with the columns that it is
// declared to have, if any.
func (s *session) tableOf(rec *record, f *routine.Routine, rows *scripting.Rows) (*warehouse.Result, error) {
	if rows == nil {
		return nil, inProcedure("%s is declared to return a table, and returned none.", f.Name)
	}
	r := rows.Kept.(*resultcache.Result)
	switch {
	case len(f.Table) == 0:
		return rec.rows(r), nil
	case len(f.Table) != len(r.Columns):
		return nil, inProcedure("%s is declared to return %d columns, and returned %d.", f.Name, len(f.Table), len(r.Columns))
	}
	out := *r
	out.Columns = append([]warehouse.Column(nil), r.Columns...)
	for i, c := range f.Table {
		t, err := parse.Type(c.Type)
		if err != nil {
			return nil, err
		}
		if types.Of(t).Kind != out.Columns[i].Type {
			return nil, inProcedure("%s is declared to return %s in column %s, and returned %s.", f.Name, c.Type, c.Name, out.Columns[i].SQL())
		}
		out.Columns[i].Name = c.Name
	}
	return rec.rows(&out), nil
}

// scoped runs what may begin a transaction, and ends one that it left open.
func (s *session) scoped(ctx context.Context, run func() error) error {
	began := s.inTx
	err := run()
	if began || !s.inTx {
		return err
	}
	if failed := s.rollback(context.WithoutCancel(ctx)); failed != nil {
		return errors.Join(err, failed)
	}
	if err == nil {
		err = inProcedure("Scoped transaction started in stored procedure is incomplete and it was rolled back.")
	}
	return err
}

// asProcedure runs a procedure. One with its owner's rights looks names up where
// it is itself, and a transaction that it begins ends with it.
func (s *session) asProcedure(ctx context.Context, f *routine.Routine, run func() error) error {
	if s.calls >= deepestCalls {
		return inProcedure("the calls of procedures lie more than %d deep", deepestCalls)
	}
	outer := s.owned
	s.calls, s.owned = s.calls+1, f.ExecuteAs() == "OWNER"
	defer func() { s.calls, s.owned = s.calls-1, outer }()
	database, schema := s.database, s.schema
	if f.ExecuteAs() == "OWNER" {
		if err := s.use(ctx, f.Database, f.Schema); err != nil {
			return err
		}
	}
	err := s.scoped(ctx, run)
	if f.ExecuteAs() == "OWNER" && database != "" {
		err = errors.Join(err, s.use(context.WithoutCancel(ctx), database, schema))
	}
	return err
}

// callAnonymous is WITH name AS PROCEDURE … CALL name(…), which has its caller's
// rights.
func (s *session) callAnonymous(ctx context.Context, rec *record, stmt *ast.WithProcedure, args []any) (*warehouse.Result, error) {
	def := stmt.Procedure
	switch {
	case def.Body == nil || def.Language != "SQL" && def.Language != routine.JavaScript:
		return nil, refusal.Unsupported("stored procedures in " + def.Language)
	case stmt.Call.Name.Last() != def.Name.Last():
		return nil, noProcedure(&ast.CallProcedure{At: stmt.At, Call: stmt.Call})
	}
	at, err := s.resolveName(def.Name)
	if err != nil {
		return nil, err
	}
	f := functionOf(def, at, rec.statement.Text)
	f.Properties = append(f.Properties, "EXECUTE AS CALLER")
	if f.Language != "" {
		err = f.CheckTypes()
	} else {
		_, err = script(f)
	}
	if err != nil {
		return nil, err
	}
	return s.callOne(ctx, rec, &ast.CallProcedure{At: stmt.At, Call: stmt.Call}, []*routine.Routine{f}, args)
}

// fillUsing puts the values of EXECUTE IMMEDIATE's USING into a statement.
func (s *session) fillUsing(ctx context.Context, tree ast.Statement, using []ast.Expr) error {
	values, err := s.computed(ctx, using, nil, nil)
	if err != nil {
		return fmt.Errorf("USING: %w", err)
	}
	scripting.Fill(tree, values)
	return nil
}
