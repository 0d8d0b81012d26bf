package datafile_test

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/datafile"
)

// awkward are texts that a file of delimited fields must keep.
var awkward = []string{"plain", "a,b", `say "hi"`, "two\nlines", `back\slash`, `\N`, "tab\there", " spaced ", "ünï", "'", "\r"}

// TestCSVRoundTrip reads what it wrote, in several formats.
func TestCSVRoundTrip(t *testing.T) {
	for name, how := range map[string]datafile.CSV{
		"enclosed":             quoted(nil),
		"enclosed, escaped":    quoted(func(c *datafile.CSV) { c.Escape = '\\' }),
		"bare":                 standard,
		"bars and odd records": quoted(func(c *datafile.CSV) { c.FieldDelimiter, c.RecordDelimiter = "||", "##" }),
	} {
		t.Run(name, func(t *testing.T) {
			var file bytes.Buffer
			w := datafile.NewCSVWriter(&file, how)
			var want []string
			for _, text := range awkward {
				if strings.HasSuffix(text, "\r") && how.Quote == 0 {
					continue // a bare field cannot end with it before a newline
				}
				want = append(want, text+"|NULL|7")
				if err := w.Write([]datafile.Cell{{Text: []byte(text), Enclose: true}, {Null: true}, {Text: []byte("7")}}); err != nil {
					t.Fatal(err)
				}
			}
			if err := w.Flush(); err != nil {
				t.Fatal(err)
			}
			how.NullIf = []string{`\N`}
			if how.Quote != 0 { // where an enclosed \N would be null as well
				want = removed(want, `\N|NULL|7`)
				how.NullIf = []string{"gone"}
				file = *bytes.NewBufferString(strings.ReplaceAll(file.String(), how.FieldDelimiter+`\N`+how.FieldDelimiter, how.FieldDelimiter+"gone"+how.FieldDelimiter))
			}
			got, err := records(&file, how)
			if how.Quote != 0 {
				got = removed(got, `\N|NULL|7`)
			}
			if diff := cmp.Diff(want, got); diff != "" || err != nil {
				t.Errorf("error %v, want -, got +:\n%s", err, diff)
			}
		})
	}
}

func removed(lines []string, line string) (out []string) {
	for _, l := range lines {
		if l != line {
			out = append(out, l)
		}
	}
	return out
}

// TestEmptyText is refused where it would come back as null.
func TestEmptyText(t *testing.T) {
	var file bytes.Buffer
	empty := []datafile.Cell{{Text: []byte{}, Enclose: true}}
	if err := datafile.NewCSVWriter(&file, standard).Write(empty); !errors.Is(err, datafile.ErrEmptyText) {
		t.Errorf("error %v", err)
	}
	w := datafile.NewCSVWriter(&file, quoted(nil))
	if err := errors.Join(w.Write(empty), w.Flush()); err != nil || file.String() != "\"\"\n" {
		t.Errorf("%q, error %v", file.String(), err)
	}
}

// TestCompression takes off again what it puts on, by name and by the first
// bytes.
func TestCompression(t *testing.T) {
	text := strings.Repeat("a line of text\n", 1000)
	for name, extension := range map[string]string{"GZIP": ".gz", "AUTO": ".gz", "ZSTD": ".zst", "BROTLI": ".br", "DEFLATE": ".deflate", "RAW_DEFLATE": ".raw_deflate", "NONE": ""} {
		var file bytes.Buffer
		w, got, err := datafile.Compress(&file, name)
		if err != nil || got != extension {
			t.Fatalf("%s: extension %q, error %v", name, got, err)
		}
		if _, err := io.WriteString(w, text); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		ways := []string{name, "AUTO"}
		if name == "BROTLI" || name == "RAW_DEFLATE" { // which have no first bytes of their own
			ways = ways[:1]
		}
		for _, how := range ways {
			r, err := datafile.Decompress(bytes.NewReader(file.Bytes()), how)
			if err != nil {
				t.Errorf("%s as %s: %v", name, how, err)
				continue
			}
			if got, err := io.ReadAll(r); err != nil || string(got) != text {
				t.Errorf("%s as %s: %d bytes, error %v", name, how, len(got), err)
			}
		}
	}
	if _, _, err := datafile.Compress(io.Discard, "LZO"); err == nil {
		t.Error("LZO was taken")
	}
}

// TestNotCompressed tells content that is not what it should be.
func TestNotCompressed(t *testing.T) {
	for _, name := range []string{"GZIP", "ZSTD", "BZ2", "DEFLATE", "BROTLI", "RAW_DEFLATE"} {
		r, err := datafile.Decompress(strings.NewReader("\xff\xffthis is text"), name)
		if err == nil {
			_, err = io.ReadAll(r)
		}
		if !errors.Is(err, datafile.ErrCompression) {
			t.Errorf("%s: %v", name, err)
		}
	}
	broken := errors.New("the line went dead")
	r, err := datafile.Decompress(io.MultiReader(strings.NewReader("text"), iotestErr{broken}), "AUTO")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadAll(r); !errors.Is(err, broken) || errors.Is(err, datafile.ErrCompression) {
		t.Errorf("error %v", err)
	}
}

// TestBrokenSource gives the error of what is read, not one of its content.
func TestBrokenSource(t *testing.T) {
	var file bytes.Buffer
	w, _, err := datafile.Compress(&file, "GZIP")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(w, strings.Repeat("text", 1000)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	broken := errors.New("the line went dead")
	for _, n := range []int{0, 5, 20} {
		r, err := datafile.Decompress(io.MultiReader(bytes.NewReader(file.Bytes()[:n]), iotestErr{broken}), "GZIP")
		if err == nil {
			_, err = io.ReadAll(r)
		}
		if !errors.Is(err, broken) || errors.Is(err, datafile.ErrCompression) {
			t.Errorf("after %d bytes: %v", n, err)
		}
	}
}

type iotestErr struct{ err error }

func (r iotestErr) Read([]byte) (int, error) { return 0, r.err }

// TestDecode reads character sets by Snowflake's names.
func TestDecode(t *testing.T) {
	for set, file := range map[string]string{"UTF8": "é", "utf-8": "é", "ISO-8859-1": "\xe9", "WINDOWS1252": "\xe9", "UTF-16LE": "\xe9\x00", "UTF16": "\xfe\xff\x00\xe9"} {
		r, err := datafile.Decode(strings.NewReader(file), set)
		if err != nil {
			t.Errorf("%s: %v", set, err)
			continue
		}
		if got, err := io.ReadAll(r); err != nil || string(got) != "é" {
			t.Errorf("%s: %q, error %v", set, got, err)
		}
	}
	_, err := datafile.Decode(strings.NewReader(""), "IBM420")
	if !errors.Is(err, warehouse.ErrUnsupported) || !strings.Contains(err.Error(), "IBM420") {
		t.Errorf("error %v", err)
	}
}

// TestGuess tells the types of texts as INFER_SCHEMA does.
func TestGuess(t *testing.T) {
	for texts, want := range map[string]string{
		"":                            "TEXT",
		"1|22|333":                    "NUMBER(3, 0)",
		"1.25|100":                    "NUMBER(5, 2)",
		"-0.5|+.25|007":               "NUMBER(3, 2)",
		"0":                           "NUMBER(1, 0)",
		"1|1e5":                       "REAL",
		strings.Repeat("9", 39):       "REAL",
		"true|FALSE|":                 "BOOLEAN",
		"true|1":                      "TEXT",
		"2024-02-29|":                 "DATE",
		"2024-02-29|2024-02-29 10:00": "TIMESTAMP_NTZ",
		"2024-02-29T10:00:00.5":       "TIMESTAMP_NTZ",
		"10:00:00|23:59:59.999":       "TIME",
		"10:00:00|2024-02-29":         "TEXT",
		"1|x":                         "TEXT",
	} {
		var g datafile.Guess
		for text := range strings.SplitSeq(texts, "|") {
			g.Text(text)
		}
		if g.String() != want {
			t.Errorf("%q: %s, want %s", texts, g, want)
		}
	}
	var g datafile.Guess
	g.Is("ARRAY")
	if g.Text("x"); g.String() != "VARIANT" {
		t.Errorf("an array and a text: %s", g)
	}
	one, other := datafile.Fixed(10, 2), datafile.Fixed(5, 4)
	if one.Merge(other); one.String() != "NUMBER(12, 4)" {
		t.Errorf("merged: %s", one)
	}
	if one.Merge(datafile.Guess{}); one.String() != "NUMBER(12, 4)" {
		t.Errorf("merged with none: %s", one)
	}
}
