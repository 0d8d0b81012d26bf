create table guessed (id int, n int, d number(12,2), f float, t varchar, b boolean, e date, s timestamp_ntz, v variant, l array, o object,
    small number(3,0), big number(38,0), c varchar(20), tz timestamp_tz, ltz timestamp_ltz, tm time, y binary);
insert into guessed
select $1, $2, $3, $4, $5, $6, $7, $8, parse_json($9), parse_json($10), parse_json($11), $2, $2 * 3, left($5, 20), $8::timestamp_tz, $8::timestamp_ltz, to_timestamp($8)::time, hex_encode($5)::binary
from values
    (1, 0, 0, 0, '', false, '1970-01-01', '1970-01-01 00:00:00', 'null', '[]', '{}'),
    (2, 1, 1.5, 0.5, 'a', true, '2020-02-29', '2020-02-29 23:59:59.5', '{"a": 1, "b": [1, "x"]}', '[1, 2, 3]', '{"k": 1}'),
    (3, -1, -1.55, -2.5, 'A', true, '2021-12-31', '2021-12-31 12:00:00', '"a"', '["a", null]', '{"k": "v", "z": null}'),
    (4, null, null, null, null, null, null, null, null, null, null),
    (5, 12, 100.05, 1e10, ' ab ', false, '1969-12-31', '1969-12-31 23:00:00.001', '12', '[[1], {"a": 2}]', '{"k": [1]}'),
    (6, 7, 2.25, 3.75, 'It''s a%_\\', true, '2000-01-01', '2000-01-01 00:00:01', '1.5', '[true, false]', '{"a": {"b": 2}}'),
    (7, 2, 0.01, 1e-3, 'äöü ß', null, '2024-02-29', '2024-02-29 01:02:03.456', 'true', '["b", "a"]', '{"k": null}'),
    (8, 3, -0.5, null, '12', false, '9999-12-31', '2038-01-19 03:14:07', '{"a": {"b": 2}}', '[null, 1.5]', null);
