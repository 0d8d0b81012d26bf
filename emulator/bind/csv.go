package bind

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/snowpit-dev/snowpit/emulator/wire"
)

// errCSV is a file of values that is none.
var errCSV = errors.New("not a file of values: a quoted value is not closed")

// Staged are the bindings in files that a client has put on a stage in place of
// lists in its request: CSV without a header, a row each, a column a binding.
// An empty value is null, an empty one in quotes is an empty text. Read it file
// by file; the zero value is ready.
type Staged struct {
	columns [][]*string
	rows    int
}

// Read adds the rows of a file, which may be compressed with gzip.
func (s *Staged) Read(r io.Reader) error {
	in := bufio.NewReader(r)
	if magic, _ := in.Peek(2); bytes.Equal(magic, []byte{0x1f, 0x8b}) {
		z, err := gzip.NewReader(in)
		if err != nil {
			return fmt.Errorf("file of values: %w", err)
		}
		in = bufio.NewReader(z)
	}
	for {
		row, err := record(in)
		if err == io.EOF {
			return nil
		} else if err != nil {
			return err
		}
		if s.columns == nil {
			s.columns = make([][]*string, len(row))
		}
		if s.rows++; len(row) != len(s.columns) {
			return fmt.Errorf("file of values: row %d has %d values, and the first one has %d", s.rows, len(row), len(s.columns))
		}
		for i, v := range row {
			s.columns[i] = append(s.columns[i], v)
		}
	}
}

// Bindings are all that was read, as text.
func (s *Staged) Bindings() map[string]wire.Binding {
	out := map[string]wire.Binding{}
	for i, c := range s.columns {
		out[strconv.Itoa(i+1)] = wire.Binding{Type: "TEXT", Values: c, Array: true}
	}
	return out
}

// record reads one row.
func record(in *bufio.Reader) ([]*string, error) {
	var row []*string
	for {
		v, end, err := field(in)
		if err == io.EOF && row == nil && v == nil {
			return nil, io.EOF
		}
		if err != nil && err != io.EOF {
			return nil, err
		}
		row = append(row, v)
		if end || err == io.EOF {
			return row, nil
		}
	}
}

// field reads one value up to its comma, or to the end of its line or the file.
func field(in *bufio.Reader) (v *string, end bool, err error) {
	var b strings.Builder
	quoted, seen := false, false
	for {
		c, err := in.ReadByte()
		switch {
		case err != nil && quoted:
			return nil, true, errCSV
		case err != nil:
			return valueIn(&b, seen), true, err
		case quoted && c == '"':
			if next, _ := in.Peek(1); len(next) == 1 && next[0] == '"' {
				in.ReadByte()
				b.WriteByte('"')
				continue
			}
			quoted = false
		case quoted:
			b.WriteByte(c)
		case c == '"' && b.Len() == 0 && !seen:
			quoted, seen = true, true
		case c == ',':
			return valueIn(&b, seen), false, nil
		case c == '\n':
			return valueIn(&b, seen), true, nil
		case c == '\r':
			if next, _ := in.Peek(1); len(next) == 1 && next[0] == '\n' {
				continue
			}
			b.WriteByte(c)
		default:
			b.WriteByte(c)
		}
	}
}

func valueIn(b *strings.Builder, quoted bool) *string {
	if b.Len() == 0 && !quoted {
		return nil
	}
	s := b.String()
	return &s
}
