package datafile

import (
	"bytes"
	"fmt"
	"io"
	"strconv"
	"unicode/utf8"
)

// A CSV says how a file of delimited fields is written. The zero value is one
// field a file, which no file format of Snowflake's is.
type CSV struct {
	RecordDelimiter string   // "\n" also ends records with "\r\n"; "" for one record a file
	FieldDelimiter  string   // "" for one field a record
	Quote           byte     // may enclose a field; 0 for none
	Escape          byte     // takes the next character as it is, everywhere; 0 for none
	EscapeBare      byte     // the same in fields that are not enclosed; 0 for none
	SkipHeader      int      // lines at the top to pass over
	SkipBlank       bool     // pass over lines without a character
	Trim            bool     // leave out white space around fields
	EmptyIsNull     bool     // a field without a character is null, not the empty text
	OneLine         bool     // an enclosed field ends with its line
	Replace         bool     // put U+FFFD for what is no UTF-8, which is a fault otherwise
	KeepMark        bool     // a byte order mark is part of the first field
	NullIf          []string // the texts that mean null
	Columns         int      // how many fields a record must have; 0 for any number

	// Column is what a column, from 1, is called in messages; nil for its number.
	Column func(int) string
}

// A CSVReader reads a file of delimited fields, record by record.
type CSVReader struct {
	CSV
	src     *source
	special [256]bool // the bytes at which a field that is not enclosed needs a look
	record  Record
	fields  []Field
	scratch []byte // values that differ from what stands in the file
	begun   bool
}

// NewCSVReader reads r, which is uncompressed.
func NewCSVReader(r io.Reader, how CSV) *CSVReader {
	c := &CSVReader{CSV: how, src: newSource(r)}
	for _, s := range []string{how.RecordDelimiter, how.FieldDelimiter} {
		if s != "" {
			c.special[s[0]] = true
		}
	}
	for _, b := range []byte{how.Escape, how.EscapeBare} {
		c.special[b] = c.special[b] || b != 0
	}
	return c
}

// Next reads a record, or gives io.EOF behind the last. The record is the
// reader's until the next call. Any other error ends the reading.
func (c *CSVReader) Next() (*Record, error) {
	if err := c.begin(); err != nil {
		return nil, err
	}
	for {
		n, done := c.parse(c.src.window())
		for !done {
			if err := c.src.grow(); err != nil {
				return nil, err
			}
			n, done = c.parse(c.src.window())
		}
		if n == 0 {
			return nil, io.EOF
		}
		raw := c.src.window()[:n]
		blank := c.SkipBlank && len(c.trimEnd(raw)) == 0
		line, offset := c.src.line, c.src.offset
		c.src.advance(n)
		if blank {
			continue
		}
		c.record.Number++
		c.record.Line, c.record.Offset, c.record.Raw = line, offset, raw
		c.finish()
		return &c.record, nil
	}
}

// Rejected is the record without its delimiter, as error listings show it.
func (c *CSVReader) Rejected() []byte { return c.trimEnd(c.record.Raw) }

// begin passes over what stands before the first record.
func (c *CSVReader) begin() error {
	if c.begun {
		return nil
	}
	c.begun = true
	if !c.KeepMark {
		if err := c.src.skipMark(); err != nil {
			return err
		}
	}
	for range c.SkipHeader {
		n, done := c.resync(c.src.window(), 0)
		for !done {
			if err := c.src.grow(); err != nil {
				return err
			}
			n, done = c.resync(c.src.window(), 0)
		}
		c.src.advance(n)
	}
	return nil
}

// parse reads the record at the front of w and gives its length. It is done
// unless it must see more of the file; a length of 0 is the file's end.
func (c *CSVReader) parse(w []byte) (n int, done bool) {
	c.fields, c.scratch, c.record.Fault = c.fields[:0], c.scratch[:0], nil
	if len(w) == 0 {
		return 0, c.src.eof
	}
	at := 0
	for {
		next, ended, ok := c.field(w, at)
		switch {
		case c.record.Fault != nil:
			return c.resync(w, c.record.Fault.At)
		case !ok:
			return 0, false
		case ended:
			return next, true
		}
		at = next
	}
}

// resync is where the first record behind a place begins.
func (c *CSVReader) resync(w []byte, from int) (n int, done bool) {
	if c.RecordDelimiter != "" {
		if i := bytes.Index(w[min(from, len(w)):], []byte(c.RecordDelimiter)); i >= 0 {
			return from + i + len(c.RecordDelimiter), true
		}
	}
	return len(w), c.src.eof
}

// field reads the field at w[at:] and the delimiter behind it.
func (c *CSVReader) field(w []byte, at int) (next int, ended, ok bool) {
	begin := at
	if c.Trim {
		for begin < len(w) && isBlank(w[begin]) && !c.delimits(w, begin) {
			begin++
		}
	}
	if begin == len(w) && !c.src.eof {
		return 0, false, false
	}
	if c.Quote != 0 && begin < len(w) && w[begin] == c.Quote {
		return c.enclosed(w, at, begin)
	}
	return c.bare(w, begin)
}

func isBlank(b byte) bool {
	return b == ' ' || b == '\t' || b == '\r' || b == '\f' || b == '\v' || b == '\n'
}

// delimits reports whether a delimiter begins at w[i].
func (c *CSVReader) delimits(w []byte, i int) bool {
	n, _, ok := c.delimiter(w, i)
	return n > 0 || !ok
}

// delimiter is the length of the delimiter at w[i], 0 if there is none, and
// whether it ends the record. It is not ok where only more of the file tells.
func (c *CSVReader) delimiter(w []byte, i int) (n int, ends, ok bool) {
	if i == len(w) {
		return 0, true, c.src.eof
	}
	rest := w[i:]
	for _, d := range [2]string{c.RecordDelimiter, c.FieldDelimiter} {
		if d == "" || rest[0] != d[0] {
			continue
		}
		if len(rest) < len(d) && !c.src.eof && string(rest) == d[:len(rest)] {
			return 0, false, false
		}
		if len(rest) >= len(d) && string(rest[:len(d)]) == d {
			return len(d), d == c.RecordDelimiter, true
		}
	}
	return 0, false, true
}

// bare reads a field that is not enclosed.
func (c *CSVReader) bare(w []byte, at int) (next int, ended, ok bool) {
	escaped := false
	for i := at; ; i++ {
		for i < len(w) && !c.special[w[i]] {
			i++
		}
		n, ends, ok := c.delimiter(w, i)
		if !ok {
			return 0, false, false
		}
		if n > 0 || i == len(w) {
			c.add(w[at:i], at, ends, escaped)
			return i + n, ends, true
		}
		if c.isEscape(w[i]) {
			if i+1 == len(w) && !c.src.eof {
				return 0, false, false
			}
			escaped = true
			if i+1 < len(w) {
				i++ // the rest of a longer character is none of the special bytes, or no text
			}
		}
	}
}

func (c *CSVReader) isEscape(b byte) bool {
	if c.Escape != 0 {
		return b == c.Escape
	}
	return b == c.EscapeBare && b != 0
}

// add keeps a field that was not enclosed.
func (c *CSVReader) add(raw []byte, at int, last, escaped bool) {
	if last && c.RecordDelimiter == "\n" {
		raw = bytes.TrimSuffix(raw, []byte{'\r'})
	}
	if c.Trim {
		raw = bytes.TrimRightFunc(raw, func(r rune) bool { return r < utf8.RuneSelf && isBlank(byte(r)) })
	}
	value := raw
	if escaped {
		value = c.unescape(raw)
	}
	if len(raw) == 0 && c.EmptyIsNull || c.isNull(raw) { // an escaped \\N is none
		value = nil
	} else if value == nil {
		value = []byte{}
	}
	c.fields = append(c.fields, Field{Value: value, Start: at})
}

func (c *CSVReader) isNull(value []byte) bool {
	for _, s := range c.NullIf {
		if len(s) == len(value) && s == string(value) {
			return true
		}
	}
	return false
}

// unescape is raw without its escape characters.
func (c *CSVReader) unescape(raw []byte) []byte {
	from := len(c.scratch)
	for i := 0; i < len(raw); i++ {
		if c.isEscape(raw[i]) && i+1 < len(raw) {
			i++
			c.scratch = append(c.scratch, meant(raw[i]))
			continue
		}
		c.scratch = append(c.scratch, raw[i])
	}
	return c.scratch[from:len(c.scratch):len(c.scratch)]
}

// meant is what a character behind an escape character stands for.
func meant(b byte) byte {
	switch b {
	case 'n':
		return '\n'
	case 't':
		return '\t'
	case 'r':
		return '\r'
	case 'b':
		return '\b'
	case 'f':
		return '\f'
	case '0':
		return 0
	}
	return b
}

// enclosed reads a field whose opening quote stands at w[open].
func (c *CSVReader) enclosed(w []byte, at, open int) (next int, ended, ok bool) {
	from, rest := len(c.scratch), open+1 // rest is what is not copied to scratch
	for i := rest; ; i++ {
		for i < len(w) && w[i] != c.Quote && w[i] != '\n' && (c.Escape == 0 || w[i] != c.Escape) {
			i++
		}
		if i+1 >= len(w) && !c.src.eof {
			return 0, false, false
		}
		switch {
		case i >= len(w), c.OneLine && w[i] == '\n':
			c.fault(100069, "22000", fmt.Sprintf("Found end of record while looking for the closing '%c' of a field", c.Quote), i)
			return 0, false, true
		case w[i] == '\n' && c.Quote != '\n':
		case w[i] == c.Quote && i+1 < len(w) && w[i+1] == c.Quote:
			c.scratch = append(c.scratch, w[rest:i+1]...)
			i++
			rest = i + 1
		case w[i] == c.Quote:
			value := w[rest:i]
			if len(c.scratch) > from || rest > open+1 {
				c.scratch = append(c.scratch, value...)
				value = c.scratch[from:len(c.scratch):len(c.scratch)]
			}
			if c.isNull(value) {
				value = nil
			}
			c.fields = append(c.fields, Field{Value: value, Start: at})
			return c.behindQuote(w, i+1)
		case i+1 < len(w): // an escape character
			c.scratch = append(append(c.scratch, w[rest:i]...), meant(w[i+1]))
			i++
			rest = i + 1
		}
	}
}

// behindQuote reads the delimiter behind an enclosed field.
func (c *CSVReader) behindQuote(w []byte, i int) (next int, ended, ok bool) {
	for i < len(w) && (c.Trim && isBlank(w[i]) || w[i] == '\r' && c.RecordDelimiter == "\n") && !c.delimits(w, i) {
		i++
	}
	n, ends, ok := c.delimiter(w, i)
	if !ok || n > 0 || i == len(w) {
		return i + n, ends, ok
	}
	if !utf8.FullRune(w[i:]) && !c.src.eof {
		return 0, false, false
	}
	r, _ := utf8.DecodeRune(w[i:])
	if len(c.fields) == c.Columns {
		c.fault(100066, "22000", fmt.Sprintf("Found character '%c' instead of record delimiter '%s'", r, shown(c.RecordDelimiter)), i)
	} else {
		c.fault(100065, "22000", fmt.Sprintf("Found character '%c' instead of field delimiter '%s'", r, shown(c.FieldDelimiter)), i)
	}
	return 0, false, true
}

// fault says why the record cannot be read: the field being read is at fault.
func (c *CSVReader) fault(code int, state, message string, at int) {
	column := max(1, len(c.fields))
	if code == 100069 {
		column = len(c.fields) + 1
	}
	c.record.Fault = &Fault{Code: code, State: state, Message: message, Column: column, At: at}
}

// shown writes a delimiter as messages do.
func shown(delimiter string) string {
	quoted := strconv.Quote(delimiter)
	return quoted[1 : len(quoted)-1]
}

// finish checks the record as a whole.
func (c *CSVReader) finish() {
	rec := &c.record
	rec.Fields = c.fields
	if rec.Fault == nil && !utf8.Valid(rec.Raw) {
		c.checkText()
	}
	if rec.Fault == nil && c.Columns > 0 && len(c.fields) != c.Columns {
		c.miscounted()
	}
	if rec.Fault != nil {
		rec.Fields = nil
	}
}

// checkText finds the field that is no UTF-8, or mends all.
func (c *CSVReader) checkText() {
	for i, f := range c.fields {
		switch {
		case utf8.Valid(f.Value):
		case c.Replace:
			c.fields[i].Value = bytes.ToValidUTF8(f.Value, []byte("\uFFFD"))
		default:
			c.record.Fault = &Fault{Code: 100144, State: "22P02", Column: i + 1, At: f.Start,
				Message: fmt.Sprintf("Invalid UTF8 detected in string '%s'", bytes.ToValidUTF8(f.Value, []byte("\uFFFD")))}
			return
		}
	}
}

// miscounted says what is wrong with the number of fields: of the first record
// as a whole, of others where it begins.
func (c *CSVReader) miscounted() {
	n, rec := len(c.fields), &c.record
	switch {
	case rec.Number == 1:
		rec.Fault = &Fault{Code: 100080, State: "22000", Column: n, At: len(rec.Raw),
			Message: fmt.Sprintf("Number of columns in file (%d) does not match that of the corresponding table (%d), "+
				"use file format option error_on_column_count_mismatch=false to ignore this error", n, c.Columns)}
	case n > c.Columns:
		rec.Fault = &Fault{Code: 100016, State: "22000", Column: c.Columns, At: c.fields[c.Columns].Start - len(c.FieldDelimiter),
			Message: fmt.Sprintf("Field delimiter '%s' found while expecting record delimiter '%s'", shown(c.FieldDelimiter), shown(c.RecordDelimiter))}
	default:
		name := strconv.Itoa(n + 1)
		if c.Column != nil {
			name = c.Column(n + 1)
		}
		rec.Fault = &Fault{Code: 100068, State: "22000", Column: n + 1, At: len(c.trimEnd(rec.Raw)),
			Message: fmt.Sprintf("End of record reached while expected to parse column '%s'", name)}
	}
}

// trimEnd is a record without its delimiter.
func (c *CSVReader) trimEnd(raw []byte) []byte {
	raw = bytes.TrimSuffix(raw, []byte(c.RecordDelimiter))
	if c.RecordDelimiter == "\n" {
		raw = bytes.TrimSuffix(raw, []byte{'\r'})
	}
	return raw
}
