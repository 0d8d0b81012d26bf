package stagedfile_test

import (
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/snowpit-dev/snowpit/stage"
	"github.com/snowpit-dev/snowpit/stage/dir"
	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/fileformat"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/datafile"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/stagedfile"
)

// placeOf is a stage with some files.
func placeOf(t *testing.T, files map[string]string) stagedfile.Place {
	t.Helper()
	volume, err := dir.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { volume.Close() })
	name := stage.Name{Database: "D", Schema: "S", Stage: "FILES"}
	if err := volume.Create(t.Context(), name, ""); err != nil {
		t.Fatal(err)
	}
	st, err := volume.Stage(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range files {
		if _, err := st.Put(t.Context(), name, strings.NewReader(text), stage.PutOptions{}); err != nil {
			t.Fatal(err)
		}
	}
	return stagedfile.Place{Stage: st, Name: name}
}

// TestSelection chooses among files by their names and by a pattern of the whole
// name.
func TestSelection(t *testing.T) {
	at := placeOf(t, map[string]string{"in/a.csv": "1", "in/b.csv": "2", "in/c.json": "{}", "out/a.csv": "3"})
	texts := func(items ...string) *ast.Tuple {
		list := &ast.Tuple{}
		for _, item := range items {
			list.Items = append(list.Items, &ast.String{Value: item})
		}
		return list
	}
	for name, c := range map[string]struct {
		files, pattern ast.Expr
		in             string
		want           []string
		code           int
	}{
		"all":               {in: "in/", want: []string{"in/a.csv", "in/b.csv", "in/c.json"}},
		"by name, in order": {files: texts("b.csv", "/a.csv"), in: "in", want: []string{"in/b.csv", "in/a.csv"}},
		"by pattern":        {pattern: &ast.String{Value: ".*csv"}, want: []string{"in/a.csv", "in/b.csv", "out/a.csv"}},
		"of the whole name": {pattern: &ast.String{Value: "csv"}},
		"not there":         {files: texts("z.csv"), in: "in", code: 91016},
		"no pattern":        {pattern: &ast.String{Value: "("}, code: 2037},
	} {
		t.Run(name, func(t *testing.T) {
			var sel stagedfile.Selection
			if c.files != nil {
				if err := sel.SetFiles(ast.Option{Key: "FILES", Value: c.files}); err != nil {
					t.Fatal(err)
				}
			}
			if c.pattern != nil {
				if err := sel.SetPattern(ast.Option{Key: "PATTERN", Value: c.pattern}); err != nil {
					t.Fatal(err)
				}
			}
			at.Prefix = c.in
			found, err := sel.Objects(t.Context(), at)
			var refused *warehouse.Error
			if c.code != 0 && (!errors.As(err, &refused) || refused.Code != c.code) || c.code == 0 && err != nil {
				t.Fatalf("error %v, want %d", err, c.code)
			}
			var got []string
			for _, o := range found {
				got = append(got, o.Name)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

// TestReading reads a file's header and its records.
func TestReading(t *testing.T) {
	at := placeOf(t, map[string]string{"a.csv": "n,s\n1,one\n2\n"})
	format, err := fileformat.New("CSV")
	if err != nil {
		t.Fatal(err)
	}
	if err := format.Set([]ast.Option{{Key: "PARSE_HEADER", Value: &ast.Bool{Value: true}}}); err != nil {
		t.Fatal(err)
	}
	how := &stagedfile.Reading{Format: format, Columns: 2, Label: func(int) string { return "?" }}
	header, err := how.Header(t.Context(), at, "a.csv")
	if diff := cmp.Diff([]string{"n", "s"}, header); err != nil || diff != "" {
		t.Errorf("%v, header (-want +got):\n%s", err, diff)
	}
	records, closer, err := how.Open(t.Context(), at, "a.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer closer.Close()
	first, err := records.Next()
	if err != nil || first.Fault != nil || string(first.Fields[1].Value) != "one" {
		t.Fatalf("%v, first record %+v", err, first)
	}
	f := &stagedfile.File{Object: stage.Object{Name: "a.csv"}, Shown: at.Listed("a.csv"), Parsed: 2}
	second, err := records.Next()
	if err != nil || second.Fault == nil {
		t.Fatalf("%v, a record of one field of two: %+v", err, second)
	}
	f.Bad++
	f.Errors = append(f.Errors, stagedfile.RowErrorOf(second, *second.Fault, records.Rejected()))
	if e := f.First(); e == nil || e.Row != 2 || e.Line != 3 || f.Status() != "PARTIALLY_LOADED" || f.Loaded() != 1 {
		t.Errorf("of the file: %+v, first fault %+v", f, f.First())
	}
	if _, err := records.Next(); !errors.Is(err, io.EOF) {
		t.Errorf("behind the last record: %v", err)
	}
}

// TestBreakOff counts a file that is no CSV as a row at fault, unless the first
// ends the statement.
func TestBreakOff(t *testing.T) {
	broken := stagedfile.BadCompression("s/a.csv", datafile.ErrCompression)
	var f stagedfile.File
	if err := f.BreakOff(broken, false); err != nil || f.Whole == nil || f.Bad != 1 || f.Status() != "LOAD_FAILED" {
		t.Errorf("%v, the file is %+v", err, f)
	}
	for name, single := range map[string]bool{"the first fault": true, "what is no fault of the file": false} {
		cause := broken
		if !single {
			cause = io.ErrUnexpectedEOF
		}
		if err := new(stagedfile.File).BreakOff(cause, single); !errors.Is(err, cause) {
			t.Errorf("%s gives %v", name, err)
		}
	}
}
