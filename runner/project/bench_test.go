package project_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/snowpit-dev/snowpit/runner"
	"github.com/snowpit-dev/snowpit/runner/project"
)

// generate writes a project of n models in layers, each with its properties, a
// description, a doc block and two tests, as projects of that size have.
func generate(tb testing.TB, n int) string {
	tb.Helper()
	dir := tb.TempDir()
	write := func(name, text string) {
		file := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o777); err != nil {
			tb.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o666); err != nil {
			tb.Fatal(err)
		}
	}
	write("dbt_project.yml", "name: big\nvars: {since: 2020}\nmodels:\n  big:\n    +tags: all\n    layer_0: {+materialized: table}\n")
	write("macros/m.sql", "{% macro cents(c) %}({{ c }} / 100)::numeric(16, 2){% endmacro %}\n{% macro pick(cols) %}{% for c in cols %}{{ c }}{% if not loop.last %}, {% endif %}{% endfor %}{% endmacro %}")
	write("models/docs.md", "{% docs key %}\nThe key.\n{% enddocs %}")
	write("models/sources.yml", "sources:\n  - name: raw\n    tables: [{name: orders}]\n")
	for i := range n {
		layer, from := i%10, "source('raw', 'orders')"
		if i >= 10 {
			from = fmt.Sprintf("ref('model_%d')", i-10)
		}
		if i >= 20 && i%3 == 0 {
			from += fmt.Sprintf(" }} as a join {{ ref('model_%d')", i-20)
		}
		folder := fmt.Sprintf("models/layer_%d/group_%d/", layer, i/100)
		write(folder+fmt.Sprintf("model_%d.sql", i), fmt.Sprintf(`{{ config(tags=['t%d'], alias='m_%d') }}
with base as (
    select {{ pick(['id', 'placed', 'amount']) }}, {{ cents('amount') }} as price
    from {{ %s }}
    {%% if is_incremental() %%}where placed > (select max(placed) from {{ this }}){%% endif %%}
)
select * from base where year(placed) >= {{ var('since') }}
`, i%7, i, from))
		write(folder+fmt.Sprintf("model_%d.yml", i), fmt.Sprintf(`models:
  - name: model_%d
    description: "Model %d: {{ doc('key') }}"
    columns:
      - name: id
        description: '{{ doc("key") }}'
        data_tests: [unique, not_null]
      - name: price
        description: What it costs.
`, i, i))
	}
	return dir
}

// compileAll reads a project and renders every model and test in it.
func compileAll(tb testing.TB, dir string, opts project.Options) *project.Project {
	tb.Helper()
	p, err := project.Load(dir, opts)
	if err != nil {
		tb.Fatal(err)
	}
	for _, id := range p.Graph.Order() {
		if n := p.Nodes[id]; n.Type == runner.Model || n.Type == runner.Test {
			if _, err := p.Compile(tb.Context(), n, runner.CompileOptions{}); err != nil {
				tb.Fatal(err)
			}
		}
	}
	return p
}

// BenchmarkThousandModels reads and compiles generated projects of 1,000 and
// 5,000 models with two tests each. The bars are 2 seconds for 1,000, and that
// a model of 5,000 takes as long as one of 1,000; parsed is how many files a
// second run reads again after one of them changed.
func BenchmarkThousandModels(b *testing.B) {
	small, large := generate(b, 1000), generate(b, 5000)
	var one, five, again time.Duration
	parsed := 0
	for i := 0; b.Loop(); i++ {
		start := time.Now()
		compileAll(b, small, project.Options{})
		one += time.Since(start)
		start = time.Now()
		compileAll(b, large, project.Options{})
		five += time.Since(start)

		if _, err := project.Load(small, project.Options{Cache: true}); err != nil {
			b.Fatal(err)
		}
		file := filepath.Join(small, "models", "layer_1", "group_0", "model_1.sql")
		if err := os.WriteFile(file, fmt.Appendf(nil, "select %d as id from {{ source('raw', 'orders') }}", i), 0o666); err != nil {
			b.Fatal(err)
		}
		start = time.Now()
		p, err := project.Load(small, project.Options{Cache: true})
		if err != nil {
			b.Fatal(err)
		}
		again += time.Since(start)
		parsed = p.Read.Parsed
	}
	n := float64(b.N)
	b.ReportMetric(one.Seconds()/n, "s/1000-models")
	b.ReportMetric(five.Seconds()/n, "s/5000-models")
	b.ReportMetric(five.Seconds()/one.Seconds()/5, "x-a-model")
	b.ReportMetric(again.Seconds()/n, "s/read-again")
	b.ReportMetric(float64(parsed), "parsed-again")
}
