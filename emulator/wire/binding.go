package wire

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"unicode/utf8"
)

// A Binding is what stands for one place for a value: one value, or, for an
// array binding, one a row.
type Binding struct {
	Type   string   // FIXED, REAL, TEXT, BOOLEAN, BINARY, DATE, TIME, TIMESTAMP_*, VARIANT, OBJECT, ARRAY, ANY
	Format string   // "json" for a value of a structured type
	Schema *RowType // of such a value, nil for others
	Values []*string
	Array  bool // whether Values are rows
}

// UnmarshalJSON reads a value that is text, null or a list of both. Lists can be
// tens of megabytes: they are gone through once.
func (b *Binding) UnmarshalJSON(data []byte) error {
	*b = Binding{}
	s := scan{data: data}
	if !s.take('{') {
		return nil // null
	}
	for !s.take('}') {
		key := s.key()
		if s.err != nil {
			return s.err
		}
		if err := b.member(key, &s); err != nil {
			return err
		}
		s.take(',')
	}
	if b.Values == nil && !b.Array {
		b.Values = []*string{nil}
	}
	return s.err
}

// member reads one member of the object.
func (b *Binding) member(key string, s *scan) error {
	if key == "value" && s.take('[') {
		b.Array = true
		return b.rows(s)
	}
	switch value := s.value(); {
	case s.err != nil:
		return s.err
	case key == "value":
		one, err := scalar(value)
		b.Values = []*string{one}
		return err
	case key == "type":
		return json.Unmarshal(value, &b.Type)
	case key == "fmt":
		return json.Unmarshal(value, &b.Format)
	case key == "schema":
		return json.Unmarshal(value, &b.Schema)
	}
	return nil
}

// rows reads a list behind its bracket.
func (b *Binding) rows(s *scan) error {
	for n := 1; !s.take(']'); n++ {
		one, plain := s.plain()
		if !plain {
			var err error
			if one, err = scalar(s.value()); err != nil || s.err != nil {
				return fmt.Errorf("row %d: %w", n, errors.Join(err, s.err))
			}
		}
		b.Values = append(b.Values, one)
		s.take(',')
	}
	return nil
}

// scalar reads text or null; a bare number or truth value is taken as its text.
func scalar(data []byte) (*string, error) {
	var v any
	if len(data) == 0 {
		return nil, nil
	}
	if err := json.Unmarshal(data, &v); err != nil {
		return nil, err
	}
	switch v := v.(type) {
	case nil:
		return nil, nil
	case string:
		return &v, nil
	case bool, float64:
		return text(string(data)), nil
	}
	return nil, errors.New("a bound value is text, null or a list of these")
}

// A scan goes through JSON that is known to be well formed. What is not sets
// err, and ends every loop.
type scan struct {
	data []byte
	at   int
	err  error
}

var errForm = errors.New("the JSON of a binding is broken off")

// blanks goes past blanks.
func (s *scan) blanks() {
	for s.at < len(s.data) && (s.data[s.at] == ' ' || s.data[s.at] == '\n' || s.data[s.at] == '\t' || s.data[s.at] == '\r') {
		s.at++
	}
}

// take goes past c if it comes next. At the end of the data everything comes
// next, with an error.
func (s *scan) take(c byte) bool {
	s.blanks()
	if s.at >= len(s.data) {
		s.err = errForm
		return true
	}
	if s.data[s.at] != c {
		return false
	}
	s.at++
	return true
}

// key is the name of the next member, past its colon.
func (s *scan) key() (name string) {
	if err := json.Unmarshal(s.value(), &name); err != nil && s.err == nil {
		s.err = err
	}
	s.take(':')
	return name
}

// plain goes past a text without escapes, or null; ok is false for anything else.
func (s *scan) plain() (v *string, ok bool) {
	rest := s.data[s.at:]
	if bytes.HasPrefix(rest, []byte("null")) {
		s.at += 4
		return nil, true
	}
	if len(rest) == 0 || rest[0] != '"' {
		return nil, false
	}
	end := bytes.IndexByte(rest[1:], '"') + 1
	if end == 0 || bytes.IndexByte(rest[:end], '\\') >= 0 || !utf8.Valid(rest[:end]) {
		return nil, false
	}
	s.at += end + 1
	return text(string(rest[1:end])), true
}

// value goes past one value of any kind and gives its text.
func (s *scan) value() []byte {
	s.blanks()
	start := s.at
	s.past()
	if s.at == start || s.at == len(s.data) { // something closes whatever it is in
		s.err = errForm
	}
	return bytes.TrimSpace(s.data[start:s.at])
}

// past goes to the comma, colon or bracket behind a value.
func (s *scan) past() {
	depth := 0
	for s.at < len(s.data) {
		switch s.data[s.at] {
		case '"':
			s.string()
		case '{', '[':
			depth++
			s.at++
		case '}', ']':
			if depth == 0 {
				return
			}
			depth--
			s.at++
		case ',', ':':
			if depth == 0 {
				return
			}
			s.at++
		default:
			s.at++
		}
	}
}

// string goes past a text.
func (s *scan) string() {
	for s.at++; s.at < len(s.data); s.at++ {
		switch s.data[s.at] {
		case '\\':
			s.at++
		case '"':
			s.at++
			return
		}
	}
	s.at = min(s.at, len(s.data))
}
