package datafile

import (
	"bufio"
	"errors"
	"io"
	"strings"
)

// ErrEmptyText is an empty text in a file where it could not be told from a
// null: no field is enclosed and an empty one means null.
var ErrEmptyText = errors.New("cannot unload an empty text")

// A CSVWriter writes records of delimited fields. Errors of what it writes to
// come out of Flush at the latest.
type CSVWriter struct {
	how   CSV
	w     *bufio.Writer
	null  string
	marks string // bytes that a field that is not enclosed must not have as they are
}

// NewCSVWriter writes to w as how says; null is the first of its NullIf.
func NewCSVWriter(w io.Writer, how CSV) *CSVWriter {
	c := &CSVWriter{how: how, w: bufio.NewWriterSize(w, 64<<10)}
	if len(how.NullIf) > 0 {
		c.null = how.NullIf[0]
	}
	escape := how.escapeBare()
	for _, s := range []string{how.RecordDelimiter, how.FieldDelimiter} {
		if s != "" {
			c.marks += s[:1]
		}
	}
	if escape != 0 {
		c.marks += string([]byte{escape})
	}
	return c
}

func (how *CSV) escapeBare() byte {
	if how.Escape != 0 {
		return how.Escape
	}
	return how.EscapeBare
}

// A Cell is a value to write: its text, whether it is null, and whether it is
// of a kind that is enclosed where fields may be.
type Cell struct {
	Text    []byte
	Null    bool
	Enclose bool
}

// Write writes one record. An error is [ErrEmptyText], or what stopped the
// writing.
func (c *CSVWriter) Write(cells []Cell) error {
	for i, cell := range cells {
		if i > 0 {
			c.w.WriteString(c.how.FieldDelimiter)
		}
		switch {
		case cell.Null:
			c.w.WriteString(c.null)
		case c.how.Quote != 0 && cell.Enclose:
			c.enclosed(cell.Text)
		case len(cell.Text) == 0 && c.how.EmptyIsNull && cell.Enclose:
			return ErrEmptyText
		default:
			c.bare(cell.Text)
		}
	}
	_, err := c.w.WriteString(c.how.RecordDelimiter)
	return err
}

func (c *CSVWriter) enclosed(text []byte) {
	c.w.WriteByte(c.how.Quote)
	for _, b := range text {
		if b == c.how.Quote || c.how.Escape != 0 && b == c.how.Escape {
			escape := c.how.Escape
			if escape == 0 {
				escape = c.how.Quote
			}
			c.w.WriteByte(escape)
		}
		c.w.WriteByte(b)
	}
	c.w.WriteByte(c.how.Quote)
}

// bare writes a field that is not enclosed. Without an escape character it
// goes as it is.
func (c *CSVWriter) bare(text []byte) {
	escape := c.how.escapeBare()
	for _, b := range text {
		if escape != 0 && strings.IndexByte(c.marks, b) >= 0 {
			c.w.WriteByte(escape)
			if b == '\n' {
				b = 'n'
			}
		}
		c.w.WriteByte(b)
	}
}

// Flush writes what is still held back.
func (c *CSVWriter) Flush() error { return c.w.Flush() }
