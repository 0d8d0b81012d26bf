# functions/dateadd
> select dateadd('month', 1, '2013-05-08'::date), dateadd(day, -1, '2013-05-08'::date), dateadd(year, 2, '2012-02-29'::date)
2013-06-08|2013-05-07|2014-02-28

> select dateadd(hour, 2, '2013-04-05'::date), dateadd(month, 1, '2023-01-31'::date), dateadd('quarter', 1, '2020-11-30'::date)
2013-04-05 02:00:00|2023-02-28|2021-02-28

> select dateadd(minute, 90, '2020-01-01 23:00:00'::timestamp), timestampadd(second, -1, '2020-01-01'::timestamp), dateadd(week, 1, '2020-02-28'::date)
2020-01-02 00:30:00|2019-12-31 23:59:59|2020-03-06

# functions/datediff: boundaries crossed
> select datediff(year, '2010-04-09 14:39:20'::timestamp, '2013-05-08 23:39:20'::timestamp), datediff(hour, '2013-05-08T23:39:20.123'::timestamp, '2013-05-09 04:00:00'::timestamp), datediff('day', '2020-01-01 23:59:59'::timestamp, '2020-01-02 00:00:00'::timestamp)
3|5|1

> select datediff(year, '1985-12-31'::date, '2021-01-01'::date), datediff(month, '2021-01-31'::date, '2021-02-01'::date), datediff(second, '2020-01-01 00:00:00'::timestamp, '2020-01-01 00:01:00'::timestamp)
36|1|60

# a week begins on Monday by default
> select datediff(week, '2023-01-01'::date, '2023-01-02'::date), datediff(week, '2023-01-02'::date, '2023-01-08'::date)
1|0

# dates can be subtracted, and days added to them
> select '2020-03-01'::date - '2020-02-28'::date, '2020-02-28'::date + 2, '2020-03-01'::date - 1
2|2020-03-01|2020-02-29

# functions/date_trunc
> select date_trunc('year', '2015-05-08T23:39:20.123'::timestamp), date_trunc('month', '2015-05-08'::date), date_trunc('week', '2015-05-08'::date), date_trunc('hour', '2015-05-08 23:39:20'::timestamp), trunc('2015-05-08'::date, 'month')
2015-01-01 00:00:00|2015-05-01|2015-05-04|2015-05-08 23:00:00|2015-05-01

# functions/year and parts
> select year('2013-05-08T23:39:20'::timestamp), month('2013-05-08'::date), day('2013-05-08'::date), quarter('2013-05-08'::date), dayofyear('2013-05-08'::date), hour('2013-05-08T23:39:20'::timestamp)
2013|5|8|2|128|23

# Sunday is 0 for dayofweek, 7 for dayofweekiso
> select dayofweek('2023-01-01'::date), dayofweekiso('2023-01-01'::date), dayname('2023-01-01'::date), monthname('2023-01-01'::date)
0|7|Sun|Jan

> select weekiso('2016-01-02'::date), yearofweekiso('2016-01-02'::date), week('2016-01-04'::date)
53|2015|1

> select date_part(epoch_second, '2013-05-08T23:39:20'::timestamp), extract(year from '2013-05-08'::date), date_part('month', '2013-05-08'::date)
1368056360|2013|5

# functions/last_day, next_day, previous_day, add_months, months_between
> select last_day('2015-05-08'::date), last_day('2015-05-08'::date, 'year'), add_months('2016-05-15'::date, 2), add_months('2016-02-29'::date, 1)
2015-05-31|2015-12-31|2016-07-15|2016-03-31

> select next_day('2020-01-15'::date, 'Fr'), previous_day('2020-01-15'::date, 'we'), months_between('2019-03-01'::date, '2019-02-01'::date), months_between('2019-03-31'::date, '2019-02-28'::date)
2020-01-17|2020-01-08|1|1

# functions/to_date, to_timestamp, to_time
> select to_date('2013-05-17'), to_date('05/17/2013', 'MM/DD/YYYY'), to_timestamp('2013-04-05 01:02:03'), to_time('13:30:00'), try_to_date('nonsense')
2013-05-17|2013-05-17|2013-04-05 01:02:03|13:30:00|NULL

> select to_date('nonsense')
!100040

> select date_from_parts(1977, 8, 7), date_from_parts(2010, 1, 100), date_from_parts(2010, 14, 1), time_from_parts(12, 34, 56), timestamp_from_parts(2013, 4, 5, 12, 0, 0)
1977-08-07|2010-04-10|2011-02-01|12:34:56|2013-04-05 12:00:00

# functions/to_char with models
> select to_char('2013-04-05 01:02:03'::timestamp, 'mm/dd/yyyy, hh24:mi:ss'), to_char('2013-04-05'::date, 'DD MON YYYY'), to_varchar('2013-04-05'::date)
04/05/2013, 01:02:03|05 Apr 2013|2013-04-05

# functions/convert_timezone
> select convert_timezone('America/Los_Angeles', 'America/New_York', '2019-01-01 14:00:00'::timestamp_ntz), convert_timezone('UTC', 'Europe/Berlin', '2020-07-01 12:00:00'::timestamp_ntz)
2019-01-01 17:00:00|2020-07-01 14:00:00

# functions/time_slice
> select time_slice('2019-02-28'::date, 4, 'month', 'start'), time_slice('2019-02-28'::date, 4, 'month', 'end'), time_slice('2019-02-28 01:02:03'::timestamp, 15, 'minute')
2019-01-01|2019-05-01|2019-02-28 01:00:00

# intervals
> select '2018-04-15'::timestamp + interval '1 year, 3 quarters, 4 months, 5 weeks, 6 days', '2020-01-31'::timestamp + interval '1 month'
2020-06-25 00:00:00|2020-02-29 00:00:00

# a DATE stays a DATE through whole days; with aggregates it is a TIMESTAMP here
> select dateadd(day, 1, column1), date_trunc(month, column1), dateadd(hour, 1, column1) from values ('2020-01-31'::date)
2020-02-01|2020-01-01|2020-01-31 01:00:00

> select dateadd(day, 1, max(column1)) = '2020-02-01', max(column1) as d, dateadd(month, 1, d) = '2020-02-29'::date from values ('2020-01-31'::date)
true|2020-01-31|true

> select dateadd(day, 1, max(column1)), date_trunc('day', min(column1)) from values ('2020-01-31 05:00:00'::timestamp)
2020-02-01 05:00:00|2020-01-31 00:00:00
