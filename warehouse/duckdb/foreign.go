package duckdb

import (
	"fmt"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/parse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/types"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/javascript"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/refusal"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/routine"
)

// checkForeign refuses what a function in JavaScript cannot be: on Snowflake its
// arguments and its result have no type of whole numbers or of times alone.
func checkForeign(f *routine.Routine) error {
	if f.Table != nil {
		return refusal.Unsupported("table functions in " + f.Language)
	}
	all := []string{f.Returns}
	for _, p := range f.Params {
		all = append(all, p.Type)
	}
	for _, text := range all {
		t, err := parse.Type(text)
		if err != nil {
			return err
		}
		if of := types.Of(t); !javascript.Takes(of.Kind) || of.Structured() {
			return &warehouse.Error{Code: 2, State: "0A000", Message: fmt.Sprintf(
				"SQL compilation error:\nLanguage %s does not support type '%s' for argument or return type.", f.Language, text)}
		}
	}
	return nil
}

// program is a function's code as it is run in a session. Its dates are timestamps
// with the session's time zone, of milliseconds.
func (s *session) program(f *routine.Routine) (*javascript.Program, error) {
	p := &javascript.Program{Name: f.Name, Strict: f.Strict(), Zone: s.parameter("TIMEZONE"), Body: f.Body}
	for _, param := range f.Params {
		t, err := parse.Type(param.Type)
		if err != nil {
			return nil, err
		}
		p.Params, p.Types = append(p.Params, param.Name), append(p.Types, types.Of(t).Kind)
	}
	t, err := parse.Type(f.Returns)
	if err == nil {
		p.Result = types.Of(t).Kind
	}
	return p, err
}

// throughDates is the type that dates and times pass through on their way to code and
// back.
func throughDates() *ast.Type {
	return &ast.Type{Name: string(warehouse.TimestampLTZ), Args: []string{"3"}}
}

// foreign is a call of a function in another language.
func (e *expanding) foreign(f *routine.Routine, c *ast.Call, args map[string]ast.Expr) (ast.Expr, error) {
	p, err := e.s.program(f)
	if err != nil {
		return nil, err
	}
	returns, err := parse.Type(f.Returns)
	if err != nil {
		return nil, err
	}
	x := given(f, p, c, args)
	x.Foreign = &ast.Foreign{Code: p.Encode(), Result: string(p.Result)}
	if javascript.IsTime(p.Result) {
		x.Foreign.Result = string(warehouse.TimestampLTZ)
	}
	return &ast.Cast{At: c.At, X: x, Type: returns}, nil
}

// given is a call of a program with its arguments.
func given(f *routine.Routine, p *javascript.Program, c *ast.Call, args map[string]ast.Expr) *ast.Call {
	x := &ast.Call{At: c.At, Name: c.Name, Foreign: &ast.Foreign{Result: string(warehouse.Varchar)}}
	for i, param := range f.Params {
		arg := args[param.Name]
		if javascript.IsTime(p.Types[i]) {
			arg = &ast.Cast{X: arg, Type: throughDates()}
		}
		x.Args = append(x.Args, ast.Arg{Value: arg})
	}
	return x
}
