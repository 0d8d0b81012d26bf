# querying-semistructured
> select parse_json('{"a": {"b": [1, 2, {"c": "x"}]}}'):a.b[2].c::string, parse_json('{"a": 1}'):a::int + 1, parse_json('{"a": 1}'):b, parse_json('[1,2]')[0]
x|2|NULL|1

> select parse_json('{"a": "text"}'):a, parse_json('{"a": "text"}'):a::varchar, parse_json('{"A b": 1}'):"A b", parse_json('{"a": 1}')['a']
"text"|text|1|1

# functions/typeof
> select typeof(parse_json('null')), typeof(parse_json('true')), typeof(parse_json('1')), typeof(parse_json('1.5')), typeof(parse_json('"a"')), typeof(parse_json('[]')), typeof(parse_json('{}'))
NULL_VALUE|BOOLEAN|INTEGER|DECIMAL|VARCHAR|ARRAY|OBJECT

# a JSON null is not an SQL null
> select parse_json('null') is null, is_null_value(parse_json('{"a": null}'):a), is_null_value(parse_json('{"a": 1}'):b), parse_json('{"a": null}'):a::varchar
false|true|NULL|NULL

# functions/object_construct: null values are left out, keys are sorted
> select object_construct('b', 1, 'a', 'x', 'n', null), object_construct_keep_null('a', null), object_construct()
{"a":"x","b":1}|{"a":null}|{}

> select object_insert(object_construct('a', 1), 'b', 2), object_delete(object_construct('a', 1, 'b', 2), 'a'), object_keys(object_construct('b', 1, 'a', 2))
{"a":1,"b":2}|{"b":2}|["a","b"]

# functions/array_construct and others
> select array_construct(1, 'a', null, 2.5), array_size(array_construct(1, 2, 3)), array_construct(), [1, 2][1]
[1,"a",null,2.5]|3|[]|2

> select array_append(array_construct(1), 2), array_prepend(array_construct(1), 0), array_cat(array_construct(1), array_construct(2)), array_compact(array_construct(1, null, 2)), array_slice(array_construct(0, 1, 2, 3), 0, 2)
[1,2]|[0,1]|[1,2]|[1,2]|[0,1]

> select array_contains(2::variant, array_construct(1, 2)), array_contains('x'::variant, array_construct('y')), array_position(2, array_construct(1, 2)), array_distinct(array_construct(1, 1, 2)), array_to_string(array_construct(1, 'a'), '-')
true|false|1|[1,2]|1-a

> select array_intersection(array_construct(1, 2), array_construct(2, 3)), array_except(array_construct(1, 2), array_construct(2)), arrays_overlap(array_construct(1), array_construct(1, 2))
[2]|[1]|true

> select array_agg(column1) within group (order by column1), array_agg(distinct column2), object_agg(column1::varchar, column2):"1"::varchar from values (2, 'x'), (1, 'x')
[1,2]|["x"]|x

# functions/get, get_path
> select get(parse_json('{"a": 1}'), 'a'), get(parse_json('[5, 6]'), 1), get_path(parse_json('{"a": {"b": 2}}'), 'a.b'), get(parse_json('{"a": 1}'), 'A')
1|6|2|NULL

# functions/is_*, as_*
> select is_integer(parse_json('1')), is_varchar(parse_json('1')), is_array(parse_json('[]')), is_object(parse_json('{}')), as_integer(parse_json('1')), as_varchar(parse_json('1')), as_varchar(parse_json('"a"'))
true|false|true|true|1|NULL|a

> select try_parse_json('{bad'), check_json('{bad') is not null, to_json(parse_json('{"a": 1}')), strip_null_value(parse_json('{"a": null}'):a), parse_json('')
NULL|true|{"a":1}|NULL|NULL

> select parse_json('{bad')
!100069

# functions/flatten: six columns
> select key, path, index, value, this from table(flatten(input => parse_json('[1, 77]')))
NULL|[0]|0|1|[1,77]
NULL|[1]|1|77|[1,77]

> select key, path, value from table(flatten(input => parse_json('{"a": 1, "b": [77, 88]}'))) order by key
a|a|1
b|b|[77,88]

> select f.value::int as v from values (parse_json('{"xs": [3, 4]}')) as t(j), lateral flatten(input => t.j:xs) as f order by v
3
4

> select f.index, f.value from table(flatten(input => parse_json('{"a": [5]}'), path => 'a')) f
0|5

> select t.id, f.value from values (1, parse_json('[]')), (2, parse_json('["x"]')) as t(id, j), lateral flatten(input => t.j, outer => true) f order by t.id
1|NULL
2|"x"

> select f.path, f.value from table(flatten(input => parse_json('{"a": [1]}'), recursive => true)) f
!2019
