'use strict';
const { assert, connect, run, refused, destroy, main } = require('./driver');

async function everyType() {
  const c = await connect();
  const when = new Date('2024-03-01T12:00:00.123Z');
  const { rows } = await run(c,
    `select ? as N, ? as T, ? as R, ? as B, ? as NOTHING, ?::timestamp_ntz as D, typeof(parse_json(?)) as V,
      ?::date as DAY, ?::number(10,2) as TWO`,
    { binds: [1, "it's", 1.5, true, null, when, JSON.stringify({ a: [1] }), '2024-02-29', '12.34'] });
  const [r] = rows;
  assert.equal(r.N, 1);
  assert.equal(r.T, "it's");
  assert.equal(r.R, 1.5);
  assert.equal(r.B, true);
  assert.equal(r.NOTHING, null);
  assert.equal(r.D.toISOString(), when.toISOString());
  assert.equal(r.V, 'OBJECT');
  assert.equal(r.DAY.toISOString(), '2024-02-29T00:00:00.000Z');
  assert.equal(r.TWO, 12.34);
  await destroy(c);
}

async function numbered() {
  const c = await connect();
  const { rows } = await run(c, 'select :2 as B, :1 as A, :2 as C', { binds: [1, 'x'] });
  assert.deepEqual(rows, [{ B: 'x', A: 1, C: 'x' }]);
  await refused(run(c, 'select ?, ?', { binds: [1] }), '002049', '42601');
  await destroy(c);
}

// numbers are n rows of values that a CSV must take care of.
const numbers = (n) => Array.from({ length: n }, (_, i) => [i, i % 3 ? `name, "${i}"\nand more` : null, i / 4, i % 2 === 0, new Date(Date.UTC(2024, 0, 1, 0, 0, i))]);

async function lists(threshold, n) {
  const c = await connect({ arrayBindingThreshold: threshold });
  await run(c, 'create or replace table t (i int, s varchar, f float, b boolean, at timestamp_ntz)');
  const { statement } = await run(c, 'insert into t values (?, ?, ?, ?, ?)', { binds: numbers(n) });
  assert.equal(statement.getNumUpdatedRows(), n);
  const { rows } = await run(c, 'select * from t order by i');
  assert.deepEqual(rows.map((r) => [r.I, r.S, r.F, r.B, r.AT.toISOString()]), numbers(n).map((r) => [...r.slice(0, 4), r[4].toISOString()]));
  await destroy(c);
}

async function listsInline() { await lists(100000, 500); }
async function listsThroughStage() { await lists(10, 500); }

async function listsAreAllOrNothing() {
  const c = await connect();
  await run(c, 'create or replace table few (i number(2,0))');
  await refused(run(c, 'insert into few values (?)', { binds: [[1], [2], [1000]] }), '100039');
  assert.deepEqual((await run(c, 'select count(*) as N from few')).rows, [{ N: 0 }]);
  await destroy(c);
}

main([everyType, numbered, listsInline, listsThroughStage, listsAreAllOrNothing]);
