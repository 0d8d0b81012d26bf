{% macro any_value(expression) %}{% do return(adapter.dispatch('any_value', 'dbt')(expression)) %}{% endmacro %}
{% macro default__any_value(expression) %}any_value({{ expression }}){% endmacro %}

{% macro bool_or(expression) %}{% do return(adapter.dispatch('bool_or', 'dbt')(expression)) %}{% endmacro %}
{% macro default__bool_or(expression) %}boolor_agg({{ expression }}){% endmacro %}

{% macro cast(field, type) %}{% do return(adapter.dispatch('cast', 'dbt')(field, type)) %}{% endmacro %}
{% macro default__cast(field, type) %}cast({{ field }} as {{ type }}){% endmacro %}

{% macro cast_bool_to_text(field) %}{% do return(adapter.dispatch('cast_bool_to_text', 'dbt')(field)) %}{% endmacro %}
{% macro default__cast_bool_to_text(field) %}cast({{ field }} as {{ dbt.type_string() }}){% endmacro %}

{% macro concat(fields) %}{% do return(adapter.dispatch('concat', 'dbt')(fields)) %}{% endmacro %}
{% macro default__concat(fields) %}{{ fields | join(' || ') }}{% endmacro %}

{% macro current_timestamp() %}{% do return(adapter.dispatch('current_timestamp', 'dbt')()) %}{% endmacro %}
{% macro default__current_timestamp() %}convert_timezone('UTC', current_timestamp()){% endmacro %}

{% macro snapshot_get_time() %}{% do return(adapter.dispatch('snapshot_get_time', 'dbt')()) %}{% endmacro %}
{% macro default__snapshot_get_time() %}to_timestamp_ntz({{ dbt.current_timestamp() }}){% endmacro %}

{% macro current_timestamp_backcompat() %}{% do return(adapter.dispatch('current_timestamp_backcompat', 'dbt')()) %}{% endmacro %}
{% macro default__current_timestamp_backcompat() %}current_timestamp::{{ dbt.type_timestamp() }}{% endmacro %}

{% macro current_timestamp_in_utc_backcompat() %}{% do return(adapter.dispatch('current_timestamp_in_utc_backcompat', 'dbt')()) %}{% endmacro %}
{% macro default__current_timestamp_in_utc_backcompat() %}convert_timezone('UTC', {{ dbt.current_timestamp_backcompat() }})::{{ dbt.type_timestamp() }}{% endmacro %}

{% macro date(year, month, day) %}{% do return(adapter.dispatch('date', 'dbt')(year, month, day)) %}{% endmacro %}
{% macro default__date(year, month, day) %}to_date('{{ '%04d-%02d-%02d' | format(year, month, day) }}', 'YYYY-MM-DD'){% endmacro %}

{% macro dateadd(datepart, interval, from_date_or_timestamp) %}{% do return(adapter.dispatch('dateadd', 'dbt')(datepart, interval, from_date_or_timestamp)) %}{% endmacro %}
{% macro default__dateadd(datepart, interval, from_date_or_timestamp) %}dateadd({{ datepart }}, {{ interval }}, {{ from_date_or_timestamp }}){% endmacro %}

{% macro datediff(first_date, second_date, datepart) %}{% do return(adapter.dispatch('datediff', 'dbt')(first_date, second_date, datepart)) %}{% endmacro %}
{% macro default__datediff(first_date, second_date, datepart) %}datediff({{ datepart }}, {{ first_date }}, {{ second_date }}){% endmacro %}

{% macro date_trunc(datepart, date) %}{% do return(adapter.dispatch('date_trunc', 'dbt')(datepart, date)) %}{% endmacro %}
{% macro default__date_trunc(datepart, date) %}date_trunc('{{ datepart }}', {{ date }}){% endmacro %}

{% macro last_day(date, datepart) %}{% do return(adapter.dispatch('last_day', 'dbt')(date, datepart)) %}{% endmacro %}
{% macro default__last_day(date, datepart) %}cast({{ dbt.dateadd('day', '-1', dbt.dateadd(datepart, '1', dbt.date_trunc(datepart, date))) }} as date){% endmacro %}

{% macro equals(expr1, expr2) %}{% do return(adapter.dispatch('equals', 'dbt')(expr1, expr2)) %}{% endmacro %}
{% macro default__equals(expr1, expr2) %}({{ expr1 }} = {{ expr2 }}){% endmacro %}

{% macro escape_single_quotes(value) %}{% do return(adapter.dispatch('escape_single_quotes', 'dbt')(value)) %}{% endmacro %}
{% macro default__escape_single_quotes(value) %}{{ value | replace("'", "\\'") }}{% endmacro %}

{% macro string_literal(value) %}{% do return(adapter.dispatch('string_literal', 'dbt')(value)) %}{% endmacro %}
{% macro default__string_literal(value) %}'{{ value }}'{% endmacro %}

{% macro except() %}{% do return(adapter.dispatch('except', 'dbt')()) %}{% endmacro %}
{% macro default__except() %}except{% endmacro %}

{% macro intersect() %}{% do return(adapter.dispatch('intersect', 'dbt')()) %}{% endmacro %}
{% macro default__intersect() %}intersect{% endmacro %}

{% macro hash(field) %}{% do return(adapter.dispatch('hash', 'dbt')(field)) %}{% endmacro %}
{% macro default__hash(field) %}md5(cast({{ field }} as {{ dbt.type_string() }})){% endmacro %}

{% macro length(expression) %}{% do return(adapter.dispatch('length', 'dbt')(expression)) %}{% endmacro %}
{% macro default__length(expression) %}length({{ expression }}){% endmacro %}

{% macro position(substring_text, string_text) %}{% do return(adapter.dispatch('position', 'dbt')(substring_text, string_text)) %}{% endmacro %}
{% macro default__position(substring_text, string_text) %}position({{ substring_text }} in {{ string_text }}){% endmacro %}

{% macro replace(field, old_chars, new_chars) %}{% do return(adapter.dispatch('replace', 'dbt')(field, old_chars, new_chars)) %}{% endmacro %}
{% macro default__replace(field, old_chars, new_chars) %}replace({{ field }}, {{ old_chars }}, {{ new_chars }}){% endmacro %}

{% macro right(string_text, length_expression) %}{% do return(adapter.dispatch('right', 'dbt')(string_text, length_expression)) %}{% endmacro %}
{% macro default__right(string_text, length_expression) %}case when {{ length_expression }} = 0 then '' else right({{ string_text }}, {{ length_expression }}) end{% endmacro %}

{% macro split_part(string_text, delimiter_text, part_number) %}{% do return(adapter.dispatch('split_part', 'dbt')(string_text, delimiter_text, part_number)) %}{% endmacro %}
{% macro default__split_part(string_text, delimiter_text, part_number) %}split_part({{ string_text }}, {{ delimiter_text }}, {{ part_number }}){% endmacro %}

{% macro array_append(array, new_element) %}{% do return(adapter.dispatch('array_append', 'dbt')(array, new_element)) %}{% endmacro %}
{% macro default__array_append(array, new_element) %}array_append({{ array }}, {{ new_element }}){% endmacro %}

{% macro array_concat(array_1, array_2) %}{% do return(adapter.dispatch('array_concat', 'dbt')(array_1, array_2)) %}{% endmacro %}
{% macro default__array_concat(array_1, array_2) %}array_cat({{ array_1 }}, {{ array_2 }}){% endmacro %}

{% macro array_construct(inputs=[], data_type=none) %}{% do return(adapter.dispatch('array_construct', 'dbt')(inputs, data_type)) %}{% endmacro %}
{% macro default__array_construct(inputs=[], data_type=none) %}array_construct({{ inputs | join(', ') }}){% endmacro %}

{% macro type_string() %}{% do return(adapter.dispatch('type_string', 'dbt')()) %}{% endmacro %}
{% macro default__type_string() %}TEXT{% endmacro %}

{% macro type_timestamp() %}{% do return(adapter.dispatch('type_timestamp', 'dbt')()) %}{% endmacro %}
{% macro default__type_timestamp() %}timestamp{% endmacro %}

{% macro type_float() %}{% do return(adapter.dispatch('type_float', 'dbt')()) %}{% endmacro %}
{% macro default__type_float() %}float{% endmacro %}

{% macro type_numeric() %}{% do return(adapter.dispatch('type_numeric', 'dbt')()) %}{% endmacro %}
{% macro default__type_numeric() %}numeric(28,6){% endmacro %}

{% macro type_bigint() %}{% do return(adapter.dispatch('type_bigint', 'dbt')()) %}{% endmacro %}
{% macro default__type_bigint() %}bigint{% endmacro %}

{% macro type_int() %}{% do return(adapter.dispatch('type_int', 'dbt')()) %}{% endmacro %}
{% macro default__type_int() %}integer{% endmacro %}

{% macro type_boolean() %}{% do return(adapter.dispatch('type_boolean', 'dbt')()) %}{% endmacro %}
{% macro default__type_boolean() %}boolean{% endmacro %}

{% macro safe_cast(field, type) %}{% do return(adapter.dispatch('safe_cast', 'dbt')(field, type)) %}{% endmacro %}
{% macro default__safe_cast(field, type) -%}
{%- set text = field | string | trim -%}
{#- try_cast takes texts alone: a literal of another type is cast as it is -#}
{%- if type | lower in ('variant', 'object', 'array', 'geography') or field is number or text | lower in ('null', 'true', 'false') -%}
cast({{ field }} as {{ type }})
{%- else -%}
try_cast({{ field }} as {{ type }})
{%- endif -%}
{%- endmacro %}

{% macro listagg(measure, delimiter_text="','", order_by_clause=none, limit_num=none) %}{% do return(adapter.dispatch('listagg', 'dbt')(measure, delimiter_text, order_by_clause, limit_num)) %}{% endmacro %}
{% macro default__listagg(measure, delimiter_text, order_by_clause, limit_num) -%}
{%- set within = ' within group (' ~ order_by_clause ~ ')' if order_by_clause else '' -%}
{%- if limit_num -%}
array_to_string(array_slice(array_agg({{ measure }}){{ within }}, 0, {{ limit_num }}), {{ delimiter_text }})
{%- else -%}
listagg({{ measure }}, {{ delimiter_text }}){{ within }}
{%- endif -%}
{%- endmacro %}
