package render_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/snowpit-dev/snowpit/runner/render"
)

// shelf is a project with a package, tools, beside dbt's own macros.
func shelf(t *testing.T) *render.Library {
	t.Helper()
	l := library(t)
	for pkg, text := range map[string]string{
		"tools": `
{% macro pick() %}{{ return(adapter.dispatch('pick', 'tools')()) }}{% endmacro %}
{% macro default__pick() %}tools default{% endmacro %}
{% macro kind() %}{{ return(adapter.dispatch('kind', 'tools')()) }}{% endmacro %}
{% macro default__kind() %}any{% endmacro %}
{% macro snowflake__kind() %}snowflake{% endmacro %}
{% macro bare() %}{{ helper() }} {{ cents('x') }} {{ type_string() }}{% endmacro %}
{% macro helper() %}tools' own{% endmacro %}
{% macro own_dispatch() %}{{ adapter.dispatch('helper2')() }}{% endmacro %}
{% macro default__helper2() %}found{% endmacro %}
{% macro which() %}{{ var('year') }}{% endmacro %}`,
		"shop": `
{% macro helper() %}shop's{% endmacro %}
{% macro default__pick() %}shop default{% endmacro %}
{% macro default__dateadd(datepart, interval, from_date_or_timestamp) %}mine{% endmacro %}`,
	} {
		if err := l.AddMacros(pkg, pkg+".sql", text); err != nil {
			t.Fatal(err)
		}
	}
	return l
}

func TestPackages(t *testing.T) {
	l := shelf(t)
	for src, want := range map[string]string{
		"{{ tools.pick() }}":                                        "shop default",
		"{{ tools.kind() }}":                                        "snowflake",
		"{{ tools.bare() }}":                                        "tools' own (x / 100)::numeric(16, 2) TEXT",
		"{{ helper() }} {{ shop.helper() }}":                        "shop's shop's",
		"{{ tools.own_dispatch() }}":                                "found",
		"{{ dbt.dateadd('day', 1, 'd') }}":                          "mine",
		"{{ dateadd('day', 1, 'd') }}":                              "mine",
		"{{ tools.nothing is defined }}":                            "False",
		"{{ tools.which() }}":                                       "2020",
		"{{ adapter.dispatch('kind', 'tools')() }}":                 "snowflake",
		"{{ adapter.dispatch('kind', macro_namespace='tools')() }}": "snowflake",
	} {
		got, err := renderText(t, t.Context(), l, src, scope(map[string]any{}))
		if err != nil || got != want {
			t.Errorf("%s: got %q, error %v; want %q", src, got, err, want)
		}
	}
	l.Dispatch = map[string][]string{"tools": {"tools", "shop"}}
	if got, err := renderText(t, t.Context(), l, "{{ tools.pick() }}", scope(map[string]any{})); err != nil || got != "tools default" {
		t.Errorf("a search order: got %q, error %v", got, err)
	}
	for src, want := range map[string]string{
		"{{ adapter.dispatch('tools.kind')() }}":      "models/a.sql:1:11: adapter.dispatch('tools.kind'): give the package as the second argument: adapter.dispatch('kind', 'tools')",
		"{{ adapter.dispatch('none', 'tools')() }}":   "models/a.sql:1:11: adapter.dispatch: there is no macro 'none'; searched for: tools.snowflake__none, tools.default__none, shop.snowflake__none, shop.default__none",
		"{{ adapter.dispatch('kind', ['tools'])() }}": "models/a.sql:1:11: adapter.dispatch('kind'): macro_namespace is the name of a package, not ['tools']",
		"{{ tools.knid() }}":                          "models/a.sql:1:9: package tools has no macro 'knid'; did you mean 'kind'?",
	} {
		if _, err := renderText(t, t.Context(), l, src, scope(map[string]any{})); err == nil || err.Error() != want {
			t.Errorf("%s\ngot  %v\nwant %s", src, err, want)
		}
	}
}

// TestMacros lists what is known of macros without calling them.
func TestMacros(t *testing.T) {
	got := map[string]string{}
	for _, m := range shelf(t).Macros() {
		if m.Package == "tools" {
			got[m.Name] = m.Pos.String() + " " + strings.Join(m.Needs, ",")
		}
		if m.Name == "kind" && m.SQL != "{% macro kind() %}{{ return(adapter.dispatch('kind', 'tools')()) }}{% endmacro %}" {
			t.Errorf("kind is %s", m.SQL)
		}
	}
	want := map[string]string{
		"pick": "tools.sql:2:4 macro.shop.default__pick", "kind": "tools.sql:4:4 macro.tools.snowflake__kind", "default__pick": "tools.sql:3:4 ",
		"default__kind": "tools.sql:5:4 ", "snowflake__kind": "tools.sql:6:4 ", "bare": "tools.sql:7:4 macro.dbt.type_string,macro.shop.cents,macro.tools.helper",
		"helper": "tools.sql:8:4 ", "own_dispatch": "tools.sql:9:4 macro.tools.default__helper2", "default__helper2": "tools.sql:10:4 ", "which": "tools.sql:11:4 ",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("want -, got +:\n%s", diff)
	}
}

// TestCrossDatabase is what dbt's documentation says of its macros that give
// each database its own SQL, for Snowflake.
func TestCrossDatabase(t *testing.T) {
	for src, want := range map[string]string{
		"dbt.type_string()": "TEXT", "dbt.type_int()": "integer", "dbt.type_bigint()": "bigint", "dbt.type_numeric()": "numeric(28,6)",
		"dbt.type_float()": "float", "dbt.type_boolean()": "boolean", "dbt.type_timestamp()": "timestamp",
		"api.Column.translate_type('string')":                    "TEXT",
		"api.Column.translate_type('integer')":                   "integer",
		"api.Column.translate_type('variant')":                   "variant",
		"dbt.current_timestamp()":                                "convert_timezone('UTC', current_timestamp())",
		"dbt.dateadd('day', 1, 'd')":                             "dateadd(day, 1, d)",
		"dbt.datediff('a', 'b', 'week')":                         "datediff(week, a, b)",
		"dbt.date_trunc('month', 'd')":                           "date_trunc('month', d)",
		"dbt.last_day('d', 'month')":                             "cast(dateadd(day, -1, dateadd(month, 1, date_trunc('month', d))) as date)",
		"dbt.date(2026, 1, 2)":                                   "to_date('2026-01-02', 'YYYY-MM-DD')",
		"dbt.concat(['a', 'b', \"'c'\"])":                        "a || b || 'c'",
		"dbt.hash('a')":                                          "md5(cast(a as TEXT))",
		"dbt.safe_cast('a', 'int')":                              "try_cast(a as int)",
		"dbt.safe_cast(5, 'int')":                                "cast(5 as int)",
		"dbt.safe_cast('a', 'variant')":                          "cast(a as variant)",
		"dbt.cast('a', 'int')":                                   "cast(a as int)",
		"dbt.split_part('a', \"'-'\", 1)":                        "split_part(a, '-', 1)",
		"dbt.listagg('a')":                                       "listagg(a, ',')",
		"dbt.listagg('a', \"'-'\", 'order by a')":                "listagg(a, '-') within group (order by a)",
		"dbt.listagg('a', \"'-'\", 'order by a', 2)":             "array_to_string(array_slice(array_agg(a) within group (order by a), 0, 2), '-')",
		"dbt.any_value('a')":                                     "any_value(a)",
		"dbt.bool_or('a')":                                       "boolor_agg(a)",
		"dbt.right('a', 2)":                                      "case when 2 = 0 then '' else right(a, 2) end",
		"dbt.position('a', 'b')":                                 "position(a in b)",
		"dbt.escape_single_quotes(\"it's\")":                     `it\'s`,
		"dbt.string_literal('a')":                                "'a'",
		"dbt.except() ~ dbt.intersect()":                         "exceptintersect",
		"dbt.array_construct([1, 2])":                            "array_construct(1, 2)",
		"dbt.array_append('a', 1)":                               "array_append(a, 1)",
		"dbt.array_concat('a', 'b')":                             "array_cat(a, b)",
		"dbt.cast_bool_to_text('a')":                             "cast(a as TEXT)",
		"dbt.equals('a', 'b')":                                   "(a = b)",
		"dbt.length('a')":                                        "length(a)",
		"dbt.replace('a', 'b', 'c')":                             "replace(a, b, c)",
		"dbt.get_powers_of_two(9)":                               "4",
		"dates_in_range('20260130', '20260201')":                 "['20260130', '20260131', '20260201']",
		"generate_schema_name('x', model)":                       "MAIN_x",
		"generate_schema_name(none, model)":                      "MAIN",
		"generate_schema_name_for_env('x', model)":               "MAIN",
		"generate_alias_name(none, {'name': 'a', 'version': 2})": "a_v2",
		"generate_database_name('x')":                            "x",
		"after_commit('select 1')":                               `{"sql": "select 1", "transaction": false}`,
	} {
		got, err := renderText(t, t.Context(), library(t), "{{ "+src+" }}", scope(map[string]any{}))
		if err != nil || got != want {
			t.Errorf("%s\ngot  %s, error %v\nwant %s", src, got, err, want)
		}
	}
}

// TestObjects are relations, columns and the functions that read YAML.
func TestObjects(t *testing.T) {
	for src, want := range map[string]string{
		"ref('orders').include(database=false)":                                            "MAIN.ORDERS",
		"ref('orders').without_identifier()":                                               "DB.MAIN",
		"ref('orders').quote(identifier=true, schema=false)":                               `DB.MAIN."ORDERS"`,
		"ref('orders').incorporate(path={'identifier': 'x'}, type='view').is_view":         "True",
		"ref('orders').replace_path(identifier='other name')":                              `DB.MAIN."OTHER NAME"`,
		"ref('orders').information_schema('tables')":                                       "DB.INFORMATION_SCHEMA.TABLES",
		"ref('orders').get('metadata', {}).get('type', '')":                                "SnowflakeRelation",
		"ref('orders').get('nothing', 'd')":                                                "d",
		"ref('orders').matches(schema='main')":                                             "True",
		"ref('orders').path":                                                               "{'database': 'DB', 'schema': 'MAIN', 'identifier': 'ORDERS'}",
		"api.Relation.create(database='db', schema='a b', identifier='\"q\"')":             `db."A B"."q"`,
		"api.Relation.create(identifier='x').database":                                     "None",
		"api.Relation.add_ephemeral_prefix('a')":                                           "__dbt__cte__a",
		"api.Column('a', 'varchar', char_size=5).data_type":                                "character varying(5)",
		"api.Column('a', 'number', numeric_precision=5, numeric_scale=1).data_type":        "number(5,1)",
		"api.Column('a', 'varchar', 5).can_expand_to(api.Column('a', 'varchar', 9))":       "True",
		"api.Column.numeric_type('numeric', 5, 2) ~ api.Column.string_type(3)":             "numeric(5,2)character varying(3)",
		"adapter.quote('a') ~ adapter.type()":                                              `"a"snowflake`,
		"fromyaml('a: [1, x]\\nb: {c: true}')":                                             "{'a': [1, 'x'], 'b': {'c': True}}",
		"fromyaml('a: [', 'd')":                                                            "d",
		"toyaml({'b': [1, 'x'], 'a': none})":                                               "b:\n- 1\n- x\na: null\n",
		"diff_of_two_dicts({'a': ['X', 'y'], 'b': ['z']}, {'A': ['x']})":                   "{'a': ['y'], 'b': ['z']}",
		"config.meta_get('x', 'd')":                                                        "d",
		"config.persist_relation_docs()":                                                   "False",
		"try_or_compiler_error('no', cents, 'x')":                                          "(x / 100)::numeric(16, 2)",
		"render('{{ 1 + 1 }}')":                                                            "2",
		"flags.WHICH ~ thread_id":                                                          "Thread-1 (worker)",
		"run_started_at.astimezone(modules.pytz.timezone('America/New_York')).isoformat()": "2026-01-01T22:04:05-05:00",
		"modules.itertools.chain([1], [2, 3]) | list":                                      "[1, 2, 3]",
		"modules.itertools.combinations([1, 2, 3], 2) | list":                              "[(1, 2), (1, 3), (2, 3)]",
		"modules.itertools.permutations([1, 2]) | list":                                    "[(1, 2), (2, 1)]",
	} {
		got, err := renderText(t, t.Context(), library(t), "{{ "+src+" }}", scope(map[string]any{}))
		if err != nil || got != want {
			t.Errorf("%s\ngot  %s, error %v\nwant %s", src, got, err, want)
		}
	}
}

// TestFromYAMLSaysWhere names the place in the text, in one line.
func TestFromYAMLSaysWhere(t *testing.T) {
	for src, want := range map[string]string{
		`fromyaml('a: 1\nb: [')`:   "fromyaml: 2:4: ",
		`fromyaml('a: b: c')`:      "fromyaml: 1:",
		`fromyaml('a: 1\na: 2\n')`: "fromyaml: 2:1: ",
	} {
		_, err := renderText(t, t.Context(), library(t), "{{ "+src+" }}", scope(map[string]any{}))
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: error %v, want one line with %q", src, err, want)
		}
	}
}
