# constructs/order-by: nulls are higher than all values
> select column1 from values (1), (null), (2) order by column1
1
2
NULL

> select column1 from values (1), (null), (2) order by column1 desc
NULL
2
1

> select column1 from values (1), (null), (2) order by column1 nulls first limit 1
NULL

# constructs/qualify
> select column1, column2 from values ('a', 1), ('a', 2), ('b', 3) qualify row_number() over (partition by column1 order by column2 desc) = 1 order by 1
a|2
b|3

# an alias may be used further on in the same select
> select column1 + 1 as x, x * 2 as y from values (1) where x > 1
2|4

# group by: by place, by alias, all
> select column1 as k, sum(column2) from values ('a', 1), ('b', 2), ('a', 3) group by k order by k
a|4
b|2

> select column1, count(*) from values ('a'), ('b'), ('a') group by all order by 1
a|2
b|1

> select column1, sum(column2) from values ('a', 1), ('b', 2) group by rollup (column1) order by 1
a|1
b|2
NULL|3

> select grouping(column1), sum(column2) from values ('a', 1) group by cube (column1) order by 1
0|1
1|1

# set operators
> select 1 union select 1 union all select 2 order by 1
1
2

> select column1 from values (1), (2) minus select 2
1

> select column1 from values (1), (2) intersect select 2
2

# with, recursive
> with recursive n(i) as (select 1 union all select i + 1 from n where i < 3) select sum(i) from n
6

# joins
> select a.x, b.y from (values (1), (2)) as a(x) left join (values (2, 'two')) as b(x, y) on a.x = b.x order by a.x
1|NULL
2|two

> select x, a.y, b.y from (values (1, 'a')) as a(x, y) join (values (1, 'b')) as b(x, y) using (x)
1|a|b

> select * exclude (column1) from values (1, 2, 3)
2|3

> select * rename (column1 as a) from values (1, 2)
1|2

> select top 1 column1 from values (5), (6) order by 1
5

> select count(*), count(column1), count(distinct column1) from values (1), (1), (null)
3|2|1

# functions/count_if, approx_count_distinct, median, mode, min_by
> select count_if(column1 > 1), median(column1), mode(column1), max_by(column2, column1), min_by(column2, column1) from values (1, 'a'), (2, 'b'), (2, 'b')
2|2|2|b|a

> select sum(column1), avg(column1), min(column1), max(column1), stddev(column1), variance(column1) from values (1), (2), (3)
6|2|1|3|1|1

> select booland_agg(column1), boolor_agg(column1) from values (true), (false)
false|true

> select percentile_cont(0.5) within group (order by column1), percentile_disc(0.5) within group (order by column1) from values (1), (2), (3), (4)
2.5|2

# windows
> select column1, sum(column1) over (order by column1), lag(column1) over (order by column1), lead(column1, 1, 0) over (order by column1) from values (1), (2), (3) order by 1
1|1|NULL|2
2|3|1|3
3|6|2|0

> select ratio_to_report(column1) over () from values (1), (3) order by 1
0.25
0.75

> select first_value(column1) ignore nulls over (order by column2), last_value(column1) over (order by column2) from values (null, 1), ('a', 2), ('b', 3) order by 1
a|b
a|b
a|b

> select ntile(2) over (order by column1), rank() over (order by column1), dense_rank() over (order by column1), percent_rank() over (order by column1) from values (1), (1), (2) order by 1, 2
1|1|1|0
1|1|1|0
2|3|2|1

# pivot, unpivot
> select * from values ('a', 'x', 1), ('a', 'y', 2) as t(k, c, v) pivot (sum(v) for c in ('x', 'y')) order by 1
a|1|2

> select * from values (1, 10, 20) as t(id, jan, feb) unpivot (sales for month in (jan, feb)) order by month
1|FEB|20
1|JAN|10

# table functions
> select count(*) from table(generator(rowcount => 5))
5

> select seq4() from table(generator(rowcount => 3)) order by 1
0
1
2

> select index, value from table(split_to_table('a.b', '.'))
1|a
2|b

> select s.value from values ('a b') as t(x), lateral split_to_table(t.x, ' ') as s order by s.index
a
b

# session context
> select current_database(), current_schema(), current_date() = current_date, current_timestamp() is not null
T|PUBLIC|true|true

# what is not Snowflake's is unknown, whatever DuckDB has
> select * from read_csv('x.csv')
!1003

> select getenv('HOME')
!2140

> select list_sort([1])
!2140

> select no_such_function(1)
!2140

> select * from 'x.csv'
!1003
