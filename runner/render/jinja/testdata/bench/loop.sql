{% macro quoted(name) %}"{{ name | upper }}"{% endmacro %}
{% macro cents(column, scale=2) -%}
  ({{ quoted(column) }} / 100)::numeric(16, {{ scale }})
{%- endmacro %}
{% set ns = namespace(total=0, names=[]) %}
select
{%- for i in range(200) %}
  {%- set name = 'column_' ~ i %}
  {%- set ns.total = ns.total + i * 2 %}
  {%- if i % 3 == 0 and name not in ns.names %}
    {%- do ns.names.append(name) %}
  {{ cents(name) }} as {{ quoted(name) }},
  {%- elif i is even %}
  {{ cents(name, scale=4) }} as {{ name.replace('column', 'even') | upper }},
  {%- else %}
  coalesce({{ quoted(name) }}, {{ loop.index0 }}) as {{ name }},
  {%- endif %}
{%- endfor %}
  {{ ns.total }} as total -- {{ ns.names | length }} of {{ ns.names | map('upper') | join(', ') }}
