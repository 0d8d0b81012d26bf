package datafile

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"unicode/utf8"

	"github.com/snowpit-dev/snowpit/warehouse/dialect/variant"
)

// A JSON says how a file of JSON documents is written: one behind another, with
// white space between them or not. The zero value takes them as they are.
type JSON struct {
	StripOuterArray bool // the elements of an array at the top are documents of their own
	Duplicates      bool // of a key that an object has twice, the last value counts
	StripNulls      bool // leave out members and elements that are null
	Replace         bool // put U+FFFD for what is no UTF-8, which is a fault otherwise
}

// A JSONReader reads a file of JSON documents, each a record of one field.
type JSONReader struct {
	JSON
	src     *source
	record  Record
	field   [1]Field
	begun   bool
	inArray bool
	scratch []byte // the document in Snowflake's form
}

// NewJSONReader reads r, which is uncompressed.
func NewJSONReader(r io.Reader, how JSON) *JSONReader {
	return &JSONReader{JSON: how, src: newSource(r)}
}

// Next reads a document, or gives io.EOF behind the last. The record is the
// reader's until the next call. Any other error ends the reading.
func (j *JSONReader) Next() (*Record, error) {
	if !j.begun {
		j.begun = true
		if err := j.src.skipMark(); err != nil {
			return nil, err
		}
	}
	if err := j.toValue(); err != nil {
		return nil, err
	}
	for {
		n, ok := valueLength(j.src.window())
		if !ok && !j.src.eof {
			if err := j.src.grow(); err != nil {
				return nil, err
			}
			continue
		}
		raw := j.src.window()[:max(n, 1)] // a bracket or comma where a value should be is one, too
		value, fault := j.value(raw)
		if fault != nil {
			if n, ok = j.toLine(); !ok {
				continue
			}
			raw = j.src.window()[:max(n, len(raw))]
		}
		j.take(raw, value, fault)
		return &j.record, nil
	}
}

// Rejected is the record as error listings show it.
func (j *JSONReader) Rejected() []byte { return bytes.TrimSpace(j.record.Raw) }

// toLine is how far it is to the end of the line, where reading goes on behind
// a fault. It is not ok where the file must be read on first.
func (j *JSONReader) toLine() (n int, ok bool) {
	if i := bytes.IndexByte(j.src.window(), '\n'); i >= 0 {
		return i, true
	}
	if j.src.eof {
		return len(j.src.window()), true
	}
	if err := j.src.grow(); err != nil {
		return len(j.src.window()), true
	}
	return 0, false
}

// toValue goes to where the next document begins, or gives io.EOF.
func (j *JSONReader) toValue() error {
	for {
		w := j.src.window()
		n := 0
		for n < len(w) && (isBlank(w[n]) || j.inArray && w[n] == ',') {
			n++
		}
		j.src.advance(n)
		switch w = j.src.window(); {
		case len(w) == 0 && j.src.eof:
			return io.EOF
		case len(w) == 0:
			if _, err := j.src.more(); err != nil {
				return err
			}
		case j.StripOuterArray && !j.inArray && w[0] == '[':
			j.inArray = true
			j.src.advance(1)
		case j.inArray && w[0] == ']':
			j.inArray = false
			j.src.advance(1)
		default:
			return nil
		}
	}
}

// value is the document in Snowflake's form, or what is wrong with it.
func (j *JSONReader) value(raw []byte) ([]byte, *Fault) {
	if !utf8.Valid(raw) {
		if !j.Replace {
			return nil, &Fault{Code: 100144, State: "22P02", Column: 1, Message: "Invalid UTF8 detected in a JSON document"}
		}
		raw = bytes.ToValidUTF8(raw, []byte("\uFFFD"))
	}
	if j.StripNulls && json.Valid(raw) {
		raw = withoutNulls(raw)
	}
	canonical := variant.Canonical
	if j.Duplicates {
		canonical = variant.CanonicalLast
	}
	value, err := canonical(j.scratch[:0], raw)
	if err != nil {
		fault := &Fault{Code: 100069, State: "22P02", Column: 1, Message: "Error parsing JSON: " + err.Error()}
		var wrong *variant.SyntaxError
		if errors.As(err, &wrong) {
			fault.At = wrong.Offset
		}
		return nil, fault
	}
	j.scratch = value
	return value, nil
}

// take makes raw, at the front of the window, the record.
func (j *JSONReader) take(raw, value []byte, fault *Fault) {
	j.record = Record{Number: j.record.Number + 1, Line: j.src.line, Offset: j.src.offset, Raw: raw, Fault: fault}
	j.src.advance(len(raw))
	if fault == nil {
		j.field[0] = Field{Value: value}
		j.record.Fields = j.field[:]
	}
}

// valueLength is the length of the value at the front of w, as brackets and
// quotes say. It is not ok where w may end too early.
func valueLength(w []byte) (n int, ok bool) {
	depth := 0
	for i := 0; i < len(w); i++ {
		switch b := w[i]; b {
		case '"':
			end := stringEnd(w, i+1)
			if end < 0 {
				return len(w), false
			}
			i = end
			if depth == 0 {
				return i + 1, true
			}
		case '{', '[':
			depth++
		case '}', ']':
			if depth == 0 {
				return i, true
			}
			if depth--; depth == 0 {
				return i + 1, true
			}
		default:
			if depth == 0 && (isBlank(b) || b == ',') {
				return i, true
			}
		}
	}
	return len(w), false
}

// stringEnd is where the string that began before w[i] has its closing quote,
// -1 if it is not there.
func stringEnd(w []byte, i int) int {
	for ; i < len(w); i++ {
		switch w[i] {
		case '\\':
			i++
		case '"':
			return i
		}
	}
	return -1
}

// withoutNulls is a valid document without members and elements that are null.
func withoutNulls(value []byte) []byte {
	var out bytes.Buffer
	dec := json.NewDecoder(bytes.NewReader(value))
	dec.UseNumber()
	if err := copyWithoutNulls(&out, dec); err != nil {
		return value // which cannot be of a valid document
	}
	return out.Bytes()
}

// copyWithoutNulls copies the next value.
func copyWithoutNulls(out *bytes.Buffer, dec *json.Decoder) error {
	tok, err := dec.Token()
	if err != nil {
		return err
	}
	open, nested := tok.(json.Delim)
	if !nested {
		text, err := json.Marshal(tok)
		out.Write(text)
		return err
	}
	out.WriteByte(byte(open))
	for n := 0; dec.More(); {
		mark := out.Len()
		if n > 0 {
			out.WriteByte(',')
		}
		if open == '{' {
			key, err := dec.Token()
			if err != nil {
				return err
			}
			text, err := json.Marshal(key)
			if err != nil {
				return err
			}
			out.Write(append(text, ':'))
		}
		from := out.Len()
		if err := copyWithoutNulls(out, dec); err != nil {
			return err
		}
		if string(out.Bytes()[from:]) == "null" {
			out.Truncate(mark)
			continue
		}
		n++
	}
	end, err := dec.Token()
	if err == nil {
		out.WriteByte(byte(end.(json.Delim)))
	}
	return err
}
