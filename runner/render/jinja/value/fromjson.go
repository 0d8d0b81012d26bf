package value

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
)

// FromJSON reads a text of JSON as Python's json.loads does: a dict has its
// keys in the order of the text, and the last of two that are the same.
func FromJSON(text string) (any, error) {
	dec := json.NewDecoder(strings.NewReader(text))
	dec.UseNumber()
	v, err := decoded(dec, 0)
	if errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF
	}
	if err != nil {
		return nil, err
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("JSON: there is more behind the value, at byte %d", dec.InputOffset())
	}
	return v, nil
}

func decoded(dec *json.Decoder, depth int) (any, error) {
	if depth > maxDepth {
		return nil, fmt.Errorf("JSON: a value nested more than %d deep is %w", maxDepth, ErrTooLarge)
	}
	token, err := dec.Token()
	if err != nil {
		return nil, err
	}
	switch token {
	case json.Delim('['):
		l := NewList()
		for dec.More() {
			v, err := decoded(dec, depth+1)
			if err != nil {
				return nil, err
			}
			l.Items = append(l.Items, v)
		}
		_, err = dec.Token()
		return l, err
	case json.Delim('{'):
		return decodedDict(dec, depth)
	}
	return FromGo(token), nil
}

func decodedDict(dec *json.Decoder, depth int) (any, error) {
	d := NewDict()
	for dec.More() {
		key, err := dec.Token()
		if err != nil {
			return nil, err
		}
		v, err := decoded(dec, depth+1)
		if err == nil {
			err = d.Set(key, v)
		}
		if err != nil {
			return nil, err
		}
	}
	_, err := dec.Token()
	return d, err
}

// MarshalJSON writes the dict for encoding/json, with its keys in their order.
func (d *Dict) MarshalJSON() ([]byte, error) {
	text, err := JSON(d, false, 0)
	return []byte(text), err
}

// MarshalJSON writes the list for encoding/json.
func (l *List) MarshalJSON() ([]byte, error) {
	text, err := JSON(l, false, 0)
	return []byte(text), err
}
