# functions of numbers
> select acos(1), asin(0), atan(0), tan(0), round(cot(1), 6), pow(3, 2), round(cbrt(8), 9)
0|0|0|0|0.642093|9|2

# functions/haversine: kilometres on a globe of 6,371
> select round(haversine(40.7127, -74.0059, 34.0500, -118.2500), 0)
3936

# aggregates
> select any_value(column1), approx_count_distinct(column1), hll(column1), approx_percentile(column1, 0.5) from values (5), (5)
5|1|1|5

> select var_pop(column1), var_samp(column1), variance_pop(column1), variance_samp(column1), stddev_pop(column1), stddev_samp(column1) from values (2.0::float), (4.0::float)
1|2|1|2|1|1.4142135623730951

> select corr(x, y), covar_pop(x, y), covar_samp(x, y), regr_slope(y, x), regr_intercept(y, x), regr_r2(y, x), regr_count(y, x) from values (1, 3), (2, 5), (3, 7) as t(x, y)
1|1.3333333333333333|2|2|1|1|3

> select regr_avgx(y, x), regr_avgy(y, x), regr_sxx(y, x), regr_sxy(y, x), regr_syy(y, x) from values (1, 3), (2, 5), (3, 7) as t(x, y)
2|5|2|4|8

> select bitand_agg(column1), bitor_agg(column1), bitxor_agg(column1) from values (12), (10)
8|14|6

> select round(skew(column1), 6), round(kurtosis(column1), 6) from values (1), (2), (3), (4)
0|-1.2

> select grouping_id(column1), count(*) from values ('a'), ('b') group by rollup (column1) order by 1, 2
0|1
0|1
1|2

> select string_agg(column1, '-') within group (order by column1), arrayagg(column1) within group (order by column1) from values ('a'), ('b')
a-b|["a","b"]

# windows
> select nth_value(column1, 2) over (order by column1), cume_dist() over (order by column1) from values (1), (2) order by 2
2|0.5
2|1

# session
> select current_role() is not null, current_user() is not null, current_warehouse() is not null, current_account() is not null, current_version() is not null, current_region() is not null
true|true|true|true|true|true

> select getdate() is not null, sysdate() is not null, localtimestamp() is not null, systimestamp() is not null, length(uuid_string())
true|true|true|true|36

# text under other names
> select char(65), md5_hex('a'), sha1_hex('a') = sha1('a'), sha2_hex('a') = sha2('a')
A|0cc175b9c0f1b6a831c399e269772661|true|true

# dates under other names
> select dayofmonth('2020-02-03'::date), dayofweek_iso('2020-02-03'::date), weekofyear('2020-02-03'::date), yearofweek('2020-02-03'::date), datefromparts(2020, 2, 3), timefromparts(1, 2, 3)
3|1|6|2020|2020-02-03|01:02:03

> select timestampdiff(day, '2020-01-01'::date, '2020-01-03'::date), timediff(hour, '2020-01-01'::timestamp, '2020-01-01 05:59:00'::timestamp), timestamp_ntz_from_parts(2020, 1, 2, 3, 4, 5)
2|5|2020-01-02 03:04:05

> select to_timestamp_ntz('2020-01-02 03:04:05'), to_timestamp_ltz('2020-01-02 03:04:05+02:00'), to_timestamp_tz('2020-01-02 03:04:05+00:00'), try_to_timestamp('x'), try_to_timestamp_ntz('2020-01-02'), try_to_time('25:00:00')
2020-01-02 03:04:05|2020-01-02 01:04:05|2020-01-02 03:04:05|NULL|2020-01-02 00:00:00|NULL

# conversions that may fail
> select to_boolean('yes'), to_boolean(0), try_to_boolean('maybe'), try_to_boolean('off'), try_to_decimal('x'), try_to_numeric('1.5', 3, 1), to_numeric('2.5', 3, 1), try_to_double('x')
true|false|NULL|false|NULL|1.5|2.5|NULL

# semi-structured types
> select is_boolean(parse_json('true')), is_char(parse_json('"a"')), is_decimal(parse_json('1.5')), as_boolean(parse_json('true')), as_boolean(parse_json('1')), as_char(parse_json('"a"')), as_double(parse_json('1.5'))
true|true|true|true|NULL|a|1.5

> select as_array(parse_json('[1]')), as_array(parse_json('1')), as_object(parse_json('{"a":1}')), to_variant('x'), to_variant(1)
[1]|NULL|{"a":1}|"x"|1

# sequences of numbers
> select seq1(), seq2(), seq8() from table(generator(rowcount => 2)) order by 1
0|0|0
1|1|1
