package rewrite

import (
	"slices"
	"strings"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/types"
)

// What the functions that take a time of nine digits want of it; those that are in
// none of these refuse it.
var (
	// its microseconds, below which they do not look
	microFunctions = words(calendarFunctions + ` DATE_TRUNC TRUNC TIME_SLICE`)

	// all nine digits
	nanoFunctions = words(passingFunctions + ` MODE TO_CHAR TO_VARCHAR DATE_PART SYSTEM$TYPEOF COUNT
	APPROX_COUNT_DISTINCT APPROXIMATE_COUNT_DISTINCT HLL CONDITIONAL_CHANGE_EVENT`)

	// what is written of it
	writtenFunctions = words(`LISTAGG STRING_AGG CONCAT CONCAT_WS`)
)

// fineCall translates a call that gives a time of nine digits, or makes those among
// its arguments what the function takes; it is not ok where the rest is as ever.
func (r *rewriter) fineCall(name string, c *ast.Call, args []ast.Expr) (_ ast.Expr, ok bool) {
	t, fine := r.info.Type(c), slices.ContainsFunc(args, r.isFine)
	each := func(f func(ast.Expr) ast.Expr) {
		for i := range args {
			if r.isFine(args[i]) {
				args[i] = f(args[i])
				c.Args[i].Value = args[i]
			}
		}
	}
	switch {
	case isDiff(name) && len(args) == 3 && types.Nanoseconds(word(args[0])):
		return r.nanosBetween(args[1], args[2]), true
	case isDiff(name):
		each(r.coarse)
	case t.Fine && !nanoFunctions[name]:
		return r.fineTime(name, c, args, t)
	case !fine:
	case microFunctions[name]:
		each(r.coarse)
	case writtenFunctions[name]:
		each(func(e ast.Expr) ast.Expr { return r.typed(r.textOf(e), types.Text) })
	case variantFunctions[name] && !c.Distinct:
		each(func(e ast.Expr) ast.Expr { return r.typed(r.inJSON(e), types.Variant) })
	case nanoFunctions[name]:
		return r.wholeCall(name, c, args)
	default:
		kind := r.info.Type(args[slices.IndexFunc(args, r.isFine)]).Kind
		r.refuse(c, "%s of a time with nine digits of a second; cast it to %s(6)", name, kind)
		return c, true
	}
	return nil, false
}

func isDiff(name string) bool {
	return name == "DATEDIFF" || name == "TIMEDIFF" || name == "TIMESTAMPDIFF"
}

// fineTime is a call that gives a time of nine digits of its own.
func (r *rewriter) fineTime(name string, c *ast.Call, args []ast.Expr, t types.Type) (ast.Expr, bool) {
	switch {
	case (name == "DATEADD" || name == "TIMEADD" || name == "TIMESTAMPADD") && len(args) == 3:
		return r.fineMove(name, c, args, 2, t), true
	case name == "ADD_MONTHS" && len(args) == 2:
		return r.fineMove(name, c, args, 0, t), true
	case name == "CONVERT_TIMEZONE" && len(args) == 2:
		return r.fineZone(args), true
	case name == "CONVERT_TIMEZONE" && len(args) == 3:
		return r.inMicros(r.refine(args[2], r.fine(naiveType), false), t, func(us ast.Expr) ast.Expr {
			return template(templates()[name+"/3"], args[0], args[1], us)
		}), true
	case strings.HasSuffix(name, "PARTS"):
		return r.fineFromParts(name, c, args, t), true
	case len(args) == 1:
		return r.refine(args[0], t, strings.HasPrefix(name, "TRY_")), true
	case len(args) == 2:
		return r.fineRead(name, c, args, t), true
	}
	return nil, false
}

// fineRead is TO_TIMESTAMP and the like with a scale or a format.
func (r *rewriter) fineRead(name string, c *ast.Call, args []ast.Expr, t types.Type) ast.Expr {
	typ, try := duckType(string(t.Kind)), strings.HasPrefix(name, "TRY_")
	if r.info.Type(args[0]).Numeric() {
		if scale, ok := r.scaleAt(c, args[1]); ok {
			return r.fineEpoch(args[0], scale, t)
		}
		return c
	}
	model, isText := args[1].(*ast.String)
	switch {
	case !isText:
		r.refuse(c, "%s with a format that is no text", name)
		return c
	case strings.EqualFold(model.Value, "AUTO"):
		return r.refine(args[0], t, try)
	}
	x := args[0]
	if r.isJSON(x) {
		x = r.typed(plain(x), types.Text)
	}
	return r.fineText(x, t, func(e ast.Expr) ast.Expr { return r.readTime(c, e, model.Value, typ, try) })
}

// coarseCall is a call whose arguments and result have six digits.
func (r *rewriter) coarseCall(name string, c *ast.Call, args []ast.Expr, t types.Type) ast.Expr {
	for i := range args {
		c.Args[i].Value = args[i]
	}
	plain := t
	plain.Fine = false
	r.info.Set(c, plain)
	defer r.info.Set(c, t)
	out, ok := r.zonedCall(name, c, args)
	if !ok {
		out, ok = r.special(name, c, args)
	}
	if !ok {
		out = r.fromTemplate(name, c, args)
	}
	return r.typed(out, plain)
}

// fineMove is DATEADD and the like, whose argument at place is the time.
func (r *rewriter) fineMove(name string, c *ast.Call, args []ast.Expr, place int, t types.Type) ast.Expr {
	point := r.refine(args[place], t, false)
	if name == "ADD_MONTHS" || !types.Nanoseconds(word(args[0])) {
		return r.inMicros(point, t, func(us ast.Expr) ast.Expr {
			args[place] = us
			return r.coarseCall(name, c, args, t)
		})
	}
	of := r.info.Type(point)
	out := r.once(point, func(e ast.Expr) ast.Expr {
		r.info.Set(e, of)
		n := template("($1 + CAST($2 AS HUGEINT))", r.nanos(e), r.asNumber(args[1]))
		step := template("TO_MICROSECONDS(__SF.MAIN.carry_us($1))", n)
		plus := func(at ast.Expr) ast.Expr { return template("($1 + $2)", at, step) }
		us := r.coarse(e)
		if r.isZoned(us) {
			us = r.inOffset(us, plus)
		} else {
			us = plus(us)
		}
		return r.withNanos(us, r.macro("rest_ns", n), t)
	})
	return r.typed(out, t)
}

// fineZone is CONVERT_TIMEZONE(zone, time).
func (r *rewriter) fineZone(args []ast.Expr) ast.Expr {
	to := localType
	if t := r.info.Type(args[1]); !t.Timestamp() && !t.Is(warehouse.Date) {
		to = zonedType
	}
	at := r.moment(r.refine(args[1], r.fine(to), false))
	return r.inMicros(at, zonedType, func(us ast.Expr) ast.Expr { return r.macro("in_zone", args[0], us) })
}

// fineFromParts is TIMESTAMP_FROM_PARTS and the like.
func (r *rewriter) fineFromParts(name string, c *ast.Call, args []ast.Expr, t types.Type) ast.Expr {
	place := map[bool]int{true: 3, false: 6}[t.Is(warehouse.Time)]
	switch {
	case len(args) == 2: // a date and a time
		return r.inMicros(r.refine(args[1], r.fine(types.Type{Kind: warehouse.Time}), false), t, func(us ast.Expr) ast.Expr {
			return r.coarseCall(name, c, []ast.Expr{args[0], us}, t)
		})
	case len(args) <= place:
		return r.withNanos(r.coarseCall(name, c, args, t), number(0), t)
	}
	ns := cast(args[place], "BIGINT")
	args[place] = template("(1000 * __SF.MAIN.carry_us($1))", ns)
	return r.withNanos(r.coarseCall(name, c, args, t), r.macro("rest_ns", ns), t)
}

// nanosBetween is DATEDIFF in nanoseconds.
func (r *rewriter) nanosBetween(from, to ast.Expr) ast.Expr {
	for _, side := range []*ast.Expr{&from, &to} {
		if t := r.info.Type(*side); t.Is(warehouse.Varchar) || r.isJSON(*side) {
			*side = r.convert(*side, types.Type{Kind: warehouse.TimestampNTZ, Precision: 9, Fine: r.cfg.Fine})
			r.info.Set(*side, types.Type{Kind: warehouse.TimestampNTZ, Precision: 9, Fine: r.cfg.Fine})
		}
	}
	r.matching([]*ast.Expr{&from, &to})
	since := func(e ast.Expr) ast.Expr {
		return template("(1000 * CAST(EPOCH_US($1) AS HUGEINT) + $2)", r.coarse(e), r.nanos(e))
	}
	return template("($2 - $1)", since(from), since(to))
}

// nanoPart is a part of a time that counts nanoseconds, nil for every other.
func (r *rewriter) nanoPart(part string, x ast.Expr) ast.Expr {
	switch {
	case !r.isFine(x):
		return nil
	case strings.HasPrefix(part, "epoch_nano"):
		return template("(1000 * CAST(EPOCH_US($1) AS HUGEINT) + $2)", r.coarse(x), r.nanos(x))
	case types.Nanoseconds(part):
		return template("(1000 * (DATE_PART('microsecond', $1) % 1000000) + $2)", r.coarse(x), r.nanos(x))
	}
	return nil
}

// fineSum is a time of nine digits and an interval, nil for every other sum.
func (r *rewriter) fineSum(e *ast.Binary, left, right types.Type) ast.Expr {
	x, other := &e.Left, right
	if right.Fine {
		x, other = &e.Right, left
	}
	of := r.info.Type(*x)
	switch {
	case !of.Fine:
		return nil
	case !other.Is(types.Interval, types.Duration):
		r.refuse(e, "%s of a time with nine digits of a second and what is no interval; use DATEADD or DATEDIFF", e.Op)
		return e
	}
	return r.inMicros(*x, of, func(us ast.Expr) ast.Expr {
		*x = us
		if out := r.zonedSum(e, r.info.Type(e.Left), r.info.Type(e.Right)); out != nil {
			return out
		}
		return &ast.Parens{X: e}
	})
}

// fineBetween is BETWEEN of times of nine digits.
func (r *rewriter) fineBetween(e *ast.Between) ast.Expr {
	return r.once(e.X, func(x ast.Expr) ast.Expr {
		if e.Not {
			return template("($1 < $2 OR $1 > $3)", x, e.Low, e.High)
		}
		return template("($1 >= $2 AND $1 <= $3)", x, e.Low, e.High)
	})
}
