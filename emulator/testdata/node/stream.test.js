'use strict';
const { assert, connect, run, destroy, main } = require('./driver');

const many = 'select seq8() as N, repeat(\'x\', 100) as T from table(generator(rowcount => 200000)) order by 1';

// collect reads a stream of rows: how many, and the sum of their numbers.
function collect(stream) {
  return new Promise((resolve, reject) => {
    let count = 0, sum = 0;
    stream.on('error', reject);
    stream.on('data', (row) => { count++; sum += row.N; assert.equal(row.T.length, 100); });
    stream.on('end', () => resolve({ count, sum }));
  });
}

async function inChunks() {
  const c = await connect();
  const { statement } = await run(c, many, { streamResult: true });
  assert.equal(statement.getNumRows(), 200000);
  assert.deepEqual(await collect(statement.streamRows()), { count: 200000, sum: 199999 * 100000 });
  await destroy(c);
}

async function aPart() {
  const c = await connect();
  const { statement } = await run(c, many, { streamResult: true });
  assert.deepEqual(await collect(statement.streamRows({ start: 150000, end: 150009 })), { count: 10, sum: 1500045 });
  await destroy(c);
}

async function allAtOnce() {
  const c = await connect();
  const { rows } = await run(c, many);
  assert.equal(rows.length, 200000);
  assert.equal(rows[199999].N, 199999);
  await destroy(c);
}

async function none() {
  const c = await connect();
  const { statement } = await run(c, 'select 1 as N where false', { streamResult: true });
  assert.deepEqual(await collect(statement.streamRows()), { count: 0, sum: 0 });
  assert.deepEqual((await run(c, 'select 1 as N where false')).rows, []);
  await destroy(c);
}

main([inChunks, aPart, allAtOnce, none]);
