package parse_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/snowpit-dev/snowpit/warehouse/dialect/parse"
)

func TestSplit(t *testing.T) {
	tests := map[string]struct {
		script string
		want   []string
	}{
		"two":               {"select 1; select 2;", []string{"select 1", "select 2"}},
		"empty":             {" ;; -- nothing\n ; /* here */", nil},
		"string":            {`select ';', 'it''s;', 'a\';b'; select 2`, []string{`select ';', 'it''s;', 'a\';b'`, "select 2"}},
		"identifier":        {`select ";" from "a"";b"; x`, []string{`select ";" from "a"";b"`, "x"}},
		"dollar":            {"select $$;'$$; select $1", []string{"select $$;'$$", "select $1"}},
		"line comments":     {"select 1 -- ; '\n+ 1 // ; \"\n; x", []string{"select 1 -- ; '\n+ 1", "x"}},
		"block comment":     {"select /* ; ' /* */ 1; x", []string{"select /* ; ' /* */ 1", "x"}},
		"transaction":       {"begin; select 1; end; commit", []string{"begin", "select 1", "end", "commit"}},
		"named transaction": {"begin transaction; begin work; begin name t; x", []string{"begin transaction", "begin work", "begin name t", "x"}},
		"block":             {"begin select 1; return 2; end; x", []string{"begin select 1; return 2; end", "x"}},
		"declare":           {"declare n int; begin n := 1; end; x", []string{"declare n int; begin n := 1; end", "x"}},
		"nested block":      {"begin begin x; end; y; end; z", []string{"begin begin x; end; y; end", "z"}},
		"branches":          {"begin if (a) then x; end if; while (b) do y; end while; end; z", []string{"begin if (a) then x; end if; while (b) do y; end while; end", "z"}},
		"case in block":     {"begin case (a) when 1 then x; end case; y := case when a then 1 end; end; z", []string{"begin case (a) when 1 then x; end case; y := case when a then 1 end; end", "z"}},
		"transaction inside": {"begin begin transaction; x; commit; end; z", []string{
			"begin begin transaction; x; commit; end", "z"}},
		"procedure": {"create procedure p() returns int as begin return 1; end; x", []string{
			"create procedure p() returns int as begin return 1; end", "x"}},
		"procedure that declares": {"create procedure p() returns int as declare a int; begin return a; end; x", []string{
			"create procedure p() returns int as declare a int; begin return a; end", "x"}},
		"procedures declared": {"declare p procedure() returns int as declare a int; begin return a; end; q procedure() returns int as begin return 1; end; begin call p(); end; x", []string{
			"declare p procedure() returns int as declare a int; begin return a; end; q procedure() returns int as begin return 1; end; begin call p(); end", "x"}},
		"case outside":     {"select case when a then 1 end; x", []string{"select case when a then 1 end", "x"}},
		"column named so":  {"select a as begin, b; x", []string{"select a as begin, b", "x"}},
		"stage and file":   {"put file:///tmp/a;b @s/x;list @s/y;z", []string{"put file:///tmp/a", "b @s/x", "list @s/y", "z"}},
		"string not shut":  {"x; select 'a; y", []string{"x", "select 'a; y"}},
		"comment not shut": {"x; select /* a; y", []string{"x", "select /* a; y"}},
		"block not shut":   {"begin x; y; z", []string{"begin x; y; z"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			var got []string
			for _, piece := range parse.Split(tt.script) {
				got = append(got, piece.Text)
				if at := tt.script[piece.Pos.Offset:]; at[:len(piece.Text)] != piece.Text {
					t.Errorf("offset %d is not where %q stands", piece.Pos.Offset, piece.Text)
				}
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("want -, got +:\n%s", diff)
			}
		})
	}
}

func TestSplitPositions(t *testing.T) {
	pieces := parse.Split("select 1;\n\t'äö'; /* é\n */ x")
	want := []string{"line 1 at position 0", "line 2 at position 1", "line 3 at position 4"}
	if len(pieces) != len(want) {
		t.Fatalf("%d pieces, want %d", len(pieces), len(want))
	}
	for i, piece := range pieces {
		if got := piece.Pos.String(); got != want[i] {
			t.Errorf("%q: %s, want %s", piece.Text, got, want[i])
		}
	}
}
