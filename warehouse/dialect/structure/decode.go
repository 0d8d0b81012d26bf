package structure

import (
	"bytes"
	"encoding/json"
	"fmt"

	"github.com/snowpit-dev/snowpit/warehouse"
)

// A Part is an element of an ARRAY, a pair of a MAP or a member of an OBJECT.
type Part struct {
	Key    string           // "" in an ARRAY
	Column warehouse.Column // of the value
	Value  json.RawMessage
}

var undefined = []byte("undefined")

// JSON appends to dst a value as users see it, with null for what is undefined
// there, so that others can read it.
func JSON(dst, shown []byte) []byte {
	if !bytes.Contains(shown, undefined) {
		return append(dst, shown...)
	}
	inString := false
	for i := 0; i < len(shown); i++ {
		switch c := shown[i]; {
		case inString && c == '\\' && i+1 < len(shown):
			dst = append(dst, c)
			i++
		case c == '"':
			inString = !inString
		case !inString && bytes.HasPrefix(shown[i:], undefined):
			dst = append(dst, null...)
			i += len(undefined) - 1
			continue
		}
		dst = append(dst, shown[i])
	}
	return dst
}

// Decode takes a value of a structured type apart, in the order in which it is
// kept. It may be as users see it.
func Decode(c warehouse.Column, value []byte) ([]Part, error) {
	if bytes.Contains(value, undefined) {
		value = JSON(nil, value)
	}
	d := json.NewDecoder(bytes.NewReader(value))
	if _, err := d.Token(); err != nil {
		return nil, fmt.Errorf("a value of type %s: %w", c.SQL(), err)
	}
	var parts []Part
	for d.More() {
		p := Part{}
		switch c.Type {
		case warehouse.Array:
			p.Column = c.Fields[0]
		default:
			key, err := d.Token()
			name, ok := key.(string)
			if err != nil || !ok {
				return nil, fmt.Errorf("a value of type %s: no key at %d: %w", c.SQL(), d.InputOffset(), err)
			}
			if p.Key = name; c.Type == warehouse.Map {
				p.Column = c.Fields[1]
			} else if len(parts) < len(c.Fields) {
				p.Column = c.Fields[len(parts)]
			}
		}
		if err := d.Decode(&p.Value); err != nil {
			return nil, fmt.Errorf("a value of type %s: %w", c.SQL(), err)
		}
		if isNull(p.Value) {
			p.Value = null
		}
		parts = append(parts, p)
	}
	if _, err := d.Token(); err != nil { // the bracket
		return nil, fmt.Errorf("a value of type %s: %w", c.SQL(), err)
	}
	return parts, nil
}
