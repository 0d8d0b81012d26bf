package inline

import (
	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/parse"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/javascript"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/routine"
)

// ThroughDates is the type that dates and times pass through on their way to code and
// back.
func ThroughDates() *ast.Type {
	return &ast.Type{Name: string(warehouse.TimestampLTZ), Args: []string{"3"}}
}

// foreign is a call of a function in another language.
func (e *expanding) foreign(f *routine.Routine, c *ast.Call, args map[string]ast.Expr) (ast.Expr, error) {
	p, err := f.Program(e.scope.Zone())
	if err != nil {
		return nil, err
	}
	returns, err := parse.Type(f.Returns)
	if err != nil {
		return nil, err
	}
	x := Given(f, p, c, args)
	x.Foreign = &ast.Foreign{Code: p.Encode(), Result: string(p.Result)}
	if javascript.IsTime(p.Result) {
		x.Foreign.Result = string(warehouse.TimestampLTZ)
	}
	return &ast.Cast{At: c.At, X: x, Type: returns}, nil
}

// Given is a call of a program with its arguments.
func Given(f *routine.Routine, p *javascript.Program, c *ast.Call, args map[string]ast.Expr) *ast.Call {
	x := &ast.Call{At: c.At, Name: c.Name, Foreign: &ast.Foreign{Result: string(warehouse.Varchar)}}
	for i, param := range f.Params {
		arg := args[param.Name]
		if javascript.IsTime(p.Types[i]) {
			arg = &ast.Cast{X: arg, Type: ThroughDates()}
		}
		x.Args = append(x.Args, ast.Arg{Value: arg})
	}
	return x
}
