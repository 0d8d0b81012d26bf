package types

import (
	"fmt"
	"slices"
	"strings"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
)

// expr finds the type of an expression and of all in it.
func (c *checker) expr(e ast.Expr, in *scope) Type {
	if e == nil {
		return Type{}
	}
	t, ok := constant(e)
	if !ok {
		t = c.composed(e, in)
	} else if _, typed := e.(*ast.Typed); typed {
		t.Fine = c.cfg.Fine && t.MayBeFine()
	}
	c.info.types[e] = t
	return t
}

// constant is the type of what holds no other expression and no name.
func constant(e ast.Expr) (t Type, ok bool) {
	switch e := e.(type) {
	case *ast.Null:
		return Type{Kind: Null}, true
	case *ast.Bool:
		return Boolean, true
	case *ast.Number:
		return literal(e.Text), true
	case *ast.String:
		return Type{Kind: warehouse.Varchar, Length: max(len([]rune(e.Value)), 1)}, true
	case *ast.Hex:
		return Type{Kind: warehouse.Binary, Length: max(len(e.Digits)/2, 1)}, true
	case *ast.Typed:
		return Of(&ast.Type{Name: e.Type}), true
	case *ast.Interval:
		return Type{Kind: intervalKind(e)}, true
	}
	return Type{}, false
}

// intervalKind tells whether all parts of an interval are days or longer.
func intervalKind(e *ast.Interval) warehouse.Type {
	units := e.Unit
	if units == "" {
		for part := range strings.SplitSeq(e.Value, ",") {
			_, unit, _ := strings.Cut(strings.TrimSpace(part), " ")
			if !daily(unit) {
				return Duration
			}
		}
		return Interval
	}
	for unit := range strings.SplitSeq(units, " TO ") {
		if !daily(unit) {
			return Duration
		}
	}
	return Interval
}

// daily reports the units that are days or longer.
func daily(unit string) bool {
	switch strings.ToLower(strings.TrimSpace(unit)) {
	case "year", "y", "yy", "yyy", "yyyy", "yr", "years", "yrs", "quarter", "q", "qtr", "qtrs", "quarters",
		"month", "mm", "mon", "mons", "months", "week", "w", "wk", "weekofyear", "woy", "wy", "weeks",
		"day", "d", "dd", "days", "dayofmonth":
		return true
	}
	return false
}

// composed is the type of what is made of others.
func (c *checker) composed(e ast.Expr, in *scope) Type {
	switch e := e.(type) {
	case *ast.Column:
		if last := e.Parts[len(e.Parts)-1]; len(e.Parts) > 1 && !last.Quoted && last.Name == "NEXTVAL" {
			return Whole
		}
		return c.column(e, in)
	case *ast.Position:
		if col, ok := in.position(e); ok {
			c.info.positions[e] = &ast.Column{Parts: append(slices.Clone(e.Qualifier), ast.Ident{Name: col.Name, Quoted: true})}
			return col.Type
		}
	case *ast.Variable:
		if value, ok := c.cfg.Variables[e.Name]; ok {
			return c.expr(value, nil)
		}
	case *ast.Bind:
		return c.binds[e]
	case *ast.Parens:
		return c.expr(e.X, in)
	case *ast.Unary:
		if t := c.expr(e.X, in); e.Op != "NOT" {
			return t
		}
		return Boolean
	case *ast.Binary:
		return c.binary(e, in)
	case *ast.Case:
		return c.cases(e, in)
	case *ast.Cast:
		from, t := c.expr(e.X, in), Of(e.Type)
		c.castable(e, from, t)
		t.Fine = (from.Fine || c.cfg.Fine) && t.MayBeFine()
		return t
	case *ast.Subquery:
		columns, whole := c.query(e.Query, in)
		c.oneColumn(e.Query, columns, whole, Type{})
		if len(columns) == 1 {
			return columns[0].Type
		}
	case *ast.Call:
		return c.call(e, in)
	case *ast.Lambda:
		own := &scope{parent: in, aliases: map[string]Type{}}
		for _, p := range e.Params {
			own.aliases[p.Name.Name] = Variant
			if p.Type != nil {
				own.aliases[p.Name.Name] = Of(p.Type)
			}
		}
		return c.expr(e.Body, own)
	default:
		return c.parts(e, in)
	}
	return Type{}
}

// column is the type of a column. One that no table can have, or several have,
// is the check's error if it is the first.
func (c *checker) column(e *ast.Column, in *scope) Type {
	col, how := in.column(e.Parts)
	if how == aliased {
		c.info.aliased[e] = true
	}
	c.tellApart(e, in, how)
	if c.info.Err != nil || how != missing && how != ambiguous || !e.Pos().IsValid() {
		return col.Type
	}
	name, pos := spelled(e.Parts), e.Pos()
	c.info.Err = notThere(name, pos)
	if how == ambiguous {
		c.info.Err.Code, c.info.Err.State, c.info.Err.Kind = 2028, "42601", nil
		c.info.Err.Message = fmt.Sprintf("SQL compilation error: error %s\nambiguous column name '%s'", pos, name)
	}
	return Type{}
}

// plain reports a name that needs no quotes.
func plain(name string) bool {
	for i, r := range name {
		if r != '_' && (r < 'A' || r > 'Z') && (i == 0 || r != '$' && (r < '0' || r > '9')) {
			return false
		}
	}
	return name != ""
}

// parts is the type of what always has the same, whatever is in it.
func (c *checker) parts(e ast.Expr, in *scope) Type {
	switch e := e.(type) {
	case *ast.Is:
		c.exprs(in, e.X, e.Y)
	case *ast.Like:
		c.exprs(in, e.X, e.Pattern, e.Escape)
	case *ast.Between:
		c.exprs(in, e.X, e.Low, e.High)
		c.comparable(e.X, e.Low, e.High)
	case *ast.In:
		c.expr(e.X, in)
		c.exprs(in, e.List...)
		c.comparable(e.X, e.List...)
		if e.Query != nil {
			columns, whole := c.query(e.Query, in)
			if _, several := e.X.(*ast.Tuple); !several {
				c.oneColumn(e.Query, columns, whole, c.info.types[e.X])
			}
		}
	case *ast.Exists:
		c.query(e.Query, in)
	case *ast.Quantified:
		c.query(e.Query, in)
		return Type{}
	case *ast.Tuple:
		c.exprs(in, e.Items...)
		return Type{}
	case *ast.Grouping:
		c.exprs(in, e.Sets...)
		return Type{}
	case *ast.Collate:
		return c.expr(e.X, in)
	case *ast.Extract:
		c.expr(e.X, in)
		return Whole
	case *ast.Array:
		c.exprs(in, e.Items...)
		c.structuredConstant(e, "ARRAY_CONSTRUCT", e.Items...)
		return Array
	case *ast.Object:
		for _, f := range e.Fields {
			c.expr(f.Value, in)
			c.structuredConstant(e, "OBJECT_CONSTRUCT", f.Value)
		}
		return Object
	case *ast.Index:
		c.expr(e.I, in)
		of := c.expr(e.X, in)
		c.holder(e, e.I, of)
		return c.part(of.Under(e.I))
	case *ast.Path:
		key := &ast.String{Value: e.Key}
		of := c.expr(e.X, in)
		c.holder(e, key, of)
		return c.part(of.Under(key))
	default:
		return Type{}
	}
	return Boolean
}

func (c *checker) exprs(in *scope, all ...ast.Expr) {
	for _, e := range all {
		c.expr(e, in)
	}
}

func (c *checker) binary(e *ast.Binary, in *scope) Type {
	a, b := c.expr(e.Left, in), c.expr(e.Right, in)
	switch e.Op {
	case "+", "-", "*", "/", "%":
		t := Arithmetic(e.Op, a, b)
		t.Fine = t.Fine && t.MayBeFine()
		return t
	case "||":
		return joined(a, b)
	case "=", "<>", "!=", "<", "<=", ">", ">=":
		c.comparable(e.Left, e.Right)
	}
	return Boolean
}

// maxLength is how long a text is that says nothing of its length.
const maxLength = 16777216

// joined is the type of a || b, as long as both if these are known to be text.
func joined(a, b Type) Type {
	out := Text
	if a.Is(warehouse.Binary) && b.Is(warehouse.Binary) {
		out = Type{Kind: warehouse.Binary}
	}
	if a.Kind == out.Kind && b.Kind == out.Kind && a.Length > 0 && b.Length > 0 && a.Length+b.Length < maxLength {
		out.Length = a.Length + b.Length
	}
	return out
}

func (c *checker) cases(e *ast.Case, in *scope) Type {
	c.expr(e.Operand, in)
	out := Type{Kind: Null}
	branches := make([]ast.Expr, 0, len(e.Whens)+1)
	for _, w := range e.Whens {
		c.expr(w.Cond, in)
		if e.Operand != nil {
			c.comparable(e.Operand, w.Cond)
		}
		out = Common(out, c.expr(w.Then, in))
		branches = append(branches, w.Then)
	}
	if e.Else != nil {
		out = Common(out, c.expr(e.Else, in))
		branches = append(branches, e.Else)
	}
	c.together(branches)
	return out
}

// Foreign is the type of what code in another language gives.
func Foreign(f *ast.Foreign) Type {
	t := &ast.Type{Name: f.Result}
	if f.Result == string(warehouse.TimestampLTZ) {
		t.Args = []string{"3"}
	}
	return Of(t)
}

// call is the type of a function's result.
func (c *checker) call(e *ast.Call, in *scope) Type {
	args := make([]Type, len(e.Args))
	for i, a := range e.Args {
		switch value := a.Value.(type) {
		case *ast.Column:
			if isUnit(e, i) {
				continue
			}
		case *ast.Star:
			if all, whole := c.star(value, in); whole {
				c.info.stars[value] = all
			}
			continue
		}
		args[i] = c.expr(a.Value, in)
	}
	for _, o := range e.WithinGroup {
		args = append(args, c.expr(o.X, in))
	}
	if e.Over != nil {
		c.over(e.Over, in)
	}
	if e.Foreign != nil {
		return Foreign(e.Foreign)
	}
	if len(e.Name.Parts) != 1 {
		return Type{}
	}
	c.arity(e)
	c.windowOrder(e)
	c.kindsOfArguments(e, args)
	c.structuredArguments(e, args)
	more := e.Over != nil || lookedAt[builtin(e)]
	if more {
		c.alikeArguments(e)
		c.pointsInTime(e, args)
		c.notNested(e)
	}
	t := structuredResult(e, args, c.fineResult(e, args))
	if more {
		c.convertibleArgument(e, args, t)
	}
	return t
}

func (c *checker) over(o *ast.Over, in *scope) {
	c.exprs(in, o.PartitionBy...)
	for _, k := range o.OrderBy {
		c.expr(k.X, in)
	}
	if o.Frame != nil {
		c.expr(o.Frame.Start.Offset, in)
		if o.Frame.End != nil {
			c.expr(o.Frame.End.Offset, in)
		}
	}
}
