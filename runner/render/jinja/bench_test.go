package jinja_test

import (
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/snowpit-dev/snowpit/runner/render/jinja"
	"github.com/snowpit-dev/snowpit/runner/render/jinja/value"
)

// A timing is what testdata/bench/bench.py measured of one template.
type timing struct {
	Text          string
	Render, Parse float64 // seconds
}

// jinja2 times Python's Jinja2 on the templates of the benchmarks, once.
var jinja2 = sync.OnceValues(func() (map[string]timing, error) {
	if err := exec.Command("python3", "-c", "import jinja2").Run(); err != nil {
		return nil, errors.New("python3-jinja2 is not installed")
	}
	out, err := exec.Command("python3", "testdata/bench/bench.py").Output()
	if err != nil {
		return nil, err
	}
	var timings map[string]timing
	return timings, json.Unmarshal(out, &timings)
})

func benchTemplate(tb testing.TB, name string) *jinja.Template {
	tb.Helper()
	text, err := os.ReadFile("testdata/bench/" + name + ".sql")
	if err != nil {
		tb.Fatal(err)
	}
	tpl, err := jinja.Parse(name+".sql", string(text))
	if err != nil {
		tb.Fatal(err)
	}
	return tpl
}

// benchEnv has the names that bench.py gives, too.
func benchEnv(tb testing.TB) *jinja.Env {
	text := func(s string) jinja.Func { return func(*jinja.Args) (any, error) { return s, nil } }
	names := map[string]any{
		"config": text(""),
		"ref":    jinja.Func(func(a *jinja.Args) (any, error) { return "db.schema." + a.Str(0, "name", ""), nil }),
		"source": jinja.Func(func(a *jinja.Args) (any, error) {
			return "db." + a.Str(0, "s", "") + "." + a.Str(1, "t", ""), nil
		}),
		"is_incremental": jinja.Func(func(*jinja.Args) (any, error) { return true, nil }),
		"this":           "db.schema.model",
		"var":            jinja.Func(func(a *jinja.Args) (any, error) { return a.Arg(1, "default", int64(2020)), nil }),
		"target":         value.DictOf("name", "dev"),
	}
	env := &jinja.Env{Lookup: func(name string) (any, bool) { v, ok := names[name]; return v, ok }}
	macros := benchTemplate(tb, "macros")
	names["surrogate_key"] = jinja.Bind(macros, macros.Macros[0], env)
	return env
}

// TestBenchTemplates makes sure that the benchmarks compare like with like.
func TestBenchTemplates(t *testing.T) {
	theirs, err := jinja2()
	if err != nil {
		t.Skipf("nothing to compare with: %v", err)
	}
	for _, name := range []string{"model", "loop"} {
		got, err := benchEnv(t).Render(t.Context(), benchTemplate(t, name))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(theirs[name].Text, got); diff != "" {
			t.Errorf("%s: Jinja2 -, ours +:\n%s", name, diff)
		}
	}
}

func BenchmarkRender(b *testing.B) {
	for _, name := range []string{"model", "loop"} {
		b.Run(name, func(b *testing.B) {
			tpl, env := benchTemplate(b, name), benchEnv(b)
			for b.Loop() {
				if _, err := env.Render(b.Context(), tpl); err != nil {
					b.Fatal(err)
				}
			}
			compareTo(b, name, func(t timing) float64 { return t.Render })
		})
	}
}

// BenchmarkParse parses a thousand models at each turn.
func BenchmarkParse(b *testing.B) {
	text, err := os.ReadFile("testdata/bench/model.sql")
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		for range 1000 {
			if _, err := jinja.Parse("model.sql", string(text)); err != nil {
				b.Fatal(err)
			}
		}
	}
	compareTo(b, "model", func(t timing) float64 { return 1000 * t.Parse })
}

// compareTo reports how many times as long Jinja2 takes, in the same run.
func compareTo(b *testing.B, name string, seconds func(timing) float64) {
	ours := b.Elapsed().Seconds() / float64(b.N)
	theirs, err := jinja2()
	if err != nil {
		b.Logf("no ratio to Jinja2: %v", err)
		return
	}
	b.ReportMetric(seconds(theirs[name])/ours, "times-faster-than-jinja2")
}
