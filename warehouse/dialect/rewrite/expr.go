package rewrite

import (
	"fmt"
	"strings"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
)

// expr translates an expression whose parts are translated already.
func (r *rewriter) expr(e ast.Expr) ast.Expr {
	switch e := e.(type) {
	case *ast.Hex:
		return call("UNHEX", text(e.Digits))
	case *ast.Typed:
		e.Type = duckType(e.Type)
	case *ast.Interval:
		r.interval(e)
	case *ast.Column:
		return r.column(e)
	case *ast.Position:
		r.refuse(e, "a column by its number, $%s, outside a query on a stage", e.Number)
	case *ast.Variable:
		if value := r.cfg.Variables[e.Name]; value != nil {
			return value
		}
		r.unset(e)
	case *ast.Bind:
		if strings.Trim(e.Name, "0123456789") != "" {
			r.refuse(e, "the bind variable :%s by name", e.Name)
		}
	case *ast.Identifier:
		if s, ok := e.Arg.(*ast.String); ok {
			return &ast.Column{At: e.At, Parts: r.parts(e, s.Value)}
		}
		r.refuse(e, "IDENTIFIER of what is no text")
	case *ast.Unary:
		if e.Op == "PRIOR" || e.Op == "CONNECT_BY_ROOT" || e.Op == "**" {
			r.refuse(e, "the operator %s", e.Op)
		}
	case *ast.Binary:
		return r.binary(e)
	case *ast.Like:
		return r.like(e)
	case *ast.In:
		r.in(e)
	case *ast.Between:
		r.matching([]*ast.Expr{&e.X, &e.Low, &e.High})
	default:
		return r.structured(e)
	}
	return e
}

// unset refuses a session variable that is not set.
func (r *rewriter) unset(v *ast.Variable) {
	if r.err == nil {
		r.err = &warehouse.Error{Code: 2211, State: "02000", Line: v.Pos().Line, Column: v.Pos().Column, Kind: warehouse.ErrNotExist,
			Message: fmt.Sprintf("SQL compilation error:\nSession variable '$%s' does not exist", v.Name)}
	}
}

// structured translates the expressions that deal with types and with
// semi-structured data.
func (r *rewriter) structured(e ast.Expr) ast.Expr {
	switch e := e.(type) {
	case *ast.Cast:
		return r.cast(e)
	case *ast.Collate:
		r.refuse(e, "COLLATE")
	case *ast.Extract:
		return r.datePart(e, e.Part, e.X)
	case *ast.Call:
		return r.call(e)
	case *ast.Array:
		return call("JSON_ARRAY", e.Items...)
	case *ast.Object:
		if e.Star != nil {
			r.refuse(e, "{*}")
			return e
		}
		out := call("JSON_OBJECT")
		for _, f := range e.Fields {
			out.Args = append(out.Args, ast.Arg{Value: f.Key}, ast.Arg{Value: f.Value})
		}
		return out
	case *ast.Index:
		return r.index(e)
	case *ast.Path:
		return r.step(e, e.X, e.Key)
	case *ast.Case:
		if e.Operand != nil {
			for i := range e.Whens {
				r.matching([]*ast.Expr{&e.Operand, &e.Whens[i].Cond})
			}
		}
	case *ast.Star:
		if e.Ilike != nil && (e.Exclude != nil || e.Replace != nil || e.Rename != nil) {
			r.refuse(e, "* ILIKE with EXCLUDE, REPLACE or RENAME")
		}
	}
	return e
}

// interval writes '1 year, 3 d' as DuckDB reads it.
func (r *rewriter) interval(e *ast.Interval) {
	if e.Unit != "" {
		if strings.Contains(e.Unit, " TO ") {
			r.refuse(e, "INTERVAL … %s", e.Unit)
		}
		return
	}
	var out []string
	for part := range strings.SplitSeq(e.Value, ",") {
		number, unit, _ := strings.Cut(strings.TrimSpace(part), " ")
		if unit = strings.TrimSpace(unit); unit == "" {
			unit = "second"
		}
		name := dateUnit(unit)
		if name == "" {
			r.refuse(e, "INTERVAL '%s'", e.Value)
		}
		out = append(out, number+" "+name)
	}
	e.Value = strings.Join(out, " ")
}

// column makes seq.nextval a call.
func (r *rewriter) column(c *ast.Column) ast.Expr {
	if c.Outer {
		r.refuse(c, "outer joins with (+); write LEFT JOIN")
	}
	last := len(c.Parts) - 1
	if id := c.Parts[last]; last == 0 || id.Quoted || id.Name != "NEXTVAL" {
		return c
	}
	var names []string
	for _, id := range c.Parts[:last] {
		names = append(names, `"`+strings.ReplaceAll(id.Name, `"`, `""`)+`"`)
	}
	return call("NEXTVAL", text(strings.Join(names, ".")))
}

// textOf is e as text, as Snowflake writes it.
func (r *rewriter) textOf(e ast.Expr) ast.Expr {
	switch x := e.(type) {
	case *ast.String, *ast.Null:
		return e
	case *ast.Binary:
		if x.Op == "||" {
			return e
		}
	case *ast.Call:
		if x.Name.Last() == "text_of" {
			return e
		}
	}
	return r.macro("text_of", e)
}

func (r *rewriter) binary(e *ast.Binary) ast.Expr {
	switch e.Op {
	case "||":
		e.Left, e.Right = r.textOf(r.asText(e.Left)), r.textOf(r.asText(e.Right))
	case "+", "-", "*":
		e.Left, e.Right = r.asNumber(e.Left), r.asNumber(e.Right)
	case "/":
		return r.macro("div", r.asNumber(e.Left), r.asNumber(e.Right))
	case "%":
		return r.macro("mod", r.asNumber(e.Left), r.asNumber(e.Right))
	case "=", "<>", "<", "<=", ">", ">=":
		r.matching([]*ast.Expr{&e.Left, &e.Right})
	}
	return e
}

func (r *rewriter) in(e *ast.In) {
	sides := []*ast.Expr{&e.X}
	for i := range e.List {
		sides = append(sides, &e.List[i])
	}
	r.matching(sides)
}

// like spells the matches that DuckDB has not: any of several patterns, and
// whole regular expressions.
func (r *rewriter) like(e *ast.Like) ast.Expr {
	e.X = r.asText(e.X)
	if e.Op == "RLIKE" || e.Op == "REGEXP" {
		var match ast.Expr = call("REGEXP_FULL_MATCH", e.X, r.asText(e.Pattern))
		if e.Not {
			match = &ast.Unary{At: e.At, Op: "NOT", X: match}
		}
		return match
	}
	if e.Quantifier == "" {
		return e
	}
	op := map[string]string{"ANY": "OR", "ALL": "AND"}[e.Quantifier]
	var out ast.Expr
	patterns := []ast.Expr{e.Pattern}
	switch p := e.Pattern.(type) {
	case *ast.Tuple:
		patterns = p.Items
	case *ast.Parens:
		patterns = []ast.Expr{p.X}
	default:
		r.refuse(e, "%s %s of a query", e.Op, e.Quantifier)
	}
	for _, pattern := range patterns {
		var one ast.Expr = &ast.Like{At: e.At, X: e.X, Op: e.Op, Pattern: pattern, Escape: e.Escape}
		if out != nil {
			one = &ast.Binary{Op: op, Left: out, Right: one}
		}
		out = one
	}
	if e.Not {
		return &ast.Unary{At: e.At, Op: "NOT", X: &ast.Parens{X: out}}
	}
	return &ast.Parens{X: out}
}

// cast keeps what a cast from semi-structured data means.
func (r *rewriter) cast(c *ast.Cast) ast.Expr {
	switch {
	case c.Type.Name == "JSON" && c.Try:
		return &ast.Cast{X: c.X, Type: c.Type, Try: true}
	case c.Type.Name == "JSON":
		return call("TO_JSON", c.X)
	case r.isJSON(c.X):
		c.X = unquote(c.X)
	}
	if _, bound := c.X.(*ast.Bind); c.Type.Name == "BLOB" && !bound {
		c.X = call("UNHEX", r.asText(c.X))
		return c.X
	}
	switch {
	case c.Type.Name == "BOOLEAN" && c.Try:
		return r.macro("try_to_boolean", c.X)
	case c.Type.Name == "BOOLEAN":
		return r.macro("to_boolean", c.X)
	case c.Type.Name == "VARCHAR" && len(c.Type.Args) == 1: // what is too long is cut
		return call("LEFT", r.textOf(c.X), &ast.Number{Text: c.Type.Args[0]})
	case c.Type.Name == "VARCHAR" && !c.Try:
		return r.textOf(c.X)
	}
	c.Colons = c.Colons && !c.Try
	return c
}
