package render_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/snowpit-dev/snowpit/runner"
	"github.com/snowpit-dev/snowpit/runner/render"
	"github.com/snowpit-dev/snowpit/runner/render/jinja"
)

const macros = `
{% macro cents(column, scale=2) %}({{ column }} / 100)::numeric(16, {{ scale }}){% endmacro %}
{% macro rows_of(name) %}{{ ref(name) }}{% endmacro %}
{% macro middle() %}{{ nothing_here() }}{% endmacro %}
{% macro outer() %}
  {{ middle() }}
{% endmacro %}
{% macro the_list() %}text{{ return(['a', 'b']) }}more{% endmacro %}
{% macro deep(n) %}{{ deep(n + 1) }}{% endmacro %}
{% macro not_null(x) %}mine{% endmacro %}
{% macro one_or(name, otherwise) %}
{%- call statement(name) %}{% if execute %}{{ return(otherwise) }}{% endif %}selec 1{% endcall -%}
{{ return('after ' ~ otherwise ~ ': ' ~ load_result(name)) }}
{% endmacro %}
`

func vars(all map[string]any) func(string) map[string]any {
	return func(string) map[string]any { return all }
}

// library is a project with a few macros.
func library(t *testing.T) *render.Library {
	t.Helper()
	l := &render.Library{
		Project: "shop",
		Target: runner.Target{
			Profile: "p", Name: "dev", Type: "duckdb", Database: "DB", Schema: "MAIN", Threads: 4,
			Settings: map[string]any{"account": "ab12", "password": "secret"},
		},
		Vars:  vars(map[string]any{"year": 2020, "list": []any{1, "a"}}),
		Env:   func(name string) (string, bool) { return "value of " + name, name == "HOME" },
		Start: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC),
	}
	if err := l.AddOwn(); err != nil {
		t.Fatal(err)
	}
	if err := l.AddMacros("shop", "macros/m.sql", macros); err != nil {
		t.Fatal(err)
	}
	return l
}

func relation(parts ...string) render.Relation {
	return render.Relation{Relation: runner.Relation{Database: parts[0], Schema: parts[1], Identifier: parts[2]}}
}

// scope knows a model orders and a source raw.items, and notes configs.
func scope(configs map[string]any) render.Scope {
	return render.Scope{
		Node: map[string]any{"name": "a", "tags": []any{"daily"}}, This: relation("DB", "MAIN", "A"),
		Execute: true, Incremental: true, RunID: "run-1",
		Ref: func(_ runner.Pos, pkg, name, _ string) (any, error) {
			if name != "orders" {
				return nil, fmt.Errorf("there is no model %s%s", pkg, name)
			}
			return relation("DB", "MAIN", "ORDERS"), nil
		},
		Source: func(_ runner.Pos, source, table string) (any, error) {
			if source+"."+table != "raw.items" {
				return nil, fmt.Errorf("there is no source %s.%s", source, table)
			}
			return relation("DB", "RAW", "ITEMS"), nil
		},
		Config: func(_ runner.Pos, set map[string]any) error {
			for k, v := range set {
				if k == "nonsense" {
					return fmt.Errorf("config nonsense is unknown")
				}
				configs[k] = v
			}
			return nil
		},
		Get: func(key string) (any, bool) { return "table", key == "materialized" },
	}
}

func renderText(t *testing.T, ctx context.Context, l *render.Library, src string, s render.Scope) (string, error) {
	t.Helper()
	tpl, err := jinja.Parse("models/a.sql", src)
	if err != nil {
		t.Fatal(err)
	}
	return l.Render(ctx, tpl, s)
}

func TestRender(t *testing.T) {
	for _, test := range []struct{ name, src, want string }{
		{"ref", "select * from {{ ref('orders') }}", "select * from DB.MAIN.ORDERS"},
		{"ref parts", "{{ ref('orders').schema }}.{{ ref('orders').identifier }} {{ ref('orders').database }} {{ ref('orders').render() }}", "MAIN.ORDERS DB DB.MAIN.ORDERS"},
		{"ref as a key", "{% set d = {ref('orders'): 1} %}{{ d[ref('orders')] }}", "1"},
		{"ref is mapping", "{{ ref('orders') is mapping }} {{ ref('orders') is string }}", "True False"},
		{"ref in a set", "{% set r = ref('orders') %}{{ r }}{{ r == ref('orders') }}", "DB.MAIN.ORDERSTrue"},
		{"source", "{{ source('raw', 'items') }}", "DB.RAW.ITEMS"},
		{"builtins", "{{ builtins.ref('orders') }} {{ builtins.source('raw', 'items').name }}", "DB.MAIN.ORDERS ITEMS"},
		{"this", "{{ this }} {{ this.schema }} {{ this.name }} {{ schema }} {{ database }}", "DB.MAIN.A MAIN A MAIN DB"},
		{"model", "{{ model.name }} {{ model['tags'] }}", "a ['daily']"},
		{"var", "{{ var('year') + 1 }} {{ var('list') }} {{ var('none', 5) }} {{ var('none', default=none) }}", "2021 [1, 'a'] 5 None"},
		{"has_var", "{{ var.has_var('year') }} {{ var.has_var('none') }}", "True False"},
		{"env_var", "{{ env_var('HOME') }} {{ env_var('NONE', 'x') }} {{ env_var('NONE', 1) is string }}", "value of HOME x True"},
		{"config prints nothing", "[{{ config(materialized='view') }}]", "[]"},
		{"config.get", "{{ config.get('materialized') }} {{ config.get('none') }} {{ config.get('none', 'd') }} {{ config.require('materialized') }}", "table None d table"},
		{"target", "{{ target.name }} {{ target.schema }} {{ target['database'] }} {{ target.profile_name }} {{ target.threads }} {{ target.type }} {{ target.account }}", "dev MAIN DB p 4 snowflake ab12"},
		{"target holds no secrets", "{{ target.password is defined }} {{ 'secret' in target.values() }}", "False False"},
		{"is_incremental", "{% if is_incremental() %}where new{% endif %}", "where new"},
		{"execute", "{{ execute }} {{ flags.FULL_REFRESH }}", "True False"},
		{"run", "{{ invocation_id }} {{ run_started_at }} {{ project_name }}", "run-1 2026-01-02 03:04:05+00:00 shop"},
		{"return", "{{ the_list() }} {{ the_list() | join('+') }}", "['a', 'b'] a+b"},
		{"macro", "{{ cents('x') }} {{ cents('y', scale=4) }}", "(x / 100)::numeric(16, 2) (y / 100)::numeric(16, 4)"},
		{"macro of the project", "{{ shop.cents('x') }}", "(x / 100)::numeric(16, 2)"},
		{"ref inside a macro", "{{ rows_of('orders') }}", "DB.MAIN.ORDERS"},
		{"a model's own macros are hidden", "{% macro mine() %}x{% endmacro %}{{ mine is defined }}", "False"},
		{"tojson", "{{ tojson({'b': 1, 'a': [none, true]}) }} {{ tojson({'b': 1, 'a': 2}, sort_keys=true) }} {{ tojson(ref, 'd') }}", `{"b": 1, "a": [null, true]} {"a": 2, "b": 1} d`},
		{"fromjson", `{{ fromjson('{"a": [1, 2.0]}').a }} {{ fromjson('{', 'd') }}`, "[1, 2.0] d"},
		{"set", "{{ set([1, 2, 1]) | list }} {{ set(5, 'd') }} {{ set_strict('aab') | list }}", "[1, 2] d ['a', 'b']"},
		{"a set prints and compares as a set", "{% set s = set(['b', 'a']) %}{{ s }} {{ set([]) }} {{ s == set(['a', 'b']) }} {{ s != set(['a']) }} {{ 'a' in s }} {{ s | length }} {{ s is iterable }} {{ s is sequence }}", "{'b', 'a'} set() True True True 2 True False"},
		{"a set's methods", "{% set s = set([1]) %}{% do s.add(2) %}{% do s.update([3], [4]) %}{% do s.discard(1) %}{% do s.remove(4) %}{{ s }} {{ s.union([5], [6]) }} {{ s.intersection([3, 9]) }} {{ s.difference([3]) }} {{ s.symmetric_difference([3, 5]) }} {{ s.issubset([1, 2, 3]) }} {{ s.issuperset([2]) }} {{ s.isdisjoint([2]) }} {{ s.pop() }} {{ s.copy() }}", "{2, 3} {2, 3, 5, 6} {3} {2} {2, 5} True True False 2 {3}"},
		{"a set's operators", "{% set s = set([1, 2]) %}{{ s - set([2]) }} {{ s < set([1, 2, 3]) }} {{ s <= s }} {{ s > set([2]) }} {{ s < set([3]) }} {{ s > set([3]) }}", "{1} True True True False False"},
		{"keys as a set", "{{ {'a': 1, 'b': 2}.keys() - {'a': 3}.keys() }} {{ {'a': 1, 'b': 2}.keys() == {'b': 1, 'a': 2}.keys() }} {{ {'a': 1}.values() == {'a': 1}.values() }}", "{'b'} True False"},
		{"fromjson keeps the order of keys", `{{ fromjson('{"z": 1, "b": {"y": [1, {"x": null}], "c": 2.5}, "a": "t"}') }} {{ fromjson('{} x', 'd') }} {{ fromjson('[1', 'd') }}`, "{'z': 1, 'b': {'y': [1, {'x': None}], 'c': 2.5}, 'a': 't'} d d"},
		{"zip", "{{ zip([1, 2], ['a', 'b']) | list }}", "[(1, 'a'), (2, 'b')]"},
		{"local_md5", "{{ local_md5('hello') }}", "5d41402abc4b2a76b9719d911017c592"},
		{"as filters leave things as they are in SQL", "{{ '5' | as_number is string }} {{ 'x' | as_bool }} {{ 'x' | as_text }} {{ 'x' | as_native }}", "True x x x"},
		{"log prints nothing", "[{{ log('hello') }}{{ print('x') }}{{ exceptions.warn('careful') }}]", "[]"},
		{"modules", "{{ modules.datetime.date(2024, 2, 29) }} {{ modules.re.sub('[0-9]+', '#', 'a12') }}", "2024-02-29 a#"},
		{"no graph", "{{ 'x' if execute and not graph else 'y' }}", "x"},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := renderText(t, t.Context(), library(t), test.src, scope(map[string]any{}))
			if err != nil {
				t.Fatal(err)
			}
			if got != test.want {
				t.Errorf("%s\ngot  %s\nwant %s", test.src, got, test.want)
			}
		})
	}
}

func TestRenderErrors(t *testing.T) {
	for _, test := range []struct{ name, src, want string }{
		{"unknown ref", "select *\nfrom {{ ref('oders') }}", "models/a.sql:2:9: there is no model oders"},
		{"ref of a package", "{{ ref('p', 'x') }}", "models/a.sql:1:4: there is no model px"},
		{"ref of a number", "{{ ref(1) }}", "models/a.sql:1:4: ref() takes names, such as ref('stg_results'), not 1"},
		{"ref of three", "{{ ref('a', 'b', 'c') }}", "models/a.sql:1:4: ref() takes one name or a package and a name, not 3 arguments"},
		{"ref with a keyword", "{{ ref('orders', version_of=2) }}", "models/a.sql:1:4: ref() takes names and v=, the version of a model, not version_of="},
		{"ref in a macro", "\n{{ rows_of('oders') }}", "macros/m.sql:3:29: there is no model oders"},
		{"unknown source", "{{ source('raw', 'itms') }}", "models/a.sql:1:4: there is no source raw.itms"},
		{"source of one", "{{ source('raw') }}", "models/a.sql:1:4: source() takes a source and a table, such as source('ergast', 'races')"},
		{"required var", "{{ var('yaer') }}", "models/a.sql:1:4: required var 'yaer' not found; did you mean 'year'?: set it under vars in dbt_project.yml or with --vars '{yaer: ...}'"},
		{"env_var", "{{ env_var('NONE') }}", "models/a.sql:1:4: env var required but not provided: 'NONE'; set it, or give env_var a default"},
		{"secret env_var", "{{ env_var('DBT_ENV_SECRET_X') }}", "models/a.sql:1:4: env_var('DBT_ENV_SECRET_X'): a secret may be read in profiles.yml only"},
		{"config unknown", "\n {{ config(nonsense=1) }}", "models/a.sql:2:5: config nonsense is unknown"},
		{"config of a text", "{{ config('table') }}", "models/a.sql:1:4: config() takes keys and values, such as config(materialized='table'), not 'table'"},
		{"config of a macro", "{{ config(x=cents) }}", "models/a.sql:1:4: config x: a value of type Macro cannot be kept"},
		{"config.require", "{{ config.require('none') }}", "models/a.sql:1:10: the config none is required and not set"},
		{"raise", "{{ exceptions.raise_compiler_error('no such year') }}", "models/a.sql:1:14: compilation error: no such year"},
		{"misspelt macro", "{{ cnets('x') }}", "models/a.sql:1:4: 'cnets' is undefined; did you mean 'cents'?"},
		{"misspelt name", "{{ rfe('x') }}", "models/a.sql:1:4: 'rfe' is undefined; did you mean 'ref'?"},
		{"misspelt macro of the project", "{{ shop.cnets('x') }}", "models/a.sql:1:8: package shop has no macro 'cnets'; did you mean 'cents'?"},
		{"misspelt part", "{{ this.shcema.x }}", "models/a.sql:1:15: 'Relation object' has no attribute 'shcema'; did you mean 'schema'?"},
		{"in two macros", "{{ outer() }}", "macros/m.sql:4:24: 'nothing_here' is undefined"},
		{"endless macro", "{{ deep(1) }}", "macros/m.sql:9:4: RecursionError: macro 'deep' is called more than 200 deep; does it call itself without an end?"},
		{"return at the top", "{{ return(1) }}", "models/a.sql:1:4: return() used outside of a macro"},
		{"a model's own macro", "{% macro mine() %}x{% endmacro %}{{ mine() }}", "models/a.sql:1:37: 'mine' is undefined"},
		{"fromjson", "{{ fromjson('{') }}", "models/a.sql:1:4: fromjson: unexpected EOF"},
		{"run_query", "{% set r = run_query('select 1') %}", "models/a.sql:1:12: run_query: there is no warehouse to ask here"},
		{"statement", "{% call statement('x') %}select 1{% endcall %}", "models/a.sql:1:9: statement: there is no warehouse to ask here"},
		{"adapter", "{{ adapter.dispatch('x')() }}", "models/a.sql:1:11: adapter.dispatch: there is no macro 'x'; searched for: shop.snowflake__x, shop.default__x, dbt.snowflake__x, dbt.default__x"},
		{"graph", "{% for n in graph.nodes.values() %}{% endfor %}", "models/a.sql:1:24: 'dict object' has no attribute 'nodes'"},
		{"dbt's macros", "{{ dbt.type_strnig() }}", "models/a.sql:1:7: package dbt has no macro 'type_strnig'; did you mean 'type_string'?"},
		{"a name of a later version", "{{ submit_python_job(1) }}", "models/a.sql:1:4: submit_python_job is not supported yet"},
		{"exceptions", "{{ exceptions.raise_not_implemented('x') }}", "models/a.sql:1:14: not implemented: x"},
		{"modules", "{{ modules.itertools.cycle() }}", "models/a.sql:1:21: itertools.cycle is not supported yet"},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := renderText(t, t.Context(), library(t), test.src, scope(map[string]any{}))
			var placed *jinja.Error
			if !errors.As(err, &placed) || err.Error() != test.want {
				t.Errorf("%s\ngot  %q, error %v\nwant %s", test.src, got, err, test.want)
			}
		})
	}
}

// TestConfig sets configs of every type, which keep the difference between 1
// and 1.0.
func TestConfig(t *testing.T) {
	got := map[string]any{}
	src := "{{ config({'tags': ['a', 'b']}, materialized='table', split={'size': 1.0, 'seed': 42}, on=true, none=none, rel=ref('orders')) }}"
	if _, err := renderText(t, t.Context(), library(t), src, scope(got)); err != nil {
		t.Fatal(err)
	}
	want := `map[materialized:table none:<nil> on:true rel:DB.MAIN.ORDERS split:{'size': 1.0, 'seed': 42} tags:[a b]]`
	if text := fmt.Sprint(got); text != want {
		t.Errorf("got  %s\nwant %s", text, want)
	}
}

// TestPositions says where refs, sources and configs stand, inside macros too.
func TestPositions(t *testing.T) {
	var got []string
	note := func(at runner.Pos) { got = append(got, at.String()) }
	s := render.Scope{
		Ref:    func(at runner.Pos, _, name, _ string) (any, error) { note(at); return name, nil },
		Source: func(at runner.Pos, _, name string) (any, error) { note(at); return name, nil },
		Config: func(at runner.Pos, _ map[string]any) error { note(at); return nil },
	}
	if _, err := renderText(t, t.Context(), library(t), "é {{ config(a=1) }}\n{{ rows_of('x') }} {{ source('a', 'b') }}", s); err != nil {
		t.Fatal(err)
	}
	want := []string{"models/a.sql:1:6", "macros/m.sql:3:29", "models/a.sql:2:23"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("want -, got +:\n%s", diff)
	}
}

func TestLog(t *testing.T) {
	l := library(t)
	var got []string
	l.Log = func(level, message string) { got = append(got, level+" "+message) }
	src := "{{ log('a') }}{{ log('b', info=true) }}{{ print(1) }}{% do exceptions.warn('w') %}"
	if _, err := renderText(t, t.Context(), l, src, render.Scope{}); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"debug a", "info b", "info 1", "warn w"}, got); diff != "" {
		t.Errorf("want -, got +:\n%s", diff)
	}
}

// TestNothingGiven renders with the zero values of library and scope.
func TestNothingGiven(t *testing.T) {
	got, err := renderText(t, t.Context(), &render.Library{}, "{{ config(a=1) }}{{ is_incremental() }} {{ execute }} {{ this is defined }} {{ log('x') }}", render.Scope{})
	if err != nil || got != "False False False " {
		t.Errorf("got %q, error %v", got, err)
	}
	for _, src := range []string{"{{ ref('a') }}", "{{ source('a', 'b') }}"} {
		if _, err := renderText(t, t.Context(), &render.Library{}, src, render.Scope{}); err == nil || !strings.Contains(err.Error(), "cannot be used here") {
			t.Errorf("%s: got error %v", src, err)
		}
	}
}

// TestCancelled stops a model, a macro and an expression with their context.
func TestCancelled(t *testing.T) {
	l := library(t)
	endless := "{% macro endless() %}{% for i in range(100000) %}{% for j in range(100000) %}{% endfor %}{% endfor %}{% endmacro %}"
	if err := l.AddMacros("shop", "macros/endless.sql", endless); err != nil {
		t.Fatal(err)
	}
	for name, run := range map[string]func(ctx context.Context) error{
		"model": func(ctx context.Context) error {
			_, err := renderText(t, ctx, l, "{{ endless() }}", render.Scope{})
			return err
		},
		"macro": func(ctx context.Context) error { _, err := l.Call(ctx, "endless", render.Scope{}, nil); return err },
		"expression": func(ctx context.Context) error {
			_, err := l.Value(ctx, "a.yml:1", "endless()", render.Scope{})
			return err
		},
	} {
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
		begin := time.Now()
		if err := run(ctx); !errors.Is(err, context.DeadlineExceeded) || time.Since(begin) > 2*time.Second {
			t.Errorf("%s: got error %v after %v", name, err, time.Since(begin))
		}
		cancel()
	}
}

func TestValue(t *testing.T) {
	l := library(t)
	for expr, want := range map[string]string{
		"1 + 1": "2", "ref('orders')": "DB.MAIN.ORDERS", "['a', var('year')]": "['a', 2020]", "env_var('HOME')": "'value of HOME'", "none": "None",
	} {
		got, err := l.Value(t.Context(), "a.yml:3", expr, scope(map[string]any{}))
		if err != nil || jinja.Repr(got) != want {
			t.Errorf("%s: got %s, error %v; want %s", expr, jinja.Repr(got), err, want)
		}
	}
	for _, expr := range []string{"1 +", "", "1 }} {{ 2", "nope()", "1 %}", "'"} {
		if got, err := l.Value(t.Context(), "a.yml:3", expr, render.Scope{}); err == nil {
			t.Errorf("%q: got %v, want an error", expr, got)
		}
	}
}

func TestCall(t *testing.T) {
	l := library(t)
	got, err := l.Call(t.Context(), "cents", render.Scope{}, map[string]any{"column": "x", "scale": int64(3)})
	if err != nil || got != "(x / 100)::numeric(16, 3)" {
		t.Errorf("got %q, error %v", got, err)
	}
	if got, err := l.Call(t.Context(), "the_list", render.Scope{}, nil); err != nil || got != "['a', 'b']" {
		t.Errorf("return: got %q, error %v", got, err)
	}
	for name, kwargs := range map[string]map[string]any{"none": nil, "cents": {"colunm": "x"}, "outer": nil} {
		if got, err := l.Call(t.Context(), name, render.Scope{}, kwargs); err == nil {
			t.Errorf("%s: got %q, want an error", name, got)
		}
	}
}

func TestAddMacros(t *testing.T) {
	l := library(t)
	if !l.Has("cents") || l.Has("test_unique") || l.Has("none") {
		t.Error("Has is wrong about what the project defines")
	}
	if err := l.AddMacros("shop", "x.sql", "{% docs d %}text{% enddocs %}{% data_test mine(model) %}{% enddata_test %}"); err != nil || !l.HasTest("shop", "", "mine") {
		t.Errorf("a data_test: error %v", err)
	}
	if diff := cmp.Diff([]string{"accepted_values", "mine", "not_null", "relationships", "unique"}, l.Tests("shop")); diff != "" {
		t.Errorf("want -, got +:\n%s", diff)
	}
	for text, want := range map[string]string{
		"\n{% macro cents(a) %}{% endmacro %}": "y.sql:2:4: there is a macro cents in macros/m.sql already; rename one of them",
		"{% macro m( %}":                       "y.sql:1:14: unexpected '}', expected ')'",
	} {
		if err := l.AddMacros("shop", "y.sql", text); err == nil || err.Error() != want {
			t.Errorf("%s\ngot  %v\nwant %s", text, err, want)
		}
	}
}

// TestGenericTests are the statements of dbt's own tests, in which white space
// does not matter, and a project's test in the place of one.
func TestGenericTests(t *testing.T) {
	rel := relation("DB", "MAIN", "A")
	for name, test := range map[string]struct {
		args map[string]any
		want string
	}{
		"not_null": {nil, "select id from DB.MAIN.A where id is null"},
		"unique":   {nil, "select id as unique_field, count(*) as n_records from DB.MAIN.A where id is not null group by id having count(*) > 1"},
		"accepted_values": {map[string]any{"values": jinja.FromGo([]any{"it's", 1})},
			"with all_values as ( select id as value_field, count(*) as n_records from DB.MAIN.A group by id ) select * from all_values where value_field not in ('it''s', '1')"},
		"relationships": {map[string]any{"to": relation("DB", "MAIN", "B"), "field": "b_id"},
			"with child as ( select id as from_field from DB.MAIN.A where id is not null ), parent as ( select b_id as to_field from DB.MAIN.B ) " +
				"select from_field from child left join parent on child.from_field = parent.to_field where parent.to_field is null"},
	} {
		args := map[string]any{"model": rel, "column_name": "id"}
		for k, v := range test.args {
			args[k] = v
		}
		got, err := library(t).Call(t.Context(), "test_"+name, render.Scope{}, args)
		if got = strings.Join(strings.Fields(got), " "); err != nil || got != test.want {
			t.Errorf("%s: error %v\ngot  %s\nwant %s", name, err, got, test.want)
		}
	}
	l := library(t)
	if err := l.AddMacros("shop", "tests/u.sql", "{% test unique(model, column_name) %}mine{% endtest %}"); err != nil {
		t.Fatal(err)
	}
	if got, err := l.Call(t.Context(), "test_unique", render.Scope{}, map[string]any{"model": rel, "column_name": "id"}); err != nil || got != "mine" {
		t.Errorf("the project's: got %q, error %v", got, err)
	}
}
