package rewrite

import (
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/parse"
)

// template is text, an expression, with args in the places of $1, $2.
func template(text string, args ...ast.Expr) ast.Expr {
	if known, ok := read.Load(text); ok {
		return known.(instance)(args)
	}
	anew := func(args []ast.Expr) ast.Expr {
		return templateQuery("SELECT "+text, args...).Body.(*ast.Select).Items[0].X
	}
	copied, ok := instanceOf(anew(positions))
	if !ok {
		copied = anew
	}
	read.Store(text, copied)
	return anew(args)
}

// read are the templates that were read before, by their text, each an
// [instance].
var read sync.Map

// positions are $1 to $9.
var positions = func() (out []ast.Expr) {
	for i := range 9 {
		out = append(out, &ast.Position{Number: strconv.Itoa(i + 1)})
	}
	return out
}()

// An instance makes a tree of a template's arguments.
type instance func(args []ast.Expr) ast.Expr

// instanceOf makes copies of e with arguments in the places of positions. It
// knows what most templates are made of; ok is false for the others.
func instanceOf(e ast.Expr) (instance, bool) {
	switch e := e.(type) {
	case nil:
		return func([]ast.Expr) ast.Expr { return nil }, true
	case *ast.Position:
		i, _ := strconv.Atoi(e.Number)
		return func(args []ast.Expr) ast.Expr { return args[i-1] }, true
	case *ast.Number:
		return func([]ast.Expr) ast.Expr { return &ast.Number{Text: e.Text} }, true
	case *ast.String:
		return func([]ast.Expr) ast.Expr { return &ast.String{Value: e.Value} }, true
	case *ast.Null:
		return func([]ast.Expr) ast.Expr { return &ast.Null{} }, true
	case *ast.Cast:
		x, ok := instanceOf(e.X)
		return func(args []ast.Expr) ast.Expr { return &ast.Cast{X: x(args), Type: e.Type, Try: e.Try} }, ok
	case *ast.Parens:
		x, ok := instanceOf(e.X)
		return func(args []ast.Expr) ast.Expr { return &ast.Parens{X: x(args)} }, ok
	case *ast.Is:
		x, okX := instanceOf(e.X)
		y, okY := instanceOf(e.Y)
		return func(args []ast.Expr) ast.Expr { return &ast.Is{X: x(args), Not: e.Not, What: e.What, Y: y(args)} }, okX && okY
	case *ast.Binary:
		left, okLeft := instanceOf(e.Left)
		right, okRight := instanceOf(e.Right)
		return func(args []ast.Expr) ast.Expr { return &ast.Binary{Op: e.Op, Left: left(args), Right: right(args)} }, okLeft && okRight
	case *ast.Call:
		return callOf(e)
	case *ast.Case:
		return caseOf(e)
	}
	return nil, false
}

func callOf(e *ast.Call) (instance, bool) {
	parts, ok := instances(len(e.Args), func(i int) ast.Expr { return e.Args[i].Value })
	return func(args []ast.Expr) ast.Expr {
		out := *e
		out.Name = &ast.Name{Parts: slices.Clone(e.Name.Parts)}
		out.Args = slices.Clone(e.Args)
		for i, part := range parts {
			out.Args[i].Value = part(args)
		}
		return &out
	}, ok && e.WithinGroup == nil && e.Over == nil
}

func caseOf(e *ast.Case) (instance, bool) {
	n := len(e.Whens)
	conds, okConds := instances(n, func(i int) ast.Expr { return e.Whens[i].Cond })
	thens, okThens := instances(n, func(i int) ast.Expr { return e.Whens[i].Then })
	rest, okRest := instances(2, func(i int) ast.Expr { return []ast.Expr{e.Operand, e.Else}[i] })
	return func(args []ast.Expr) ast.Expr {
		out := &ast.Case{Operand: rest[0](args), Else: rest[1](args), Whens: make([]ast.When, n)}
		for i := range out.Whens {
			out.Whens[i] = ast.When{Cond: conds[i](args), Then: thens[i](args)}
		}
		return out
	}, okConds && okThens && okRest
}

// instances are those of n expressions.
func instances(n int, part func(int) ast.Expr) (all []instance, ok bool) {
	for i := range n {
		one, ok := instanceOf(part(i))
		if !ok {
			return nil, false
		}
		all = append(all, one)
	}
	return all, true
}

// templateQuery is template for a query.
func templateQuery(text string, args ...ast.Expr) *ast.Query {
	s, err := parse.Statement(text)
	if err != nil {
		panic("rewrite: a template is wrong: " + text + ": " + err.Error())
	}
	return ast.Rewrite(s, func(n ast.Node) ast.Node {
		if p, ok := n.(*ast.Position); ok {
			i, _ := strconv.Atoi(p.Number)
			return args[i-1]
		}
		return n
	}).(*ast.Query)
}

// call is a call of a function of DuckDB's.
func call(name string, args ...ast.Expr) *ast.Call {
	c := &ast.Call{Name: &ast.Name{Parts: []ast.Ident{{Name: name}}}}
	for _, a := range args {
		c.Args = append(c.Args, ast.Arg{Value: a})
	}
	return c
}

func cast(x ast.Expr, typ string) *ast.Cast { return &ast.Cast{X: x, Type: &ast.Type{Name: typ}} }

func text(value string) *ast.String { return &ast.String{Value: value} }

// Macros is the database that has the macros.
const Macros = "__SF"

// overloaded are the macros that go by the types of their arguments.
var overloaded = words("ADD_MONTHS_TO ADD_DAYS_TO TRUNC_TO ADD_MONTHS SLICE MONTH_SLICE TO_BOOLEAN UNIFORM OCTETS TO_ARRAY")

// macro is a call of one of the macros that stand beside DuckDB's functions;
// see prelude.sql of package duckdb/macros.
func (r *rewriter) macro(name string, args ...ast.Expr) *ast.Call {
	c := call(name, args...)
	c.Name.Parts = []ast.Ident{{Name: Macros}, {Name: "MAIN"}, {Name: name, Quoted: true}}
	r.untyped(c)
	return c
}

// untyped takes the macro that knows no types where nobody knows those of the
// arguments. Where only DuckDB does not, it is told them, if it listens.
func (r *rewriter) untyped(c *ast.Call) {
	name := &c.Name.Parts[len(c.Name.Parts)-1]
	if !overloaded[strings.ToUpper(name.Name)] {
		return
	}
	for i, a := range c.Args {
		if !r.unknownType(a.Value) {
			continue
		}
		if t := r.info.Type(a.Value); duckType(string(t.Kind)) != "" && t.Kind != warehouse.Number && !r.namesAlias(a.Value) {
			c.Args[i].Value = cast(a.Value, duckType(string(t.Kind)))
		} else {
			*name = ast.Ident{Name: strings.ToLower(name.Name) + "_any", Quoted: true}
			return
		}
	}
}

// namesAlias reports an expression with an alias of the SELECT it stands in,
// whose type DuckDB does not see even behind a cast.
func (r *rewriter) namesAlias(e ast.Expr) bool {
	found := false
	ast.Inspect(e, func(n ast.Node) bool {
		c, isColumn := n.(*ast.Column)
		found = found || isColumn && r.aliases[c]
		return !found
	})
	return found
}

// unknownType reports an expression with an aggregate, a window or an alias of
// the SELECT it stands in.
func (r *rewriter) unknownType(e ast.Expr) bool {
	found := false
	ast.Inspect(e, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.Query:
			return false // a type of its own
		case *ast.Call:
			found = found || n.Over != nil || aggregates[n.Name.Last()]
		case *ast.Column:
			found = found || r.aliases[n]
		case *ast.Bind, *ast.Null:
			found = true
		}
		return !found
	})
	return found
}

// aggregates are DuckDB's and Snowflake's.
var aggregates = words(`ANY_VALUE APPROX_COUNT_DISTINCT APPROX_PERCENTILE APPROX_QUANTILE ARRAY_AGG AVG BIT_AND BIT_OR BIT_XOR BOOL_AND BOOL_OR
	CORR COUNT COUNT_IF COVAR_POP COVAR_SAMP JSON_GROUP_OBJECT KURTOSIS LIST LISTAGG MAX MAX_BY MEDIAN MIN MIN_BY MODE PERCENTILE_CONT
	PERCENTILE_DISC SKEWNESS STDDEV STDDEV_POP STDDEV_SAMP STRING_AGG SUM VAR_POP VAR_SAMP`)
