'use strict';
const { assert, connect, run, destroy, main } = require('./driver');

const everyType = `select 42 as I, -1.25::number(10,2) as N, 1.5::float as F, 'Räikkönen' as T, true as B, to_binary('DEADBEEF') as Y,
  '2024-02-29'::date as D, '01:02:03'::time as TM, '2024-01-02 03:04:05.678901234'::timestamp_ntz as NTZ, '1969-12-31 23:59:58.5'::timestamp_ntz as OLD,
  '2024-01-02 03:04:05.5 +02:00'::timestamp_tz as TZ, '2024-01-02 03:04:05'::timestamp_ltz as LTZ,
  parse_json('{"a": [1, null, "x"]}') as V, array_construct(1, 2) as A, object_construct('k', 'v') as O, null::int as NOTHING`;

async function values() {
  const c = await connect();
  await run(c, "alter session set timezone = 'Europe/Paris'");
  const [r] = (await run(c, everyType)).rows;
  assert.equal(r.I, 42);
  assert.equal(r.N, -1.25);
  assert.equal(r.F, 1.5);
  assert.equal(r.T, 'Räikkönen');
  assert.equal(r.B, true);
  assert.equal(r.Y.toString('hex'), 'deadbeef');
  assert.equal(r.D.toISOString(), '2024-02-29T00:00:00.000Z');
  assert.equal(r.TM, '01:02:03');
  assert.equal(r.NTZ.toISOString(), '2024-01-02T03:04:05.678Z');
  assert.equal(r.OLD.toISOString(), '1969-12-31T23:59:58.500Z');
  assert.equal(r.TZ.toISOString(), '2024-01-02T01:04:05.500Z');
  assert.equal(r.LTZ.toISOString(), '2024-01-02T02:04:05.000Z'); // the session's zone
  assert.deepEqual(r.V, { a: [1, null, 'x'] });
  assert.deepEqual(r.A, [1, 2]);
  assert.deepEqual(r.O, { k: 'v' });
  assert.equal(r.NOTHING, null);
  await destroy(c);
}

async function columns() {
  const c = await connect();
  const { statement } = await run(c, everyType);
  const got = Object.fromEntries(statement.getColumns().map((col) => [col.getName(), [col.getType(), col.getScale()]]));
  assert.deepEqual(got.I, ['fixed', 0]);
  assert.deepEqual(got.N, ['fixed', 2]);
  for (const [name, type] of Object.entries({ F: 'real', T: 'text', B: 'boolean', Y: 'binary', D: 'date', TM: 'time', NTZ: 'timestamp_ntz', TZ: 'timestamp_tz', LTZ: 'timestamp_ltz', V: 'variant', A: 'array', O: 'object' })) {
    assert.equal(got[name][0], type, name);
  }
  assert.equal(statement.getColumn('NTZ').getScale(), 9);
  assert.equal(statement.getNumRows(), 1);
  assert.match(statement.getQueryId(), /^[0-9a-f]{8}-[0-9a-f]{4}-/);
  await destroy(c);
}

async function asText() {
  const c = await connect();
  const sql = "select 12345678901234567890123456789012345678 as BIG, '2024-02-29'::date as D, true as B, parse_json('[1]') as V";
  const [r] = (await run(c, sql, { fetchAsString: ['Number', 'Date', 'Boolean', 'JSON'] })).rows;
  assert.equal(r.BIG, '12345678901234567890123456789012345678');
  assert.equal(r.D, '2024-02-29');
  assert.equal(r.B, 'TRUE');
  assert.equal(r.V.replace(/\s/g, ''), '[1]');
  await destroy(c);
  const big = await connect({ jsTreatIntegerAsBigInt: true });
  assert.equal((await run(big, 'select 9007199254740993 as N')).rows[0].N.value, 9007199254740993n);
  await destroy(big);
}

async function describeOnly() {
  const c = await connect();
  await run(c, 'create or replace table t (a int, b varchar(7))');
  const { rows, statement } = await run(c, 'select a, b from t where a = ?', { describeOnly: true });
  assert.deepEqual(rows, []);
  assert.deepEqual(statement.getColumns().map((col) => col.getName()), ['A', 'B']);
  await run(c, 'insert into t values (1, null)', { describeOnly: true });
  assert.deepEqual((await run(c, 'select count(*) as N from t')).rows, [{ N: 0 }]);
  await destroy(c);
}

main([values, columns, asText, describeOnly]);
