package value

import (
	"fmt"
	"math"
	"math/big"
	"math/bits"
	"strings"
)

const (
	maxBits   = 1 << 16 // of an integer
	maxDigits = 4300    // of an integer that is read, as in Python
)

// Int is an integer, or a bool as 0 or 1, that fits 64 bits.
func Int(v any) (int64, bool) {
	switch x := v.(type) {
	case int64:
		return x, true
	case bool:
		if x {
			return 1, true
		}
		return 0, true
	}
	return 0, false
}

// Float is a number as a float.
func Float(v any) (float64, bool) {
	switch x := v.(type) {
	case float64:
		return x, true
	case *big.Int:
		f, _ := new(big.Float).SetInt(x).Float64()
		return f, true
	}
	n, ok := Int(v)
	return float64(n), ok
}

// Big is an integer of any size.
func Big(v any) (*big.Int, bool) {
	if x, ok := v.(*big.Int); ok {
		return x, true
	}
	n, ok := Int(v)
	return big.NewInt(n), ok
}

// Norm is an int64 if the integer fits, and the integer itself if not.
func Norm(n *big.Int) any {
	if n.IsInt64() {
		return n.Int64()
	}
	return n
}

// Binary is a op b for one of + - * / // % **.
func Binary(op string, a, b any) (any, error) {
	if x, ok := a.(int64); ok {
		if y, ok := b.(int64); ok {
			if v, ok := small(op, x, y); ok {
				return v, nil
			}
		}
	}
	switch x := a.(type) {
	case *Undefined:
		return nil, x.Err()
	case string:
		return stringOp(op, x, b)
	case *List:
		return listOp(op, x, b)
	case Operator:
		if v, ok := x.BinOp(op, b); ok {
			return v, nil
		}
	default:
		if isNumber(a) && isNumber(b) {
			return numberOp(op, a, b)
		}
		if n, ok := Int(a); ok && op == "*" {
			switch b.(type) {
			case string, *List:
				return Binary(op, b, n)
			}
		}
	}
	return nil, unsupported(op, a, b)
}

// small does what cannot overflow.
func small(op string, x, y int64) (any, bool) {
	switch op {
	case "+":
		s := x + y
		return s, (s > x) == (y > 0)
	case "-":
		s := x - y
		return s, (s < x) == (y > 0)
	case "*":
		hi, lo := bits.Mul64(uint64(max(x, -x)), uint64(max(y, -y)))
		return x * y, hi == 0 && lo < 1<<63 && x != math.MinInt64 && y != math.MinInt64
	case "//", "%":
		if y <= 0 {
			return nil, false
		}
		q, m := x/y, x%y
		if m < 0 {
			q, m = q-1, m+y
		}
		if op == "%" {
			return m, true
		}
		return q, true
	}
	return nil, false
}

func unsupported(op string, a, b any) error {
	if u, ok := b.(*Undefined); ok {
		return u.Err()
	}
	if op == "**" {
		op = "** or pow()"
	}
	return fmt.Errorf("TypeError: unsupported operand type(s) for %s: '%s' and '%s'", op, TypeName(a), TypeName(b))
}

func stringOp(op string, s string, b any) (any, error) {
	switch op {
	case "+":
		if t, ok := b.(string); ok {
			return s + t, CheckText(int64(len(s)) + int64(len(t)))
		}
		if u, ok := b.(*Undefined); ok {
			return nil, u.Err()
		}
		return nil, fmt.Errorf(`TypeError: can only concatenate str (not "%s") to str`, TypeName(b))
	case "*":
		if n, ok := Int(b); ok {
			if err := checkRepeat(len(s), n, maxText, "text of %s bytes"); err != nil || n <= 0 {
				return "", err
			}
			return strings.Repeat(s, int(n)), nil
		}
	case "%":
		return Percent(s, b)
	}
	return nil, unsupported(op, s, b)
}

func checkRepeat(length int, n, limit int64, what string) error {
	if length > 0 && n > limit/int64(length) {
		size := new(big.Int).Mul(big.NewInt(int64(length)), big.NewInt(n))
		return fmt.Errorf("MemoryError: a "+what+" is %w: %d are the limit", size.String(), ErrTooLarge, limit)
	}
	return nil
}

func listOp(op string, l *List, b any) (any, error) {
	switch op {
	case "+":
		if m, ok := b.(*List); ok && m.Tuple == l.Tuple {
			items := make([]any, 0, len(l.Items)+len(m.Items))
			items = append(append(items, l.Items...), m.Items...)
			return &List{Items: items, Tuple: l.Tuple}, CheckItems(int64(len(items)))
		}
		if u, ok := b.(*Undefined); ok {
			return nil, u.Err()
		}
		return nil, fmt.Errorf(`TypeError: can only concatenate %s (not "%s") to %[1]s`, TypeName(l), TypeName(b))
	case "*":
		if n, ok := Int(b); ok {
			if err := checkRepeat(len(l.Items), n, maxItems, "list of %s items"); err != nil {
				return nil, err
			}
			out := &List{Tuple: l.Tuple}
			for range n {
				if out.Items = append(out.Items, l.Items...); len(l.Items) == 0 {
					break
				}
			}
			return out, nil
		}
	}
	return nil, unsupported(op, l, b)
}

func numberOp(op string, a, b any) (any, error) {
	x, xInt := Big(a)
	y, yInt := Big(b)
	if xInt && yInt {
		return integerOp(op, x, y)
	}
	f, _ := Float(a)
	g, _ := Float(b)
	return floatOp(op, f, g)
}

func integerOp(op string, x, y *big.Int) (any, error) {
	r := new(big.Int)
	switch op {
	case "+":
		return Norm(r.Add(x, y)), checkBits(r.BitLen())
	case "-":
		return Norm(r.Sub(x, y)), checkBits(r.BitLen())
	case "*":
		return Norm(r.Mul(x, y)), checkBits(r.BitLen())
	case "**":
		return power(x, y)
	}
	if y.Sign() == 0 {
		if op == "/" {
			return nil, fmt.Errorf("ZeroDivisionError: division by zero")
		}
		return nil, fmt.Errorf("ZeroDivisionError: integer division or modulo by zero")
	}
	if op == "/" && x.Sign() == 0 {
		return math.Copysign(0, float64(y.Sign())), nil
	}
	if op == "/" {
		f, _ := new(big.Rat).SetFrac(x, y).Float64()
		return f, nil
	}
	m := new(big.Int)
	r.DivMod(x, y, m) // Euclid's: the rest is never below 0
	if m.Sign() != 0 && y.Sign() < 0 {
		r.Add(r, big.NewInt(-1))
		m.Add(m, y)
	}
	if op == "//" {
		return Norm(r), nil
	}
	return Norm(m), nil
}

func checkBits(n int) error {
	if n > maxBits {
		return fmt.Errorf("OverflowError: an integer of %d bits is %w: %d are the limit", n, ErrTooLarge, maxBits)
	}
	return nil
}

func power(x, y *big.Int) (any, error) {
	if y.Sign() < 0 {
		f, _ := Float(Norm(x))
		g, _ := Float(Norm(y))
		return floatOp("**", f, g)
	}
	if x.BitLen() > 1 {
		if !y.IsInt64() || y.Int64() > maxBits || int64(x.BitLen()-1)*y.Int64() > maxBits {
			return nil, fmt.Errorf("OverflowError: %s ** %s is %w: integers have at most %d bits", shorten(x), shorten(y), ErrTooLarge, maxBits)
		}
	} else if x.Sign() != 0 && y.BitLen() > 1 {
		y = big.NewInt(int64(2 + y.Bit(0))) // 1 or -1: only even or odd counts
	} else if x.Sign() == 0 {
		y = big.NewInt(int64(min(1, y.BitLen())))
	}
	r := new(big.Int).Exp(x, y, nil)
	return Norm(r), checkBits(r.BitLen())
}

func shorten(n *big.Int) string {
	if n.BitLen() > 64 {
		return "(...)"
	}
	return n.String()
}

func floatOp(op string, x, y float64) (any, error) {
	switch op {
	case "+":
		return x + y, nil
	case "-":
		return x - y, nil
	case "*":
		return x * y, nil
	case "**":
		return floatPower(x, y)
	}
	if y == 0 {
		return nil, fmt.Errorf("ZeroDivisionError: %s", map[string]string{
			"/": "float division by zero", "//": "float floor division by zero", "%": "float modulo"}[op])
	}
	if op == "/" {
		return x / y, nil
	}
	m := math.Mod(x, y)
	if m != 0 && (y < 0) != (m < 0) {
		m += y
	} else if m == 0 {
		m = math.Copysign(0, y)
	}
	if op == "%" {
		return m, nil
	}
	return math.Round((x - m) / y), nil
}

func floatPower(x, y float64) (any, error) {
	switch {
	case x == 0 && y < 0:
		return nil, fmt.Errorf("ZeroDivisionError: 0.0 cannot be raised to a negative power")
	case x < 0 && y != math.Trunc(y):
		return nil, fmt.Errorf("ValueError: %s ** %s is a complex number, which is not supported", formatFloat(x), formatFloat(y))
	}
	r := math.Pow(x, y)
	if math.IsInf(r, 0) && !math.IsInf(x, 0) && !math.IsInf(y, 0) {
		return nil, fmt.Errorf("OverflowError: (34, 'Numerical result out of range')")
	}
	return r, nil
}

// Negate is -v.
func Negate(v any) (any, error) {
	switch x := v.(type) {
	case float64:
		return -x, nil
	case *Undefined:
		return nil, x.Err()
	}
	if !isNumber(v) {
		return nil, fmt.Errorf("TypeError: bad operand type for unary -: '%s'", TypeName(v))
	}
	return Binary("-", int64(0), v)
}

// Positive is +v.
func Positive(v any) (any, error) {
	if u, ok := v.(*Undefined); ok {
		return nil, u.Err()
	}
	if !isNumber(v) {
		return nil, fmt.Errorf("TypeError: bad operand type for unary +: '%s'", TypeName(v))
	}
	if n, ok := Int(v); ok {
		return n, nil
	}
	return v, nil
}
