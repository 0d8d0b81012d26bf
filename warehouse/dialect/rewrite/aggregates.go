package rewrite

import (
	"strings"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/types"
)

// aggregate translates the aggregates and window functions that take more than
// a template.
func (r *rewriter) aggregate(name string, c *ast.Call, args []ast.Expr) (ast.Expr, bool) {
	switch name {
	case "COUNT":
		if len(args) > 1 {
			return countRows(c, args), true
		}
		star, isStar := last(args).(*ast.Star)
		if isStar && c.Distinct {
			return countRows(c, r.starColumns(c, star)), true
		}
		if len(args) == 1 && !isStar && r.isJSON(args[0]) {
			c.Args[0].Value = template("CASE WHEN JSON_TYPE($1) <> 'NULL' THEN $1 END", args[0])
		}
	case "MIN", "MAX":
		if len(args) == 1 && r.isJSON(args[0]) {
			return r.extreme(name, c), true
		}
	case "MEDIAN", "PERCENTILE_CONT", "PERCENTILE_DISC":
		if name != "PERCENTILE_DISC" {
			r.between(c)
		}
		if c.Over != nil && len(c.WithinGroup) == 1 && len(args) == 1 {
			return quantile(name, c), true
		}
	case "VAR_POP", "VAR_SAMP", "VARIANCE", "VARIANCE_SAMP", "VARIANCE_POP", "STDDEV", "STDDEV_SAMP", "STDDEV_POP":
		if len(args) == 1 {
			return r.spread(name, c), true
		}
	case "CORR", "REGR_SLOPE":
		return nullForNaN(r.sameCall(name, c)), true
	case "SKEW":
		if len(args) == 1 {
			return nullForNaN(r.fromTemplate(name, c, args)), true
		}
	case "COUNT_IF":
		if len(args) == 1 {
			return countTrue(c), true
		}
	case "BOOLXOR_AGG":
		if len(args) == 1 {
			return trueOnce(c), true
		}
	case "SUM", "AVG":
		if len(args) == 1 {
			return r.total(name, c), true
		}
	case "LISTAGG", "STRING_AGG":
		return r.listAgg(c, args), true
	case "ARRAY_AGG", "ARRAYAGG":
		return r.arrayAgg(c, args), true
	case "ARRAY_UNION_AGG":
		if len(args) == 1 && !c.Distinct {
			return r.arrayUnion(c), true
		}
	case "ARRAY_UNIQUE_AGG":
		c.Distinct = true
		return r.arrayAgg(c, args), true
	case "HASH_AGG":
		if len(args) > 0 && c.Over == nil && !c.Distinct {
			return template("CAST(COALESCE(SUM(CAST($1 AS HUGEINT)) % 9223372036854775807, 0) AS BIGINT)", r.hash(c, args)), true
		}
	case "APPROX_TOP_K":
		if c.Over == nil && len(args) > 0 && len(args) < 4 {
			return r.topK(c, args), true
		}
	case "RATIO_TO_REPORT":
		return r.ratio(c, args), true
	case "FIRST_VALUE", "LAST_VALUE", "NTH_VALUE":
		return r.edgeValue(c), true
	}
	return nil, false
}

// nullForNaN is a statistic that divides by a spread: where there is none, DuckDB
// gives NaN.
func nullForNaN(e ast.Expr) ast.Expr {
	return call("NULLIF", e, cast(text("NaN"), "DOUBLE"))
}

// countRows is COUNT of several expressions, which counts the rows where none
// is null.
func countRows(c *ast.Call, args []ast.Expr) ast.Expr {
	var all ast.Expr
	for _, a := range args {
		var one ast.Expr = &ast.Is{X: a, Not: true, What: "NULL"}
		if all != nil {
			one = &ast.Binary{Op: "AND", Left: all, Right: one}
		}
		all = one
	}
	out := call("COUNT", &ast.Case{Whens: []ast.When{{Cond: all, Then: call("ROW", args...)}}})
	out.Distinct, out.Over = c.Distinct, c.Over
	return out
}

// between gives a value that may lie between two others, a median for one,
// the digits for that.
func (r *rewriter) between(c *ast.Call) {
	t := r.info.Type(c)
	if !t.Is(warehouse.Number) {
		return
	}
	x := &c.Args[0].Value
	if len(c.WithinGroup) == 1 {
		x = &c.WithinGroup[0].X
	}
	*x = &ast.Cast{X: *x, Type: duckNumber(t)}
}

// total is SUM or AVG, which are FLOATs where they take text. The average of
// NUMBERs is one too, with exact digits.
func (r *rewriter) total(name string, c *ast.Call) ast.Expr {
	x := &c.Args[0].Value
	t := r.info.Type(*x)
	switch {
	case t.Is(warehouse.Varchar):
		*x = r.numberOf(*x, types.Double)
	case r.isJSON(*x):
		*x = r.asNumber(*x)
	case name == "AVG" && t.Is(warehouse.Number) && !r.pivoted[c]:
		sum, count := *c, *c
		sum.Name, count.Name = call("SUM").Name, call("COUNT").Name
		r.info.Set(&sum, types.Number(types.MaxPrecision, t.Scale))
		rows := call("NULLIF", &count, &ast.Number{Text: "0"})
		r.info.Set(rows, types.Whole)
		if all := r.info.Type(c); types.Slides(c, t) && all.Is(warehouse.Number) {
			whole := r.macro("cut_quotient", unscaled(&sum, types.Number(types.MaxPrecision, t.Scale)), rows, power10(all.Scale-t.Scale))
			return shiftRight(whole, all.Scale)
		}
		return &ast.Parens{X: r.divide(&sum, rows)}
	}
	return c
}

// quantile is PERCENTILE_CONT or PERCENTILE_DISC over a window. To DuckDB a
// share below zero counts from the end.
func quantile(name string, c *ast.Call) ast.Expr {
	share := c.Args[0].Value
	if c.WithinGroup[0].Direction == "DESC" {
		share = &ast.Unary{Op: "-", X: share}
	}
	function := map[string]string{"PERCENTILE_CONT": "QUANTILE_CONT", "PERCENTILE_DISC": "QUANTILE_DISC"}[name]
	out := call(function, c.WithinGroup[0].X, share)
	out.Over = c.Over
	return out
}

// spread is a variance or a standard deviation. The variance of NUMBERs is one,
// with the digits of the quotient that it is; a standard deviation is its root.
func (r *rewriter) spread(name string, c *ast.Call) ast.Expr {
	x := r.asNumber(c.Args[0].Value)
	function := "VAR_SAMP"
	if strings.HasSuffix(name, "_POP") {
		function = "VAR_POP"
	}
	out := call(function, x)
	out.Distinct, out.Over = c.Distinct, c.Over
	var variance ast.Expr = out
	if t := types.Variance(r.info.Type(c.Args[0].Value)); t.Is(warehouse.Number) {
		variance = &ast.Cast{X: call("ROUND", out, number(t.Scale)), Type: duckNumber(t)}
	}
	if strings.HasPrefix(name, "STDDEV") {
		return call("SQRT", variance)
	}
	return variance
}

// countTrue is COUNT_IF, which is 0 where there are no rows: DuckDB's own, which
// is faster than a COUNT of a CASE, is null there.
func countTrue(c *ast.Call) ast.Expr {
	out := call("COUNT_IF", cast(c.Args[0].Value, "BOOLEAN"))
	out.Distinct, out.Over = c.Distinct, c.Over
	return template("CAST(COALESCE($1, 0) AS BIGINT)", out)
}

// trueOnce is BOOLXOR_AGG, which is true where exactly one value is.
func trueOnce(c *ast.Call) ast.Expr {
	all, some := call("COUNT", c.Args[0].Value), call("COUNT_IF", cast(c.Args[0].Value, "BOOLEAN"))
	all.Over, some.Over = c.Over, c.Over
	return template("CASE WHEN $1 > 0 THEN $2 = 1 END", all, some)
}

// listAgg is LISTAGG, which is empty text where there are no rows.
func (r *rewriter) listAgg(c *ast.Call, args []ast.Expr) ast.Expr {
	separator := ast.Expr(text(""))
	switch len(args) {
	case 1:
	case 2:
		separator = args[1]
	default:
		r.refuse(c, "LISTAGG with %d arguments", len(args))
		return c
	}
	agg := call("STRING_AGG", r.textOf(r.asText(args[0])), separator)
	agg.Distinct, agg.WithinGroup, agg.Over = c.Distinct, c.WithinGroup, c.Over
	if c.Distinct && len(c.WithinGroup) == 1 {
		// DuckDB orders distinct values by themselves alone.
		agg.WithinGroup = []ast.Order{c.WithinGroup[0]}
		agg.WithinGroup[0].X = agg.Args[0].Value
	}
	return call("COALESCE", agg, text(""))
}

// arrayAgg is ARRAY_AGG, which leaves out nulls.
func (r *rewriter) arrayAgg(c *ast.Call, args []ast.Expr) ast.Expr {
	if len(args) != 1 {
		r.refuse(c, "ARRAY_AGG with %d arguments", len(args))
		return c
	}
	agg := call("LIST", args[0])
	agg.Distinct, agg.WithinGroup, agg.Over = c.Distinct, c.WithinGroup, c.Over
	how := `COALESCE(TO_JSON($1), CAST('[]' AS JSON))`
	switch t := r.info.Type(args[0]); { // as inJSON has them
	case jsonOf[t.Kind] != "" && !t.Fine:
		how = `COALESCE(TO_JSON(LIST_TRANSFORM($1, x -> __SF.MAIN.` + jsonOf[t.Kind] + `(x))), CAST('[]' AS JSON))`
	case t.Is(warehouse.Number) && t.Scale == 0:
		return template(how, cast(agg, "HUGEINT[]"))
	case t.Is(warehouse.Number):
		how = `COALESCE(TO_JSON(LIST_TRANSFORM($1, x -> __SF.MAIN.decimal_json(x))), CAST('[]' AS JSON))`
	}
	return template(how, agg)
}

// arrayUnion is ARRAY_UNION_AGG: each element as often as in the array that has
// it most often.
func (r *rewriter) arrayUnion(c *ast.Call) ast.Expr {
	agg := call("LIST", r.macro("items", c.Args[0].Value))
	agg.Over = c.Over
	return template(`COALESCE(__SF.MAIN.array_union($1), CAST('[]' AS JSON))`, agg)
}

// ratio is RATIO_TO_REPORT(x) OVER (…).
func (r *rewriter) ratio(c *ast.Call, args []ast.Expr) ast.Expr {
	if len(args) != 1 || c.Over == nil {
		r.refuse(c, "RATIO_TO_REPORT without OVER")
		return c
	}
	sum := call("SUM", args[0])
	sum.Over = c.Over
	whole := call("NULLIF", sum, &ast.Number{Text: "0"})
	if t := r.info.Type(args[0]); t.Is(warehouse.Number) {
		t.Precision = types.MaxPrecision
		r.info.Set(whole, t)
	}
	return &ast.Parens{X: r.divide(args[0], whole)}
}

// edgeValue is FIRST_VALUE, LAST_VALUE or NTH_VALUE, which look at the whole
// partition unless told otherwise.
func (r *rewriter) edgeValue(c *ast.Call) ast.Expr {
	if c.Over == nil {
		r.refuse(c, "%s without OVER", c.Name.Last())
		return c
	}
	if c.Over.Frame == nil {
		c.Over.Frame = &ast.Frame{Unit: "ROWS", Start: ast.Bound{Kind: "UNBOUNDED PRECEDING"},
			End: &ast.Bound{Kind: "UNBOUNDED FOLLOWING"}}
	}
	if c.FromLast {
		c.FromLast = false
		backwards(c.Over)
	}
	return c
}

// backwards turns a window round: what was last is first, and what a frame had
// before a row it has behind it.
func backwards(o *ast.Over) {
	turned := map[string]string{"ASC": "DESC", "": "DESC", "DESC": "ASC", "FIRST": "LAST", "LAST": "FIRST", "CURRENT ROW": "CURRENT ROW",
		"UNBOUNDED PRECEDING": "UNBOUNDED FOLLOWING", "UNBOUNDED FOLLOWING": "UNBOUNDED PRECEDING", "PRECEDING": "FOLLOWING", "FOLLOWING": "PRECEDING"}
	for i := range o.OrderBy {
		k := &o.OrderBy[i]
		k.Direction, k.Nulls = turned[k.Direction], turned[k.Nulls]
	}
	end := ast.Bound{Kind: "CURRENT ROW"}
	if o.Frame.End != nil {
		end = *o.Frame.End
	}
	start := o.Frame.Start
	end.Kind, start.Kind = turned[end.Kind], turned[start.Kind]
	o.Frame = &ast.Frame{Unit: o.Frame.Unit, Start: end, End: &start}
}
