package yamldoc

import (
	"encoding/binary"
	"encoding/json"
	"errors"

	"github.com/snowpit-dev/snowpit/runner"
)

// The kinds of values in a cache.
const (
	codeNull = iota
	codeFalse
	codeTrue
	codeNumber
	codeText
	codeList
	codeMap
)

var errCode = errors.New("not a value")

// Encode appends a value for a cache: its place, its kind and what it
// holds.
func Encode(to []byte, v Value) []byte {
	to = binary.AppendUvarint(to, uint64(v.Pos.Line))
	to = binary.AppendUvarint(to, uint64(v.Pos.Col))
	switch {
	case v.Keys != nil:
		to = binary.AppendUvarint(append(to, codeMap), uint64(len(v.Keys)))
		for _, k := range v.Keys {
			to = Encode(encodeText(to, k), v.Fields[k])
		}
		return to
	case v.List != nil:
		to = binary.AppendUvarint(append(to, codeList), uint64(len(v.List)))
		for _, x := range v.List {
			to = Encode(to, x)
		}
		return to
	}
	switch x := v.Scalar.(type) {
	case bool:
		if x {
			return append(to, codeTrue)
		}
		return append(to, codeFalse)
	case json.Number:
		return encodeText(append(to, codeNumber), x.String())
	case string:
		return encodeText(append(to, codeText), x)
	}
	return append(to, codeNull)
}

func encodeText(to []byte, s string) []byte {
	return append(binary.AppendUvarint(to, uint64(len(s))), s...)
}

// A decoder reads values back.
type decoder struct {
	text []byte
	file string
	err  error
}

// Decode reads a value that [Encode] wrote. Bytes that it did not are an error.
func Decode(text []byte, file string) (Value, error) {
	d := &decoder{text: text, file: file}
	v := d.value(0)
	if d.err == nil && len(d.text) > 0 {
		d.err = errCode
	}
	return v, d.err
}

func (d *decoder) number() int {
	n, size := binary.Uvarint(d.text)
	if size <= 0 || n > 1<<31 {
		d.err, d.text = errCode, nil
		return 0
	}
	d.text = d.text[size:]
	return int(n)
}

// size is a number of things that are at least a byte each.
func (d *decoder) size() int {
	n := d.number()
	if n > len(d.text) {
		d.err, d.text = errCode, nil
		return 0
	}
	return n
}

func (d *decoder) string() string {
	n := d.size()
	s := string(d.text[:n])
	d.text = d.text[n:]
	return s
}

func (d *decoder) value(depth int) Value {
	v := Value{Pos: runner.Pos{File: d.file}}
	v.Pos.Line, v.Pos.Col = d.number(), d.number()
	if len(d.text) == 0 || depth > 300 {
		d.err = errCode
		return v
	}
	kind := d.text[0]
	d.text = d.text[1:]
	switch kind {
	case codeFalse, codeTrue:
		v.Scalar = kind == codeTrue
	case codeNumber:
		v.Scalar = json.Number(d.string())
	case codeText:
		v.Scalar = d.string()
	case codeList:
		n := d.size()
		v.List = make([]Value, 0, n)
		for range n {
			v.List = append(v.List, d.value(depth+1))
		}
	case codeMap:
		n := d.size()
		v.Keys, v.Fields = make([]string, 0, n), make(map[string]Value, n)
		for range n {
			k := d.string()
			v.Set(k, d.value(depth+1))
		}
	case codeNull:
	default:
		d.err = errCode
	}
	return v
}
