package jinja

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
)

// Position is the place in a template that makes the call, or "" and zeros for
// a call made from Go. Line and column count from 1.
func (a *Args) Position() (file string, line, col int) {
	if a.src == nil {
		return "", 0, 0
	}
	line, col = a.src.position(a.at)
	return a.src.name, line, col
}

// ToGo is a value as encoding/json would decode it with UseNumber: numbers are
// json.Number, lists []any and dicts map[string]any. A value that JSON has no
// word for, such as a macro, is an error.
func ToGo(v any) (any, error) {
	switch v := v.(type) {
	case nil, bool, string:
		return v, nil
	case int64:
		return json.Number(strconv.FormatInt(v, 10)), nil
	case float64:
		return floatNumber(v), nil
	case *List:
		out := make([]any, len(v.Items))
		for i, item := range v.Items {
			var err error
			if out[i], err = ToGo(item); err != nil {
				return nil, err
			}
		}
		return out, nil
	case *Dict:
		out := make(map[string]any, v.Len())
		for _, k := range v.Keys() {
			item, _ := v.Get(k)
			g, err := ToGo(item)
			if err != nil {
				return nil, err
			}
			out[Str(k)] = g
		}
		return out, nil
	case *Undefined:
		return nil, v.err()
	case interface{ String() string }:
		return v.String(), nil
	}
	return nil, fmt.Errorf("a value of type %s cannot be kept", typeName(v))
}

// floatNumber keeps a float a float: 1.0 is written 1.0, as config that tells
// fractions from counts needs it.
func floatNumber(f float64) json.Number {
	text := strconv.FormatFloat(f, 'g', -1, 64)
	if !strings.ContainsAny(text, ".eE") {
		text += ".0"
	}
	return json.Number(text)
}
