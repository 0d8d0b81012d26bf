package render_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/snowpit-dev/snowpit/runner"
	"github.com/snowpit-dev/snowpit/runner/render"
	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb"
)

// session has a table ORDERS and a view DEAR in DB.SALES.
func session(t *testing.T) warehouse.Session {
	t.Helper()
	w, err := duckdb.Open(t.Context(), duckdb.Config{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { w.Close() })
	s, err := w.Open(t.Context(), warehouse.SessionOptions{Database: "DB", Schema: "SALES"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	for _, stmt := range []string{
		"create table orders (id number(38,0), part varchar(20), amount number(10,2), placed date, at timestamp_ntz, paid boolean)",
		"insert into orders values (1, 'wing', 12.5, '2026-01-02', '2026-01-02 03:04:05', true), (2, 'tyre', null, null, null, false)",
		"create view dear as select * from orders where amount > 10",
	} {
		if _, err := warehouse.Exec(t.Context(), s, stmt); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

// asking is a scope of which the warehouse can be asked; orders is there.
func asking(t *testing.T) render.Scope {
	s := scope(map[string]any{})
	s.Session = session(t)
	s.Ref = func(runner.Pos, string, string, string) (any, error) { return relation("DB", "SALES", "ORDERS"), nil }
	return s
}

// TestWarehouse has templates ask a real warehouse.
func TestWarehouse(t *testing.T) {
	s := asking(t)
	for _, test := range []struct{ name, src, want string }{
		{"run_query", "{% set r = run_query('select id, part from orders order by id') %}{{ r.columns[0].values() }} {{ r.columns['PART'].values() }} {{ r.column_names }} {{ r | length }}", "(1, 2) ('wing', 'tyre') ('ID', 'PART') 2"},
		{"rows", "{% for row in run_query('select id, part as \"p\" from orders order by id;') %}{{ row[0] }}{{ row['p'] }}{{ row.p }}{{ row.values() }} {% endfor %}", "1wingwing(1, 'wing') 2tyretyre(2, 'tyre') "},
		{"rows.rows", "{% set r = run_query('select id from orders order by id').rows %}{{ r[1][0] }}{{ r | map(attribute='ID') | list }}", "2[1, 2]"},
		{"columns.items", "{% for name, c in run_query('select id, part from orders order by id').columns.items() %}{{ name }}={{ c.values() | join('+') }} {% endfor %}", "ID=1+2 PART=wing+tyre "},
		{"types", "{% set r = run_query('select * from orders order by id').rows[0] %}{{ r['ID'] + 1 }} {{ r['AMOUNT'] * 2 }} {{ r['PLACED'] }} {{ r['AT'].hour }} {{ r['PAID'] }} {{ r['PLACED'].strftime('%d.%m.') }}", "2 25.0 2026-01-02 3 True 02.01."},
		{"nulls", "{% set c = run_query('select amount from orders order by id').columns[0] %}{{ c.values() }} {{ c.values_without_nulls() }} {{ c.name }}", "(12.5, None) (12.5,) AMOUNT"},
		{"distinct", "{{ run_query('select 1 as n union all select 1').columns[0].values_distinct() }}", "(1,)"},
		{"select and rename", "{% set t = run_query('select id, part from orders order by id') %}{{ t.select(['PART']).column_names }}{{ t.exclude('PART').column_names }}{{ t.rename({'ID': 'key'}).column_names }}", "('PART',)('ID',)('key', 'PART')"},
		{"what is derived keeps its types", "{% set t = run_query('select * from orders order by id') %}{{ t.select(['AT', 'ID']).columns['AT'].data_type }} {{ t.exclude('ID').column_types[0] }} {{ t.rename(['a', 'b']).columns['a'].data_type }} {{ t.limit(1).columns[2].data_type }}",
			"TIMESTAMP_NTZ VARCHAR NUMBER NUMBER"},
		{"limit", "{% set t = run_query('select seq4() as n from table(generator(rowcount => 10)) order by 1') %}{% for l in [t.limit(3), t.limit(2, 5), t.limit(2, 9, 3), t.limit(0), t.limit(start_or_stop=8, stop=100), t.limit(-2), t.limit(none)] %}{{ l.columns[0].values() | list }}{% endfor %}",
			"[0, 1, 2][2, 3, 4][2, 5, 8][][8, 9][0, 1, 2, 3, 4, 5, 6, 7][0, 1, 2, 3, 4, 5, 6, 7, 8, 9]"},
		{"digits that no float has", "{{ run_query(\"select 12345678901234567890.1234567890::number(38,10) as n, -0.10::number(3,2) as m, 99999999999999999999999999999999999999 as w\").rows[0].values() }}",
			"('12345678901234567890.1234567890', -0.1, 99999999999999999999999999999999999999)"},
		{"the fraction of a time", "{% set r = run_query(\"select '03:04:05.678'::time as a, '03:04:05'::time as b\").rows[0] %}{{ r.A }} {{ r.B }}", "03:04:05.678000 03:04:05"},
		{"a row as a mapping", "{% set r = run_query('select id, part from orders order by id').rows[0] %}{{ r.keys() | list }} {{ r.items() | list }} {{ r.get('PART') }} {{ r.get('NONE', 'd') }} {{ r.dict() }} {{ r | length }} {{ r[-1] }}",
			"['ID', 'PART'] [('ID', 1), ('PART', 'wing')] wing d {'ID': 1, 'PART': 'wing'} 2 wing"},
		{"columns as a mapping", "{% set c = run_query('select id, part from orders order by id').columns %}{{ c.keys() | list }} {{ c.values()[1].name }} {{ c | length }} {{ c['ID'] | sum }} {% for x in c %}{{ x.index }}{{ x | list }}{% endfor %} {{ c['ID'] | length }} {{ c.PART[-1] }}",
			"['ID', 'PART'] PART 2 3 0[1, 2]1['wing', 'tyre'] 2 tyre"},
		{"statement", "{% call statement('a', fetch_result=true) %}select count(*) as n from orders{% endcall %}{{ load_result('a').table.columns['N'].values()[0] }}{{ load_result('a')['data'] }}{{ load_result('b') }}", "2[(2,)]None"},
		{"several statements", "{{ run_query(\"create temporary table two (t varchar); insert into two values (';'); -- all\\nselect t from two; \").columns[0].values() }}{% do run_query('drop table two') %}", "(';',)"},
		{"return in a statement", "{% set r = one_or('a', 7) %}{{ r }} {{ load_result('a') }}", "after 7: None None"},
		{"response", "{% call statement('a') %}update orders set part = part where id = 1{% endcall %}{{ load_result('a').response.rows_affected }} {{ load_result('a').response }}", "1 SUCCESS 1"},
		{"get_relation", "{% set r = adapter.get_relation(database='db', schema='sales', identifier='orders') %}{{ r }} {{ r.type }} {{ r.is_table }} {{ r.is_view }}", "DB.SALES.ORDERS table True False"},
		{"get_relation of a view", "{{ adapter.get_relation('DB', 'SALES', 'DEAR').type }}", "view"},
		{"get_relation of nothing", "{{ adapter.get_relation('DB', 'SALES', 'NONE') }}", "None"},
		{"load_relation", "{{ load_relation(ref('orders')) is not none }} {{ load_relation(this) is none }}", "True True"},
		{"columns of a relation", "{% for c in adapter.get_columns_in_relation(ref('orders')) %}{{ c.name }} {{ c.dtype }} {{ c.data_type }} {{ c.quoted }}; {% endfor %}",
			`ID NUMBER NUMBER(38,0) "ID"; PART VARCHAR character varying(20) "PART"; AMOUNT NUMBER NUMBER(10,2) "AMOUNT"; PLACED DATE DATE "PLACED"; AT TIMESTAMP_NTZ TIMESTAMP_NTZ "AT"; PAID BOOLEAN BOOLEAN "PAID"; `},
		{"columns of nothing", "{{ adapter.get_columns_in_relation(this) }}", "[]"},
		{"columns of a query", "{{ get_columns_in_query('select 1 as a, 2 as b') }}", "['A', 'B']"},
		{"missing columns", "{{ adapter.get_missing_columns(ref('orders'), adapter.get_relation('DB', 'SALES', 'DEAR')) }}", "[]"},
		{"schemas", "{{ adapter.check_schema_exists('DB', 'sales') }} {{ adapter.check_schema_exists('DB', 'none') }} {{ 'SALES' in adapter.list_schemas('db') }}", "True False True"},
		{"list_relations", "{{ adapter.list_relations('DB', 'SALES') | map(attribute='identifier') | list }}", "['DEAR', 'ORDERS']"},
		{"schema and table made and dropped", "{% set r = api.Relation.create(database='DB', schema='NEW', identifier='T', type='table') %}{% do adapter.create_schema(r) %}{{ adapter.check_schema_exists('DB', 'NEW') }}{% do run_query('create table ' ~ r ~ ' as select 1 as n') %}" +
			"{% do adapter.truncate_relation(r) %}{{ run_query('select count(*) from ' ~ r).columns[0][0] }}{% set to = r.incorporate(path={'identifier': 'U'}) %}{% do adapter.rename_relation(r, to) %}{{ load_relation(to) }}" +
			"{% do adapter.drop_relation(to) %}{{ load_relation(to) }}{% do adapter.drop_schema(r) %}{{ adapter.check_schema_exists('DB', 'NEW') }}", "True0DB.NEW.UNoneFalse"},
		{"execute", "{% set response, table = adapter.execute('select 7 as n', fetch=true) %}{{ table.rows[0].N }} {{ response.code }}", "7 SUCCESS"},
		{"date spine", "{{ run_query(dbt.date_spine('day', \"cast('2026-01-30' as date)\", \"cast('2026-02-02' as date)\")).columns[0].values() | join(' ') }}", "2026-01-30 2026-01-31 2026-02-01"},
		{"generate_series", "{{ run_query(dbt.generate_series(5)).columns[0].values() | map('int') | list }}", "[1, 2, 3, 4, 5]"},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := renderText(t, t.Context(), library(t), test.src, s)
			if err != nil {
				t.Fatal(err)
			}
			if got != test.want {
				t.Errorf("%s\ngot  %s\nwant %s", test.src, got, test.want)
			}
		})
	}
}

// TestWarehouseRefuses keeps the warehouse's own error.
func TestWarehouseRefuses(t *testing.T) {
	s := asking(t)
	for src, want := range map[string]string{
		"{% do run_query('select * from nowhere') %}":                           "models/a.sql:1:7: run_query: 002003 (42S02)",
		"{% call statement('x') %}selec 1{% endcall %}":                         "models/a.sql:1:9: statement: 001003 (42000)",
		"{% do adapter.drop_relation('orders') %}":                              "models/a.sql:1:14: adapter.drop_relation takes a relation, such as ref('x') or this, not 'orders'",
		"{{ statement('x') }}":                                                  "models/a.sql:1:4: statement() is called with a body: {% call statement('name') %} select 1 {% endcall %}",
		"{{ adapter.get_columns_in_relation(ref('orders'))[0].string_size() }}": "models/a.sql:1:53: string_size(): column ID is of type NUMBER, which is no text",
	} {
		if _, err := renderText(t, t.Context(), library(t), src, s); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%s\ngot  %v\nwant %s", src, err, want)
		}
	}
	_, err := renderText(t, t.Context(), library(t), "{% do run_query('select * from nowhere') %}", s)
	if !errors.Is(err, warehouse.ErrNotExist) {
		t.Errorf("the warehouse's error is lost: %v", err)
	}
	s.Session = nil
	if _, err := renderText(t, t.Context(), library(t), "{% do run_query('select 1') %}", s); !errors.Is(err, render.ErrNoWarehouse) {
		t.Errorf("without a session: %v", err)
	}
}

// TestParsing renders as dbt does while it reads a project: nothing is asked,
// and what is undefined is let through.
func TestParsing(t *testing.T) {
	s := scope(map[string]any{})
	s.Execute = false
	for src, want := range map[string]string{
		"{{ run_query('select 1') }}{% if execute %}x{% endif %}":                              "None",
		"{% set r = run_query('select 1') %}{{ r.columns[0].values() }}":                       "",
		"{% call statement('x') %}selec{% endcall %}{{ load_result('x').table.columns }}":      "",
		"{{ adapter.get_columns_in_relation(this) }}{{ adapter.get_relation('a', 'b', 'c') }}": "[]None",
		"{{ no_such_macro(1).column | upper }}{{ no_package.macro() }}{{ shop.no_macro() }}":   "",
		"{% for x in graph.nodes.values() %}{{ x }}{% endfor %}":                               "",
		"{{ dbt.no_such() }}{{ adapter.dispatch('cents', 'shop') is defined }}":                "",
	} {
		got, err := renderText(t, t.Context(), library(t), src, s)
		if strings.Contains(src, "dispatch") {
			if err == nil {
				t.Errorf("%s: got %q, want an error", src, got)
			}
		} else if err != nil || got != want {
			t.Errorf("%s: got %q, error %v; want %q", src, got, err, want)
		}
	}
}
