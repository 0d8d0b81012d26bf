{% macro load_relation(relation) %}{% do return(adapter.get_relation(database=relation.database, schema=relation.schema, identifier=relation.identifier)) %}{% endmacro %}
{% macro load_cached_relation(relation) %}{% do return(load_relation(relation)) %}{% endmacro %}

{% macro get_or_create_relation(database, schema, identifier, type) %}
{%- set there = adapter.get_relation(database=database, schema=schema, identifier=identifier) -%}
{%- if there %}{% do return([true, there]) %}{% endif -%}
{%- do return([false, api.Relation.create(database=database, schema=schema, identifier=identifier, type=type)]) -%}
{% endmacro %}

{% macro create_schema(relation) %}{% do adapter.create_schema(relation) %}{% endmacro %}
{% macro drop_schema(relation) %}{% do adapter.drop_schema(relation) %}{% endmacro %}
{% macro drop_relation(relation) %}{% do adapter.drop_relation(relation) %}{% endmacro %}
{% macro drop_relation_if_exists(relation) %}{% if relation is not none %}{% do adapter.drop_relation(relation) %}{% endif %}{% endmacro %}
{% macro truncate_relation(relation) %}{% do adapter.truncate_relation(relation) %}{% endmacro %}
{% macro rename_relation(from_relation, to_relation) %}{% do adapter.rename_relation(from_relation, to_relation) %}{% endmacro %}
{% macro list_schemas(database) %}{% do return(adapter.list_schemas(database)) %}{% endmacro %}
{% macro get_columns_in_relation(relation) %}{% do return(adapter.get_columns_in_relation(relation)) %}{% endmacro %}
{% macro get_column_schema_from_query(select_sql, select_sql_header=none) %}{% do return(adapter.get_column_schema_from_query(select_sql)) %}{% endmacro %}

{% macro get_columns_in_query(select_sql) %}
{%- set names = [] -%}
{%- for column in adapter.get_column_schema_from_query(select_sql) %}{% do names.append(column.name) %}{% endfor -%}
{%- do return(names) -%}
{% endmacro %}

{% macro make_temp_relation(base_relation, suffix='__dbt_tmp') %}{% do return(base_relation.incorporate(path={'identifier': base_relation.identifier ~ suffix})) %}{% endmacro %}

{% macro get_quoted_csv(column_names) -%}
{%- for name in column_names %}{{ adapter.quote(name) }}{% if not loop.last %}, {% endif %}{% endfor -%}
{%- endmacro %}

{% macro set_sql_header(config) -%}{{ config.set('sql_header', caller()) }}{%- endmacro %}

{% macro make_hook_config(sql, inside_transaction) %}{{ tojson({'sql': sql, 'transaction': inside_transaction}) }}{% endmacro %}
{% macro before_begin(sql) %}{{ make_hook_config(sql, inside_transaction=false) }}{% endmacro %}
{% macro in_transaction(sql) %}{{ make_hook_config(sql, inside_transaction=true) }}{% endmacro %}
{% macro after_commit(sql) %}{{ make_hook_config(sql, inside_transaction=false) }}{% endmacro %}
