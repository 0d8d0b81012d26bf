package jinja

import (
	"fmt"
	"math"
	"math/big"
	"strconv"
	"strings"

	"github.com/snowpit-dev/snowpit/runner/render/jinja/value"
)

// numberFilters work on numbers.
var numberFilters = map[string]*builtin{
	"int":            def("default? base?", intFilter),
	"float":          def("default?", floatFilter),
	"round":          def("precision? method?", round),
	"abs":            def("", abs),
	"filesizeformat": def("binary?", filesizeformat),
}

func intFilter(c *call) (any, error) {
	none := c.arg(0, int64(0))
	switch in := c.in.(type) {
	case string:
		if n, ok := readInt(in, c.int(1, 10)); ok {
			return n, nil
		}
		if f, ok := readFloat(in); ok {
			return truncate64(f, none), nil
		}
		return none, nil
	case float64:
		return truncate64(in, none), nil
	case *value.Undefined:
		return nil, in.Err()
	}
	if n, ok := value.Big(c.in); ok {
		return value.Norm(n), nil
	}
	return none, nil
}

func truncate64(f float64, none any) any {
	if math.IsInf(f, 0) || math.IsNaN(f) {
		return none
	}
	n, _ := big.NewFloat(f).Int(nil)
	return value.Norm(n)
}

func readInt(s string, base int) (any, bool) {
	text := strings.ToLower(strings.TrimSpace(s))
	if prefix := map[int]string{2: "0b", 8: "0o", 16: "0x"}[base]; prefix != "" {
		text = strings.TrimPrefix(text, prefix)
	}
	if len(text) > 4300 || base < 2 || base > 36 || strings.HasPrefix(text, "_") || strings.HasSuffix(text, "_") || strings.Contains(text, "__") {
		return nil, false
	}
	n, ok := new(big.Int).SetString(strings.ReplaceAll(text, "_", ""), base)
	if !ok {
		return nil, false
	}
	return value.Norm(n), true
}

// readFloat reads a float as Python's float() does.
func readFloat(s string) (float64, bool) {
	text := strings.TrimSpace(s)
	if strings.ContainsAny(text, "xXpP") {
		return 0, false
	}
	f, err := strconv.ParseFloat(strings.ReplaceAll(text, "_", ""), 64)
	return f, err == nil || math.IsInf(f, 0)
}

func floatFilter(c *call) (any, error) {
	switch in := c.in.(type) {
	case string:
		if f, ok := readFloat(in); ok {
			return f, nil
		}
	case *value.Undefined:
		return nil, in.Err()
	}
	if f, ok := value.Float(c.in); ok {
		return f, nil
	}
	return c.arg(0, 0.0), nil
}

func round(c *call) (any, error) {
	if u, ok := c.in.(*value.Undefined); ok {
		return nil, u.Err()
	}
	f, ok := value.Float(c.in)
	if !ok {
		return nil, fmt.Errorf("TypeError: type %s doesn't define __round__ method", value.TypeName(c.in))
	}
	precision := max(-400, min(c.int(0, 0), 400))
	scale := math.Pow(10, float64(precision))
	switch method := c.text(1, "common"); method {
	case "common":
		if n, ok := value.Big(c.in); ok && precision >= 0 {
			return value.Norm(n), nil
		} else if ok {
			return value.Norm(roundInteger(n, -precision)), nil
		}
		return roundHalfEven(f, precision), nil
	case "ceil":
		return math.Ceil(f*scale) / scale, nil
	case "floor":
		return math.Floor(f*scale) / scale, nil
	default:
		return nil, fmt.Errorf("FilterArgumentError: method must be common, ceil or floor")
	}
}

// roundHalfEven rounds to a count of decimals as Python's round().
func roundHalfEven(f float64, precision int) float64 {
	if precision >= 0 {
		r, _ := strconv.ParseFloat(strconv.FormatFloat(f, 'f', precision, 64), 64)
		return r
	}
	scale := math.Pow(10, float64(-precision))
	return math.RoundToEven(f/scale) * scale
}

// roundInteger rounds to a multiple of 10**zeros, half to even.
func roundInteger(n *big.Int, zeros int) *big.Int {
	unit := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(zeros)), nil)
	q, m := new(big.Int).DivMod(n, unit, new(big.Int))
	if c := m.Lsh(m, 1).Cmp(unit); c > 0 || c == 0 && q.Bit(0) == 1 {
		q.Add(q, big.NewInt(1))
	}
	return q.Mul(q, unit)
}

func abs(c *call) (any, error) {
	switch in := c.in.(type) {
	case float64:
		return math.Abs(in), nil
	case *value.Undefined:
		return nil, in.Err()
	}
	n, ok := value.Big(c.in)
	if !ok {
		return nil, fmt.Errorf("TypeError: bad operand type for abs(): '%s'", value.TypeName(c.in))
	}
	return value.Norm(new(big.Int).Abs(n)), nil
}

func filesizeformat(c *call) (any, error) {
	size, ok := value.Float(c.in)
	if s, isText := c.in.(string); isText {
		size, ok = readFloat(s)
	}
	if !ok {
		return nil, fmt.Errorf("TypeError: float() argument must be a string or a real number, not '%s'", value.TypeName(c.in))
	}
	base, units := 1000.0, []string{"kB", "MB", "GB", "TB", "PB", "EB", "ZB", "YB"}
	if c.truth(0) {
		base, units = 1024, []string{"KiB", "MiB", "GiB", "TiB", "PiB", "EiB", "ZiB", "YiB"}
	}
	switch {
	case size == 1:
		return "1 Byte", nil
	case size < base:
		return fmt.Sprintf("%d Bytes", int64(size)), nil
	}
	unit, i := base*base, 0
	for size >= unit && i < len(units)-1 {
		unit, i = unit*base, i+1
	}
	return fmt.Sprintf("%.1f %s", base*size/unit, units[i]), nil
}
