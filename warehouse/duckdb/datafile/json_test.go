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

// documents reads all of a file: each document, and of faults the code with
// line, character and what is passed over.
func documents(r io.Reader, how datafile.JSON) ([]string, error) {
	j := datafile.NewJSONReader(r, how)
	var out []string
	for {
		rec, err := j.Next()
		if errors.Is(err, io.EOF) {
			return out, nil
		}
		if err != nil {
			return out, err
		}
		if f := rec.Fault; f != nil {
			line, char, _ := rec.Place(f.At)
			out = append(out, fmt.Sprintf("!%d at %d:%d: %s", f.Code, line, char, j.Rejected()))
			continue
		}
		out = append(out, string(rec.Fields[0].Value))
	}
}

var jsonCases = []struct {
	name, file string
	how        datafile.JSON
	want       []string
}{
	{"one a line", "{\"b\": 1.50, \"a\": 2}\n[1, 2]\n\"x\"\n3\nnull\n", datafile.JSON{}, []string{`{"a":2,"b":1.5}`, "[1,2]", `"x"`, "3", "null"}},
	{"over several lines", "{\n  \"a\": [\n    1\n  ]\n}\n{\"b\":\"}\\\"{\"}", datafile.JSON{}, []string{`{"a":[1]}`, `{"b":"}\"{"}`}},
	{"without space between", `{"a":1}{"a":2}[3]`, datafile.JSON{}, []string{`{"a":1}`, `{"a":2}`, "[3]"}},
	{"outer array kept", `[{"a":1},{"a":2}]`, datafile.JSON{}, []string{`[{"a":1},{"a":2}]`}},
	{"outer array stripped", "[{\"a\":1},\n {\"a\":2}, 3]\n{\"b\":1}", datafile.JSON{StripOuterArray: true}, []string{`{"a":1}`, `{"a":2}`, "3", `{"b":1}`}},
	{"nulls stripped", `{"a":null,"b":[1,null,{"c":null}],"d":{"e":null}}`, datafile.JSON{StripNulls: true}, []string{`{"b":[1,{}],"d":{}}`}},
	{"empty", " \n", datafile.JSON{}, nil},
	{"byte order mark", "\xef\xbb\xbf{}", datafile.JSON{}, []string{"{}"}},
	{"a bad line between good ones", "{\"a\":1}\n{\"a\":oops}\n{\"a\":3}\n", datafile.JSON{}, []string{`{"a":1}`, `!100069 at 2:6: {"a":oops}`, `{"a":3}`}},
	{"not closed", "{\"a\":1}\n{\"a\":[", datafile.JSON{}, []string{`{"a":1}`, `!100069 at 2:7: {"a":[`}},
	{"what is no UTF-8", "{\"a\":\"\xff\"}\n1", datafile.JSON{}, []string{"!100144 at 1:1: {\"a\":\"\xff\"}", "1"}},
	{"what is no UTF-8, replaced", "{\"a\":\"\xff\"}", datafile.JSON{Replace: true}, []string{"{\"a\":\"\uFFFD\"}"}},
}

// TestJSON reads each file whole and byte by byte, which must be the same.
func TestJSON(t *testing.T) {
	for _, c := range jsonCases {
		t.Run(c.name, func(t *testing.T) {
			got, err := documents(strings.NewReader(c.file), c.how)
			if diff := cmp.Diff(c.want, got); diff != "" || err != nil {
				t.Errorf("error %v, want -, got +:\n%s", err, diff)
			}
			slow, err := documents(iotest.OneByteReader(strings.NewReader(c.file)), c.how)
			if diff := cmp.Diff(got, slow); diff != "" || err != nil {
				t.Errorf("byte by byte: error %v, want -, got +:\n%s", err, diff)
			}
		})
	}
}

func FuzzJSON(f *testing.F) {
	for _, c := range jsonCases {
		f.Add(c.file, c.how.StripOuterArray, c.how.StripNulls)
	}
	f.Fuzz(func(t *testing.T, file string, array, nulls bool) {
		how := datafile.JSON{StripOuterArray: array, StripNulls: nulls}
		got, err := documents(strings.NewReader(file), how)
		if err != nil {
			t.Fatal(err)
		}
		slow, err := documents(iotest.HalfReader(strings.NewReader(file)), how)
		if err != nil || cmp.Diff(got, slow) != "" {
			t.Fatalf("in pieces: error %v, got %q, want %q", err, slow, got)
		}
	})
}
