package rewrite

import (
	"errors"
	"strings"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/numbermodel"
)

// modelOfNumbers reports whether TO_CHAR(x, model) writes a number: by the type
// of x or, where that is not known, by what the model has.
func (r *rewriter) modelOfNumbers(x ast.Expr, model *ast.String) bool {
	switch t := r.info.Type(x); {
	case t.Is(warehouse.Number, warehouse.Float):
		return true
	case t.Known():
		return false
	}
	if _, err := numbermodel.New(model.Value); err != nil {
		return false
	}
	format, ok := Strptime(model.Value)
	return !ok || !strings.Contains(format, "%")
}

// goodModel refuses a model that is none, or that has what package numbermodel
// lacks.
func (r *rewriter) goodModel(model *ast.String) bool {
	_, err := numbermodel.New(model.Value)
	switch {
	case err == nil:
		return true
	case errors.Is(err, numbermodel.ErrUnsupported):
		r.refuse(model, "the format '%s'", model.Value)
	case r.err == nil:
		r.err = &warehouse.Error{Code: 100140, State: "22007", Line: model.Pos().Line, Column: model.Pos().Column,
			Message: "Invalid number format: '" + model.Value + "'", Err: err}
	}
	return false
}

// numberText is TO_CHAR(x, model) of a number.
func (r *rewriter) numberText(c *ast.Call, x ast.Expr, model ast.Expr) ast.Expr {
	if literal, ok := model.(*ast.String); ok && !r.goodModel(literal) {
		return c
	}
	return r.macro("format_number", x, model)
}

// toNumber is TO_NUMBER(x [, model] [, precision [, scale]]).
func (r *rewriter) toNumber(c *ast.Call, args []ast.Expr, try bool) ast.Expr {
	typ := &ast.Type{Name: "DECIMAL", Args: []string{"38", "0"}}
	x := r.asText(args[0])
	rest := args[1:]
	if len(rest) > 0 {
		if model, ok := rest[0].(*ast.String); ok {
			if !r.goodModel(model) {
				return c
			}
			x, rest = r.macro(pickMacro(try, "try_parse_number", "parse_number"), cast(x, "VARCHAR"), model), rest[1:]
		}
	}
	for i, a := range rest {
		n, ok := a.(*ast.Number)
		if !ok || i > 1 {
			r.refuse(c, "%s with a format that is no literal", c.Name.Last())
			return c
		}
		typ.Args[i] = n.Text
	}
	return &ast.Cast{At: c.At, X: x, Type: typ, Try: try}
}

func pickMacro(cond bool, yes, no string) string {
	if cond {
		return yes
	}
	return no
}

// sha2 is SHA2(x [, size]) in hexadecimal digits, or nil where it is refused.
func (r *rewriter) sha2(name string, c *ast.Call, args []ast.Expr) ast.Expr {
	size := "256"
	if len(args) == 2 {
		n, ok := args[1].(*ast.Number)
		if !ok {
			r.refuse(c, "%s with a size that is no literal", name)
			return c
		}
		size = n.Text
	}
	switch size {
	case "256", "0":
		return call("SHA256", r.asText(args[0]))
	case "224", "384", "512":
		if r.info.Type(args[0]).Is(warehouse.Binary) {
			return r.macro("sha2_of_hex", call("HEX", args[0]), text(size))
		}
		return r.macro("sha2_of", r.textOf(args[0]), text(size))
	}
	if r.err == nil {
		r.err = &warehouse.Error{Code: 1008, State: "22023", Line: c.Position.Line, Column: c.Position.Column,
			Message: "SQL compilation error:\ninvalid value [" + size + "] for parameter 'digest size'"}
	}
	return c
}
