package parse_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/snowpit-dev/snowpit/warehouse/dialect/parse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/print"
)

// FuzzParse checks that no text makes the parser panic, and that what it reads
// is printed so that it reads as the same tree.
func FuzzParse(f *testing.F) {
	for _, ar := range corpus(f) {
		for _, file := range ar.Files {
			f.Add(string(file.Data))
			for line := range strings.Lines(string(file.Data)) {
				f.Add(line)
			}
		}
	}
	for _, tt := range badInput(f) {
		f.Add(tt.sql)
	}
	f.Fuzz(func(t *testing.T, src string) {
		if len(src) > 1<<16 {
			return
		}
		pieces := parse.Split(src)
		stmts, err := parse.Script(src)
		if err == nil && len(stmts) != len(pieces) {
			t.Fatalf("%d statements in %d pieces", len(stmts), len(pieces))
		}
		for _, s := range stmts {
			text := print.SQL(s)
			again, err := parse.Statement(text)
			if err != nil {
				t.Fatalf("%q\nprinted %q\n%v", src, text, err)
			}
			if diff := cmp.Diff(s, again, sameTree); diff != "" {
				t.Fatalf("%q\nprinted %q\nwant -, got +:\n%s", src, text, diff)
			}
			if twice := print.SQL(again); twice != text {
				t.Fatalf("%q\nprinted %q\nthen    %q", src, text, twice)
			}
		}
	})
}
