package stage_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/snowpit-dev/snowpit/stage"
)

var base = stage.Name{Database: "F1", Schema: "PUBLIC"}

func TestParseLocation(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"@modelstage", "@F1.PUBLIC.MODELSTAGE"},
		{"@ModelStage/", "@F1.PUBLIC.MODELSTAGE"},
		{"@modelstage/V1/Model.json", "@F1.PUBLIC.MODELSTAGE/V1/Model.json"},
		{"@ml.modelstage/a", "@F1.ML.MODELSTAGE/a"},
		{"@prod.ml.modelstage/a b/c", "@PROD.ML.MODELSTAGE/a b/c"},
		{`@"my stage"/a`, `@F1.PUBLIC."my stage"/a`},
		{`@"a""b"."c.d"`, `@F1."a""b"."c.d"`},
		{`@"UPPER"`, "@F1.PUBLIC.UPPER"},
		{"@_s$1", "@F1.PUBLIC._S$1"},
	} {
		loc, err := stage.ParseLocation(c.text, base)
		if err != nil || loc.String() != c.want {
			t.Errorf("%s is %s (%v), want %s", c.text, loc, err, c.want)
		}
		if again, err := stage.ParseLocation(loc.String(), stage.Name{}); err != nil || again != loc {
			t.Errorf("%s is read again as %s (%v)", loc, again, err)
		}
	}
}

func TestParseLocationRefuses(t *testing.T) {
	for _, c := range []struct{ text, says string }{
		{"modelstage", "must begin with @"}, {"", "must begin with @"}, {"@", "only named stages"}, {"@~/a", "only named stages"},
		{"@%t", "only named stages"}, {"@a.b.c.d", "at most three parts"}, {"@a..b", "a name is missing"}, {"@1a", "a name is missing"},
		{`@"open`, "not closed"}, {`@""`, "is empty"}, {"@a b", `unexpected " b"`}, {"@a-b", `unexpected "-b"`}, {"@/a", "a name is missing"},
	} {
		if loc, err := stage.ParseLocation(c.text, base); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%q is %v, %v; want an error with %q", c.text, loc, err, c.says)
		}
	}
}

func TestCheckName(t *testing.T) {
	for _, name := range []string{"a", "a/b.json", "...", "..a", " ", "%", strings.Repeat("x", 1024), "日本"} {
		if err := stage.CheckName(name); err != nil {
			t.Errorf("%v", err)
		}
	}
	for _, name := range []string{"", "/a", "a/", "a//b", ".", "..", "a/../b", `a\b`, "a\x00", "\xff", strings.Repeat("x", 1025)} {
		if err := stage.CheckName(name); !errors.Is(err, stage.ErrName) {
			t.Errorf("%.20q: %v", name, err)
		}
	}
}

func FuzzParseLocation(f *testing.F) {
	for _, text := range []string{"@a/b", `@"a""b".c/d`, "@a.b.c", `@"`, "@~", "@a/../b"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		loc, err := stage.ParseLocation(text, base)
		if err != nil {
			return
		}
		if again, err := stage.ParseLocation(loc.String(), stage.Name{}); err != nil || again != loc {
			t.Errorf("%q is %q, and that is %q, %v", text, loc, again, err)
		}
	})
}

func ExampleParseLocation() {
	loc, err := stage.ParseLocation("@modelstage/v1/model.json", stage.Name{Database: "F1", Schema: "PUBLIC"})
	fmt.Println(loc, err)
	// Output: @F1.PUBLIC.MODELSTAGE/v1/model.json <nil>
}
