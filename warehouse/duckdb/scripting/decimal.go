package scripting

import (
	"cmp"
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/types"
)

// A decimal is a number of few digits: n divided by 10 to the power of scale.
type decimal struct {
	n     int64
	scale int
}

// mostDigits is how many digits a decimal has at most.
const mostDigits = 18

// finest is the most digits behind the point that a product has as they come: with
// more, Snowflake rounds it.
const finest = 12

func (v Value) decimal() (d decimal, ok bool) {
	if v.whole {
		return decimal{v.n, 0}, true
	}
	if v.Null || v.Type.Kind != warehouse.Number {
		return d, false
	}
	return parseDecimal(v.Text)
}

// parseDecimal reads digits with a point among them or not.
func parseDecimal(text string) (d decimal, ok bool) {
	before, behind, _ := strings.Cut(text, ".")
	if len(before)+len(behind) > mostDigits {
		return d, false
	}
	n, err := strconv.ParseInt(before+behind, 10, 64)
	return decimal{n, len(behind)}, err == nil
}

func (d decimal) value() Value {
	if d.scale == 0 {
		return whole(d.n)
	}
	digits := fmt.Sprintf("%0*d", d.scale+1, magnitude(d.n))
	point := len(digits) - d.scale
	text := digits[:point] + "." + digits[point:]
	if d.n < 0 {
		text = "-" + text
	}
	return Value{Type: types.Number(types.MaxPrecision, d.scale), Text: text}
}

// to is d with another scale, if that loses nothing and has room.
func (d decimal) to(scale int) (decimal, bool) {
	for d.scale < scale {
		if magnitude(d.n) >= 1e17 {
			return d, false
		}
		d.n, d.scale = d.n*10, d.scale+1
	}
	return d, d.scale == scale
}

// digits are how many d has before and behind its point.
func (d decimal) digits() int { return len(strconv.FormatUint(magnitude(d.n), 10)) }

// float is the number that is nearest to d, if that is certain.
func (d decimal) float() (float64, bool) {
	return float64(d.n) / math.Pow10(d.scale), magnitude(d.n) < 1<<53 && d.scale <= 22
}

// numbers is what an operator makes of two decimals.
func numbers(op string, a, b decimal) (Value, bool) {
	if op == "*" {
		v, ok := arithmetic(op, a.n, b.n)
		return decimal{v.n, a.scale + b.scale}.value(), ok && a.scale+b.scale <= finest
	}
	scale := max(a.scale, b.scale)
	a, fits1 := a.to(scale)
	b, fits2 := b.to(scale)
	if !fits1 || !fits2 {
		return Value{}, false
	}
	switch op {
	case "+", "-":
		v, ok := arithmetic(op, a.n, b.n)
		return decimal{v.n, scale}.value(), ok
	case "%":
		if scale > 0 {
			return Value{}, false
		}
		return arithmetic(op, a.n, b.n)
	}
	return compared(op, cmp.Compare(a.n, b.n))
}

// float is a value as a FLOAT, if it is a number.
func (v Value) float() (float64, bool) {
	if v.Null || v.Type.Kind != warehouse.Float {
		d, ok := v.decimal()
		if !ok {
			return 0, false
		}
		return d.float()
	}
	f, err := strconv.ParseFloat(v.Text, 64)
	return f, err == nil && !math.IsNaN(f) && !math.IsInf(f, 0)
}

func float(f float64) Value {
	return Value{Type: types.Double, Text: strconv.FormatFloat(f, 'g', -1, 64)}
}

// floats is what an operator makes of two FLOATs.
func floats(op string, a, b float64) (Value, bool) {
	var f float64
	switch op {
	case "+":
		f = a + b
	case "-":
		f = a - b
	case "*":
		f = a * b
	default:
		return compared(op, cmp.Compare(a, b))
	}
	return float(f), !math.IsNaN(f) && !math.IsInf(f, 0)
}

// as is a number as one of type t, if it is one without rounding.
func (v Value) as(t types.Type) (Value, bool) {
	if v.Null || !v.Type.Numeric() {
		return v, false
	}
	if t.Kind == warehouse.Float {
		f, ok := v.float()
		return float(f), ok
	}
	d, ok := v.decimal()
	if !ok || t.Kind != warehouse.Number {
		return v, false
	}
	d, ok = d.to(t.Scale)
	v = d.value()
	v.Type = t
	return v, ok && d.digits() <= t.Precision
}
