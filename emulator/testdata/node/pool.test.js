'use strict';
const { assert, snowflake, run, main } = require('./driver');

const url = new URL(process.env.EMULATOR);

// A pool of the driver's, whose connections are used again.
async function pool() {
  const connections = snowflake.createPool({
    account: 'snowpit', username: 'snowpit', password: 'snowpit', database: 'TEST', schema: 'PUBLIC',
    accessUrl: url.origin, host: url.hostname, port: Number(url.port), protocol: 'http', clientSessionKeepAlive: true,
  }, { max: 4, min: 0 });
  const got = await Promise.all(Array.from({ length: 40 }, (_, i) =>
    connections.use(async (c) => (await run(c, `select ${i} as A, current_session() as S`)).rows[0])));
  assert.deepEqual(got.map((r) => r.A), Array.from({ length: 40 }, (_, i) => i));
  assert.ok(new Set(got.map((r) => r.S)).size <= 4);
  await connections.drain();
  await connections.clear();
}

main([pool]);
