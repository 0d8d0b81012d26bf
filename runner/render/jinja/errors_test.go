package jinja_test

import (
	"errors"
	"testing"

	"github.com/snowpit-dev/snowpit/runner/render/jinja"
)

func TestErrors(t *testing.T) {
	for _, test := range []struct{ name, src, want string }{
		{"undefined call", "a\n  {{ nope(1) }}", "t.sql:2:6: 'nope' is undefined"},
		{"open block", "{% if x %}\nselect 1", "t.sql:2:9: unexpected end of template, looking for: elif, else, endif"},
		{"unknown tag", "select\n {% foo %}", "t.sql:2:5: Encountered unknown tag 'foo'"},
		{"bad token", "é{{ 1 ? 2 }}", "t.sql:1:7: unexpected char '?'"},
		{"filter", "{{ 1 | nofilter }}", "t.sql:1:8: No filter named 'nofilter'"},
		{"open string", "{{ 'abc }}", "t.sql:1:4: unterminated string"},
		{"in a macro", "{% macro m() %}\n{{ 1 + 'a' }}{% endmacro %}\n{{ m() }}", "t.sql:2:6: TypeError: unsupported operand type(s) for +: 'int' and 'str'"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := render("t.sql", test.src, nil)
			var placed *jinja.Error
			if !errors.As(err, &placed) || err.Error() != test.want {
				t.Errorf("got  %v\nwant %s", err, test.want)
			}
		})
	}
}
