package stage_test

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
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
		{`@"a/b"/c`, `@F1.PUBLIC."a/b"/c`},
		{`@db."s s".t/`, `@DB."s s".T`},
		{"@a/~/%/ @x", "@F1.PUBLIC.A/~/%/ @x"},
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
	const named = "are not supported, only named stages such as @MODELSTAGE/path"
	for _, c := range []struct{ text, why string }{
		{"modelstage", "it must begin with @"},
		{" @a", "it must begin with @"},
		{"", "it must begin with @"},
		{"@", "a name is missing at the end"},
		{"@~", "user stages " + named},
		{"@~/a", "user stages " + named},
		{"@%t", "table stages " + named},
		{"@public.%t/a", "table stages " + named},
		{"@f1.public.%t", "table stages " + named},
		{"@a.b.c.d", "a name has at most three parts"},
		{"@a.", "a name is missing at the end"},
		{"@a..b", `a name is missing before ".b"`},
		{"@1a", `a name is missing before "1a"`},
		{"@/a", `a name is missing before "/a"`},
		{"@ a", `a name is missing before " a"`},
		{"@é", `a name is missing before "é"`},
		{`@"open`, "a quoted name is not closed"},
		{`@a."open""`, "a quoted name is not closed"},
		{`@""`, "a quoted name is empty"},
		{"@a b", `unexpected " b" after the stage's name`},
		{"@a-b", `unexpected "-b" after the stage's name`},
		{`@"a"b`, `unexpected "b" after the stage's name`},
		{"@a@b", `unexpected "@b" after the stage's name`},
		{"@a\x00", `unexpected "\x00" after the stage's name`},
	} {
		loc, err := stage.ParseLocation(c.text, base)
		if want := fmt.Sprintf("stage location %q: %s", c.text, c.why); err == nil || err.Error() != want {
			t.Errorf("%q is %v, %v; want %s", c.text, loc, err, want)
		}
	}
}

func TestCheckName(t *testing.T) {
	for _, name := range []string{"a", "a/b.json", "...", "..a", " ", "%", strings.Repeat("x", 1024), "日本"} {
		if err := stage.CheckName(name); err != nil {
			t.Errorf("%v", err)
		}
	}
	for name, why := range map[string]string{
		"": "it is empty", "/": "it is absolute", "/a": "it is absolute", "a/": "it ends in a slash", "a//b": `it has the part ""`,
		".": `it has the part "."`, "..": `it has the part ".."`, "a/../b": `it has the part ".."`, `a\b`: "it has a NUL or a backslash",
		"a\x00": "it has a NUL or a backslash", "\xff": "it is not UTF-8", strings.Repeat("x", 1025): "it has 1025 bytes, and 1024 is the most",
	} {
		err := stage.CheckName(name)
		if want := fmt.Sprintf("%.80q: %v: %s", name, stage.ErrName, why); !errors.Is(err, stage.ErrName) || err.Error() != want {
			t.Errorf("%.20q: %v, want %s", name, err, want)
		}
	}
}

// A name that is accepted, as a path below a folder, is that very path, and
// stays below it.
func FuzzCheckName(f *testing.F) {
	for _, name := range []string{"a/b", "..", "a/../../b", "/", `\\a`, "a\x00b", "...", "\xff", strings.Repeat("é", 513)} {
		f.Add(name)
	}
	f.Fuzz(func(t *testing.T, name string) {
		err := stage.CheckName(name)
		if (err == nil) == errors.Is(err, stage.ErrName) {
			t.Errorf("%q: %v", name, err)
		}
		good := fs.ValidPath(name) && name != "." && len(name) <= 1024 && !strings.ContainsAny(name, "\x00\\")
		if good != (err == nil) {
			t.Errorf("%q: %v", name, err)
		}
		if err == nil && path.Join("root", name) != "root/"+name {
			t.Errorf("%q lies at %q", name, path.Join("root", name))
		}
	})
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
