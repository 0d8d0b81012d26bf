package jinja_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/snowpit-dev/snowpit/runner/render/jinja"
	"github.com/snowpit-dev/snowpit/runner/render/jinja/value"
)

func parse(t *testing.T, name, src string) *jinja.Template {
	t.Helper()
	tpl, err := jinja.Parse(name, src)
	if err != nil {
		t.Fatal(err)
	}
	return tpl
}

// TestHostFilters gives the host's filters and tests to a template, by name
// and through the filters that take names.
func TestHostFilters(t *testing.T) {
	env := &jinja.Env{
		Filters: map[string]jinja.Filter{
			"shout": func(in any, a *jinja.Args) (any, error) {
				return strings.ToUpper(jinja.Str(in)) + a.Str(0, "mark", "!"), nil
			},
			"upper": func(any, *jinja.Args) (any, error) { return "the host's", nil },
			"fails": func(any, *jinja.Args) (any, error) { return nil, errors.New("no reason") },
		},
		Tests: map[string]jinja.Test{
			"short": func(in any, a *jinja.Args) (bool, error) { return len(jinja.Str(in)) < a.Int(0, "limit", 3), nil },
		},
	}
	for src, want := range map[string]string{
		"{{ 'a' | shout }}{{ 'b' | shout('?') }}{{ 'c' | shout(mark='.') }}": "A!B?C.",
		"{{ ['a', 'b'] | map('shout', '-') | join }}":                        "A-B-",
		"{{ 'x' | upper }}": "the host's",
		"{{ 'ab' is short }} {{ 'abcd' is short }} {{ 'abcd' is short(9) }}": "True False True",
		"{{ ['abcd', 'a'] | select('short') | list }}":                       "['a']",
		"{{ 'shout' is filter }} {{ 'short' is test }}":                      "True True",
	} {
		if got, err := env.Render(t.Context(), parse(t, "t.sql", src)); err != nil || got != want {
			t.Errorf("%s\ngot  %q, error %v\nwant %q", src, got, err, want)
		}
	}
	for src, want := range map[string]string{
		"{{ 1 | fails }}":   "t.sql:1:8: no reason",
		"{{ 1 | shuot }}":   "t.sql:1:8: No filter named 'shuot'; did you mean 'shout'?",
		"{{ 1 is shrot }}":  "t.sql:1:6: No test named 'shrot'; did you mean 'short'?",
		"{{ 1 is random }}": "t.sql:1:6: the test 'random' is not supported: a template must give the same SQL each time",
	} {
		if _, err := env.Render(t.Context(), parse(t, "t.sql", src)); err == nil || err.Error() != want {
			t.Errorf("%s\ngot  %v\nwant %s", src, err, want)
		}
	}
}

// TestArgs reads the arguments of a call in each way there is.
func TestArgs(t *testing.T) {
	var got []string
	see := jinja.Func(func(a *jinja.Args) (any, error) {
		file, line, col := a.Position()
		got = append(got, fmt.Sprintf("%v %v %v %v %d %s:%d:%d %v", a.Arg(0, "x", "none"), a.Has(1, "y"), a.Str(1, "y", "-"),
			a.Int(2, "z", 7), a.Kw.Len(), file, line, col, a.Context().Err()))
		return "", nil
	})
	env := &jinja.Env{Lookup: func(name string) (any, bool) { return see, name == "see" }}
	src := "{{ see() }}\n{{ see(1, none, 3) }}{{ see(y='b', x='a') }}{{ see(*[1, 2], **{'z': 5}) }}"
	if _, err := env.Render(t.Context(), parse(t, "t.sql", src)); err != nil {
		t.Fatal(err)
	}
	want := []string{
		"none false - 7 0 t.sql:1:4 <nil>", "1 true - 3 0 t.sql:2:4 <nil>",
		"a true b 7 2 t.sql:2:25 <nil>", "1 true 2 5 1 t.sql:2:48 <nil>",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("want -, got +:\n%s", diff)
	}
	a := &jinja.Args{Pos: []any{"x"}}
	if file, line, col := a.Position(); file != "" || line != 0 || col != 0 || a.Context() != context.Background() {
		t.Errorf("a call made from Go stands at %s:%d:%d", file, line, col)
	}
}

// TestReturn ends the macro that calls it, from inside loops and blocks too,
// and no other.
func TestReturn(t *testing.T) {
	ret := jinja.Func(func(a *jinja.Args) (any, error) { return nil, jinja.Return{V: a.Arg(0, "data", nil)} })
	env := &jinja.Env{Lookup: func(name string) (any, bool) { return ret, name == "return" }}
	for src, want := range map[string]string{
		"{% macro m() %}a{{ return([1]) }}b{% endmacro %}x{{ m() }}y":                                                                                      "x[1]y",
		"{% macro m() %}{% for i in [1, 2] %}{% set s %}{% if i == 2 %}{{ return(i + 40) }}{% endif %}{% endset %}{% endfor %}{% endmacro %}{{ m() + 0 }}": "42",
		"{% macro i() %}{{ return('i') }}{% endmacro %}{% macro o() %}<{{ i() }}>{% endmacro %}{{ o() }}":                                                  "<i>",
		"{% macro m() %}{% do return() %}{% endmacro %}{{ m() is none }}":                                                                                  "True",
		"{% macro m() %}{{ caller() }}b{% endmacro %}{% call m() %}{{ return('c') }}{% endcall %}":                                                         "c",
	} {
		if got, err := env.Render(t.Context(), parse(t, "t.sql", src)); err != nil || got != want {
			t.Errorf("%s\ngot  %q, error %v\nwant %q", src, got, err, want)
		}
	}
}

// TestMacros finds the blocks of a template, and binds them with names of
// their own.
func TestMacros(t *testing.T) {
	tpl := parse(t, "m.sql", `{% macro a(x, y=1) %}{{ where }}{% endmacro %}
{% test t(model: relation, list: list[string]) %}{% macro inner() %}{% endmacro %}{% endtest %}
{% materialization m, adapter='snowflake' %}{% endmaterialization %}
{% if true %}{% macro hidden() %}{% endmacro %}{% endif %}
  {% docs d %}text{% enddocs %}{% snapshot s %}{% endsnapshot %}{% data_test u(model) %}{% enddata_test %}`)
	var got []string
	for _, m := range tpl.Macros {
		line, col := tpl.Position(m)
		got = append(got, fmt.Sprintf("%s %s %s %d %d:%d", m.Kind, m.Name, m.Adapter, len(m.Params), line, col))
	}
	want := []string{
		"macro a default 2 1:4", "test t default 2 2:4", "materialization m snowflake 0 3:4",
		"docs d default 0 5:6", "snapshot s default 0 5:35", "test u default 1 5:68",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("want -, got +:\n%s", diff)
	}
	theirs := &jinja.Env{Lookup: func(name string) (any, bool) { return "theirs", name == "where" }}
	a := jinja.Bind(tpl, tpl.Macros[0], theirs)
	ours := &jinja.Env{Lookup: func(name string) (any, bool) {
		v, ok := map[string]any{"where": "ours", "a": a}[name]
		return v, ok
	}}
	if got, err := ours.Render(t.Context(), parse(t, "t.sql", "{{ where }} {{ a() }} {{ a }} {{ a.name }}{{ a.arguments }}{{ a.catch_varargs }}")); err != nil ||
		got != "ours theirs <Macro 'a'> a('x', 'y')False" {
		t.Errorf("got %q, error %v", got, err)
	}
}

func TestHideMacros(t *testing.T) {
	tpl := parse(t, "t.sql", "{% macro m() %}x{% endmacro %}{{ m() }}")
	if got, err := (&jinja.Env{}).Render(t.Context(), tpl); err != nil || got != "x" {
		t.Errorf("shown: got %q, error %v", got, err)
	}
	if _, err := (&jinja.Env{HideMacros: true}).Render(t.Context(), tpl); err == nil || err.Error() != "t.sql:1:34: 'm' is undefined" {
		t.Errorf("hidden: got error %v", err)
	}
}

func TestEnvCall(t *testing.T) {
	env := &jinja.Env{}
	tpl := parse(t, "m.sql", "{% macro m(a, b=2) %}{{ a }}-{{ b }}{{ caller('x') if caller }}{% endmacro %}")
	m := jinja.Bind(tpl, tpl.Macros[0], env)
	caller := jinja.Func(func(a *jinja.Args) (any, error) { return "+" + a.Str(0, "", ""), nil })
	if got, err := env.Call(t.Context(), m, []any{int64(1)}, value.DictOf("b", "z", "caller", caller)); err != nil || got != "1-z+x" {
		t.Errorf("got %v, error %v", got, err)
	}
	if _, err := env.Call(t.Context(), "text", nil, nil); err == nil || err.Error() != "TypeError: 'str' object is not callable" {
		t.Errorf("a text: got error %v", err)
	}
	if _, err := m.Call(&jinja.Args{}); err == nil {
		t.Error("a macro runs without a render")
	}
}

// TestErrorIs keeps the host's error inside that of the template.
func TestErrorIs(t *testing.T) {
	cause := errors.New("the cause")
	fails := jinja.Func(func(*jinja.Args) (any, error) { return nil, fmt.Errorf("wrapped: %w", cause) })
	env := &jinja.Env{Lookup: func(name string) (any, bool) { return fails, name == "fails" }}
	_, err := env.Render(t.Context(), parse(t, "t.sql", "{% macro m() %}{% for x in [1] %}{{ fails() }}{% endfor %}{% endmacro %}{{ m() }}"))
	var placed *jinja.Error
	if !errors.Is(err, cause) || !errors.As(err, &placed) || placed.Col != 37 {
		t.Errorf("got %v", err)
	}
	_, err = env.Render(t.Context(), parse(t, "t.sql", "{{ 1 + nope }}"))
	var undefined *value.UndefinedError
	if !errors.As(err, &undefined) || undefined.Msg != "'nope' is undefined" {
		t.Errorf("got %v", err)
	}
}

// TestTogether renders one template many times at once. Run it with -race.
func TestTogether(t *testing.T) {
	tpl := parse(t, "t.sql", "{% macro m(n) %}{{ n * 2 }}{% endmacro %}{% for i in range(20) %}{{ m(i) }}{{ [i] | map('string') | join }} {% endfor %}")
	env := &jinja.Env{}
	want, err := env.Render(t.Context(), tpl)
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 20 {
				if got, err := env.Render(t.Context(), tpl); err != nil || got != want {
					t.Errorf("got %q, error %v", got, err)
				}
			}
		})
	}
	wg.Wait()
}
