{% macro get_intervals_between(start_date, end_date, datepart) %}{% do return(adapter.dispatch('get_intervals_between', 'dbt')(start_date, end_date, datepart)) %}{% endmacro %}
{% macro default__get_intervals_between(start_date, end_date, datepart) %}
{%- if not execute %}{% do return(0) %}{% endif -%}
{%- set rows = run_query('select ' ~ dbt.datediff(start_date, end_date, datepart)) -%}
{%- do return(rows.columns[0].values()[0] | int) -%}
{% endmacro %}

{% macro get_powers_of_two(upper_bound) %}{% do return(adapter.dispatch('get_powers_of_two', 'dbt')(upper_bound)) %}{% endmacro %}
{% macro default__get_powers_of_two(upper_bound) %}
{%- if upper_bound <= 0 %}{{ exceptions.raise_compiler_error('get_powers_of_two: the upper bound must be above 0') }}{% endif -%}
{%- for n in range(1, 100) if 2 ** n >= upper_bound %}{% do return(n) %}{% endfor -%}
{% endmacro %}

{% macro generate_series(upper_bound) %}{% do return(adapter.dispatch('generate_series', 'dbt')(upper_bound)) %}{% endmacro %}
{% macro default__generate_series(upper_bound) %}
{%- set n = dbt.get_powers_of_two(upper_bound) %}
with p as (
    select 0 as generated_number union all select 1
),
unioned as (
    select
        {% for i in range(n) %}p{{ i }}.generated_number * power(2, {{ i }}){% if not loop.last %} + {% endif %}{% endfor %} + 1 as generated_number
    from
        {% for i in range(n) %}p as p{{ i }}{% if not loop.last %} cross join {% endif %}{% endfor %}
)
select *
from unioned
where generated_number <= {{ upper_bound }}
order by generated_number
{% endmacro %}

{% macro date_spine(datepart, start_date, end_date) %}{% do return(adapter.dispatch('date_spine', 'dbt')(datepart, start_date, end_date)) %}{% endmacro %}
{% macro default__date_spine(datepart, start_date, end_date) %}
with rawdata as (
    {{ dbt.generate_series(dbt.get_intervals_between(start_date, end_date, datepart)) }}
),
all_periods as (
    select ({{ dbt.dateadd(datepart, 'row_number() over (order by 1) - 1', start_date) }}) as date_{{ datepart }}
    from rawdata
),
filtered as (
    select *
    from all_periods
    where date_{{ datepart }} <= {{ end_date }}
)
select *
from filtered
{% endmacro %}

{% macro dates_in_range(start_date_str, end_date_str=none, in_fmt="%Y%m%d", out_fmt="%Y%m%d") %}
{%- set dt = modules.datetime.datetime -%}
{%- set first = dt.strptime(start_date_str, in_fmt) -%}
{%- set last = dt.strptime(end_date_str if end_date_str else start_date_str, in_fmt) -%}
{%- set days = (last - first).days -%}
{%- if days < 0 %}{{ exceptions.raise_compiler_error('dates_in_range: ' ~ end_date_str ~ ' is before ' ~ start_date_str) }}{% endif -%}
{%- set out = [] -%}
{%- for i in range(days + 1) %}{% do out.append((first + modules.datetime.timedelta(days=i)).strftime(out_fmt)) %}{% endfor -%}
{%- do return(out) -%}
{% endmacro %}

{% macro py_current_timestring() %}{% do return(modules.datetime.datetime.now().strftime("%Y%m%d%H%M%S%f")) %}{% endmacro %}
