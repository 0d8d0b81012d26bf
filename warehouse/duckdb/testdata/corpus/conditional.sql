# functions/iff
> select iff(true, 'true', 'false'), iff(false, 1, 2), iff(null, 1, 2)
true|2|2

> select iff(1 > 0, 'yes', null), iff(1 < 0, 'yes', null)
yes|NULL

# functions/nvl, ifnull, nvl2, zeroifnull, nullifzero
> select nvl(null, 'x'), ifnull(null, 5), nvl('a', 'b'), nvl2(null, 1, 2), nvl2('x', 1, 2)
x|5|a|2|1

> select zeroifnull(null), zeroifnull(3), nullifzero(0), nullifzero(4)
0|3|NULL|4

> select nullif('a', 'a'), nullif('a', 'b'), coalesce(null, null, 'c')
NULL|a|c

# functions/decode: nulls match nulls
> select decode(2, 1, 'one', 2, 'two', null, 'null', 'other'), decode(null, 1, 'one', null, 'null'), decode(9, 1, 'one')
two|null|NULL

> select decode(9, 1, 'one', 'other')
other

# functions/div0
> select div0(1, 2), div0(1, 0), div0(null, 0), div0null(1, null), div0null(1, 0)
0.5|0|NULL|0|0

# functions/equal_null
> select equal_null(1, 1), equal_null(1, null), equal_null(null, null), equal_null('a', 'b')
true|false|true|false

# functions/greatest: any null makes null; greatest_ignore_nulls does not
> select greatest(1, 3, 0, 4), least(1, 3, 0, 4), greatest(1, null, 3), least(null, 1)
4|0|NULL|NULL

> select greatest_ignore_nulls(1, null), least_ignore_nulls(5, null)
1|5

# functions/case
> select case when 1 > 2 then 'a' else 'b' end, case 3 when 3 then 'three' end, case when null then 1 end
b|three|NULL

# functions/booland: 0 is false, other numbers are true
> select booland(1, 0), boolor(1, 0), boolnot(0), booland(2, 3)
false|true|true|true

# sql-reference/logical: three-valued logic
> select null and false, null or true, null and true, not null
false|true|NULL|NULL

# regr: in and between
> select 1 in (1, 2), 3 not in (1, 2), 2 between 1 and 3, null in (1), 1 in (2, null)
true|true|true|NULL|NULL

> select 'a' = 'A', 'a' < 'b', 'B' < 'a', '' is null
false|true|true|false

> select is_null_or_empty('x')
!2140
