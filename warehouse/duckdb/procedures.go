package duckdb

import (
	"context"
	"errors"
	"slices"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/parse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/types"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/catalog"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/javascript"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/routine"
)

// deepestCalls is how deep procedures may call procedures, as on Snowflake.
const deepestCalls = 5

// callProcedure is CALL of a procedure: one row of one column, its result.
func (s *session) callProcedure(ctx context.Context, rec *record, stmt *ast.CallProcedure, args []any) (*warehouse.Result, error) {
	f, text, err := s.calling(ctx, rec, stmt, args)
	if err != nil {
		return nil, err
	}
	p, err := s.program(f)
	if err != nil {
		return nil, err
	}
	result, ok, err := s.runProcedure(ctx, f, p, text)
	if err != nil {
		return nil, err
	}
	returns, err := parse.Type(f.Returns)
	if err != nil {
		return nil, err
	}
	var value ast.Expr = &ast.Null{}
	if ok {
		value = returned(string(result), types.Of(returns))
	}
	rec.tree = selecting(stmt, &ast.Cast{X: value, Type: returns}, f.Name)
	rec.settled = true
	return s.translated(ctx, rec, rec.statement.Text, nil)
}

// selecting is a query of one value.
func selecting(stmt *ast.CallProcedure, x ast.Expr, name string) *ast.Query {
	return &ast.Query{At: stmt.At, Body: &ast.Select{At: stmt.At, Items: []ast.Item{{X: x, Alias: &ast.Ident{Name: name, Quoted: true}}}}}
}

// calling is the procedure that a CALL means, and its arguments as text.
func (s *session) calling(ctx context.Context, rec *record, stmt *ast.CallProcedure, args []any) (*routine.Routine, []byte, error) {
	at := catalog.NameOf(s.database, s.schema, "")
	found := s.routineNamed(true, stmt.Call.Name, at)
	if found == nil {
		return nil, nil, noProcedure(stmt)
	}
	e := &expanding{s: s, in: at, info: types.Check(stmt, types.Config{Variables: s.variables, Binds: rec.binds})}
	f, err := e.choose(found, stmt.Call)
	if err != nil {
		return nil, nil, err
	}
	values, err := e.arguments(f, stmt.Call)
	if err != nil {
		return nil, nil, err
	}
	p, err := s.program(f)
	if err != nil {
		return nil, nil, err
	}
	out, err := s.toDuckDB(selecting(stmt, given(f, p, stmt.Call, values), f.Name), rec.binds)
	if err != nil {
		return nil, nil, err
	}
	rows, err := s.conn.Texts(ctx, out.Text, args...)
	if err != nil {
		return nil, nil, err
	}
	return f, []byte(rows[0][0]), nil
}

// describeCall says what a CALL of a procedure would give.
func (s *session) describeCall(stmt *ast.CallProcedure, rec *record) (d warehouse.Description, err error) {
	found := s.routineNamed(true, stmt.Call.Name, catalog.NameOf(s.database, s.schema, ""))
	if found == nil {
		return d, noProcedure(stmt)
	}
	e := &expanding{s: s, info: types.Check(stmt, types.Config{Variables: s.variables, Binds: rec.binds})}
	f, err := e.choose(found, stmt.Call)
	if err != nil {
		return d, err
	}
	returns, err := parse.Type(f.Returns)
	if err != nil {
		return d, err
	}
	ast.Inspect(stmt, func(n ast.Node) bool {
		if b, ok := n.(*ast.Bind); ok && b.Name == "" {
			d.Binds++
		}
		return true
	})
	c := types.Of(returns).Column(f.Name)
	c.Nullable = true
	d.Kind, d.Columns = "CALL", []warehouse.Column{c}
	return d, nil
}

func noProcedure(stmt *ast.CallProcedure) error {
	return &warehouse.Error{Code: 2140, State: "42601", Kind: warehouse.ErrNotExist, Line: stmt.Position.Line, Column: stmt.Position.Column,
		Message: "SQL compilation error:\nUnknown user-defined function or procedure " + stmt.Call.Name.Last()}
}

// returned is what a procedure gave, as an expression of its type.
func returned(text string, t types.Type) ast.Expr {
	value := &ast.String{Value: text}
	call := func(name string, args ...ast.Expr) ast.Expr {
		c := &ast.Call{Name: &ast.Name{Parts: []ast.Ident{{Name: name}}}}
		for _, a := range args {
			c.Args = append(c.Args, ast.Arg{Value: a})
		}
		return c
	}
	switch {
	case t.JSON():
		return call("PARSE_JSON", value)
	case t.Is(warehouse.Binary):
		return call("TO_BINARY", value, &ast.String{Value: "HEX"})
	case javascript.IsTime(t.Kind):
		value.Value += " +0000"
		return &ast.Cast{X: value, Type: throughDates()}
	}
	return value
}

// runProcedure runs a procedure. One with its owner's rights looks names up where
// it is itself, and a transaction that it begins ends with it.
func (s *session) runProcedure(ctx context.Context, f *routine.Routine, p *javascript.Program, args []byte) (result []byte, ok bool, err error) {
	if s.calls >= deepestCalls {
		return nil, false, inProcedure("the calls of procedures lie more than %d deep", deepestCalls)
	}
	s.calls++
	defer func() { s.calls-- }()
	began, database, schema := s.inTx, s.database, s.schema
	if f.ExecuteAs() == "OWNER" {
		if err := s.use(ctx, f.Database, f.Schema); err != nil {
			return nil, false, err
		}
	}
	result, ok, err = javascript.Run(ctx, p, args, &ofProcedure{s, f})
	ctx = context.WithoutCancel(ctx)
	if !began && s.inTx {
		err = errors.Join(err, s.rollback(ctx))
		if err == nil {
			err = inProcedure("Scoped transaction started in stored procedure is incomplete and it was rolled back.")
		}
	}
	if f.ExecuteAs() == "OWNER" && database != "" {
		err = errors.Join(err, s.use(ctx, database, schema))
	}
	return result, ok, ofCode(err)
}

// ofCode is an error of code as a statement gives it.
func ofCode(err error) error {
	var e *javascript.Error
	if !errors.As(err, &e) {
		return err
	}
	return &warehouse.Error{Code: e.Code, State: "P0000", Message: e.Message}
}

// ofProcedure is what a procedure sees of its session.
type ofProcedure struct {
	s *session
	f *routine.Routine
}

// ofCallers are the statements that take their caller's rights.
var ofCallers = []string{"USE", "ALTER_SESSION", "SET", "UNSET"}

// Execute runs one of the procedure's statements.
func (p *ofProcedure) Execute(ctx context.Context, sql string, binds []any) (*javascript.Rows, error) {
	if p.f.ExecuteAs() == "OWNER" {
		if stmt, err := parse.Lenient(sql); err == nil && slices.Contains(ofCallers, ast.Kind(stmt)) {
			return nil, inProcedure("Unsupported statement type '%s'.", ast.Kind(stmt))
		}
	}
	res, err := p.s.query(warehouse.WithQueryID(ctx, newID()), sql, binds)
	if err != nil {
		return nil, err
	}
	rows := &javascript.Rows{QueryID: res.QueryID, Columns: res.Columns, Changed: res.Affected}
	next, finish := res.Reader().Next, func() { res.Close() }
	if r, ok := res.Reader().(*rowReader); ok { // the session is held already
		next, finish = r.next, func() { r.finish(nil) }
	}
	defer finish()
	for next() {
		batch := res.Reader().RecordBatch()
		for i := range int(batch.NumRows()) {
			cells := make([]javascript.Cell, len(res.Columns))
			for c := range cells {
				cells[c] = cell(res.Columns[c], batch.Column(c), i)
			}
			rows.Values = append(rows.Values, cells)
		}
	}
	return rows, res.Reader().Err()
}
