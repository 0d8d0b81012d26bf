package inline

import (
	"fmt"
	"strings"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/parse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/types"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/routine"
)

// Choose picks the routine whose parameters fit a call best; info has the types of
// its arguments.
func Choose(scope Scope, info *types.Info, found []*routine.Routine, c *ast.Call) (*routine.Routine, error) {
	return (&expanding{scope: scope, info: info}).choose(found, c)
}

func (e *expanding) choose(found []*routine.Routine, c *ast.Call) (*routine.Routine, error) {
	var best *routine.Routine
	score := -1
	for _, f := range found {
		if len(c.Args) > len(f.Params) || len(c.Args) < f.Required() {
			continue
		}
		if n := e.fit(f, c); n > score {
			best, score = f, n
		}
	}
	if best == nil {
		return nil, &warehouse.Error{Code: 1044, State: "42P13", Line: c.Position.Line, Column: c.Position.Column, Message: fmt.Sprintf(
			"SQL compilation error: error line %d at position %d\nInvalid argument types for function '%s': (%d arguments)",
			c.Position.Line, c.Position.Column, c.Name.Last(), len(c.Args))}
	}
	return best, nil
}

// fit says how well a call's arguments fit f's parameters.
func (e *expanding) fit(f *routine.Routine, c *ast.Call) (score int) {
	for i, a := range c.Args {
		if i >= len(f.Params) || a.Value == nil {
			break
		}
		want, _, _ := strings.Cut(f.Params[i].Type, "(")
		switch t := e.typeOf(a.Value); {
		case !t.Known():
		case string(t.Kind) == want:
			score += 10
		case t.Numeric() && want == string(warehouse.Float):
			score += 5
		case want == string(warehouse.Variant):
			score += 2
		case want == string(warehouse.Varchar):
			score++
		}
	}
	return score
}

// typeOf is an argument's type as far as it shows.
func (e *expanding) typeOf(x ast.Expr) types.Type {
	if e.info != nil {
		if t := e.info.Type(x); t.Known() {
			return t
		}
	}
	return e.scope.Types(&ast.Query{Body: &ast.Select{Items: []ast.Item{{X: x}}}}).Type(x)
}

// Arguments are a call's arguments by the names of f's parameters, of their types.
func Arguments(f *routine.Routine, c *ast.Call) (map[string]ast.Expr, error) {
	args := map[string]ast.Expr{}
	for i, p := range f.Params {
		var x ast.Expr
		for j, a := range c.Args {
			if a.Name != nil && a.Name.Name == p.Name || a.Name == nil && i == j {
				x = a.Value
			}
		}
		if x == nil && p.Default != "" {
			var err error
			if x, err = p.DefaultTree(); err != nil {
				return nil, err
			}
		}
		if x == nil {
			return nil, &warehouse.Error{Code: 1044, State: "42P13", Line: c.Position.Line, Column: c.Position.Column,
				Message: fmt.Sprintf("SQL compilation error: error line %d at position %d\nInvalid argument types for function '%s': argument %s is missing",
					c.Position.Line, c.Position.Column, f.Name, p.Name)}
		}
		t, err := parse.Type(p.Type)
		if err != nil {
			return nil, err
		}
		args[p.Name] = &ast.Cast{X: &ast.Parens{X: x}, Type: t}
	}
	return args, nil
}
