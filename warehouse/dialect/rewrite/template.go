package rewrite

import (
	"strconv"
	"strings"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/parse"
)

// template reads text as an expression and puts args in the places of $1, $2.
func template(text string, args ...ast.Expr) ast.Expr {
	return templateQuery("SELECT "+text, args...).Body.(*ast.Select).Items[0].X
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
var overloaded = words("ADD_MONTHS_TO ADD_DAYS_TO TRUNC_TO ADD_MONTHS SLICE MONTH_SLICE TO_BOOLEAN UNIFORM")

// macro is a call of one of the macros that stand beside DuckDB's functions;
// see package duckdb's prelude.sql.
func (r *rewriter) macro(name string, args ...ast.Expr) *ast.Call {
	c := call(name, args...)
	c.Name.Parts = []ast.Ident{{Name: Macros}, {Name: "MAIN"}, {Name: name, Quoted: true}}
	r.untyped(c)
	return c
}

// untyped takes the macro that knows no types where nobody knows those of the
// arguments. Where only DuckDB does not, it is told them.
func (r *rewriter) untyped(c *ast.Call) {
	name := &c.Name.Parts[len(c.Name.Parts)-1]
	if !overloaded[strings.ToUpper(name.Name)] {
		return
	}
	for i, a := range c.Args {
		if !r.unknownType(a.Value) {
			continue
		}
		if t := r.info.Type(a.Value); duckType(string(t.Kind)) != "" && t.Kind != warehouse.Number {
			c.Args[i].Value = cast(a.Value, duckType(string(t.Kind)))
		} else {
			*name = ast.Ident{Name: strings.ToLower(name.Name) + "_any", Quoted: true}
			return
		}
	}
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
