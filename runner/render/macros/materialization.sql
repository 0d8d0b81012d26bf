{% macro run_hooks(hooks, inside_transaction=true) %}
{%- for hook in hooks if hook.transaction == inside_transaction -%}
{%- set text = render(hook.sql) | trim -%}
{%- if text %}{% call statement(auto_begin=inside_transaction) %}{{ text }}{% endcall %}{% endif -%}
{%- endfor -%}
{% endmacro %}

{% macro noop_statement(name=none, message=none, code=none, rows_affected=none, res=none) %}{% if name %}{% do store_raw_result(name, message=message, code=code, rows_affected=rows_affected, agate_table=res) %}{% endif %}{% endmacro %}

{% macro make_intermediate_relation(base_relation, suffix='__dbt_tmp') %}{% do return(make_temp_relation(base_relation, suffix)) %}{% endmacro %}
{% macro make_backup_relation(base_relation, backup_relation_type, suffix='__dbt_backup') %}{% do return(make_temp_relation(base_relation, suffix).incorporate(type=backup_relation_type)) %}{% endmacro %}

{% macro get_create_table_as_sql(temporary, relation, sql) %}{% do return(adapter.dispatch('get_create_table_as_sql', 'dbt')(temporary, relation, sql)) %}{% endmacro %}
{% macro default__get_create_table_as_sql(temporary, relation, sql) %}{% do return(create_table_as(temporary, relation, sql)) %}{% endmacro %}

{% macro create_table_as(temporary, relation, compiled_code, language='sql') %}{% do return(adapter.dispatch('create_table_as', 'dbt')(temporary, relation, compiled_code, language)) %}{% endmacro %}
{% macro default__create_table_as(temporary, relation, compiled_code, language='sql') -%}
{%- if language != 'sql' %}{% do exceptions.raise_compiler_error('create_table_as: a table of ' ~ language ~ ' needs its runtime, which is not there yet') %}{% endif -%}
{{ config.get('sql_header', default='') }}
create or replace {% if temporary %}temporary {% elif config.get('transient', default=true) %}transient {% endif %}table {{ relation }}
{%- if config.get('copy_grants', default=false) and not temporary %} copy grants{% endif %} as (
{{ compiled_code }}
);
{%- endmacro %}

{% macro get_create_view_as_sql(relation, sql) %}{% do return(adapter.dispatch('get_create_view_as_sql', 'dbt')(relation, sql)) %}{% endmacro %}
{% macro default__get_create_view_as_sql(relation, sql) %}{% do return(create_view_as(relation, sql)) %}{% endmacro %}

{% macro create_view_as(relation, sql) %}{% do return(adapter.dispatch('create_view_as', 'dbt')(relation, sql)) %}{% endmacro %}
{% macro default__create_view_as(relation, sql) -%}
{{ config.get('sql_header', default='') }}
create or replace {% if config.get('secure', default=false) %}secure {% endif %}view {{ relation }}
{%- if config.get('copy_grants', default=false) %} copy grants{% endif %} as (
{{ sql }}
);
{%- endmacro %}

{% macro get_drop_sql(relation) %}drop {{ relation.type or 'table' }} if exists {{ relation }} cascade{% endmacro %}
{% macro handle_existing_table(full_refresh, old_relation) %}{% do drop_relation_if_exists(old_relation) %}{% endmacro %}
{% macro create_indexes(relation) %}{% endmacro %}

{% macro get_empty_subquery_sql(select_sql, select_sql_header=none) -%}
{{ select_sql_header or '' }}
select * from (
{{ select_sql }}
) as __dbt_sbq
where false
limit 0
{%- endmacro %}

{% macro snowflake_dml_explicit_transaction(dml) -%}
begin;
{{ dml | trim | trim(';') }};
commit;
{%- endmacro %}

{% macro get_insert_into_sql(target_relation, temp_relation, dest_columns) -%}
{%- set names = get_quoted_csv(dest_columns | map(attribute='name')) -%}
insert into {{ target_relation }} ({{ names }})
(
select {{ names }}
from {{ temp_relation }}
)
{%- endmacro %}

{% macro get_merge_update_columns(merge_update_columns, merge_exclude_columns, dest_columns) %}
{%- if merge_update_columns and merge_exclude_columns %}{% do exceptions.raise_compiler_error('Model cannot specify merge_update_columns and merge_exclude_columns. Please update model to use only one config') %}{% endif -%}
{%- if merge_update_columns %}{% do return(merge_update_columns) %}{% endif -%}
{%- set out = merge_exclude_columns | map('lower') | list if merge_exclude_columns else [] -%}
{%- set names = [] -%}
{%- for column in dest_columns if column.column | lower not in out %}{% do names.append(column.quoted) %}{% endfor -%}
{%- do return(names) -%}
{% endmacro %}

{% macro get_merge_sql(target, source, unique_key, dest_columns, incremental_predicates=none) %}{% do return(adapter.dispatch('get_merge_sql', 'dbt')(target, source, unique_key, dest_columns, incremental_predicates)) %}{% endmacro %}
{% macro default__get_merge_sql(target, source, unique_key, dest_columns, incremental_predicates=none) -%}
{%- set terms = [] + (incremental_predicates or []) -%}
{%- for key in ([unique_key] if unique_key is string else unique_key or []) %}{% do terms.append('(DBT_INTERNAL_SOURCE.' ~ key ~ ' = DBT_INTERNAL_DEST.' ~ key ~ ')') %}{% endfor -%}
{%- set names = get_quoted_csv(dest_columns | map(attribute='name')) -%}
merge into {{ target }} as DBT_INTERNAL_DEST
using {{ source }} as DBT_INTERNAL_SOURCE
on {{ '(' ~ terms | join(') and (') ~ ')' if terms else 'FALSE' }}
{% if unique_key -%}
when matched then update set
{% for name in get_merge_update_columns(config.get('merge_update_columns'), config.get('merge_exclude_columns'), dest_columns) %}    {{ name }} = DBT_INTERNAL_SOURCE.{{ name }}{% if not loop.last %},{% endif %}
{% endfor -%}
{%- endif -%}
when not matched then insert ({{ names }})
values ({{ names }})
{%- endmacro %}

{% macro get_delete_insert_merge_sql(target, source, unique_key, dest_columns, incremental_predicates=none) %}{% do return(adapter.dispatch('get_delete_insert_merge_sql', 'dbt')(target, source, unique_key, dest_columns, incremental_predicates)) %}{% endmacro %}
{% macro default__get_delete_insert_merge_sql(target, source, unique_key, dest_columns, incremental_predicates=none) -%}
{%- if unique_key %}
{%- set keys = [unique_key] if unique_key is string else unique_key -%}
delete from {{ target }} as DBT_INTERNAL_DEST
where ({{ keys | join(', ') }}) in (
select distinct {{ keys | join(', ') }}
from {{ source }} as DBT_INTERNAL_SOURCE
)
{%- for predicate in incremental_predicates or [] %}
and {{ predicate }}
{%- endfor %};
{% endif -%}
{{ get_insert_into_sql(target, source, dest_columns) }}
{%- endmacro %}

{% macro get_incremental_append_sql(arg_dict) %}{% do return(get_insert_into_sql(arg_dict['target_relation'], arg_dict['temp_relation'], arg_dict['dest_columns'])) %}{% endmacro %}
{% macro get_incremental_merge_sql(arg_dict) %}{% do return(get_merge_sql(arg_dict['target_relation'], arg_dict['temp_relation'], arg_dict['unique_key'], arg_dict['dest_columns'], arg_dict['incremental_predicates'])) %}{% endmacro %}
{% macro get_incremental_delete_insert_sql(arg_dict) %}{% do return(get_delete_insert_merge_sql(arg_dict['target_relation'], arg_dict['temp_relation'], arg_dict['unique_key'], arg_dict['dest_columns'], arg_dict['incremental_predicates'])) %}{% endmacro %}
{% macro get_incremental_default_sql(arg_dict) %}{% do return(get_incremental_merge_sql(arg_dict) if arg_dict['unique_key'] else get_incremental_append_sql(arg_dict)) %}{% endmacro %}

{% macro incremental_validate_on_schema_change(on_schema_change, default='ignore') %}
{%- if on_schema_change in ['sync_all_columns', 'append_new_columns', 'fail', 'ignore'] %}{% do return(on_schema_change) %}{% endif -%}
{%- do return(default) -%}
{% endmacro %}

{% macro diff_columns(source_columns, target_columns) %}
{%- set there = target_columns | map(attribute='column') | list -%}
{%- set out = [] -%}
{%- for column in source_columns if column.column not in there %}{% do out.append(column) %}{% endfor -%}
{%- do return(out) -%}
{% endmacro %}

{% macro alter_column_type(relation, column_name, new_column_type) %}{% do run_query('alter table ' ~ relation ~ ' alter column ' ~ adapter.quote(column_name) ~ ' set data type ' ~ new_column_type) %}{% endmacro %}

{% macro alter_relation_add_remove_columns(relation, add_columns, remove_columns) %}
{%- for column in add_columns or [] %}{% do run_query('alter ' ~ (relation.type or 'table') ~ ' ' ~ relation ~ ' add column ' ~ adapter.quote(column.column) ~ ' ' ~ column.data_type) %}{% endfor -%}
{%- for column in remove_columns or [] %}{% do run_query('alter ' ~ (relation.type or 'table') ~ ' ' ~ relation ~ ' drop column ' ~ adapter.quote(column.column)) %}{% endfor -%}
{% endmacro %}

{% macro copy_grants() %}{% do return(config.get('copy_grants', default=false)) %}{% endmacro %}
{% macro should_revoke(existing_relation, full_refresh_mode=true) %}{% do return(false if not existing_relation else copy_grants() if full_refresh_mode else true) %}{% endmacro %}

{% macro get_show_grant_sql(relation) %}show grants on {{ relation }}{% endmacro %}
{% macro get_grant_sql(relation, privilege, grantees) %}grant {{ privilege }} on {{ relation }} to {{ grantees | join(', ') }}{% endmacro %}
{% macro get_revoke_sql(relation, privilege, grantees) %}revoke {{ privilege }} on {{ relation }} from {{ grantees | join(', ') }}{% endmacro %}

{% macro apply_grants(relation, grant_config, should_revoke=true) %}{% do return(adapter.dispatch('apply_grants', 'dbt')(relation, grant_config, should_revoke)) %}{% endmacro %}
{% macro default__apply_grants(relation, grant_config, should_revoke=true) %}
{%- set have = [] -%}
{%- if grant_config and should_revoke -%}
{%- for row in run_query(get_show_grant_sql(relation)) if row.granted_to == 'ROLE' and row.privilege != 'OWNERSHIP' -%}
{%- set wanted = grant_config.get(row.privilege | lower, grant_config.get(row.privilege, [])) -%}
{%- if row.grantee_name | lower in ([wanted] if wanted is string else wanted) | map('lower') | list -%}
{%- do have.append((row.privilege | lower, row.grantee_name | lower)) -%}
{%- else -%}
{%- do run_query(get_revoke_sql(relation, row.privilege, [row.grantee_name])) -%}
{%- endif -%}
{%- endfor -%}
{%- endif -%}
{%- for privilege, roles in (grant_config or {}).items() -%}
{%- for role in ([roles] if roles is string else roles or []) if (privilege | lower, role | lower) not in have %}{% do run_query(get_grant_sql(relation, privilege, [role])) %}{% endfor -%}
{%- endfor -%}
{% endmacro %}

{% macro persist_docs(relation, model, for_relation=true, for_columns=true) %}{% do return(adapter.dispatch('persist_docs', 'dbt')(relation, model, for_relation, for_columns)) %}{% endmacro %}
{% macro default__persist_docs(relation, model, for_relation, for_columns) %}
{%- if for_relation and config.persist_relation_docs() and model.description %}{% do alter_relation_comment(relation, model.description) %}{% endif -%}
{%- if for_columns and config.persist_column_docs() and model.columns %}{% do alter_column_comment(relation, model.columns) %}{% endif -%}
{% endmacro %}

{% macro alter_relation_comment(relation, relation_comment) %}{% do run_query('comment on ' ~ (relation.type or 'table') ~ ' ' ~ relation ~ " is '" ~ dbt.escape_single_quotes(relation_comment) ~ "'") %}{% endmacro %}
{% macro alter_column_comment(relation, column_dict) %}
{%- for column in adapter.get_columns_in_relation(relation) -%}
{%- for name, doc in column_dict.items() if doc.description and (name == column.column or not doc.quote and name | upper == column.column) -%}
{%- do run_query('comment on column ' ~ relation ~ '.' ~ adapter.quote(column.column) ~ " is '" ~ dbt.escape_single_quotes(doc.description) ~ "'") -%}
{%- endfor -%}
{%- endfor -%}
{% endmacro %}

{% macro set_query_tag() %}{% do return(adapter.dispatch('set_query_tag', 'dbt')()) %}{% endmacro %}
{% macro default__set_query_tag() %}
{%- set tag = config.get('query_tag') -%}
{%- if tag -%}
{%- set before = get_current_query_tag() -%}
{%- do run_query("alter session set query_tag = '" ~ dbt.escape_single_quotes(tag) ~ "'") -%}
{%- do return(before) -%}
{%- endif -%}
{%- do return(none) -%}
{% endmacro %}

{% macro unset_query_tag(original_query_tag) %}{% do return(adapter.dispatch('unset_query_tag', 'dbt')(original_query_tag)) %}{% endmacro %}
{% macro default__unset_query_tag(original_query_tag) %}
{%- if config.get('query_tag') %}{% do run_query("alter session set query_tag = '" ~ dbt.escape_single_quotes(original_query_tag or '') ~ "'") %}{% endif -%}
{% endmacro %}

{% macro get_test_sql(main_sql, fail_calc, warn_if, error_if, limit) %}{% do return(adapter.dispatch('get_test_sql', 'dbt')(main_sql, fail_calc, warn_if, error_if, limit)) %}{% endmacro %}
{% macro default__get_test_sql(main_sql, fail_calc, warn_if, error_if, limit) -%}
{%- set calc = fail_calc or 'count(*)' -%}
select
  {{ calc }} as failures,
  {{ calc }} {{ warn_if or '!= 0' }} as should_warn,
  {{ calc }} {{ error_if or '!= 0' }} as should_error
from (
{{ main_sql }}
{% if limit %}limit {{ limit }}{% endif %}
) dbt_internal_test
{%- endmacro %}

{% materialization test, default %}
{%- set rows = {'query': sql} -%}
{%- if this is defined and this -%}
{%- do adapter.drop_relation(load_cached_relation(this)) if load_cached_relation(this) is not none -%}
{%- call statement() %}{{ get_create_view_as_sql(this, sql) if this.is_view else get_create_table_as_sql(false, this, sql) }}{% endcall -%}
{%- do rows.update({'query': 'select * from ' ~ this}) -%}
{%- endif -%}
{%- call statement('main', fetch_result=true) -%}
{{ get_test_sql(rows.query, config.get('fail_calc'), config.get('warn_if'), config.get('error_if'), config.get('limit')) }}
{%- endcall -%}
{%- do return({'relations': [this] if this is defined and this else []}) -%}
{% endmaterialization %}
