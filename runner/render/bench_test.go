package render_test

import (
	"testing"

	"github.com/snowpit-dev/snowpit/runner/render"
	"github.com/snowpit-dev/snowpit/runner/render/jinja"
)

// BenchmarkRender renders a small model with all of dbt's context around it.
func BenchmarkRender(b *testing.B) {
	l := &render.Library{Project: "shop", Vars: vars(map[string]any{"year": 2020})}
	if err := l.AddMacros("shop", "m.sql", macros); err != nil {
		b.Fatal(err)
	}
	tpl, err := jinja.Parse("a.sql", `{{ config(materialized='incremental') }}
select {{ cents('amount') }} as amount from {{ ref('orders') }}
{% if is_incremental() %}where year > {{ var('year') }}{% endif %}`)
	if err != nil {
		b.Fatal(err)
	}
	s := scope(map[string]any{})
	for b.Loop() {
		if _, err := l.Render(b.Context(), tpl, s); err != nil {
			b.Fatal(err)
		}
	}
}
