package macros

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
)

// The MAP_ functions take their arguments as one JSON array, and give an object
// whose keys the cast to the MAP's type puts in order. A null among the maps is
// null.

type members map[string]json.RawMessage

// mapArguments reads the array: first maps, then others.
func mapArguments(src []byte, n int) (all []members, rest []json.RawMessage, err error) {
	if err := json.Unmarshal(src, &rest); err != nil || len(rest) < n {
		return nil, nil, fmt.Errorf("the arguments %.100s of a MAP function: %w", src, err)
	}
	for i := range n {
		m := members{}
		if err := json.Unmarshal(rest[i], &m); err != nil {
			return nil, nil, err
		}
		all = append(all, m)
	}
	return all, rest[n:], nil
}

func (m members) append(dst []byte) ([]byte, bool, error) {
	if m == nil {
		return dst, false, nil
	}
	text, err := json.Marshal(m)
	return append(dst, text...), true, err
}

// mapKey is a key as a MAP keeps it: a number is its digits.
func mapKey(raw json.RawMessage) string {
	var text string
	if json.Unmarshal(raw, &text) == nil {
		return text
	}
	return string(raw)
}

func mapCat(dst, src []byte) ([]byte, bool, error) {
	all, _, err := mapArguments(src, 2)
	if err != nil || all[0] == nil || all[1] == nil {
		return dst, false, err
	}
	maps.Copy(all[0], all[1])
	return all[0].append(dst)
}

func mapDelete(dst, src []byte) ([]byte, bool, error) {
	all, keys, err := mapArguments(src, 1)
	if err != nil {
		return dst, false, err
	}
	for _, key := range keys {
		delete(all[0], mapKey(key))
	}
	return all[0].append(dst)
}

// mapInsert takes a map, a key, a value, and whether the key must be there.
func mapInsert(dst, src []byte) ([]byte, bool, error) {
	all, rest, err := mapArguments(src, 1)
	if err != nil || all[0] == nil {
		return dst, false, err
	}
	key, update := mapKey(rest[0]), len(rest) > 2 && string(rest[2]) == "true"
	if _, there := all[0][key]; there && !update {
		return dst, false, fmt.Errorf("[100064:22000] Duplicate field key '%s'", key)
	}
	all[0][key] = rest[1]
	return all[0].append(dst)
}

// mapPick takes a map and keys, or an array of them.
func mapPick(dst, src []byte) ([]byte, bool, error) {
	all, keys, err := mapArguments(src, 1)
	if err != nil {
		return dst, false, err
	}
	var list []json.RawMessage
	if len(keys) == 1 && json.Unmarshal(keys[0], &list) == nil {
		keys = list
	}
	names := make([]string, len(keys))
	for i, key := range keys {
		names[i] = mapKey(key)
	}
	maps.DeleteFunc(all[0], func(key string, _ json.RawMessage) bool { return !slices.Contains(names, key) })
	return all[0].append(dst)
}
