-- What Snowflake's functions mean, as macros of DuckDB's. Where a parameter has
-- a type, the macro that fits the argument's is taken: a DATE stays a DATE. Of an
-- aggregate, a window and an alias of the same SELECT, DuckDB does not know the
-- type at that time and might take the wrong one; for those there is a macro
-- with _any behind its name. A refusal is an error that begins with [code:state].

-- Numbers. The quotient of two whole numbers, times m and rounded half away from
-- zero, is exact; small ones are worked out in 64 bits, which is ten times faster.
-- Where the types of a division are not known, it is a FLOAT with the digits of a
-- NUMBER: six more than the dividend.
create macro quotient(a, b, m) as cast(case when b = 0 then error('[100051:22012] Division by zero')
    when a between -(2305843009213693952 // m) and 2305843009213693952 // m and b between -2305843009213693952 and 2305843009213693952
      then (cast(a as bigint) * 2 * m + sign(a) * abs(cast(b as bigint))) // (cast(b as bigint) * 2)
    else (cast(a as hugeint) * 2 * m + sign(a) * abs(cast(b as hugeint))) // (cast(b as hugeint) * 2) end as decimal(38,0));
create macro div_float(a, b) as case when b = 0 then error('[100051:22012] Division by zero') else cast(a as double) / cast(b as double) end;
create macro scale_of(t) as case when t like 'DECIMAL%' then cast(regexp_extract(t, ',(\d+)', 1) as integer) else 0 end;
create macro div(a, b) as case when b = 0 then error('[100051:22012] Division by zero')
    when typeof(a) in ('DOUBLE', 'FLOAT') or typeof(b) in ('DOUBLE', 'FLOAT') then a / b
    else round(a / b, greatest(scale_of(typeof(a)), least(scale_of(typeof(a)) + 6, 12))) end;
create macro mod(a, b) as case when b = 0 then error('[100051:22012] Division by zero') else a % b end;
create macro ceil_to(x, n) as ceil(x * power(10, n)) / power(10, n);
create macro floor_to(x, n) as floor(x * power(10, n)) / power(10, n);
create macro width_bucket(x, lo, hi, n) as cast(case when x is null or lo is null or hi is null or n is null then null
    when x < lo then 0 when x >= hi then n + 1 else floor((x - lo) * n / cast(hi - lo as double)) + 1 end as bigint);
create macro uniform_any(lo, hi, gen) as lo + floor(random() * (hi - lo + 1));
create macro uniform(lo bigint, hi bigint, gen) as cast(lo + floor(random() * (hi - lo + 1)) as bigint),
  (lo double, hi double, gen) as lo + random() * (hi - lo);
create macro bitand(a, b) as cast(a as bigint) & cast(b as bigint);
create macro bitor(a, b) as cast(a as bigint) | cast(b as bigint);
create macro bitshiftleft(a, n) as cast(a as bigint) << cast(n as integer);
create macro bitshiftright(a, n) as cast(a as bigint) >> cast(n as integer);

-- Booleans.
create macro to_boolean(x boolean) as x,
  (x varchar) as case when lower(x) in ('true', 't', 'yes', 'y', 'on', '1') then true when lower(x) in ('false', 'f', 'no', 'n', 'off', '0') then false
    when x is not null then error('[100037:22018] Boolean value ''' || x || ''' is not recognized') end,
  (x json) as cast(x as boolean),
  (x double) as x <> 0;
create macro to_boolean_any(x) as case when lower(cast(x as varchar)) in ('true', 't', 'yes', 'y', 'on', '1') then true
    when lower(cast(x as varchar)) in ('false', 'f', 'no', 'n', 'off', '0') then false when try_cast(x as double) is not null then try_cast(x as double) <> 0
    when x is not null then error('[100037:22018] Boolean value ''' || cast(x as varchar) || ''' is not recognized') end;
create macro try_to_boolean(x) as case when lower(x) in ('true', 't', 'yes', 'y', 'on', '1') then true
    when lower(x) in ('false', 'f', 'no', 'n', 'off', '0') then false end;

-- Dates. Months are added as DATEADD does: the day stays, or is the last.
create macro add_months_to(n, d date) as cast(d + to_months(cast(n as integer)) as date),
  (n, d timestamp) as d + to_months(cast(n as integer)), (n, d timestamptz) as d + to_months(cast(n as integer));
create macro add_days_to(n, d date) as cast(d + to_days(cast(n as integer)) as date),
  (n, d timestamp) as d + to_days(cast(n as integer)), (n, d timestamptz) as d + to_days(cast(n as integer));
create macro trunc_to(unit, d date) as cast(date_trunc(unit, d) as date),
  (unit, d timestamp) as date_trunc(unit, d), (unit, d timestamptz) as date_trunc(unit, d);
create macro add_months_to_any(n, d) as d + to_months(cast(n as integer));
create macro add_days_to_any(n, d) as d + to_days(cast(n as integer));
create macro trunc_to_any(unit, d) as date_trunc(unit, d);
create macro weeks_between(a, b) as (cast(date_trunc('week', cast(b as date)) as date) - cast(date_trunc('week', cast(a as date)) as date)) // 7;
create macro last_day_of(d, unit) as cast(date_trunc(unit, cast(d as date)) + case unit when 'year' then interval 1 year when 'quarter' then interval 3 month
    when 'week' then interval 7 day else interval 1 month end - interval 1 day as date);
create macro add_months(d date, n) as case when d = last_day(d) then last_day(cast(d + to_months(cast(n as integer)) as date))
    else cast(d + to_months(cast(n as integer)) as date) end,
  (d timestamp, n) as case when cast(d as date) = last_day(d) then last_day(d + to_months(cast(n as integer))) + cast(d as time)
    else d + to_months(cast(n as integer)) end;
create macro add_months_any(d, n) as case when cast(d as date) = last_day(cast(d as date))
    then last_day(cast(d + to_months(cast(n as integer)) as date)) + cast(cast(d as timestamp) as time) else d + to_months(cast(n as integer)) end;
create macro weekday(name) as case left(lower(name), 2) when 'mo' then 1 when 'tu' then 2 when 'we' then 3 when 'th' then 4 when 'fr' then 5
    when 'sa' then 6 when 'su' then 7 else error('[100035:22007] Day ''' || name || ''' is not recognized') end;
create macro next_day(d, name) as cast(cast(d as date) + to_days(cast((weekday(name) - isodow(cast(d as date)) + 6) % 7 + 1 as integer)) as date);
create macro previous_day(d, name) as cast(cast(d as date) - to_days(cast((isodow(cast(d as date)) - weekday(name) + 6) % 7 + 1 as integer)) as date);
create macro months_between(a, b) as (year(a) - year(b)) * 12 + month(a) - month(b) + case
    when day(a) = day(b) or cast(a as date) = last_day(cast(a as date)) and cast(b as date) = last_day(cast(b as date)) then 0
    else round((epoch(cast(a as timestamp)) - epoch(cast(date_trunc('month', a) as timestamp)) - epoch(cast(b as timestamp)) + epoch(cast(date_trunc('month', b) as timestamp))) / 86400.0 / 31, 6) end;
create macro time_from_parts(h, m, s, ns) as time '00:00:00' + to_hours(cast(h as bigint)) + to_minutes(cast(m as bigint)) + to_seconds(cast(s as bigint))
    + to_microseconds(cast(ns as bigint) // 1000);
create macro timestamp_from_parts(y, mo, d, h, m, s, ns) as cast(make_date(cast(y as bigint), 1, 1) as timestamp) + to_months(cast(mo as integer) - 1)
    + to_days(cast(d as integer) - 1) + to_hours(cast(h as bigint)) + to_minutes(cast(m as bigint)) + to_seconds(cast(s as bigint)) + to_microseconds(cast(ns as bigint) // 1000);
create macro slice(d date, width) as cast(time_bucket(width, cast(d as timestamp), timestamp '1970-01-05') as date),
  (d timestamp, width) as time_bucket(width, d, timestamp '1970-01-05');
create macro month_slice(d date, n) as cast(time_bucket(to_months(n), cast(d as timestamp), timestamp '1970-01-01') as date),
  (d timestamp, n) as time_bucket(to_months(n), d, timestamp '1970-01-01');

create macro slice_any(d, width) as time_bucket(width, cast(d as timestamp), timestamp '1970-01-05');
create macro month_slice_any(d, n) as time_bucket(to_months(n), cast(d as timestamp), timestamp '1970-01-01');

-- Text. A FLOAT that is whole has no point, and a TIMESTAMP has milliseconds.
create macro text_of(x) as case when typeof(x) in ('DOUBLE', 'FLOAT') then regexp_replace(cast(x as varchar), '\.0$', '')
    when typeof(x) in ('TIMESTAMP', 'TIMESTAMP_NS', 'TIMESTAMP_MS', 'TIMESTAMP_S') then strftime(try_cast(x as timestamp), '%Y-%m-%d %H:%M:%S.%g')
    else cast(x as varchar) end;
create macro initcap(s) as list_aggregate(list_transform(range(1, length(s) + 1), lambda i: case
    when i = 1 or regexp_matches(substr(s, i - 1, 1), '[\s!?@"^#$&~_,.:;+\-*%/|\\\[\](){}<>]') then upper(substr(s, i, 1)) else lower(substr(s, i, 1)) end), 'string_agg', '');
create macro strtok(s, delimiters, n) as list_extract(list_filter(string_split_regex(s, '[' || regexp_escape(delimiters) || ']'), lambda x: x <> ''), n);
create macro fits(s, n) as case when length(s) > n then error('[100078:22000] String ''' || s || ''' is too long and would be truncated') else s end;

-- Semi-structured data. A JSON null is a value, unlike an SQL null. What is kept
-- is in Snowflake's form, with the keys sorted, so that equal values are equal.
create macro parse_json(s) as cast(case when trim(s) = '' then null else __sf_canonical(s) end as json);
create macro try_parse_json(s) as cast(__sf_try_canonical(s) as json);
create macro sorted(v) as cast(__sf_canonical(cast(v as varchar)) as json);
create macro type_name(v) as case json_type(v) when 'NULL' then 'NULL_VALUE' when 'UBIGINT' then 'INTEGER' when 'BIGINT' then 'INTEGER'
    when 'HUGEINT' then 'INTEGER' when 'DOUBLE' then 'DECIMAL' else json_type(v) end;
create macro is_integer(v) as type_name(v) = 'INTEGER';
create macro is_decimal(v) as type_name(v) in ('INTEGER', 'DECIMAL');
create macro items(a) as json_extract(a, '$[*]');
create macro array_distinct(a) as to_json(list_filter(items(a), lambda x, i: list_position(items(a), x) = i));
create macro array_slice(a, f, t) as to_json(list_slice(items(a), case when f < 0 then len(items(a)) + f + 1 else f + 1 end, case when t < 0 then len(items(a)) + t else t end));
create macro member(k, v) as case when k is not null and v is not null then cast(to_json(cast(k as varchar)) as varchar) || ':' || cast(to_json(v) as varchar) end;
create macro member_or_null(k, v) as case when k is not null then cast(to_json(cast(k as varchar)) as varchar) || ':' || coalesce(cast(to_json(v) as varchar), 'null') end;
create macro object_of(members) as cast(__sf_canonical('{' || coalesce(array_to_string(members, ','), '') || '}') as json);
create macro value_at(o, k) as json_extract(o, '/' || replace(replace(k, '~', '~0'), '/', '~1'));
create macro members(o, keys) as list_transform(keys, lambda k: member(k, value_at(o, k)));
create macro object_insert(o, k, v) as case when o is not null and k is not null then object_of(list_append(members(o, json_keys(o)), member(k, v))) end;
create macro object_pick(o, ks) as case when o is not null then object_of(members(o, list_filter(json_keys(o), lambda k: list_contains(ks, k)))) end;
create macro object_delete(o, ks) as case when o is not null then object_of(members(o, list_filter(json_keys(o), lambda k: not list_contains(ks, k)))) end;
