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
	if e, ok := r.timeFunction(name, c, args); ok {
		return e, true
	}
	if e, ok := r.aggregate(name, c, args); ok {
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
	case "RANDOM":
		if len(args) == 1 {
			return r.random(c, r.asNumber(args[0])), true
		}
	case "UNIFORM":
		if len(args) == 3 {
			return r.uniform(args), true
		}
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
	case "ROUND":
		return r.round(c, args)
	case "SUBSTR", "SUBSTRING", "LEFT", "RIGHT":
		if len(args) > 1 && r.info.Type(args[0]).Is(warehouse.Binary) {
			return cutBytes(name, args), true
		}
		if name == "SUBSTR" || name == "SUBSTRING" {
			r.within(c)
		}
	case "LENGTH", "LEN":
		if len(args) == 1 && r.info.Type(args[0]).Is(warehouse.Binary) {
			return call("OCTET_LENGTH", args[0]), true
		}
	case "TO_VARIANT":
		if len(args) == 1 && !r.info.Type(args[0]).Structured() {
			return toJSON(args[0]), true
		}
	case "TO_DOUBLE":
		if len(args) == 1 && r.isLoose(args[0]) {
			return r.variantNumber(args[0], &ast.Type{Name: "DOUBLE"}), true
		}
	case "BASE64_ENCODE":
		if len(args) == 1 && r.info.Type(args[0]).Is(warehouse.Binary) {
			return call("TO_BASE64", args[0]), true
		}
	case "HASH":
		return r.hash(c, args), true
	case "JSON_EXTRACT_PATH_TEXT":
		if path, ok := last(args).(*ast.String); ok && len(args) == 2 {
			parsed := args[0]
			if !r.isJSON(parsed) {
				parsed = r.macro("parse_json", parsed)
			}
			return plain(r.getPath(c, parsed, path.Value)), true
		}
		if len(args) == 2 {
			parsed := args[0]
			if !r.isJSON(parsed) {
				parsed = r.macro("parse_json", parsed)
			}
			return plain(r.macro("get_path", parsed, r.textOf(args[1]))), true
		}
	case "AS_DECIMAL", "AS_NUMBER":
		if t := r.info.Type(c); (len(args) == 2 || len(args) == 3) && t.Is(warehouse.Number) {
			return template("CASE WHEN __SF.MAIN.is_decimal($1) THEN $2 END", args[0], &ast.Cast{X: unquote(args[0]), Type: duckNumber(t)}), true
		}
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
	"MEDIAN": 1, "PERCENTILE_CONT": 1, "PERCENTILE_DISC": 1, "REGEXP": 2, "REGEXP_COUNT": 2, "REGEXP_EXTRACT_ALL": 2, "REGEXP_INSTR": 2, "REGEXP_LIKE": 2,
	"REGEXP_REPLACE": 2, "REGEXP_SUBSTR": 2, "REGEXP_SUBSTR_ALL": 2, "RLIKE": 2,
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
			return r.datesStay(c, r.macro("add_months", r.point(args[0]), args[1])), true
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
			return r.convertTimezone(args), true
		}
	case "TIMESTAMP_TZ_FROM_PARTS", "TIMESTAMPTZFROMPARTS":
		if len(args) >= 6 && len(args) <= 8 {
			return r.fromParts(args), true
		}
	}
	typ, try := strings.CutPrefix(name, "TRY_")
	typ = map[string]string{
		"TO_DATE": "DATE", "DATE": "DATE", "TO_TIME": "TIME", "TIME": "TIME", "TO_TIMESTAMP": "TIMESTAMP",
		"TO_TIMESTAMP_NTZ": "TIMESTAMP", "TO_TIMESTAMP_LTZ": "TIMESTAMPTZ", "TO_TIMESTAMP_TZ": Zoned,
	}[typ]
	if typ == "" || len(args) != 1 && len(args) != 2 {
		return nil, false
	}
	return r.toTime(c, args, typ, try), true
}

// cutBytes is a part of bytes, by way of their digits, two to each.
func cutBytes(name string, args []ast.Expr) ast.Expr {
	const from = "CASE WHEN $2 > 0 THEN 2 * $2 - 1 WHEN $2 = 0 THEN 1 WHEN -$2 > OCTET_LENGTH($1) THEN 2 * OCTET_LENGTH($1) + 1 ELSE 2 * $2 END"
	how := "UNHEX(SUBSTR(HEX($1), " + from + "))"
	switch {
	case name == "LEFT" || name == "RIGHT":
		how = "UNHEX(" + name + "(HEX($1), GREATEST(2 * $2, 0)))"
	case len(args) == 3:
		how = "UNHEX(SUBSTR(HEX($1), " + from + ", GREATEST(2 * $3, 0)))"
	}
	return template(how, args...)
}

// within keeps SUBSTR to what is there: of a length below 0, and from before the
// beginning, it gives nothing, where DuckDB would take what is before.
func (r *rewriter) within(c *ast.Call) {
	for i, how := range []string{"CASE WHEN $1 < 0 AND -$1 > LENGTH($2) THEN LENGTH($2) + 1 ELSE $1 END", "CASE WHEN $1 < 0 THEN 0 ELSE $1 END"} {
		if i+1 >= len(c.Args) {
			return
		}
		at := &c.Args[i+1].Value
		if _, literal := (*at).(*ast.Number); !literal {
			*at = template(how, *at, c.Args[0].Value)
		}
	}
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
	if len(args) == 1 {
		return r.textOf(args[0])
	}
	out := args[0]
	for _, a := range args[1:] {
		out = &ast.Binary{Op: "||", Left: out, Right: a}
	}
	return &ast.Parens{X: out}
}

// last is the last of some arguments, or nil.
func last(args []ast.Expr) ast.Expr {
	if len(args) == 0 {
		return nil
	}
	return args[len(args)-1]
}
