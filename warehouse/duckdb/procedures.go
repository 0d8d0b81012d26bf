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
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/inline"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/javascript"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/routine"
)

// deepestCalls is how deep procedures may call procedures, as on Snowflake.
const deepestCalls = 5

// callProcedure is CALL of a procedure: one row of one column, its result, or the
// table that it returns.
func (s *session) callProcedure(ctx context.Context, rec *record, stmt *ast.CallProcedure, args []any) (*warehouse.Result, error) {
	found := s.routineNamed(true, stmt.Call.Name, catalog.NameOf(s.database, s.schema, ""))
	if found == nil {
		return nil, noProcedure(stmt)
	}
	return s.callOne(ctx, rec, stmt, found, args)
}

// callOne calls the procedure among some that the arguments fit best.
func (s *session) callOne(ctx context.Context, rec *record, stmt *ast.CallProcedure, found []*routine.Routine, args []any) (*warehouse.Result, error) {
	rec.once = true
	info := types.Check(stmt, types.Config{Variables: s.variables, Binds: rec.binds})
	f, err := inline.Choose(calling{s}, info, found, stmt.Call)
	if err != nil {
		return nil, err
	}
	values, err := inline.Arguments(f, stmt.Call)
	if err != nil {
		return nil, err
	}
	if f.Language == "" {
		return s.callScript(ctx, rec, stmt, f, values, args)
	}
	return s.callProgram(ctx, rec, stmt, f, values, args)
}

// callProgram is CALL of a procedure in JavaScript.
func (s *session) callProgram(ctx context.Context, rec *record, stmt *ast.CallProcedure, f *routine.Routine, values map[string]ast.Expr, args []any) (*warehouse.Result, error) {
	p, err := f.Program(s.parameter("TIMEZONE"))
	if err != nil {
		return nil, err
	}
	out, err := s.toDuckDB(selecting(stmt.At, inline.Given(f, p, stmt.Call, values), f.Name), rec.binds)
	if err != nil {
		return nil, err
	}
	rows, err := s.conn.Texts(ctx, out.Text, args...)
	if err != nil {
		return nil, err
	}
	result, ok, err := s.runProcedure(ctx, f, p, []byte(rows[0][0]))
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
	return s.oneValue(ctx, rec, stmt.At, &ast.Cast{X: value, Type: returns}, f.Name)
}

// selecting is a query of one value.
func selecting(at ast.At, x ast.Expr, name string) *ast.Query {
	return &ast.Query{At: at, Body: &ast.Select{At: at, Items: []ast.Item{{X: x, Alias: &ast.Ident{Name: name, Quoted: true}}}}}
}

// describeCall says what a CALL of a procedure would give.
func (s *session) describeCall(stmt *ast.CallProcedure, rec *record) (d warehouse.Description, err error) {
	found := s.routineNamed(true, stmt.Call.Name, catalog.NameOf(s.database, s.schema, ""))
	if found == nil {
		return d, noProcedure(stmt)
	}
	info := types.Check(stmt, types.Config{Variables: s.variables, Binds: rec.binds})
	f, err := inline.Choose(calling{s}, info, found, stmt.Call)
	if err != nil {
		return d, err
	}
	if d.Columns, err = resultColumns(f); err != nil {
		return d, err
	}
	ast.Inspect(stmt, func(n ast.Node) bool {
		if b, ok := n.(*ast.Bind); ok && b.Name == "" {
			d.Binds++
		}
		return true
	})
	d.Kind = "CALL"
	return d, nil
}

// resultColumns are those of what a procedure returns, as it is declared.
func resultColumns(f *routine.Routine) (columns []warehouse.Column, err error) {
	declared := f.Table
	if declared == nil {
		declared = []catalog.ColumnMeta{{Name: f.Name, Type: f.Returns}}
	}
	for _, c := range declared {
		t, err := parse.Type(c.Type)
		if err != nil {
			return nil, err
		}
		columns = append(columns, types.Of(t).Column(c.Name))
	}
	return columns, nil
}

// onlyProcedure reports a name that is one of procedures alone.
func (s *session) onlyProcedure(n *ast.Name) bool {
	if s.w.procedures.Empty() && s.procedures.Empty() {
		return false
	}
	in := catalog.NameOf(s.database, s.schema, "")
	return s.routineNamed(true, n, in) != nil && s.functionNamed(n, in) == nil
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
		return &ast.Cast{X: value, Type: inline.ThroughDates()}
	}
	return value
}

// runProcedure runs a procedure in JavaScript.
func (s *session) runProcedure(ctx context.Context, f *routine.Routine, p *javascript.Program, args []byte) (result []byte, ok bool, err error) {
	err = s.asProcedure(ctx, f, func() (err error) {
		result, ok, err = javascript.Run(ctx, p, args, &ofProcedure{s, f})
		return err
	})
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
	err = p.s.readAll(res, func(batch arrowBatch) {
		for i := range int(batch.NumRows()) {
			cells := make([]javascript.Cell, len(res.Columns))
			for c := range cells {
				cells[c] = cell(res.Columns[c], batch.Column(c), i)
			}
			rows.Values = append(rows.Values, cells)
		}
	})
	return rows, err
}
