'use strict';
const { assert, snowflake, connect, run, refused, destroy, main } = require('./driver');

// What an error tells besides its code.
async function errorFields() {
  const c = await connect();
  const err = await run(c, 'select 1,\n  nosuch from (select 1 as A)').then(() => assert.fail('it ran'), (e) => e);
  assert.equal(err.code, '000904');
  assert.equal(err.sqlState, '42000');
  assert.match(err.message, /invalid identifier 'NOSUCH'/i);
  assert.equal(err.data.line, 2);
  assert.equal(err.data.pos, 2);
  assert.match(err.data.queryId, /^[0-9a-f]{8}-[0-9a-f]{4}-/);
  assert.equal(err.data.internalError, false);
  await destroy(c);
}

// The second of two statements fails: the first one is done, and the error is the second's.
async function severalThatFail() {
  const c = await connect();
  await run(c, 'create or replace table once (a int)');
  await refused(run(c, 'insert into once values (1); select * from nowhere', { parameters: { MULTI_STATEMENT_COUNT: 2 } }), '002003', '42S02');
  assert.deepEqual((await run(c, 'select count(*) as N from once')).rows, [{ N: 1 }]);
  await destroy(c);
}

// Rows as arrays, and as objects whose columns have one name.
async function rowModes() {
  const c = await connect();
  const sql = 'select 1 as A, 2 as A, 3 as B';
  assert.deepEqual((await run(c, sql, { rowMode: 'array' })).rows, [[1, 2, 3]]);
  assert.deepEqual((await run(c, sql, { rowMode: 'object_with_renamed_duplicated_columns' })).rows, [{ A: 1, A_2: 2, B: 3 }]);
  await destroy(c);
}

// Values of each kind, and back.
async function kindsAndBack() {
  const c = await connect({ representNullAsStringNull: false }); // or a TIME that is null is the text NULL
  await run(c, 'create or replace table kinds (n number(10,2), s varchar, b boolean, d date, t time, at timestamp_ntz, y binary, v variant)');
  const at = new Date('2024-02-29T12:34:56.789Z');
  const rows = [
    [1.25, 'a,"b"', true, '2024-02-29', '01:02:03', at, 'deadbeef', '{"a":1}'],
    [null, null, null, null, null, null, null, null],
  ];
  const insert = 'insert into kinds select column1, column2, column3, column4, column5, column6, to_binary(column7), parse_json(column8) from values (?, ?, ?, ?, ?, ?, ?, ?)';
  for (const binds of rows) await run(c, insert, { binds });
  const { rows: got } = await run(c, 'select * from kinds order by n');
  assert.equal(got.length, 2);
  const [r] = got;
  assert.deepEqual([r.N, r.S, r.B, r.D.toISOString().slice(0, 10), r.T, r.AT.toISOString(), r.Y.toString('hex'), r.V],
    [1.25, 'a,"b"', true, '2024-02-29', '01:02:03', at.toISOString(), 'deadbeef', { a: 1 }]);
  assert.deepEqual(Object.values(got[1]), Array(8).fill(null));
  await destroy(c);
}

// A statement's result by its id, from another statement object and twice.
async function resultsById() {
  const c = await connect();
  const { statement } = await run(c, 'select seq4() as N from table(generator(rowcount => 3)) order by 1');
  for (let i = 0; i < 2; i++) {
    const rows = await new Promise((resolve, reject) => {
      c.fetchResult({ queryId: statement.getQueryId(), complete: (err, _, got) => (err ? reject(err) : resolve(got)) });
    });
    assert.deepEqual(rows, [{ N: 0 }, { N: 1 }, { N: 2 }]);
  }
  assert.deepEqual((await run(c, `select max(N) as M from table(result_scan('${statement.getQueryId()}'))`)).rows, [{ M: 2 }]);
  await destroy(c);
}

// The same request once more, as after a broken connection, changes nothing.
async function sameRequest() {
  const c = await connect();
  await run(c, 'create or replace table once (a int)');
  const { statement } = await run(c, 'insert into once values (1)');
  await run(c, 'insert into once values (1)', { requestId: statement.getRequestId() });
  assert.deepEqual((await run(c, 'select count(*) as N from once')).rows, [{ N: 1 }]);
  await destroy(c);
}

// A stream that its reader leaves, and the connection after it.
async function leftStream() {
  const c = await connect();
  const { statement } = await run(c, "select seq8() as N, repeat('x', 100) as T from table(generator(rowcount => 200000)) order by 1", { streamResult: true });
  const seen = [];
  for await (const row of statement.streamRows()) {
    seen.push(row.N);
    if (seen.length === 5) break;
  }
  assert.deepEqual(seen, [0, 1, 2, 3, 4]);
  assert.deepEqual((await run(c, 'select 1 as A')).rows, [{ A: 1 }]);
  await destroy(c);
}

// Parameters of one statement are its own.
async function parameters() {
  const c = await connect();
  const sql = "select to_char('2024-02-29'::date) as D";
  assert.deepEqual((await run(c, sql, { parameters: { DATE_OUTPUT_FORMAT: 'DD.MM.YYYY', QUERY_TAG: 'mine' } })).rows, [{ D: '29.02.2024' }]);
  assert.deepEqual((await run(c, sql)).rows, [{ D: '2024-02-29' }]);
  assert.deepEqual((await run(c, 'select current_client() as C')).rows[0].C.split(' ')[0], 'JavaScript');
  await destroy(c);
}

// A connection that is written down and read again is the same session.
async function written() {
  const c = await connect();
  await run(c, 'create temporary table mine as select 7 as A');
  const again = snowflake.deserializeConnection({ accessUrl: new URL(process.env.EMULATOR).origin, account: 'snowpit', username: 'snowpit', password: 'snowpit' }, c.serialize());
  assert.deepEqual((await run(again, 'select A from mine')).rows, [{ A: 7 }]);
  await destroy(c);
}

// Numbers that a double has not, times before 1970 and with few digits, empty and odd texts.
async function edges() {
  const c = await connect();
  const { rows: [r] } = await run(c, `select '' as E, 'NaN'::float as NAN, 'inf'::float as INF, -0.5::number(3,1) as H, '0001-01-01'::date as FIRST,
    '9999-12-31 23:59:59.999'::timestamp_ntz as LAST, '1900-01-01 00:00:00.25'::timestamp_ntz(3) as OLD, [] as NONE, parse_json('null') as JNULL, to_binary('') as NOBYTES`);
  assert.equal(r.E, '');
  assert.ok(Number.isNaN(r.NAN));
  assert.equal(r.H, -0.5);
  assert.equal(r.FIRST.toISOString(), '0001-01-01T00:00:00.000Z');
  assert.equal(r.LAST.toISOString(), '9999-12-31T23:59:59.999Z');
  assert.equal(r.OLD.toISOString(), '1900-01-01T00:00:00.250Z');
  assert.deepEqual(r.NONE, []);
  assert.equal(r.JNULL, null);
  assert.equal(r.NOBYTES.length, 0);
  await destroy(c);
}

main([errorFields, severalThatFail, rowModes, kindsAndBack, resultsById, sameRequest, leftStream, parameters, written, edges]);
