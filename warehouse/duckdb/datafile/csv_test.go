package datafile_test

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"

	"github.com/snowpit-dev/snowpit/warehouse/duckdb/datafile"
)

// standard is Snowflake's CSV where nobody says otherwise.
var standard = datafile.CSV{RecordDelimiter: "\n", FieldDelimiter: ",", EscapeBare: '\\', EmptyIsNull: true, NullIf: []string{`\N`}}

func quoted(change func(*datafile.CSV)) datafile.CSV {
	how := standard
	how.Quote = '"'
	if change != nil {
		change(&how)
	}
	return how
}

// records reads all of a file: fields apart by |, null as NULL, faults as their
// code with column, line, character and offset.
func records(r io.Reader, how datafile.CSV) ([]string, error) {
	c := datafile.NewCSVReader(r, how)
	var out []string
	for {
		rec, err := c.Next()
		if errors.Is(err, io.EOF) {
			return out, nil
		}
		if err != nil {
			return out, err
		}
		if f := rec.Fault; f != nil {
			line, char, offset := rec.Place(f.At)
			out = append(out, fmt.Sprintf("!%d column %d at %d:%d, byte %d, record %d from line %d: %s", f.Code, f.Column, line, char, offset, rec.Number, rec.Line, c.Rejected()))
			continue
		}
		cells := make([]string, len(rec.Fields))
		for i, f := range rec.Fields {
			cells[i] = string(f.Value)
			if f.Value == nil {
				cells[i] = "NULL"
			}
		}
		out = append(out, strings.Join(cells, "|"))
	}
}

var csvCases = []struct {
	name, file string
	how        datafile.CSV
	want       []string
}{
	{"quotes are characters where no option says otherwise", "1,\"a\"\n", standard, []string{`1|"a"`}},
	{"no newline at the end", "1,2\n3,4", standard, []string{"1|2", "3|4"}},
	{"newlines of Windows", "1,2\r\n3,4\r\n", standard, []string{"1|2", "3|4"}},
	{"empty file", "", standard, nil},
	{"blank lines are records", "1\n\n2\n", standard, []string{"1", "NULL", "2"}},
	{"blank lines passed over", "\n1\n\r\n2\n\n", quoted(func(c *datafile.CSV) { c.SkipBlank = true }), []string{"1", "2"}},
	{"header", "a,b\n1,2\n", quoted(func(c *datafile.CSV) { c.SkipHeader = 1 }), []string{"1|2"}},
	{"more header than file", "a,b\n", quoted(func(c *datafile.CSV) { c.SkipHeader = 3 }), nil},
	{"byte order mark", "\xef\xbb\xbf1,2\n", standard, []string{"1|2"}},
	{"byte order mark kept", "\xef\xbb\xbf1,2\n", quoted(func(c *datafile.CSV) { c.KeepMark = true }), []string{"\ufeff1|2"}},
	{"null by text", "\\N,NULL,\n", standard, []string{"NULL|NULL|NULL"}},
	{"null by text alone", "\\N,x,\n", quoted(func(c *datafile.CSV) { c.EmptyIsNull = false }), []string{"NULL|x|"}},
	{"several texts for null", "NA,0,\"NA\",1\n", quoted(func(c *datafile.CSV) { c.NullIf = []string{"NA", "0"} }), []string{"NULL|NULL|NULL|1"}},
	{"an enclosed empty field is no null", "\"\",,\n", quoted(nil), []string{"|NULL|NULL"}},
	{"delimiters, quotes and newlines inside", "\"a,b\",\"say \"\"hi\"\"\",\"x\ny\"\n1,2,3\n", quoted(nil), []string{"a,b|say \"hi\"|x\ny", "1|2|3"}},
	{"escapes in bare fields", `a\,b,c\tx,\\,d\` + "\ne\n", standard, []string{"a,b|c\tx|\\|d\ne"}},
	{"no escapes in enclosed fields", `"a\tb"` + "\n", quoted(nil), []string{`a\tb`}},
	{"escapes everywhere", `"a\"b",c\,d` + "\n", quoted(func(c *datafile.CSV) { c.Escape = '\\' }), []string{`a"b|c,d`}},
	{"no escapes", `a\,b` + "\n", quoted(func(c *datafile.CSV) { c.EscapeBare = 0 }), []string{`a\|b`}},
	{"an escaped text for null is none", `\\N,\N` + "\n", standard, []string{`\N|NULL`}},
	{"space kept", " a , b\n", standard, []string{" a | b"}},
	{"space left out", " a , \" b \" \t,c \r\n", quoted(func(c *datafile.CSV) { c.Trim = true }), []string{"a| b |c"}},
	{"space before a quote makes it a character", ` "a"` + "\n", quoted(nil), []string{` "a"`}},
	{"tabs between fields, trimmed", "a\t b\t\tc\n", quoted(func(c *datafile.CSV) { c.Trim, c.FieldDelimiter = true, "\t" }), []string{"a|b|NULL|c"}},
	{"long delimiters", "a||b|c##d||e##", quoted(func(c *datafile.CSV) { c.FieldDelimiter, c.RecordDelimiter = "||", "##" }), []string{"a|b|c", "d|e"}},
	{"no field delimiter", "a,b\nc\n", quoted(func(c *datafile.CSV) { c.FieldDelimiter = "" }), []string{"a,b", "c"}},
	{"no record delimiter", "a\nb,c", quoted(func(c *datafile.CSV) { c.RecordDelimiter = "" }), []string{"a\nb|c"}},
	{"too many fields at once", "1,2,3\n4,5\n", quoted(func(c *datafile.CSV) { c.Columns = 2 }),
		[]string{"!100080 column 3 at 2:1, byte 6, record 1 from line 1: 1,2,3", "4|5"}},
	{"too many and too few later", "1,2\n4,5,6\n7\n", quoted(func(c *datafile.CSV) { c.Columns = 2 }),
		[]string{"1|2", "!100016 column 2 at 2:4, byte 7, record 2 from line 2: 4,5,6", "!100068 column 2 at 3:2, byte 11, record 3 from line 3: 7"}},
	{"junk behind a quote", "1,\"é\"x,3\n4,5,6\n", quoted(nil),
		[]string{"!100065 column 2 at 1:6, byte 6, record 1 from line 1: 1,\"é\"x,3", "4|5|6"}},
	{"junk behind the last quote", "\"a\nb\" c\n", quoted(func(c *datafile.CSV) { c.Columns = 1 }),
		[]string{"!100066 column 1 at 2:3, byte 5, record 1 from line 1: \"a\nb\" c"}},
	{"quote not closed", "1,\"a\n", quoted(nil), []string{"!100069 column 2 at 2:1, byte 5, record 1 from line 1: 1,\"a"}},
	{"quote not closed in its line", "1,\"a\n2,3\n", quoted(func(c *datafile.CSV) { c.OneLine = true }),
		[]string{"!100069 column 2 at 1:5, byte 4, record 1 from line 1: 1,\"a", "2|3"}},
	{"what is no UTF-8", "1,a\xffb\n2,c\n", standard, []string{"!100144 column 2 at 1:3, byte 2, record 1 from line 1: 1,a\xffb", "2|c"}},
	{"what is no UTF-8, replaced", "1,a\xffb\n", quoted(func(c *datafile.CSV) { c.Replace = true }), []string{"1|a\uFFFDb"}},
}

// TestCSV reads each file whole and byte by byte, which must be the same.
func TestCSV(t *testing.T) {
	for _, c := range csvCases {
		t.Run(c.name, func(t *testing.T) {
			got, err := records(strings.NewReader(c.file), c.how)
			if diff := cmp.Diff(c.want, got); diff != "" || err != nil {
				t.Errorf("error %v, want -, got +:\n%s", err, diff)
			}
			slow, err := records(iotest.OneByteReader(strings.NewReader(c.file)), c.how)
			if diff := cmp.Diff(got, slow); diff != "" || err != nil {
				t.Errorf("byte by byte: error %v, want -, got +:\n%s", err, diff)
			}
		})
	}
}

// TestCSVStops gives the error of the file itself, and a limit.
func TestCSVStops(t *testing.T) {
	broken := errors.New("the line went dead")
	got, err := records(io.MultiReader(strings.NewReader("1,2\n3"), iotest.ErrReader(broken)), standard)
	if !errors.Is(err, broken) || len(got) != 1 {
		t.Errorf("got %q, error %v", got, err)
	}
	_, err = records(io.LimitReader(endless{}, 200<<20), quoted(nil))
	if err == nil || !strings.Contains(err.Error(), "over 128 MB") {
		t.Errorf("a record without an end: %v", err)
	}
}

type endless struct{}

func (endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = 'x'
	}
	return len(p), nil
}

func FuzzCSV(f *testing.F) {
	for _, c := range csvCases {
		f.Add(c.file, c.how.FieldDelimiter, c.how.Quote, c.how.Escape, c.how.Trim, c.how.OneLine, c.how.Columns)
	}
	f.Fuzz(func(t *testing.T, file, delimiter string, quote, escape byte, trim, oneLine bool, columns int) {
		how := datafile.CSV{RecordDelimiter: "\n", FieldDelimiter: delimiter, Quote: quote, Escape: escape, Trim: trim, OneLine: oneLine, Columns: columns}
		got, err := records(strings.NewReader(file), how)
		if err != nil {
			t.Fatal(err)
		}
		slow, err := records(iotest.HalfReader(strings.NewReader(file)), how)
		if err != nil || cmp.Diff(got, slow) != "" {
			t.Fatalf("in pieces: error %v, got %q, want %q", err, slow, got)
		}
	})
}

func BenchmarkCSV(b *testing.B) {
	file := strings.Repeat("12345,2024-01-02,\"some, text\",3.25,plain text here\n", 100_000)
	b.SetBytes(int64(len(file)))
	for b.Loop() {
		c := datafile.NewCSVReader(strings.NewReader(file), quoted(nil))
		for {
			if _, err := c.Next(); err != nil {
				break
			}
		}
	}
}
