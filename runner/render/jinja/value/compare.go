package value

import (
	"fmt"
	"math"
	"math/big"
	"reflect"
	"strings"
)

// Equal is Python's ==. Comparing values that are too large is an error.
func Equal(a, b any) (bool, error) {
	if x, ok := a.(string); ok {
		y, ok := b.(string)
		return ok && x == y, nil
	}
	if x, ok := a.(int64); ok {
		if y, ok := b.(int64); ok {
			return x == y, nil
		}
	}
	e := equality{steps: maxItems}
	same := e.equal(a, b, 0)
	return same, e.err
}

// An equality compares values, and gives up on those that are too large.
type equality struct {
	steps int
	err   error
}

func (e *equality) equal(a, b any, depth int) bool {
	if e.steps--; e.steps < 0 || depth > maxDepth {
		e.err = fmt.Errorf("RecursionError: values are %w to compare", ErrTooLarge)
	}
	if e.err != nil {
		return false
	}
	if isNumber(a) || isNumber(b) {
		c, ok := compareNumbers(a, b)
		return ok && c == 0
	}
	switch x := a.(type) {
	case nil:
		return b == nil
	case string:
		y, ok := b.(string)
		return ok && x == y
	case *Undefined:
		_, ok := b.(*Undefined)
		return ok
	case *List:
		y, ok := b.(*List)
		return ok && (x == y || e.lists(x, y, depth))
	case *Dict:
		y, ok := b.(*Dict)
		return ok && (x == y || e.dicts(x, y, depth))
	case *Set, *View:
		if s, t := asSet(x), asSet(b); s != nil && t != nil {
			return s.Len() == t.Len() && s.Within(t)
		}
		return a == b
	case Hasher:
		y, ok := b.(Hasher)
		return ok && x.HashKey() == y.HashKey()
	}
	return comparable(a) && comparable(b) && a == b
}

func (e *equality) lists(x, y *List, depth int) bool {
	if len(x.Items) != len(y.Items) || x.Tuple != y.Tuple {
		return false
	}
	for i := range x.Items {
		if !e.equal(x.Items[i], y.Items[i], depth+1) {
			return false
		}
	}
	return true
}

func (e *equality) dicts(x, y *Dict, depth int) bool {
	same := x.Len() == y.Len()
	x.Each(func(k, v any) {
		if same {
			w, ok := y.Get(k)
			same = ok && e.equal(v, w, depth+1)
		}
	})
	return same
}

// comparable reports whether Go can compare v with ==.
func comparable(v any) bool { return v == nil || reflect.TypeOf(v).Comparable() }

func isNumber(v any) bool {
	switch v.(type) {
	case int64, float64, bool, *big.Int:
		return true
	}
	return false
}

// compareNumbers compares two numbers; not a number is equal to nothing.
func compareNumbers(a, b any) (int, bool) {
	x, xInt := Int(a)
	y, yInt := Int(b)
	if xInt && yInt {
		switch {
		case x < y:
			return -1, true
		case x > y:
			return 1, true
		}
		return 0, true
	}
	if !isNumber(a) || !isNumber(b) {
		return 0, false
	}
	f, g := bigFloat(a), bigFloat(b)
	if f == nil || g == nil {
		return 0, false
	}
	return f.Cmp(g), true
}

// bigFloat is a number without loss, or nil for not a number.
func bigFloat(v any) *big.Float {
	switch x := v.(type) {
	case float64:
		if math.IsNaN(x) {
			return nil
		}
		return big.NewFloat(x)
	case *big.Int:
		return new(big.Float).SetInt(x)
	}
	n, _ := Int(v)
	return new(big.Float).SetInt64(n)
}

// Compare is below 0, 0 or above 0 as a sorts before, with or behind b. op is
// the operator that the error names.
func Compare(op string, a, b any) (int, error) { return compare(op, a, b, 0) }

func compare(op string, a, b any, depth int) (int, error) {
	switch x := a.(type) {
	case string:
		if y, ok := b.(string); ok {
			return strings.Compare(x, y), nil
		}
	case *List:
		if y, ok := b.(*List); ok && x.Tuple == y.Tuple && depth < maxDepth {
			return compareLists(op, x, y, depth)
		}
	case *Undefined:
		return 0, x.Err()
	case *Set:
		return compareSets(op, x, b)
	case Orderer:
		if c, ok := x.Cmp(b); ok {
			return c, nil
		}
	default:
		if c, ok := compareNumbers(a, b); ok {
			return c, nil
		}
		if isNumber(a) && isNumber(b) {
			return 0, fmt.Errorf("ValueError: not a number has no order")
		}
	}
	if u, ok := b.(*Undefined); ok {
		return 0, u.Err()
	}
	return 0, fmt.Errorf("TypeError: '%s' not supported between instances of '%s' and '%s'", op, TypeName(a), TypeName(b))
}

func compareLists(op string, x, y *List, depth int) (int, error) {
	for i := 0; i < len(x.Items) && i < len(y.Items); i++ {
		same, err := Equal(x.Items[i], y.Items[i])
		if err != nil {
			return 0, err
		}
		if !same {
			return compare(op, x.Items[i], y.Items[i], depth+1)
		}
	}
	return len(x.Items) - len(y.Items), nil
}
