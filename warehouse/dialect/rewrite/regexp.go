package rewrite

import (
	"strings"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/types"
)

// round is ROUND(x, digits, mode).
func (r *rewriter) round(c *ast.Call, args []ast.Expr) (ast.Expr, bool) {
	if len(args) == 2 {
		return r.toDigits("round_digits", c, args)
	}
	if len(args) != 3 {
		return nil, false
	}
	mode, _ := args[2].(*ast.String)
	switch {
	case mode != nil && strings.EqualFold(mode.Value, "HALF_AWAY_FROM_ZERO"):
		return call("ROUND", r.asNumber(args[0]), args[1]), true
	case mode != nil && strings.EqualFold(mode.Value, "HALF_TO_EVEN"):
		even := call("ROUND_EVEN", r.asNumber(args[0]), args[1])
		if t := r.info.Type(c); t.Is(warehouse.Number) {
			return &ast.Cast{X: even, Type: duckNumber(t)}, true
		}
		return even, true
	}
	r.refuse(c, "ROUND with this mode")
	return c, true
}

// toDigits is ROUND or TRUNC of a NUMBER to as many digits as an expression
// says, which DuckDB takes only from a constant.
func (r *rewriter) toDigits(macro string, c *ast.Call, args []ast.Expr) (ast.Expr, bool) {
	from := r.numberType(args[0])
	switch _, constant := signedNumber(args[1]); {
	case from.Is(warehouse.Float) && !constant && macro == "round_digits":
		return call("ROUND", args[0], template("CAST($1 AS INTEGER)", r.asNumber(args[1]))), true
	case constant, !from.Is(warehouse.Number):
		return nil, false
	}
	scale := from.Scale
	whole := r.macro(macro, unscaled(r.asNumber(args[0]), from), template("$1 - CAST($2 AS INTEGER)", number(scale), r.asNumber(args[1])))
	return shiftRight(&ast.Cast{X: whole, Type: duckNumber(types.Whole)}, scale), true
}

// signedNumber is the literal that e is, with its sign.
func signedNumber(e ast.Expr) (text string, ok bool) {
	switch e := e.(type) {
	case *ast.Number:
		return e.Text, true
	case *ast.Unary:
		text, ok = signedNumber(e.X)
		return e.Op + text, ok
	}
	return "", false
}

// hash is HASH(x, …): the same for equal values, though not Snowflake's number.
func (r *rewriter) hash(c *ast.Call, args []ast.Expr) ast.Expr {
	out := call("HASH")
	for _, a := range args {
		each := []ast.Expr{a}
		if star, isStar := a.(*ast.Star); isStar {
			each = r.starColumns(c, star)
		}
		for _, x := range each {
			out.Args = append(out.Args, ast.Arg{Value: r.macro("hash_of", r.moment(x))})
		}
	}
	return r.macro("signed", out)
}

// regexpFunction translates the functions of regular expressions where they
// have more arguments than a template can say.
func (r *rewriter) regexpFunction(name string, c *ast.Call, args []ast.Expr) (ast.Expr, bool) {
	f, ok := regexps[name]
	if !ok || len(args) <= f.plain || len(args) > f.most {
		return nil, false
	}
	all := make([]ast.Expr, f.most)
	copy(all, args)
	all[0], all[1] = r.asText(args[0]), r.asText(args[1])
	for i, value := range f.defaults {
		if all[i+2] == nil {
			all[i+2] = template(value)
		}
	}
	r.fromFirst(all[2:], f.counts)
	group := ast.Expr(&ast.Number{Text: "0"})
	if f.flags > 0 {
		flags, isText := all[f.flags].(*ast.String)
		if !isText {
			r.refuse(c, "%s with flags that are no text", name)
			return c, true
		}
		all[1] = withFlags(all[1], flags.Value)
		if f.flags+1 < f.most && (all[f.flags+1] != nil || strings.Contains(flags.Value, "e")) {
			if group = all[f.flags+1]; group == nil {
				group = &ast.Number{Text: "1"}
			} else if _, literal := group.(*ast.Number); !literal {
				group = cast(group, "INTEGER")
			}
		}
	}
	if n, isNumber := group.(*ast.Number); name == "REGEXP_INSTR" && (!isNumber || n.Text != "0") {
		return r.macro("re_instr_of", all[0], all[1], all[2], all[3], all[4], group), true
	}
	if name == "REGEXP_REPLACE" {
		if n, isNumber := all[4].(*ast.Number); !isNumber || n.Text != "0" {
			return template("__SF.MAIN.re_replace_nth($1, $2, $3, $4, $5)", all[0], all[1], all[2], all[3], all[4]), true
		}
	}
	return template(f.text, append(all, group)...), true
}

// fromFirst refuses, when it runs, a position or a number of a match below 1:
// DuckDB counts such from the end.
func (r *rewriter) fromFirst(args []ast.Expr, names []string) {
	for i, what := range names {
		if n, literal := args[i].(*ast.Number); what != "" && (!literal || n.Text == "0") {
			args[i] = r.macro("from_first", args[i], text(what))
		}
	}
}

// regexps are those functions: how many arguments a template says already, how
// many there may be, the values of those that are left out, from the third on,
// the place of the flags, which of those from the third on count from 1, and what
// they mean. The group is the last argument.
var regexps = map[string]struct {
	plain, most, flags int
	defaults, counts   []string
	text               string
}{
	"REGEXP_SUBSTR":      {2, 6, 4, []string{"1", "1", "'c'"}, []string{"position", "occurrence"}, "LIST_EXTRACT(REGEXP_EXTRACT_ALL(SUBSTR($1, $3), $2, $7), $4)"},
	"REGEXP_SUBSTR_ALL":  {0, 6, 4, []string{"1", "1", "'c'"}, []string{"position", "occurrence"}, "TO_JSON(LIST_SLICE(REGEXP_EXTRACT_ALL(SUBSTR($1, $3), $2, $7), $4, 1000000000))"},
	"REGEXP_EXTRACT_ALL": {0, 6, 4, []string{"1", "1", "'c'"}, []string{"position", "occurrence"}, "TO_JSON(LIST_SLICE(REGEXP_EXTRACT_ALL(SUBSTR($1, $3), $2, $7), $4, 1000000000))"},
	"REGEXP_COUNT":       {2, 4, 3, []string{"1", "'c'"}, []string{"position"}, "LENGTH(REGEXP_EXTRACT_ALL(SUBSTR($1, $3), $2))"},
	"REGEXP_LIKE":        {2, 3, 2, []string{"'c'"}, nil, "REGEXP_FULL_MATCH($1, $2)"},
	"RLIKE":              {2, 3, 2, []string{"'c'"}, nil, "REGEXP_FULL_MATCH($1, $2)"},
	"REGEXP":             {1, 2, 0, nil, nil, "REGEXP_FULL_MATCH($1, $2)"},
	"REGEXP_REPLACE":     {3, 6, 5, []string{"''", "1", "0", "'c'"}, []string{"", "position"}, "(LEFT($1, $4 - 1) || __SF.MAIN.re_replace_all(SUBSTR($1, $4), $2, $3))"},
	"REGEXP_INSTR":       {1, 7, 5, []string{"1", "1", "0", "'c'"}, []string{"position", "occurrence"}, "__SF.MAIN.re_instr($1, $2, $3, $4, $5)"},
}

// withFlags is a pattern with Snowflake's flags before it.
func withFlags(pattern ast.Expr, flags string) ast.Expr {
	on := ""
	for _, f := range flags {
		switch f {
		case 'c':
			on = strings.ReplaceAll(on, "i", "")
		case 'i', 's', 'm':
			on = strings.ReplaceAll(on, string(f), "") + string(f)
		}
	}
	if on == "" {
		return pattern
	}
	if s, ok := pattern.(*ast.String); ok {
		return text("(?" + on + ")" + s.Value)
	}
	return &ast.Binary{Op: "||", Left: text("(?" + on + ")"), Right: pattern}
}

// binaryFunction translates TO_BINARY and TRY_TO_BINARY, with a format or none.
func (r *rewriter) binaryFunction(name string, c *ast.Call, args []ast.Expr) (ast.Expr, bool) {
	if name != "TO_BINARY" && name != "TRY_TO_BINARY" || len(args) < 1 || len(args) > 2 {
		return nil, false
	}
	format := "HEX"
	if len(args) == 2 {
		s, ok := args[1].(*ast.String)
		if !ok {
			r.refuse(c, "%s with a format that is no text", name)
			return c, true
		}
		format = strings.ToUpper(s.Value)
	}
	how := map[string]string{"HEX": "__SF.MAIN.unhexed($1)", "BASE64": "FROM_BASE64($1)", "UTF-8": "ENCODE($1)", "UTF8": "ENCODE($1)"}[format]
	if how == "" {
		r.refuse(c, "%s with the format '%s'", name, format)
		return c, true
	}
	if strings.HasPrefix(name, "TRY_") {
		how = "TRY(" + how + ")"
	}
	return template(how, r.asText(args[0])), true
}

// windowFunction translates the window functions that no template can say.
func (r *rewriter) windowFunction(name string, c *ast.Call, args []ast.Expr) (ast.Expr, bool) {
	if name != "CONDITIONAL_TRUE_EVENT" || len(args) != 1 {
		return nil, false
	}
	if c.Over == nil {
		r.refuse(c, "%s without OVER", name)
		return c, true
	}
	sum := call("SUM", template("CASE WHEN CAST($1 AS BOOLEAN) THEN 1 ELSE 0 END", args[0]))
	sum.Over = c.Over
	sum.Over.Frame = upToHere()
	return cast(sum, "BIGINT"), true
}
