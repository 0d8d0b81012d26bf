-- What Snowflake's functions mean, as macros of DuckDB's. Where a parameter has
-- a type, the macro that fits the argument's is taken: a DATE stays a DATE. Of an
-- aggregate, a window and an alias of the same SELECT, DuckDB does not know the
-- type at that time and might take the wrong one; for those there is a macro
-- with _any behind its name. A refusal is an error that begins with [code:state].

-- An error() has side effects to DuckDB, so that no alias can stand for what has
-- one; a division fails in a cast instead.
-- Numbers. The quotient of two whole numbers, times m and rounded half away from
-- zero, is exact; small ones are worked out in 64 bits, which is ten times faster.
-- Where the types of a division are not known, it is a FLOAT with the digits of a
-- NUMBER: six more than the dividend.
create macro quotient(a, b, m) as cast(case when b = 0 and a is not null then cast('[100051:22012] Division by zero' as tinyint)
    when a between -(2305843009213693952 // m) and 2305843009213693952 // m and b between -2305843009213693952 and 2305843009213693952
      then (cast(a as bigint) * 2 * m + sign(a) * abs(cast(b as bigint))) // (cast(b as bigint) * 2)
    else (cast(a as hugeint) * 2 * m + sign(a) * abs(cast(b as hugeint))) // (cast(b as hugeint) * 2) end as decimal(38,0));
create macro cut_quotient(a, b, m) as cast(cast(a as hugeint) * m // b as decimal(38,0));
create macro div_float(a, b) as case when b = 0 and a is not null then cast('[100051:22012] Division by zero' as tinyint) else cast(a as double) / cast(b as double) end;
create macro scale_of(t) as case when t like 'DECIMAL%' then cast(regexp_extract(t, ',(\d+)', 1) as integer) else 0 end;
create macro div(a, b) as case when b = 0 and a is not null then error('[100051:22012] Division by zero')
    when typeof(a) in ('DOUBLE', 'FLOAT') or typeof(b) in ('DOUBLE', 'FLOAT') then a / b
    else round(a / b, greatest(scale_of(typeof(a)), least(scale_of(typeof(a)) + 6, 12))) end;
create macro mod(a, b) as case when b = 0 and a is not null then error('[100051:22012] Division by zero') else a % b end;
create macro short_number(x) as regexp_replace(cast(cast(x as double) as varchar), '\.0$', '');
create macro no_real(what) as cast('[100039:22003] Invalid floating point operation: ' || what as double);
create macro real_root(x) as case when x < 0 then no_real('sqrt(' || short_number(x) || ')') else sqrt(x) end;
create macro natural_log(x) as case when x <= 0 then no_real('log(e,' || short_number(x) || ')') else ln(x) end;
create macro log_to(b, x) as case when b <= 0 or b = 1 or x <= 0 then no_real('log(' || short_number(b) || ',' || short_number(x) || ')') else ln(x) / ln(b) end;
create macro arc(what, f, x) as case when abs(x) > 1 then no_real(what || '(' || short_number(x) || ')') else f end;
create macro arc_cosh(x) as case when x < 1 then no_real('acosh(' || short_number(x) || ')') else acosh(x) end;
create macro cotangent(x) as case when x = 0 then no_real('cot(0)') else cot(x) end;
create macro power10(k) as cast('1' || repeat('0', cast(k as bigint)) as hugeint);
create macro cut_digits(u, k) as case when k is null then null when k <= 0 then u when k > 37 then 0 else u // power10(greatest(k, 0)) * power10(greatest(k, 0)) end;
create macro round_digits(u, k) as case when k is null then null when k <= 0 then u when k > 37 then 0 else (u + sign(u) * (power10(greatest(k, 0)) // 2)) // power10(greatest(k, 0)) * power10(greatest(k, 0)) end;
create macro ceil_to(x, n) as ceil(x * power(10, n)) / power(10, n);
create macro floor_to(x, n) as floor(x * power(10, n)) / power(10, n);
create macro width_bucket(x, lo, hi, n) as cast(case when x is null or lo is null or hi is null or n is null then null
    when x < lo then 0 when x >= hi then n + 1 else floor((x - lo) * n / cast(hi - lo as double)) + 1 end as bigint);
create macro chance(gen) as hash(gen) / 18446744073709551616.0;
create macro uniform_any(lo, hi, gen) as lo + floor(chance(gen) * (hi - lo + 1));
create macro uniform_whole(lo, hi, gen) as cast(lo + floor(chance(gen) * (hi - lo + 1)) as bigint);
create macro uniform_real(lo, hi, gen) as cast(lo as double) + chance(gen) * (cast(hi as double) - cast(lo as double));
create macro uniform(lo bigint, hi bigint, gen) as uniform_whole(lo, hi, gen), (lo double, hi double, gen) as uniform_real(lo, hi, gen);
create macro bitand(a, b) as cast(a as bigint) & cast(b as bigint);
create macro bitor(a, b) as cast(a as bigint) | cast(b as bigint);
create macro bitmap_bucket(n) as case when n > 0 then (n - 1) // 32768 + 1 else n // 32768 end;
create macro bitmap_position(n) as case when n > 0 then (n - 1) % 32768 else -(n % 32768) end;
create macro bitshiftleft(a, n) as cast(a as bigint) << cast(n as integer);
create macro bitshiftright(a, n) as cast(a as bigint) >> cast(n as integer);

-- Booleans.
create macro to_boolean(x boolean) as x,
  (x varchar) as case when lower(x) in ('true', 't', 'yes', 'y', 'on', '1') then true when lower(x) in ('false', 'f', 'no', 'n', 'off', '0') then false
    when x is not null then cast('[100037:22018] Boolean value ''' || x || ''' is not recognized' as boolean) end,
  (x json) as cast(x as boolean),
  (x double) as x <> 0;
create macro to_boolean_any(x) as case when lower(cast(x as varchar)) in ('true', 't', 'yes', 'y', 'on', '1') then true
    when lower(cast(x as varchar)) in ('false', 'f', 'no', 'n', 'off', '0') then false when try_cast(x as double) is not null then try_cast(x as double) <> 0
    when x is not null then cast('[100037:22018] Boolean value ''' || cast(x as varchar) || ''' is not recognized' as boolean) end;
create macro try_to_boolean(x) as case when lower(x) in ('true', 't', 'yes', 'y', 'on', '1') then true
    when lower(x) in ('false', 'f', 'no', 'n', 'off', '0') then false end;

-- Dates. Months are added as DATEADD does: the day stays, or is the last.
create macro add_months_to(n, d date) as cast(d + to_months(cast(n as integer)) as date),
  (n, d timestamp) as d + to_months(cast(n as integer)), (n, d timestamptz) as d + to_months(cast(n as integer));
create macro add_days_to(n, d date) as cast(d + to_days(cast(n as integer)) as date),
  (n, d timestamp) as d + to_days(cast(n as integer)), (n, d timestamptz) as d + to_days(cast(n as integer));
create macro trunc_to(unit, d date) as cast(date_trunc(unit, d) as date),
  (unit, d timestamp) as date_trunc(unit, d), (unit, d timestamptz) as date_trunc(unit, d),
  (unit, d time) as cast(date_trunc(unit, date '1970-01-01' + d) as time);
create macro add_months_to_any(n, d) as d + to_months(cast(n as integer));
create macro add_days_to_any(n, d) as d + to_days(cast(n as integer));
create macro trunc_to_any(unit, d) as date_trunc(unit, d);
-- What is left of a time without its last digits, n microseconds to each.
create macro whole_ticks(t, n) as t - to_microseconds((epoch_us(t) % n + n) % n);
create macro week_begin(d, s) as d - cast((isodow(d) - s + 7) % 7 as integer);
create macro weeks_between(a, b, s) as (week_begin(cast(b as date), s) - week_begin(cast(a as date), s)) // 7;
create macro week_of_year(d, s) as (week_begin(d, s) - week_begin(make_date(year(d), 1, 1), s)) // 7 + 1;
create macro week_of_most(d, s) as (week_begin(d, s) - week_begin(make_date(year(week_begin(d, s) + 3), 1, 4), s)) // 7 + 1;
create macro last_day_of(d, unit) as cast(date_trunc(unit, cast(d as date)) + case unit when 'year' then interval 1 year when 'quarter' then interval 3 month
    when 'week' then interval 7 day else interval 1 month end - interval 1 day as date);
create macro add_months(d date, n) as case when d = last_day(d) then last_day(cast(d + to_months(cast(n as integer)) as date))
    else cast(d + to_months(cast(n as integer)) as date) end,
  (d timestamp, n) as case when cast(d as date) = last_day(d) then last_day(d + to_months(cast(n as integer))) + cast(d as time)
    else d + to_months(cast(n as integer)) end;
create macro add_months_any(d, n) as case when cast(d as date) = last_day(cast(d as date))
    then last_day(cast(d + to_months(cast(n as integer)) as date)) + cast(cast(d as timestamp) as time) else d + to_months(cast(n as integer)) end;
create macro weekday(name) as case left(lower(name), 2) when 'mo' then 1 when 'tu' then 2 when 'we' then 3 when 'th' then 4 when 'fr' then 5
    when 'sa' then 6 when 'su' then 7 else cast('[100035:22007] Day ''' || name || ''' is not recognized' as tinyint) end;
create macro next_day(d, name) as cast(cast(d as date) + to_days(cast((weekday(name) - isodow(cast(d as date)) + 6) % 7 + 1 as integer)) as date);
create macro previous_day(d, name) as cast(cast(d as date) - to_days(cast((isodow(cast(d as date)) - weekday(name) + 6) % 7 + 1 as integer)) as date);
create macro months_between_times(a, b) as (year(a) - year(b)) * 12 + month(a) - month(b) + case
    when day(a) = day(b) or cast(a as date) = last_day(cast(a as date)) and cast(b as date) = last_day(cast(b as date)) then 0
    else round((epoch(cast(a as timestamp)) - epoch(cast(date_trunc('month', a) as timestamp)) - epoch(cast(b as timestamp)) + epoch(cast(date_trunc('month', b) as timestamp))) / 86400.0 / 31, 6) end;
create macro months_between(a, b) as months_between_times(cast(a as timestamp), cast(b as timestamp));
-- Times of nine digits have a struct of their microseconds and of the nanoseconds
-- over them; text is read as microseconds, once those are off it, or refused.
create macro fine(us, ns) as case when us is not null then {'us': us, 'ns': cast(ns as smallint)} end;
create macro fine_zoned(x, ns) as case when x is not null then {'utc': {'us': struct_extract(x, 'utc'), 'ns': cast(ns as smallint)}, 'ahead': struct_extract(x, 'ahead')} end;
create macro coarse_zoned(x) as case when x is not null then {'utc': struct_extract(struct_extract(x, 'utc'), 'us'), 'ahead': struct_extract(x, 'ahead')} end;
create macro rest_ns(n) as cast((n % 1000 + 1000) % 1000 as smallint);
create macro carry_us(n) as cast((n - rest_ns(n)) // 1000 as bigint);
create macro counts_ns(x) as case when regexp_full_match(x, '\d{17,19}') then cast(x as hugeint) >= 31536000000000000 else false end;
create macro ns_of(x) as case when x is not null then case when counts_ns(x) then cast(right(x, 3) as smallint)
    when regexp_matches(x, '\d\.\d{9}\d*[1-9]') then cast('[002019:0A000] Unsupported by Snowpit: more than nine digits of a second, in ' || x as smallint)
    else cast(rpad(coalesce(nullif(regexp_extract(x, '\d\.\d{6}(\d{1,3})', 1), ''), '0'), 3, '0') as smallint) end end;
create macro six_of(x) as case when counts_ns(x) then left(x, length(x) - 3) || '000' else regexp_replace(x, '(\d\.\d{6})\d+', '\1') end;
create macro fine_needed(x) as cast('[002019:0A000] Unsupported by Snowpit: nine digits of a second in this place; cut them to six: ' || x as int8);
create macro six_only(x, n) as case when strlen(x) > n and regexp_matches(x, '\d\.\d{6}\d*[1-9]') then cast(fine_needed(x) as varchar) else x end;
create macro six_alone(us, ns) as case when ns <> 0 and fine_needed(cast(ns as varchar)) = 0 then null else us end;
create macro even_us(n) as case when n % 1000 <> 0 then fine_needed(n) else cast(n // 1000 as bigint) end;
create macro time_from_parts(h, m, s, ns) as time '00:00:00' + to_hours(cast(h as bigint)) + to_minutes(cast(m as bigint)) + to_seconds(cast(s as bigint))
    + to_microseconds(even_us(cast(ns as bigint)));
create macro timestamp_from_parts(y, mo, d, h, m, s, ns) as cast(make_date(cast(y as bigint), 1, 1) as timestamp) + to_months(cast(mo as integer) - 1)
    + to_days(cast(d as integer) - 1) + to_hours(cast(h as bigint)) + to_minutes(cast(m as bigint)) + to_seconds(cast(s as bigint)) + to_microseconds(even_us(cast(ns as bigint)));
create macro slice(d date, width, s) as cast(time_bucket(width, cast(d as timestamp), cast(week_begin(date '1970-01-01', s) as timestamp)) as date),
  (d timestamp, width, s) as time_bucket(width, d, cast(week_begin(date '1970-01-01', s) as timestamp));
create macro month_slice(d date, n) as cast(time_bucket(to_months(n), cast(d as timestamp), timestamp '1970-01-01') as date),
  (d timestamp, n) as time_bucket(to_months(n), d, timestamp '1970-01-01');

create macro slice_any(d, width, s) as time_bucket(width, cast(d as timestamp), cast(week_begin(date '1970-01-01', s) as timestamp));
create macro month_slice_any(d, n) as time_bucket(to_months(n), cast(d as timestamp), timestamp '1970-01-01');

-- Text. What is ahead of UTC is so by o seconds.
create macro offset_hours(o) as case when o < 0 then '-' else '+' end || lpad(cast(abs(o) // 3600 as varchar), 2, '0');
create macro offset_minutes(o) as lpad(cast(abs(o) % 3600 // 60 as varchar), 2, '0');
create macro initcap(s) as case when s = '' then '' else list_aggregate(list_transform(range(1, length(s) + 1), lambda i: case
    when i = 1 or regexp_matches(substr(s, i - 1, 1), '[\s!?@"^#$&~_,.:;+\-*%/|\\\[\](){}<>]') then upper(substr(s, i, 1)) else lower(substr(s, i, 1)) end), 'string_agg', '') end;
create macro strtok(s, delimiters, n) as case when delimiters is not null and n > 0 then list_extract(list_filter(string_split_regex(s,
    '[' || regexp_escape(coalesce(nullif(delimiters, ''), chr(31))) || ']'), lambda x: x <> ''), n) end;
create macro unhexed(s) as unhex(case when not regexp_full_match(s, '([0-9A-Fa-f]{2})*')
    then cast(cast('[100115:22000] The following string is not a legal hex-encoded value: ''' || s || '''' as int8) as varchar) else s end);
create macro fits(s, n) as case when length(s) > n then error('[100078:22000] String ''' || s || ''' is too long and would be truncated') else s end;

-- Semi-structured data. A JSON null is a value, unlike an SQL null. What is kept
-- is in Snowflake's form, with the keys sorted, so that equal values are equal.
create macro top_k(counts, k) as coalesce(to_json(list_transform(list_slice(list_sort(list_transform(map_entries(counts),
    lambda e: {'n': -cast(e.value as bigint), 'v': e.key})), 1, k), lambda e: json_array(e.v, -e.n))), json('[]'));
create macro format_number(x, model) as __sf_format_number(model || chr(31) || cast(x as varchar));
create macro parse_number(s, model) as __sf_parse_number(model || chr(31) || s);
create macro try_parse_number(s, model) as __sf_try_parse_number(model || chr(31) || s);
create macro sha2_of(s, bits) as __sf_sha2(bits, s);
create macro sha2_of_hex(s, bits) as __sf_sha2_hex(bits, s);
create macro parse_json(s) as cast(case when trim(s) = '' then null else __sf_canonical(s) end as json);
create macro try_parse_json(s) as cast(__sf_try_canonical(s) as json);
create macro parse_json_of(s, how) as case how when 's' then parse_json(s) when 'd' then cast(case when trim(s) = '' then null else __sf_last_keys(s) end as json)
    else error('[001045:22023] argument needs to be ''d'' or ''s'': ''' || how || '''') end;
create macro try_parse_json_of(s, how) as case how when 's' then try_parse_json(s) when 'd' then cast(__sf_try_last_keys(s) as json) end;
create macro sorted(v) as cast(__sf_made(cast(v as varchar)) as json);
-- What JSON has no type for is a string with a mark and a letter for the type in
-- front; see package variant.
create macro typed_json(kind, s) as cast('"\f\r\f' || kind || s || '"' as json);
create macro float_json(x) as typed_json(' ', cast(x as varchar));
create macro date_json(x) as typed_json('d', cast(x as varchar));
create macro time_json(x) as typed_json('t', cast(x as varchar));
create macro naive_json(x) as typed_json('s', case when epoch_us(x) % 1000 = 0 then strftime(x, '%Y-%m-%d %H:%M:%S.%g') else strftime(x, '%Y-%m-%d %H:%M:%S.%f') end);
create macro binary_json(x) as typed_json('b', hex(x));
create macro text_in(v) as __sf_plain(cast(v as varchar));
create macro text_at(v, p) as case when contains(v, '\f\r\f') then __sf_plain(cast(json_extract(v, p) as varchar)) else json_extract_string(v, p) end;
create macro gap() as json('"\f\r\fu"');
create macro or_gap(x) as coalesce(to_json(x), gap());
create macro defined(x) as nullif(x, gap());
create macro is_full(x) as json_type(x) <> 'NULL' and cast(x as varchar) <> '"\f\r\fu"';
create macro mark_name(s) as case when not starts_with(s, '"\f\r\f') then 'VARCHAR' else case s[8] when 'd' then 'DATE' when 't' then 'TIME' when 's' then 'TIMESTAMP_NTZ'
    when 'l' then 'TIMESTAMP_LTZ' when 'z' then 'TIMESTAMP_TZ' when 'b' then 'BINARY' when ' ' then case when s[9] = ' ' then 'DECIMAL' else 'DOUBLE' end when 'u' then null else 'VARCHAR' end end;
create macro type_name(v) as case json_type(v) when 'NULL' then 'NULL_VALUE' when 'UBIGINT' then 'INTEGER' when 'BIGINT' then 'INTEGER'
    when 'HUGEINT' then 'INTEGER' when 'DOUBLE' then 'DECIMAL' when 'VARCHAR' then mark_name(cast(v as varchar)) else json_type(v) end;
create macro is_integer(v) as type_name(v) = 'INTEGER';
create macro is_decimal(v) as type_name(v) in ('INTEGER', 'DECIMAL');
create macro is_real(v) as type_name(v) in ('INTEGER', 'DECIMAL', 'DOUBLE');
create macro items(a) as cast(json_extract(cast(a as json), '$[*]') as json[]);
create macro full_or_null(a) as list_transform(items(a), lambda x: case when is_full(x) then x end);
create macro joined(a, d) as case when d is not null then array_to_string(list_transform(items(a), lambda x: coalesce(text_in(x), '')), d) end;
create macro joined_by(a, d) as substr(list_reduce(list_transform(items(a), lambda x: coalesce(text_in(x), '')), lambda s, x: s || d || x, ''), length(d) + 1);
create macro array_distinct(a) as to_json(list_filter(items(a), lambda x, i: list_position(items(a), x) = i));
create macro array_slice(a, f, t) as to_json(list_slice(items(a), case when f < 0 then len(items(a)) + f + 1 else f + 1 end, case when t < 0 then len(items(a)) + t else t end));
create macro member(k, v) as case when k is not null and v is not null then cast(to_json(cast(k as varchar)) as varchar) || ':' || case when typeof(v) = 'JSON' then cast(v as varchar) else cast(to_json(v) as varchar) end end;
create macro element(v) as coalesce(case when typeof(v) = 'JSON' then cast(v as varchar) else cast(to_json(v) as varchar) end, 'null');
create macro member_or_null(k, v) as case when k is not null then cast(to_json(cast(k as varchar)) as varchar) || ':' || element(v) end;
create macro object_of(members) as cast(__sf_made('{' || coalesce(array_to_string(members, ','), '') || '}') as json);
create macro value_at(o, k) as json_extract(o, '/' || replace(replace(k, '~', '~0'), '/', '~1'));
create macro json_path(p) as case when contains(p, '*') then error('[002019:0A000] Unsupported by Snowpit: a path with a star, ' || p)
    else '$' || case when p = '' or p[1] in ('[', '.') then '' else '.' end || p end;
create macro parse_ip(s, kind) as cast(__sf_parse_ip(kind, s) as json);
create macro try_parse_ip(s, kind) as cast(__sf_try_parse_ip(kind, s) as json);
create macro get_path(v, p) as defined(json_extract(v, json_path(regexp_replace(p, '\[["'']([^"'']*)["'']\]', '."\1"', 'g'))));
create macro members(o, keys) as list_transform(keys, lambda k: member(k, value_at(o, k)));
create macro object_insert(o, k, v) as case when o is not null and k is not null then object_of(list_append(members(o, json_keys(o)), member(k, v))) end;
create macro object_pick(o, ks) as case when o is not null then object_of(members(o, list_filter(json_keys(o), lambda k: list_contains(ks, k)))) end;
create macro object_delete(o, ks) as case when o is not null then object_of(members(o, list_filter(json_keys(o), lambda k: not list_contains(ks, k)))) end;
create macro times(list, x) as len(list_filter(list, lambda y: y = x));
create macro array_except(a, b) as to_json(list_filter(items(a), lambda x, i: times(list_slice(items(a), 1, i), x) > times(items(b), x)));
create macro array_intersection(a, b) as to_json(list_filter(items(a), lambda x, i: times(list_slice(items(a), 1, i), x) <= times(items(b), x)));

create macro array_union(ls) as to_json(case when len(list_filter(ls, lambda l: len(l) <> len(list_distinct(l)))) = 0 then list_distinct(flatten(ls))
    else flatten(list_transform(list_distinct(flatten(ls)), lambda x: list_transform(range(list_max(list_transform(ls, lambda l: times(l, x)))), lambda k: x))) end);
create macro arrays_zip(ls) as case when len(list_filter(ls, lambda l: l is null)) = 0 then to_json(list_transform(range(1, list_max(list_transform(ls, lambda l: len(l))) + 1),
    lambda i: object_of(list_transform(ls, lambda l, j: member_or_null('$' || j, list_extract(l, i)))))) end;

-- Numbers made up.
create macro normal(mean, deviation, gen) as mean + deviation * sqrt(-2 * ln(1 - chance(gen))) * cos(2 * pi() * chance(hash(gen)));

-- More text.
create macro octets(x blob) as octet_length(x), (x varchar) as strlen(x);
create macro octets_any(x) as strlen(cast(x as varchar));
create macro cube_root(x) as case when round(cbrt(x)) * round(cbrt(x)) * round(cbrt(x)) = x then round(cbrt(x)) else cbrt(x) end;
create macro edit_distance(a, b) as cast(__sf_edit_distance(a || chr(31) || b) as bigint);
create macro jaro_winkler(a, b) as cast(__sf_jaro_winkler(a || chr(31) || b) as bigint);
-- A UUID of a name, of version 5: the first half of a hash with six bits of its own.
create macro uuid_of(h) as lower(h[1:8] || '-' || h[9:12] || '-5' || h[14:16] || '-' || to_hex(cast('0x' || h[17:18] as integer) & 63 | 128) || h[19:20] || '-' || h[21:32]);
create macro named_uuid(namespace, name) as uuid_of(sha1(unhex(replace(namespace, '-', '')) || encode(name)));
create macro splice(s, pos, n, t) as left(s, cast(pos as bigint) - 1) || t || substr(s, cast(pos + n as bigint));
create macro hex64(h) as cast('0x' || h as ubigint);
create macro tokens(s, delimiters) as case when delimiters = '' then [s]
    else list_filter(string_split_regex(s, '[' || regexp_escape(delimiters) || ']'), lambda x: x <> '') end;
create macro letters(s) as regexp_replace(upper(s), '[^A-Z]', '', 'g');
create macro sounds(s) as translate(s, 'BFPVCGJKQSXZDTLMNRAEIOUYHW', '111122222222334556000000');
create macro no_twins(s) as regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(s,
    '0+', '0', 'g'), '1+', '1', 'g'), '2+', '2', 'g'), '3+', '3', 'g'), '4+', '4', 'g'), '5+', '5', 'g'), '6+', '6', 'g');
create macro soundex(s) as case when letters(s) = '' then '' else regexp_extract(s, '[A-Za-z]') ||
    left(replace(substr(no_twins(sounds(letters(s))), 1 + length(sounds(left(letters(s), 1)))), '0', '') || '000', 3) end;
create macro soundex_p123(s) as case when letters(s) = '' then '' else regexp_extract(s, '[A-Za-z]') ||
    left(replace(no_twins(sounds(substr(letters(s), 2))), '0', '') || '000', 3) end;
create macro url_tail(u) as regexp_replace(u, '^[A-Za-z][A-Za-z0-9+.-]*:', '');
create macro url_authority(u) as regexp_extract(url_tail(u), '^//([^/?#]*)', 1);
create macro url_query(u) as case when regexp_matches(u, '^[^#]*\?') then regexp_extract(u, '^[^?#]*\?([^#]*)', 1) end;
create macro url_parts(u) as json_object('fragment', case when contains(u, '#') then regexp_extract(u, '#(.*)$', 1) end,
    'host', nullif(regexp_replace(url_authority(u), ':[0-9]+$', ''), ''),
    'parameters', case when url_query(u) <> '' then (select json_group_object(split_part(p, '=', 1), substr(p, length(split_part(p, '=', 1)) + 2)) from unnest(string_split(url_query(u), '&')) as q(p)) end,
    'path', regexp_extract(regexp_replace(url_tail(u), '^//[^/?#]*/?', ''), '^[^?#]*'),
    'port', nullif(regexp_extract(url_authority(u), ':([0-9]+)$', 1), ''), 'query', url_query(u), 'scheme', lower(regexp_extract(u, '^([A-Za-z][A-Za-z0-9+.-]*):', 1)));
create macro parse_url(u, permissive) as case when u is null then null when regexp_matches(u, '^[A-Za-z][A-Za-z0-9+.-]*:') then url_parts(u)
    when permissive = 1 then json_object('error', 'scheme not specified') else error('[100139:22000] Error parsing URL: scheme not specified') end;

-- Regular expressions, from a position on: the text between matches and the
-- matches themselves, one more of the first than of the second.
create macro from_first(n, what) as case when n < 1 then error('[001008:22023] SQL compilation error: invalid value [' || n || '] for parameter ''' || what || '''') else cast(n as bigint) end;
create macro re_between(s, p, pos) as string_split_regex(substr(s, from_first(pos, 'position')), p);
create macro re_matches(s, p, pos) as regexp_extract_all(substr(s, from_first(pos, 'position')), p);
create macro re_replace_all(s, p, t) as regexp_replace(s, p, case when strlen(s) * strlen(t) < 1000000 then t
    when __sf_room(strlen(t), len(regexp_extract_all(s, p))) >= 0 then t end, 'g');
create macro re_replace_nth(s, p, t, pos, n) as left(s, cast(pos as bigint) - 1) || array_to_string(list_transform(range(1, len(re_between(s, p, pos)) + 1), lambda i:
    re_between(s, p, pos)[i] || case when i > len(re_matches(s, p, pos)) then '' when n in (0, i) then regexp_replace(re_matches(s, p, pos)[i], p, t) else re_matches(s, p, pos)[i] end), '');
create macro re_instr_of(s, p, pos, n, past, g) as case when not (pos is null or n is null or past is null or g is null or p is null) then cast(__sf_re_instr(concat_ws(chr(31), from_first(pos, 'position'), from_first(n, 'occurrence'), past, g, p), s) as bigint) end;
create macro re_instr(s, p, pos, n, past) as case when s is null or p is null then null when n > len(re_matches(s, p, pos)) then 0 else cast(pos as bigint)
    + length(array_to_string(list_slice(re_between(s, p, pos), 1, n), '')) + length(array_to_string(list_slice(re_matches(s, p, pos), 1, n - 1 + past), '')) end;

-- More of arrays and objects.
create macro array_insert(a, pos, x) as case when pos < 0 then to_json(list_concat(list_slice(items(a), 1, len(items(a)) + pos), [x], list_slice(items(a), len(items(a)) + pos + 1, len(items(a)))))
    else to_json(list_concat(list_slice(items(a), 1, pos), list_transform(range(len(items(a)), pos), lambda i: gap()), [x], list_slice(items(a), pos + 1, len(items(a))))) end;
create macro real_of(x) as case when is_real(x) then cast(json_extract_string(x, '$') as double) end;
create macro variant_boolean(t, x) as coalesce(try_to_boolean(t), cast(__sf_no_variant('BOOLEAN', cast(x as varchar)) as boolean));
create macro same_value(x, y) as case when is_real(x) and is_real(y) then real_of(x) = real_of(y) else x = y end;
create macro array_remove_at(a, pos) as case when pos is not null then to_json(list_filter(items(a), lambda x, i: i <> case when pos < 0 then len(items(a)) + pos else pos end + 1)) end;
create macro array_flatten(a) as case when len(list_filter(items(a), lambda x: not is_full(x))) = 0 then to_json(flatten(list_transform(items(a), lambda x: case when json_type(x) = 'ARRAY' then items(x)
    else error('[100107:22000] Not an array: ''' || cast(x as varchar) || '''') end))) end;
create macro sortable(x) as {'n': real_of(x), 's': json_extract_string(x, '$'), 'x': x};
create macro sort_key(x) as case when x is not null then {'n': real_of(x), 's': json_extract_string(x, '$')} end;
create macro variant_key(x) as case when json_type(x) <> 'NULL' then sortable(x) end;
create macro short_digits(s) as case when contains(s, '.') then rtrim(rtrim(s, '0'), '.') else s end;
create macro digits_json(s) as cast(case when contains(s, '.') and (strlen(ltrim(s, '-')) > 16 or starts_with(ltrim(s, '-'), '0.000000')) then '"\f\r\f  ' || s || '"' else s end as json);
create macro decimal_json(x) as digits_json(short_digits(cast(x as varchar)));
create macro number_json(x) as case when x = trunc(x) and abs(x) < 1e15 then to_json(cast(x as bigint)) else to_json(x) end;
create macro is_gap(x) as cast(x as varchar) = '"\f\r\fu"';
create macro full_items(a) as list_transform(list_filter(items(a), lambda x: not is_gap(x)), lambda x: sortable(x));
create macro array_max(a) as struct_extract(list_extract(list_sort(full_items(a), 'DESC', 'NULLS LAST'), 1), 'x');
create macro array_min(a) as struct_extract(list_extract(list_sort(full_items(a), 'ASC', 'NULLS LAST'), 1), 'x');
create macro array_sort(a, up, nulls_first) as to_json(list_concat(case when nulls_first then list_filter(items(a), lambda x: is_gap(x)) else [] end,
    list_transform(case when up then list_sort(full_items(a), 'ASC', 'NULLS LAST') else list_sort(full_items(a), 'DESC', 'NULLS LAST') end, lambda x: struct_extract(x, 'x')),
    case when nulls_first then [] else list_filter(items(a), lambda x: is_gap(x)) end));
create macro array_range(a, b, step) as to_json(range(cast(a as bigint), cast(a as bigint) + step * __sf_room_for_items(8,
    greatest(0, (cast(b as hugeint) - a + step - sign(step)) // nullif(step, 0))::bigint), cast(step as bigint)));
create macro arrays_to_object(ks, vs) as object_of(list_transform(list_filter(range(1, len(items(ks)) + 1), lambda i: is_full(items(ks)[i]) and is_full(items(vs)[i])),
    lambda i: member(json_extract_string(items(ks)[i], '$'), items(vs)[i])));
create macro get_ignore_case(o, k) as coalesce(value_at(o, k), value_at(o, list_extract(list_filter(json_keys(o), lambda x: lower(x) = lower(k)), 1)));
create macro array_of(x) as case when json_type(x) = 'ARRAY' then x when json_type(x) <> 'NULL' then json_array(x) end;
create macro to_array(x json) as array_of(x), (x varchar) as case when x is not null then json_array(x) end,
  (x bigint) as case when x is not null then json_array(x) end, (x hugeint) as case when x is not null then json_array(x) end, (x double) as case when x is not null then json_array(x) end;
create macro to_array_any(x) as case when x is null then null when typeof(x) = 'JSON' then array_of(to_json(x)) else json_array(x) end;
create macro to_object(x) as case json_type(x) when 'OBJECT' then x when 'NULL' then null else
    cast(error('[100071:22000] Failed to cast variant value ' || cast(x as varchar) || ' to OBJECT') as json) end;
create macro hash_of(x) as case when x is null then hash(null) when typeof(x) in ('DOUBLE', 'FLOAT', 'BIGINT', 'INTEGER', 'HUGEINT') or typeof(x) like 'DECIMAL%' then hash(cast(cast(x as varchar) as double))
    else hash(cast(x as varchar)) end;
create macro signed(h) as cast(cast(h as hugeint) - case when h > 9223372036854775807 then 18446744073709551616 else 0 end as bigint);
create macro each_row(v, p) as cast(case json_type(v) when 'ARRAY' then list_transform(items(v), lambda x, i: {'KEY': cast(null as varchar), 'PATH': p || '[' || (i - 1) || ']', 'INDEX': cast(i - 1 as bigint), 'VALUE': defined(x)})
    when 'OBJECT' then list_transform(list_zip(cast(json_keys(v) as varchar[]), cast(json_extract(v, '$.*') as json[])), lambda z: {'KEY': z[1], 'PATH': p || step(true, z[1], p = ''), 'INDEX': cast(null as bigint), 'VALUE': z[2]}) end as struct(KEY varchar, PATH varchar, INDEX bigint, VALUE json)[]);
create macro or_one_row(rows, v) as case when len(rows) > 0 then rows
    else [{'KEY': cast(null as varchar), 'PATH': case when v is not null then '' end, 'INDEX': cast(null as bigint), 'VALUE': cast(null as json)}] end;
create macro with_input(list, seq, this) as list_transform(list, lambda x: {'E': x, 'SEQ': seq, 'THIS': this});
create macro numbered(list) as list_transform(list, lambda x, i: {'INDEX': cast(i as bigint), 'VALUE': x});
create macro step(in_object, k, first) as case when not in_object then '[' || k || ']'
    when regexp_full_match(k, '[A-Za-z_][A-Za-z0-9_$]*') then case when first then '' else '.' end || k else '[''' || k || ''']' end;
create macro path_of(p, first) as case when first then regexp_replace(p, '^\$\.?', '') else substr(p, 2) end;

-- Text as dates and times, in the forms that Snowflake's AUTO knows. Digits alone
-- count from 1970, in the unit that their number suggests.
create macro digits_time(x) as case when regexp_full_match(x, '-?[0-9]{1,19}') then make_timestamp(cast(case when abs(cast(x as hugeint)) < 31536000000 then cast(x as hugeint) * 1000000
    when abs(cast(x as hugeint)) < 31536000000000 then cast(x as hugeint) * 1000 when abs(cast(x as hugeint)) < 31536000000000000 then cast(x as hugeint)
    else even_us(cast(x as hugeint)) end as bigint)) end;
create macro other_forms(x) as try_strptime(x, ['%d-%b-%Y', '%d-%B-%Y', '%m/%d/%Y', '%d-%b-%Y %H:%M:%S', '%m/%d/%Y %H:%M:%S', '%a, %d %b %Y %H:%M:%S', '%a, %d %b %Y %I:%M:%S %p', '%a %b %d %H:%M:%S %Y',
    '%Y-%m-%d %H', '%Y-%m-%dT%H']);
create macro zoned_forms(x) as try_strptime(x, ['%a, %d %b %Y %H:%M:%S %z', '%a, %d %b %Y %I:%M:%S %p %z', '%a %b %d %H:%M:%S %z %Y']);
create macro without_zone(x) as regexp_replace(regexp_replace(x, '\s*([+-]\d\d:?\d\d|Z)$', ''), '^(\w{3} \w{3} \d\d \d\d:\d\d:\d\d) [+-]\d{4} (\d{4})$', '\1 \2');
create macro try_date(x) as coalesce(try_cast(x as date), cast(other_forms(x) as date), cast(digits_time(x) as date));
create macro try_naive(x) as coalesce(case when length(x) <= 19 then try_cast(x as timestamp) end, try_cast(without_zone(six_only(x, 26)) as timestamp), other_forms(x), other_forms(without_zone(x)), digits_time(x));
create macro try_zoned(x) as coalesce(try_cast(regexp_replace(regexp_replace(six_only(x, 26), '\s+([+-]\d\d:?\d\d|Z)$', '\1'), '^(\d{4}-\d\d-\d\d[ T]\d\d:\d\d)([+-]|Z)', '\1:00\2') as timestamptz), zoned_forms(x), cast(other_forms(x) as timestamptz), timezone('UTC', digits_time(x)));
create macro try_time(x) as coalesce(case when not regexp_matches(x, '[A-Za-z]') then try_cast(six_only(x, 15) as time) end, cast(digits_time(x) as time));
create macro in_century(x, start) as x + to_months(cast(12 * (start + (year(x) - start + 1000) % 100 - year(x)) as integer));
create macro unparsed(x, what, model) as case when x is not null then cast('[100096:22007] Can''t parse ''' || x || ''' as ' || what || ' with format ''' || model || '''' as timestamp) end;
create macro text_date(x) as case when x is not null then coalesce(try_date(x), cast('[100040:22007] Date ''' || x || ''' is not recognized' as date)) end;
create macro text_naive(x) as case when x is not null then coalesce(try_naive(x), cast('[100035:22007] Timestamp ''' || x || ''' is not recognized' as timestamp)) end;
create macro text_zoned(x) as case when x is not null then coalesce(try_zoned(x), cast('[100035:22007] Timestamp ''' || x || ''' is not recognized' as timestamptz)) end;
create macro text_time(x) as case when x is not null then coalesce(try_time(x), cast('[100108:22007] Time ''' || x || ''' is not recognized' as time)) end;
-- A TIMESTAMP_TZ is its moment and how many minutes its clock is ahead of UTC.
create macro clock_at(m, ahead) as timezone('UTC', cast(m as timestamptz)) + to_minutes(cast(ahead as bigint));
create macro clock_of(x) as clock_at(struct_extract(x, 'utc'), struct_extract(x, 'ahead'));
create macro at_offset(clock, ahead) as case when clock is not null
    then {'utc': timezone('UTC', cast(clock as timestamp) - to_minutes(cast(ahead as bigint))), 'ahead': cast(ahead as smallint)} end;
create macro zoned_at(m, clock) as case when m is not null and clock is not null then {'utc': cast(m as timestamptz), 'ahead': cast(date_diff('minute', timezone('UTC', cast(m as timestamptz)), cast(clock as timestamp)) as smallint)} end;
create macro zoned_of(m) as case when m is not null then {'utc': cast(m as timestamptz), 'ahead': cast(date_part('timezone', cast(m as timestamptz)) // 60 as smallint)} end;
create macro zoned_value(micros, ahead) as {'utc': make_timestamptz(cast(micros as bigint)), 'ahead': cast(ahead as smallint)};
create macro in_zone(zone, m) as zoned_at(m, timezone(zone, m));
create macro whole_ticks_at(x, n) as case when x is not null then {'utc': whole_ticks(struct_extract(x, 'utc'), n), 'ahead': struct_extract(x, 'ahead')} end;
create macro plain_clock(x) as try_naive(regexp_replace(x, '(:\d\d(\.\d+)?)\s*([+-]\d\d(:?\d\d)?|Z|UTC)$', '\1'));
create macro try_offset(x) as zoned_at(try_zoned(x), plain_clock(x));
create macro text_offset(x) as case when x is not null then coalesce(try_offset(x),
    zoned_of(cast('[100035:22007] Timestamp ''' || x || ''' is not recognized' as timestamptz))) end;
create macro offset_text(x) as case when epoch_us(cast(struct_extract(x, 'utc') as timestamptz)) % 1000 = 0 then strftime(clock_of(x), '%Y-%m-%d %H:%M:%S.%g ') else strftime(clock_of(x), '%Y-%m-%d %H:%M:%S.%f ') end
    || case when struct_extract(x, 'ahead') = 0 then 'Z' else offset_hours(struct_extract(x, 'ahead') * 60) || offset_minutes(struct_extract(x, 'ahead') * 60) end;
create macro local_json(x) as typed_json('l', offset_text(zoned_of(x)));
create macro offset_json(x) as typed_json('z', offset_text(x));
-- A FLOAT that is whole has no point, and a TIMESTAMP has milliseconds.
create macro fine_digits(us, ns) as strftime(us, '%f') || lpad(cast(ns as varchar), 3, '0');
create macro text_of(x) as case when starts_with(typeof(x), 'STRUCT(us TIME') or starts_with(typeof(x), 'STRUCT(utc STRUCT(us') then cast(fine_needed(typeof(x)) as varchar) when typeof(x) = 'STRUCT(utc TIMESTAMP WITH TIME ZONE, ahead SMALLINT)' then offset_text(try_cast(x as struct(utc timestamptz, ahead smallint)))
    when typeof(x) = 'TIMESTAMP WITH TIME ZONE' then strftime(try_cast(x as timestamptz), '%Y-%m-%d %H:%M:%S.%g ')
      || offset_hours(date_part('timezone', try_cast(x as timestamptz))) || offset_minutes(date_part('timezone', try_cast(x as timestamptz)))
    when typeof(x) in ('DOUBLE', 'FLOAT') then regexp_replace(replace(cast(x as varchar), 'nan', 'NaN'), '\.0$', '')
    when typeof(x) in ('TIMESTAMP', 'TIMESTAMP_NS', 'TIMESTAMP_MS', 'TIMESTAMP_S') then strftime(try_cast(x as timestamp), '%Y-%m-%d %H:%M:%S.%g')
    else cast(x as varchar) end;
create macro initcap_by(s, d) as case when s is null or d is null then null when s = '' then '' else array_to_string(list_transform(range(1, length(s) + 1), lambda i: case
    when contains(d, substr(s, i, 1)) then substr(s, i, 1) when i = 1 or contains(d, substr(s, i - 1, 1)) then upper(substr(s, i, 1)) else lower(substr(s, i, 1)) end), '') end;
-- What makes much of little asks for room, of its bytes and how many of them.
create macro repeat_text(s, n) as repeat(s, __sf_room(strlen(s), n));
create macro lpad_to(s, n, p) as case when n is null then null when p = '' then left(s, greatest(n, 0)) else lpad(s, cast(__sf_room(1, cast(greatest(n, 0) as bigint)) as integer), p) end;
create macro rpad_to(s, n, p) as case when n is null then null when p = '' then left(s, greatest(n, 0)) else rpad(s, cast(__sf_room(1, cast(greatest(n, 0) as bigint)) as integer), p) end;
create macro replace_text(s, f, t) as replace(s, f, case when strlen(t) <= strlen(f) or strlen(s) * strlen(t) < 1000000 then t
    when __sf_room(strlen(t), (strlen(s) - strlen(replace(s, f, ''))) // greatest(strlen(f), 1)) >= 0 then t end);
create macro split(s, d) as case when s is null or d is null then null when d = '' then [s] else string_split(s, d) end;
create macro part_of(s, d, n) as case when d = '' and s is not null then case when n in (-1, 0, 1) then s when n is not null then '' end
    else split_part(s, d, case when n = 0 then 1 else n end) end;
