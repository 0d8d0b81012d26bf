package value

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/big"
	"slices"
	"strconv"
	"strings"
)

// FromGo makes a value of what Go has: numbers of any type, []any, []string
// [Ordered], and map[string]any, whose keys come sorted. A value is left as it is.
func FromGo(v any) any {
	switch x := v.(type) {
	case int:
		return int64(x)
	case int32:
		return int64(x)
	case uint32:
		return int64(x)
	case float32:
		return float64(x)
	case json.Number:
		return fromNumber(x)
	case []string:
		return Texts(x)
	case []any:
		l := &List{Items: make([]any, len(x))}
		for i, item := range x {
			l.Items[i] = FromGo(item)
		}
		return l
	case []map[string]any:
		l := &List{Items: make([]any, len(x))}
		for i, item := range x {
			l.Items[i] = FromGo(item)
		}
		return l
	case [][]string:
		l := &List{Items: make([]any, len(x))}
		for i, item := range x {
			l.Items[i] = Texts(item)
		}
		return l
	case map[string]any:
		d := NewDict()
		for _, k := range slices.Sorted(maps.Keys(x)) {
			d.Set(k, FromGo(x[k])) // a string can be a key
		}
		return d
	case Ordered:
		return x.dict()
	}
	return v
}

func fromNumber(n json.Number) any {
	if i, err := n.Int64(); err == nil {
		return i
	}
	if !strings.ContainsAny(n.String(), ".eE") && len(n) <= maxDigits {
		if i, ok := new(big.Int).SetString(n.String(), 10); ok {
			return i
		}
	}
	if f, err := n.Float64(); err == nil {
		return f
	}
	return n.String()
}

// ToGo is a value as encoding/json would decode it with UseNumber: numbers are
// json.Number and lists []any; dicts are [Ordered]. A host's object
// that is a [Hasher] is its text. A value that JSON has no word for, such as a macro, is an error.
func ToGo(v any) (any, error) {
	left := maxItems
	return toGo(v, 0, &left)
}

// toGo takes what it converts off left.
func toGo(v any, depth int, left *int) (any, error) {
	if *left--; *left < 0 || depth > maxDepth {
		return nil, fmt.Errorf("a value of over %d parts, or nested more than %d deep, is %w to keep", maxItems, maxDepth, ErrTooLarge)
	}
	switch x := v.(type) {
	case nil, bool, string:
		return x, nil
	case int64:
		return json.Number(strconv.FormatInt(x, 10)), nil
	case *big.Int:
		return json.Number(x.String()), nil
	case float64:
		return json.Number(formatFloat(x)), nil
	case *List:
		return listToGo(x.Items, depth, left)
	case *Dict:
		return dictToGo(x, depth, left)
	case *Undefined:
		return nil, x.Err()
	case Seq:
		return listToGo(x.Iterate(), depth, left)
	}
	if text, ok := asText(v); ok {
		return text, nil
	}
	return nil, fmt.Errorf("a value of type %s cannot be kept", TypeName(v))
}

// asText is the text of an object that stands for a thing, such as a relation
// or a date, and not of one that does something, such as a function.
func asText(v any) (string, bool) {
	s, ok := v.(fmt.Stringer)
	_, hashes := v.(Hasher)
	if !ok || !hashes {
		return "", false
	}
	return s.String(), true
}

func listToGo(items []any, depth int, left *int) (any, error) {
	out := make([]any, len(items))
	for i, item := range items {
		var err error
		if out[i], err = toGo(item, depth+1, left); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func dictToGo(d *Dict, depth int, left *int) (any, error) {
	out := Ordered{Keys: make([]string, 0, d.Len()), Fields: make(map[string]any, d.Len())}
	var first error
	d.Each(func(k, v any) {
		if first != nil {
			return
		}
		g, err := toGo(v, depth+1, left)
		first = err
		key := Str(k)
		if _, ok := out.Fields[key]; !ok {
			out.Keys = append(out.Keys, key)
		}
		out.Fields[key] = g
	})
	if first != nil {
		return nil, first
	}
	return out, nil
}
