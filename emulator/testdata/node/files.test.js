'use strict';
const fs = require('node:fs');
const path = require('node:path');
const zlib = require('node:zlib');
const { assert, connect, run, refused, destroy, main } = require('./driver');

const folder = process.env.FOLDER;

function write(name, text) {
  fs.writeFileSync(path.join(folder, name), text);
  return path.join(folder, name);
}

async function putAndGet() {
  const c = await connect();
  await run(c, 'create or replace stage st');
  const file = write('a.csv', '1,one\n2,two\n');
  const put = (await run(c, `put file://${file} @st/in`)).rows[0];
  assert.equal(put.target, 'a.csv.gz');
  assert.equal(put.status, 'UPLOADED');
  const listed = (await run(c, 'list @st')).rows;
  assert.deepEqual(listed.map((r) => r.name), ['st/in/a.csv.gz']);
  const out = path.join(folder, 'out');
  fs.mkdirSync(out);
  assert.equal((await run(c, `get @st/in file://${out}/`)).rows[0].status, 'DOWNLOADED');
  assert.equal(zlib.gunzipSync(fs.readFileSync(path.join(out, 'a.csv.gz'))).toString(), '1,one\n2,two\n');
  await run(c, 'create or replace table t (n int, s varchar)');
  const copied = (await run(c, 'copy into t from @st/in')).rows[0];
  assert.equal(copied.status, 'LOADED');
  assert.equal(copied.rows_loaded, 2);
  await destroy(c);
}

async function plainAndMany() {
  const c = await connect();
  await run(c, 'create or replace stage plain');
  write('m1.txt', 'one');
  write('m2.txt', 'two');
  const { rows } = await run(c, `put file://${folder}/m*.txt @plain auto_compress=false`);
  assert.deepEqual(rows.map((r) => r.target).sort(), ['m1.txt', 'm2.txt']);
  assert.deepEqual((await run(c, 'select $1 as T from @plain order by 1')).rows, [{ T: 'one' }, { T: 'two' }]);
  await destroy(c);
}

async function overwrite() {
  const c = await connect();
  await run(c, 'create or replace stage over');
  const file = write('o.txt', 'first');
  await run(c, `put file://${file} @over auto_compress=false`);
  fs.writeFileSync(file, 'second, and longer');
  await run(c, `put file://${file} @over auto_compress=false overwrite=true`);
  assert.deepEqual((await run(c, 'select $1 as T from @over')).rows, [{ T: 'second' }]);
  await destroy(c);
}

async function noStage() {
  const c = await connect();
  await refused(run(c, `put file://${write('x.txt', 'x')} @nowhere`), '002003', '02000');
  await refused(run(c, `get @nowhere file://${folder}/`), '002003', '02000');
  await destroy(c);
}

main([putAndGet, plainAndMany, overwrite, noStage]);
