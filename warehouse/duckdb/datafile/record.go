package datafile

import (
	"bytes"
	"unicode/utf8"
)

// A Record is one row of a file. Its slices are valid until the next is read.
type Record struct {
	Number int64   // from 1, headers and skipped lines not counted
	Line   int64   // where it begins, from 1
	Offset int64   // where it begins, in bytes of the file uncompressed
	Raw    []byte  // as it stands in the file, with the delimiter behind it
	Fields []Field // nil if there is a Fault
	Fault  *Fault  // why it cannot be read, or nil
}

// A Field is one value of a record.
type Field struct {
	Value []byte // what it means, nil for null
	Start int    // where it begins in the record's Raw
}

// A Fault is why a record cannot be read, in Snowflake's terms.
type Fault struct {
	Code    int    // such as 100016
	State   string // such as "22000"
	Message string
	Column  int // from 1, 0 if the fault lies in no column
	At      int // where in the record's Raw
}

// Place is where a byte of the record's Raw lies: its line and character from
// 1, and its offset in the file.
func (r *Record) Place(at int) (line, character, offset int64) {
	before := r.Raw[:min(at, len(r.Raw))]
	last := bytes.LastIndexByte(before, '\n')
	return r.Line + int64(bytes.Count(before, []byte{'\n'})), int64(utf8.RuneCount(before[last+1:])) + 1, r.Offset + int64(at)
}
