package rewrite

import (
	"fmt"
	"strings"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/types"
)

// expr translates an expression whose parts are translated already.
func (r *rewriter) expr(e ast.Expr) ast.Expr {
	switch e := e.(type) {
	case *ast.Number:
		if plain, ok := types.Plain(e.Text); ok {
			e.Text = plain
		}
	case *ast.Hex:
		return call("UNHEX", text(e.Digits))
	case *ast.Typed:
		value := &ast.String{At: e.At, Value: e.Value}
		if t := r.info.Type(e); t.Fine {
			return r.refine(value, t, false)
		} else if t.Is(warehouse.TimestampTZ) {
			return r.toZoned(value, false)
		} else if _, nanos := nanosOf(e.Value); nanos != "" && t.MayBeFine() {
			r.needFine(e)
		}
		e.Type = duckType(e.Type)
	case *ast.Interval:
		r.interval(e)
	case *ast.Column:
		return r.column(e)
	case *ast.Position:
		if col := r.info.Column(e); col != nil {
			last := &col.Parts[len(col.Parts)-1]
			last.Name = r.spelling(last.Name)
			return col
		}
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
		if t := r.info.Type(e); t.Fine { // which comes as text
			return r.fineText(r.typed(cast(e, "VARCHAR"), types.Text), t, func(e ast.Expr) ast.Expr { return cast(e, "TIMESTAMP") })
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
		return r.in(e)
	case *ast.Is:
		if e.Y != nil && (r.isZoned(e.X) || r.isZoned(e.Y)) {
			r.matching([]*ast.Expr{&e.X, &e.Y})
		}
	case *ast.Quantified:
		e.Query = r.ofMoments(e.Query)
	case *ast.Tuple:
		for i := range e.Items {
			e.Items[i] = r.moment(e.Items[i])
		}
	case *ast.Between:
		r.inOrder(&e.X, &e.Low, &e.High)
		r.matching([]*ast.Expr{&e.X, &e.Low, &e.High})
		if r.isFine(e.X) { // of which DuckDB has no BETWEEN
			return r.fineBetween(e)
		}
		e.X, e.Low, e.High = r.ordered(e.X), r.ordered(e.Low), r.ordered(e.High)
	default:
		return r.structured(e)
	}
	return e
}

// unset refuses a session variable that is not set.
func (r *rewriter) unset(v *ast.Variable) {
	if r.err == nil {
		r.err = Unset(v)
	}
}

// Unset is the refusal of a session variable that is not set.
func Unset(v *ast.Variable) *warehouse.Error {
	return &warehouse.Error{Code: 2211, State: "02000", Line: v.Pos().Line, Column: v.Pos().Column, Kind: warehouse.ErrNotExist,
		Message: fmt.Sprintf("SQL compilation error:\nSession variable '$%s' does not exist", v.Name)}
}

// structured translates the expressions that deal with types and with
// semi-structured data.
func (r *rewriter) structured(e ast.Expr) ast.Expr {
	switch e := e.(type) {
	case *ast.Cast:
		to, from := r.info.Type(e), r.info.Type(e.X)
		if out := r.castStructured(e, to, from); out != nil {
			return out
		}
		if out := r.castFine(e, to, &from); out != nil {
			return out
		}
		if (to.Timestamp() || to.Is(warehouse.Time)) && !to.MayBeFine() {
			r.cutToSix(e, from)
		}
		if out := r.castZoned(e, to, from); out != nil {
			return out
		}
		return r.digits(r.cast(e), to, from)
	case *ast.Collate:
		r.refuse(e, "COLLATE")
	case *ast.Extract:
		return r.datePart(e, e.Part, e.X)
	case *ast.Call:
		return r.call(e)
	case *ast.Array:
		return r.arrayOf(e.Items)
	case *ast.Object:
		if e.Star != nil {
			r.refuse(e, "{*}")
			return e
		}
		var args []ast.Expr
		for _, f := range e.Fields {
			args = append(args, f.Key, f.Value)
		}
		return r.objectOf("member_or_null", args)
	case *ast.Index:
		if of := r.info.Type(e.X); of.Structured() {
			return r.under(e, e.X, e.I, of)
		}
		return r.index(e)
	case *ast.Path:
		if of := r.info.Type(e.X); of.Structured() {
			return r.under(e, e.X, text(e.Key), of)
		}
		return r.step(e, e.X, e.Key)
	case *ast.Case:
		r.cases(e)
	case *ast.Star:
		if e.Ilike != nil && (e.Exclude != nil || e.Replace != nil || e.Rename != nil) {
			r.refuse(e, "* ILIKE with EXCLUDE, REPLACE or RENAME")
		}
	}
	return e
}

// cases makes the values that a CASE compares comparable, and its results
// alike.
func (r *rewriter) cases(e *ast.Case) {
	var results []*ast.Expr
	for i := range e.Whens {
		if e.Operand != nil {
			r.matching([]*ast.Expr{&e.Operand, &e.Whens[i].Cond})
		}
		results = append(results, &e.Whens[i].Then)
	}
	if e.Else != nil {
		results = append(results, &e.Else)
	}
	r.alike(results)
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

// told is a column that DuckDB takes for no other one whose name differs in case
// only.
func (r *rewriter) told(c *ast.Column) *ast.Column {
	name := c.Parts[0].Name
	if owner := r.info.Owner(c); owner != "" {
		c.Parts = []ast.Ident{{Name: owner, Quoted: true}, c.Parts[0]}
	}
	if r.info.Shadowed(c) && !strings.Contains(name, caseMark) {
		r.refuse(c, "an alias beside a column whose name differs from its own in case only, %s", warehouse.QuoteIdent(name))
	}
	return c
}

// column makes seq.nextval a call.
func (r *rewriter) column(c *ast.Column) ast.Expr {
	if c.Outer {
		r.refuse(c, "outer joins with (+); write LEFT JOIN")
	}
	last := len(c.Parts) - 1
	if id := c.Parts[last]; last == 0 || id.Quoted || id.Name != "NEXTVAL" {
		return r.told(c)
	}
	var names []string
	for _, id := range c.Parts[:last] {
		names = append(names, `"`+strings.ReplaceAll(id.Name, `"`, `""`)+`"`)
	}
	return call("NEXTVAL", text(strings.Join(names, ".")))
}

func (r *rewriter) binary(e *ast.Binary) ast.Expr {
	switch e.Op {
	case "||":
		if r.info.Type(e.Left).Is(types.Null) || r.info.Type(e.Right).Is(types.Null) {
			return cast(&ast.Null{At: e.At}, "VARCHAR")
		}
		if r.info.Type(e.Left).Is(warehouse.Binary) && r.info.Type(e.Right).Is(warehouse.Binary) {
			return e
		}
		left, isText := e.Left.(*ast.String)
		if right, too := e.Right.(*ast.String); isText && too { // what wants a literal, such as a format, takes it so
			return &ast.String{At: e.At, Value: left.Value + right.Value}
		}
		e.Left, e.Right = r.textOf(r.asText(e.Left)), r.textOf(r.asText(e.Right))
	case "+", "-", "*":
		return r.arithmetic(e)
	case "/":
		return r.divide(e.Left, e.Right)
	case "%":
		return r.macro("mod", r.asNumber(e.Left), r.asNumber(e.Right))
	case "=", "<>":
		if rows := r.sameRow(e.Left, e.Right); rows != nil {
			return negated(rows, e.Op == "<>")
		}
		r.matching([]*ast.Expr{&e.Left, &e.Right})
		if r.info.Type(e.Left).Holds(warehouse.TimestampTZ) && r.info.Type(e.Right).Structured() {
			e.Left, e.Right = r.ordered(e.Left), r.ordered(e.Right)
		}
	case "<", "<=", ">", ">=":
		r.inOrder(&e.Left, &e.Right)
		r.matching([]*ast.Expr{&e.Left, &e.Right})
		e.Left, e.Right = r.ordered(e.Left), r.ordered(e.Right)
	}
	return e
}

// arithmetic is a sum, a difference or a product. Whole numbers are days to a
// DATE, which stays one where days or more are added.
func (r *rewriter) arithmetic(e *ast.Binary) ast.Expr {
	t := r.info.Type(e)
	left, right := r.info.Type(e.Left), r.info.Type(e.Right)
	e.Left, e.Right = r.operand(e.Left, right), r.operand(e.Right, left)
	if out := r.fineSum(e, left, right); out != nil {
		return out
	}
	if out := r.zonedSum(e, left, right); out != nil {
		return out
	}
	switch {
	case t.Is(warehouse.Date) && left.Is(types.Interval) || t.Is(warehouse.Date) && right.Is(types.Interval):
		return cast(&ast.Parens{X: e}, "DATE")
	case t.Is(warehouse.Date) && right.Is(warehouse.Number):
		e.Right = cast(e.Right, "INTEGER")
	case t.Is(warehouse.Date) && left.Is(warehouse.Number):
		e.Left = cast(e.Left, "INTEGER")
	case r.cfg.Wide && t.Is(warehouse.Number) && left.Scale+right.Scale == 0:
		e.Left = cast(&ast.Parens{X: e.Left}, r.whole())
	case e.Op == "*" && t.Is(warehouse.Number) && left.Scale+right.Scale > t.Scale:
		return &ast.Cast{X: &ast.Parens{X: e}, Type: duckNumber(t)}
	}
	return e
}

// operand is e as a number, unless it is text beside a point in time.
func (r *rewriter) operand(e ast.Expr, other types.Type) ast.Expr {
	if other.Is(warehouse.Date, warehouse.Time) || other.Timestamp() {
		return e
	}
	return r.asNumber(e)
}

func (r *rewriter) in(e *ast.In) ast.Expr {
	if rows := r.inRows(e); rows != nil {
		return rows
	}
	sides := []*ast.Expr{&e.X}
	for i := range e.List {
		sides = append(sides, &e.List[i])
	}
	r.matching(sides)
	if e.Query != nil {
		e.Query = r.ofMoments(e.Query)
	}
	return e
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
		return r.castToJSON(c)
	case r.isJSON(c.X) && !c.Try && textTimes[c.Type.Name] != "":
		return r.timeOfVariant(c.X, c.Type.Name)
	case r.isJSON(c.X) && !c.Try && c.Type.Name == "BOOLEAN":
		return r.macro("variant_boolean", plain(c.X), c.X)
	case r.isJSON(c.X) && !c.Try && types.Of(c.Type).Numeric():
		c.X = r.variantNumber(c.X, c.Type)
	case r.isJSON(c.X):
		c.X = textFor(c.X, types.Of(c.Type))
	}
	from := r.info.Type(c.X)
	if _, bound := c.X.(*ast.Bind); c.Type.Name == "BLOB" && (!bound || from.Is(warehouse.Varchar)) && !from.Is(warehouse.Binary) {
		if c.Try {
			return template("TRY(__SF.MAIN.unhexed($1))", r.asText(c.X))
		}
		return r.macro("unhexed", r.asText(c.X))
	}
	switch {
	case c.Type.Name == "BOOLEAN" && c.Try:
		return r.macro("try_to_boolean", c.X)
	case c.Type.Name == "BOOLEAN":
		return r.macro("to_boolean", c.X)
	case c.Type.Name == "VARCHAR" && len(c.Type.Args) == 1 && c.Try:
		return template("CASE WHEN LENGTH($1) <= $2 THEN $1 END", c.X, &ast.Number{Text: c.Type.Args[0]})
	case c.Type.Name == "VARCHAR" && len(c.Type.Args) == 1: // what is too long is cut
		return call("LEFT", r.textOf(c.X), &ast.Number{Text: c.Type.Args[0]})
	case c.Type.Name == "VARCHAR" && !c.Try:
		if _, isNull := c.X.(*ast.Null); isNull {
			return cast(c.X, "VARCHAR")
		}
		return r.textOf(c.X)
	}
	if strings.HasPrefix(c.Type.Name, "TIMESTAMP") && !c.Try && from.Is(warehouse.Number, warehouse.Float) {
		return epoch(c.X, from, 0, c.Type.Name)
	}
	if e := r.timeOfText(c.X, c.Type.Name, c.Try); e != nil {
		return e
	}
	c.X = r.timeOfDay(c.X, c.Type.Name)
	if (c.Type.Name == r.whole() || c.Type.Name == "DECIMAL") && !c.Try && r.info.Type(c.X).Is(warehouse.Float) {
		c.X = call("ROUND", c.X, scaleOf(c.Type))
	}
	c.Colons = c.Colons && !c.Try
	if r.cfg.Wide && c.Type.Name == r.whole() { // which has room for 39 digits
		c.X = &ast.Cast{X: c.X, Type: duckNumber(types.Whole), Try: c.Try}
	}
	return c
}

// castToJSON is a cast to a semi-structured type: an ARRAY holds what is none,
// an OBJECT is made of nothing else.
func (r *rewriter) castToJSON(c *ast.Cast) ast.Expr {
	from, to := r.info.Type(c.X), r.info.Type(c)
	x := toJSON(r.inJSON(c.X))
	if _, isNull := c.X.(*ast.Null); isNull || from.Kind == to.Kind || to.Structured() {
		return x
	}
	switch to.Kind {
	case warehouse.Array:
		return r.macro("array_of", x)
	case warehouse.Object:
		return r.macro("to_object", x)
	}
	return x
}

// scaleOf is the scale of a type of numbers.
func scaleOf(t *ast.Type) *ast.Number {
	if len(t.Args) == 2 {
		return &ast.Number{Text: t.Args[1]}
	}
	return &ast.Number{Text: "0"}
}
