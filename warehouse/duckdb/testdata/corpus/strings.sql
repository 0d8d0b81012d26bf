# functions/contains, startswith, endswith
> select contains('coffee', 'ff'), startswith('coffee', 'co'), endswith('coffee', 'ee'), contains(null, 'a')
true|true|true|NULL

# functions/split_part: 0 counts as 1, negative from the end, beyond is empty
> select split_part('11.22.33', '.', 0), split_part('11.22.33', '.', 1), split_part('11.22.33', '.', 3), split_part('11.22.33', '.', 4), split_part('11.22.33', '.', -1)
11|11|33||33

> select split_part('aaa', 'x', 1), split_part('|a|b|c|', '|', 1), split_part('|a|b|c|', '|', 2)
aaa||a

# functions/split
> select split('127.0.0.1', '.'), array_size(split('a,b', ','))
["127","0","0","1"]|2

# functions/strtok: empty tokens are passed over
> select strtok('a.b.c', '.', 1), strtok('user@snowflake.com', '@.', 2), strtok('a..b', '.', 2), strtok('a b'), strtok('a', '.', 2)
a|snowflake|b|a|NULL

# functions/substr: from 1, 0 counts as 1, negative from the end
> select substr('testing 1 2 3', 9, 5), substr('abc', 0, 2), substr('mystring', -4, 3), substring('abc', 2), left('abc', 2), right('abc', 2)
1 2 3|ab|rin|bc|ab|bc

# functions/charindex, position
> select charindex('an', 'banana', 1), charindex('an', 'banana', 3), charindex('x', 'banana'), position('an', 'banana'), position('nan' in 'banana')
2|4|0|2|3

# functions/lpad: cuts what is too long
> select lpad('123.50', 10, '*_'), rpad('123.50', 10, '*_'), lpad('abc', 2), rpad('abc', 5) || '|'
*_*_123.50|123.50*_*_|ab|abc  |

# functions/trim
> select trim('  a b '), ltrim('000125', '0'), rtrim('$125.00', '0.'), trim('*-*ABC-*-', '*-')
a b|125|$125|ABC

# functions/initcap
> select initcap('the Quick+bRown fox'), initcap('a_b-c'), upper('ä'), lower('ÄB')
The Quick+Brown Fox|A_B-C|Ä|äb

# functions/replace, translate, repeat, reverse, space
> select replace('down', 'down', 'up'), replace('abcd', 'b'), translate('*a*bX*dYZ*', 'XYZ*', 'cef'), repeat('xy', 3), reverse('Hello'), '[' || space(3) || ']'
up|acd|abcdef|xyxyxy|olleH|[   ]

# functions/concat: any null makes null
> select concat('a', 'b', 'c'), concat('a', null), 'a' || 'b', 'a' || null, concat_ws('-', 'a', 'b')
abc|NULL|ab|NULL|a-b

# functions/length, ascii, chr
> select length('Joyeux Noël'), len('abc'), ascii('a'), ascii(''), chr(83), unicode('❄')
11|3|97|0|S|10052

# functions/md5, sha1, sha2
> select md5('Snowflake'), sha1('Snowflake'), sha2('Snowflake', 256) = sha2('Snowflake')
edf1439075a83a447fb8b630ddc9c8de|fda76b0bcc1e87cf259b1d1e3271d76f590fb5dd|true

# functions/base64_encode, hex_encode
> select base64_encode('Snowflake'), base64_decode_string('U25vd2ZsYWtl'), hex_encode('SNOW'), hex_decode_string('534E4F57')
U25vd2ZsYWtl|Snowflake|534E4F57|SNOW

# functions/editdistance
> select editdistance('Gute nacht', 'Ich weis nicht'), editdistance('future', null)
8|NULL

# functions/like: the whole text, case matters; ilike does not
> select 'abc' like 'a%', 'abc' like 'b%', 'ABC' ilike 'abc', 'a%c' like 'a^%c' escape '^', 'abc' like any ('x%', 'a%'), 'abc' not like 'x%'
true|false|true|true|true|true

> select 'abc' like all ('a%', '%c'), 'abc' ilike any ('B%', 'A%')
true|true

# functions/rlike: the whole text must match
> select rlike('San Francisco', '[sS].*'), 'abc' rlike 'b', regexp_like('abc', 'a.c'), 'abc' regexp '.*c'
true|false|true|true

# functions/regexp_replace, regexp_substr, regexp_count
> select regexp_replace('It was the best of times', '( ){1,}', ''), regexp_replace('ab12', '[0-9]', '#'), regexp_substr('nevermore1, nevermore2', 'nevermore[0-9]'), regexp_count('nevermore1, nevermore2', 'nevermore')
Itwasthebestoftimes|ab##|nevermore1|2

> select regexp_replace('firstname middlename lastname', '(.*) (.*) (.*)', '\\3, \\1 \\2')
lastname, firstname middlename

> select regexp_substr('abc', 'x')
NULL

# sql-reference/data-types-text: escapes
> select 'it''s', 'a\nb' = 'a' || chr(10) || 'b', '\N', '\x41\u00e4', $$a\nb$$, 'back\\slash'
it's|true|N|Aä|a\nb|back\slash

# functions/to_varchar
> select to_varchar(12), to_char(1.5), to_varchar(true), to_varchar(null), 5 || ''
12|1.5|true|NULL|5

# functions/parse_url
> select parse_url('x')
!2019

# functions/listagg
> select listagg(column1, ', ') within group (order by column1 desc), listagg(distinct column2, '|') from values ('a', 'x'), ('b', 'x'), (null, 'x')
b, a|x

> select listagg(column1) within group (order by column1) from values ('b'), ('a')
ab

# a text that cannot be a number
> select to_number('abc')
!100038

> select cast('x' as int)
!100038

> select try_cast('x' as int), try_cast('12' as int), try_to_number('7x'), '3'::int + 1
NULL|12|NULL|4

# conversion to text: a whole FLOAT has no point, a TIMESTAMP has milliseconds
> select 1.0::float::varchar, to_varchar(2.5::float), 1.50::number(5,2)::varchar, 'x' || 3.0::float || '-' || 4, '2020-01-02 03:04:05'::timestamp::varchar, '2020-01-02'::date || '', true || ''
1|2.5|1.50|x3-4|2020-01-02 03:04:05.000|2020-01-02|true

> select max(column1) || 'x', max(column1)::varchar(1), null || 'x', cast(null as varchar) from values (12.0::float)
12x|1|NULL|NULL
