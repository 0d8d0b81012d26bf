package seed_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/snowpit-dev/snowpit/runner/seed"
)

// read writes text to a file, opens it as a seed, and gives back its columns
// as "NAME TYPE" and its rows as Arrow prints them.
func read(t *testing.T, text string, opts seed.Options) (cols, rows []string, err error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "s.csv")
	if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
	file, err := seed.Open(path, opts)
	if err != nil {
		return nil, nil, err
	}
	for _, c := range file.Columns {
		cols = append(cols, c.Name+" "+c.SQL())
	}
	r, err := file.Rows()
	if err != nil {
		return cols, nil, err
	}
	defer r.Release()
	for r.Next() {
		b := r.RecordBatch()
		for i := range int(b.NumRows()) {
			var cells []string
			for _, col := range b.Columns() {
				cells = append(cells, col.ValueStr(i))
			}
			rows = append(rows, strings.Join(cells, "|"))
		}
	}
	return cols, rows, r.Err()
}

func TestTypes(t *testing.T) {
	for _, test := range []struct {
		name, values, want string // values of one column, separated by spaces
	}{
		{"integers", "1 -2 +3 007", "NUMBER(38,0)"},
		{"wide integers", "1 12345678901234567890123456789012345678", "NUMBER(38,0)"},
		{"too wide is a number", "123456789012345678901234567890123456789", "FLOAT"},
		{"integers and decimals", "1 2.5 1e3", "FLOAT"},
		{"decimals first", "2.5 1", "FLOAT"},
		{"nan is text", "1.5 nan", "VARCHAR"},
		{"hex is text", "0x10", "VARCHAR"},
		{"grouped digits are text", "1_000", "VARCHAR"},
		{"dates", "2020-07-05 1985-01-07", "DATE"},
		{"impossible date is text", "2020-02-30", "VARCHAR"},
		{"timestamps", "2020-07-05T13:10:00 2020-07-05T13:10:00.25", "TIMESTAMP_NTZ"},
		{"date among timestamps is text", "2020-07-05T13:10:00 2020-07-05", "VARCHAR"},
		{"date then integer is text", "2020-07-05 7", "VARCHAR"},
		{"integer then date is text", "7 2020-07-05", "VARCHAR"},
		{"booleans", "true False TRUE", "BOOLEAN"},
		{"boolean and integer is text", "true 1", "VARCHAR"},
		{"times of day are text", "17:05:23", "VARCHAR"},
		{"nulls alone are integers", "null NULL", "NUMBER(38,0)"},
		{"nulls do not count", "null 2.5 null", "FLOAT"},
		{"backslash N is text unless said", `1 \N`, "VARCHAR"},
	} {
		t.Run(test.name, func(t *testing.T) {
			cols, _, err := read(t, "x\n"+strings.ReplaceAll(test.values, " ", "\n")+"\n", seed.Options{})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff([]string{"X " + test.want}, cols); diff != "" {
				t.Errorf("want -, got +:\n%s", diff)
			}
		})
	}
}

func TestRows(t *testing.T) {
	text := "\xef\xbb\xbfresultId,name,position,dob,points\r\n" +
		"1,\"Räikkönen, Kimi\",\\N,1979-10-17,0.5\r\n" +
		"2,\"a \"\"quote\"\"\nand a line\", 3 ,,12345678901234567890\r\n"
	cols, rows, err := read(t, text, seed.Options{NullIf: []string{`\N`}})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"RESULTID NUMBER(38,0)", "NAME VARCHAR", "POSITION NUMBER(38,0)", "DOB DATE", "POINTS FLOAT"}, cols); diff != "" {
		t.Errorf("columns: want -, got +:\n%s", diff)
	}
	want := []string{
		"1|Räikkönen, Kimi|(null)|1979-10-17|0.5",
		"2|a \"quote\"\nand a line|3|(null)|1.2345678901234567e+19",
	}
	if diff := cmp.Diff(want, rows); diff != "" {
		t.Errorf("rows: want -, got +:\n%s", diff)
	}
}

func TestOptions(t *testing.T) {
	cols, rows, err := read(t, "Zip;n\n01234;1\n", seed.Options{Delimiter: ';', AsText: []string{"zip"}})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"ZIP VARCHAR", "N NUMBER(38,0)"}, cols); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"01234|1"}, rows); diff != "" {
		t.Error(diff)
	}
}

// A seed longer than one batch comes whole and in order.
func TestManyRows(t *testing.T) {
	var b strings.Builder
	b.WriteString("n\n")
	for i := range 50_000 {
		fmt.Fprintln(&b, i)
	}
	_, rows, err := read(t, b.String(), seed.Options{})
	if err != nil || len(rows) != 50_000 || rows[49_999] != "49999" {
		t.Errorf("%d rows, error %v", len(rows), err)
	}
}

func TestRefused(t *testing.T) {
	for _, test := range []struct{ name, text, want string }{
		{"empty file", "", "s.csv: the file is empty; a seed begins with a line of column names"},
		{"ragged row", "a,b\n1,2\n3\n", "s.csv:3: 1 fields, but the header has 2"},
		{"long row", "a,b\n1,2,3\n", "s.csv:2: 3 fields, but the header has 2"},
		{"open quote", "a\n\"x\n", "s.csv:2:4: extraneous or missing \" in quoted-field"},
		{"bare quote", "a\nx\"y\n", "s.csv:2:2: bare \" in non-quoted-field"},
		{"same name twice", "a,b,A\n", "s.csv:1: columns 1 and 3 are both named A"},
		{"no name", "a,,b\n", "s.csv:1: column 2 has no name"},
		{"not UTF-8", "a\n\xff\n", "s.csv:2: field 1 is not UTF-8: save the file as UTF-8"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, _, err := read(t, test.text, seed.Options{})
			if err == nil || !strings.HasSuffix(err.Error(), test.want) {
				t.Errorf("got  %v\nwant ...%s", err, test.want)
			}
		})
	}
}

func FuzzOpen(f *testing.F) {
	f.Add("a,b\n1,\"x\"\n\\N,2.5\n")
	f.Add("a\n9223372036854775808\n-0\n")
	f.Add("d\n2020-07-05\n2020-07-05 13:10:00\n")
	f.Fuzz(func(t *testing.T, text string) {
		// Whatever types were found, every value must be readable as them.
		cols, _, err := read(t, text, seed.Options{NullIf: []string{`\N`}})
		if err != nil && cols != nil {
			t.Errorf("types found, then: %v", err)
		}
	})
}
