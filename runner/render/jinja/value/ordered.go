package value

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
)

// An Ordered is a map as YAML or a template writes it, in Go's values: its keys
// keep their order. It is not changed once it is made.
type Ordered struct {
	Keys   []string
	Fields map[string]any
}

// MarshalJSON writes the fields in order.
func (o Ordered) MarshalJSON() ([]byte, error) {
	text := []byte{'{'}
	for i, k := range o.Keys {
		key, err := json.Marshal(k)
		if err != nil {
			return nil, err
		}
		v, err := json.Marshal(o.Fields[k])
		if err != nil {
			return nil, err
		}
		if i > 0 {
			text = append(text, ',')
		}
		text = append(append(append(text, key...), ':'), v...)
	}
	return append(text, '}'), nil
}

// String is the map as Python prints a dict.
func (o Ordered) String() string { return Repr(o.dict()) }

// UnmarshalJSON reads an object, with numbers as json.Number. null is one that
// is empty.
func (o *Ordered) UnmarshalJSON(text []byte) error {
	v, err := FromJSON(string(text))
	if err == nil {
		v, err = ToGo(v)
	}
	if err != nil {
		return err
	}
	read, ok := v.(Ordered)
	if !ok && v != nil {
		return fmt.Errorf("%s is no object", TypeName(FromGo(v)))
	}
	*o = read
	return nil
}

// Merged is o with the fields of more, which are behind those of o unless o
// has them, too.
func (o Ordered) Merged(more Ordered) Ordered {
	out := Ordered{Keys: slices.Clone(o.Keys), Fields: maps.Clone(o.Fields)}
	for _, k := range more.Keys {
		if _, ok := out.Fields[k]; !ok {
			out.Keys = append(out.Keys, k)
		}
		out.Fields[k] = more.Fields[k]
	}
	return out
}

// Fields are those of a map of Go's values, ordered or not; nil for what is
// none.
func Fields(v any) map[string]any {
	switch m := v.(type) {
	case Ordered:
		return m.Fields
	case map[string]any:
		return m
	}
	return nil
}

func (o Ordered) dict() *Dict {
	d := NewDict()
	for _, k := range o.Keys {
		_ = d.Set(k, FromGo(o.Fields[k])) // a string can be a key
	}
	return d
}
