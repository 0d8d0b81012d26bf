# operators-arithmetic: division of whole numbers has six digits, as a FLOAT here
> select 1 / 3, 10 / 4, 2 / 3, -1 / 3, 7 / 2::float
0.333333|2.5|0.666667|-0.333333|3.5

> select 1 / 0
!100051

> select 5 % 0
!100051

> select 7 % 3, mod(-7, 3), 5.5 % 2, 2 * 3.5, 1 - 0.1, 0.1 + 0.2
1|-1|1.5|7.0|0.9|0.3

# functions/round: half away from zero
> select round(135.135, -2), round(135.135, 0), round(135.135, 2), round(-2.5), round(2.5), round(0.5), round(1.005, 2)
100|135|135.14|-3|3|1|1.01

# functions/ceil, floor, trunc
> select ceil(135.135), floor(-135.135), trunc(1.99), trunc(-975.975, -2), ceil(1), floor(1.234, 1), ceil(-1.234, 1)
136|-136|1|-900|1|1.2|-1.2

> select abs(-5), sign(-2.5), sqrt(16), power(2, 10), exp(0), ln(1), log(10, 100), square(3), factorial(5)
5|-1|4|1024|1|0|2|9|120

> select pi() > 3.14159, degrees(pi()), radians(180) = pi(), sin(0), cos(0), atan2(0, 1)
true|180|true|0|1|0

# functions/bitand
> select bitand(12, 10), bitor(12, 10), bitxor(12, 10), bitnot(0), bitshiftleft(1, 4), bitshiftright(16, 2)
8|14|6|-1|16|4

# functions/width_bucket
> select width_bucket(290000, 200000, 600000, 4), width_bucket(100000, 200000, 600000, 4), width_bucket(700000, 200000, 600000, 4)
1|0|5

# functions/to_number: rounds half away from zero
> select to_number('12.3456'), to_number('98.76546', 10, 1), to_decimal('12.345', 10, 2), to_number('-4.5'), to_number('4.5')
12|98.8|12.35|-5|5

> select '12.6'::int, 12.5::int, -12.5::number, 1.255::number(5,2), '1e3'::number
13|13|-13|1.26|1000

> select 123456.78::number(5,2)
!100039

> select to_double('3.14'), '1.5'::float, 1e3::int, true::int, 'true'::boolean, 0::boolean, 'yes'::boolean, 'off'::boolean
3.14|1.5|1000|1|true|false|true|false

> select 'maybe'::boolean
!100037

# integers of 38 digits
> select 12345678901234567890123456789012345678, 99999999999999999999::number(38,0) + 1
12345678901234567890123456789012345678|100000000000000000000

> select uniform(1, 1, random()), random() <> random(), abs(random(1)) >= 0
1|true|true

# a FLOAT on either side makes a FLOAT; NUMBERs keep six digits more than the first has
> select 1::float / 3, 2 / 3::float, sum(1.0::float) / cast(count(*) as float) / 3, 10.00::number(10,2) / 3, 1::number(38,0) / 7, null / 2
0.3333333333333333|0.6666666666666666|0.3333333333333333|3.33333333|0.142857|NULL

> select 7.5 / 2.5, 1e0 / 4, sum(column1) / count(*) from values (1), (2)
3|0.25|1.5

# whatever DuckDB knows of the types when: aggregates, windows, aliases
> select max(column1) / 2, min(column1) as m, m / 2, sum(column1) over () / 2 from values (1.5::float) group by column1
0.75|1.5|0.75|0.75
