package rewrite

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/types"
)

// special translates the functions that take more than a template.
func (r *rewriter) special(name string, c *ast.Call, args []ast.Expr) (ast.Expr, bool) {
	if least := fewest[name]; len(args) < least {
		r.tooFew(c, name, least)
		return c, true
	}
	r.ofClock(name, args)
	if e, ok := r.timeFunction(name, c, args); ok {
		return e, true
	}
	switch name {
	case "DECODE":
		return r.decode(c, args), true
	case "CEIL", "FLOOR":
		if e := r.roundUpDown(name, c, args); e != nil {
			return e, true
		}
	case "SYSTEM$TYPEOF":
		if t := r.info.Type(last(args)); len(args) == 1 && t.Known() {
			return text(stored(args[0], t)), true
		}
	case "SYSTEM$WAIT":
		if _, says, ok := Waits(c); ok {
			return text(says), true
		}
		r.refuse(c, "SYSTEM$WAIT of other than a number and a unit written out")
		return c, true
	case "COUNT":
		if len(args) > 1 {
			return countRows(c, args), true
		}
		if _, star := last(args).(*ast.Star); len(args) == 1 && !star && r.isJSON(args[0]) {
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
	case "GREATEST", "LEAST":
		if slices.ContainsFunc(args, r.isJSON) {
			return r.greatestVariant(name, args), true
		}
		r.alike(places(args))
		return greatest(name, args), true
	case "GREATEST_IGNORE_NULLS":
		return call("GREATEST", args...), len(args) > 0
	case "LEAST_IGNORE_NULLS":
		return call("LEAST", args...), len(args) > 0
	case "CONCAT":
		return r.concat(args), true
	case "CONCAT_WS":
		if len(args) < 2 {
			r.refuse(c, "CONCAT_WS of nothing")
			return c, true
		}
		joined := args[1:2:2]
		for _, a := range args[2:] {
			joined = append(joined, args[0], a)
		}
		return r.concat(joined), true
	case "SHA2", "SHA2_HEX", "SHA2_BINARY":
		if len(args) == 1 || len(args) == 2 {
			hex := r.sha2(name, c, args)
			if name == "SHA2_BINARY" {
				return call("UNHEX", hex), true
			}
			return hex, true
		}
	case "SPLIT_PART":
		if len(args) == 3 {
			if s, ok := args[1].(*ast.String); ok && s.Value != "" {
				return call("SPLIT_PART", r.asText(args[0]), args[1], fromOne(args[2])), true
			}
			return r.macro("part_of", r.asText(args[0]), args[1], args[2]), true
		}
	case "LISTAGG", "STRING_AGG":
		return r.listAgg(c, args), true
	case "ARRAY_AGG", "ARRAYAGG":
		return r.arrayAgg(c, args), true
	case "ARRAY_UNIQUE_AGG":
		c.Distinct = true
		return r.arrayAgg(c, args), true
	case "ROUND":
		return r.round(c, args)
	case "SUBSTR", "SUBSTRING", "LEFT", "RIGHT":
		if len(args) > 1 && r.info.Type(args[0]).Is(warehouse.Binary) {
			return cutBytes(name, args), true
		}
	case "LENGTH", "LEN":
		if len(args) == 1 && r.info.Type(args[0]).Is(warehouse.Binary) {
			return call("OCTET_LENGTH", args[0]), true
		}
	case "HASH":
		return r.hash(c, args), true
	case "HASH_AGG":
		if len(args) > 0 && c.Over == nil && !c.Distinct {
			return template("CAST(COALESCE(SUM(CAST($1 AS HUGEINT)) % 9223372036854775807, 0) AS BIGINT)", r.hash(c, args)), true
		}
	case "APPROX_TOP_K":
		if c.Over == nil && len(args) > 0 && len(args) < 4 {
			return r.topK(c, args), true
		}
	case "JSON_EXTRACT_PATH_TEXT":
		if path, ok := last(args).(*ast.String); ok && len(args) == 2 {
			parsed := args[0]
			if !r.isJSON(parsed) {
				parsed = r.macro("parse_json", parsed)
			}
			return unquote(r.getPath(c, parsed, path.Value)), true
		}
	case "AS_DECIMAL", "AS_NUMBER":
		if t := r.info.Type(c); (len(args) == 2 || len(args) == 3) && t.Is(warehouse.Number) {
			return template("CASE WHEN __SF.MAIN.is_decimal($1) THEN $2 END", args[0], &ast.Cast{X: unquote(args[0]), Type: duckNumber(t)}), true
		}
	case "RATIO_TO_REPORT":
		return r.ratio(c, args), true
	case "FIRST_VALUE", "LAST_VALUE", "NTH_VALUE":
		return r.edgeValue(c), true
	case "TO_CHAR", "TO_VARCHAR":
		return r.toText(c, args), true
	case "TO_NUMBER", "TO_DECIMAL", "TO_NUMERIC":
		return r.toNumber(c, args, false), true
	case "TRY_TO_NUMBER", "TRY_TO_DECIMAL", "TRY_TO_NUMERIC":
		return r.toNumber(c, args, true), true
	}
	if name == "FILTER" || name == "TRANSFORM" || name == "REDUCE" {
		return r.lambdaFunction(name, args)
	}
	if e, ok := r.regexpFunction(name, c, args); ok {
		return e, true
	}
	if e, ok := r.binaryFunction(name, c, args); ok {
		return e, true
	}
	if e, ok := r.windowFunction(name, c, args); ok {
		return e, true
	}
	return r.semiStructured(name, c, args)
}

// fewest are the numbers of arguments that some of them need.
var fewest = map[string]int{
	"CONCAT": 1, "GREATEST": 1, "LEAST": 1, "TO_CHAR": 1, "TO_VARCHAR": 1, "LISTAGG": 1, "STRING_AGG": 1, "SHA2": 1, "SHA2_HEX": 1,
	"TO_NUMBER": 1, "TO_DECIMAL": 1, "TO_NUMERIC": 1, "TRY_TO_NUMBER": 1, "TRY_TO_DECIMAL": 1, "TRY_TO_NUMERIC": 1,
}

// tooFew refuses a call with fewer arguments than the function needs.
func (r *rewriter) tooFew(c *ast.Call, name string, least int) {
	if r.err == nil {
		pos := c.Pos()
		r.err = &warehouse.Error{Code: 938, State: "22023", Line: pos.Line, Column: pos.Column,
			Message: fmt.Sprintf("SQL compilation error:\nnot enough arguments for function [%s], expected %d, got %d", name, least, len(c.Args))}
	}
}

// timeFunction translates what deals with dates and units of time.
func (r *rewriter) timeFunction(name string, c *ast.Call, args []ast.Expr) (ast.Expr, bool) {
	switch name {
	case "DATEADD", "TIMESTAMPADD", "TIMEADD":
		if len(args) == 3 {
			return r.dateAdd(c, args), true
		}
	case "DATEDIFF", "TIMESTAMPDIFF", "TIMEDIFF":
		if len(args) == 3 {
			return r.dateDiff(c, args), true
		}
	case "DATE_TRUNC":
		if len(args) == 2 {
			return r.dateTrunc(c, args[0], args[1]), true
		}
	case "TRUNC":
		if len(args) == 2 && dateUnit(word(args[1])) != "" && !r.info.Type(args[0]).Numeric() {
			return r.dateTrunc(c, args[1], args[0]), true
		} else if len(args) == 2 {
			return r.toDigits("cut_digits", c, args)
		}
	case "TRUNCATE":
		if len(args) == 2 {
			return r.toDigits("cut_digits", c, args)
		}
	case "LAST_DAY":
		if len(args) == 2 {
			return r.lastDay(c, args), true
		}
	case "TIME_SLICE":
		if len(args) == 3 || len(args) == 4 {
			return r.datesStay(c, r.timeSlice(c, args)), true
		}
	case "ADD_MONTHS":
		if len(args) == 2 {
			return r.datesStay(c, r.macro("add_months", args[0], args[1])), true
		}
	case "DATE_PART":
		if len(args) == 2 {
			return r.datePart(c, args[0], args[1]), true
		}
	case "DAYOFWEEK", "WEEK", "WEEKOFYEAR", "YEAROFWEEK":
		if len(args) == 1 {
			e := r.weekFunction(name, args[0])
			return e, e != nil
		}
	case "CONVERT_TIMEZONE":
		if len(args) == 2 {
			return r.convertTimezone(c, args), true
		}
	case "TIMESTAMP_TZ_FROM_PARTS", "TIMESTAMPTZFROMPARTS":
		if len(args) >= 6 && len(args) <= 8 {
			return r.fromParts(c, args), true
		}
	}
	typ, try := strings.CutPrefix(name, "TRY_")
	typ = map[string]string{
		"TO_DATE": "DATE", "DATE": "DATE", "TO_TIME": "TIME", "TIME": "TIME", "TO_TIMESTAMP": "TIMESTAMP",
		"TO_TIMESTAMP_NTZ": "TIMESTAMP", "TO_TIMESTAMP_LTZ": "TIMESTAMPTZ", "TO_TIMESTAMP_TZ": "TIMESTAMPTZ",
	}[typ]
	if typ == "" || len(args) != 1 && len(args) != 2 {
		return nil, false
	}
	return r.toTime(c, args, typ, try), true
}

// semiStructured translates what makes and takes apart objects and arrays.
func (r *rewriter) semiStructured(name string, c *ast.Call, args []ast.Expr) (ast.Expr, bool) {
	switch name {
	case "ARRAY_CONSTRUCT":
		return r.arrayOf(args), true
	case "ARRAY_CONSTRUCT_COMPACT":
		return template("TO_JSON(LIST_FILTER(__SF.MAIN.items($1), x -> JSON_TYPE(x) <> 'NULL'))", r.arrayOf(args)), true
	case "OBJECT_CONSTRUCT", "OBJECT_CONSTRUCT_KEEP_NULL":
		return r.object(name, c, args), true
	case "OBJECT_PICK", "OBJECT_DELETE":
		if len(args) > 1 {
			return r.macro(strings.ToLower(name), args[0], r.keys(args[1:])), true
		}
	case "GET":
		if len(args) == 2 {
			return r.index(&ast.Index{At: c.At, X: args[0], I: args[1]}), true
		}
	case "GET_PATH":
		if len(args) == 2 {
			if path, ok := args[1].(*ast.String); ok {
				return r.getPath(c, args[0], path.Value), true
			}
		}
		r.refuse(c, "GET_PATH with a path that is no text")
		return c, true
	case "ARRAY_TO_STRING":
		if len(args) == 2 {
			return r.macro("joined", args[0], args[1]), true
		}
	}
	return nil, false
}

// cutBytes is a part of bytes, by way of their digits, two to each.
func cutBytes(name string, args []ast.Expr) ast.Expr {
	how := "UNHEX(SUBSTR(HEX($1), CASE WHEN $2 > 0 THEN 2 * $2 - 1 WHEN $2 = 0 THEN 1 ELSE 2 * $2 END))"
	switch {
	case name == "LEFT" || name == "RIGHT":
		how = "UNHEX(" + name + "(HEX($1), GREATEST(2 * $2, 0)))"
	case len(args) == 3:
		how = "UNHEX(SUBSTR(HEX($1), CASE WHEN $2 > 0 THEN 2 * $2 - 1 WHEN $2 = 0 THEN 1 ELSE 2 * $2 END, GREATEST(2 * $3, 0)))"
	}
	return template(how, args...)
}

// decode is DECODE(x, search, result, …, default), where nulls are equal.
func (r *rewriter) decode(c *ast.Call, args []ast.Expr) ast.Expr {
	if len(args) < 3 {
		r.refuse(c, "DECODE with fewer than three arguments")
		return c
	}
	out := &ast.Case{At: c.At}
	var results []*ast.Expr
	for i := 2; i < len(args); i += 2 {
		results = append(results, &args[i])
	}
	if len(args)%2 == 0 {
		results = append(results, &args[len(args)-1])
	}
	r.alike(results)
	rest := args[1:]
	for ; len(rest) >= 2; rest = rest[2:] {
		x, search := args[0], rest[0]
		r.matching([]*ast.Expr{&x, &search})
		out.Whens = append(out.Whens, ast.When{Cond: template("$1 IS NOT DISTINCT FROM $2", x, search), Then: rest[1]})
	}
	if len(rest) == 1 {
		out.Else = rest[0]
	}
	return out
}

// stored is a type as SYSTEM$TYPEOF tells it; a whole number that stands there
// takes the bytes of its value.
func stored(e ast.Expr, t types.Type) string {
	out := t.Stored()
	n, ok := e.(*ast.Number)
	if !ok || t.Scale > 0 {
		return out
	}
	if v, err := strconv.ParseInt(n.Text, 10, 64); err == nil {
		bytes := 8
		switch {
		case v == int64(int8(v)):
			bytes = 1
		case v == int64(int16(v)):
			bytes = 2
		case v == int64(int32(v)):
			bytes = 4
		}
		return t.String() + "[SB" + strconv.Itoa(bytes) + "]"
	}
	return out
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

// roundUpDown is CEIL or FLOOR of a NUMBER, which stays one; nil where that is
// not known, or to how many digits.
func (r *rewriter) roundUpDown(name string, c *ast.Call, args []ast.Expr) ast.Expr {
	from, to := r.info.Type(last(args[:min(1, len(args))])), r.info.Type(c)
	if !from.Is(warehouse.Number) || len(args) > 2 {
		return nil
	}
	if len(args) == 2 {
		if _, literal := args[1].(*ast.Number); !literal {
			return nil
		}
	}
	switch {
	case to.Scale >= from.Scale:
		return args[0]
	case to.Scale == 0:
		return call(name, args[0])
	}
	up := &ast.Binary{Op: "*", Left: args[0], Right: power10(to.Scale)}
	return shiftRight(call(name, up), to.Scale)
}

// greatest is GREATEST or LEAST, which are null where one argument is.
func greatest(name string, args []ast.Expr) ast.Expr {
	if len(args) == 1 {
		return args[0]
	}
	var null ast.Expr
	for _, a := range args {
		var one ast.Expr = &ast.Is{X: a, What: "NULL"}
		if null != nil {
			one = &ast.Binary{Op: "OR", Left: null, Right: one}
		}
		null = one
	}
	return &ast.Case{Whens: []ast.When{{Cond: null, Then: &ast.Null{}}}, Else: call(name, args...)}
}

// greatestVariant is GREATEST or LEAST where a VARIANT is among the values.
func (r *rewriter) greatestVariant(name string, args []ast.Expr) ast.Expr {
	all := make([]types.Type, len(args))
	for i, a := range args {
		all[i] = r.info.Type(a)
	}
	if scalar(all).Numeric() {
		for i, a := range args {
			args[i] = cast(r.asNumber(a), "DOUBLE")
		}
		return r.macro("number_json", greatest(name, args))
	}
	r.matching(places(args))
	return call("TO_JSON", greatest(name, args))
}

// concat is CONCAT, which is null where one argument is.
func (r *rewriter) concat(args []ast.Expr) ast.Expr {
	for i, a := range args {
		if args[i] = r.asText(a); r.info.Type(a).Is(types.Null) {
			return cast(&ast.Null{}, "VARCHAR")
		}
	}
	out := args[0]
	for _, a := range args[1:] {
		out = &ast.Binary{Op: "||", Left: out, Right: a}
	}
	return &ast.Parens{X: out}
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
	return template(`COALESCE(TO_JSON($1), CAST('[]' AS JSON))`, agg)
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
	if c.FromLast {
		r.refuse(c, "NTH_VALUE … FROM LAST")
	}
	if c.Over == nil {
		r.refuse(c, "%s without OVER", c.Name.Last())
		return c
	}
	if c.Over.Frame == nil {
		c.Over.Frame = &ast.Frame{Unit: "ROWS", Start: ast.Bound{Kind: "UNBOUNDED PRECEDING"},
			End: &ast.Bound{Kind: "UNBOUNDED FOLLOWING"}}
	}
	return c
}

// object is OBJECT_CONSTRUCT, which leaves out what is null.
func (r *rewriter) object(name string, c *ast.Call, args []ast.Expr) ast.Expr {
	if len(args) == 1 {
		if star, ok := args[0].(*ast.Star); ok {
			args = r.members(c, star)
		}
	}
	if len(args)%2 != 0 {
		r.refuse(c, "%s with an odd number of arguments", name)
		return c
	}
	if name == "OBJECT_CONSTRUCT_KEEP_NULL" {
		return r.objectOf("member_or_null", args)
	}
	return r.objectOf("member", args)
}

// members are the names and values of the columns that * stands for.
func (r *rewriter) members(c *ast.Call, star *ast.Star) (pairs []ast.Expr) {
	for _, col := range r.starColumns(c, star) {
		parts := col.(*ast.Column).Parts
		pairs = append(pairs, text(Spelled(parts[len(parts)-1].Name)), col)
	}
	return pairs
}

// starColumns are the columns that * stands for as an argument of c.
func (r *rewriter) starColumns(c *ast.Call, star *ast.Star) (out []ast.Expr) {
	columns, known := r.info.Star(star)
	if !known {
		r.refuse(c, "%s(*) of columns that are not known beforehand", c.Name.Last())
	}
	for _, col := range columns {
		name := ast.Ident{Name: r.spelling(col.Name), Quoted: true}
		out = append(out, &ast.Column{Parts: append(slices.Clone(star.Qualifier), name)})
	}
	return out
}

// objectOf is an object of pairs of key and value, each made by a macro.
func (r *rewriter) objectOf(macro string, args []ast.Expr) ast.Expr {
	list := call("LIST_VALUE")
	for i := 0; i+1 < len(args); i += 2 {
		list.Args = append(list.Args, ast.Arg{Value: r.macro(macro, args[i], r.inJSON(args[i+1]))})
	}
	return r.macro("object_of", list)
}

// keys are the arguments of OBJECT_PICK and OBJECT_DELETE behind the first, or
// the one ARRAY of them.
func (r *rewriter) keys(args []ast.Expr) ast.Expr {
	if len(args) == 1 && r.isJSON(args[0]) {
		return call("JSON_EXTRACT_STRING", args[0], text("$[*]"))
	}
	list := call("LIST_VALUE")
	for _, a := range args {
		list.Args = append(list.Args, ast.Arg{Value: r.textOf(a)})
	}
	return list
}

// last is the last of some arguments, or nil.
func last(args []ast.Expr) ast.Expr {
	if len(args) == 0 {
		return nil
	}
	return args[len(args)-1]
}
