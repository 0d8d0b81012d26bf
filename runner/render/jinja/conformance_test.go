package jinja_test

import (
	"context"
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/snowpit-dev/snowpit/runner/render/jinja"
	"github.com/snowpit-dev/snowpit/runner/render/jinja/pylib"
)

// A corpus is a file of snippets with what Python's Jinja2 3.1.6 makes of them
// (sandboxed environment, extensions do and loopcontrols). Where Jinja2 raises
// an error, only that there is one must agree.
type corpus struct {
	Snippets []struct {
		Name, Src string
		Ctx       map[string]any
	}
	Expected map[string]struct {
		OK  bool
		Out string
	}
}

// host is the obj of the corpus: obj.attr is A, obj.m(x) shows its argument
// and its caller's output.
type host struct{}

func (host) GetAttr(name string) (any, bool) {
	switch name {
	case "attr":
		return "A", true
	case "m":
		return jinja.Func(func(a *jinja.Args) (any, error) {
			inner := ""
			if c, ok := a.Kw.Get("caller"); ok {
				v, err := a.Call(c)
				if err != nil {
					return nil, err
				}
				inner = jinja.Str(v)
			}
			return "m(" + jinja.Str(a.Arg(0, "x", nil)) + "," + inner + ")", nil
		}), true
	}
	return nil, false
}

// shown is the corpus's f: f(1, x=2) gives f(1,x=2). It calls its caller.
func shown(a *jinja.Args) (any, error) {
	var pos, kw []string
	for _, v := range a.Pos {
		pos = append(pos, jinja.Str(v))
	}
	for _, k := range a.Kw.Keys() {
		v, _ := a.Kw.Get(k)
		if _, ok := v.(jinja.Caller); ok {
			var err error
			if v, err = a.Call(v); err != nil {
				return nil, err
			}
		}
		kw = append(kw, jinja.Str(k)+"="+jinja.Str(v))
	}
	return "f(" + strings.Join(pos, ",") + strings.Join(kw, ",") + ")", nil
}

// corpora are the files of snippets, with the least number that each must
// have, so that none can vanish unseen.
var corpora = map[string]int{"testdata/jinja.json": 214, "testdata/more.json": 360, "testdata/python.json": 6300}

func readCorpus(tb testing.TB, path string) corpus {
	tb.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		tb.Fatal(err)
	}
	dec := json.NewDecoder(strings.NewReader(string(text)))
	dec.UseNumber()
	var c corpus
	if err := dec.Decode(&c); err != nil {
		tb.Fatal(err)
	}
	if len(c.Snippets) < corpora[path] {
		tb.Fatalf("%s has %d snippets; is the corpus gone?", path, len(c.Snippets))
	}
	return c
}

func render(ctx context.Context, name, src string, vars map[string]any) (string, error) {
	t, err := jinja.Parse(name, src)
	if err != nil {
		return "", err
	}
	globals := map[string]any{
		"f":       jinja.Func(shown),
		"fnone":   jinja.Func(func(*jinja.Args) (any, error) { return nil, nil }),
		"obj":     host{},
		"return":  jinja.Func(func(a *jinja.Args) (any, error) { return nil, jinja.Return{V: a.Arg(0, "data", nil)} }),
		"zip":     jinja.Func(pylib.Zip),
		"modules": pylib.Modules(),
	}
	for k, v := range vars {
		globals[k] = jinja.FromGo(v)
	}
	env := &jinja.Env{MaxDepth: 100, MaxOutput: 8 << 20, Lookup: func(name string) (any, bool) { v, ok := globals[name]; return v, ok }}
	return env.Render(ctx, t)
}

func TestConformance(t *testing.T) {
	for path := range corpora {
		c := readCorpus(t, path)
		for _, s := range c.Snippets {
			t.Run(s.Name, func(t *testing.T) {
				want := c.Expected[s.Name]
				got, err := render(t.Context(), s.Name, s.Src, s.Ctx)
				switch {
				case want.OK && err != nil:
					t.Errorf("%s\ngot error %v\nwant %q", s.Src, err, want.Out)
				case want.OK && got != want.Out:
					t.Errorf("%s\ngot  %q\nwant %q", s.Src, got, want.Out)
				case !want.OK && err == nil:
					t.Errorf("%s\ngot  %q\nwant the error %s", s.Src, got, want.Out)
				}
			})
		}
	}
}
