{{ config(
    materialized='incremental',
    unique_key='result_id',
    tags=['mart', 'daily']
) }}

{%- set payment_methods = ['credit_card', 'coupon', 'bank_transfer', 'gift_card'] -%}
{%- set columns = {'driver_id': 'int', 'points': 'number(38, 2)', 'position': 'int', 'status': 'varchar'} %}

with results as (

    select * from {{ ref('stg_results') }}

),

races as (

    select * from {{ source('formula1', 'races') }}
    {% if is_incremental() %}
    where race_date > (select max(race_date) from {{ this }})
    {% endif %}

),

payments as (

    select
        order_id,
        {% for payment_method in payment_methods -%}
        sum(case when payment_method = '{{ payment_method }}' then amount else 0 end) as {{ payment_method }}_amount,
        {% endfor -%}
        sum(amount) as total_amount
    from {{ ref('stg_payments') }}
    group by 1

)

select
    {{ surrogate_key(['results.result_id', 'races.race_id']) }} as key,
    {%- for name, type in columns.items() %}
    cast(results.{{ name }} as {{ type }}) as {{ name }}{{ "," if not loop.last }}
    {%- endfor %}
from results
left join races using (race_id)
left join payments on payments.order_id = results.result_id
{# the seasons that are wanted #}
where races.race_year between {{ var('first_year', 2010) }} and {{ var('last_year') }}
{%- if target.name == 'dev' %}
limit {{ 100 * 5 }}
{%- endif %}
