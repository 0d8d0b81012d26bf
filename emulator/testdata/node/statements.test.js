'use strict';
const { assert, connect, run, refused, destroy, main } = require('./driver');

async function errors() {
  const c = await connect();
  await refused(run(c, 'select * from nowhere'), '002003', '42S02');
  await refused(run(c, 'selec 1'), '001003', '42000');
  await refused(run(c, 'select 1 / 0'), '100051', '22012');
  await refused(run(c, 'select 1; select 2'), '000008', '0A000');
  assert.deepEqual((await run(c, 'select 1 as A')).rows, [{ A: 1 }]); // the session goes on
  await destroy(c);
}

async function counts() {
  const c = await connect();
  const n = async (sql) => (await run(c, sql)).statement.getNumUpdatedRows();
  await run(c, 'create or replace table t (a int)');
  assert.equal(await n('insert into t values (1), (2), (3)'), 3);
  assert.equal(await n('update t set a = a + 1 where a > 1'), 2);
  assert.equal(await n('merge into t using (select 1 as a) s on t.a = s.a when matched then delete'), 1);
  assert.equal(await n('delete from t where false'), 0);
  await destroy(c);
}

async function transactions() {
  const c = await connect();
  await run(c, 'create or replace table tx (a int)');
  for (const sql of ['begin', 'insert into tx values (1)', 'rollback', 'begin', 'insert into tx values (2)', 'commit']) await run(c, sql);
  assert.deepEqual((await run(c, 'select a from tx')).rows, [{ A: 2 }]);
  await destroy(c);
}

async function several() {
  const c = await connect();
  const results = await new Promise((resolve, reject) => {
    const all = [];
    c.execute({
      sqlText: 'select 1 as A; select 2 as B; select 3 as C', parameters: { MULTI_STATEMENT_COUNT: 3 },
      complete(err, statement, rows) {
        if (err) return reject(err);
        all.push(rows ?? []);
        if (statement.hasNext()) statement.NextResult();
        else resolve(all);
      },
    });
  });
  assert.deepEqual(results.flat(), [{ A: 1 }, { B: 2 }, { C: 3 }]);
  await destroy(c);
}

async function asynchronous() {
  const c = await connect();
  const { statement } = await run(c, 'select count(*) as N from table(generator(rowcount => 1000))', { asyncExec: true });
  const queryId = statement.getQueryId();
  let status = await c.getQueryStatus(queryId);
  while (c.isStillRunning(status)) {
    await new Promise((resolve) => setTimeout(resolve, 20));
    status = await c.getQueryStatus(queryId);
  }
  assert.equal(status, 'SUCCESS');
  const found = await c.getResultsFromQueryId({ queryId });
  const rows = [];
  for await (const row of found.streamRows()) rows.push(row);
  assert.deepEqual(rows, [{ N: 1000 }]);
  const failed = (await run(c, 'select 1 / 0', { asyncExec: true })).statement.getQueryId();
  await assert.rejects(c.getResultsFromQueryId({ queryId: failed }));
  await destroy(c);
}

const endless = 'select count(*) from table(generator(rowcount => 100000)) a, table(generator(rowcount => 100000)) b, table(generator(rowcount => 100000)) c';

async function cancel() {
  const c = await connect();
  let statement;
  const ended = new Promise((resolve) => {
    statement = c.execute({ sqlText: endless, complete: (err) => resolve(err) });
  });
  await new Promise((resolve) => setTimeout(resolve, 300));
  await new Promise((resolve, reject) => statement.cancel((err) => (err ? reject(err) : resolve())));
  const err = await ended;
  assert.equal(String(err.code), '000604');
  assert.deepEqual((await run(c, 'select 1 as A')).rows, [{ A: 1 }]);
  await destroy(c);
}

async function cancelById() {
  const c = await connect();
  const queryId = (await run(c, endless, { asyncExec: true })).statement.getQueryId();
  await run(await connect(), `select system$cancel_query('${queryId}')`);
  for (let i = 0; c.isStillRunning(await c.getQueryStatus(queryId)); i++) {
    assert.ok(i < 200, 'it goes on');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  await destroy(c);
}

async function atOnce() {
  const connections = await Promise.all(Array.from({ length: 20 }, () => connect()));
  await run(connections[0], 'create or replace table shared (who int)');
  await Promise.all(connections.map(async (c, i) => {
    await run(c, `create temporary table own as select ${i} as who`);
    await run(c, 'insert into shared select who from own');
    assert.deepEqual((await run(c, 'select who from own')).rows, [{ WHO: i }]);
  }));
  assert.deepEqual((await run(connections[0], 'select count(distinct who) as N from shared')).rows, [{ N: 20 }]);
  await Promise.all(connections.map(destroy));
}

async function onOneConnection() {
  const c = await connect();
  const all = await Promise.all(Array.from({ length: 30 }, (_, i) => run(c, `select ${i} as A`)));
  assert.deepEqual(all.map(({ rows }) => rows[0].A), Array.from({ length: 30 }, (_, i) => i));
  await destroy(c);
}

main([errors, counts, transactions, several, asynchronous, cancel, cancelById, atOnce, onOneConnection]);
