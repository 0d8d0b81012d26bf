package jinja_test

import (
	"context"
	"fmt"

	"github.com/snowpit-dev/snowpit/runner/render/jinja"
)

// A template with a function of the host.
func Example() {
	tpl, err := jinja.Parse("models/points.sql", `
select
{%- for c in ['driver', 'team'] %}
  {{ c }},
{%- endfor %}
  sum(points) as points
from {{ ref('results') }}
group by all`)
	if err != nil {
		fmt.Println(err)
		return
	}
	ref := jinja.Func(func(a *jinja.Args) (any, error) {
		return "F1.CORE." + a.Str(0, "name", ""), nil
	})
	env := &jinja.Env{Lookup: func(name string) (any, bool) { return ref, name == "ref" }}
	sql, err := env.Render(context.Background(), tpl)
	fmt.Println(sql, err)
	// Output:
	// select
	//   driver,
	//   team,
	//   sum(points) as points
	// from F1.CORE.results
	// group by all <nil>
}

// What is wrong with a template is said with its place.
func ExampleEnv_Render_error() {
	tpl, err := jinja.Parse("models/points.sql", "select *\nfrom {{ rfe('results') }}")
	if err != nil {
		fmt.Println(err)
		return
	}
	env := &jinja.Env{
		Lookup: func(string) (any, bool) { return nil, false },
		Names:  func() []string { return []string{"ref", "source"} },
	}
	_, err = env.Render(context.Background(), tpl)
	fmt.Println(err)
	// Output: models/points.sql:2:9: 'rfe' is undefined; did you mean 'ref'?
}

// The macros of one template, called from another.
func ExampleBind() {
	lib, err := jinja.Parse("macros/money.sql", "{% macro cents(column) %}{{ column }} / 100{% endmacro %}")
	if err != nil {
		fmt.Println(err)
		return
	}
	env := &jinja.Env{}
	cents := jinja.Bind(lib, lib.Macros[0], env)
	env.Lookup = func(name string) (any, bool) { return cents, name == "cents" }
	v, err := env.Value(context.Background(), "inline", "cents('amount') | upper")
	fmt.Println(v, err)
	// Output: AMOUNT / 100 <nil>
}
