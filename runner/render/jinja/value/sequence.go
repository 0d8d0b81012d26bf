package value

import (
	"fmt"
	"math/big"
	"strings"
	"unicode/utf8"
)

// Iterate lists what a loop over v goes over. The caller must not change the
// slice: it may be the list's own.
func Iterate(v any) ([]any, error) {
	switch x := v.(type) {
	case *List:
		return x.Items, nil
	case *Dict:
		return x.Keys(), nil
	case string:
		return letters(x), nil
	case *Undefined:
		return nil, nil
	case Seq:
		return x.Iterate(), nil
	case Refuser:
		return nil, x.Refuse()
	}
	return nil, fmt.Errorf("TypeError: '%s' object is not iterable", TypeName(v))
}

func letters(s string) []any {
	out := make([]any, 0, utf8.RuneCountInString(s))
	for _, r := range s {
		out = append(out, string(r))
	}
	return out
}

// Len is Python's len().
func Len(v any) (int, error) {
	switch x := v.(type) {
	case string:
		return utf8.RuneCountInString(x), nil
	case *List:
		return len(x.Items), nil
	case *Dict:
		return x.Len(), nil
	case *Undefined:
		return 0, nil
	case *Iterator: // has no length, though it can be looped over
	case interface{ Len() int }:
		return x.Len(), nil
	case Seq:
		return len(x.Iterate()), nil
	}
	return 0, fmt.Errorf("TypeError: object of type '%s' has no len()", TypeName(v))
}

// Contains is Python's v in c.
func Contains(c, v any) (bool, error) {
	switch x := c.(type) {
	case string:
		s, ok := v.(string)
		if !ok {
			return false, fmt.Errorf("TypeError: 'in <string>' requires string as left operand, not %s", TypeName(v))
		}
		return strings.Contains(x, s), nil
	case *Dict:
		return hasKey(x, v)
	case *Set:
		return hasKey(&x.members, v)
	case *View:
		if x.Kind == "dict_keys" {
			return hasKey(x.Of, v)
		}
	}
	items, err := Iterate(c)
	if err != nil {
		return false, fmt.Errorf("TypeError: argument of type '%s' is not iterable", TypeName(c))
	}
	i, err := Index(items, v)
	return i >= 0, err
}

func hasKey(d *Dict, key any) (bool, error) {
	if _, err := hashKey(key, 0); err != nil {
		return false, err
	}
	_, ok := d.Get(key)
	return ok, nil
}

// Index is where the first item equal to v stands, or -1.
func Index(items []any, v any) (int, error) {
	for i, item := range items {
		if same, err := Equal(item, v); same || err != nil {
			return i, err
		}
	}
	return -1, nil
}

// Item is x[key] for the values of this package. It reports false for one that
// is not there.
func Item(x, key any) (any, bool) {
	switch c := x.(type) {
	case *Dict:
		return c.Get(key)
	case *List:
		if i, ok := at(key, len(c.Items)); ok {
			return c.Items[i], true
		}
	case string:
		if i, ok := at(key, utf8.RuneCountInString(c)); ok {
			return string([]rune(c)[i]), true
		}
	case *Range:
		if i, ok := at(key, c.Len()); ok {
			return c.Start + int64(i)*c.Step, true
		}
	case Itemer:
		return c.GetItem(key)
	}
	return nil, false
}

// at is the place that an index stands for; one below 0 counts from the end.
func at(key any, n int) (int, bool) {
	i, ok := Int(key)
	if i < 0 {
		i += int64(n)
	}
	return int(i), ok && i >= 0 && i < int64(n)
}

// Slice is x[low:high:step], of which each may be nil.
func Slice(x, low, high, step any) (any, error) {
	var items []any
	switch c := x.(type) {
	case *List:
		items = c.Items
	case string:
		items = letters(c)
	case *Range:
		items = c.Iterate()
	default:
		return nil, fmt.Errorf("TypeError: '%s' object cannot be sliced", TypeName(x))
	}
	picked, err := pick(items, low, high, step)
	if err != nil {
		return nil, err
	}
	switch c := x.(type) {
	case string:
		var b strings.Builder
		for _, letter := range picked {
			b.WriteString(letter.(string))
		}
		return b.String(), nil
	case *List:
		return &List{Items: picked, Tuple: c.Tuple}, nil
	}
	return &List{Items: picked}, nil
}

func pick(items []any, low, high, step any) ([]any, error) {
	by, err := bound(step, 1)
	if err != nil {
		return nil, err
	}
	n := int64(len(items))
	first, last, least, most := int64(0), n, int64(0), n
	if by < 0 {
		first, last, least, most = n-1, -1, -1, n-1
	}
	if by == 0 {
		return nil, fmt.Errorf("ValueError: slice step cannot be zero")
	}
	from, err := clamp(low, first, n, least, most)
	if err != nil {
		return nil, err
	}
	to, err := clamp(high, last, n, least, most)
	if err != nil {
		return nil, err
	}
	var out []any
	for i := from; by > 0 && i < to || by < 0 && i > to; i += by {
		out = append(out, items[i])
	}
	return out, nil
}

// clamp is a bound of a slice as a place in a list of n items.
func clamp(v any, def, n, least, most int64) (int64, error) {
	if v == nil {
		return def, nil
	}
	i, err := bound(v, def)
	if i < 0 {
		i += n
	}
	return max(least, min(i, most)), err
}

// bound is an integer of a slice, cut to a size that cannot overflow.
func bound(v any, def int64) (int64, error) {
	const far = 1 << 40
	switch x := v.(type) {
	case nil:
		return def, nil
	case *big.Int:
		return far * int64(x.Sign()), nil
	}
	if i, ok := Int(v); ok {
		return max(-far, min(i, far)), nil
	}
	return 0, fmt.Errorf("TypeError: slice indices must be integers or None or have an __index__ method")
}
