package jinja_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/snowpit-dev/snowpit/runner/render/jinja"
	"github.com/snowpit-dev/snowpit/runner/render/jinja/value"
)

// TestCancel stops templates that would go on for years.
func TestCancel(t *testing.T) {
	for name, src := range map[string]string{
		"loops":        strings.Repeat("{% for i in range(100000) %}", 4) + strings.Repeat("{% endfor %}", 4),
		"loop filters": "{% for i in range(100000) if i < 0 %}{% endfor %}" + strings.Repeat("{% for i in range(100000) %}{% for j in range(100000) if j < 0 %}{% endfor %}", 2) + strings.Repeat("{% endfor %}", 2),
		"macro calls":  "{% macro m(n) %}{% if n %}{{ m(n - 1) }}{{ m(n - 1) }}{% endif %}{% endmacro %}{{ m(90) }}",
		"filters":      "{% set ns = namespace() %}{% for i in range(100000) %}{% set ns.x = range(100000) | map('string') | select | sum(start='') | length %}{% endfor %}",
	} {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
			defer cancel()
			begin := time.Now()
			_, err := render(ctx, "t.sql", src, nil)
			if took := time.Since(begin); took > 2*time.Second {
				t.Errorf("it took %v", took)
			}
			if !errors.Is(err, context.DeadlineExceeded) && !errors.Is(err, value.ErrTooLarge) {
				t.Errorf("got error %v, want the context's", err)
			}
		})
	}
}

// TestCancelCause says why a render was stopped, and where it stood.
func TestCancelCause(t *testing.T) {
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(errors.New("interrupted by the user"))
	_, err := render(ctx, "t.sql", "a\n{% for i in range(1000) %}{% endfor %}", nil)
	if got, want := fmt.Sprint(err), "t.sql:2:4: rendering stopped: interrupted by the user"; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestMaxDepth(t *testing.T) {
	tpl, err := jinja.Parse("t.sql", "{% macro m(n) %}{{ n }}{% if n %}{{ m(n - 1) }}{% endif %}{% endmacro %}{{ m(5) }}")
	if err != nil {
		t.Fatal(err)
	}
	if got, err := (&jinja.Env{MaxDepth: 6}).Render(t.Context(), tpl); err != nil || got != "543210" {
		t.Errorf("6 levels: got %q, error %v", got, err)
	}
	if got, err := (&jinja.Env{MaxDepth: 5}).Render(t.Context(), tpl); err == nil || got != "" {
		t.Errorf("5 levels: got %q, want an error", got)
	}
}

func TestMaxOutput(t *testing.T) {
	tpl, err := jinja.Parse("t.sql", "0123456789")
	if err != nil {
		t.Fatal(err)
	}
	if got, err := (&jinja.Env{MaxOutput: 10}).Render(t.Context(), tpl); err != nil || got != "0123456789" {
		t.Errorf("10 bytes: got %q, error %v", got, err)
	}
	if _, err := (&jinja.Env{MaxOutput: 9}).Render(t.Context(), tpl); !errors.Is(err, value.ErrTooLarge) {
		t.Errorf("9 bytes: got error %v", err)
	}
}

// TestParseTime reads large templates of several shapes. Twice the text must
// not take much more than twice the time, which is bounded here by a rate far
// below that of a parser whose time grows with the square.
func TestParseTime(t *testing.T) {
	for name, piece := range map[string]string{
		"prints":       "{{ a }}",
		"text":         "select 1 from t where x = '{' ",
		"ifs":          "{% if a %}b{% endif %}",
		"elifs":        "{% elif a %}",
		"raw":          "{% raw %}{{ x }}{% endraw %}",
		"comments":     "{# x #}",
		"calls":        "{{ ref('a').b(c, d=1) | upper }}\n",
		"strings":      `{{ "\\\\\\\\" }}`,
		"braces":       "{ ",
		"macros":       "{% macro m(a, b=1) %}{{ a }}{% endmacro %}",
		"open comment": "{#",
		"open raw":     "{% raw %}",
	} {
		t.Run(name, func(t *testing.T) {
			src := strings.Repeat(piece, 1<<20/len(piece))
			if name == "elifs" {
				src = "{% if a %}" + src + "{% endif %}"
			}
			begin := time.Now()
			_, err := jinja.Parse("t.sql", src)
			if took := time.Since(begin); took > 5*time.Second {
				t.Errorf("1 MB took %v", took)
			}
			if wrong := strings.HasPrefix(name, "open "); (err != nil) != wrong {
				t.Errorf("got error %v", err)
			}
		})
	}
}

// TestTenThousand nests 10,000 of everything that nests.
func TestTenThousand(t *testing.T) {
	const n = 10_000
	for name, src := range map[string]string{
		"parentheses": "{{ " + strings.Repeat("(", n) + "1" + strings.Repeat(")", n) + " }}",
		"lists":       "{{ " + strings.Repeat("[", n) + strings.Repeat("]", n) + " }}",
		"dicts":       "{{ " + strings.Repeat("{1:", n) + "1" + strings.Repeat("}", n) + " }}",
		"items":       "{{ a" + strings.Repeat("[a", n) + strings.Repeat("]", n) + " }}",
		"calls":       "{{ " + strings.Repeat("a(", n) + strings.Repeat(")", n) + " }}",
		"signs":       "{{ " + strings.Repeat("-", n) + "1 }}",
		"nots":        "{{ " + strings.Repeat("not ", n) + "1 }}",
		"conditions":  "{{ " + strings.Repeat("1 if 1 else ", n) + "1 }}",
		"attributes":  "{{ a" + strings.Repeat(".a", n) + " }}",
		"filters":     "{{ a" + strings.Repeat("|e", n) + " }}",
		"ors":         "{{ a" + strings.Repeat(" or a", n) + " }}",
		"powers":      "{{ a" + strings.Repeat(" ** a", n) + " }}",
		"targets":     "{% set " + strings.Repeat("(", n) + "a" + strings.Repeat(")", n) + " = 1 %}",
		"fors":        strings.Repeat("{% for a in b %}", n) + strings.Repeat("{% endfor %}", n),
		"macros":      strings.Repeat("{% macro a() %}", n) + strings.Repeat("{% endmacro %}", n),
		"types":       "{% macro a(b: " + strings.Repeat("list[", n) + "x" + strings.Repeat("]", n) + ") %}{% endmacro %}",
	} {
		t.Run(name, func(t *testing.T) {
			_, err := jinja.Parse("t.sql", src)
			var placed *jinja.Error
			if !errors.As(err, &placed) || placed.Line != 1 || placed.Col < 200 {
				t.Errorf("got error %v, want one in the middle of line 1", err)
			}
		})
	}
}

// TestQuadratic does what would take for ever if its time grew with the
// square of the text.
func TestQuadratic(t *testing.T) {
	for _, src := range []string{
		"{{ ('a,' * 10**6).rsplit(',', 10**6) | length }}", "{{ ('a' * 10**6) | wordwrap(1) | length }}",
		"{{ ('a ' * 10**6) | wordwrap(10**7) | length }}", "{{ ('a ' * 10**6).split(none, 10**6) | length }}",
		"{{ ('<' * 10**6) | striptags | length }}", "{{ ('{{}}' * 10**6).format() | length }}", "{{ ('a\n' * 10**6).splitlines() | length }}",
		"{% set d = {} %}{% for i in range(50000) %}{% do d.update({i: 1}) %}{% endfor %}{% for i in range(50000) %}{% do d.pop(i) %}{% endfor %}{{ d }}",
		"{{ ('%%' * 10**6) % () | length }}", "{{ [range(100000)] * 20 | map('list') | map('sort') | list | length }}",
	} {
		begin := time.Now()
		if _, err := render(t.Context(), "t.sql", src, nil); err != nil && !errors.Is(err, value.ErrTooLarge) && !strings.Contains(err.Error(), "TypeError") {
			t.Errorf("%s: %v", src, err)
		}
		if took := time.Since(begin); took > 5*time.Second {
			t.Errorf("%s took %v", src, took)
		}
	}
}
