package parse_test

import (
	"errors"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/parse"
)

// A bad is one wrong statement and what must be said of it.
type bad struct {
	sql          string
	code         int
	state        string
	line, column int
	what         string // the token at fault, or what is unsupported
}

// badInput reads testdata/bad.txt: blocks with an empty line between them, the
// first line "code state line column what", the rest the statement.
func badInput(t testing.TB) []bad {
	t.Helper()
	const floor = 150
	text, err := os.ReadFile("testdata/bad.txt")
	if err != nil {
		t.Fatal(err)
	}
	var out []bad
	for block := range strings.SplitSeq(strings.TrimSpace(string(text)), "\n\n") {
		head, sql, ok := strings.Cut(block, "\n")
		words := strings.SplitN(head, " ", 5)
		if !ok || len(words) != 5 {
			t.Fatalf("testdata/bad.txt: a block reads %q", block)
		}
		b := bad{sql: sql, state: words[1], what: words[4]}
		for i, n := range []*int{&b.code, nil, &b.line, &b.column} {
			if n == nil {
				continue
			}
			if *n, err = strconv.Atoi(words[i]); err != nil {
				t.Fatalf("testdata/bad.txt: %q: %v", head, err)
			}
		}
		out = append(out, b)
	}
	if len(out) < floor {
		t.Fatalf("%d wrong statements, want %d; is the table gone?", len(out), floor)
	}
	return out
}

// TestBadInput checks code, state, position and wording of each refusal.
func TestBadInput(t *testing.T) {
	for _, tt := range badInput(t) {
		_, err := parse.Statement(tt.sql)
		var e *warehouse.Error
		if !errors.As(err, &e) {
			t.Errorf("%s\n  %v, want an error", tt.sql, err)
			continue
		}
		if e.Code != tt.code || e.State != tt.state || e.Line != tt.line || e.Column != tt.column || !strings.Contains(e.Message, tt.what) {
			t.Errorf("%s\n  got  %d %s %d %d %s\n  want %d %s %d %d %s", tt.sql,
				e.Code, e.State, e.Line, e.Column, e.Message, tt.code, tt.state, tt.line, tt.column, tt.what)
		}
		if kind := map[int]error{1003: warehouse.ErrSyntax, 900: warehouse.ErrSyntax, 2019: warehouse.ErrUnsupported}[tt.code]; !errors.Is(err, kind) && kind != nil {
			t.Errorf("%s: kind %v, want %v", tt.sql, e.Kind, kind)
		}
	}
}

// TestWording checks the messages whole, as Snowflake writes them.
func TestWording(t *testing.T) {
	tests := map[string]string{
		"select from":                           "001003 (42000): SQL compilation error:\nsyntax error line 1 at position 7 unexpected 'from'.",
		"select 1 +":                            "001003 (42000): SQL compilation error:\nsyntax error line 1 at position 10 unexpected '<EOF>'.",
		"select 'x":                             "001003 (42000): SQL compilation error:\nparse error line 1 at position 7 near '<EOF>'.",
		"":                                      "000900 (42601): SQL compilation error:\nEmpty SQL statement.",
		"select 1; select 2":                    "000008 (0A000): Actual statement count 2 did not match the desired statement count 1.",
		"select *\nfrom t\nmatch_recognize (a)": "002019 (0A000): Unsupported by Snowpit: MATCH_RECOGNIZE (line 3)",
	}
	for sql, want := range tests {
		if _, err := parse.Statement(sql); err == nil || err.Error() != want {
			t.Errorf("%s\n  got  %v\n  want %s", sql, err, want)
		}
	}
}
